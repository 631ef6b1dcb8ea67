"""Ink in, its parts out: the pieces of writing that hang together, without specks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import cv2
import numpy as np

from ink.cuts import cut_ink
from ink.glyphs import PAPER, Glyph, Ink, bounding_box, make_glyph, stroke_width

__all__ = ["Part", "find_parts", "join_parts", "typical_height"]

CORE = 0.3  # of the strongest ink: fainter ink belongs to the nearest part, and makes no bridge between two
SPECK = 0.15  # of the typical height; what is smaller and far from the rest is dust
NEAR = 0.12  # of the typical height: what is nearer to a part than that is a piece of it, however small


@dataclass(frozen=True, eq=False)
class Part:
    """Ink that hangs together.

    Attributes
    ----------
    top, left : int
        Pixels of the ink it was cut from.
    ink : (h, w) float32
        Cropped to its bounding box; zeros where another part has its ink.
    crossing : float or None
        Through how much ink it was cut off from the part on its left, in stroke widths; None if it was not.
    """

    top: int
    left: int
    ink: Ink
    crossing: float | None = field(default=None, kw_only=True)

    # Of its height: with nothing else on the page, what is narrower is one sign.
    lone_width: ClassVar[float] = 1.3

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.ink.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.ink.shape[1])

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The first column to its right."""
        return self.left + self.width

    @property
    def center(self) -> tuple[float, float]:
        """Of its bounding box: row, column."""
        return self.top + self.height / 2, self.left + self.width / 2

    def touches_edge(self, shape: tuple[int, ...]) -> bool:
        """Whether it touches an edge of the ink it was cut from, (H, W)."""
        return self.top == 0 or self.left == 0 or self.bottom == shape[0] or self.right == shape[1]

    def join(self, others: Sequence[Part]) -> Part:
        """One with others."""
        parts = [self, *others]
        top, left = min(part.top for part in parts), min(part.left for part in parts)
        bottom, right = max(part.bottom for part in parts), max(part.right for part in parts)
        ink = np.zeros((bottom - top, right - left), np.float32)
        for part in parts:
            place = ink[part.top - top : part.bottom - top, part.left - left : part.right - left]
            np.maximum(place, part.ink, out=place)
        return Part(top, left, ink)

    def cut(self, height: float) -> list[Part]:
        """Into slices where digits of that height, in pixels, may touch; [self] if there is no such place."""
        slices = cut_ink(self.ink, height)
        if len(slices) < 2:
            return [self]
        stroke = stroke_width(self.ink)
        return [
            Part(self.top + s.top, self.left + s.left, s.ink, crossing=s.crossing and s.crossing / stroke)
            for s in slices
        ]

    def to_glyph(self) -> Glyph | None:
        """As the network is shown it; None if it is blank."""
        return make_glyph(self.ink, self.top, self.left)


def find_parts(ink: Ink, smallest: float = 0.0) -> list[Part]:
    """Cut an ink into its parts, in no particular order.

    Parameters
    ----------
    ink : (H, W) float32, 0 paper ... 1 pen
    smallest : float
        Pixels; parts whose longer side is shorter are left out.

    Returns
    -------
    list of Part
        [] if the ink is blank.
    """
    box = bounding_box(ink)
    if box is None:
        return []
    first_row, first_column, height, width = box
    ink = ink[first_row : first_row + height, first_column : first_column + width]  # a photo is paper for the most part
    core = (ink >= CORE * ink.max()).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    faint = (ink > PAPER) & (core == 0)
    if faint.any():
        # zero pixels are the sources of the distance transform: each pixel gets the label of the nearest core pixel
        _, nearest = cv2.distanceTransformWithLabels(1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        inside = core > 0
        of_source = np.zeros(int(nearest.max()) + 1, np.int32)
        of_source[nearest[inside]] = labels[inside]
        labels[faint] = of_source[nearest[faint]]
        _, hanging = cv2.connectedComponents((ink > PAPER).astype(np.uint8), connectivity=8)
        hangs = np.zeros(int(hanging.max()) + 1, bool)
        hangs[hanging[inside]] = True
        labels[faint & ~hangs[hanging]] = 0  # a speck beside it, as a noisy photo has many
    parts = []
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    for label in (np.flatnonzero(sides[1:] >= smallest) + 1).tolist():
        part = _cut(ink, labels, label, stats[label])
        if part is not None:
            parts.append(replace(part, top=first_row + part.top, left=first_column + part.left))
    return parts


def _cut(ink: Ink, labels: np.ndarray, label: int, stats: np.ndarray) -> Part | None:
    """One label's ink with the faint ink around it."""
    left, top, width, height = (int(value) for value in stats[:4])
    room = 2 + max(width, height) // 8  # the faint edge of its strokes is no wider
    rows = slice(max(0, top - room), top + height + room)
    columns = slice(max(0, left - room), left + width + room)
    own = np.where(labels[rows, columns] == label, ink[rows, columns], 0)
    used_rows, used_columns = np.flatnonzero((own > PAPER).any(axis=1)), np.flatnonzero((own > PAPER).any(axis=0))
    if not len(used_rows):
        return None
    first_row, first_column = int(used_rows[0]), int(used_columns[0])
    crop = own[first_row : used_rows[-1] + 1, first_column : used_columns[-1] + 1]
    return Part(rows.start + first_row, columns.start + first_column, crop.astype(np.float32))


def join_parts(parts: Sequence[Part]) -> Part:
    """Several parts as one."""
    return parts[0].join(parts[1:]) if len(parts) > 1 else parts[0]


def typical_height(parts: Sequence[Part]) -> float:
    """The median height, where each part counts by its ink; pixels."""
    heights = np.array([part.height for part in parts], np.float64)
    masses = np.array([part.ink.sum() for part in parts], np.float64)
    order = np.argsort(heights)
    reached = np.cumsum(masses[order])
    return float(heights[order][np.searchsorted(reached, reached[-1] / 2)])
