"""An ink and the photo it is from in; the ink with the pale parts of its strokes out, as a dry pen leaves them."""

from __future__ import annotations

import cv2
import numpy as np

from ink.glyphs import Ink, stroke_width
from ink.writing import SMALLEST_RULED

__all__ = ["follow_strokes"]

PALEST = 0.4  # of the threshold; what is paler is no pen …
NOISE, NOISY = 4, 0.8  # … nor is what is not so many times as dark as this share of the paper
OF_DARKEST = 0.5  # of the darkest ink near it, a pale stroke's own threshold
PALE = 0.95  # of the threshold: where that of the darkest ink near is higher, nothing is pale
GRAIN = 0.3  # in stroke widths, the deviation of the Gaussian that evens the grain of a dry pen
NARROWEST = 0.4  # in stroke widths; the soft edge of a dark stroke is narrower
TOGETHER = 0.5  # in stroke widths, how far from each other the pieces of one pale stroke end at most, twice
SHORTEST = 1.5  # in stroke widths
WIDEST = 1.5  # in stroke widths


def follow_strokes(ink: Ink, darkness: np.ndarray, threshold: float) -> Ink:
    """Add what hangs on the strokes of an ink, is long and thin, and was too pale for the threshold.

    Away from dark ink the threshold is half of the darkest nearby, in a photo smoothed a little: a dry pen's stroke is
    grainy. The lines of ruled paper may be as pale and hang on strokes, too; that is for the caller to tell.

    Parameters
    ----------
    ink : (H, W) float32
        0.5 and more where it is darker than the threshold.
    darkness : (H, W) float32
        Of the photo, 0 paper ... 1.
    threshold : float
        Of the darkness.

    Returns
    -------
    (H, W) float32
        `ink` itself, where there is nothing to add.

    References
    ----------
    Bernsen 1986, Dynamic Thresholding of Gray-Level Images, for a threshold between what is near; Canny 1986, A
    Computational Approach to Edge Detection, section VI, for a lower one that must hang on a higher.
    """
    if max(ink.shape) < SMALLEST_RULED:
        return ink
    pen = ink >= 0.5
    stroke = stroke_width(ink)
    even = cv2.GaussianBlur(darkness, (0, 0), max(GRAIN * stroke, 0.5))
    paper = even.ravel()[::9][~pen.ravel()[::9]]
    palest = max(PALEST * threshold, NOISE * float(np.quantile(paper, NOISY)) if len(paper) else 1)
    if palest >= PALE * threshold:
        return ink
    near = np.ones((2 * round(stroke) + 1,) * 2)
    own = np.clip(OF_DARKEST * cv2.dilate(even, near), palest, threshold)
    added = _keep_strokes((even > own) & ~pen & (own < PALE * threshold), pen, near, stroke)
    if not added.any():
        return ink
    return np.where(added, np.maximum(ink, np.clip(even / own - 0.5, 0, 1)), ink).astype(np.float32)


def _keep_strokes(pale: np.ndarray, pen: np.ndarray, near: np.ndarray, stroke: float) -> np.ndarray:
    """(H, W) bool, what of the pale pixels hangs on the pen's, and is as long and as thin as a stroke."""
    if np.count_nonzero(pale) < NARROWEST * SHORTEST * stroke**2:
        return np.zeros(pale.shape, bool)
    narrowest = _disc(max(2, round(NARROWEST * stroke)))
    wide = cv2.morphologyEx(pale.astype(np.uint8), cv2.MORPH_OPEN, narrowest) > 0
    if not wide.any():
        return wide
    room = 2 * round(TOGETHER * stroke)
    together = cv2.dilate(wide.astype(np.uint8), _disc(room + 1))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8)
    lengths = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) - room
    is_thick, hangs = np.zeros(count, bool), np.zeros(count, bool)
    is_thick[labels[cv2.erode(wide.astype(np.uint8), _disc(max(1, round(WIDEST * stroke)))) > 0]] = True
    hangs[labels[cv2.dilate(pen.astype(np.uint8), near) > 0]] = True
    return wide & ((lengths >= SHORTEST * stroke) & ~is_thick & hangs)[labels]


def _disc(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
