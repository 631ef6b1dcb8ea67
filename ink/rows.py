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
    slope = float(min(slopes, key=lambda slope: _cost(rows - slope * columns, slope, height)))
    level = rows - slope * columns
    number = _cluster(level, APART * height)
    middles = np.array([level[number == row].mean() for row in range(number.max() + 1)])
    arranged: list[list[Part]] = [[] for _ in middles]
    for part in parts:
        row, column = part.center
        arranged[int(np.abs(middles - (row - slope * column)).argmin())].append(part)
    return [sorted(row, key=lambda part: part.center[1]) for row in arranged]


def _cost(level: np.ndarray, slope: float, height: float) -> float:
    number = _cluster(level, APART * height)
    middles = np.bincount(number, level) / np.bincount(number)
    off = float(np.abs(level - middles[number]).sum()) / height
    return off + ROW_COST * len(middles) + SLOPE_COST * abs(slope) * len(level)


def _cluster(level: np.ndarray, apart: float) -> np.ndarray:
    """Number rows from the top: a new one begins where the next middle is farther than `apart`. (N,) int64"""
    order = np.argsort(level, kind="stable")
    number = np.empty(len(level), np.int64)
    number[order] = np.concatenate([[0], np.cumsum(np.diff(level[order]) > apart)])
    return number
