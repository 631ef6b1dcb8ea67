"""Parts of writing in, the rows they stand in out: top to bottom, each from left to right."""

from __future__ import annotations

import numpy as np

from ink.parts import Part, typical_height

__all__ = ["arrange_rows"]

STEEPEST = 0.36  # rows a column: 20 degrees
SLOPES = 37  # that are tried
MAIN = 0.4  # of the typical height; lower parts are bars, dots and pieces, and make no rows of their own
APART = 0.6  # of the typical height, between the middles of two rows
ROW_COST = 0.7  # of a row, in typical heights that parts stand off its middle
SLOPE_COST = 1.0  # of a slope of 1, likewise and for each part: without need, rows are level


def arrange_rows(parts: list[Part]) -> list[list[Part]]:
    """Put parts into rows that all have one slope, up to 20 degrees.

    The slope is the one at which parts stand closest to the middles of the fewest rows.

    Parameters
    ----------
    parts : list of Part
        One or more.

    Returns
    -------
    list of list of Part
        Each row by the middle columns of its parts.
    """
    height = typical_height(parts)
    main = [part for part in parts if part.height >= MAIN * height]
    rows, columns = np.array([part.center for part in main]).T
    slopes = np.linspace(-STEEPEST, STEEPEST, SLOPES) if len(main) > 1 else np.zeros(1)
    slope = float(slopes[_costs(rows - slopes[:, None] * columns, slopes, height).argmin()])
    level = rows - slope * columns
    (number,) = _cluster(level[None], APART * height)
    middles = np.array([level[number == row].mean() for row in range(number.max() + 1)])
    arranged: list[list[Part]] = [[] for _ in middles]
    for part in parts:
        row, column = part.center
        arranged[int(np.abs(middles - (row - slope * column)).argmin())].append(part)
    return [sorted(row, key=lambda part: part.center[1]) for row in arranged]


def _costs(levels: np.ndarray, slopes: np.ndarray, height: float) -> np.ndarray:
    """Of each of S slopes, at which N parts have these levels, (S, N) float64: (S,) float64."""
    number = _cluster(levels, APART * height)
    row = number + levels.shape[1] * np.arange(len(slopes))[:, None]  # a number for each row of each slope
    middles = np.bincount(row.ravel(), levels.ravel()) / np.maximum(np.bincount(row.ravel()), 1)
    off = np.abs(levels - middles[row]).sum(axis=1) / height
    return off + ROW_COST * (number.max(axis=1) + 1) + SLOPE_COST * np.abs(slopes) * levels.shape[1]


def _cluster(levels: np.ndarray, apart: float) -> np.ndarray:
    """Number rows from the top: a new one begins where the next middle is farther than `apart`. (S, N) int64"""
    order = np.argsort(levels, axis=1, kind="stable")
    ordered = np.take_along_axis(levels, order, axis=1)
    begins = np.diff(ordered, axis=1, prepend=ordered[:, :1]) > apart
    number = np.empty(levels.shape, np.int64)
    np.put_along_axis(number, order, np.cumsum(begins, axis=1), axis=1)
    return number
