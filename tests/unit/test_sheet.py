"""A sheet of paper on a table: what lies around it is no writing."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from written_numbers import number_ink, number_photo

from ink.sheet import cover_table, find_surroundings
from preprocessing import find_writing

TABLES = {
    "dark": (40, 38, 36),
    "wood": (122, 84, 52),
    "blue cloth": (30, 50, 120),
    "light wood": (186, 150, 108),
    "gray": (108, 108, 114),
    "nearly white": (214, 214, 210),
}


def lay_on_table(sheet: np.ndarray, table: tuple[int, int, int], sides: str) -> np.ndarray:
    """A sheet with a rim of table on some of its sides: t, b, l, r."""
    top, bottom, left, right = ((0.35 if side in sides else 0) * max(sheet.shape) for side in "tblr")
    rim = [round(width / (1 if len(sides) == 1 else 2)) for width in (top, bottom, left, right)]
    return cv2.copyMakeBorder(sheet, *rim, cv2.BORDER_CONSTANT, value=table)


def shade(photo: np.ndarray) -> np.ndarray:
    """A photo whose left half lies in shadow."""
    light = np.where(np.arange(photo.shape[1]) < photo.shape[1] / 2, 0.45, 1)
    return np.rint(photo * light[:, None]).astype(np.uint8)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("sides", ["tblr", "tl", "lr", "b", "r"])
def test_a_table_around_the_sheet_leaves_no_ink(sides: str, table: tuple[int, int, int]) -> None:
    sheet = number_photo(["365"], zoom=1.5)
    alone = find_writing(sheet).ink
    photo = lay_on_table(sheet, table, sides)
    ink = find_writing(photo).ink
    zoom = max(ink.shape) / max(photo.shape)
    assert ink.sum() / zoom**2 == pytest.approx(alone.sum() * (max(sheet.shape) / max(alone.shape)) ** 2, rel=0.1)


def test_a_sheet_that_lies_askew_is_found() -> None:
    photo = lay_on_table(number_photo(["365"], zoom=1.5), TABLES["wood"], "tblr")
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 0.9)
    photo = cv2.warpAffine(photo, turn, (width, height), borderValue=TABLES["wood"])
    covered, _ = cover_table(photo, find_surroundings(photo))
    assert covered is not photo
    assert covered.min(axis=2)[:20].min() > 200  # the table is as light as the paper


@pytest.mark.parametrize("size", [0.3, 0.15])
@pytest.mark.parametrize("table", ["wood", "gray", "light wood"])
def test_a_note_on_a_large_table_is_read(table: str, size: float) -> None:
    note = number_photo(["365"], zoom=1.5)
    note = np.rint(note * np.array([1, 0.9, 0.45])).astype(np.uint8)  # yellow
    rims = [round(side * (size**-0.5 - 1) / 2) for side in note.shape[:2] for _ in range(2)]
    photo = cv2.copyMakeBorder(note, *rims, cv2.BORDER_CONSTANT, value=TABLES[table])
    ink = find_writing(photo).ink > 0.5
    alone = cv2.copyMakeBorder(find_writing(note).ink, *rims, cv2.BORDER_CONSTANT, value=0)
    written = cv2.resize(alone, ink.shape[::-1]) > 0.5
    assert (ink & written).sum() > 0.8 * (ink | written).sum()


@pytest.mark.parametrize("angle", [0, 20, 45, 70])
def test_the_hard_edge_of_a_shadow_is_no_ink(angle: int) -> None:
    photo = number_photo(["365"])
    lit = find_writing(photo).ink > 0.5
    rows, columns = np.indices(photo.shape[:2]) - np.array(photo.shape[:2])[:, None, None] / 2
    in_shadow = columns * np.cos(np.deg2rad(angle)) + rows * np.sin(np.deg2rad(angle)) > 0
    ink = find_writing(np.rint(photo * np.where(in_shadow, 0.5, 1)[..., None]).astype(np.uint8)).ink > 0.5
    assert (ink & lit).sum() > 0.9 * (ink | lit).sum()


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(number_photo(["365"]), id="a sheet alone"),
        pytest.param(255 - number_photo(["365"]), id="chalk on a board"),
        pytest.param(255 - number_photo(["8"], pen=22, zoom=1), id="a thick light digit"),
        pytest.param(255 - number_photo(["365", "012"], pen=10), id="rows of light digits"),
        pytest.param(shade(number_photo(["365"])), id="shadow"),
    ],
)
def test_what_is_no_table_stays(photo: np.ndarray) -> None:
    assert cover_table(photo, find_surroundings(photo))[0] is photo


def test_a_color_that_the_paper_lacks_says_nothing() -> None:
    ink = number_ink(["365"])[..., None]
    green, pen = np.array([75, 255, 0]), np.array([0, 128, 16])  # the pen has more blue than the paper
    photo = np.rint(green * (1 - ink) + pen * ink).astype(np.uint8)
    photo = cv2.resize(photo, None, fx=2, fy=2)
    found = find_writing(photo).ink > 0.5
    written = cv2.resize(ink, found.shape[::-1]) > 0.5
    assert (found & written).sum() > 0.9 * (found | written).sum()


@pytest.mark.parametrize("thick", [8, 9, 10])
def test_a_bright_strip_is_no_sheet(thick: int) -> None:
    photo = np.full((24, 235, 3), 25, np.uint8)
    photo[12 - thick // 2 : 12 - thick // 2 + thick, 40:223] = 225
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the mean of no pixel at all
        assert cover_table(photo, find_surroundings(photo))[0] is photo
