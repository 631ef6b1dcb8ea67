"""An ink most of which were ruled lines in; out without what is left of them: the pen is darker."""

from __future__ import annotations

import cv2
import numpy as np

from ink.glyphs import Ink

__all__ = ["drop_rests"]

EVENED = 0.003  # of the longer side, the deviation of the Gaussian in which a line gets paler than a stroke
WIDEST = 0.06  # of the longer side, wider than any stroke: what is, is shade
DARKER = 1.8  # times the lines, and so evened, the pen …
CLEARLY = 1.25  # … and in the middle so many times that, or its paler strokes would go, too
OF_DARKEST = 0.4  # of the darkest ink near it, at least, a stroke's: a line beside it is paler
REACH = 1  # times that deviation, the soft edge
SHORTEST = 0.015  # of the longer side; two lines that cross are darker than one, but no longer than that


def drop_rests(ink: Ink, lines: np.ndarray, darkness: np.ndarray) -> Ink:
    """Keep, of what is left of an ink without its ruled lines, what is darker than they are, and its soft edge.

    Where lines have most of the ink, as those of squared paper under a pencil, the threshold is between them and the
    paper; and noise and shade that pass it, too, hang together with lines that are too crooked to be followed.

    Parameters
    ----------
    ink : (H, W) float32
        Without the lines that were found.
    lines : (H, W) bool
        Where these were, or all ink, if they have most of it.
    darkness : (H, W) float32
        Of the photo.

    Returns
    -------
    (H, W) float32
        `ink` itself where the pen is about as pale as the lines.
    """
    if not lines.any():
        return ink
    side = max(ink.shape)
    sigma = max(1.0, EVENED * side)
    room = np.ones((round(WIDEST * side) | 1,) * 2, np.uint8)
    even = cv2.morphologyEx(cv2.GaussianBlur(darkness, (0, 0), sigma), cv2.MORPH_TOPHAT, room)
    darker = DARKER * float(np.median(even[lines]))
    reach = 2 * round(REACH * sigma) + 1
    own = OF_DARKEST * cv2.dilate(even, np.ones((2 * reach + 1,) * 2, np.uint8))
    dark = ((ink >= 0.5) & (even > np.maximum(own, darker))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    is_long = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > SHORTEST * side
    is_long[0] = False
    pen = is_long[labels]
    if not pen.any() or np.median(even[pen]) < CLEARLY * darker:
        return ink
    near = cv2.dilate(pen.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return np.where(near > 0, ink, 0).astype(np.float32)
