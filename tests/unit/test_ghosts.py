"""What is paler than the writing and softer is a smear, or shines through; what is only paler is another pen's."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from written_numbers import number_ink

from ink.ghosts import drop_ghosts
from ink.photo import find_writing

THRESHOLD = 0.15
WIDTH = 840  # pixels


def draw(rows: list[str], dark: float, blur: float) -> np.ndarray:
    """Darkness of the rows, (H, W) float32, as dark and as soft as that."""
    ink = cv2.resize(number_ink(rows), None, fx=3, fy=3, interpolation=cv2.INTER_LINEAR)[:, :WIDTH]
    return dark * cv2.GaussianBlur(ink, (0, 0), blur)


def separate(darkness: np.ndarray) -> np.ndarray:
    return np.clip(darkness / THRESHOLD - 0.5, 0, 1).astype(np.float32)


def grain(darkness: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 0.004, darkness.shape)
    return np.clip(darkness + noise, 0, 1).astype(np.float32)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one >= 0.5, other >= 0.5
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize("away", [60, 195])
@pytest.mark.parametrize("blur", [0.5, 1])
def test_what_is_paler_and_softer_is_taken_off(blur: float, away: int) -> None:
    writing, old = draw(["365", "012"], 0.8, blur), draw(["865", "408"], 0.5, 7)
    darkness = grain(np.maximum(writing, np.roll(old, away, axis=0)))
    ink, alone = separate(darkness), separate(grain(writing))
    assert overlap(ink, alone) < 0.7
    left = drop_ghosts(ink, darkness)
    assert left.dtype == np.float32
    assert overlap(left, alone) > 0.9


@pytest.mark.parametrize("blur", [1, 2, 4])
@pytest.mark.parametrize("pale", [0.3, 0.5])
def test_what_is_only_paler_stays(pale: float, blur: float) -> None:
    writing = np.hstack([draw(["365"], 0.8, blur), draw(["012"], pale, blur)])
    darkness = grain(writing)
    ink = separate(darkness)
    assert drop_ghosts(ink, darkness) is ink


@pytest.mark.parametrize("down", [True, False])
def test_writing_in_a_moved_photo_stays(down: bool) -> None:
    kernel = np.ones((15, 1) if down else (1, 15)) / 15  # as long as the pen is wide
    darkness = grain(cv2.filter2D(draw(["365", "012"], 0.8, 1), -1, kernel))
    ink = separate(darkness)
    assert drop_ghosts(ink, darkness) is ink


def test_a_badly_wiped_board_is_read_without_its_smears() -> None:
    chalk, old = draw(["365", "012"], 0.5, 1), draw(["865", "408"], 0.25, 7)
    smears = np.random.default_rng(0).normal(0, 1, chalk.shape).astype(np.float32)
    smears = cv2.GaussianBlur(smears, (0, 0), sigmaX=60, sigmaY=6)
    board = 0.15 + 0.05 * np.clip(smears / smears.std(), 0, 3) + np.roll(old, 60, axis=0)
    ink = find_writing(np.repeat((255 * grain(board + chalk))[..., None], 3, axis=2).astype(np.uint8)).ink
    assert overlap(ink, 2 * chalk) > 0.9


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (90, 120)])
def test_any_ink_has_an_answer(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).random(shape, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for darkness in (np.zeros(shape, np.float32), np.ones(shape, np.float32), noise, noise**8):
            for ink in (darkness, separate(darkness), np.ones(shape, np.float32)):
                left = drop_ghosts(ink, darkness)
                assert left.shape == shape
                assert (left <= ink).all()
            photo = np.repeat((255 * darkness)[..., None], 3, axis=2).astype(np.uint8)
            assert find_writing(photo).ink.shape == shape
