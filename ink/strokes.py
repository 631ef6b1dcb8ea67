"""Pen strokes in, as the sketchpad sends them; ink out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ink.glyphs import BOX, MEDIAN_STROKE, Ink

__all__ = ["Drawing", "DrawingError", "drawing_to_ink", "render_drawing"]

DRAWING_SIDE = 160  # pixels, the longer side of a rendered drawing: 8 times the 20x20 box
DOT = 0.015  # share of the canvas; strokes that extend less are one dot, not a tiny digit
MAX_POINTS = 100_000  # in one drawing
MAX_COORDINATE = 1e6  # canvas units, either way


class DrawingError(ValueError):
    """A drawing is not `{"width", "height", "strokes"}` as the sketchpad sends it; the message is for the user."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """Pen strokes on a canvas, y downwards: what the sketchpad sends.

    Attributes
    ----------
    width, height : float
        Of the canvas, in the unit of the points.
    strokes : tuple of (n, 2) float64
        The points [x, y] of each stroke, pen-down to pen-up.
    """

    width: float
    height: float
    strokes: tuple[np.ndarray, ...]

    @classmethod
    def from_json(cls, data: Any) -> Drawing:
        """Check and convert a drawing as decoded from JSON; other keys, and numbers after x and y, are ignored.

        Raises
        ------
        DrawingError
            If the form is wrong; the message says where, and what is expected.
        """
        if not isinstance(data, dict):
            raise DrawingError('A drawing is an object {"width": …, "height": …, "strokes": [[[x, y], …], …]}.')
        width, height = (_read_side(data, key) for key in ("width", "height"))
        strokes = data.get("strokes")
        if not isinstance(strokes, list):
            raise DrawingError('The drawing has no list of "strokes"; an empty canvas is "strokes": [].')
        points = sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
        if points > MAX_POINTS:
            raise DrawingError(f"The drawing has {points:,} points; at most {MAX_POINTS:,} are read.")
        return cls(width, height, tuple(_read_stroke(s, i) for i, s in enumerate(strokes, 1) if s != []))


def _read_side(data: dict[str, Any], key: str) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_COORDINATE:
        raise DrawingError(f'The drawing\'s "{key}" must be a number above 0 and up to {MAX_COORDINATE:,.0f}.')
    return float(value)


def _read_stroke(stroke: Any, number: int) -> np.ndarray:
    expected = "expected is a list of points [x, y]"
    if not isinstance(stroke, list):
        raise DrawingError(f"Stroke {number} of the drawing is no list; {expected}.")
    try:
        points = np.array(stroke)
    except ValueError:  # points of unequal length
        raise DrawingError(f"Stroke {number} of the drawing has points of unequal length; {expected}.") from None
    if points.ndim != 2 or points.shape[1] < 2 or points.dtype.kind not in "iuf":
        raise DrawingError(f"Stroke {number} of the drawing holds something other than numbers; {expected}.")
    points = points[:, :2].astype(np.float64)
    if not (np.abs(points) <= MAX_COORDINATE).all():  # also false for NaN
        raise DrawingError(
            f"Stroke {number} of the drawing has a coordinate that is no number or beyond {MAX_COORDINATE:,.0f}."
        )
    return points


def drawing_to_ink(drawing: Drawing) -> Ink:
    """Render a drawing's strokes, as far as they lie on the canvas, antialiased and with MNIST's median pen.

    The ink is the bounding box of the strokes and the pen around them, at most 160 pixels high or wide whatever
    the canvas, so that a tiny drawing is as sharp as a huge one. A blank drawing gives a (0, 0) ink.

    Returns
    -------
    (H, W) float32
    """
    return render_drawing(drawing)[0]


def render_drawing(drawing: Drawing) -> tuple[Ink, float, float, float]:
    """Render as `drawing_to_ink` does, and say where.

    Returns
    -------
    ink : (H, W) float32
    left, top : float
        The ink's corner in canvas units.
    scale : float
        Its pixels a canvas unit.
    """
    segments = [_clip_to_canvas(stroke, drawing.width, drawing.height) for stroke in drawing.strokes]
    lines = np.concatenate(segments) if segments else np.empty((0, 2, 2))  # (n, 2 ends, x y)
    if not len(lines):
        return np.zeros((0, 0), np.float32), 0.0, 0.0, 1.0
    corner, far = lines.min(axis=(0, 1)), lines.max(axis=(0, 1))
    extent = float((far - corner).max())
    is_dot = extent < DOT * max(drawing.width, drawing.height)
    # the pen is MEDIAN_STROKE of the 20 pixels that drawing and pen fill together; a dot is all pen
    pen = DRAWING_SIDE * (1.0 if is_dot else MEDIAN_STROKE / BOX)  # pixels
    scale = 1.0 if is_dot else (DRAWING_SIDE - pen) / extent  # pixels a canvas unit
    corner = corner - pen / 2 / scale
    size = (far - corner) * scale + pen / 2  # the longer side is DRAWING_SIDE but for floating-point dust
    width, height = np.ceil(size.round(6)).astype(int)
    ink = np.zeros((height, width), np.uint8)
    fixed = np.rint(((lines - corner) * scale - 0.5) * 16).astype(np.int32)  # pixel centers, 4 fractional bits
    cv2.polylines(ink, list(fixed), False, 255, round(pen) - 1, cv2.LINE_AA, shift=4)  # antialiasing adds one
    return ink.astype(np.float32) / 255, float(corner[0]), float(corner[1]), scale


def _clip_to_canvas(points: np.ndarray, width: float, height: float) -> np.ndarray:
    """Cut a stroke at the edges of the canvas: what nobody saw being drawn is not read.

    Parameters
    ----------
    points : (n, 2) float64

    Returns
    -------
    (m, 2, 2) float64
        The visible line segments; a stroke of one point is a segment without length.

    References
    ----------
    Liang and Barsky 1984, A New Concept and Method for Line Clipping.
    """
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    start, step = points[:-1], np.diff(points, axis=0)
    enter, leave = np.zeros(len(start)), np.ones(len(start))
    for axis, size in ((0, width), (1, height)):
        for p, q in ((-step[:, axis], start[:, axis]), (step[:, axis], size - start[:, axis])):
            with np.errstate(divide="ignore", invalid="ignore"):
                at = q / p
            enter = np.where(p < 0, np.maximum(enter, at), enter)
            leave = np.where(p > 0, np.minimum(leave, at), leave)
            leave = np.where((p == 0) & (q < 0), -1.0, leave)  # parallel to the edge and outside
    seen = enter <= leave
    ends = np.stack([start + enter[:, None] * step, start + leave[:, None] * step], axis=1)
    return ends[seen]
