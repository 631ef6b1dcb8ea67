"""A photo in; other inks that may be its writing out: of one color, of the thick pen alone, or against what is near."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ink.glyphs import Ink, widest_stroke
from ink.parts import find_parts
from ink.pictures import reduce_picture
from ink.writing import keep_writing

__all__ = ["find_layers"]

COLORS = 4  # that a picture is divided into
SAMPLE_SIDE = 150  # pixels, enough to see its colors
SMOOTHED = 0.006  # of the longer side, the deviation of the Gaussian that takes noise off
ROUNDS = 10  # of k-means, three times over
DISTINCT = 25.0  # in CIELAB, where 100 lie between black and white: nearer colors are shades of one
LEAST, MOST = 0.004, 0.35  # of the picture, that writing covers
ON_EDGE = 0.3  # of the picture's edge, that a ground covers
THIN_EDGE = 0.5  # of a color's area; if opening takes more away, it is the soft edge between two others
SAME = 0.7  # of two inks' area, that both have: the second says nothing new
THICK = 0.45  # of the widest stroke; thinner ones are lines behind the writing
NEAR_PAPER = 0.07  # of the longer side: how near the paper is sought where the ground is dark in places
CONTRAST = 0.15  # of full range, between pen and ground


def find_layers(rgb: np.ndarray, ink: Ink) -> list[Ink]:
    """Find what else may be the writing, where the ink that was found first reads as nothing.

    Paint programs have colored grounds, bands and lines behind the digit. What stands out from them is the color of
    the digit, the width of its pen, or its contrast to what is right beside it.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
        The photo.
    ink : (H, W) float32
        What was found first.

    Returns
    -------
    list of (H, W) float32, 0 paper ... 1 pen
        Each other than those before it; [] where there is nothing else.

    References
    ----------
    MacQueen 1967, Some Methods for Classification and Analysis of Multivariate Observations: k-means.
    """
    found: list[Ink] = [ink]
    for layer in (*_by_color(rgb), *_by_pen(ink), *_by_contrast(rgb)):
        kept = keep_writing(layer)
        share = float((kept > 0.5).mean())
        if LEAST <= share <= MOST and not any(_is_same(kept, other) for other in found):
            found.append(kept)
    return found[1:]


def _is_same(one: Ink, other: Ink) -> bool:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum()) > SAME * float((a | b).sum())


def _by_color(rgb: np.ndarray) -> Iterator[Ink]:
    """The areas of each color that is no ground."""
    smooth = cv2.GaussianBlur(rgb, (0, 0), max(0.5, SMOOTHED * max(rgb.shape)))
    pixels = _to_lab(reduce_picture(smooth, SAMPLE_SIDE)).reshape(-1, 3)
    if len(np.unique(pixels, axis=0)) < COLORS:
        return
    criteria = (cv2.TERM_CRITERIA_COUNT, ROUNDS, 0.0)
    cv2.setRNGSeed(0)  # of this thread: the same photo reads the same
    _, _, centers = cv2.kmeans(pixels, COLORS, np.empty(0, np.int32), criteria, 3, cv2.KMEANS_PP_CENTERS)
    colors = _merge(centers)
    lab = _to_lab(smooth)
    nearest = np.stack([((lab - color) ** 2).sum(axis=2) for color in colors]).argmin(axis=0)
    square = np.ones((3, 3), np.uint8)
    for number in range(len(colors)):
        mask = (nearest == number).astype(np.uint8)
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, square)
        if edge.mean() < ON_EDGE and opened.sum() > THIN_EDGE * mask.sum():
            yield mask.astype(np.float32)


def _to_lab(rgb: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _merge(centers: np.ndarray) -> list[np.ndarray]:
    """The colors that differ."""
    kept: list[np.ndarray] = []
    for center in centers:
        if all(np.linalg.norm(center - other) >= DISTINCT for other in kept):
            kept.append(center)
    return kept


def _by_pen(ink: Ink) -> Iterator[Ink]:
    """What the thickest pen has drawn."""
    parts = find_parts(ink)
    if not parts:
        return
    largest = max(parts, key=lambda part: float(part.ink.sum()))
    side = int(THICK * widest_stroke(largest.ink))
    if side < 2:
        return
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    yield cv2.morphologyEx(ink, cv2.MORPH_OPEN, disc)


def _by_contrast(rgb: np.ndarray) -> Iterator[Ink]:
    """What is darker, or lighter, than what is right beside it."""
    gray = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), max(0.5, SMOOTHED * max(rgb.shape)))
    side = max(3, int(NEAR_PAPER * 2 * max(gray.shape)) | 1)
    square = np.ones((side, side), np.uint8)
    for way in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        stands_out = cv2.morphologyEx(gray, way, square)
        threshold, _ = cv2.threshold(stands_out, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        if threshold >= CONTRAST * 255 / 2:
            yield np.clip(stands_out / threshold - 0.5, 0, 1).astype(np.float32)
