"""An ink and its photo in; the ink without the ghosts of other writing out: wiped off, or of the back side."""

from __future__ import annotations

import cv2
import numpy as np

from ink.glyphs import Ink

__all__ = ["drop_ghosts"]

SHARES = (0.3, 0.45, 0.6, 0.8)  # of the writing's darkness; what is paler than each is looked at, in this order
SOFT = 0.7  # of the writing's sharpness; a paler pen's strokes are sharper, smears and what shines through softer
LEAST = 0.02  # of the ink; less of it is not looked at …
FEWEST = 0.05  # … and less is not taken off: a dry brush leaves as much
RIM = 2  # pixels around dark ink that belong to it: the blur of a stroke

SQUARE = np.ones((3, 3), np.uint8)
NEAR = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)


def drop_ghosts(ink: Ink, darkness: np.ndarray) -> Ink:
    """Take off what is paler than the writing and softer; a pencil's strokes beside a felt pen's have sharp edges.

    Parameters
    ----------
    ink : (H, W) float32
    darkness : (H, W) float32
        Of the photo that the ink is from.

    Returns
    -------
    (H, W) float32
        `ink` itself, where there is nothing to take off.

    References
    ----------
    Yanowitz and Bruckstein 1989, A New Method for Image Segmentation: ghosts are told by the gradient at their edges.
    """
    pen = ink >= 0.5
    levels = cv2.convertScaleAbs(darkness, alpha=255)
    steps = cv2.morphologyEx(levels, cv2.MORPH_GRADIENT, SQUARE)
    weights = steps[pen].astype(np.float32) ** 3  # so that the sharpest edges count, however few they are
    if not weights.any():
        return ink
    dark = float(weights @ cv2.dilate(levels, SQUARE)[pen] / weights.sum())
    if not _find_pale(pen, levels > SHARES[-1] * dark).any():
        return ink
    steps, darkest = cv2.dilate(steps, NEAR), cv2.dilate(levels, NEAR)  # the steepest and the darkest near each pixel
    written = pen & (levels > SHARES[-1] * dark)
    if not written.any():
        return ink
    softest = SOFT * float(steps[_find_edge(written)].mean() / darkest[written].mean())
    left = pen
    for share in SHARES:
        left = _drop_soft(left, levels > share * dark, steps, darkest, softest)
    if np.count_nonzero(left) >= (1 - FEWEST) * np.count_nonzero(pen):
        return ink
    return np.where(left | ~pen & (cv2.dilate(left.astype(np.uint8), SQUARE) > 0), ink, 0).astype(np.float32)


def _drop_soft(pen: np.ndarray, dark: np.ndarray, steps: np.ndarray, darkest: np.ndarray, softest: float) -> np.ndarray:
    """Leave out of the pen, (H, W) bool, the pale parts whose steps are less than that share of their darkest."""
    pale = _find_pale(pen, dark)
    if not pale.any():
        return pen
    count, labels = cv2.connectedComponents(pale.astype(np.uint8))
    edge = pale & _find_edge(pen)
    step, at_edge = np.bincount(labels[edge], steps[edge], count), np.bincount(labels[edge], minlength=count)
    level, area = np.bincount(labels[pale], darkest[pale], count), np.bincount(labels[pale], minlength=count)
    is_soft = step * area < softest * level * at_edge  # the mean step, of the mean darkness
    if not is_soft.any():
        return pen
    return pen & (dark | (cv2.dilate(is_soft[labels].astype(np.uint8), NEAR) == 0))


def _find_pale(pen: np.ndarray, dark: np.ndarray) -> np.ndarray:
    """What of the pen is not beside dark ink, (H, W) bool; nothing, where it is little."""
    pale = pen & (cv2.dilate((pen & dark).astype(np.uint8), NEAR) == 0)
    return pale if np.count_nonzero(pale) >= LEAST * np.count_nonzero(pen) else np.zeros_like(pen)


def _find_edge(pen: np.ndarray) -> np.ndarray:
    return pen & (cv2.erode(pen.astype(np.uint8), SQUARE) == 0)
