"""What the page shows of an answer, with a recognizer whose probabilities are made up."""

from __future__ import annotations

import base64
import re
from html import unescape

import cv2
import numpy as np
import pytest

from interface import texts
from interface.answer import (
    MARKS,
    render_answer,
    render_chart,
    render_photo,
    render_sentence,
    render_steps,
    shrink_photo,
)
from interface.examples import digit_drawing
from model.card import Card
from model.recognizer import Prediction, Recognizer
from preprocessing import Drawing


def read(probabilities: dict[int, float], strokes: list | None = None, is_digit: float = 1.0) -> list[Prediction]:
    """Draw, and say what the network is to answer to each sign; digits not named have probability 0.

    It is a digit from 0.5 on, and unsure if the second is more than a fifth of the first.
    """
    answer = np.zeros((1, 10), np.float32)
    for digit, probability in probabilities.items():
        answer[0, digit] = probability
    drawing = digit_drawing(7) if strokes is None else {"width": 400, "height": 400, "strokes": strokes}
    recognizer = Recognizer(
        lambda images: (answer.repeat(len(images), axis=0), np.full(len(images), is_digit)),
        Card(threshold=0.5, unsure_ratio=0.2),
    )
    return recognizer.recognize_drawing(Drawing.from_json(drawing))


def strip_tags(html: str) -> list[str]:
    return [unescape(text) for text in re.split(r"<[^>]*>", html) if text]


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ({7: 1.0}, ["7", "Almost certainly a 7", "100.0 %"]),
        ({7: 0.9995, 1: 0.0005}, ["7", "Almost certainly a 7", "over 99.9 %"]),
        ({8: 0.99, 3: 0.01}, ["8", "Almost certainly an 8", "99.0 %"]),
        ({0: 0.95, 6: 0.05}, ["0", "Very likely a 0", "95.0 %"]),
        ({4: 0.91, 9: 0.09}, ["4", "Very likely a 4", "91.0 %"]),
        ({4: 0.89, 9: 0.11}, ["4", "Probably a 4", "89.0 %"]),
        ({3: 0.75, 8: 0.25}, ["3", "3 or 8?", "Probably a 3, 75.0 %", "or an 8, 25.0 %"]),
        ({1: 0.5, 7: 0.3, 2: 0.2}, ["1", "1 or 7?", "Perhaps a 1, 50.0 %", "or a 7, 30.0 %"]),
        ({5: 0.3, 6: 0.25, 8: 0.2}, ["5", "5 or 6?", "Hard to say; maybe a 5, 30.0 %", "or a 6, 25.0 %"]),
    ],
)
def test_certainty_is_said_in_words(probabilities: dict[int, float], words: list[str]) -> None:
    assert strip_tags(render_answer(read(probabilities))) == words


def test_the_moving_pen_is_shown_as_such() -> None:
    answer = read({7: 1.0})

    assert 'class="reading live"' in render_answer(answer, live=True)
    assert 'class="reading"' in render_answer(answer, live=False)


def test_dot_is_explained_whatever_the_network_says() -> None:
    answer = read({1: 1.0}, strokes=[[[200, 200]]])

    assert strip_tags(render_answer(answer)) == ["?", "That doesn't look like a digit", texts.SOLID]


def test_lines_that_are_no_digit_are_said_to_be_none() -> None:
    answer = read({8: 0.6, 3: 0.4}, is_digit=0.4)

    html = render_answer(answer)
    assert strip_tags(html) == ["?", "That doesn't look like a digit", "If it had to be one: an 8"]
    assert 'class="reading none"' in html


@pytest.mark.parametrize("strokes", [None, [[[200, 200]]]], ids=["lines", "dot"])
def test_under_the_moving_pen_nothing_is_said_of_what_is_no_digit_yet(strokes: list | None) -> None:
    html = render_answer(read({8: 1.0}, strokes, is_digit=0.4), live=True)

    assert strip_tags(html) == ["…"]
    assert 'class="reading live none"' in html


def test_a_sentence_is_text_and_announced() -> None:
    html = render_sentence('<img src=x onerror="alert(1)"> is no picture', "problem")

    assert html.startswith('<div class="problem" role="status">')
    assert strip_tags(html) == ['<img src=x onerror="alert(1)"> is no picture']
    assert "<img" not in html


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, "0.0 %"),
        (0.0004, "under 0.1 %"),
        (0.001, "0.1 %"),
        (0.5, "50.0 %"),
        (0.9989, "99.9 %"),
        (0.99951, "over 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_percent_is_never_rounded_to_certainty(probability: float, text: str) -> None:
    assert texts.format_percent(probability) == text


# ---------------------------------------------------------------- bars


def test_bars_stand_in_order_and_the_best_is_marked() -> None:
    [prediction] = read({8: 0.7, 3: 0.25, 0: 0.05})
    rows = render_chart(prediction.probabilities)

    assert rows["digit"].tolist() == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert rows["probability"].tolist() == [0.05, 0, 0, 0.25, 0, 0, 0, 0, 0.7, 0]
    assert rows["mark"].tolist() == ["other"] * 8 + ["best", "other"]


def test_bars_of_what_is_no_digit_stay_and_fade() -> None:
    [prediction] = read({8: 0.7, 3: 0.25, 0: 0.05}, is_digit=0.1)
    rows = render_chart(prediction.probabilities, prediction.digit is not None)

    assert rows["probability"].tolist() == [0.05, 0, 0, 0.25, 0, 0, 0, 0, 0.7, 0]
    assert rows["mark"].tolist() == ["faded"] * 10


def test_ten_empty_bars_without_an_answer() -> None:
    rows = render_chart(None)

    assert rows["digit"].tolist() == [str(digit) for digit in range(10)]
    assert rows["probability"].tolist() == [0] * 10
    assert set(rows["mark"]) == set(MARKS)  # Gradio's chart colors only marks that its first value had


# ---------------------------------------------------------------- steps


def read_pictures(html: str) -> dict[str, np.ndarray]:
    """By caption, (h, w, 3) uint8."""
    found = re.findall(r'<img src="data:image/png;base64,([^"]*)" alt="([^"]*)"', html)
    data = {caption: np.frombuffer(base64.b64decode(code), np.uint8) for code, caption in found}
    return {caption: cv2.imdecode(png, cv2.IMREAD_COLOR) for caption, png in data.items()}


def test_steps_are_four_pictures_in_order() -> None:
    [prediction] = read({7: 1.0})
    pictures = read_pictures(render_steps([prediction], 0, 400, 400))

    assert list(pictures) == [texts.STEP_PAGE, texts.STEP_CROP, texts.STEP_SCALED, texts.STEP_IMAGE]
    assert pictures[texts.STEP_PAGE].shape == pictures[texts.STEP_IMAGE].shape == (112, 112, 3)
    assert max(pictures[texts.STEP_CROP].shape) == max(pictures[texts.STEP_SCALED].shape) == 112
    seen = pictures[texts.STEP_IMAGE][2::4, 2::4, 0]  # a pixel of the network's is 4 x 4 of the picture's
    assert np.array_equal(seen, np.rint(prediction.glyph.image * 255))


def test_page_shows_the_writing_at_its_place_in_its_box() -> None:
    predictions = read({1: 1.0}, strokes=[[[300, 40], [300, 160]]])
    page = read_pictures(render_steps(predictions, 0, 400, 400))[texts.STEP_PAGE]

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
    recognizer = Recognizer(lambda images: (np.full((len(images), 10), 0.1), np.ones(len(images))))
    predictions = recognizer.recognize_drawing(Drawing.from_json(data))

    page = read_pictures(render_steps(predictions, 0, height, width))[texts.STEP_PAGE]

    assert max(page.shape) == 112
    assert page.max() == 255


def test_no_steps_without_writing() -> None:
    html = render_steps([])

    assert strip_tags(html) == [texts.STEPS_TITLE, texts.NOTHING_YET]
    assert "<img" not in html


# ---------------------------------------------------------------- numbers


BARS = [[[x, 150], [x, 200], [x, 250]] for x in (80, 200, 320)]  # too far apart to be one sign


def test_a_number_is_buttons_and_words_about_the_chosen_one() -> None:
    predictions = read({7: 0.95, 1: 0.05}, BARS)
    html = render_answer(predictions, selected=1)
    assert strip_tags(html) == [*"777", texts.COPY, "777", "2 of 3: Very likely a 7", "95.0 %"]
    assert re.findall(r'data-sign="(\d)" aria-pressed="(\w+)"', html) == [("0", "false"), ("1", "true"), ("2", "false")]
    assert 'data-copy="777"' in html


def test_a_number_under_the_moving_pen_is_paler() -> None:
    assert 'class="reading number live"' in render_answer(read({7: 1.0}, BARS), live=True)


def test_unsure_digits_of_a_number_are_marked() -> None:
    assert render_answer(read({7: 0.6, 1: 0.4}, BARS)).count('class="unsure"') == 3


def test_boxes_stand_where_the_digits_do() -> None:
    predictions = read({1: 1.0}, BARS)
    html = render_photo("data:,", (400, 400), predictions, selected=2)
    lefts = [float(left) for left in re.findall(r"left: ([\d.]+)%", html)]
    widths = [float(width) for width in re.findall(r"width: ([\d.]+)%", html)]
    middles = [left + width / 2 for left, width in zip(lefts, widths, strict=True)]
    assert middles == pytest.approx([20, 50, 80], abs=1)
    assert re.findall(r'aria-pressed="(\w+)"', html) == ["false", "false", "true"]


def test_a_photo_is_sent_small() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), np.uint8)
    url = shrink_photo(noise)
    jpeg = np.frombuffer(base64.b64decode(url.removeprefix("data:image/jpeg;base64,")), np.uint8)
    assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR).shape == (675, 900, 3)


def test_steps_of_a_number_show_all_digits_and_box_the_chosen_one() -> None:
    page = read_pictures(render_steps(read({1: 1.0}, BARS), 2, 400, 400))[texts.STEP_PAGE]
    is_gray = (page == page[..., :1]).all(axis=2)
    columns = np.flatnonzero((is_gray & (page[..., 0] > 127)).any(axis=0))
    assert columns.min() < 112 / 3
    assert columns.max() > 112 * 2 / 3
    assert np.nonzero(~is_gray)[1].min() > 112 * 2 / 3
