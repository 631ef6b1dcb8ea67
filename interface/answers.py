"""What the page asks in: a drawing, a photo, a choice; what it is to show, of one model or of several, out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from interface.inside import render_inside
from interface.languages import Texts, translate
from interface.models import join_parts, name_models
from interface.page_language import find_texts
from interface.shown import Kept, NoSuchSign, Shown, explain, render, render_side_by_side, show_photo
from interface.story import render_story
from model.recognizer import Recognizer
from preprocessing import (
    Drawing,
    DrawingError,
    Page,
    PhotoError,
    drawing_to_page,
)
from serving.lanes import Lanes, is_huge, name_types
from serving.photos import PhotoReader
from serving.together import Together
from serving.uploads import Uploads

__all__ = ["Answer", "Answers"]

# HTML of the answer, the chart, HTML of the steps; and what is kept for when another digit is chosen
Answer = tuple[str, dict[str, Any], str, Kept]


class Answers:
    """Answers the events of a page.

    Where there are several models, all read whatever comes, so that one can be chosen afterwards. `model` is the number
    of the one whose answer is shown; the number after the last stands for all, side by side.

    Parameters
    ----------
    recognizers : sequence of Recognizer
    max_upload : float
        MB that a photo may have, for the sentence on one that has more.
    uploads : Uploads
        What reads a photo, and deletes its file.
    photos : PhotoReader
        What finds the writing on it.
    lanes : Lanes
        For what does not belong into the event loop.
    """

    def __init__(
        self,
        recognizers: Sequence[Recognizer],
        max_upload: float,
        uploads: Uploads,
        photos: PhotoReader,
        lanes: Lanes,
    ) -> None:
        self.names = name_models([recognizer.path for recognizer in recognizers])
        self._recognizers = recognizers
        self._together = [Together(recognizer) for recognizer in recognizers]
        self._max_upload = max_upload
        self._uploads = uploads
        self._photos = photos
        self._lanes = lanes

    @name_types
    async def read_drawing(
        self, data: dict[str, Any] | None, kept: Kept, request: gr.Request, model: int = 0
    ) -> Answer:
        """Read what the sketchpad sends.

        Only the network is waited for elsewhere: the rest takes 2 ms in the event loop, and half as long again where
        threads take turns at it, since Python runs one at a time. Huge drawings are read in the slow lane.
        """
        texts = find_texts(request)
        if data is None:
            return self._explain(texts.ASK_FOR_DRAWING, "draw", kept, model, texts, "hint")
        is_slow = is_huge(data)
        run = self._lanes.slow.answer if is_slow else _run_here
        try:
            drawing, page = await run(_open_drawing, data)
        except DrawingError as problem:
            return self._explain(translate(str(problem), texts), "draw", kept, model, texts)
        if is_slow:
            read = [(await run(recognizer.recognize_pages, [page]))[0] for recognizer in self._recognizers]
        else:
            read = [(await together.recognize_in(self._lanes.network, [page]))[0] for together in self._together]
        if_blank = texts.OFF_CANVAS if drawing.strokes else texts.ASK_FOR_DRAWING
        shown = [Shown(predictions, (drawing.height, drawing.width), sentence=if_blank) for predictions in read]
        is_live = data.get("live") is True
        return await run(partial(self._answer, shown, "draw", kept, model, texts, live=is_live))

    @name_types
    async def read_upload(self, path: str | None, kept: Kept, request: gr.Request, model: int = 0) -> Answer:
        """Read a photo, in the slow lane; that there is none needs no lane."""
        texts = find_texts(request)
        if path is None:
            return self._explain(texts.ASK_FOR_PHOTO, "photo", kept, model, texts, "hint")
        return await self._lanes.slow.answer(self._read_photo, path, kept, model, texts)

    def _read_photo(self, path: str, kept: Kept, model: int, texts: Texts) -> Answer:
        name = Path(path).name
        try:
            picture = self._uploads.read(path)
            writing, page = self._photos.find_writing(picture, name)
            read = [recognizer.recognize_pages([page])[0] for recognizer in self._recognizers]
        except PhotoError as problem:
            return self._explain(translate(str(problem), texts), "photo", kept, model, texts)
        shown = [show_photo(picture, writing, predictions, name, texts) for predictions in read]
        return self._answer(shown, "photo", kept, model, texts)

    def refuse_photo(self, file: dict[str, Any], kept: Kept, request: gr.Request, model: int = 0) -> Answer:
        """Say that a photo is too large, or a folder."""
        texts = find_texts(request)
        if file["is_folder"]:
            return self._explain(texts.PROBLEMS["folder"].format(name=file["name"]), "photo", kept, model, texts)
        size = texts.format_number(math.ceil(file["size"] / 100_000) / 10, 1)  # MB; not "20.0 MB, at most 20"
        sentence = texts.PHOTO_TOO_LARGE.format(name=file["name"], size=size, limit=self._max_upload)
        return self._explain(sentence, "photo", kept, model, texts)

    def open_draw_tab(self, kept: Kept, request: gr.Request, model: int = 0) -> Answer | dict[str, Any]:
        """Show what the tab has shown before, corrections and all.

        Gradio asks for it when the page is opened, too: nothing is to be changed then, least of all the answer to a
        drawing that the sketchpad has kept, which may come first.
        """
        if not kept.tab:
            return gr.skip()
        texts = find_texts(request)
        return self._show_again("draw", texts.ASK_FOR_DRAWING, kept, model, texts)

    def open_photo_tab(self, kept: Kept, request: gr.Request, model: int = 0) -> Answer:
        """The same."""
        texts = find_texts(request)
        return self._show_again("photo", texts.ASK_FOR_PHOTO, kept, model, texts)

    def choose_model(self, kept: Kept, request: gr.Request, model: int) -> Answer | dict[str, Any]:
        """Show what another model says of the same drawing or photo."""
        if kept.tab == "photo":
            return self.open_photo_tab(kept, request, model)
        return self.open_draw_tab(kept, request, model)

    def choose_sign(self, choice: Any, kept: Kept, request: gr.Request, model: int = 0) -> Answer:
        """Show another sign of a number, or correct one."""
        texts = find_texts(request)
        try:
            shown, number = kept.choose(choice, self._find_seen(model))
        except NoSuchSign as problem:
            raise gr.Error(translate(str(problem), texts), print_exception=False) from None
        return self._answer(shown, kept.tab, kept, model, texts, number)

    def show_inside(self, choice: dict[str, Any], kept: Kept, request: gr.Request, model: int = 0) -> str:
        """Show the inside of the network, or of each of them, for the chosen sign; HTML."""
        texts = find_texts(request)
        seen = self._find_seen(model)
        try:
            shown, number = kept.choose({"sign": choice["sign"]}, seen)
        except NoSuchSign:
            return f"<p>{texts.ASK_FOR_SIGN}</p>"
        parts = []
        for i in seen:
            predictions = shown[i].predictions
            prediction = predictions[min(number, len(predictions) - 1)]
            parts.append(render_inside(self._recognizers[i], prediction, texts))
        return join_parts([self.names[i] for i in seen], parts)

    def tell_story(self, request: gr.Request, model: int = 0) -> str:
        """Say what is known of the model, or of each of them; HTML."""
        seen, texts = self._find_seen(model), find_texts(request)
        return join_parts([self.names[i] for i in seen], [render_story(self._recognizers[i].path, texts) for i in seen])

    def _find_seen(self, model: int) -> list[int]:
        count = len(self._recognizers)
        return [model] if model < count else list(range(count))

    def _show_again(self, tab: str, sentence: str, kept: Kept, model: int, texts: Texts) -> Answer:
        if shown := kept.get(tab):
            return self._answer(shown, tab, kept, model, texts)
        return self._explain(sentence, tab, kept, model, texts, "hint")

    def _explain(self, sentence: str, tab: str, kept: Kept, model: int, texts: Texts, kind: str = "problem") -> Answer:
        return self._answer([explain(sentence, kind)] * len(self._recognizers), tab, kept, model, texts)

    def _answer(
        self,
        shown: Sequence[Shown],
        tab: str,
        kept: Kept,
        model: int,
        texts: Texts,
        selected: int = 0,
        live: bool = False,
    ) -> Answer:
        kept = kept.put(tab, shown)
        if model < len(self._recognizers):
            return *render(shown[model], selected, live, texts), kept
        return *render_side_by_side(self.names, shown, selected, live, texts), kept


async def _run_here(function: Callable[..., Any], *inputs: Any) -> Any:
    return function(*inputs)


def _open_drawing(data: dict[str, Any]) -> tuple[Drawing, Page]:
    drawing = Drawing.from_json(data)
    return drawing, drawing_to_page(drawing)
