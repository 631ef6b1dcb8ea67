"""Hard shadows, narrow ones and such with corners, and bands of color: none of them is ink."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from written_numbers import number_ink, number_photo

from ink.pictures import reduce_picture
from ink.shadows import find_pen_width
from preprocessing import find_writing

Light = Callable[[np.ndarray], np.ndarray]  # (H, W) of a photo to the same, 0 ... 1


def shade(shape: tuple[int, ...], place: Callable[[np.ndarray, np.ndarray], np.ndarray], depth: float) -> np.ndarray:
    """The light, (H, W), with a shadow at `place`, by rows and columns in widths of the photo, its edge hardly soft."""
    rows, columns = np.indices(shape[:2]) / shape[1]
    shadow = cv2.GaussianBlur(place(rows, columns).astype(np.float32), (0, 0), 0.003 * shape[1])
    return np.asarray(1 - depth * shadow)


def in_bars(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return (columns + 0.4 * rows) % 0.12 < 0.05


def in_fingers(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    fingers = (columns % 0.15 < 0.06) & (np.abs(columns - 0.5) < 0.3) & (rows > 0.1)
    return fingers | ((np.abs(columns - 0.5) < 0.3) & (rows > 0.27))


def in_turned_rectangle(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    across, down = 0.9 * (columns - 0.5) - 0.43 * (rows - 0.2), 0.43 * (columns - 0.5) + 0.9 * (rows - 0.2)
    return (np.abs(across) < 0.2) & (down > -0.08)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


PLACES = {"bars": in_bars, "fingers": in_fingers, "a turned rectangle": in_turned_rectangle}


@pytest.mark.parametrize("depth", [0.4, 0.55])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_hard_shadows_are_no_ink(place: Callable[[np.ndarray, np.ndarray], np.ndarray], depth: float) -> None:
    photo = number_photo(["365", "2041"], pen=4)
    lit = find_writing(photo).ink > 0.5
    shaded = np.rint(photo * shade(photo.shape, place, depth)[..., None]).astype(np.uint8)
    assert overlap(find_writing(shaded).ink > 0.5, lit) > 0.85


def test_the_corner_of_a_shadow_that_is_darker_than_the_pen_is_no_ink() -> None:
    ink = number_ink(["365", "2041"], pen=4)
    photo = cv2.resize(np.rint(230 - 80 * ink).astype(np.uint8), None, fx=2, fy=2)  # a pencil
    photo = cv2.cvtColor(photo, cv2.COLOR_GRAY2RGB)
    lit = find_writing(photo).ink > 0.5
    light = shade(photo.shape, in_turned_rectangle, 0.5)[..., None]
    assert overlap(find_writing(np.rint(photo * light).astype(np.uint8)).ink > 0.5, lit) > 0.8


def test_a_highlighter_is_no_ink() -> None:
    photo = number_photo(["365", "2041"], pen=4)
    lit = find_writing(photo).ink > 0.5
    rows = np.indices(photo.shape[:2])[0] / len(photo)
    is_marked = np.abs(rows - 0.3)[..., None] < 0.12
    marked = np.rint(photo * np.where(is_marked, (1, 0.95, 0.4), 1)).astype(np.uint8)
    assert overlap(find_writing(marked).ink > 0.5, lit) > 0.85


def lines_under(photo: np.ndarray, distance: int) -> np.ndarray:
    """A photo on squared paper with thin lines, paler than the pen."""
    ruled = photo.copy()
    for lanes in (ruled, ruled.transpose(1, 0, 2)):
        lanes[::distance] = np.minimum(lanes[::distance], (120, 130, 160))
        lanes[1::distance] = np.minimum(lanes[1::distance], (120, 130, 160))
    return ruled


@pytest.mark.parametrize("pen", [4, 10, 22])
def test_thick_pens_are_no_shadows(pen: int) -> None:
    photo = number_photo(["365"], pen=pen)
    for picture in (photo, lines_under(photo, 40)):
        assert find_pen_width(reduce_picture(picture, 200)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (5, 7), (150, 200)])
def test_any_picture_has_a_pen_width_or_none(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    pictures = [np.full((*shape, 3), level, np.uint8) for level in (0, 128, 255)]
    pictures += [rng.integers(0, top, (*shape, 3)).astype(np.uint8) for top in (2, 40, 256)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for picture in pictures:
            width = find_pen_width(picture)
            assert width is None or 3 <= width <= 19


def test_a_strip_in_which_a_thin_pen_has_drawn_nothing_has_none() -> None:
    strip = np.full((39, 1, 3), 230, np.uint8)
    strip[9:19] = 20
    strip[38] = 1  # at the edge, where all pens see the same
    assert find_pen_width(strip) is None
