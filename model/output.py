"""Answers in; a table that can be gone on with, and pictures with boxes, on disk out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from PIL import Image

from model.recognizer import Prediction
from model.sheets import Sheet
from model.table import Row, TableError, draw_boxes, read_csv, write_csv

__all__ = ["OutputError", "annotate_sheet", "check_folder", "open_table"]

AS_THEY_ARE = (".jpg", ".jpeg", ".png")  # pictures with boxes keep these names; .jpg is added to others
JPEG_QUALITY = 90


class OutputError(Exception):
    """Something cannot be written where it was asked for; the message is for the user."""


def open_table(path: str, resume: bool) -> tuple[TextIO, dict[str, Row]]:
    """Open a CSV file for more rows.

    Parameters
    ----------
    resume : bool
        Keep the rows that it has, but for those with an error and one that is cut off.

    Returns
    -------
    stream : text file
        Its header is written.
    done : dict of str to Row
        The rows that are kept, by file.

    Raises
    ------
    OutputError
        If it exists and is not to be gone on with, is no such table, or cannot be written.
    """
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):  # it would be replaced by a file
        raise OutputError(f"{path} is a device or a pipe. A table needs a file: name another.")
    try:
        rows = _read_table(path)
        if rows and not resume:  # one without rows is of a run that did not come to it
            raise OutputError(f"{path} exists. Go on with it by --resume, or delete it.")
        kept = [row for row in rows if not row.error]
        part = f"{path}.part"  # the old one stays until the new one is whole
        with open(part, "w", encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            write_csv(kept, stream)
        os.replace(part, path)
        stream = open(path, "a", encoding="utf-8", errors="surrogateescape", newline="")  # noqa: SIM115
    except TableError as error:
        raise OutputError(f"{path} {error}. Choose another file, or delete it.") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from None
    return stream, {row.file: row for row in kept}


def _read_table(path: str) -> list[Row]:
    """The rows of a CSV file, [] where there is none."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        return read_csv(stream)


def check_folder(folder: str, paths: Sequence[str]) -> None:
    """Make the folder for pictures with boxes.

    Raises
    ------
    OutputError
        If it cannot be made, or is where pictures that are read may be.
    """
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.") from None
    for path in paths:
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
            raise OutputError(f"{folder} has {path} in it, which must not be written over. Choose another folder.")


def annotate_sheet(sheet: Sheet, predictions: Sequence[Prediction], folder: str, written: set[str]) -> None:
    """Write a sheet's photo with boxes into the folder, where it is in its own; nothing for a drawing.

    Parameters
    ----------
    written : set of str
        Files of this run, which are not written over; this one is added.

    Raises
    ------
    OutputError
        If it cannot be written, or another picture of its name has been.
    """
    if sheet.photo is None:
        return
    name = sheet.within if sheet.within.lower().endswith(AS_THEY_ARE) else f"{sheet.within}.jpg"
    path = os.path.join(folder, name)
    if path in written:
        raise OutputError(f"{path} is of another picture of this name. Read their folders one by one.")
    picture = Image.fromarray(draw_boxes(sheet.photo.rgb, sheet.photo.size, predictions))
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        picture.save(path, quality=JPEG_QUALITY)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from None
    written.add(path)
