"""A photo in; how wide its pen is out, where shadows are no wider than a thick pen could be."""

from __future__ import annotations

import cv2
import numpy as np

from ink.sheet import relate_to_light, take_pens

__all__ = ["find_pen_width"]

WIDTHS = (3, 4, 5, 6, 7, 9, 13, 19, 27, 37, 51)  # pixels, of the pens that are tried; strokes are thin, shadows wide
THIN = 5  # pixels; nearly all pens are thinner
WIDEST = 7  # the place in them of the widest one that is taken for the strokes'
DARK = 0.15  # of full range; what is less is the grain of the paper
LEAST = 0.03  # of all that is darker than its surroundings, the strokes
MORE = 0.1  # than the strokes, there is in shadows
FLAT = 0.2  # at most is found in addition by pens one or two steps wider, …
FLAT_TO_MORE = (0.03, 0.12)  # … and so much of what is found in addition by the widest one
OPEN, LEVEL = 0.2, 1.1  # of what is around the corner of a wide shadow, goes on as dark as it, or so much lighter
PALER, DARKEST = 0.85, 0.8  # than so many of the strokes, which are thin here, shadows are; felt pens, on thin lines, …
DARKER, WRITTEN_ON = 1.3, 0.12  # … are darker by far; else, so much of the strokes is in the shadow …
SHADED, EDGE = 0.85, 5  # … where the paper is darker than so much of what is around, and not at its edge, in pixels


def find_pen_width(reduced: np.ndarray) -> int | None:
    """Tell strokes from shadows that are narrow, or have corners, by their widths: between both there is nothing.

    Parameters
    ----------
    reduced : (h, w, 3) uint8
        A photo, dark on light, reduced to 200 pixels.

    Returns
    -------
    int or None
        Pixels; no stroke is wider. None where there are no such shadows.

    References
    ----------
    Matheron 1975, Random Sets and Integral Geometry: granulometries, by closings of growing size.
    """
    red, green, blue = relate_to_light(reduced, reduced)
    weakest = np.minimum(np.minimum(red, green), blue)
    light = np.rint(255 * np.clip(weakest, 0, 1)).astype(np.uint8)
    smooth = cv2.medianBlur(light, 3)
    paper_of = {width: take_pens(smooth, width) for width in (THIN, WIDTHS[-1])}
    thin, most = (float(_find_ink(light, paper).sum()) for paper in paper_of.values())
    if most <= (1 + MORE) * thin:  # a thin pen has drawn all; 2 ms less
        return None
    papers = [paper_of[width] if width in paper_of else take_pens(smooth, width) for width in WIDTHS]
    inks = [_find_ink(light, paper) for paper in papers]
    found = [float(ink.sum()) for ink in inks]
    for i in range(WIDEST):
        if found[i] <= LEAST * found[-1] or found[-1] <= (1 + MORE) * found[i]:
            continue
        growth = [found[j] / found[i] - 1 for j in (i + 1, i + 2)]
        most_growth = [min(FLAT, share * (found[-1] / found[i] - 1)) for share in FLAT_TO_MORE]
        is_flat = growth[0] <= most_growth[0] or growth[1] <= most_growth[1]
        if is_flat and _are_shadows(inks[i + 1], inks[-1], papers[i + 1], papers[-1]):
            return WIDTHS[i + 1]
    return None


def _find_ink(light: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """How much darker than the paper each pixel is, (h, w) float32; 0 where that is only grain."""
    ink = 1 - light / np.maximum(cv2.erode(paper, np.ones((3, 3), np.uint8)), np.float32(1))
    return np.asarray(np.where(ink > DARK, ink, 0))


def _are_shadows(strokes: np.ndarray, ink: np.ndarray, paper: np.ndarray, lit: np.ndarray) -> bool:
    """Whether what only wide pens find is the corner of a shadow, or paler than the strokes, or written on."""
    drawn = strokes > 0
    wide = (ink > 0) & ~drawn
    if not wide.any() or not drawn.any():
        return False
    near, far = (cv2.dilate(wide.astype(np.uint8), np.ones((side, side), np.uint8)) > 0 for side in (3, 7))
    around = paper[far & ~near & ~drawn]
    if around.size and float((around <= LEVEL * np.median(paper[wide])).mean()) >= OPEN:
        return True
    darkness = float(np.median(ink[wide]) / np.quantile(strokes[drawn], DARKEST))
    if PALER < darkness <= DARKER:
        shaded = (paper < SHADED * lit.astype(np.float32)).astype(np.uint8)
        inside = cv2.erode(shaded, np.ones((EDGE, EDGE), np.uint8)) > 0
        return float(strokes[drawn & inside].sum()) >= WRITTEN_ON * float(strokes[drawn].sum())
    return darkness <= PALER
