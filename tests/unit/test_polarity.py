"""Light on dark or dark on light: pen strokes tell it and no lamp that is reflected."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from written_numbers import number_photo

from ink.photo import find_writing
from ink.pictures import reduce_picture
from ink.polarity import is_light_on_dark
from ink.sheet import SURROUNDINGS_SIDE

BOARD = 160  # gray


def is_light(photo: np.ndarray) -> bool:
    """Whether the writing on a photo of any size passes for light on dark."""
    return is_light_on_dark(reduce_picture(photo, SURROUNDINGS_SIDE))


def shine(photo: np.ndarray, places: list[tuple[float, float]], gain: float, width: float = 0.08) -> np.ndarray:
    """A photo with round, soft spots, brighter by `gain` in the middle; places and width in shares of its size."""
    height, width_px = photo.shape[:2]
    rows, columns = np.indices((height, width_px)) / max(photo.shape)
    light = np.zeros((height, width_px))
    for x, y in places:
        away = (columns - x * columns.max()) ** 2 + (rows - y * rows.max()) ** 2
        light += 255 * gain * np.exp(-away / (2 * width**2))
    return np.clip(photo + light[..., None], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("places", [[(0.5, 0.5)], [(0.15, 0.2), (0.85, 0.8)], [(0.3, 0.1), (0.4, 0.1)]])
def test_a_lamp_in_a_whiteboard_is_no_light_writing(places: list[tuple[float, float]]) -> None:
    photo = number_photo(["365", "012"], BOARD) // 2 + BOARD // 2  # markers are paler than ink
    plain = find_writing(photo).ink > 0.5
    ink = find_writing(shine(photo, places, 0.6)).ink > 0.5
    assert (ink & plain).sum() > 0.8 * (ink | plain).sum()


@pytest.mark.parametrize("places", [[(0.5, 0.5)], [(0.15, 0.2), (0.85, 0.8)]])
def test_a_lamp_in_a_blackboard_does_not_turn_it_around(places: list[tuple[float, float]]) -> None:
    board = 255 - number_photo(["365", "012"], BOARD)
    assert is_light(board)
    photo = shine(board, places, 0.3)
    assert is_light(photo)
    assert not is_light(255 - photo)


@pytest.mark.parametrize("pen", [2, 6, 16])
@pytest.mark.parametrize("paper", [60, 235])
def test_thin_and_thick_pens_tell_it(paper: int, pen: int) -> None:
    photo = number_photo(["365"], paper, pen)
    assert not is_light(photo)
    assert is_light(255 - photo)


def test_shaded_blank_paper_is_no_light_writing() -> None:
    for seed in range(10):
        generator = np.random.default_rng(seed)
        shade = np.linspace(0.4, 1, 600)[:, None] if seed % 2 else np.linspace(1, 0.4, 800)
        grain = generator.normal(0, 3, (600, 800))
        gray = np.clip(220 * shade + grain, 0, 255).astype(np.uint8)
        assert not is_light(np.repeat(gray[..., None], 3, axis=2))


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (120, 90)])
def test_any_picture_has_an_answer(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rgb in (np.zeros((*shape, 3), np.uint8), np.full((*shape, 3), 255, np.uint8), noise):
            assert is_light(rgb) in (False, True)
