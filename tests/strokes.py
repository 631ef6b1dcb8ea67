"""The digits 0 to 9 as the tests draw them: the page's own examples, and pictures of them."""

from __future__ import annotations

import cv2
import numpy as np

from interface.examples import CANVAS, STROKES, digit_drawing

__all__ = ["CANVAS", "STROKES", "digit_drawing", "digit_picture"]


def digit_picture(
    digit: int,
    side: int = 200,
    pen: int = 10,
    ink: tuple[int, int, int] = (20, 20, 20),
    paper: tuple[int, int, int] = (250, 250, 250),
) -> np.ndarray:
    """The digit on a sheet of `side` x `side` pixels, its pen `pen` pixels wide: (H, W, 3) uint8, RGB."""
    picture = np.full((side, side, 3), paper, np.uint8)
    for stroke in STROKES[digit]:
        points = np.rint(np.array(stroke) * (side / CANVAS * 16)).astype(np.int32)  # 4 fractional bits
        cv2.polylines(picture, [points], False, ink, pen, cv2.LINE_AA, shift=4)
    return picture
