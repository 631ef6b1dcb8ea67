"""What the page shows of an answer: the digit or number in words, a menu to fix what is wrong, and the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from interface.languages import ENGLISH, Texts
from model.recognizer import Prediction, begin_numbers, to_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MARKS",
    "Fixes",
    "fixed_text",
    "name_sign",
    "plot_chart",
    "render_answer",
    "render_bars",
    "render_chart",
    "render_overlay",
    "render_sentence",
    "render_table",
]

# These words change many times a second under the pen: `Announcer` says them once they are settled.
QUIET = 'role="status" aria-live="off"'

# What a person has corrected: the number of a sign, and the digit that it really is; None where it is to be left out.
Fixes = Mapping[int, int | None]

# The chart's colors by mark, all visible on white and on black; the last two digits are the opacity.
MARKS = {
    "best": "#ea580c",
    "other": "#94a3b8",
    "faded": "#94a3b866",  # what is not a digit has bars, too, but they are no answer
}
NO_FIXES: Fixes = {}
CHART_COLUMNS = {"digit": "nominal", "probability": "quantitative", "mark": "nominal"}  # as Gradio names their types
GAP = '<span class="gap"> </span>'  # between two numbers of a row


def name_sign(digit: int | None) -> str:
    """A digit as it stands in a number, "?" for what is none."""
    return "?" if digit is None else str(digit)


def render_sentence(sentence: str, kind: str = "hint") -> str:
    """A sentence in place of an answer; `kind` is "hint", or "problem" for an error."""
    return f'<div class="{kind}" {QUIET}>{escape(sentence)}</div>'


def fixed_text(predictions: Sequence[Prediction], fixes: Fixes) -> str:
    """The text with a person's corrections, a line a row; "?" for what is not a digit."""
    kept = (i for i in range(len(predictions)) if fixes.get(i, 0) is not None)
    return to_text([replace(predictions[i], digit=fixes.get(i, predictions[i].digit)) for i in kept])


def render_answer(
    predictions: Sequence[Prediction],
    selected: int = 0,
    live: bool = False,
    fixes: Fixes = NO_FIXES,
    notes: Sequence[str] = (),
    has_tools: bool = True,
    texts: Texts = ENGLISH,
) -> str:
    """What is written, large, and beside it how sure the network is, in words and in percent; HTML.

    Parameters
    ----------
    predictions : sequence of Prediction
        One or more. Several are a number: its digits are buttons, `data-sign` says which.
    selected : int
        The one that the words are about, and that the menu fixes; its buttons have `data-fix`.
    live : bool
        The pen is still moving: shown paler, and what is not a digit is not yet said to be none.
    fixes : mapping of int to int or None
    notes : sequence of str
        Sentences to be added to the words.
    has_tools : bool
        With the menu, and for a number with the button that copies it.
    texts : Texts
        The words, in the language of whoever reads them.
    """
    prediction = predictions[selected]
    if len(predictions) == 1 and prediction.digit is None and live:  # most digits begin as none
        return '<div class="reading live none"><div class="digit">…</div></div>'
    fixed = selected in fixes
    headline, *comments = _say_fixed(prediction, fixes[selected], texts) if fixed else _say(prediction, texts)
    if len(predictions) > 1:
        headline = texts.PLACE.format(number=selected + 1, count=len(predictions), words=headline)
    lines = "".join(f"<span>{line}</span>" for line in (*comments, *notes))
    words = f"<strong>{headline}</strong>{lines}"
    menu = _render_menu(predictions, selected, fixes, live, texts) if has_tools else ""
    if len(predictions) > 1:
        return _arrange_number(predictions, selected, words, menu, live, fixes, texts)
    kind = f"reading{' live' if live else ''}{' none' if prediction.digit is None and not fixes else ''}"
    name = _name(prediction, 0, fixes)
    sign = f'<b class="fixed" title="{texts.FIXED}">{name}</b>' if fixes else name
    return (
        f'<div class="{kind}"><div class="digit" aria-hidden="true">{sign}</div><div {QUIET}>{words}</div>{menu}</div>'
    )


def _name(prediction: Prediction, number: int, fixes: Fixes) -> str:
    """What stands for a sign: its digit, "?", or what a person put in its place; a removed one is shown as read."""
    fix = fixes.get(number)
    return name_sign(prediction.digit if fix is None else fix)


def _say(prediction: Prediction, texts: Texts) -> list[str]:
    """A headline and what is to be added to it."""
    first = int(prediction.probabilities.argmax())
    if prediction.digit is None:
        closest = texts.CLOSEST.format(digit=texts.name_digit(first))
        return [texts.NOT_A_DIGIT, texts.SOLID if prediction.glyph.is_solid else closest]
    percent = texts.format_percent(prediction.probability)
    certainty = texts.say_certainty(prediction.probability, first)
    if prediction.runner_up is None:
        return [certainty, percent]
    second = prediction.runner_up
    other = texts.format_percent(float(prediction.probabilities[second]))
    return [
        texts.ask_which(first, second),
        texts.HOW_LIKELY.format(words=certainty, probability=percent),
        texts.ALTERNATIVE.format(digit=texts.name_digit(second), probability=other),
    ]


def _say_fixed(prediction: Prediction, fix: int | None, texts: Texts) -> list[str]:
    """The same for a sign that a person has corrected."""
    headline = texts.REMOVED if fix is None else texts.CORRECTED.format(digit=texts.name_digit(fix))
    if prediction.digit is None:
        return [headline, texts.READ_AS_NONE]
    percent = texts.format_percent(prediction.probability)
    return [headline, texts.READ_AS.format(digit=texts.name_digit(prediction.digit), probability=percent)]


def _render_menu(predictions: Sequence[Prediction], selected: int, fixes: Fixes, live: bool, texts: Texts) -> str:
    """What the selected sign really is: ten buttons, "?" where it was read as none, and of a number "Remove".

    Under the moving pen it only keeps its place: nobody opens it, and its buttons are most of an answer.
    """
    start = f'<details class="fix" data-selected="{selected}"><summary class="tool">{texts.WRONG}</summary>'
    if live:
        return f"{start}</details>"
    prediction = predictions[selected]
    choices = [str(digit) for digit in range(10)] + (["?"] if prediction.digit is None else [])
    now = None if fixes.get(selected, 0) is None else _name(prediction, selected, fixes)
    buttons = "".join(
        f'<button type="button" data-fix="{choice}" aria-pressed="{str(choice == now).lower()}">{choice}</button>'
        for choice in choices
    )
    if len(predictions) > 1:
        pressed = str(now is None).lower()
        buttons += f'<button type="button" data-fix="remove" aria-pressed="{pressed}">{texts.REMOVE}</button>'
    return f'{start}<div role="group" aria-label="{texts.REALLY}"><p>{texts.REALLY}</p>{buttons}</div></details>'


def _arrange_number(
    predictions: Sequence[Prediction], selected: int, words: str, menu: str, live: bool, fixes: Fixes, texts: Texts
) -> str:
    """The digits of a number as buttons, row by row, and words about the selected one."""
    rows = []
    begins = begin_numbers(predictions)
    numbered = enumerate(predictions)
    for _, row in groupby(numbered, key=lambda pair: pair[1].row):
        buttons = "".join(
            f"{GAP if begins[i] else ''}{_make_button(i, prediction, i == selected, fixes, texts)}"
            for i, prediction in row
        )
        rows.append(f"<div>{buttons}</div>")
    text = escape(fixed_text(predictions, fixes), quote=True)
    copy = f'<button type="button" class="tool" data-copy="{text}">{texts.COPY}</button>' if menu else ""
    lengths = [0] * (predictions[-1].row + 1)  # in digits; a gap takes as much room as one
    for prediction, is_first in zip(predictions, begins, strict=True):
        lengths[prediction.row] += 1 + is_first
    longest = max(lengths)
    return (
        f'<div class="reading number{" live" if live else ""}">'
        f'<div class="digits" role="group" aria-label="{texts.DIGITS}" '
        f'style="--longest: {longest}; --rows: {len(lengths)}">'
        f"{''.join(rows)}</div>"
        f'<div class="tools">{copy}{menu}</div>'
        f'<div {QUIET}><p class="spoken">{text}</p>{words}</div></div>'
    )


def _make_button(number: int, prediction: Prediction, is_selected: bool, fixes: Fixes, texts: Texts) -> str:
    name = _name(prediction, number, fixes)
    attributes = f'class="{_kind(prediction, number, fixes)}"'
    if number in fixes:
        mark = texts.FIXED if fixes[number] is not None else texts.REMOVED
        attributes += f' title="{mark}" aria-label="{name}, {mark}"'
    return (
        f'<button type="button" {attributes} data-sign="{number}" aria-pressed="{str(is_selected).lower()}">'
        f"{name}</button>"
    )


def _kind(prediction: Prediction, number: int, fixes: Fixes) -> str:
    if number in fixes:
        return "removed" if fixes[number] is None else "fixed"
    return "none" if prediction.digit is None else "unsure" if prediction.runner_up is not None else ""


def render_overlay(
    url: str,
    size: Sequence[float],
    predictions: Sequence[Prediction],
    selected: int = 0,
    fixes: Fixes = NO_FIXES,
    texts: Texts = ENGLISH,
) -> str:
    """A photo with a box around each sign, a button as in `render_answer`; HTML.

    Parameters
    ----------
    url : str
        Of the photo.
    size : (height, width)
        Of the photo, in the units of the boxes.
    """
    height, width = size
    boxes = "".join(
        f'<button type="button" class="{_kind(prediction, i, fixes)}" data-sign="{i}" '
        f'aria-pressed="{str(i == selected).lower()}" aria-label="{_name(prediction, i, fixes)}" tabindex="-1" '
        f'style="left: {100 * prediction.box.left / width:.2f}%; top: {100 * prediction.box.top / height:.2f}%; '
        f'width: {100 * prediction.box.width / width:.2f}%; height: {100 * prediction.box.height / height:.2f}%">'
        f"<b>{_name(prediction, i, fixes)}</b></button>"
        for i, prediction in enumerate(predictions)
    )
    rows = predictions[-1].row + 1 if predictions else 1
    return f'<div class="overlay" style="--rows: {rows}"><img src="{url}" alt="{texts.OVERLAY}">{boxes}</div>'


def render_bars(probabilities: np.ndarray, is_digit: bool = True, texts: Texts = ENGLISH) -> str:
    """The bar chart again, small and as HTML, for several of them side by side; as `render_chart`."""
    best = int(probabilities.argmax())
    said = [texts.BAR.format(digit=i, probability=texts.format_percent(float(p))) for i, p in enumerate(probabilities)]
    kinds = ["faded" if not is_digit else "best" if digit == best else "other" for digit in range(10)]
    bars = "".join(
        f'<div title="{words}"><p><i style="height: {100 * float(p):.1f}%; background: {MARKS[kind]}"></i></p>'
        f"<b>{digit}</b></div>"
        for digit, (p, kind, words) in enumerate(zip(probabilities, kinds, said, strict=True))
    )
    return f'<div class="bars" role="img" aria-label="{texts.BETWEEN.join(said)}">{bars}</div>'


def render_table(probabilities: np.ndarray, texts: Texts = ENGLISH) -> str:
    """The bar chart in words, for those who cannot see it; as `render_chart`."""
    rows = "".join(
        f'<tr><th scope="row">{digit}</th><td>{texts.format_percent(float(probability))}</td></tr>'
        for digit, probability in enumerate(probabilities)
    )
    return f'<table class="spoken"><caption>{texts.CHART_LABEL}</caption>{rows}</table>'


def render_chart(probabilities: np.ndarray | None, is_digit: bool = True) -> pd.DataFrame:
    """The rows of the bar chart, always 0 to 9, the best one marked.

    Parameters
    ----------
    probabilities : (10,) float32, or None for ten empty bars
    is_digit : bool
        False fades the bars: none of them is an answer.
    """
    import pandas as pd

    return pd.DataFrame(_list_bars(probabilities, is_digit), columns=list(CHART_COLUMNS))


def plot_chart(probabilities: np.ndarray | None, is_digit: bool = True) -> dict[str, Any]:
    """The same as Gradio sends it to the browser; through a table of pandas' it takes 1.5 ms more."""
    rows = [list(row) for row in _list_bars(probabilities, is_digit)]
    return {"columns": list(CHART_COLUMNS), "data": rows, "datatypes": dict(CHART_COLUMNS), "mark": "bar"}


def _list_bars(probabilities: np.ndarray | None, is_digit: bool) -> list[tuple[str, float, str]]:
    if probabilities is None:  # every mark at once: Gradio's chart colors only marks that its first value had
        values, marks = np.zeros(10), [*MARKS, *["other"] * (10 - len(MARKS))]
    elif is_digit:
        values, marks = probabilities, ["other"] * 10
        marks[int(probabilities.argmax())] = "best"
    else:
        values, marks = probabilities, ["faded"] * 10
    return [(str(digit), round(float(values[digit]), 4), marks[digit]) for digit in range(10)]
