"""What is left of ruled lines is taken off where the pen is darker than they are; elsewhere it stays."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from written_numbers import number_ink

from ink.cells import has_squares
from ink.parts import find_parts
from ink.rests import drop_rests
from ink.writing import keep_writing, remove_rules

LINE = 0.15  # darkness of the lines


def squares(shape: tuple[int, ...], slope: float = 0.0, width: int = 2) -> np.ndarray:
    """(H, W) bool, lines of squared paper; with a slope, of rows a column."""
    rows, columns = np.indices(shape)
    return ((rows + slope * columns) % 24 < width) | ((columns - slope * rows) % 24 < width)


def pencil(darkness: float) -> tuple[np.ndarray, np.ndarray]:
    """A number, (H, W) bool, and how dark it is."""
    number = np.pad(number_ink(["2174"], 6), 80)
    return number > 0.5, (number * darkness).astype(np.float32)


def spots(shape: tuple[int, ...]) -> np.ndarray:
    """(H, W) bool, noise."""
    return np.random.default_rng(0).random(shape) < 0.1


def test_rests_of_lines_and_noise_beside_a_darker_pen_go() -> None:
    is_pen, darkness = pencil(0.4)
    lines = squares(is_pen.shape)
    darkness = np.maximum(darkness, np.where(lines | spots(lines.shape), LINE, 0)).astype(np.float32)
    left = (darkness > 0.1) & ~(lines & (np.arange(len(lines)) < len(lines) / 2)[:, None])
    kept = drop_rests(left.astype(np.float32), lines, darkness)
    assert len(find_parts(left.astype(np.float32), 30)) != 4
    assert len(find_parts(kept, 30)) == 4
    assert kept[is_pen & left].mean() > 0.97
    assert (kept > 0).sum() < 1.4 * is_pen.sum()


def test_shade_wider_than_any_stroke_goes() -> None:
    is_pen, darkness = pencil(0.4)
    lines = squares(is_pen.shape)
    shade = np.zeros(lines.shape, np.float32)
    shade[20:60, 20:300] = 1
    darkness = np.maximum(darkness, np.where(lines, LINE, 0)) + 0.3 * cv2.GaussianBlur(shade, (0, 0), 8)
    left = np.where(darkness > 0.2, 1, 0).astype(np.float32)
    kept = drop_rests(left, lines & (left > 0), darkness.astype(np.float32))
    assert len(find_parts(left)) > 4
    assert len(find_parts(kept)) == 4


@pytest.mark.parametrize("darkness", [0.12, LINE])
def test_a_pen_no_darker_than_the_lines_stays(darkness: float) -> None:
    is_pen, shown = pencil(darkness)
    lines = squares(is_pen.shape)
    ink = is_pen.astype(np.float32)
    shown = np.maximum(shown, np.where(lines, LINE, 0)).astype(np.float32)
    shown[is_pen] += np.random.default_rng(0).uniform(-0.02, 0.02, is_pen.sum()).astype(np.float32)
    assert drop_rests(ink, lines, shown)[is_pen].mean() == 1


@pytest.mark.parametrize("slope", [0.0, 0.05, 0.12])
def test_pencil_is_found_on_squared_paper_in_a_shadow(slope: float) -> None:
    is_pen, darkness = pencil(0.4)
    lines = squares(is_pen.shape, slope)
    shade = np.zeros(lines.shape, np.float32)
    shade[10:60, 150:250] = 1
    darkness = np.maximum(darkness, np.where(lines | spots(lines.shape), LINE, 0))
    darkness = (darkness + 0.15 * cv2.GaussianBlur(shade, (0, 0), 4)).astype(np.float32)
    kept = keep_writing(remove_rules((darkness > 0.1).astype(np.float32), darkness))
    assert len(find_parts(kept, 20)) == 4
    assert kept[is_pen].mean() > 0.9


def test_squares_are_seen_among_noise() -> None:
    lines = squares((300, 400), 0.05)
    assert has_squares(lines.astype(np.float32))
    assert has_squares((lines | spots(lines.shape)).astype(np.float32))
    assert not has_squares(pencil(1.0)[1])
    assert not has_squares(squares((60, 80)).astype(np.float32))


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (40, 60), (150, 200)])
def test_any_ink_goes_through(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for share in (0, 0.1, 0.5, 1):
            ink = (rng.random(shape) < share).astype(np.float32)
            for lines in (np.zeros(shape, bool), np.ones(shape, bool), rng.random(shape) < 0.3):
                assert drop_rests(ink, lines, rng.random(shape).astype(np.float32)).shape == shape
                assert drop_rests(ink, lines, np.zeros(shape, np.float32)).shape == shape
