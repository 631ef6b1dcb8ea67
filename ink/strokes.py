"""Pen strokes in, as the sketchpad sends them; ink out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from ink.glyphs import BOX, MEDIAN_STROKE, Box, Glyph, Ink, make_glyph
from ink.parts import Part, join_parts
from ink.underlines import drop_underlines

__all__ = ["Drawing", "DrawingError", "StrokePart", "drawing_to_ink", "drawing_to_parts", "render_drawing"]

DRAWING_SIDE = 160  # pixels, the longer side of a rendered drawing: 8 times the 20x20 box
ENDS = 0.15  # of a stroke's length
TOUCH = 0.7  # of the pen's width, from the end of a stroke to another
PART_HEIGHT = 64  # pixels, the typical stroke where strokes are arranged into rows
DOT = 0.015  # share of the canvas; strokes that extend less are one dot, not a tiny digit
MAX_POINTS = 10_000  # in one drawing: two minutes under a pen that never stops; a digit has 30 to 300
MAX_STROKES = 100  # in one drawing, of which a page of numbers has 60
RUN = 64  # segments of a stroke that are looked at together where it may cross another
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
        if len(strokes) > MAX_STROKES:
            raise DrawingError(f"The drawing has {len(strokes):,} strokes; at most {MAX_STROKES} are read.")
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
    return _render_segments(
        np.concatenate(segments) if segments else np.empty((0, 2, 2)), DOT * max(drawing.width, drawing.height)
    )


def _render_segments(lines: np.ndarray, dot: float) -> tuple[Ink, float, float, float]:
    """Render line segments, (n, 2 ends, x y); what extends less than `dot` is one."""
    if not len(lines):
        return np.zeros((0, 0), np.float32), 0.0, 0.0, 1.0
    corner, far = lines.min(axis=(0, 1)), lines.max(axis=(0, 1))
    extent = float((far - corner).max())
    is_dot = extent < dot
    # the pen is MEDIAN_STROKE of the 20 pixels that drawing and pen fill together; a dot is all pen
    pen = DRAWING_SIDE * (1.0 if is_dot else MEDIAN_STROKE / BOX)  # pixels
    scale = 1.0 if is_dot else (DRAWING_SIDE - pen) / extent  # pixels a canvas unit
    corner = corner - pen / 2 / scale
    size = (far - corner) * scale + pen / 2  # the longer side is DRAWING_SIDE but for floating-point dust
    width, height = np.ceil(size.round(6)).astype(int)
    return _draw(lines, corner, scale, round(pen), (height, width)), float(corner[0]), float(corner[1]), scale


def _draw(lines: np.ndarray, corner: np.ndarray, scale: float, pen: int, shape: tuple[int, int]) -> Ink:
    ink = np.zeros(shape, np.uint8)
    fixed = np.rint(((lines - corner) * scale - 0.5) * 16).astype(np.int32)  # pixel centers, 4 fractional bits
    cv2.polylines(ink, list(fixed), False, 255, max(1, pen - 1), cv2.LINE_AA, shift=4)  # antialiasing adds one
    return ink.astype(np.float32) / 255


@dataclass(frozen=True, eq=False)
class StrokePart(Part):
    """A part that is made of strokes: rendered anew for the network, as sharp as if it were alone on the canvas.

    Attributes
    ----------
    segments : (n, 2, 2) float64
        Line segments, each two points x and y, in pixels of the ink.
    dot : float
        Pixels; what extends less is one.
    members : tuple of StrokePart
        The strokes that touch in it, () for one stroke: where it may be cut.
    """

    segments: np.ndarray
    dot: float
    members: tuple[StrokePart, ...] = ()

    lone_width: ClassVar[float] = 1.3  # the strokes of a letter pass for 1s, one by one

    def cut(self, height: float) -> list[Part]:
        """Into its strokes; one stroke where its ink may be cut."""
        return list(self.members) or super().cut(height)

    def join(self, others: Sequence[Part]) -> Part:
        """One with others; of strokes if all are."""
        joined = super().join(others)
        of_strokes = [other for other in others if isinstance(other, StrokePart)]
        if len(of_strokes) < len(others):
            return joined
        segments = np.concatenate([self.segments, *(other.segments for other in of_strokes)])
        return StrokePart(joined.top, joined.left, joined.ink, segments, self.dot)

    def to_glyph(self) -> Glyph | None:
        """As `find_glyphs` of a drawing that has no other strokes."""
        ink, left, top, scale = _render_segments(self.segments, self.dot)
        glyph = make_glyph(ink)
        if glyph is None:
            return None
        box = glyph.box
        place = Box(top + box.top / scale, left + box.left / scale, box.height / scale, box.width / scale)
        return replace(glyph, box=place)


def drawing_to_parts(drawing: Drawing, turn: np.ndarray | None = None) -> tuple[list[Part], float]:
    """Each stroke of a drawing as a part, as far as it lies on the canvas.

    Parameters
    ----------
    turn : (2, 2) float64, optional
        A matrix by which all points (x, y) are turned first.

    Returns
    -------
    parts : list of StrokePart
        Places in pixels.
    scale : float
        Pixels a canvas unit: the typical stroke is PART_HEIGHT high.
    """
    clipped = [_clip_to_canvas(stroke, drawing.width, drawing.height) for stroke in drawing.strokes]
    clipped = [lines if turn is None else lines @ turn.T for lines in clipped if len(lines)]
    if not clipped:
        return [], 1.0
    dot = DOT * max(drawing.width, drawing.height)
    sizes = [float(np.ptp(lines, axis=(0, 1)).max()) for lines in clipped]
    lengths = [float(np.hypot(*(lines[:, 1] - lines[:, 0]).T).sum()) for lines in clipped]
    order = np.argsort(sizes)
    middle = np.searchsorted(np.cumsum(np.array(lengths)[order]), sum(lengths) / 2)
    typical = max(sizes[int(order[min(int(middle), len(sizes) - 1)])], dot)
    scale = PART_HEIGHT / typical
    pen = PART_HEIGHT * MEDIAN_STROKE / BOX
    parts: list[StrokePart] = []
    for lines in clipped:
        pixels = lines * scale
        low = np.floor(pixels.min(axis=(0, 1)) - pen / 2).astype(int)
        far = np.ceil(pixels.max(axis=(0, 1)) + pen / 2).astype(int)
        width, height = (far - low).tolist()
        ink = _draw(pixels, low, 1.0, round(pen), (height, width))
        parts.append(StrokePart(int(low[1]), int(low[0]), ink, pixels, dot * scale))
    return _join_signs(drop_underlines(parts, _join_signs)), scale


def _join_signs(strokes: list[StrokePart]) -> list[Part]:
    """Strokes that cross are one sign, and such as touch may be."""
    whole = [join_parts(group) for group in _group(strokes, _cross)]
    return [_join_touching(group) for group in _group([p for p in whole if isinstance(p, StrokePart)], _touch)]


def _join_touching(group: list[StrokePart]) -> Part:
    """Strokes that touch, as those of most letters and digits do; they may be neighbors in a number all the same."""
    joined = join_parts(sorted(group, key=lambda part: part.center[1]))
    if len(group) == 1 or not isinstance(joined, StrokePart):
        return joined
    return replace(joined, members=tuple(sorted(group, key=lambda part: part.center[1])))


def _group(parts: list[StrokePart], belong: Callable[[StrokePart, StrokePart], bool]) -> list[list[StrokePart]]:
    """Parts that belong together, directly or through others."""
    groups: list[list[StrokePart]] = []
    for part in parts:
        joined = [group for group in groups if any(belong(part, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([part, *(other for group in joined for other in group)])
    return groups


def _touch(one: StrokePart, other: StrokePart) -> bool:
    """Whether the ink of two strokes touches."""
    reach = PART_HEIGHT * MEDIAN_STROKE / BOX * TOUCH
    a, b = one.segments.reshape(-1, 2), other.segments.reshape(-1, 2)
    if (a.max(axis=0) + reach < b.min(axis=0)).any() or (b.max(axis=0) + reach < a.min(axis=0)).any():
        return False
    ends_a, ends_b = a[[0, -1]], b[[0, -1]]
    nearest = min(
        float(np.hypot(*(ends[:, None] - points[None]).transpose(2, 0, 1)).min())
        for ends, points in ((ends_a, b), (ends_b, a))
    )
    return nearest < reach


def _cross(one: StrokePart, other: StrokePart) -> bool:
    """Whether two strokes cross, both well inside: neighbors in a number touch with their ends at most."""
    a, b = one.segments, other.segments
    low, high = b.min(axis=1), b.max(axis=1)  # (m, 2), the box of each segment
    for start in range(0, len(a), RUN):  # all pairs of two long scribbles would take gigabytes
        run = a[start : start + RUN]
        near = np.flatnonzero(((low <= run.max(axis=(0, 1))) & (run.min(axis=(0, 1)) <= high)).all(axis=1))
        if len(near) and _cross_inside(a, b, start, near):
            return True
    return False


def _cross_inside(a: np.ndarray, b: np.ndarray, start: int, near: np.ndarray) -> bool:
    """Whether a run of the segments of one stroke, and some of another's, cross well inside both strokes."""
    way, way_b = a[:, 1] - a[:, 0], b[:, 1] - b[:, 0]
    run, run_b = way[start : start + RUN], way_b[near]  # (n, 2), (m, 2)
    offset = b[None, near, 0] - a[start : start + RUN, None, 0]  # (n, m, 2)
    turn = _turn(run[:, None], run_b[None])
    with np.errstate(divide="ignore", invalid="ignore"):
        along, along_b = _turn(offset, run_b[None]) / turn, _turn(offset, run[:, None]) / turn  # shares of segments
    meet = np.argwhere((along >= 0) & (along <= 1) & (along_b >= 0) & (along_b <= 1))
    if not len(meet):
        return False
    at = _place_on(way, start + meet[:, 0], along[tuple(meet.T)])
    at_b = _place_on(way_b, near[meet[:, 1]], along_b[tuple(meet.T)])
    return bool(((at > ENDS) & (at < 1 - ENDS) & (at_b > ENDS) & (at_b < 1 - ENDS)).any())


def _place_on(ways: np.ndarray, segments: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Where points on segments lie on their stroke, (n, 2) steps: 0 at its beginning, 1 at its end."""
    lengths = np.hypot(*ways.T)
    before = np.cumsum(lengths) - lengths
    return np.asarray((before[segments] + shares * lengths[segments]) / lengths.sum())


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
    if (points >= 0).all() and (points <= (width, height)).all():
        return np.stack([start, start + step], axis=1)
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


def _turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The cross product of vectors in the plane, (…, 2)."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
