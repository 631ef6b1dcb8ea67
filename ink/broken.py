"""Parts of an ink in; the same, but what is a piece of a broken stroke joined to the others, out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ink.glyphs import Ink, stroke_width
from ink.parts import CORE, Part, join_parts, typical_height

__all__ = ["join_broken"]

GAP = 1.2  # stroke widths; the pieces of a stroke that a dry pen leaves are nearer to each other
FRAGMENT = 0.6  # of the height of what is joined, both sides of a fragment at most …
FRAGMENTS = 0.25  # … and so much of the ink is in them where a pen leaves gaps
HIGHER = 1.2  # times as high are signs once their pieces are joined; …
WIDE, WIDE_SHARE = 1.3, 0.5  # … what is so many times as wide as high is several, which may be so much of the ink


def join_broken(parts: Sequence[Part], ink: Ink) -> Sequence[Part]:
    """Join what small gaps divide, where that makes signs of fragments: where digits stand near, it would not.

    Parameters
    ----------
    parts : sequence of Part
        Of `ink`.
    ink : (H, W) float32, 0 paper ... 1 pen

    Returns
    -------
    sequence of Part
        `parts` itself, where the pen has left no gaps.
    """
    if len(parts) < 2:
        return parts
    masses = np.array([part.ink.sum() for part in parts])
    sides = np.array([max(part.height, part.width) for part in parts])
    highest = max(part.bottom for part in parts) - min(part.top for part in parts)
    if masses[sides < FRAGMENT * highest].sum() < FRAGMENTS * masses.sum():  # whatever is joined
        return parts
    side = max(1, round(GAP * stroke_width(ink)))
    near = cv2.dilate((ink >= CORE * ink.max()).astype(np.uint8), np.ones((side, side), np.uint8))
    _, labels = cv2.connectedComponents(near)
    groups: dict[int, list[Part]] = {}
    for part in parts:
        row, column = np.unravel_index(part.ink.argmax(), part.ink.shape)
        groups.setdefault(int(labels[part.top + row, part.left + column]), []).append(part)
    joined = [join_parts(group) for group in groups.values()]
    height = typical_height(joined)
    in_wide = sum(float(part.ink.sum()) for part in joined if part.width > WIDE * part.height)
    is_higher = height > HIGHER * typical_height(parts) and in_wide <= WIDE_SHARE * masses.sum()
    return joined if is_higher and masses[sides < FRAGMENT * height].sum() >= FRAGMENTS * masses.sum() else parts
