"""A blackboard on a wall, or a dark screen on a table: what is around it is lighter, and no writing."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from written_numbers import number_photo

from ink.sheet import cover_wall, find_surroundings, may_be_board
from preprocessing import find_writing

WALLS = {"white": (226, 224, 218), "gray": (150, 150, 152), "wood": (186, 150, 108)}
DARK = 50  # gray, of a board


def make_board(rows: list[str]) -> np.ndarray:
    """A board with light writing, (H, W, 3) uint8."""
    return 255 - number_photo(rows, 255 - DARK, zoom=1.5)


def hang_on_wall(board: np.ndarray, wall: tuple[int, int, int], sides: str) -> np.ndarray:
    """A board with wall on some of its sides: t, b, l, r."""
    rim = [round(0.2 * max(board.shape)) if side in sides else 0 for side in "tblr"]
    return cv2.copyMakeBorder(board, *rim, cv2.BORDER_CONSTANT, value=wall)


def assert_same_writing(photo: np.ndarray, board: np.ndarray, size: float = 1.0) -> None:
    """The ink on a photo is that of the board alone, `size` times as large."""
    alone, ink = find_writing(board).ink, find_writing(photo).ink
    zoom = size * max(ink.shape) / max(photo.shape) / (max(alone.shape) / max(board.shape))
    assert ink.sum() == pytest.approx(alone.sum() * zoom**2, rel=0.1)


@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
@pytest.mark.parametrize("sides", ["tblr", "tl", "lr", "b", "r"])
@pytest.mark.parametrize("rows", [["365"], ["3650", "12", "478"]], ids=["one row", "three rows"])
def test_a_wall_around_the_board_leaves_no_ink(rows: list[str], sides: str, wall: tuple[int, int, int]) -> None:
    board = make_board(rows)
    assert_same_writing(hang_on_wall(board, wall, sides), board)


@pytest.mark.parametrize("angle", [-12, 5])
def test_a_board_that_hangs_askew_is_found(angle: float) -> None:
    board = make_board(["365"])
    photo = hang_on_wall(board, WALLS["white"], "tblr")
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.9)
    assert_same_writing(cv2.warpAffine(photo, turn, (width, height), borderValue=WALLS["white"]), board, 0.9)


@pytest.mark.parametrize("thickness", [30, 55, 80])
def test_a_thick_0_is_no_board_with_its_hole_for_writing(thickness: int) -> None:
    photo = np.full((400, 400, 3), 235, np.uint8)
    cv2.rectangle(photo, (120, 70), (280, 330), (30, 30, 30), thickness)
    ink = find_writing(photo).ink
    assert ink[200, 120] > 0.5
    assert ink[200, 200] < 0.5


@pytest.mark.parametrize("softness", [0, 5, 10, 15])
@pytest.mark.parametrize("pen", [6, 14, 20])
@pytest.mark.parametrize("number", ["581", "64183"])
@pytest.mark.parametrize(("top", "left"), [(0.4, 0), (0.25, 0.3), (0.1, 0.1)])
def test_paper_in_shadow_is_no_board(top: float, left: float, number: str, pen: int, softness: float) -> None:
    """What is written in the shadow is darker than it."""
    photo = number_photo([number], pen=pen, zoom=1.5)
    height, width = photo.shape[:2]
    light = np.ones((height, width), np.float32)
    light[round(top * height) :, round(left * width) :] = 0.4
    light = cv2.GaussianBlur(light, (0, 0), softness) if softness else light
    shaded = np.rint(photo * light[..., None]).astype(np.uint8)
    assert may_be_board(find_surroundings(shaded).small)
    inverted = 255 - shaded
    assert cover_wall(inverted, find_surroundings(inverted))[0] is inverted


@pytest.mark.parametrize("left", [0.3, 0.45, 0.6])
def test_a_shadow_on_a_board_is_no_board(left: float) -> None:
    """What is written around it is not painted over."""
    board = make_board(["3650", "0128"])
    alone = find_writing(board).ink
    height, width = board.shape[:2]
    light = np.ones((height, width, 1))
    light[height // 10 : -height // 10, round(left * width) :] = 0.55
    assert find_writing(np.rint(board * light).astype(np.uint8)).ink.sum() == pytest.approx(alone.sum(), rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (250, 240)])
def test_any_picture_has_an_answer(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rgb in (np.zeros((*shape, 3), np.uint8), np.full((*shape, 3), 255, np.uint8), noise):
            assert may_be_board(rgb) in (False, True)
            assert find_writing(rgb).ink.shape == shape
