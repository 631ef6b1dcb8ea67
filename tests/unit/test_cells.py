"""Boxes of a form and the lines of squared paper: taken off; the digits in them, and 1s without any, stay."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from written_numbers import number_ink

from ink.cells import erase_cells, find_bold
from ink.parts import find_parts
from ink.writing import keep_writing, remove_rules

PEN = 6


def number(text: str) -> np.ndarray:
    """A number with room around it."""
    return np.pad(number_ink([text], PEN), 80)


def box_in(ink: np.ndarray, gap: int = 0, wall: int = 2) -> np.ndarray:
    """A row of boxes, one for each digit; with a gap between them, if any."""
    parts = sorted(find_parts(ink), key=lambda part: part.left)
    top, bottom = min(part.top for part in parts) - 12, max(part.bottom for part in parts) + 12
    between = [(part.right + after.left) // 2 for part, after in zip(parts, parts[1:], strict=False)]
    edges = [parts[0].left - 10, *between, parts[-1].right + 10]
    boxes = np.zeros_like(ink)
    for left, right in zip(edges, edges[1:], strict=False):
        cv2.rectangle(boxes, (left + gap, top), (right - gap, bottom), 1.0, wall)
    return np.maximum(ink, boxes)


def turn(ink: np.ndarray, degrees: float) -> np.ndarray:
    """As on a sheet that lies aslant."""
    height, width = ink.shape
    return cv2.warpAffine(ink, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), (width, height))


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("degrees", [0.0, 4.0, -15.0])
@pytest.mark.parametrize("text", ["2074", "5", "111", "818"])
def test_the_boxes_of_a_form_go_and_the_digits_stay(text: str, degrees: float, gap: int) -> None:
    plain = turn(number(text), degrees)
    boxed = turn(box_in(number(text), gap), degrees)
    kept = keep_writing(remove_rules(boxed))
    assert len(find_parts(boxed)) != len(text)
    assert len(find_parts(kept)) == len(text)
    assert kept[plain > 0.9].mean() > 0.95
    assert kept[cv2.dilate(plain, np.ones((3, 3))) == 0].sum() < 0.02 * boxed.sum()


def test_empty_boxes_beside_others_go() -> None:
    boxed = box_in(number("20747"))
    places = sorted(find_parts(number("20747")), key=lambda part: part.left)
    for part in places[3:]:
        boxed[part.top : part.bottom, part.left : part.right] = 0
    assert len(find_parts(erase_cells(boxed))) == 3


def test_a_1_from_wall_to_wall_is_no_wall() -> None:
    boxed = box_in(number("2874"))
    places = sorted(find_parts(number("2874")), key=lambda part: part.left)
    top, bottom, column = places[1].top - 12, places[1].bottom + 12, round(places[1].center[1])
    boxed[places[1].top : places[1].bottom, places[1].left : places[1].right] = 0
    boxed[top:bottom, column - 3 : column + 3] = 1
    kept = erase_cells(boxed)
    assert len(find_parts(kept)) == 4
    assert kept[places[1].top : places[1].bottom, column - 2 : column + 2].mean() == 1


def test_a_stroke_that_crosses_a_wall_stays_whole() -> None:
    boxed = box_in(number("207"))
    last = max(find_parts(number("207")), key=lambda part: part.right)
    row = round(last.center[0])
    boxed[row - 3 : row + 3, last.left + 10 : last.right + 40] = 1  # the bar of a 7
    kept = erase_cells(boxed)
    assert kept[row - 2 : row + 2, last.left + 10 : last.right + 40].mean() == 1
    assert len(find_parts(kept)) == 3


@pytest.mark.parametrize("text", ["111", "11111", "1", "1811", "808", "04689"])
def test_digits_without_boxes_stay(text: str) -> None:
    ink = number(text)
    assert erase_cells(ink) is ink
    np.testing.assert_array_equal(keep_writing(remove_rules(ink)), keep_writing(ink))


def test_1s_without_a_frame_stay_beside_boxes() -> None:
    boxed = np.pad(box_in(number("20")), ((0, 0), (0, 400)))
    loose = np.zeros_like(boxed)
    right = boxed.shape[1] - 400
    loose[100:170, [column for left in (right, right + 60, right + 120) for column in range(left, left + PEN)]] = 1
    kept = erase_cells(np.maximum(loose, boxed))
    assert (kept[:, right:] == loose[:, right:]).all()
    assert len(find_parts(kept)) == 5


def test_a_0_with_a_stroke_in_it_is_no_box() -> None:
    ink = np.zeros((300, 300), np.float32)
    cv2.ellipse(ink, (150, 150), (60, 90), 0, 0, 360, 1.0, PEN, cv2.LINE_AA)
    cv2.line(ink, (130, 180), (170, 120), 1.0, PEN, cv2.LINE_AA)
    assert erase_cells(ink) is ink


def squared(ink: np.ndarray, degrees: float, line: int = 2) -> np.ndarray:
    """An ink on squared paper that lies aslant."""
    lines = np.zeros((2 * ink.shape[0] + 800,) * 2, np.float32)
    for at in range(7, lines.shape[0], 26):
        lines[at : at + line] = lines[:, at : at + line] = 1
    top, left = ((a - b) // 2 for a, b in zip(lines.shape, ink.shape, strict=True))
    return np.maximum(ink, turn(lines, degrees)[top : top + ink.shape[0], left : left + ink.shape[1]])


@pytest.mark.parametrize("degrees", [5.0, 14.0])
def test_what_is_bolder_than_the_lines_of_squared_paper_is_the_writing(degrees: float) -> None:
    plain = np.pad(number_ink(["2174"], 8), 80)
    bold = find_bold(squared(plain, degrees))
    assert bold is not None
    assert len(find_parts(bold)) == 4
    assert bold[plain > 0.9].mean() > 0.95
    kept = keep_writing(remove_rules(squared(plain, degrees)))
    assert len(find_parts(kept)) == 4


def test_writing_as_thin_as_the_lines_is_not_told_from_them() -> None:
    assert find_bold(squared(np.pad(number_ink(["2174"], 2), 80), 5.0)) is None
    assert find_bold(number("2174")) is None


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (300, 200), (40, 40), (0, 0)])
def test_any_ink_goes_through(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(0)
    single = np.zeros(shape, np.float32)
    single.flat[: single.size // 2 : max(1, single.size // 3)] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ink in (np.zeros, np.ones):
            erase_cells(ink(shape, np.float32))
            find_bold(ink(shape, np.float32))
        for share in (0.1, 0.5, 0.9):
            noise = (generator.random(shape) < share).astype(np.float32)
            erase_cells(noise)
            find_bold(noise)
        erase_cells(single)
        find_bold(single)


def test_squares_that_run_through_the_photo_are_no_form() -> None:
    ink = np.pad(number_ink(["2174"], PEN), 80)
    ink[::76] = ink[1::76] = 1
    ink[:, ::76] = ink[:, 1::76] = 1
    assert erase_cells(ink) is ink


def draw_boxes(count: int, side: int = 90, apart: int = 20) -> np.ndarray:
    """Boxes of one size, each apart, with a 7 in all of them but the last."""
    form = np.zeros((side + 200, count * (side + apart) + 200), np.float32)
    for i in range(count):
        left = 100 + i * (side + apart)
        cv2.rectangle(form, (left, 100), (left + side, 100 + side), 1.0, 2)
        if i < count - 1:
            points = np.array([(left + 30, 125), (left + 60, 125), (left + 42, 168)])
            cv2.polylines(form, [points], False, 1.0, PEN)
    return form


def test_an_empty_box_that_stands_apart_goes() -> None:
    assert len(find_parts(erase_cells(draw_boxes(5)))) == 4


@pytest.mark.parametrize("apart", [0, 20])
def test_a_box_goes_whose_wall_its_digit_crosses(apart: int) -> None:
    form = draw_boxes(5, apart=apart)
    left = 100 + 4 * (90 + apart)
    digit = np.zeros_like(form)  # a 4, through the upper and the lower wall
    cv2.polylines(digit, [np.array([(left + 55, 98), (left + 10, 160), (left + 80, 160)])], False, 1.0, PEN)
    cv2.line(digit, (left + 60, 120), (left + 60, 196), 1.0, PEN)
    kept = erase_cells(np.maximum(form, digit))
    assert kept[digit > 0].mean() > 0.95
    rest = np.where(cv2.dilate(digit, np.ones((9, 9))) > 0, 0, kept)[:, left - 5 :]
    assert rest.sum() < 0.1 * digit.sum()
