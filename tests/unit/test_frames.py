"""What is drawn around a number, or runs past it: left out; digits that look like it stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_numbers import number_ink

from ink.frames import drop_frames
from ink.parts import Part, find_parts
from ink.writing import keep_writing

PEN = 6


def number(text: str, room: int = 120) -> np.ndarray:
    """A number with that much paper around it."""
    return np.pad(number_ink([text], PEN), room)


def box_of(ink: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is written."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def surround(ink: np.ndarray, form: str, room: int) -> np.ndarray:
    """A circle or frame around what is written."""
    left, top, right, bottom = box_of(ink)
    line = np.zeros_like(ink)
    if form == "circle":
        axes = round((right - left) * 0.62) + room, round((bottom - top) * 0.75) + room
        cv2.ellipse(line, ((left + right) // 2, (top + bottom) // 2), axes, 3, 0, 360, 1.0, PEN, cv2.LINE_AA)
    else:
        cv2.rectangle(line, (left - room, top - room), (right + room, bottom + room), 1.0, PEN // 2, cv2.LINE_AA)
    return np.maximum(ink, line)


def names(parts: list[Part]) -> list[tuple[int, ...]]:
    """Where parts are, from left to right."""
    return sorted((part.left, part.top, part.width, part.height) for part in parts)


@pytest.mark.parametrize("form", ["circle", "frame"])
@pytest.mark.parametrize("text", ["2074", "36", "981"])
def test_what_is_drawn_around_a_number_is_left_out(text: str, form: str) -> None:
    ink = number(text)
    framed = surround(ink, form, 20)
    assert len(find_parts(framed)) == len(text) + 1
    assert names(find_parts(keep_writing(framed))) == names(find_parts(ink))


def test_thick_digits_that_touch_are_no_frame() -> None:
    ink = np.zeros((128, 270), np.float32)
    outlines = (  # a 5, whose lower half is apart, 7 and 2; beside them a 7
        [(24, 66), (34, 52), (76, 44)],
        [(20, 80), (42, 82), (42, 98), (22, 100)],
        [(62, 60), (88, 52), (88, 96)],
        [(92, 60), (114, 48)],
        [(112, 50), (128, 40), (140, 52), (104, 86), (160, 82)],
        [(86, 96), (110, 88)],
        [(196, 52), (228, 52), (224, 108)],
    )
    for outline in outlines:
        cv2.polylines(ink, [np.array(outline, np.int32)], False, 1.0, 9, cv2.LINE_AA)
    assert names(drop_frames(find_parts(ink), ink.shape)) == names(find_parts(ink))


def test_a_digit_that_touches_the_frame_is_not_lost() -> None:
    ink = number("2074")
    framed = surround(ink, "frame", 20)
    _, top, _, bottom = box_of(framed)
    left = max(part.right for part in find_parts(ink)) + 5  # a 1 from its upper to its lower side
    right = box_of(framed)[2]
    framed[top:bottom, left : left + PEN] = 1
    assert left + PEN < right - PEN
    kept = keep_writing(framed)
    assert len(find_parts(kept)) == 5
    assert kept[top + 20 : bottom - 20, left + 1 : left + PEN - 1].mean() > 0.9


@pytest.mark.parametrize("text", ["2", "9", "5"])
def test_a_circle_around_one_digit_is_left_out(text: str) -> None:
    ink = number(text)
    left, top, right, bottom = box_of(ink)
    circled = ink.copy()
    cv2.circle(circled, ((left + right) // 2, (top + bottom) // 2), 70, 1.0, PEN, cv2.LINE_AA)
    assert len(find_parts(circled)) == 2
    assert names(find_parts(keep_writing(circled))) == names(find_parts(ink))


def test_circles_that_touch_are_left_out() -> None:
    ink = np.pad(number_ink(["20", "74"], PEN), 120)
    parts = find_parts(ink)
    for row in (parts[:2], parts[2:]) if parts[0].bottom < parts[2].top else (parts[::2], parts[1::2]):
        left, right = min(part.left for part in row), max(part.right for part in row)
        middle = sum(part.center[0] for part in row) / 2
        cv2.ellipse(ink, ((left + right) // 2, round(middle)), (95, 66), 0, 0, 360, 1.0, PEN, cv2.LINE_AA)
    assert len(find_parts(ink)) == 5
    kept = keep_writing(ink)
    assert names(find_parts(kept)) == names(find_parts(np.pad(number_ink(["20", "74"], PEN), 120)))


@pytest.mark.parametrize("within", [[(-14, 14, 14, -14)], [(-20, -4, -16, -4), (16, 6, 20, 6)], []])
def test_a_0_is_no_circle(within: list[tuple[int, int, int, int]]) -> None:
    ink = np.zeros((400, 400), np.float32)
    cv2.ellipse(ink, (200, 200), (60, 90), 0, 0, 360, 1.0, PEN, cv2.LINE_AA)
    for x0, y0, x1, y1 in within:  # a slash, or two specks
        cv2.line(ink, (200 + x0, 200 + y0), (200 + x1, 200 + y1), 1.0, PEN, cv2.LINE_AA)
    parts = find_parts(ink)
    assert len(parts) == 1 + len(within)
    assert names(drop_frames(parts, ink.shape)) == names(parts)


def test_an_8_whose_rings_hold_specks_is_no_frame() -> None:
    ink = number("8")
    row, column = find_parts(ink)[0].center
    ink[int(row) + 10 : int(row) + 14, int(column) - 2 : int(column) + 2] = 1
    parts = find_parts(ink)
    assert names(drop_frames(parts, ink.shape)) == names(parts)


@pytest.mark.parametrize("slope", [0.0, 0.08])
def test_the_edges_of_a_sheet_are_left_out(slope: float) -> None:
    ink = number("2074", 200)
    edged = ink.copy()
    height, width = ink.shape
    corner = (width - 60, height - 60)
    cv2.line(edged, (40, round(height - 60 - slope * (width - 100))), corner, 1.0, 4, cv2.LINE_AA)
    cv2.line(edged, (width - 60, 30), corner, 1.0, 4, cv2.LINE_AA)
    assert len(find_parts(edged)) == 5
    assert names(find_parts(keep_writing(edged))) == names(find_parts(ink))


def test_a_sign_that_a_long_line_crosses_is_not_lost() -> None:
    ink = number("2074", 200)
    row = round(find_parts(ink)[0].center[0])
    lined = ink.copy()
    column = max(part.right for part in find_parts(ink)) + 30
    lined[row - 30 : row + 30, column : column + PEN] = 1  # a 1 …
    lined[20:-20, column - 20 : column - 16] = 1
    lined[row : row + 3, column - 20 : column] = 1  # … that hangs on an upright line
    assert len(find_parts(lined)) == 5
    kept = keep_writing(lined)
    assert len(find_parts(kept)) == 5
    assert max(part.height for part in find_parts(kept)) < 80


@pytest.mark.parametrize("flag", [True, False])
def test_a_1_over_the_whole_photo_is_no_line(flag: bool) -> None:
    ink = np.zeros((400, 300), np.float32)
    cv2.line(ink, (150, 40), (150, 360), 1.0, 8, cv2.LINE_AA)
    if flag:  # that does not touch it
        cv2.line(ink, (110, 80), (138, 50), 1.0, 8, cv2.LINE_AA)
    parts = find_parts(ink)
    assert names(drop_frames(parts, ink.shape)) == names(parts)


def test_small_pictures_are_left_alone() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[4:24, 14:16] = 1
    ink[10:12, 4:6] = 1
    parts = find_parts(ink)
    assert drop_frames(parts, ink.shape) == parts
