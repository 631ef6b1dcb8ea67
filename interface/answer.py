"""What the page shows of an answer: the digit or number in words, a menu to fix what is wrong, and the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from interface import texts
from model.recognizer import Prediction, begin_numbers, to_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MARKS",
    "Fixes",
    "fixed_text",
    "render_answer",
    "render_bars",
    "render_chart",
    "render_overlay",
    "render_sentence",
]

# What a person has corrected: the number of a sign, and the digit that it really is; None where it is to be left out.
Fixes = Mapping[int, int | None]

# The chart's colors by mark, all visible on white and on black; the last two digits are the opacity.
MARKS = {
    "best": "#ea580c",
    "other": "#94a3b8",
    "faded": "#94a3b866",  # what is not a digit has bars, too, but they are no answer
}
NO_FIXES: Fixes = {}
GAP = '<span class="gap"> </span>'  # between two numbers of a row


def render_sentence(sentence: str, kind: str = "hint") -> str:
    """A sentence in place of an answer; `kind` is "hint", or "problem" for an error."""
    return f'<div class="{kind}" role="status">{escape(sentence)}</div>'


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
    """
    prediction = predictions[selected]
    if len(predictions) == 1 and prediction.digit is None and live:  # most digits begin as none
        return '<div class="reading live none"><div class="digit">…</div></div>'
    headline, *comments = _say_fixed(prediction, fixes[selected]) if selected in fixes else _say(prediction)
    if len(predictions) > 1:
        headline = f"{texts.PLACE.format(number=selected + 1, count=len(predictions))}: {headline}"
    lines = "".join(f"<span>{line}</span>" for line in (*comments, *notes))
    words = f"<strong>{headline}</strong>{lines}"
    menu = _render_menu(predictions, selected, fixes, live) if has_tools else ""
    if len(predictions) > 1:
        return _arrange_number(predictions, selected, words, menu, live, fixes)
    kind = f"reading{' live' if live else ''}{' none' if prediction.digit is None and not fixes else ''}"
    name = _name(prediction, 0, fixes)
    sign = f'<b class="fixed" title="{texts.FIXED}">{name}</b>' if fixes else name
    return (
        f'<div class="{kind}"><div class="digit" aria-hidden="true">{sign}</div>'
        f'<div role="status">{words}</div>{menu}</div>'
    )


def _name(prediction: Prediction, number: int, fixes: Fixes) -> str:
    """What stands for a sign: its digit, "?", or what a person put in its place; a removed one is shown as read."""
    fix = fixes.get(number)
    return texts.name_sign(prediction.digit if fix is None else fix)


def _say(prediction: Prediction) -> list[str]:
    """A headline and what is to be added to it."""
    first = int(prediction.probabilities.argmax())
    name, percent = texts.name_digit(first), texts.format_percent(prediction.probability)
    if prediction.digit is None:
        return [texts.NOT_A_DIGIT, texts.SOLID if prediction.glyph.is_solid else texts.CLOSEST.format(digit=name)]
    certainty = texts.say_certainty(prediction.probability)
    if prediction.runner_up is None:
        return [f"{certainty} {name}", percent]
    second = prediction.runner_up
    other = texts.format_percent(float(prediction.probabilities[second]))
    return [
        texts.UNSURE.format(first=first, second=second),
        f"{certainty} {name}, {percent}",
        texts.ALTERNATIVE.format(digit=texts.name_digit(second), probability=other),
    ]


def _say_fixed(prediction: Prediction, fix: int | None) -> list[str]:
    """The same for a sign that a person has corrected."""
    headline = texts.REMOVED if fix is None else texts.CORRECTED.format(digit=texts.name_digit(fix))
    if prediction.digit is None:
        return [headline, texts.READ_AS_NONE]
    percent = texts.format_percent(prediction.probability)
    return [headline, texts.READ_AS.format(digit=texts.name_digit(prediction.digit), probability=percent)]


def _render_menu(predictions: Sequence[Prediction], selected: int, fixes: Fixes, live: bool) -> str:
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
    predictions: Sequence[Prediction], selected: int, words: str, menu: str, live: bool, fixes: Fixes
) -> str:
    """The digits of a number as buttons, row by row, and words about the selected one."""
    rows = []
    begins = begin_numbers(predictions)
    numbered = enumerate(predictions)
    for _, row in groupby(numbered, key=lambda pair: pair[1].row):
        buttons = "".join(
            f"{GAP if begins[i] else ''}{_make_button(i, prediction, i == selected, fixes)}" for i, prediction in row
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
        f'<div class="digits" role="group" aria-label="{texts.DIGITS}" style="--longest: {longest}">'
        f"{''.join(rows)}</div>"
        f'<div class="tools">{copy}{menu}</div>'
        f'<div role="status"><p class="spoken">{text}</p>{words}</div></div>'
    )


def _make_button(number: int, prediction: Prediction, is_selected: bool, fixes: Fixes) -> str:
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
    url: str, size: Sequence[float], predictions: Sequence[Prediction], selected: int = 0, fixes: Fixes = NO_FIXES
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
    return f'<div class="overlay"><img src="{url}" alt="{texts.OVERLAY}">{boxes}</div>'


def render_bars(probabilities: np.ndarray, is_digit: bool = True) -> str:
    """The bar chart again, small and as HTML, for several of them side by side; as `render_chart`."""
    best = int(probabilities.argmax())
    said = [texts.BAR.format(digit=i, probability=texts.format_percent(float(p))) for i, p in enumerate(probabilities)]
    kinds = ["faded" if not is_digit else "best" if digit == best else "other" for digit in range(10)]
    bars = "".join(
        f'<div title="{words}"><p><i style="height: {100 * float(p):.1f}%; background: {MARKS[kind]}"></i></p>'
        f"<b>{digit}</b></div>"
        for digit, (p, kind, words) in enumerate(zip(probabilities, kinds, said, strict=True))
    )
    return f'<div class="bars" role="img" aria-label="{"; ".join(said)}">{bars}</div>'


def render_chart(probabilities: np.ndarray | None, is_digit: bool = True) -> pd.DataFrame:
    """The rows of the bar chart, always 0 to 9, the best one marked.

    Parameters
    ----------
    probabilities : (10,) float32, or None for ten empty bars
    is_digit : bool
        False fades the bars: none of them is an answer.
    """
    import pandas as pd

    if probabilities is None:  # every mark at once: Gradio's chart colors only marks that its first value had
        values, marks = np.zeros(10), [*MARKS, *["other"] * (10 - len(MARKS))]
    elif is_digit:
        values, marks = probabilities, ["other"] * 10
        marks[int(probabilities.argmax())] = "best"
    else:
        values, marks = probabilities, ["faded"] * 10
    return pd.DataFrame(
        {
            "digit": [str(digit) for digit in range(10)],
            "probability": [round(float(value), 4) for value in values],
            "mark": marks,
        }
    )
