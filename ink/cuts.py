"""Touching digits in, the slices between the places where they may be cut out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ink.glyphs import PAPER, Ink

__all__ = ["Slice", "cut_ink"]

FINE = 48  # pixels, the height at which seams are looked for
NARROWEST = 0.08  # of the row's height, between a seam and the end
WINDOW = 0.08  # of the row's height: one seam is looked for in each so wide strip
SEAMS = 9  # at most, for each height of width
DISTINCT = 0.05  # of the row's height, the mean distance of two seams
# What a seam pays for a step aside, in pixels of ink, and the most ink that it may go through, of the row's height.
# Where two strokes run into each other, the way between them is long, and a seam that strays crosses one of them
# instead: with these alone, 62 % of touching digits could be cut out with four fifths of their ink, with stiff ones
# 80 %. Between slanting digits that hardly touch only a straying one finds its way.
STIFF, STRAYING = (1.0, 0.9), (0.01, 0.08)


@dataclass(frozen=True, eq=False)
class Slice:
    """Ink between two seams.

    Attributes
    ----------
    top, left : int
        Its first row and column.
    ink : (h, w) float32
        In its bounding box.
    crossing : float or None
        How many pixels of full ink the seam on its left goes through; None for the first slice.
    """

    top: int
    left: int
    ink: Ink
    crossing: float | None


def cut_ink(ink: Ink, height: float) -> list[Slice]:
    """Cut an ink along the seams that go through the least of it, from top to bottom.

    Parameters
    ----------
    ink : (h, w) float32
    height : float
        Of a digit, in pixels.

    Returns
    -------
    list of Slice
        From left to right.

    References
    ----------
    Avidan and Shamir 2007, Seam Carving for Content-Aware Image Resizing: the path of least energy by dynamic
    programming; here the energy is ink, and seams are stiffer.
    """
    zoom = FINE / height
    size = (max(1, round(ink.shape[1] * zoom)), max(1, round(ink.shape[0] * zoom)))  # cv2: width first
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    rows = (np.arange(ink.shape[0]) + 0.5) * size[1] / ink.shape[0] - 0.5  # of `small`
    seams = _find_seams(small)
    paths = [np.interp(rows, np.arange(size[1]), path) * ink.shape[1] / size[0] for _, path in seams]
    return _slice(ink, paths, [crossed / zoom for crossed, _ in seams])


def _find_seams(ink: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """The best seam in each strip, from left to right: its ink, and (h,) columns, where a cut is left of the column."""
    height, width = ink.shape
    least, strip = NARROWEST * FINE, WINDOW * FINE
    rows = np.arange(height)
    found: list[tuple[float, np.ndarray]] = []
    for stray, most in (STIFF, STRAYING):
        costs, upper, lower = _find_paths(ink, stray)
        for start in np.arange(least, width - least, strip):
            stop = max(int(min(start + strip, width - least)), int(start) + 1)
            column = int(start) + int(costs[int(start) : stop].argmin())  # in the middle row
            seam = np.concatenate([_trace(upper, column), _trace(lower, column)[::-1][1:]])
            crossed = float(ink[rows, seam].sum())
            if crossed <= most * FINE:
                found.append((crossed, seam.astype(np.float64)))
    kept: list[tuple[float, np.ndarray]] = []
    for crossed, seam in sorted(found, key=lambda pair: pair[0]):
        distinct = all(np.abs(seam - other).mean() >= DISTINCT * FINE for _, other in kept)
        if distinct and len(kept) < SEAMS * width / FINE:
            kept.append((crossed, seam))
    return sorted(kept, key=lambda pair: float(pair[1].mean()))


def _find_paths(ink: np.ndarray, stray: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the best path from top to bottom through each column of the middle row costs, and its two halves."""
    middle = ink.shape[0] // 2
    energy = ink + 0.02  # of two ways through paper the shorter one
    up, upper = _accumulate(energy[: middle + 1], stray)
    down, lower = _accumulate(energy[middle:][::-1], stray)
    return up + down - energy[middle], upper, lower


def _accumulate(energy: np.ndarray, stray: float) -> tuple[np.ndarray, np.ndarray]:
    """The least cost from the first row to each pixel of the last, (w,), and the column each pixel is reached from."""
    height, width = energy.shape
    source = np.zeros(energy.shape, np.int64)
    columns = np.arange(width)
    options = np.full((3, width), np.inf)
    total = energy[0].astype(np.float64)
    for row in range(1, height):
        options[0, 1:], options[1], options[2, :-1] = total[:-1] + stray, total, total[1:] + stray
        choice = options.argmin(axis=0)
        source[row] = columns + choice - 1
        total = energy[row] + options[choice, columns]
    return total, source


def _trace(source: np.ndarray, column: int) -> np.ndarray:
    path = np.empty(len(source), np.int64)
    for row in range(len(source) - 1, -1, -1):
        path[row] = column
        column = int(source[row, column])
    return path


def _slice(ink: Ink, cuts: list[np.ndarray], crossings: list[float]) -> list[Slice]:
    """The ink between neighboring cuts, (h,) columns each."""
    columns = np.arange(ink.shape[1])
    number = np.zeros(ink.shape, np.int64)  # 0 left of the first cut
    for cut in cuts:
        number += columns >= cut[:, None]
    slices: list[Slice] = []
    for i in range(len(cuts) + 1):
        own = np.where(number == i, ink, 0)
        used_rows, used_columns = np.flatnonzero((own > PAPER).any(axis=1)), np.flatnonzero((own > PAPER).any(axis=0))
        if len(used_rows):
            top, left = int(used_rows[0]), int(used_columns[0])
            part = own[top : used_rows[-1] + 1, left : used_columns[-1] + 1]
            slices.append(Slice(top, left, part, crossings[i - 1] if slices else None))
    return slices
