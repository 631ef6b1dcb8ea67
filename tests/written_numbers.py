"""Numbers made of the page's own ten digits: as drawings, as ink, and as photos of paper."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from interface.examples import CANVAS, STROKES
from preprocessing import Drawing, Ink

__all__ = ["number_drawing", "number_ink", "number_photo"]

SIDE = 100  # units or pixels of each digit's canvas
WIDTH = 60  # columns from one digit to the next; the digits themselves are 35 to 50 wide
ROW = 130  # rows from one row to the next


def number_drawing(rows: Sequence[str], slope: float = 0.0, width: float = WIDTH) -> Drawing:
    """Rows of digits as the sketchpad sends them; `slope` in rows a column, downwards to the right."""
    strokes = []
    for y, row in enumerate(rows):
        for x, digit in enumerate(row):
            for stroke in STROKES[int(digit)]:
                points = np.array(stroke, float) * SIDE / CANVAS
                points += (40 + x * width, 60 + y * ROW + slope * x * width)
                strokes.append(points)
    corner = np.concatenate(strokes).max(axis=0) + 60
    return Drawing(float(corner[0]), float(corner[1]), tuple(strokes))


def number_ink(rows: Sequence[str], pen: int = 6, slope: float = 0.0, width: float = WIDTH) -> Ink:
    """The same as ink, (H, W) float32: 0 paper, 1 pen."""
    drawing = number_drawing(rows, slope, width)
    ink = np.zeros((round(drawing.height), round(drawing.width)), np.uint8)
    for stroke in drawing.strokes:
        cv2.polylines(ink, [np.rint(stroke * 16).astype(np.int32)], False, 255, pen, cv2.LINE_AA, shift=4)
    return ink.astype(np.float32) / 255


def number_photo(rows: Sequence[str], paper: np.ndarray | int = 235, pen: int = 6, zoom: float = 3.0) -> np.ndarray:
    """The same on paper, (H, W, 3) uint8; the paper is one gray, or (H, W) grays."""
    ink = number_ink(rows, pen)
    ink = cv2.resize(ink, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    gray = np.asarray(paper, np.float32) * (1 - 0.8 * ink)
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
