"""The HTTP API: drawings and photos in, JSON or a sentence out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from model.recognizer import Recognizer, to_answer
from preprocessing import Drawing, DrawingError, PhotoError
from serving.lanes import Lanes
from serving.photos import PhotoReader
from serving.uploads import Uploads

__all__ = ["add_api"]


def add_api(recognizer: Recognizer, photo: gr.Image, uploads: Uploads, photos: PhotoReader, lanes: Lanes) -> None:
    """Add both endpoints to the page that is being built.

    Parameters
    ----------
    photo : gr.Image
        What checks an uploaded file and gives its path.
    uploads : Uploads
        What reads the file, and deletes it.
    photos : PhotoReader
        What finds the writing on it.
    lanes : Lanes
        In which they are answered.
    """

    def recognize_drawing(drawing: dict[str, Any]) -> dict[str, Any]:
        """Read a drawing: {"width", "height", "strokes": [[[x, y], …], …]}, y downwards, in any unit.

        Answers {"text", "predictions": [{"digit", "runner_up", "probability", "probabilities", "is_digit", "row",
        "box"}]}, the digits in reading order; the text has a line a row, a blank between numbers, "?" for no digit.
        The digit is null where it doesn't look like one; the runner-up is the second digit of "4 or 9?", else null.
        A box is [top, left, height, width] in the drawing's unit. A blank drawing has the text "" and no predictions.
        """
        try:
            return to_answer(recognizer.recognize_drawing(Drawing.from_json(drawing)))
        except DrawingError as problem:
            raise gr.Error(str(problem), print_exception=False) from None

    def recognize_photo(photo: str | None) -> dict[str, Any]:
        """Read an image file: dark on light or light on dark, in any size up to 60 megapixels.

        Answers {"text", "predictions": [{"digit", "runner_up", "probability", "probabilities", "is_digit", "row",
        "box"}]}, the digits in reading order; the text has a line a row, a blank between numbers, "?" for no digit.
        The digit is null where it doesn't look like one; the runner-up is the second digit of "4 or 9?", else null.
        A box is [top, left, height, width] in pixels of the upright photo. No writing gives the text "" and no
        predictions.
        """
        if photo is None:
            raise gr.Error("There is no photo in the request; upload one first.", print_exception=False)
        try:
            _, page = photos.find_writing(uploads.read(photo), Path(photo).name)
            return to_answer(recognizer.recognize_pages([page])[0])
        except PhotoError as problem:
            raise gr.Error(str(problem), print_exception=False) from None

    gr.api(lanes.quickly(recognize_drawing), api_name="recognize_drawing")
    gr.on([], lanes.slowly(recognize_photo), photo, gr.JSON(visible=False), api_name="recognize_photo")
