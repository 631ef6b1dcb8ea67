"""Parts of a photo in; out without the holes of a sheet, and without the rings of a binding."""

from __future__ import annotations

import cv2
import numpy as np

from ink.glyphs import stroke_width
from ink.parts import Part, typical_height

__all__ = ["drop_binding", "drop_holes"]

SMALLEST_PHOTO = 100  # pixels, the longer side; smaller pictures are of signs, not of a sheet
ROUND, DOT = 0.7, 0.6  # of its longer side, the shorter one of a round dot; of its box, what is filled of it …
BULGING = 0.9  # … and of its convex hull: an 8 has a waist
LOOPS = 0.03  # of its area, the paper it encloses: a bold 0 or 8 does, a hole does not
MARGIN = 0.15  # of the photo's side, where a sheet has holes
LINE = 0.3  # of the side of a hole, at most, the width of a line beside it
RINGS, BINDING = 8, 0.08  # of a binding, at least; of the photo's longer side, how near to the edge
ALONG = 0.5  # of that edge, at least, how far they go
ALIKE, SMALL = 0.5, 0.7  # of the usual size of a ring, how far others are from it; of the other signs' height, its size


def drop_binding(parts: list[Part], shape: tuple[int, ...]) -> list[Part]:
    """Leave out the rings of a binding: many small parts, of one size, along an edge of a photo."""
    if max(shape) < SMALLEST_PHOTO or len(parts) <= RINGS:
        return parts
    centers = np.array([part.center for part in parts])
    sizes = np.array([max(part.ink.shape) for part in parts])
    is_ring = np.zeros(len(parts), bool)
    for axis in (0, 1):
        for far in (False, True):
            at = shape[axis] - centers[:, axis] if far else centers[:, axis]
            near = at < BINDING * max(shape)
            if (
                np.count_nonzero(near) < RINGS
                or near.all()
                or np.ptp(centers[near, 1 - axis]) < ALONG * shape[1 - axis]
            ):
                continue
            usual = np.median(sizes[near])
            is_like = near & (np.abs(sizes - usual) < ALIKE * usual)
            if (
                usual < SMALL * typical_height([parts[i] for i in np.flatnonzero(~near)])
                and np.count_nonzero(is_like) >= RINGS
            ):
                is_ring |= near & (sizes < (1 + ALIKE) * usual)
    return [part for part, ring in zip(parts, is_ring, strict=True) if not ring]


def drop_holes(parts: list[Part], shape: tuple[int, ...]) -> list[Part]:
    """Leave out dots near the edge of a photo, as the holes of a sheet, where there is more than such dots."""
    if max(shape) < SMALLEST_PHOTO:
        return parts
    rest = [part for part in parts if not (_is_hole(part, shape) and _stands_apart(part, parts))]
    return rest or parts


def _is_hole(part: Part, shape: tuple[int, ...]) -> bool:
    """Whether a part is round, filled through and through, and near the edge."""
    pen = (part.ink > 0.3).astype(np.uint8)
    if min(part.ink.shape) < ROUND * max(part.ink.shape) or pen.mean() < DOT:
        return False
    hull = cv2.fillConvexPoly(np.zeros_like(pen), cv2.convexHull(cv2.findNonZero(pen)), 1)
    if pen.sum() < BULGING * hull.sum():
        return False
    outlines = cv2.findContours(pen, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    if pen.sum() < (1 - LOOPS) * cv2.drawContours(np.zeros_like(pen), outlines, -1, 1, cv2.FILLED).sum():
        return False
    return any(min(at, side - at) < MARGIN * side for at, side in zip(part.center, shape, strict=True))


def _stands_apart(dot: Part, parts: list[Part]) -> bool:
    """Whether no larger part is nearer to a dot than that is wide, as a 7 is to the loose end of its bar.

    What is far thinner than it does not count: the rest of a ruled line.
    """
    side = max(dot.ink.shape)
    for part in parts:
        if max(part.ink.shape) <= side:
            continue
        across = max(part.left - dot.right, dot.left - part.right, 0)
        is_near = max(across, part.top - dot.bottom, dot.top - part.bottom) < side
        if is_near and stroke_width(part.ink) > LINE * side:
            return False
    return True
