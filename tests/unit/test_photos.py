"""Pixels to ink: light, color, polarity, and why there is none."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from strokes import digit_picture
from written_numbers import number_ink

from preprocessing import Glyph, Picture, find_glyphs, find_writing, photo_to_page, writing_to_page


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def signs_on(rgb: np.ndarray) -> list[Glyph]:
    """All writing as one sign, its box in pixels of the photo; [] if there is none."""
    page = photo_to_page(Picture(rgb))
    glyph = page.to_glyph()
    return [replace(glyph, box=page.place(glyph.box))] if glyph else []


@pytest.mark.parametrize("digit", range(10))
def test_light_on_dark_is_read_as_dark_on_light(digit: int) -> None:
    photo = digit_picture(digit, 300, 12)
    ink = find_writing(photo).ink
    assert ink.dtype == np.float32
    assert ink.shape == (300, 300)
    assert 0 == ink.min() < ink.max() <= 1
    np.testing.assert_array_equal(find_writing(255 - photo).ink, ink)


@pytest.mark.parametrize("digit", range(10))
def test_photo_and_ideal_ink_give_the_same_image(digit: int) -> None:
    ideal = digit_picture(digit, 300, 12, ink=(255, 255, 255), paper=(0, 0, 0))[..., 0].astype(np.float32) / 255
    (expected,) = find_glyphs(ideal)
    (glyph,) = signs_on(digit_picture(digit, 300, 12))
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("turn", range(4))
def test_shadow_is_taken_off(digit: int, turn: int) -> None:
    photo = digit_picture(digit, 300, 12)
    light = np.rot90(np.tile(np.linspace(1, 0.35, 300), (300, 1)), turn)
    (glyph,), (expected,) = (
        signs_on((photo * light[..., None]).astype(np.uint8)),
        signs_on(photo),
    )
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("ink", [(30, 40, 170), (190, 30, 40), (20, 120, 60), (110, 110, 110)])
@pytest.mark.parametrize("paper", [(250, 250, 250), (235, 225, 170), (190, 190, 195)])
def test_colored_ink_and_paper(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    (glyph,) = signs_on(digit_picture(5, 300, 12, ink, paper))
    (expected,) = signs_on(digit_picture(5, 300, 12))
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (30, 40), (300, 200), (1500, 2000)])
def test_even_sheet_is_blank(level: int, shape: tuple[int, int]) -> None:
    assert signs_on(np.full((*shape, 3), level, np.uint8)) == []


@pytest.mark.parametrize("seed", range(6))
def test_paper_with_grain_and_shadow_is_blank(seed: int) -> None:
    rng = np.random.default_rng(seed)
    light = np.linspace(230, 150, 400)[None, :, None] + np.zeros((300, 1, 3))
    sheet = np.clip(light + rng.normal(0, 3, light.shape), 0, 255).astype(np.uint8)
    assert signs_on(sheet) == []


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (2, 4000), (3, 1001)])
def test_strips_of_any_length_are_read(shape: tuple[int, int]) -> None:
    strip = np.full((*shape, 3), 255, np.uint8)
    strip[shape[0] // 2, shape[1] // 2] = 0
    assert max(find_writing(strip).ink.shape) == 1000
    assert len(signs_on(strip)) <= 1


def test_box_is_in_pixels_of_the_photo() -> None:
    photo = np.full((1500, 2000, 3), 240, np.uint8)
    cv2.line(photo, (600, 400), (600, 1100), (20, 20, 20), 40)  # x, y
    (glyph,) = signs_on(photo)
    box = (glyph.box.top, glyph.box.left, glyph.box.height, glyph.box.width)
    np.testing.assert_allclose(box, (380, 580, 740, 40), atol=12)


# ---------------------------------------------------------------- why there is no writing


def photograph(ink: np.ndarray, contrast: float, noise: float, seed: int) -> np.ndarray:
    """An ink on paper that is lit from the left: how much darker it is, 0 ... 1, and the deviation in gray levels."""
    rng = np.random.default_rng(seed)
    light = np.linspace(235, 170, ink.shape[1]) * (1 - contrast * ink)
    return as_rgb(np.clip(light + rng.normal(0, noise, ink.shape), 0, 255).astype(np.uint8))


def as_rgb(gray: np.ndarray) -> np.ndarray:
    return np.repeat(gray[..., None], 3, axis=2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("noise", [0.5, 1])
@pytest.mark.parametrize("contrast", [0.03, 0.045])
def test_writing_of_too_little_contrast_is_faint(contrast: float, noise: float, seed: int) -> None:
    ink = cv2.resize(number_ink(["2024", "17"][: 1 + seed % 2], pen=4), None, fx=2, fy=2)
    writing = find_writing(photograph(ink, contrast, noise, seed))
    assert not writing.ink.any()
    assert writing.problem == "faint"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("grain", "noise"), [(0, 0), (0, 1), (0, 2), (1, 1)])
def test_paper_without_writing_is_blank_not_faint(grain: int, noise: float, seed: int) -> None:
    """Even, or with a shadow that is soft or hard, the grain of a pixel or a few; also as a JPEG."""
    rng = np.random.default_rng(seed)
    height, width = 450, 600
    columns, rows = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    shadow = (0 * rows, 0.4 * columns, 0.5 * (columns - 0.5) ** 2 + rows / 4, 0.2 / (1 + np.exp(9 * (rows - columns))))
    texture = rng.normal(0, 1, (height, width))
    texture = cv2.GaussianBlur(texture, (0, 0), grain) if grain else texture
    gray = 225 * (1 - shadow[seed]) + noise * texture / texture.std()
    jpeg = cv2.imencode(".jpg", np.clip(gray, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    for photo in (np.clip(gray, 0, 255).astype(np.uint8), cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)):
        assert find_writing(as_rgb(photo)).problem == "blank"


def test_faint_ruled_lines_are_blank() -> None:
    ink = np.zeros((600, 800), np.float32)
    ink[60::60] = ink[61::60] = 1
    assert find_writing(photograph(ink, 0.04, 1, 0)).problem == "blank"


@pytest.mark.parametrize("turn", range(4))
def test_table_beside_an_empty_sheet_touches_the_edge(turn: int) -> None:
    photo = np.full((400, 600, 3), 235, np.uint8)
    photo[:, :50] = 60
    writing = find_writing(np.rot90(photo, turn).copy())
    assert not writing.ink.any()
    assert writing.problem == "edge"


@pytest.mark.parametrize("digit", range(10))
def test_digit_that_fills_the_photo_is_writing(digit: int) -> None:
    photo = digit_picture(digit, 300, 24)
    rows, columns = np.nonzero(photo[..., 0] < 128)
    cropped = photo[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    writing = find_writing(cropped)
    assert writing.problem == ""
    (expected,) = find_glyphs((255 - photo[..., 0]).astype(np.float32) / 255)
    glyph = writing_to_page(writing, cropped.shape[:2]).to_glyph()
    assert glyph is not None
    assert correlation(glyph.image, expected.image) > 0.7


# ---------------------------------------------------------------- small sheets


def draw_lines(shape: tuple[int, int], rows: list[int], columns: list[int]) -> np.ndarray:
    """A small sheet with a 0 on it, and level and upright lines from edge to edge, a pixel wide."""
    gray = np.full(shape, 230, np.uint8)
    gray[rows] = 150
    gray[:, columns] = 150
    cv2.ellipse(gray, (shape[1] // 2, shape[0] // 2), (14, 22), 0, 0, 360, 40, 4)
    return as_rgb(gray)


def test_lines_of_a_small_sheet_are_taken_off() -> None:
    [glyph] = signs_on(draw_lines((120, 150), [20, 50, 80, 110], [15, 45, 75, 105, 135]))
    assert glyph.box.height == pytest.approx(48, abs=3)
    assert glyph.box.width == pytest.approx(32, abs=3)


def test_a_single_line_on_a_small_picture_may_be_a_stroke() -> None:
    gray = np.full((150, 150), 230, np.uint8)
    gray[:, 73:76] = 40
    rgb = as_rgb(gray)
    assert find_writing(rgb).ink[:, 73:76].min() > 0.5
