"""The strip of steps, of drawings and of photos."""

from __future__ import annotations

import base64
import re
from html import unescape

import cv2
import numpy as np
import pytest
from written_numbers import number_photo

from interface import texts
from interface.examples import STROKES
from interface.steps import find_way, render_steps, shrink, to_jpeg_url
from model.recognizer import Prediction, Recognizer
from preprocessing import Drawing, Picture, find_writing, writing_to_page

BARS = [[[x, 150], [x, 200], [x, 250]] for x in (80, 200, 320)]  # too far apart to be one sign
RECOGNIZER = Recognizer(lambda images: (np.eye(10)[np.ones(len(images), int)], np.ones(len(images))))


def read(strokes: list) -> list[Prediction]:
    return RECOGNIZER.recognize_drawing(Drawing.from_json({"width": 400, "height": 400, "strokes": strokes}))


def strip_tags(html: str) -> list[str]:
    return [unescape(text) for text in re.split(r"<[^>]*>", html) if text]


def read_pictures(html: str) -> dict[str, np.ndarray]:
    """By caption, (h, w, 3) uint8."""
    found = re.findall(r'<img src="data:image/(?:png|jpeg);base64,([^"]*)" alt="([^"]*)"', html)
    data = {caption: np.frombuffer(base64.b64decode(code), np.uint8) for code, caption in found}
    return {caption: cv2.imdecode(png, cv2.IMREAD_COLOR) for caption, png in data.items()}


def test_steps_are_four_pictures_in_order() -> None:
    [prediction] = read(STROKES[7])
    pictures = read_pictures(render_steps([prediction], 0, (400, 400)))

    assert list(pictures) == [texts.STEP_PAGE, texts.STEP_CROP, texts.STEP_SCALED, texts.STEP_IMAGE]
    assert pictures[texts.STEP_PAGE].shape == pictures[texts.STEP_IMAGE].shape == (112, 112, 3)
    assert max(pictures[texts.STEP_CROP].shape) == max(pictures[texts.STEP_SCALED].shape) == 112
    seen = pictures[texts.STEP_IMAGE][2::4, 2::4, 0]  # a pixel of the network's is 4 x 4 of the picture's
    assert np.array_equal(seen, np.rint(prediction.glyph.image * 255))


def test_page_shows_the_writing_at_its_place_in_its_box() -> None:
    predictions = read([[[300, 40], [300, 160]]])
    page = read_pictures(render_steps(predictions, 0, (400, 400)))[texts.STEP_PAGE]

    is_gray = (page == page[..., :1]).all(axis=2)
    rows, columns = np.nonzero(is_gray & (page[..., 0] > 127))
    assert (rows.min() + rows.max()) / 2 == pytest.approx(100 / 400 * 112, abs=1.5)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(300 / 400 * 112, abs=1.5)
    box_rows, box_columns = np.nonzero(~is_gray)
    assert box_rows.min() < rows.min() < rows.max() < box_rows.max()
    assert box_columns.min() < columns.min() < columns.max() < box_columns.max()


@pytest.mark.parametrize(("height", "width"), [(400, 400), (3000, 1000), (10, 4000)])
def test_writing_at_the_edge_of_any_page_is_drawn(height: float, width: float) -> None:
    data = {"width": width, "height": height, "strokes": [[[0, 0], [width, 0], [width, height]]]}
    recognizer = Recognizer(lambda images: (np.eye(10)[np.ones(len(images), int)], np.ones(len(images))))
    predictions = recognizer.recognize_drawing(Drawing.from_json(data))

    page = read_pictures(render_steps(predictions, 0, (height, width)))[texts.STEP_PAGE]

    assert max(page.shape) == 112
    assert page.max() == 255


def test_no_steps_without_writing() -> None:
    html = render_steps([])

    assert strip_tags(html) == [texts.STEPS_TITLE, texts.NOTHING_YET]
    assert "<img" not in html


def test_steps_of_a_number_show_all_digits_and_box_the_chosen_one() -> None:
    page = read_pictures(render_steps(read(BARS), 2, (400, 400)))[texts.STEP_PAGE]
    is_gray = (page == page[..., :1]).all(axis=2)
    columns = np.flatnonzero((is_gray & (page[..., 0] > 127)).any(axis=0))
    assert columns.min() < 112 / 3
    assert columns.max() > 112 * 2 / 3
    assert np.nonzero(~is_gray)[1].min() > 112 * 2 / 3


# ---------------------------------------------------------------- photos


def test_the_strip_of_a_photo_shows_each_step_from_paper_to_pixels(recognizer: Recognizer) -> None:
    picture = Picture(number_photo(["204"]))
    writing = find_writing(picture.rgb)
    [predictions] = recognizer.recognize_pages([writing_to_page(writing, picture.size)])
    way, _ = find_way(picture, writing)

    pictures = read_pictures(render_steps(predictions, 1, picture.size, way))

    assert list(pictures) == [
        texts.STEP_PHOTO,
        texts.STEP_EVENED,
        texts.STEP_INK,
        texts.STEP_CROP,
        texts.STEP_SCALED,
        texts.STEP_IMAGE,
    ]
    assert pictures[texts.STEP_PHOTO].shape == pictures[texts.STEP_INK].shape
    assert np.median(pictures[texts.STEP_PHOTO]) == pytest.approx(235, abs=3)  # its paper
    assert np.median(pictures[texts.STEP_EVENED]) > 250
    ink = pictures[texts.STEP_INK]
    is_orange = (ink[..., 2] > 200) & (ink[..., 0] < 100)
    columns = np.flatnonzero(is_orange.any(axis=0)) / ink.shape[1]
    box = predictions[1].box
    middle = (box.left + box.width / 2) / picture.size[1]
    assert (columns.min() + columns.max()) / 2 == pytest.approx(middle, abs=0.02)


def test_signs_of_a_tilted_photo_are_shown_where_and_as_they_stand(recognizer: Recognizer) -> None:
    level = number_photo(["20485"])
    rows, columns = level.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), 14, 1)
    turn[1, 2] += rows
    tilted = cv2.warpAffine(level, turn, (columns, 3 * rows), borderMode=cv2.BORDER_REPLICATE)
    picture = Picture(tilted)
    writing = find_writing(picture.rgb)
    [predictions] = recognizer.recognize_pages([writing_to_page(writing, picture.size)])
    assert predictions[0].tilted is not None

    shown, found = (find_way(picture, writing, signs)[0].ink > 100 for signs in (predictions, ()))

    assert found.any()
    assert (shown & found).sum() > 0.75 * (shown | found).sum()


def test_the_way_of_a_photo_without_writing_ends_at_its_ink() -> None:
    picture = Picture(np.full((300, 200, 3), 240, np.uint8))
    way, _ = find_way(picture, find_writing(picture.rgb))

    pictures = read_pictures(render_steps([], way=way))

    assert list(pictures) == [texts.STEP_PHOTO, texts.STEP_EVENED, texts.STEP_INK]
    assert pictures[texts.STEP_INK].max() == 0


def test_a_photo_is_sent_small() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), np.uint8)
    url = to_jpeg_url(shrink(noise, 900))
    jpeg = np.frombuffer(base64.b64decode(url.removeprefix("data:image/jpeg;base64,")), np.uint8)
    assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR).shape == (675, 900, 3)
