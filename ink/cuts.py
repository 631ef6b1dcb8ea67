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
CROSSING = 0.9  # of the row's height: a seam through more ink than that cuts along a stroke


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
    programming; here the energy is ink.
    """
    zoom = FINE / height
    size = (max(1, round(ink.shape[1] * zoom)), max(1, round(ink.shape[0] * zoom)))  # cv2: width first
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    rows = (np.arange(ink.shape[0]) + 0.5) * size[1] / ink.shape[0] - 0.5  # of `small`
    seams = _find_seams(small)
    paths = [np.interp(rows, np.arange(size[1]), path) * ink.shape[1] / size[0] for _, path in seams]
    return _slice(ink, paths, [max(cost, 0.0) / zoom for cost, _ in seams])


def _find_seams(ink: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """The best seam in each strip, from left to right: its ink, and (h,) columns, where a cut is left of the column."""
    height, width = ink.shape
    least, strip = NARROWEST * FINE, WINDOW * FINE
    found: list[tuple[float, np.ndarray]] = []
    for start in np.arange(least, width - least, strip):
        stop = min(start + strip, width - least)
        cost, seam = _best_seam(ink, int(start), max(int(stop), int(start) + 1))
        if cost <= CROSSING * FINE:
            found.append((cost, seam))
    kept: list[tuple[float, np.ndarray]] = []
    for cost, seam in sorted(found, key=lambda pair: pair[0]):
        distinct = all(np.abs(seam - other).mean() >= DISTINCT * FINE for _, other in kept)
        if distinct and len(kept) < SEAMS * width / FINE:
            kept.append((cost, seam))
    return sorted(kept, key=lambda pair: float(pair[1].mean()))


def _best_seam(ink: np.ndarray, start: int, stop: int) -> tuple[float, np.ndarray]:
    """The path from the top row to the bottom through the least ink whose middle is in columns start ... stop."""
    height, width = ink.shape
    reach = height // 3  # columns, up or down from the middle
    low, high = max(0, start - reach), min(width, stop + reach)
    energy = ink[:, low:high] + 0.02
    middle = height // 2
    up, up_from = _accumulate(energy[: middle + 1])
    down, down_from = _accumulate(energy[middle:][::-1])
    total = up[-1] + down[-1] - energy[middle]
    at = start - low + int(total[start - low : stop - low].argmin())
    cost = float(total[at]) - 0.02 * height
    upper, lower = _trace(up_from, at), _trace(down_from, at)
    return cost, np.concatenate([upper, lower[::-1][1:]]).astype(np.float64) + low


def _accumulate(energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least energy from the first row to each pixel, and the column it comes from."""
    total, source = energy.astype(np.float64).copy(), np.zeros(energy.shape, np.int64)
    columns = np.arange(energy.shape[1])
    for row in range(1, len(energy)):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        # a step aside costs a little, so that seams are straight where nothing is in the way
        options = np.stack([before[:-2] + 0.01, before[1:-1], before[2:] + 0.01])
        choice = options.argmin(axis=0)
        source[row] = columns + choice - 1
        total[row] += options[choice, columns]
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
