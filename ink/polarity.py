"""A photo in; whether its writing is light on dark out."""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["is_light_on_dark", "measure_skew"]

MIN_SKEW = 0.1  # of 1: writing, light or dark, has over 0.4 on 1,252 photos and drawings, and on simulated ones


def is_light_on_dark(reduced: np.ndarray) -> bool:
    """Tell the polarity: pen strokes are the rare, strong deviations from the surroundings' median, and have edges.

    Light writing is lighter as a whole, and also where each pixel deviates no more than by the step right beside it: so
    the reflection of a lamp, which is lighter than any paper, hardly counts.

    Parameters
    ----------
    reduced : (h, w, 3) uint8
        A photo, reduced to 200 pixels.
    """
    gray = cv2.cvtColor(reduced, cv2.COLOR_RGB2GRAY)
    window = max(3, max(gray.shape) // 2 | 1)
    deviation = gray.astype(np.float32) - cv2.medianBlur(gray, min(window, 255))
    if measure_skew(deviation) <= MIN_SKEW:
        return False
    step = cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    return measure_skew(np.clip(deviation, -step, step)) > MIN_SKEW


def measure_skew(deviation: np.ndarray) -> float:
    """From -1, where all that deviates, float32, is darker, to 1."""
    cubes = deviation * deviation * deviation  # **3 takes twenty times as long
    return float(cubes.sum()) / max(float(np.abs(cubes).sum()), 1.0)
