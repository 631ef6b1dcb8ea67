"""Ink of whole photos: ruled lines, table edges and dust go, the writing stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_numbers import number_ink

from ink.parts import find_parts
from ink.writing import find_pale_rules, keep_writing, remove_rules


def sheet(rows: list[str]) -> np.ndarray:
    """A number with room around it."""
    return np.pad(number_ink(rows), 60)


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("upright", [False, True])
def test_ruled_lines_go_and_the_strokes_that_cross_them_stay(slope: float, upright: bool) -> None:
    plain = sheet(["2074"])
    ruled = (plain.T if upright else plain).copy()
    height, width = ruled.shape
    columns = np.arange(width)
    for middle in (height // 3, height // 2):
        rows = np.rint(middle + slope * (columns - width / 2)).astype(int)
        ruled[rows, columns] = ruled[rows + 1, columns] = 1
    cleaned = remove_rules(ruled)
    plain = plain.T if upright else plain
    outside = plain == 0
    assert cleaned[outside].sum() < 0.1 * ruled[outside].sum()
    assert cleaned[plain > 0.9].mean() > 0.9
    assert (remove_rules(plain) == plain).all()


@pytest.mark.parametrize("slope", [-0.08, 0.08])
def test_thin_lines_of_a_large_photo_go_if_they_slope(slope: float) -> None:
    plain = np.pad(number_ink(["2074"]), ((60, 60), (360, 360)))
    ruled = plain.copy()
    columns = np.arange(ruled.shape[1])
    for middle in range(40, ruled.shape[0], 60):
        rows = np.rint(middle + slope * (columns - ruled.shape[1] / 2)).astype(int)
        seen = (rows >= 0) & (rows < ruled.shape[0])
        ruled[rows[seen], columns[seen]] = 1
    cleaned = remove_rules(ruled)
    outside = plain == 0
    assert cleaned[outside].sum() < 0.1 * ruled[outside].sum()
    assert cleaned[plain > 0.9].mean() > 0.9


def test_a_stroke_that_lies_on_a_ruled_line_stays_where_it_is_darker() -> None:
    ink = sheet(["2"])
    foot = int(np.flatnonzero((ink > 0.5).any(axis=1))[-1])
    ruled = ink.copy()
    ruled[foot - 2 : foot + 1] = 1
    darkness = np.maximum(0.8 * ink, 0.4 * ruled)
    lost = (ink > 0.5) & (remove_rules(ruled) == 0)
    assert lost.any()
    cleaned = remove_rules(ruled, darkness.astype(np.float32))
    assert not ((ink > 0.5) & (cleaned == 0)).any()
    assert cleaned[foot, :40].sum() == 0


def test_a_line_goes_that_large_digits_cover_for_the_most_part() -> None:
    plain = np.zeros((300, 400), np.float32)
    for left in range(30, 350, 60):
        plain[60:240, left : left + 36] = 1
    ruled = plain.copy()
    for row in range(20, 300, 65):
        ruled[row : row + 2] = 1
    cleaned = remove_rules(ruled)
    assert not cleaned[plain == 0].any()
    assert (cleaned[plain == 1] == 1).all()


def test_a_digit_with_straight_strokes_is_no_ruled_line() -> None:
    ink = np.zeros((400, 300), np.float32)
    ink[60:340, 140:146] = 1  # a 1
    ink[336:342, 60:240] = 1  # and its foot
    assert (remove_rules(ink) == ink).all()


def test_the_stems_of_a_row_on_a_strip_of_ruled_paper_are_no_lines() -> None:
    strip = np.zeros((96, 360), np.float32)
    for left in (60, 150, 240):  # of 1s half as high as the strip; the lines above them come near to its edge
        strip[22:69, left : left + 5] = 1
    ruled = strip.copy()
    ruled[[1, 14, 40, 66]] = 1
    cleaned = remove_rules(ruled)
    assert cleaned[strip == 1].mean() > 0.95
    assert cleaned[strip == 0].mean() < 0.01


def test_lines_that_show_beside_strokes_alone_go() -> None:
    ink = np.zeros((300, 500), np.float32)
    number = number_ink(["2074"])[:220, :420]
    ink[40 : 40 + number.shape[0], 40 : 40 + number.shape[1]] = number
    darkness = 0.8 * ink
    for row in (60, 110, 160, 210):
        darkness[row] = np.maximum(darkness[row], 0.22)
    near = cv2.dilate(ink, np.ones((41, 41), np.uint8)) > 0
    shown = np.clip(darkness / np.where(near, 0.25, 0.4) - 0.5, 0, 1).astype(np.float32)
    outside = ink == 0
    rules = find_pale_rules(darkness, 0.4)
    assert rules is not None
    cleaned = np.where(rules, 0, shown)
    assert cleaned[outside].sum() < 0.1 * shown[outside].sum()
    assert cleaned[ink > 0.9].mean() > 0.97
    assert (remove_rules(shown, darkness) == shown).all()  # these alone are not told from strokes


def test_the_feet_of_digits_in_a_row_are_no_ruled_line() -> None:
    ink = np.zeros((300, 500), np.float32)
    generator = np.random.default_rng(1)
    for left in range(4, 490, 40):  # 2s, whose feet nearly touch, none at the row of its neighbor
        foot = 200 + int(generator.integers(-5, 6))
        ink[foot : foot + 5, left : left + 36] = 1
        cv2.line(ink, (left + 2, foot), (left + 30, foot - 60), 1.0, 5, cv2.LINE_AA)
    np.testing.assert_array_equal(remove_rules(ink), ink)


@pytest.mark.parametrize("holes", [1, 2, 4])
def test_the_holes_of_a_sheet_are_no_signs(holes: int) -> None:
    ink = np.pad(number_ink(["2074"]), 150)
    punched = ink.copy()
    for row in np.linspace(60, ink.shape[0] - 60, holes).astype(int):
        cv2.circle(punched, (25, int(row)), 13, 1.0, -1, cv2.LINE_AA)
    assert len(find_parts(punched)) == 4 + holes
    np.testing.assert_array_equal(keep_writing(punched), keep_writing(ink))


def test_a_bold_0_near_the_edge_is_no_hole() -> None:
    ink = np.pad(number_ink(["27"]), 150)
    cv2.circle(ink, (60, 215), 30, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(ink, (60, 215), (12, 5), 30, 0, 360, 0.0, -1, cv2.LINE_AA)
    assert keep_writing(ink)[180:250, :100].any()


def test_the_loose_end_of_a_stroke_near_the_edge_is_no_hole() -> None:
    ink = np.pad(number_ink(["1074"])[:, 40:], ((30, 150), (0, 150)))
    left = int(np.flatnonzero(ink.any(axis=0))[0])
    cv2.circle(ink, (left - 16, 100), 8, 1.0, -1, cv2.LINE_AA)
    np.testing.assert_allclose(keep_writing(ink), ink, atol=0.05)


def test_a_dot_alone_stays() -> None:
    ink = np.zeros((300, 300), np.float32)
    cv2.circle(ink, (25, 150), 13, 1.0, -1, cv2.LINE_AA)
    assert keep_writing(ink).any()


def test_small_pictures_are_left_alone() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[14] = 1
    assert (remove_rules(ink) == ink).all()


def test_what_comes_in_from_the_edge_goes_with_its_texture() -> None:
    plain = sheet(["2074"])
    with_table = plain.copy()
    with_table[-25:] = 1
    generator = np.random.default_rng(0)
    for column in generator.integers(0, plain.shape[1] - 4, 12):
        with_table[-34:-27, column : column + 4] = 1  # its grain
    assert (keep_writing(with_table) > 0.3).sum() == (keep_writing(plain) > 0.3).sum()


def test_a_digit_that_touches_the_edge_beside_others_stays() -> None:
    plain = number_ink(["2074"])
    last = max(find_parts(plain), key=lambda part: part.right)
    cut = plain[:, : last.right - 6]
    assert len(find_parts(keep_writing(cut))) == len(find_parts(cut))


def test_a_blob_at_the_edge_that_stands_beside_nothing_goes() -> None:
    ink = sheet(["7"])
    ink[-20:, :14] = 1
    assert len(find_parts(keep_writing(ink))) == 1


def test_only_what_touches_the_edge_is_the_writing() -> None:
    ink = number_ink(["5"])
    (part,) = find_parts(ink)
    tight = part.ink
    assert (keep_writing(tight) > 0.3).sum() == (tight > 0.3).sum()


def test_dust_goes() -> None:
    ink = sheet(["31"])
    ink[5:8, 5:8] = 1
    assert len(find_parts(keep_writing(ink))) == len(find_parts(ink)) - 1


def test_crosses_that_ruled_lines_leave_go() -> None:
    ink = np.pad(number_ink(["2174"], 8), 100)
    with_rests = ink.copy()
    for row, column in ((20, 60), (320, 40), (330, 300)):
        for at in (0, 20):
            with_rests[row + 10 + at : row + 12 + at, column : column + 50] = 1
            with_rests[row : row + 50, column + 10 + at : column + 12 + at] = 1
        with_rests[row + 9 : row + 13, column + 9 : column + 13] = 1  # wider where they cross
    assert len(find_parts(with_rests)) == 7
    np.testing.assert_array_equal(keep_writing(with_rests), keep_writing(ink))


def test_a_cross_of_the_same_pen_stays() -> None:
    ink = np.pad(number_ink(["21", "74"], 4), 60)
    ink[300:304, 20:60] = ink[282:322, 38:42] = 1
    assert len(find_parts(keep_writing(ink))) == 5


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_rings_of_a_binding_go(turns: int) -> None:
    ink = np.rot90(np.pad(number_ink(["2174"], 6), 120), turns).copy()
    plain = np.rot90(ink, -turns).copy()
    bound = plain.copy()
    for row in range(12, bound.shape[0] - 12, 24):
        cv2.ellipse(bound, (4, row), (20, 6), 0, 180, 360, 1.0, 3, cv2.LINE_AA)
        cv2.circle(bound, (24, row), 5, 1.0, -1, cv2.LINE_AA)
    bound = np.rot90(bound, turns).copy()
    assert len(find_parts(bound)) > 12
    np.testing.assert_array_equal(keep_writing(bound), keep_writing(ink))


def test_a_column_of_digits_at_the_edge_is_no_binding() -> None:
    ink = number_ink(["1"] * 9)
    ink = np.pad(ink[:, np.flatnonzero(ink.any(axis=0))[0] - 8 :], ((0, 0), (0, 900)))
    assert len(find_parts(keep_writing(ink))) == 9
    beside = np.maximum(ink, np.roll(ink, 400, axis=1))
    beside[100:300, 700:706] = 1  # and a sign that is larger
    assert len(find_parts(keep_writing(beside))) == 19


@pytest.mark.parametrize("digit", ["2", "3", "5", "9"])
def test_a_thin_round_digit_beside_a_blot_is_no_rest_of_a_line(digit: str) -> None:
    thin = number_ink([digit], 2)
    blot = np.zeros_like(thin)
    height, width = blot.shape
    cv2.ellipse(blot, (width // 2, height // 2), (35, 45), 0, 0, 360, 1.0, -1)  # about as high as the digit
    kept = keep_writing(np.pad(np.hstack([thin, blot]), 60))
    assert kept[:, : 60 + width].sum() == pytest.approx(thin.sum(), rel=0.01)


@pytest.mark.parametrize(
    ("room", "slope", "gap", "darkness"),
    [
        ((120, 60), -0.015, 4, 0.25),
        ((120, 60), -0.015, 4, 0.35),
        ((30, 200), 0.01, 2, 0.25),
        ((30, 200), 0.02, 4, 0.35),
    ],
)
def test_feet_of_digits_right_above_a_ruled_line_are_no_line(
    room: tuple[int, int], slope: float, gap: int, darkness: float
) -> None:
    ink = np.pad(number_ink(["22222"]), ((60, 60), room))
    height, width = ink.shape
    columns = np.arange(width)
    foot = int(np.flatnonzero((ink > 0.5).any(axis=1))[-1])
    ruled = 0.85 * ink
    for middle in (foot + gap + 1, foot + gap - 149):
        rows = np.rint(middle + slope * (columns - width / 2)).astype(int).clip(0, height - 2)
        for row in (rows, rows + 1):
            ruled[row, columns] = np.maximum(ruled[row, columns], darkness)
    ruled = cv2.GaussianBlur(ruled, (0, 0), 0.8)
    pen = np.clip(ruled / 0.25 - 0.5, 0, 1).astype(np.float32)
    cleaned = remove_rules(pen, ruled)
    assert cleaned[ink > 0.5].sum() > 0.97 * pen[ink > 0.5].sum()
