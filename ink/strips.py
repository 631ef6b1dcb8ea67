"""Ink of several digits that hang together in; a strip of it, as high as a digit's image, out."""

from __future__ import annotations

import cv2
import numpy as np

from ink.glyphs import Ink, bounding_box, normalize_stroke, stroke_width

__all__ = ["HEIGHT", "STEP", "WIDEST", "make_strip"]

HEIGHT = 28  # pixels, of a strip
INNER = 24  # pixels, of the ink in it
STEP = 2  # pixels, after which the reader of rows says again what it sees
MARGIN = (HEIGHT - INNER) // 2
WIDEST = 256  # pixels; ten digits and more


def make_strip(ink: Ink) -> np.ndarray | None:
    """Scale an ink to the height of a strip, its strokes as wide as MNIST's.

    Parameters
    ----------
    ink : (h, w) float32

    Returns
    -------
    (28, W) float32 in [0, 1], or None
        Its ink is 24 pixels high with 2 around it. None if the ink is blank, or wider than 256 pixels would be.
    """
    box = bounding_box(ink)
    if box is None:
        return None
    top, left, height, width = box
    if width > WIDEST / INNER * height:
        return None
    crop = ink[top : top + height, left : left + width]
    crop = normalize_stroke(crop, stroke_width(crop), height)
    zoom = INNER / crop.shape[0]
    size = (max(1, round(crop.shape[1] * zoom)), INNER)  # cv2: width first
    scaled = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    strip = np.pad(np.clip(scaled, 0, 1), MARGIN).astype(np.float32)
    return strip if strip.shape[1] <= WIDEST else None  # strokes that were thinned leave it lower
