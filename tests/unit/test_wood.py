"""A sheet of paper on a wooden table: the grain is no writing, however much of the sheet is seen or in shadow."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_numbers import number_ink, number_photo

from ink.sheet import cover_table, find_surroundings
from ink.writing import remove_rules
from preprocessing import find_writing

OAK, WALNUT = (200, 165, 125), (150, 98, 60)


def lay_on_wood(
    sheet: np.ndarray, wood: tuple[int, int, int], sides: str, angle: float
) -> tuple[np.ndarray, np.ndarray]:
    """A photo of a sheet with wood on some of its sides: t, b, l, r; and where the sheet is, (H, W) bool."""
    height, width = sheet.shape[:2]
    rim = round(0.2 * max(sheet.shape))
    top, bottom, left, right = (rim if side in sides else 0 for side in "tblr")
    size = width + left + right, height + top + bottom
    far = 9 * rim  # where there is no wood, the sheet goes on
    a, b = (left or -far, top or -far), (size[0] - right if right else far, size[1] - bottom if bottom else far)
    corners = cv2.boxPoints(((np.add(a, b) / 2).tolist(), np.subtract(b, a).tolist(), angle))
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 1)
    paper = cv2.copyMakeBorder(sheet, top, bottom, left, right, cv2.BORDER_REPLICATE)
    streaks = np.random.default_rng(0).normal(size=(size[1], size[0] // 8)).astype(np.float32)
    streaks = cv2.resize(cv2.GaussianBlur(streaks, (0, 0), 2), size)
    grain = 1 + 0.12 * streaks / streaks.std()
    table = np.clip(np.array(wood) * grain[..., None], 0, 255)
    return np.where(mask[..., None] > 0, paper, np.rint(table)).astype(np.uint8), mask > 0


def dim(photo: np.ndarray) -> np.ndarray:
    """A photo with a soft shadow over the middle of its lower right."""
    light = np.ones(photo.shape[:2], np.float32)
    height, width = light.shape
    light[height // 2 :, width // 3 : -width // 6] = 0.5
    return np.rint(photo * cv2.GaussianBlur(light, (0, 0), 0.02 * width)[..., None]).astype(np.uint8)


@pytest.mark.parametrize("is_dim", [False, True], ids=["lit", "dim"])
@pytest.mark.parametrize("wood", [OAK, WALNUT], ids=["oak", "walnut"])
@pytest.mark.parametrize("sides", ["tblr", "tl", "l", "b"])
def test_the_grain_of_a_table_is_no_ink(sides: str, wood: tuple[int, int, int], is_dim: bool) -> None:
    photo, is_sheet = lay_on_wood(number_photo(["365"], pen=4, zoom=2), wood, sides, 3)
    ink = find_writing(dim(photo) if is_dim else photo).ink > 0.5
    is_dark = (photo.max(axis=2) < 120) & is_sheet
    is_sheet, is_dark = (cv2.resize(mask.astype(np.uint8), ink.shape[::-1]) > 0 for mask in (is_sheet, is_dark))
    assert not (ink & ~is_sheet).any()
    assert (ink & is_dark).sum() > 0.8 * (ink | is_dark).sum()


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("slope", [-0.08, 0.0, 0.08])
def test_ruled_lines_end_at_the_edges_of_the_sheet(slope: float, upright: bool) -> None:
    plain = np.pad(number_ink(["2074"]), ((150, 150), (300, 300)))
    height, width = plain.shape
    columns = np.arange(160, width - 160)
    ruled = plain.copy()
    for middle in range(120, height - 80, 60):
        rows = np.rint(middle + slope * (columns - width / 2)).astype(int)
        ruled[rows, columns] = ruled[rows + 1, columns] = 1
    is_sheet = np.zeros((height // 4, width // 4), np.uint8)
    is_sheet[20:-20, 40:-40] = 1
    if upright:
        plain, ruled, is_sheet = plain.T, ruled.T.copy(), is_sheet.T
    outside = plain == 0
    cleaned = remove_rules(ruled, sheet=is_sheet)
    assert cleaned[outside].sum() < 0.1 * ruled[outside].sum()
    assert cleaned[plain > 0.9].mean() > 0.9


def test_a_ruled_sheet_on_a_table_is_read_without_its_lines() -> None:
    plain = number_photo(["365"], pen=6, zoom=2)
    paper = np.full(plain.shape[:2], 235)
    for line in range(20, len(paper), 60):
        paper[line : line + 3] = 150
    photo, _ = lay_on_wood(number_photo(["365"], paper, pen=6, zoom=2), WALNUT, "tblr", 0)
    ink = find_writing(photo).ink > 0.5
    rims = [(after - before) // 2 for before, after in zip(plain.shape[:2], photo.shape[:2], strict=True)]
    written = np.pad(plain.min(axis=2) < 140, [(rim, rim) for rim in rims]).astype(np.uint8)
    is_near = cv2.dilate(cv2.resize(written, ink.shape[::-1]), np.ones((9, 9), np.uint8)) > 0
    assert ink.any()
    assert not (ink & ~is_near).any()


@pytest.mark.parametrize("light", [(255, 215, 150), (170, 180, 215)], ids=["a warm lamp's", "the sky's"])
def test_a_shadow_with_a_color_is_no_table(light: tuple[int, int, int]) -> None:
    photo = number_photo(["365"]).astype(np.float32)
    photo[:, photo.shape[1] // 2 :] *= 0.6 * np.array(light) / max(light)
    photo = cv2.GaussianBlur(np.rint(photo).astype(np.uint8), (0, 0), 2)
    assert cover_table(photo, find_surroundings(photo))[0] is photo


def test_writing_on_a_band_of_color_is_not_painted_over() -> None:
    photo = number_photo(["365", "012"])
    half = photo.shape[0] // 2
    photo[half:] = np.rint(photo[half:] * np.array([0.95, 0.75, 0.3]))
    assert cover_table(photo, find_surroundings(photo))[0] is photo
