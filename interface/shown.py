"""What a page shows at the moment: an answer and what it is of, so that another digit can be chosen, or corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from interface import texts as english
from interface.answer import (
    Fixes,
    name_sign,
    plot_chart,
    render_answer,
    render_bars,
    render_overlay,
    render_sentence,
    render_table,
)
from interface.languages import ENGLISH, Texts
from interface.steps import PhotoWay, find_way, render_steps, to_jpeg_url
from model.recognizer import Prediction
from preprocessing import Picture, Writing

__all__ = ["Kept", "NoSuchSign", "Shown", "explain", "render", "render_side_by_side", "show_photo"]

EDGE = 0.004  # share of a photo's longer side; at 1,000 pixels, where it is read, 4
NOT_IN_BROWSERS = (".heic", ".heif", ".tif", ".tiff")  # these show an empty box instead


class NoSuchSign(ValueError):
    """What is to be chosen or corrected is not there; the message is for the user, in English."""


@dataclass(frozen=True, eq=False)
class Shown:
    """An answer, or a sentence in place of one.

    Attributes
    ----------
    predictions : list of Prediction
    size : (height, width)
        Of the canvas or photo, in the units of the boxes.
    way : PhotoWay or None
        Of a photo.
    photo : str
        A URL of the photo, to be shown with boxes; "" for none.
    sentence : str
        In place of an answer, where there are no predictions.
    kind : str
        Of the sentence: "hint" or "problem".
    fixes : mapping of int to int or None
        What a person has corrected.
    """

    predictions: list[Prediction]
    size: tuple[float, float] = (0, 0)
    way: PhotoWay | None = None
    photo: str = ""
    sentence: str = ""
    kind: str = "hint"
    fixes: Fixes = field(default_factory=dict)

    def choose(self, choice: Any) -> tuple[Shown, int]:
        """Choose a sign as the page asks for it, `{"sign": int}`, and correct it if the choice has a `"fix"`.

        That is the digit that it really is, "0" to "9", or "remove"; what was read, or "?" for none, undoes it.

        Returns
        -------
        Shown
            With the correction.
        int
            The number of the sign.

        Raises
        ------
        NoSuchSign
        """
        choice = choice if isinstance(choice, Mapping) else {}
        number, fix = choice.get("sign"), choice.get("fix")
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(self.predictions):
            raise NoSuchSign(english.NO_SUCH_SIGN)
        if fix is None:
            return self, number
        others: dict[int, int | None] = {i: other for i, other in self.fixes.items() if i != number}
        if fix == name_sign(self.predictions[number].digit):
            return replace(self, fixes=others), number
        if fix == "remove":
            return replace(self, fixes={**others, number: None}), number
        if fix in map(str, range(10)):
            return replace(self, fixes={**others, number: int(fix)}), number
        raise NoSuchSign(english.NO_SUCH_FIX)

    def is_cut_off(self) -> bool:
        """Whether a sign that was read as none touches the edge of the photo."""
        height, width = self.size
        margin = EDGE * max(self.size)
        boxes = [prediction.box for prediction in self.predictions if prediction.digit is None]
        return self.way is not None and any(
            min(box.top, box.left, height - box.top - box.height, width - box.left - box.width) <= margin
            for box in boxes
        )


@dataclass(frozen=True, eq=False)
class Kept:
    """What the tabs of a page show, so that each is as it was when a person comes back to it.

    Attributes
    ----------
    tab : str
        The one that was answered last.
    shown : mapping of str to sequence of Shown
        By tab; what each of the models says.
    """

    tab: str = ""
    shown: Mapping[str, Sequence[Shown]] = field(default_factory=dict)

    def get(self, tab: str) -> Sequence[Shown]:
        """What a tab shows; nothing where nothing has been answered yet, or too long ago."""
        return self.shown.get(tab, ())

    def put(self, tab: str, shown: Sequence[Shown]) -> Kept:
        """The same with other answers on a tab."""
        return Kept(tab, {**self.shown, tab: shown})

    def choose(self, choice: Any, models: Sequence[int]) -> tuple[list[Shown], int]:
        """Choose, and perhaps correct, a sign on the tab that was answered last, as `Shown.choose`.

        Parameters
        ----------
        models : sequence of int
            Those whose answers are seen. They may have found different signs: those without the chosen one stay.
        """
        answers = list(self.get(self.tab))
        seen = [model for model in models if model < len(answers)]
        most = max(seen, key=lambda model: len(answers[model].predictions), default=None)
        if most is None:
            raise NoSuchSign(english.NO_SUCH_SIGN)
        answers[most], number = answers[most].choose(choice)
        return answers, number


def explain(sentence: Exception | str, kind: str = "problem") -> Shown:
    """A sentence in place of an answer."""
    return Shown([], sentence=str(sentence), kind=kind)


def show_photo(
    picture: Picture, writing: Writing, predictions: list[Prediction], name: str, texts: Texts = ENGLISH
) -> Shown:
    """What was read of a photo, with its way, so that a person sees where writing was lost.

    Parameters
    ----------
    name : str
        Of its file. Where browsers cannot show such files, the photo is shown for a single digit, too.
    """
    way, photo = find_way(picture, writing, predictions)
    with_photo = len(predictions) > 1 or name.lower().endswith(NOT_IN_BROWSERS)
    sentence = texts.PROBLEMS.get(writing.problem, texts.PROBLEMS["blank"])
    return Shown(predictions, picture.size, way, to_jpeg_url(photo) if with_photo else "", sentence)


def render(
    shown: Shown, selected: int = 0, live: bool = False, texts: Texts = ENGLISH
) -> tuple[str, dict[str, Any], str]:
    """The answer's HTML, the chart, and the HTML of the steps; as `render_answer` for the parameters."""
    steps = render_steps(shown.predictions, selected, shown.size, shown.way, texts)
    if not shown.predictions:
        return _render_one(shown, 0, live, texts), plot_chart(None), steps
    best = shown.predictions[selected]
    answer = _render_one(shown, selected, live, texts)
    if not live:  # nobody listens to bars under the moving pen
        answer += render_table(best.probabilities, texts)
    return answer, plot_chart(best.probabilities, best.digit is not None), steps


def render_side_by_side(
    names: Sequence[str], answers: Sequence[Shown], selected: int = 0, live: bool = False, texts: Texts = ENGLISH
) -> tuple[str, dict[str, Any], str]:
    """The same of several models: the answer is what each of them says, with bars; chart and steps are the first's.

    Parameters
    ----------
    names : sequence of str
        Of the models.
    answers : sequence of Shown
        One a model, to the same drawing or photo. Of one that has found fewer signs the last is shown.
    """
    places = [min(selected, max(len(shown.predictions) - 1, 0)) for shown in answers]
    _, chart, steps = render(answers[0], places[0], live, texts)
    if not any(shown.predictions for shown in answers):
        return _render_one(answers[0], 0, live, texts), chart, steps
    parts = []
    for name, shown, place in zip(names, answers, places, strict=True):
        answer = _render_one(replace(shown, fixes={}), place, live, texts, has_tools=False)
        best = shown.predictions[place]
        bars = render_bars(best.probabilities, best.digit is not None, texts)
        parts.append(f"<section><h3>{escape(name)}</h3>{answer}{bars}</section>")
    return f'<div class="models">{"".join(parts)}</div>', chart, steps


def _render_one(shown: Shown, selected: int, live: bool, texts: Texts, has_tools: bool = True) -> str:
    """The answer of one model."""
    if not shown.predictions:
        answer = render_sentence(shown.sentence, shown.kind)
    else:
        notes = [texts.CUT_OFF] if shown.is_cut_off() else []
        answer = render_answer(shown.predictions, selected, live, shown.fixes, notes, has_tools, texts)
    if shown.photo:
        answer += render_overlay(shown.photo, shown.size, shown.predictions, selected, shown.fixes, texts)
    return answer
