"""The answers to many pictures in; a table as CSV that spreadsheets open right, and pictures with boxes, out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

import cv2
import numpy as np

from model.recognizer import Prediction, to_text

__all__ = [
    "COLUMNS",
    "Row",
    "TableError",
    "draw_boxes",
    "lowest_confidence",
    "read_csv",
    "to_row",
    "write_csv",
    "write_rows",
]

COLUMNS = ("file", "text", "lowest_confidence", "error")
LONGEST_NUMBER = 15  # digits; of longer numbers spreadsheets keep no more than these

CHANGED = re.compile(rf"0[0-9]+|[0-9]{{{LONGEST_NUMBER + 1},}}")  # 007 would become 7
KEPT = re.compile(r'="([0-9]+)"')  # what stands for such a text: a formula whose value is the text
# What a spreadsheet would run as a formula, and what has the apostrophe already that keeps it from that
FORMULA = re.compile(r"'*[=+\-@\x00-\x1f]")

LINE = 0.003  # of the picture's longer side, the width of a box's lines
LETTERS = 0.03  # of it, the height of the digit on a box
LEAST_LETTERS = 10  # pixels; lower ones cannot be read
FONT = cv2.FONT_HERSHEY_SIMPLEX
DIGIT_COLOR = (234, 88, 12)  # red, green, blue: the page's orange
OTHER_COLOR = (100, 116, 139)  # and its gray, for what is no digit


class TableError(ValueError):
    """A CSV file is none of ours, or damaged; the message is for the user, to stand after the file's name."""


@dataclass(frozen=True)
class Row:
    """One picture in the table.

    Attributes
    ----------
    file : str
    text : str
        As `to_text` makes it: a line a row of writing; "" for a blank page.
    lowest_confidence : float or None
        0 ... 1, to six places; None where there is nothing to be sure of.
    error : str
        Why it could not be read; "" where it could.
    """

    file: str
    text: str
    lowest_confidence: float | None
    error: str = ""


def lowest_confidence(predictions: Sequence[Prediction]) -> float | None:
    """How sure the least sure sign is, 0 ... 1: its probability, 0 for what is no digit; None for a blank page."""
    return min((0.0 if p.digit is None else p.probability for p in predictions), default=None)


def to_row(file: str, predictions: Sequence[Prediction], error: str = "") -> Row:
    """The row of a picture and its answer."""
    lowest = lowest_confidence(predictions)
    return Row(file, to_text(predictions), None if lowest is None else round(lowest, 6), error)


# ---------------------------------------------------------------- CSV


def write_csv(rows: Iterable[Row], stream: TextIO) -> None:
    """Write the table, its header first.

    Parameters
    ----------
    stream : text file
        Opened with `newline=""` and, for Excel to see that it is UTF-8, `encoding="utf-8-sig"`.
    """
    csv.writer(stream).writerow(COLUMNS)
    write_rows(rows, stream)


def write_rows(rows: Iterable[Row], stream: TextIO) -> None:
    """Write more rows of a table."""
    writer = csv.writer(stream)
    for row in rows:
        confidence = "" if row.lowest_confidence is None else f"{row.lowest_confidence:.6f}"
        writer.writerow([_protect(row.file), _protect(row.text), confidence, _protect(row.error)])


def read_csv(stream: TextIO) -> list[Row]:
    """Read a table that `write_csv` has written, opened as for that; a last row that is cut off is left out.

    Raises
    ------
    TableError
        If it has another header, or a row that cannot be one of ours.
    """
    lines = list(stream)
    if not lines:
        return []
    if not lines[-1].endswith("\n"):  # of a row that was being written when all ended
        lines.pop()
    reader = csv.reader(lines, strict=True)
    rows: list[Row] = []
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise TableError(f"is no table of predict.py: it does not begin with {','.join(COLUMNS)}")
        while (cells := next(reader, None)) is not None:
            rows.append(_to_row(cells, reader.line_num))
    except csv.Error:
        if reader.line_num < len(lines):
            raise TableError(f"is damaged in line {reader.line_num}") from None
    return rows


def _to_row(cells: list[str], line: int) -> Row:
    try:
        file, text, confidence, error = cells
        lowest = float(confidence) if confidence else None
    except ValueError:
        raise TableError(f"is damaged in line {line}") from None
    return Row(_expose(file), _expose(text), lowest, _expose(error))


def _protect(text: str) -> str:
    """A text as a cell that a spreadsheet shows as it is, and neither reckons with nor runs."""
    if CHANGED.fullmatch(text):
        return f'="{text}"'
    return f"'{text}" if FORMULA.match(text) else text


def _expose(cell: str) -> str:
    """The text of a protected cell."""
    if kept := KEPT.fullmatch(cell):
        return kept[1]
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


# ---------------------------------------------------------------- pictures with boxes


def draw_boxes(rgb: np.ndarray, size: tuple[int, int], predictions: Sequence[Prediction]) -> np.ndarray:
    """Draw a box around each sign of a picture, and on it the digit, or "?" where it is none.

    Parameters
    ----------
    rgb : (h, w, 3) uint8
    size : (height, width)
        Of the picture, in the units of the boxes; `rgb` may have fewer pixels.

    Returns
    -------
    (h, w, 3) uint8
    """
    drawn = rgb.copy()
    zoom = max(rgb.shape[:2]) / max(size)
    line = max(1, round(LINE * max(rgb.shape[:2])))
    for prediction in predictions:
        box = prediction.box
        left, top = round(box.left * zoom) - 2 * line, round(box.top * zoom) - 2 * line
        right, bottom = round((box.left + box.width) * zoom) + 2 * line, round((box.top + box.height) * zoom) + 2 * line
        color = OTHER_COLOR if prediction.digit is None else DIGIT_COLOR
        cv2.rectangle(drawn, (left, top), (right, bottom), color, line)
        _draw_label(drawn, "?" if prediction.digit is None else str(prediction.digit), left, top, color)
    return drawn


def _draw_label(picture: np.ndarray, sign: str, left: int, top: int, color: tuple[int, int, int]) -> None:
    """Write a sign on a patch of color that stands on a box's upper left corner, or within where there is no room."""
    height = max(LEAST_LETTERS, round(LETTERS * max(picture.shape[:2])))
    thickness = max(1, height // 8)
    scale = cv2.getFontScaleFromHeight(FONT, height, thickness)
    width = cv2.getTextSize(sign, FONT, scale, thickness)[0][0]
    margin = height // 4
    left, top = max(left, 0), max(top - height - 2 * margin, 0)
    cv2.rectangle(picture, (left, top), (left + width + 2 * margin, top + height + 2 * margin), color, cv2.FILLED)
    place = (left + margin, top + margin + height)
    cv2.putText(picture, sign, place, FONT, scale, (255, 255, 255), thickness, cv2.LINE_AA)
