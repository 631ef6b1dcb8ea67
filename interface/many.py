"""Many photos at once: files in; a table with pictures, texts to correct and downloads out."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
from gradio_client.utils import strip_invalid_filename_characters

from interface import texts as english
from interface.languages import ENGLISH, Texts, translate
from interface.page_language import find_texts, for_each_language, in_page_language
from interface.steps import shrink, to_jpeg_url
from model.recognizer import Recognizer, to_answer
from model.table import Row, draw_boxes, lowest_confidence, write_csv
from preprocessing import PICTURE_SUFFIXES, PhotoError
from serving.lanes import Busy, Lanes
from serving.photos import PhotoReader

__all__ = ["ManyPhotos", "read_file", "rows_to_csv", "with_semicolons"]

HERE = Path(__file__).parent
READERS = 2  # photos, of all visitors together, that are handed to the slow lane at a time: others come in between
MAX_FILES = 500  # in the table; each has a picture of 10 to 30 kB in the browser
THUMBNAIL_SIDE = 480  # pixels: small in the table, and large enough to check a number on it when it is clicked


def read_file(
    recognizer: Recognizer, photos: PhotoReader, name: str, content: bytes, texts: Texts = ENGLISH
) -> dict[str, Any]:
    """Read a picture file from memory; it is on disk only as long as that takes.

    Returns
    -------
    dict
        `{"text", "predictions", "lowest_confidence", "percent", "note", "picture"}`: the first two as `to_answer` has
        them, the least probability as a number and in words, why there is no writing ("" where there is some), and a
        small picture with boxes as a data: URL. Or `{"error": sentence}`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / (strip_invalid_filename_characters(Path(name).name).lstrip(".") or "photo")
        path.write_bytes(content)
        try:
            picture = photos.read(path)
            writing, page = photos.find_writing(picture, path.name)
            [predictions] = recognizer.recognize_pages([page])
        except PhotoError as problem:
            return {"error": translate(str(problem), texts)}
    note = "" if predictions else texts.PROBLEMS.get(writing.problem, texts.PROBLEMS["blank"])
    lowest = lowest_confidence(predictions)
    small = draw_boxes(shrink(picture.rgb, THUMBNAIL_SIDE), picture.size, predictions)
    return {
        **to_answer(predictions),
        "lowest_confidence": lowest,
        "percent": None if lowest is None else texts.format_percent(lowest),
        "note": note,
        "picture": to_jpeg_url(small),
    }


def rows_to_csv(rows: Any) -> str:
    """The table as a CSV file has it, of the rows that the page has: as objects of the columns, texts corrected.

    Raises
    ------
    ValueError
        If they are not such rows; the message is for the user.
    """
    stream = io.StringIO(newline="")
    try:
        write_csv(
            [
                Row(str(r["file"]), str(r["text"]), _to_confidence(r["lowest_confidence"]), str(r["error"]))
                for r in rows
            ],
            stream,
        )
    except (KeyError, TypeError, ValueError):
        raise ValueError(english.NO_TABLE) from None
    return stream.getvalue()


def with_semicolons(table: str) -> str:
    """A table of `rows_to_csv` for spreadsheets that write 0,5: they take a semicolon for what divides the cells."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    for file, text, confidence, error in csv.reader(io.StringIO(table, newline="")):
        writer.writerow([file, text, confidence.replace(".", ","), error])
    return stream.getvalue()


def _to_confidence(value: Any) -> float | None:
    return None if value is None else float(value)


def _find_words(texts: Texts) -> dict[str, str]:
    """The words of the table, and what it has in common with the answer."""
    return {**texts.MANY, "fixed": texts.FIXED, "too_large": texts.PHOTO_TOO_LARGE}


class ManyPhotos(gr.HTML):
    """A box for files and folders, and the table of what is on them.

    The browser sends one file after the other and keeps the table, corrections and all: nothing stays on the server,
    and Cancel is not to send the rest.

    Parameters
    ----------
    recognizer : Recognizer
    photos : PhotoReader
    lanes : Lanes
        In which photos are read.
    limit : int
        Bytes; a larger file is not sent.
    """

    def __init__(self, recognizer: Recognizer, photos: PhotoReader, lanes: Lanes, limit: int, **options: Any) -> None:
        turn = asyncio.Semaphore(READERS)

        async def read_one(sent: Any, request: gr.Request) -> dict[str, Any]:
            files = getattr(sent, "files", [])
            if len(files) != 1:
                return {"error": english.NO_FILE}
            name, content = files[0]
            async with turn:
                try:
                    texts = find_texts(request)
                    return await lanes.slow.answer(read_file, recognizer, photos, name, content, texts)
                except Busy as problem:
                    return {"error": translate(str(problem), find_texts(request))}

        def write_table(asked: Any) -> dict[str, Any]:
            asked = asked if isinstance(asked, dict) else {}
            try:
                table = rows_to_csv(asked.get("rows"))
                return {"csv": with_semicolons(table) if asked.get("decimal") == "," else table}
            except ValueError as problem:
                return {"error": str(problem)}

        super().__init__(
            html_template=in_page_language((HERE / "many.html").read_text("utf-8")),
            css_template=(HERE / "many.css").read_text("utf-8"),
            js_on_load=(HERE / "many.js").read_text("utf-8"),
            apply_default_css=False,
            server_functions=[read_one, write_table],
            words=for_each_language(_find_words),
            suffixes=PICTURE_SUFFIXES,
            max_files=MAX_FILES,
            max_size=limit,
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
