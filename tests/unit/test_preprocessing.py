"""Drawings and ink to 28x28: tiny arrays with known answers, ten digits at all scales and pens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from strokes import CANVAS, STROKES, digit_drawing, digit_picture

from ink.glyphs import BOX, MAX_STROKE, MEDIAN_STROKE, MIN_STROKE, PAPER
from ink.strokes import DRAWING_SIDE
from preprocessing import (
    Box,
    Drawing,
    Glyph,
    drawing_to_glyphs,
    drawing_to_ink,
    find_glyphs,
    stroke_width,
)

DIGITS = range(10)


def read(strokes: list[Any], width: float = CANVAS, height: float = CANVAS) -> list[Glyph]:
    return drawing_to_glyphs(Drawing.from_json({"width": width, "height": height, "strokes": strokes}))


def bar(rows: slice, columns: slice, shape: tuple[int, int] = (28, 28)) -> np.ndarray:
    ink = np.zeros(shape, np.float32)
    ink[rows, columns] = 1
    return ink


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """The correlation of two images, the second moved by up to a pixel: centering is by whole pixels."""
    moved = (np.roll(b, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
    return max(float(np.corrcoef(a.ravel(), c.ravel())[0, 1]) for c in moved)


def center_of_mass(image: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(image.shape)
    return float((rows * image).sum() / image.sum()), float((columns * image).sum() / image.sum())


# ---------------------------------------------------------------- ink


@pytest.mark.parametrize("shape", [(0, 0), (0, 9), (1, 1), (28, 28), (3, 400)])
@pytest.mark.parametrize("level", [0, PAPER])
def test_blank_ink_has_no_glyph(shape: tuple[int, int], level: float) -> None:
    assert find_glyphs(np.full(shape, level, np.float32)) == []


def test_bar_in_a_corner_moves_to_the_middle_and_stays_as_it_is() -> None:
    (glyph,) = find_glyphs(bar(slice(0, 20), slice(0, 3)))
    assert glyph.box == Box(0, 0, 20, 3)
    assert glyph.image.dtype == np.float32
    np.testing.assert_array_equal(glyph.image, bar(slice(4, 24), slice(13, 16)))


def test_center_of_mass_counts_and_not_the_box() -> None:
    ink = bar(slice(4, 24), slice(4, 7)) + bar(slice(21, 24), slice(7, 24))  # an L, 20 x 20
    (glyph,) = find_glyphs(ink)
    rows, columns = np.nonzero(glyph.image)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (1, 20, 8, 27)  # mass at 13.4, 5.6 of 20
    np.testing.assert_array_equal(glyph.image[1:21, 8:28], ink[4:24, 4:24])


@pytest.mark.parametrize("shape", [(1, 1), (20, 20), (300, 200)])
def test_all_one_ink_is_a_solid_block(shape: tuple[int, int]) -> None:
    (glyph,) = find_glyphs(np.ones(shape, np.float32))
    assert glyph.is_solid
    assert glyph.box == Box(0, 0, *shape)
    assert max(glyph.scaled.shape) == BOX
    assert glyph.image.max() == 1


def test_box_is_where_the_ink_is() -> None:
    (glyph,) = find_glyphs(bar(slice(10, 30), slice(5, 9), (50, 60)))
    assert glyph.box == Box(10, 5, 20, 4)
    assert glyph.crop.shape == (20, 4)


@pytest.mark.parametrize("shape", [(1, 500), (500, 1), (2, 900)])
def test_hairlines_of_any_length_are_read(shape: tuple[int, int]) -> None:
    (glyph,) = find_glyphs(np.ones(shape, np.float32))
    assert not glyph.is_solid
    assert max(glyph.scaled.shape) == BOX
    assert glyph.image.max() > 0.8


@pytest.mark.parametrize("digit", DIGITS)
def test_image_that_is_as_mnist_made_it_goes_through_unchanged(
    digit: int, drawn_digit: Callable[[int], Drawing]
) -> None:
    once = drawing_to_glyphs(drawn_digit(digit))[0].image
    twice = find_glyphs(once)[0].image
    np.testing.assert_allclose(twice, once, atol=1e-6)


@pytest.mark.parametrize("digit", DIGITS)
def test_glyph_is_20_pixels_long_and_centered_by_mass(digit: int, drawn_digit: Callable[[int], Drawing]) -> None:
    (glyph,) = drawing_to_glyphs(drawn_digit(digit))
    assert max(glyph.scaled.shape) == BOX
    assert glyph.image.shape == (28, 28)
    assert 0 <= glyph.image.min() <= glyph.image.max() <= 1
    assert not glyph.is_solid
    np.testing.assert_allclose(center_of_mass(glyph.image), (14, 14), atol=0.5 + 1e-3)  # whole pixels, as MNIST


@pytest.mark.parametrize("digit", DIGITS)
def test_pen_width_makes_no_difference(digit: int) -> None:
    images, widths = [], []
    for pen in (1, 2, 4, 8, 16, 30, 60):  # pixels of a 300 pixel digit
        ink = digit_picture(digit, 500, pen, (255, 255, 255), (0, 0, 0))[..., 0].astype(np.float32) / 255
        (glyph,) = find_glyphs(ink)
        images.append(glyph.image)
        widths.append(stroke_width(glyph.scaled))
    assert min(widths) > MIN_STROKE - 0.3
    assert max(widths) < MAX_STROKE + 0.3
    *thin, thick = images
    assert min(likeness(image, thin[0]) for image in thin) > 0.9  # all below MNIST's range: the same width
    assert likeness(thick, thin[0]) > 0.65


def test_stroke_width_of_a_bar_is_its_width() -> None:
    for width in (4, 10, 30):
        assert stroke_width(np.ones((200, width), np.float32)) == pytest.approx(width, abs=1.1)


# ---------------------------------------------------------------- drawings


def test_blank_drawing_has_no_ink_and_no_glyph() -> None:
    blank = Drawing.from_json({"width": 400, "height": 300, "strokes": []})
    assert drawing_to_ink(blank).shape == (0, 0)
    assert drawing_to_glyphs(blank) == []
    assert read([[], []]) == []


@pytest.mark.parametrize("stroke", [[[50, 60]], [[50, 60], [50, 60]], [[50, 60], [52, 61], [51, 63]]])
def test_dot_is_solid_and_round(stroke: list[list[float]]) -> None:
    (glyph,) = read([stroke])
    assert glyph.is_solid
    height, width = glyph.scaled.shape
    assert min(height, width) >= BOX - 1
    area = np.pi / 4 * BOX**2
    assert glyph.image.sum() == pytest.approx(area, rel=0.08)


def test_ink_of_a_line_is_as_long_and_wide_as_the_pen_makes_it() -> None:
    drawing = Drawing.from_json({"width": 400, "height": 400, "strokes": [[[100, 50], [100, 350]]]})
    ink = drawing_to_ink(drawing)
    pen = DRAWING_SIDE * MEDIAN_STROKE / BOX  # 20 pixels
    assert ink.shape == (DRAWING_SIDE, pen)
    assert stroke_width(ink) == pytest.approx(pen, abs=1.1)


def test_box_of_a_drawing_is_in_canvas_units() -> None:
    (glyph,) = read([[[100, 50], [100, 350]]])
    pen = 300 * MEDIAN_STROKE / (BOX - MEDIAN_STROKE)  # canvas units: line and pen together are 20 pixels
    box = (glyph.box.top, glyph.box.left, glyph.box.height, glyph.box.width)
    np.testing.assert_allclose(box, (50 - pen / 2, 100 - pen / 2, 300 + pen, pen), atol=3)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("canvas", [1, 28, 1e5])
def test_canvas_size_makes_no_difference(digit: int, canvas: float, drawn_digit: Callable[[int], Drawing]) -> None:
    drawing = Drawing.from_json(digit_drawing(digit, canvas / CANVAS))
    (glyph,), (expected,) = drawing_to_glyphs(drawing), drawing_to_glyphs(drawn_digit(digit))
    np.testing.assert_allclose(glyph.image, expected.image, atol=0.02)
    assert glyph.box.height == pytest.approx(expected.box.height * canvas / CANVAS)


@pytest.mark.parametrize("digit", DIGITS)
def test_tiny_digit_in_a_corner_is_read_like_a_large_one(digit: int, drawn_digit: Callable[[int], Drawing]) -> None:
    strokes = [[[385 + x / 30, 2 + y / 30] for x, y in stroke] for stroke in STROKES[digit]]  # 8 pixels high
    (glyph,), (expected,) = read(strokes), drawing_to_glyphs(drawn_digit(digit))
    np.testing.assert_allclose(glyph.image, expected.image, atol=0.02)


@pytest.mark.parametrize(
    ("leaving", "visible"),
    [
        ([[[200, 100], [200, 900]]], [[[200, 100], [200, 400]]]),
        ([[[-300, 200], [700, 200]]], [[[0, 200], [400, 200]]]),
        (
            [[[300, 300], [500, 100]], [[10, 10], [10, 380]]],
            [[[300, 300], [400, 200]], [[10, 10], [10, 380]]],
        ),
        (  # leaves and comes back somewhere else: two strokes are seen
            [[[100, 100], [100, -50], [300, -50], [300, 250]]],
            [[[100, 100], [100, 0]], [[300, 0], [300, 250]]],
        ),
        ([[[50, 50], [50, 300]], [[500, 500], [600, 700]]], [[[50, 50], [50, 300]]]),
    ],
)
def test_what_leaves_the_canvas_is_cut_off_there(leaving: list[Any], visible: list[Any]) -> None:
    (glyph,), (expected,) = read(leaving), read(visible)
    np.testing.assert_allclose(glyph.image, expected.image, atol=0.02)
    assert glyph.box.top == pytest.approx(expected.box.top)
    assert glyph.box.left == pytest.approx(expected.box.left)


@pytest.mark.parametrize("stroke", [[[500, 500]], [[-1, 0], [-50, 300]], [[-10, 5], [5, -11]]])
def test_drawing_outside_the_canvas_is_blank(stroke: list[Any]) -> None:
    assert read([stroke]) == []


@pytest.mark.parametrize("digit", DIGITS)
def test_ten_digits_differ(
    digit: int,
    drawn_digit: Callable[[int], Drawing],
    nearest_classify: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> None:
    image = drawing_to_glyphs(drawn_digit(digit))[0].image
    [probabilities], _ = nearest_classify(image[None])
    assert probabilities.argmax() == digit
    assert probabilities.max() > 0.9
