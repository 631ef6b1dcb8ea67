"""What the page asks in: a drawing, a photo, a choice; what it is to show, of one model or of several, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from interface import texts
from interface.inside import render_inside
from interface.models import join_parts, name_models
from interface.shown import Kept, NoSuchSign, Shown, explain, render, render_side_by_side, show_photo
from interface.story import render_story
from model.recognizer import Recognizer
from preprocessing import (
    Drawing,
    DrawingError,
    PhotoError,
    drawing_to_page,
    find_writing,
    read_photo,
    writing_to_page,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answer", "Answers"]

# HTML of the answer, rows of the chart, HTML of the steps; and what is kept for when another digit is chosen
Answer = tuple[str, "pd.DataFrame", str, Kept]


class Answers:
    """Answers the events of a page.

    Where there are several models, all read whatever comes, so that one can be chosen afterwards. `model` is the number
    of the one whose answer is shown; the number after the last stands for all, side by side.

    Parameters
    ----------
    recognizers : sequence of Recognizer
    max_upload : float
        MB that a photo may have, for the sentence on one that has more.
    """

    def __init__(self, recognizers: Sequence[Recognizer], max_upload: float) -> None:
        self.names = name_models([recognizer.path for recognizer in recognizers])
        self._recognizers = recognizers
        self._max_upload = max_upload

    def read_drawing(self, data: dict[str, Any] | None, kept: Kept, model: int = 0) -> Answer:
        """Read what the sketchpad sends."""
        if data is None:
            return self._explain(texts.ASK_FOR_DRAWING, "draw", kept, model, "hint")
        try:
            drawing = Drawing.from_json(data)
        except DrawingError as problem:
            return self._explain(problem, "draw", kept, model)
        if_blank = texts.OFF_CANVAS if drawing.strokes else texts.ASK_FOR_DRAWING
        pages, size = [drawing_to_page(drawing)], (drawing.height, drawing.width)
        shown = [Shown(r.recognize_pages(pages)[0], size, sentence=if_blank) for r in self._recognizers]
        return self._answer(shown, "draw", kept, model, live=data.get("live") is True)

    def read_upload(self, path: str | None, kept: Kept, model: int = 0) -> Answer:
        """Read a photo."""
        if path is None:
            return self._explain(texts.ASK_FOR_PHOTO, "photo", kept, model, "hint")
        try:
            picture = read_photo(path)
        except PhotoError as problem:
            return self._explain(problem, "photo", kept, model)
        writing = find_writing(picture.rgb)
        pages, name = [writing_to_page(writing, picture.size)], Path(path).name
        shown = [show_photo(picture, writing, r.recognize_pages(pages)[0], name) for r in self._recognizers]
        return self._answer(shown, "photo", kept, model)

    def refuse_photo(self, file: dict[str, Any], kept: Kept, model: int = 0) -> Answer:
        """Say that a photo is too large."""
        size = f"{math.ceil(file['size'] / 100_000) / 10:.1f}"  # MB; not "20.0 MB, at most 20"
        sentence = texts.PHOTO_TOO_LARGE.format(name=file["name"], size=size, limit=self._max_upload)
        return self._explain(sentence, "photo", kept, model)

    def open_draw_tab(self, kept: Kept, model: int = 0) -> Answer:
        """Show what the tab has shown before, corrections and all."""
        return self._show_again("draw", texts.ASK_FOR_DRAWING, kept, model)

    def open_photo_tab(self, kept: Kept, model: int = 0) -> Answer:
        """The same."""
        return self._show_again("photo", texts.ASK_FOR_PHOTO, kept, model)

    def choose_model(self, kept: Kept, model: int) -> Answer:
        """Show what another model says of the same drawing or photo."""
        return self.open_photo_tab(kept, model) if kept.tab == "photo" else self.open_draw_tab(kept, model)

    def choose_sign(self, choice: Any, kept: Kept, model: int = 0) -> Answer:
        """Show another sign of a number, or correct one."""
        try:
            shown, number = kept.choose(choice, self._find_seen(model))
        except NoSuchSign as problem:
            raise gr.Error(str(problem), print_exception=False) from None
        return self._answer(shown, kept.tab, kept, model, number)

    def show_inside(self, choice: dict[str, Any], kept: Kept, model: int = 0) -> str:
        """Show the inside of the network, or of each of them, for the chosen sign; HTML."""
        seen = self._find_seen(model)
        try:
            shown, number = kept.choose({"sign": choice["sign"]}, seen)
        except NoSuchSign:
            return f"<p>{texts.ASK_FOR_SIGN}</p>"
        parts = []
        for i in seen:
            predictions = shown[i].predictions
            parts.append(render_inside(self._recognizers[i], predictions[min(number, len(predictions) - 1)]))
        return join_parts([self.names[i] for i in seen], parts)

    def tell_story(self, model: int = 0) -> str:
        """Say what is known of the model, or of each of them; HTML."""
        seen = self._find_seen(model)
        return join_parts([self.names[i] for i in seen], [render_story(self._recognizers[i].path) for i in seen])

    def _find_seen(self, model: int) -> list[int]:
        count = len(self._recognizers)
        return [model] if model < count else list(range(count))

    def _show_again(self, tab: str, sentence: str, kept: Kept, model: int) -> Answer:
        shown = kept.get(tab)
        return self._answer(shown, tab, kept, model) if shown else self._explain(sentence, tab, kept, model, "hint")

    def _explain(self, sentence: Exception | str, tab: str, kept: Kept, model: int, kind: str = "problem") -> Answer:
        return self._answer([explain(sentence, kind)] * len(self._recognizers), tab, kept, model)

    def _answer(
        self, shown: Sequence[Shown], tab: str, kept: Kept, model: int, selected: int = 0, live: bool = False
    ) -> Answer:
        kept = kept.put(tab, shown)
        if model < len(self._recognizers):
            return *render(shown[model], selected, live), kept
        return *render_side_by_side(self.names, shown, selected, live), kept
