"""A dry pen leaves gaps; what they divide is one sign."""

from __future__ import annotations

import numpy as np
import pytest
from written_numbers import number_ink

from ink.broken import join_broken
from ink.lines import find_lines
from ink.parts import find_parts


def break_strokes(ink: np.ndarray, distance: int, gap: int) -> np.ndarray:
    """An ink with a gap at every so many pixels, slanting."""
    rows, columns = np.indices(ink.shape)
    return np.where((rows + columns // 3) % distance < gap, 0, ink).astype(np.float32)


def count_pieces(ink: np.ndarray) -> list[int]:
    return [len(line.pieces) for line in find_lines(ink)]


@pytest.mark.parametrize("gap", [3, 5, 7])
@pytest.mark.parametrize("rows", [["365"], ["365", "2089"]])
def test_pieces_of_broken_strokes_are_joined(rows: list[str], gap: int) -> None:
    ink = number_ink(rows)
    broken = break_strokes(ink, 23, gap)
    assert len(find_parts(broken)) > 2 * len(find_parts(ink))
    assert count_pieces(broken) == count_pieces(ink) == [len(row) for row in rows]


@pytest.mark.parametrize("width", [45, 60])
def test_digits_that_stand_near_are_not_joined(width: float) -> None:
    ink = number_ink(["36520", "48179"], width=width)
    parts = find_parts(ink)
    assert join_broken(parts, ink) is parts


def test_small_signs_beside_large_ones_are_not_joined() -> None:
    ink = number_ink(["365"])
    small = number_ink(["365"])[::4, ::4]
    place = ink[-small.shape[0] :, -small.shape[1] :]
    np.maximum(place, small, out=place)
    parts = find_parts(ink)
    assert join_broken(parts, ink) is parts
