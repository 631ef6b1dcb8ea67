"""Parts in; those out that are no lines drawn under several of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from ink.glyphs import stroke_width
from ink.parts import Part

__all__ = ["drop_underlines"]

P = TypeVar("P", bound=Part)

FLAT, STRAIGHT = 0.45, 1.25  # of its width, how high an underline is; of its diagonal, how long
LONG = 0.9  # of the height of the signs above it, at least, an underline
BELOW, INTO = 0.8, 0.25  # of a sign's height, how far under it an underline is, or within it
BESIDE = 0.1  # likewise, how far beyond its end the middle of a sign above it may be
SEVERAL = 2  # signs above it; what is under one may be the foot of a 1 or a 2


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
        row, column = sign.center
        beside = BESIDE * sign.height
        at = line.top + float(np.interp(column - line.left, columns, heights))
        is_over = line.left - beside <= column <= line.right + beside and row < at
        if is_over and -INTO * sign.height < at - sign.bottom < BELOW * sign.height:
            above.append(sign)
    return len(above) >= SEVERAL and line.width > max(sign.height for sign in above) * LONG
