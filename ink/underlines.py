"""Parts, or an ink, in; out without the lines that are drawn under several signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ink.glyphs import Ink, stroke_width
from ink.parts import Part, find_parts

__all__ = ["STROKE", "drop_underlines", "erase_underlines"]

P = TypeVar("P", bound=Part)

FLAT, STRAIGHT = 0.45, 1.25  # of its width, how high an underline is; of its diagonal, how long
LONG = 0.9  # of the height of the signs above it, at least, an underline
BELOW, INTO = 0.8, 0.25  # of a sign's height, how far under it an underline is, or within it
BESIDE = 0.1  # likewise, how far beyond its end the middle of a sign above it may be
SEVERAL = 2  # signs above it; what is under one may be the foot of a 1 or a 2

STROKE = 0.3  # ink from here on is taken for the stroke itself
THIN = 1.8  # stroke widths: where it is alone, a line is no thicker
ALONE = 0.4  # of the width of line and signs together, where the line is alone, or the lowest
CROOKED = 0.4  # stroke widths, how far a line leaves the straight one
NARROWEST, SMALLEST = 8, 0.01  # pixels; of the longer side: what is smaller is dust
FITS = 3  # of the straight one, each to what was near the last
WHOLE = 0.9  # of the width, that a line goes through; of its length, that shows
SIGN = 0.3  # of its height, what stands beside a number and is no speck
BEFORE = 0.15  # of its height, at least, a line under two signs begins before them
TALL = 2.5  # stroke widths, how high a sign is


def drop_underlines(parts: Sequence[P], join: Callable[[list[P]], Sequence[Part]] = list) -> list[P]:
    """Leave out lines that are drawn under several signs.

    Parameters
    ----------
    parts : sequence of Part
        Signs and lines; or strokes, which may touch.
    join : callable
        Makes signs of the parts that are no such lines.
    """
    is_flat = [_is_flat_line(part) for part in parts]
    if not any(is_flat):
        return list(parts)
    signs = join([part for part, flat in zip(parts, is_flat, strict=True) if not flat])
    return [part for part, flat in zip(parts, is_flat, strict=True) if not (flat and _underlines(part, signs))]


def _is_flat_line(part: Part) -> bool:
    """Whether a part is one stroke, straight or nearly, from left to right, if sloping."""
    if part.height > FLAT * part.width:
        return False
    return float(part.ink.sum()) < STRAIGHT * float(np.hypot(*part.ink.shape)) * stroke_width(part.ink)


def _underlines(line: Part, signs: Sequence[Part]) -> bool:
    """Whether two signs or more stand above a line, not far from it."""
    columns = np.flatnonzero(line.ink.any(axis=0))
    heights = np.arange(line.height) @ line.ink[:, columns] / line.ink[:, columns].sum(axis=0)
    above = []
    for sign in signs:
        at = line.top + float(np.interp(sign.center[1] - line.left, columns, heights))
        if _stands_over(sign, line.left, line.right, at):
            above.append(sign)
    return len(above) >= SEVERAL and line.width > max(sign.height for sign in above) * LONG


def _stands_over(sign: Part, left: int, right: int, row: float) -> bool:
    """Whether a sign stands above a line, from `left` to `right` and at `row` below the sign, and not far from it."""
    beside = BESIDE * sign.height
    is_above = left - beside <= sign.center[1] <= right + beside and sign.center[0] < row
    return is_above and -INTO * sign.height < row - sign.bottom < BELOW * sign.height


def erase_underlines(ink: Ink) -> Ink:
    """Take lines that are drawn under several signs off an ink, also such as touch or cross them.

    Parameters
    ----------
    ink : (H, W) float32

    Returns
    -------
    (H, W) float32
        The ink itself where there is no such line.
    """
    parts = find_parts(ink, SMALLEST * max(ink.shape, default=0))
    erased = None
    for part in parts:
        if part.width < max(part.height, NARROWEST):
            continue
        others = [other for other in parts if other is not part]
        if any(_goes_on_beside(part, other) for other in others):
            continue  # such a line is under the whole number, but the feet of touching 2s are not
        rest = _erase_line(part, others)
        if rest is None:
            continue
        erased = ink.copy() if erased is None else erased
        place = erased[part.top : part.bottom, part.left : part.right]
        place[part.ink > 0] = rest[part.ink > 0]
    return ink if erased is None else erased


def _goes_on_beside(part: Part, other: Part) -> bool:
    """Whether another part stands beside a part, in the same row: as far down, and most of it beyond an end."""
    down = min(part.bottom, other.bottom) - max(part.top, other.top)
    is_beside = not part.left <= other.center[1] <= part.right
    return is_beside and other.height > SIGN * part.height and down > other.height / 2


def _erase_line(part: Part, others: Sequence[Part]) -> Ink | None:
    """The ink of a part without the straight line that it stands on; None where there is none, or one sign above it."""
    pen = part.ink > STROKE
    height, width = pen.shape
    stroke = stroke_width(part.ink)
    columns = np.flatnonzero(pen.any(axis=0))
    bottom = height - 1 - pen[::-1].argmax(axis=0)  # the lowest row with ink
    rows = np.arange(height)[:, None]
    paper_above = np.where(~pen & (rows < bottom), rows, -1).max(axis=0)
    thick = bottom - paper_above
    chosen = columns[thick[columns] <= THIN * stroke]
    if len(chosen) < ALONE * width:
        return None
    middle = bottom - (thick - 1) / 2
    slope, start = np.polyfit(chosen, middle[chosen], 1)
    for _ in range(FITS):
        near = chosen[np.abs(middle[chosen] - start - slope * chosen) <= max(CROOKED * stroke, 1.5)]
        if len(near) < ALONE * width:
            return None
        slope, start = np.polyfit(near, middle[near], 1)
    first, last = int(near[0]), int(near[-1])
    if abs(slope) > FLAT or last - first < WHOLE * width:
        return None
    across = np.arange(first, last + 1)
    path = start + slope * across
    if pen[np.clip(np.rint(path), 0, height - 1).astype(int), across].mean() < WHOLE:
        return None
    half = float(np.median(thick[near])) / 2 + max(CROOKED * stroke, 1)
    top = np.clip(np.floor(path - half), 0, height - 1).astype(int)
    low = np.clip(np.ceil(path + half), 0, height - 1).astype(int)
    crossing = pen[top, across] & pen[low, across] & (low > top)
    band = (rows >= top) & (rows <= low) & ~crossing
    rest = part.ink.copy()
    rest[:, first : last + 1][band] = 0

    def row_at(sign: Part) -> float:
        return float(part.top + start + slope * (sign.center[1] - part.left))

    signs = [replace(sign, top=part.top + sign.top, left=part.left + sign.left) for sign in find_parts(rest)]
    on_it = [sign for sign in signs if sign.height > TALL * stroke and sign.center[0] < row_at(sign)]
    above = on_it + [
        other
        for other in others
        if other.height > TALL * stroke and _stands_over(other, part.left + first, part.left + last, row_at(other))
    ]
    if len(above) < SEVERAL or not on_it:
        return None
    begins_before = min(sign.left for sign in above) - part.left - first >= BEFORE * height
    # the foot of a 2, or of the first of two that touch, begins where it does
    return rest if begins_before or (len(above) > SEVERAL and len(on_it) > 1) else None
