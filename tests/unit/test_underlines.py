"""Lines drawn under a number: left out, also where they slope, touch its digits or cross them; feet of digits stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_numbers import number_drawing, number_ink

from ink.lines import find_lines, parts_to_lines
from ink.parts import find_parts
from ink.strokes import Drawing, drawing_to_parts
from ink.underlines import erase_underlines
from ink.writing import keep_writing


def underline(ink: np.ndarray, below: int, drop: int = 0, overhang: int = 12) -> np.ndarray:
    """Draw a line under a number, `below` pixels under its lowest one and `drop` lower at its right end."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    row, ends = int(rows[-1]) + below, (int(columns[0]) - overhang, int(columns[-1]) + overhang)
    line = np.zeros_like(ink)
    cv2.line(line, (ends[0], row - drop // 2), (ends[1], row + drop // 2), 1.0, 6, cv2.LINE_AA)
    return np.maximum(ink, line)


def pieces_of(ink: np.ndarray) -> list[int]:
    """How many pieces each row has."""
    return [len(line.pieces) for line in find_lines(ink)]


@pytest.mark.parametrize("drop", [-60, -30, 30, 60])
def test_a_sloping_line_is_none_of_the_signs(drop: int) -> None:
    ink = number_ink(["204"])
    assert pieces_of(underline(ink, 40, drop)) == pieces_of(ink) == [3]


@pytest.mark.parametrize("below", [2, -4, -14])
@pytest.mark.parametrize("text", ["204", "6035"])
def test_a_line_that_touches_or_crosses_the_digits_is_erased(text: str, below: int) -> None:
    ink = number_ink([text])
    together = underline(ink, below)
    assert len(find_parts(together)) <= len(text)  # it hangs together with some
    erased = erase_underlines(together)
    parts = [part for part in find_parts(erased) if part.height > 20]
    assert len(parts) == len(text)
    assert erased.sum() < together.sum() - 0.8 * 6 * 0.5 * ink.any(axis=0).sum()
    assert (erased <= together).all()


def test_what_crosses_the_line_stays_whole() -> None:
    ink = number_ink(["474"])
    erased = erase_underlines(underline(ink, -16))
    assert len([part for part in find_parts(erased) if part.height > 20]) == 3
    bottom = int(np.flatnonzero(ink.any(axis=1))[-1])
    assert np.count_nonzero(erased[bottom - 22 : bottom] > 0.5) > 0.6 * np.count_nonzero(
        ink[bottom - 22 : bottom] > 0.5
    )


@pytest.mark.parametrize("text", ["2", "1", "204", "7"])
def test_an_ink_without_such_a_line_is_left_as_it_is(text: str) -> None:
    ink = number_ink([text])
    assert erase_underlines(ink) is ink
    assert erase_underlines(np.zeros_like(ink)).sum() == 0


def test_the_feet_of_touching_twos_stay() -> None:
    """Each a slanting stroke on a level one, which begins with it: two together stand on what looks like a line."""
    ink = np.zeros((140, 300), np.float32)
    for left in (60, 110):
        cv2.line(ink, (left + 30, 40), (left, 100), 1.0, 6, cv2.LINE_AA)
        cv2.line(ink, (left, 100), (left + 50, 100), 1.0, 6, cv2.LINE_AA)
    assert erase_underlines(ink) is ink
    cv2.line(ink, (200, 40), (200, 100), 1.0, 6, cv2.LINE_AA)  # and with a digit beside them
    assert erase_underlines(ink) is ink


def test_a_line_under_one_sign_stays() -> None:
    ink = number_ink(["0"])
    together = underline(ink, -2)
    assert erase_underlines(together) is together


def test_digits_over_a_long_line_are_no_dust() -> None:
    ink = np.zeros((200, 700), np.float32)
    for left in range(100, 600, 60):
        cv2.line(ink, (left, 80), (left, 130), 1.0, 6, cv2.LINE_AA)
    kept = keep_writing(underline(ink, 20))
    np.testing.assert_array_equal(kept[:140], ink[:140])
    assert kept[140:].sum() == 0


@pytest.mark.parametrize("row", [140.0, 146.0, 156.0, 164.0])
def test_a_drawn_line_that_touches_or_crosses_is_none_of_the_signs(row: float) -> None:
    drawing = number_drawing(["204"])
    points = np.concatenate(drawing.strokes)
    low, far = points.min(axis=0), points.max(axis=0)
    row = float(far[1] - 12 + (row - 140))
    line = np.array([[low[0] - 8, row], [(low[0] + far[0]) / 2, row + 2], [far[0] + 8, row - 2]])
    parts, _ = drawing_to_parts(Drawing(drawing.width, drawing.height, (*drawing.strokes, line)))
    plain, _ = drawing_to_parts(drawing)
    [found], [expected] = parts_to_lines(parts), parts_to_lines(plain)
    assert len(found.pieces) == len(expected.pieces)
