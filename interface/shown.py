"""What a page shows at the moment: an answer and what it is of, so that another digit can be chosen, or corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from interface import texts
from interface.answer import Fixes, render_answer, render_chart, render_overlay, render_sentence
from interface.steps import PhotoWay, find_way, render_steps, to_jpeg_url
from model.recognizer import Prediction
from preprocessing import Picture, Writing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Kept", "NoSuchSign", "Shown", "explain", "render", "show_photo"]

PROBLEMS = {"blank": texts.NO_WRITING, "faint": texts.TOO_FAINT, "edge": texts.AT_THE_EDGE}
EDGE = 0.004  # share of a photo's longer side; at 1,000 pixels, where it is read, 4
NOT_IN_BROWSERS = (".heic", ".heif", ".tif", ".tiff")  # these show an empty box instead


class NoSuchSign(ValueError):
    """What is to be chosen or corrected is not there; the message is for the user."""


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
            raise NoSuchSign(texts.NO_SUCH_SIGN)
        if fix is None:
            return self, number
        others: dict[int, int | None] = {i: other for i, other in self.fixes.items() if i != number}
        if fix == texts.name_sign(self.predictions[number].digit):
            return replace(self, fixes=others), number
        if fix == "remove":
            return replace(self, fixes={**others, number: None}), number
        if fix in map(str, range(10)):
            return replace(self, fixes={**others, number: int(fix)}), number
        raise NoSuchSign(texts.NO_SUCH_FIX)

    def is_cut_off(self) -> bool:
        """Whether a sign that was read as none touches the edge of the photo."""
        height, width = self.size
        margin = EDGE * max(self.size)
        boxes = [prediction.box for prediction in self.predictions if prediction.digit is None]
        return self.way is not None and any(
            min(box.top, box.left, height - box.top - box.height, width - box.left - box.width) <= margin
            for box in boxes
        )


NOTHING = Shown([])


@dataclass(frozen=True, eq=False)
class Kept:
    """What the tabs of a page show, so that each is as it was when a person comes back to it.

    Attributes
    ----------
    tab : str
        The one that was answered last.
    shown : mapping of str to Shown
        By tab.
    """

    tab: str = ""
    shown: Mapping[str, Shown] = field(default_factory=dict)

    def get(self, tab: str) -> Shown:
        """What a tab shows; an empty sentence where nothing has been answered yet, or too long ago."""
        return self.shown.get(tab, NOTHING)

    def put(self, tab: str, shown: Shown) -> Kept:
        """The same with another answer on a tab."""
        return Kept(tab, {**self.shown, tab: shown})


def explain(sentence: Exception | str, kind: str = "problem") -> Shown:
    """A sentence in place of an answer."""
    return Shown([], sentence=str(sentence), kind=kind)


def show_photo(picture: Picture, writing: Writing, predictions: list[Prediction], name: str) -> Shown:
    """What was read of a photo, with its way, so that a person sees where writing was lost.

    Parameters
    ----------
    name : str
        Of its file. Where browsers cannot show such files, the photo is shown for a single digit, too.
    """
    way, photo = find_way(picture, writing)
    with_photo = len(predictions) > 1 or name.lower().endswith(NOT_IN_BROWSERS)
    sentence = PROBLEMS.get(writing.problem, texts.NO_WRITING)
    return Shown(predictions, picture.size, way, to_jpeg_url(photo) if with_photo else "", sentence)


def render(shown: Shown, selected: int = 0, live: bool = False) -> tuple[str, pd.DataFrame, str]:
    """The answer's HTML, the rows of the chart, and the HTML of the steps; as `render_answer` for the parameters."""
    predictions = shown.predictions
    steps = render_steps(predictions, selected, shown.size, shown.way)
    if predictions:
        best = predictions[selected]
        chart = render_chart(best.probabilities, best.digit is not None)
        notes = [texts.CUT_OFF] if shown.is_cut_off() else []
        answer = render_answer(predictions, selected, live, shown.fixes, notes)
    else:
        chart = render_chart(None)
        answer = render_sentence(shown.sentence, shown.kind)
    if shown.photo:
        answer += render_overlay(shown.photo, shown.size, predictions, selected, shown.fixes)
    return answer, chart, steps
