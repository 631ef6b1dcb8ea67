"""Ink in, its written signs out: each in 28x28 as MNIST's digits were made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

__all__ = [
    "Box",
    "Glyph",
    "Ink",
    "bounding_box",
    "find_glyphs",
    "make_glyph",
    "normalize_stroke",
    "stroke_width",
    "widest_stroke",
]

Ink: TypeAlias = np.ndarray  # (H, W) float32, 0 paper ... 1 pen

SIDE = 28  # pixels, the image the network reads
BOX = 20  # pixels, the longer side of the digit in it (LeCun et al. 1998)
PAPER = 0.02  # ink at or below this is paper

# Stroke width in pixels of the 20x20 box, measured on 5,000 MNIST training images with `stroke_width`:
# 5 % are under 1.8, the median is 2.5, 5 % are over 3.9. What lies between stays as it is.
MIN_STROKE, MEDIAN_STROKE, MAX_STROKE = 1.8, 2.5, 3.9
SOLID = 0.5  # a glyph whose stroke is wider than this share of its longer side is a dot or a block, not writing
FINE = 80  # pixels, the longer side at which distances are measured when a crop is smaller


@dataclass(frozen=True)
class Box:
    """A rectangle in the units of what was recognized: pixels of an ink or photo, canvas units of a drawing."""

    top: float
    left: float
    height: float
    width: float


@dataclass(frozen=True, eq=False)
class Glyph:
    """One written sign and its way to the network.

    Attributes
    ----------
    box : Box
        Where it stands.
    crop : (h, w) float32
        Its ink, cropped to the bounding box, before anything is changed.
    scaled : (h, w) float32
        Its ink with MNIST's stroke width, the longer side 20 pixels.
    image : (28, 28) float32 in [0, 1]
        `scaled` with its center of mass in the middle: what the network reads.
    is_solid : bool
        True for a dot or a block: there is no stroke in it.
    """

    box: Box
    crop: Ink
    scaled: Ink
    image: np.ndarray
    is_solid: bool


def find_glyphs(ink: Ink) -> list[Glyph]:
    """Find the written sign in an ink and normalize it as MNIST's digits were.

    Its bounding box is scaled to 20 pixels with the aspect kept, its stroke width brought to MNIST's range, and
    its center of mass put on the middle of 28x28. An MNIST image comes out as it went in.

    Parameters
    ----------
    ink : (H, W) float32, 0 paper ... 1 pen

    Returns
    -------
    list of Glyph
        In reading order: at present all ink is taken for one sign. [] if the ink is blank.

    References
    ----------
    LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, section III.A.
    """
    glyph = make_glyph(ink)
    return [glyph] if glyph else []


def make_glyph(ink: Ink, top: int = 0, left: int = 0) -> Glyph | None:
    """Normalize one sign as `find_glyphs` does; its ink was cut out at (top, left). None if it is blank."""
    box = bounding_box(ink)
    if box is None:
        return None
    first_row, first_column, height, width = box
    crop = ink[first_row : first_row + height, first_column : first_column + width]
    stroke = stroke_width(crop)
    is_solid = stroke > SOLID * max(height, width)
    scaled = _scale_to_box(crop if is_solid else normalize_stroke(crop, stroke, max(crop.shape)))
    place = Box(top + first_row, left + first_column, height, width)
    return Glyph(place, crop, scaled, _center_mass(scaled), is_solid)


def stroke_width(crop: Ink) -> float:
    """Measure the stroke width of a glyph: twice the median distance to paper along the strokes' middle lines.

    Parameters
    ----------
    crop : (h, w) float32

    Returns
    -------
    float
        In pixels of `crop`.
    """
    fine, zoom = _zoom_to_fine(crop)
    return _measure_stroke(_distance_to_paper(fine)) / zoom


def widest_stroke(crop: Ink) -> float:
    """Measure the stroke of a glyph where it is widest, in pixels; of a blob, its narrower side."""
    fine, zoom = _zoom_to_fine(crop)
    return 2 * float(_distance_to_paper(fine).max()) / zoom


def _zoom_to_fine(crop: Ink) -> tuple[Ink, float]:
    """Enlarge a small crop, so that distances in it are good to a tenth of a pixel; return it and the factor."""
    zoom = max(1.0, FINE / max(crop.shape))
    if zoom == 1.0:
        return crop, zoom
    return np.clip(cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), 0, 1), zoom


def _distance_to_paper(ink: Ink) -> np.ndarray:
    """Distance of each pen pixel to the nearest paper, in pixels; the crop's edge counts as paper. (h+2, w+2)"""
    pen = cv2.copyMakeBorder((ink >= 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.distanceTransform(pen, cv2.DIST_L2, 5)


def _middle_lines(distance: np.ndarray) -> np.ndarray:
    """Mask of the pixels that are farther from paper than, or as far as, all eight neighbors."""
    return (distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))


def _measure_stroke(distance: np.ndarray) -> float:
    ridge = distance[_middle_lines(distance)]
    return 2 * float(np.median(ridge)) if len(ridge) else 1.0  # fainter than half everywhere: a hairline


def normalize_stroke(crop: Ink, stroke: float, side: int) -> Ink:
    """Thicken or thin the strokes of a crop until they have MNIST's width once a side of it is 20 pixels.

    Widths that MNIST has stay; others get the nearest of them. Done before the reduction to 20x20, where thin
    strokes would fade away and thick ones close their loops.

    Parameters
    ----------
    crop : (h, w) float32
    stroke : float
        Its `stroke_width`.
    side : int
        Pixels of the side that becomes 20: h or w.

    Returns
    -------
    (h', w') float32
        Cropped to its ink.
    """
    target = min(max(stroke * BOX / side, MIN_STROKE), MAX_STROKE)
    if target == stroke * BOX / side:
        return crop
    # side + wanted - stroke is the side afterwards, and wanted is `target` twentieths of that
    wanted = target * (side - stroke) / (BOX - target)
    fine, zoom = _zoom_to_fine(crop)
    change = (wanted - stroke) * zoom / 2  # pixels that the pen's edge moves outwards
    if change > 0:
        margin = math.ceil(change) + 1
        room = cv2.copyMakeBorder(fine, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
        pen = room >= min(0.5, room.max())
        paper_distance = cv2.distanceTransform((~pen).astype(np.uint8), cv2.DIST_L2, 5)
        grown = np.clip(change + 1 - paper_distance, 0, 1)
    else:
        inner = _distance_to_paper(fine)
        thinned = np.clip(inner + change, 0, 1)
        # where the stroke is thinner than usual nothing would be left: keep its middle line at its own width
        lost = _middle_lines(inner) & (inner + change < wanted * zoom / 2) & (inner > stroke * zoom / 5)
        to_middle = cv2.distanceTransform((~lost).astype(np.uint8), cv2.DIST_L2, 5)
        kept = np.clip(wanted * zoom / 2 - to_middle, 0, 1) * (inner > 0)
        grown = np.maximum(thinned, kept)
    box = bounding_box(grown)
    if box is None:
        return crop
    top, left, height, width = box
    return grown[top : top + height, left : left + width].astype(np.float32)


def bounding_box(ink: Ink) -> tuple[int, int, int, int] | None:
    """(top, left, height, width) of the pixels that are not paper; None if all are."""
    pen = ink > PAPER
    rows, columns = np.flatnonzero(pen.any(axis=1)), np.flatnonzero(pen.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left


def _scale_to_box(crop: Ink) -> Ink:
    """Scale so that the longer side is 20 pixels, antialiased; a crop of that size stays as it is."""
    height, width = crop.shape
    zoom = BOX / max(height, width)
    if zoom == 1:
        return crop
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    scaled = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    return np.clip(scaled, 0, 1)


def _center_mass(scaled: Ink) -> np.ndarray:
    """Place on 28x28 by whole pixels, so that the center of mass is as near to (14, 14) as MNIST's is."""
    height, width = scaled.shape
    mass = scaled.sum(dtype=np.float64)
    row = float(scaled.sum(axis=1) @ np.arange(height)) / mass
    column = float(scaled.sum(axis=0) @ np.arange(width)) / mass
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = scaled
    return image
