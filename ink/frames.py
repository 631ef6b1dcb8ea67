"""Parts of a photo in; out without what is drawn around writing, or runs past it: circles, frames, a sheet's edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ink.glyphs import stroke_width
from ink.parts import Part, find_parts

__all__ = ["drop_frames"]

STROKE = 0.3  # of the part's strongest ink: from here on it is taken for the stroke itself
HOLLOW = 0.2  # of its box, at most, the stroke of a frame that is open …
BARE = 1.1  # … and of its hull's length, its own: else signs touch it, which would be lost
CLOSED = 0.93  # of a hull, under which a stroke runs in a closed frame …
DEEP = 1.6  # … no deeper than so many stroke widths
THIN = 0.08  # of its longer side, at most, how wide that is …
ACROSS = 0.1  # … and of its shorter one: of digits that touch, in a row as long, it is more
SMALLEST_PHOTO = 200  # pixels, the longer side; smaller pictures are of a sign, not of a sheet
LEAST_SIDE = 0.1  # of the photo's longer side, a frame's
HELD_SIDE = 0.08, 0.8  # of the frame's longer side, what it holds …
HELD_ON_SHEET = 0.03  # … of one that is longer than half of the photo, as the edges of a sheet
HELD_HEIGHT = 0.3  # of another one's height, at least, each of them
HELD_INK = 0.1  # of the frame's ink, all of that together, and each a quarter of it
SEVERAL = 2  # signs, or more, are held by a frame, without touching it; one alone may be the stroke in a 0 …
OBLONG = 1.5  # … unless that is so many times as wide as high …
STROKES = 1.4  # … or the sign so many times as long as its diagonal

LONG = 0.45  # of the photo's longer side, a line that is no stroke of a digit …
LONGER = 2.5  # … and of the signs beside it
STRAIGHT, BESIDE = 0.7, 1.0  # of its ink, what lies on it, so many stroke widths to either side
LEAST_SIGN = 0.04  # of the photo's longer side, those signs
LONE_LINE, LONE_SIGN = 0.6, 0.06  # likewise, where there is but one …
APART = 0.08  # … and of the line, how far from that it stands: the flag of a 1 is nearer


def drop_frames(parts: Sequence[Part], shape: tuple[int, ...]) -> list[Part]:
    """Leave out frames and circles around several signs, and straight lines much longer than signs.

    Parameters
    ----------
    parts : sequence of Part
    shape : (H, W)
        Of the ink they are parts of.

    Returns
    -------
    list of Part
        Of a frame that signs touch, these remain.
    """
    side = max(shape)
    if side < SMALLEST_PHOTO:
        return list(parts)
    rest: list[Part] = []
    for part in parts:
        rest += _take_off_frame(part, parts, side)
    kept: list[Part] = []
    for part in rest:
        kept += _take_off_line(part, rest, side)
    return kept


def _take_off_frame(frame: Part, parts: Sequence[Part], side: int) -> list[Part]:
    """What remains of a part: itself, if it is no frame around several signs; else those that touch it."""
    longer, stroke = max(frame.ink.shape), stroke_width(frame.ink)
    if longer < LEAST_SIDE * side or stroke > min(THIN * longer, ACROSS * min(frame.ink.shape)):
        return [frame]
    least = HELD_ON_SHEET if longer > side / 2 else HELD_SIDE[0]
    ink = frame.ink.sum()
    # of circles that touch, each holds its own signs
    height = min(frame.height, max((cv2.boundingRect(hole)[3] for hole in _holes(frame)), default=frame.height))

    def is_sign(part: Part) -> bool:
        in_size = least * longer < max(part.ink.shape) < HELD_SIDE[1] * longer
        is_high = longer > side / 2 or part.height > HELD_HEIGHT * height
        return in_size and is_high and part.ink.sum() > HELD_INK / 4 * ink

    inside = [part for part in parts if part is not frame and is_sign(part) and _is_around(frame, part)]
    is_alone = len(inside) == 1 and frame.width < OBLONG * frame.height
    several = SEVERAL if is_alone and _is_stroke(inside[0]) else 1
    if len(inside) < several or sum(part.ink.sum() for part in inside) < HELD_INK * ink:
        return [frame]
    touching = _peel(frame, stroke)
    if touching is None:
        touching = _peel_rings(frame, inside, stroke)
    if touching is not None:
        return [part for part in touching if is_sign(part)]
    pen = _pen(frame)
    hull = cv2.convexHull(cv2.findNonZero(pen))
    is_bare = ink < BARE * cv2.arcLength(hull, True) * stroke and pen.mean() < HOLLOW
    return [] if is_bare else [frame]


def _peel(part: Part, stroke: float) -> list[Part] | None:
    """Take off a part the stroke that runs around it; None if there is none, closed and convex."""
    room = 2
    pen = np.pad(_pen(part), room)
    hull = cv2.convexHull(cv2.findNonZero(pen))
    filled = cv2.fillConvexPoly(np.zeros_like(pen), hull, 1)
    depth = cv2.distanceTransform(filled, cv2.DIST_L2, 5)
    band = (depth > 0) & (depth <= max(DEEP * stroke, 2.0))
    # each place of the hull's edge, and whether there is a stroke under it
    edge = (depth > 0) & (depth <= 1.5)
    reach = 2 * round(max(DEEP * stroke, 2.0)) + 1
    near = cv2.dilate(pen, np.ones((reach, reach), np.uint8)) > 0
    if near[edge].mean() < CLOSED:
        return None
    rest = np.where(band[room:-room, room:-room], 0, part.ink).astype(np.float32)
    return [replace(sign, top=part.top + sign.top, left=part.left + sign.left) for sign in find_parts(rest)]


def _peel_rings(part: Part, signs: Sequence[Part], stroke: float) -> list[Part] | None:
    """Take off a part the strokes that run around signs, each on its own, as circles that touch; None if none does."""
    pen = _pen(part)
    centers = [(sign.center[1] - part.left, sign.center[0] - part.top) for sign in signs]
    depth, room = round(DEEP * stroke), round(stroke / 2)
    band = np.zeros(pen.shape, bool)
    for hull in map(cv2.convexHull, _holes(part)):
        if not any(cv2.pointPolygonTest(hull, center, False) > 0 for center in centers):
            continue
        around = cv2.polylines(cv2.fillConvexPoly(np.zeros_like(pen), hull, 1), [hull], True, 1, 2 * depth + 1)
        inside = cv2.polylines(cv2.fillConvexPoly(np.zeros_like(pen), hull, 1), [hull], True, 0, 2 * room + 1)
        band |= (around > 0) & (inside == 0)
    if not band.any():
        return None
    rest = np.where(band, 0, part.ink).astype(np.float32)
    return [replace(sign, top=part.top + sign.top, left=part.left + sign.left) for sign in find_parts(rest)]


def _holes(part: Part) -> list[np.ndarray]:
    """The outlines of what it encloses."""
    contours, hierarchy = cv2.findContours(_pen(part), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [] if hierarchy is None else [contours[i] for i in np.flatnonzero(hierarchy[0, :, 3] >= 0).tolist()]


def _is_stroke(part: Part) -> bool:
    """Whether a part is no more than one stroke, nearly straight."""
    return float(part.ink.sum()) < STROKES * float(np.hypot(*part.ink.shape)) * stroke_width(part.ink)


def _pen(part: Part) -> np.ndarray:
    return (part.ink >= STROKE * part.ink.max()).astype(np.uint8)


def _is_around(frame: Part, part: Part) -> bool:
    row, column = part.center
    return frame.top < row < frame.bottom and frame.left < column < frame.right


def _take_off_line(line: Part, parts: Sequence[Part], side: int) -> list[Part]:
    """What remains of a part: itself, if it is no line far longer than the signs beside it; else what touches it."""
    length = float(np.hypot(*line.ink.shape))
    if length < LONG * side:
        return [line]
    others = [part for part in parts if part is not line and part.ink.sum() > HELD_INK / 4 * line.ink.sum()]
    signs = [part for part in others if LEAST_SIGN * side < max(part.ink.shape) < length / LONGER]
    if len(signs) < SEVERAL and not (
        length > LONE_LINE * side
        and any(max(sign.ink.shape) > LONE_SIGN * side and _gap(line, sign) > APART * length for sign in signs)
    ):
        return [line]
    stroke = stroke_width(line.ink)
    rows, columns = np.nonzero(_pen(line))
    along, across, x, y = cv2.fitLine(
        np.column_stack([columns, rows]).astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01
    ).ravel()
    down, right = np.indices(line.ink.shape)
    on_line = np.abs((right - x) * across - (down - y) * along) <= max(BESIDE * stroke, 2.0)
    if on_line[rows, columns].mean() < STRAIGHT:
        return [line]
    touching = find_parts(np.where(on_line, 0, line.ink).astype(np.float32), LEAST_SIGN * side)
    return [replace(sign, top=line.top + sign.top, left=line.left + sign.left) for sign in touching]


def _gap(line: Part, sign: Part) -> int:
    """Between their boxes, in pixels; 0 where these overlap."""
    across = max(line.left - sign.right, sign.left - line.right, 0)
    return max(across, line.top - sign.bottom, sign.top - line.bottom)
