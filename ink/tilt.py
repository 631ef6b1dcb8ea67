"""Rows of writing in; how far they are tilted, and their ink turned level, out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ink.glyphs import Box, Glyph, Ink, bounding_box
from ink.lines import Line

__all__ = ["make_turn", "measure_tilt", "tilt_sign", "turn_ink", "turn_level"]

LEAST, MOST = 0.1, 0.45  # rows a column: less harms no digit, and more is no row (24 degrees)
LONG = 2.0  # times as far along the row as across, the standard deviations of its ink: shorter ones have no direction
CLEAR = 0.35  # of the slope times that ratio: of level rows the deviation is 0.2, by the forms of their digits


def measure_tilt(lines: Sequence[Line]) -> float:
    """The slope that the rows of a page have in common, in rows of pixels a column; 0 if there is none to speak of.

    It is the regression of the ink's rows on its columns, within each row of writing.

    Parameters
    ----------
    lines : sequence of Line

    Returns
    -------
    float
        Above 0 the writing goes down to the right.
    """
    across, along, common = np.sum([_spread(line) for line in lines], axis=0) if lines else (0.0, 0.0, 0.0)
    if along == 0:
        return 0.0
    slope = float(common / along)
    ratio = float(np.sqrt(along / max(across - slope * common, 1e-9)))
    is_clear = ratio > LONG and abs(slope) * ratio > CLEAR
    return slope if is_clear and LEAST <= abs(slope) <= MOST else 0.0


def _spread(line: Line) -> tuple[float, float, float]:
    """The variances of the ink's rows and of its columns, and their covariance, each times its mass."""
    total = np.zeros(6)
    for piece in line.pieces:
        m, x, y = cv2.moments(piece.ink), piece.left, piece.top
        mass, columns, rows = m["m00"], m["m10"], m["m01"]
        total += (
            mass,
            columns + x * mass,
            rows + y * mass,
            m["m20"] + 2 * x * columns + x**2 * mass,
            m["m02"] + 2 * y * rows + y**2 * mass,
            m["m11"] + x * rows + y * columns + x * y * mass,
        )
    mass, columns, rows, along, across, common = total.tolist()
    if mass == 0:
        return 0.0, 0.0, 0.0
    return across - rows**2 / mass, along - columns**2 / mass, common - columns * rows / mass


def make_turn(slope: float) -> np.ndarray:
    """The rotation of points (x, y) that makes rows of that slope level: (2, 2) float64."""
    return np.array([[1, slope], [-slope, 1]]) / np.hypot(1, slope)


def turn_ink(ink: Ink, turn: np.ndarray) -> tuple[Ink, np.ndarray]:
    """Turn an ink about its middle; its paper grows with it.

    Parameters
    ----------
    turn : (2, 2) float64
        A rotation of points (x, y).

    Returns
    -------
    ink : (H, W) float32
    matrix : (2, 3) float64
        From a point (x, y, 1) of the ink that was given to that of this one.
    """
    height, width = ink.shape
    size = np.ceil(np.abs(turn) @ (width, height)).astype(int)
    middle, new_middle = (np.array([width, height]) - 1) / 2, (size - 1) / 2
    matrix = np.column_stack([turn, new_middle - turn @ middle])
    return cv2.warpAffine(ink, matrix, size.tolist(), flags=cv2.INTER_LINEAR), matrix


def turn_level(ink: Ink, slope: float) -> tuple[Ink, np.ndarray]:
    """Turn an ink so that rows of that slope are level.

    Returns
    -------
    ink : (H, W) float32
    back : (2, 3) float64
        From a point (x, y, 1) of it to that of the ink that was given.
    """
    turned, matrix = turn_ink(ink, make_turn(slope))
    return turned, cv2.invertAffineTransform(matrix)


def tilt_sign(glyph: Glyph, back: np.ndarray) -> tuple[Box, Ink]:
    """Where and how a sign stood before its page was turned level.

    Parameters
    ----------
    glyph : Glyph
        Of the level page.
    back : (2, 3) float64
        As `turn_level` returns it.

    Returns
    -------
    box : Box
        Upright around its ink, in pixels of the ink that was turned.
    ink : (h, w) float32
        All that is in the box, in the pixels of the glyph's crop.
    """
    ink, _ = turn_ink(glyph.crop, back[:, :2])
    level = glyph.box
    middle = back @ (level.left + level.width / 2, level.top + level.height / 2, 1)
    unit = level.width / glyph.crop.shape[1]
    top, left, height, width = bounding_box(ink) or (0, 0, *ink.shape)
    corner = middle[1] + (top - ink.shape[0] / 2) * unit, middle[0] + (left - ink.shape[1] / 2) * unit
    box = Box(float(corner[0]), float(corner[1]), height * unit, width * unit)
    return box, ink[top : top + height, left : left + width]
