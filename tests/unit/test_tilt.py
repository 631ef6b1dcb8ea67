"""Rows that go up or down are measured, turned level, read, and their boxes put back where they stand."""

from __future__ import annotations

import numpy as np
import pytest
from written_numbers import number_drawing, number_ink

from ink.lines import find_lines
from ink.tilt import make_turn, measure_tilt, tilt_sign, turn_level
from model.recognizer import Recognizer, to_text
from preprocessing import Drawing, Writing, drawing_to_page, find_glyphs, writing_to_page

DEGREES = [-18, -10, 10, 18]


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load()


def tilt_ink(ink: np.ndarray, degrees: float) -> np.ndarray:
    """Turned so that the writing goes down to the right by that angle."""
    return turn_level(ink, -np.tan(np.radians(degrees)))[0]


def tilt_drawing(drawing: Drawing, degrees: float) -> Drawing:
    turn = make_turn(-np.tan(np.radians(degrees)))
    strokes = [stroke @ turn.T for stroke in drawing.strokes]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0) - 20, points.max(axis=0) + 20
    width, height = high - low
    return Drawing(float(width), float(height), tuple(stroke - low for stroke in strokes))


@pytest.mark.parametrize("degrees", DEGREES)
def test_the_slope_of_a_tilted_row_is_measured(degrees: float) -> None:
    slope = measure_tilt(find_lines(tilt_ink(number_ink(["20485"]), degrees)))
    assert np.degrees(np.arctan(slope)) == pytest.approx(degrees, abs=4)


@pytest.mark.parametrize("text", ["20485", "7", "17", "4", "100"])
def test_a_level_row_and_few_digits_have_no_tilt(text: str) -> None:
    assert measure_tilt(find_lines(number_ink([text]))) == 0
    assert measure_tilt([]) == 0


def test_two_tilted_rows_have_one_slope() -> None:
    slope = measure_tilt(find_lines(tilt_ink(number_ink(["20485", "31607"]), 12)))
    assert np.degrees(np.arctan(slope)) == pytest.approx(12, abs=4)


def test_what_is_turned_level_stands_where_it_was() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[120:130, 40:80] = 1
    turned, back = turn_level(ink, 0.3)
    assert turned.sum() == pytest.approx(ink.sum(), rel=0.02)
    [glyph] = find_glyphs(turned)
    box, sign = tilt_sign(glyph, back)
    assert box.top == pytest.approx(120, abs=2)
    assert box.left == pytest.approx(40, abs=2)
    assert box.height == pytest.approx(10, abs=3)
    assert box.width == pytest.approx(40, abs=3)
    assert sign.shape == pytest.approx((10, 40), abs=3)
    assert sign.mean() > 0.7


@pytest.mark.parametrize("degrees", DEGREES)
@pytest.mark.parametrize("text", ["2048", "71936", "305117"])
def test_tilted_numbers_are_read_on_photos(shipped: Recognizer, text: str, degrees: float) -> None:
    ink = tilt_ink(np.pad(number_ink([text]), 30), degrees)
    page = writing_to_page(Writing(np.rint(255 * (1 - ink)).astype(np.uint8), ink), ink.shape)
    assert page.back is not None
    [predictions] = shipped.recognize_pages([page])
    assert to_text(predictions) == text
    for prediction in predictions:
        box = prediction.box
        assert min(box.top, box.left) >= 0
        assert box.top + box.height <= ink.shape[0]
        assert box.left + box.width <= ink.shape[1]
        place = np.s_[round(box.top) : round(box.top + box.height), round(box.left) : round(box.left + box.width)]
        assert ink[place].sum() > 0.9 * (prediction.glyph.crop > 0.5).sum()


@pytest.mark.parametrize("degrees", DEGREES)
def test_tilted_numbers_are_read_on_the_sketchpad(shipped: Recognizer, degrees: float) -> None:
    drawing = tilt_drawing(number_drawing(["20485"]), degrees)
    page = drawing_to_page(drawing)
    assert page.back is not None
    predictions = shipped.recognize_drawing(drawing)
    assert to_text(predictions) == "20485"
    points = np.concatenate(drawing.strokes)
    left, right = predictions[0].box, predictions[-1].box
    assert left.left == pytest.approx(points[:, 0].min(), abs=12)
    assert right.left + right.width == pytest.approx(points[:, 0].max(), abs=12)


def test_a_level_page_is_not_turned(shipped: Recognizer) -> None:
    drawing = number_drawing(["20485"])
    assert drawing_to_page(drawing).back is None
    for prediction in shipped.recognize_drawing(drawing):
        assert prediction.tilted is None
        assert prediction.ink is prediction.glyph.crop
