"""What the page shows of an answer, with a recognizer whose probabilities are made up."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

from interface import texts
from interface.answer import (
    MARKS,
    fixed_text,
    plot_chart,
    render_answer,
    render_bars,
    render_chart,
    render_overlay,
    render_sentence,
)
from interface.examples import digit_drawing
from interface.languages import ENGLISH
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
    """The words, without the menu to fix them, which is always the same."""
    html = re.sub(r"<details.*</details>", "", html)
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


def test_a_sentence_is_text() -> None:
    html = render_sentence('<img src=x onerror="alert(1)"> is no picture', "problem")

    assert html.startswith('<div class="problem" role="status" aria-live="off">')
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
    assert ENGLISH.format_percent(probability) == text


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


def test_small_bars_say_and_show_the_same() -> None:
    [prediction] = read({8: 0.7, 3: 0.25, 0: 0.05})
    html = render_bars(prediction.probabilities)
    bars = re.findall(r'<i style="height: (.*?)%; background: (.*?)"></i></p><b>(.)</b>', html)

    assert [float(height) for height, _, _ in bars] == [5, 0, 0, 25, 0, 0, 0, 0, 70, 0]
    assert [color for _, color, _ in bars] == [MARKS["best" if digit == 8 else "other"] for digit in range(10)]
    assert [digit for _, _, digit in bars] == list("0123456789")
    assert "3: 25.0 %; 4: 0.0 %" in html
    faded = render_bars(prediction.probabilities, is_digit=False)
    assert re.findall('background: (.*?)"', faded) == [MARKS["faded"]] * 10


def test_ten_empty_bars_without_an_answer() -> None:
    rows = render_chart(None)

    assert rows["digit"].tolist() == [str(digit) for digit in range(10)]
    assert rows["probability"].tolist() == [0] * 10
    assert set(rows["mark"]) == set(MARKS)  # Gradio's chart colors only marks that its first value had


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
    html = render_overlay("data:,", (400, 400), predictions, selected=2)
    lefts = [float(left) for left in re.findall(r"left: ([\d.]+)%", html)]
    widths = [float(width) for width in re.findall(r"width: ([\d.]+)%", html)]
    middles = [left + width / 2 for left, width in zip(lefts, widths, strict=True)]
    assert middles == pytest.approx([20, 50, 80], abs=1)
    assert re.findall(r'aria-pressed="(\w+)"', html) == ["false", "false", "true"]


# ---------------------------------------------------------------- what a person has corrected


def read_menu(html: str) -> dict[str, bool]:
    """What is offered, and whether it is what stands there now."""
    return {fix: pressed == "true" for fix, pressed in re.findall(r'data-fix="([^"]+)" aria-pressed="(\w+)"', html)}


@pytest.mark.parametrize("strokes", [None, BARS], ids=["digit", "number"])
def test_under_the_moving_pen_the_menu_only_keeps_its_place(strokes: list | None) -> None:
    live, settled = (render_answer(read({7: 1.0}, strokes), live=live) for live in (True, False))

    assert f'<summary class="tool">{texts.WRONG}</summary></details>' in live
    assert read_menu(live) == {}
    assert read_menu(settled) != {}
    assert len(live) < 0.6 * len(settled)


def test_without_tools_there_is_nothing_to_correct_or_copy() -> None:
    html = render_answer(read({7: 1.0}, BARS), 1, has_tools=False)

    assert strip_tags(html) == [*"777", "777", "2 of 3: Almost certainly a 7", "100.0 %"]
    assert "<details" not in html


def test_the_text_has_what_a_person_put_in_place_of_a_digit() -> None:
    predictions = read({7: 1.0}, BARS)

    assert fixed_text(predictions, {}) == "777"
    assert fixed_text(predictions, {1: 4}) == "747"
    assert fixed_text(predictions, {1: 4, 2: None}) == "74"
    assert fixed_text(predictions, {0: None, 1: None, 2: None}) == ""


def test_a_corrected_digit_is_marked_and_said_to_be_one() -> None:
    html = render_answer(read({7: 0.95, 1: 0.05}, BARS), selected=1, fixes={1: 4})

    assert strip_tags(html) == [*"747", texts.COPY, "747", "2 of 3: a 4, corrected by you", "Read as a 7, 95.0 %"]
    assert 'data-copy="747"' in html
    assert re.findall(r'class="fixed" title="corrected by you" aria-label="4, corrected by you" data-sign="(.)"', html)
    assert read_menu(html)["4"]
    assert not read_menu(html)["7"]


def test_a_removed_digit_stays_in_sight_and_not_in_the_text() -> None:
    html = render_answer(read({7: 0.95, 1: 0.05}, BARS), selected=2, fixes={2: None})

    assert strip_tags(html) == [*"777", texts.COPY, "77", "3 of 3: removed by you", "Read as a 7, 95.0 %"]
    assert re.findall(r'class="removed" .* data-sign="(.)" aria-pressed="true"', html) == ["2"]
    assert [fix for fix, is_now in read_menu(html).items() if is_now] == ["remove"]


def test_a_single_digit_is_corrected_and_not_removed() -> None:
    answer = read({7: 0.95, 1: 0.05})

    assert list(read_menu(render_answer(answer))) == list("0123456789")
    html = render_answer(answer, fixes={0: 1})
    assert strip_tags(html) == ["1", "a 1, corrected by you", "Read as a 7, 95.0 %"]
    assert '<b class="fixed" title="corrected by you">1</b>' in html


def test_what_was_read_as_no_digit_can_be_one_and_be_none_again() -> None:
    answer = read({8: 1.0}, is_digit=0.4)

    assert [fix for fix, is_now in read_menu(render_answer(answer)).items() if is_now] == ["?"]
    html = render_answer(answer, fixes={0: 8})
    assert strip_tags(html) == ["8", "an 8, corrected by you", texts.READ_AS_NONE]
    assert 'class="reading"' in html
    assert "?" in read_menu(html)


def test_boxes_show_what_a_person_has_corrected() -> None:
    html = render_overlay("data:,", (400, 400), read({1: 1.0}, BARS), fixes={0: 4, 2: None})

    assert re.findall(r'class="(\w*)" data-sign', html) == ["fixed", "", "removed"]
    assert re.findall(r"<b>(.)</b>", html) == ["4", "1", "1"]


@pytest.mark.parametrize("is_digit", [True, False])
def test_the_chart_is_sent_as_gradio_would_send_its_rows(is_digit: bool) -> None:
    import gradio as gr

    chart = gr.BarPlot(render_chart(None), x="digit", y="probability", color="mark")
    for probabilities in (None, np.linspace(0, 0.2, 10).astype(np.float32)):
        rows = chart.postprocess(render_chart(probabilities, is_digit))
        assert rows is not None
        assert plot_chart(probabilities, is_digit) == {**rows.model_dump(), "mark": "bar"}
