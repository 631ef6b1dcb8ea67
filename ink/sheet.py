"""A photo in; the same with the table around the sheet of paper painted over out."""

from __future__ import annotations

import cv2
import numpy as np

from ink.pictures import reduce_picture

__all__ = ["DARKEST", "FLARE", "SURROUNDINGS_SIDE", "cover_table", "find_paper", "pen_width"]

SURROUNDINGS_SIDE = 200  # pixels, enough to see paper and light
WIDEST_PEN = 0.25  # share of the photo's longer side
FLARE = 16  # gray levels, added before dividing, so that noise in a dark channel of colored paper is no pen
DARKEST = 0.35  # of the bright paper, in its weakest color: shadows are lighter than that, most tables darker
SMALLEST, LARGEST = 0.25, 0.97  # share of the photo; a sheet covers so much of it
SOLID = 0.85  # share of its convex hull; a sheet has no notches and holes, but thumbs on it
BRIGHT = 0.7  # of it; the rest is writing. Strokes of chalk fill less of what lies between them
RIM = 0.02  # of the photo's longer side, taken off all around: the sheet's edge is as dark as a pen
AROUND = 0.15  # of it, the deviation of the Gaussian that carries the paper's color outwards


def find_paper(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reduce a photo and take away what is darker than its surroundings, and no wider than a pen.

    Parameters
    ----------
    rgb : (H, W, 3) uint8

    Returns
    -------
    small : (h, w, 3) uint8
        The photo, reduced to 200 pixels.
    paper : (h, w, 3) uint8
        `small` after a closing.
    """
    small = cv2.medianBlur(reduce_picture(rgb, SURROUNDINGS_SIDE), 3)
    width = pen_width(small)
    square = np.ones((width, width), np.uint8)  # 1 ms; a disc takes 14
    # The border goes on outwards, or a shadow that comes in from it would count as a wide pen.
    framed = cv2.copyMakeBorder(small, width, width, width, width, cv2.BORDER_REPLICATE)
    return small, cv2.morphologyEx(framed, cv2.MORPH_CLOSE, square)[width:-width, width:-width]


def pen_width(small: np.ndarray) -> int:
    """What no pen is wider than on a photo, in pixels; odd."""
    return max(3, int(max(small.shape[:2]) * WIDEST_PEN) | 1)


def cover_table(rgb: np.ndarray) -> np.ndarray:
    """Paint over what lies around a sheet of paper, in the paper's color.

    Parameters
    ----------
    rgb : (H, W, 3) uint8

    Returns
    -------
    (H, W, 3) uint8
        `rgb` itself where no sheet lies on something darker.
    """
    small, paper = find_paper(rgb)
    sheet = _find_sheet(small, paper)
    if sheet is None:
        return rgb
    side = max(small.shape[:2])
    rim = 2 * max(1, round(RIM * side)) + 1
    sheet = cv2.erode(sheet, np.ones((rim, rim), np.uint8), borderType=cv2.BORDER_REPLICATE)
    weight = sheet.astype(np.float32)
    share = cv2.GaussianBlur(weight, (0, 0), AROUND * side)
    carried = cv2.GaussianBlur(paper * weight[..., None], (0, 0), AROUND * side) / np.maximum(share, 1e-6)[..., None]
    carried[share < 1e-6] = paper[sheet > 0].mean(axis=0)
    size = rgb.shape[1], rgb.shape[0]  # cv2: width first
    inside = cv2.resize(weight, size, interpolation=cv2.INTER_LINEAR)[..., None]
    color = cv2.resize(carried, size, interpolation=cv2.INTER_LINEAR)
    return np.rint(rgb * inside + color * (1 - inside)).astype(np.uint8)


def _find_sheet(small: np.ndarray, paper: np.ndarray) -> np.ndarray | None:
    """Mask of the sheet, (h, w) uint8; None if there is none, or nothing around it."""
    bright = np.percentile(paper, 90, axis=(0, 1)) + FLARE
    light = ((paper + np.float32(FLARE)) / bright).min(axis=2) >= DARKEST
    count, labels, stats, _ = cv2.connectedComponentsWithStats(light.astype(np.uint8))
    if count < 2:
        return None
    label = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    area = int(stats[label, cv2.CC_STAT_AREA])
    if not SMALLEST * light.size <= area <= LARGEST * light.size:
        return None
    sheet = (labels == label).astype(np.uint8)
    (outline,) = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    hull = np.zeros_like(sheet)
    cv2.fillConvexPoly(hull, cv2.convexHull(outline), 1)
    is_bright = ((small + np.float32(FLARE)) / bright).min(axis=2) >= DARKEST
    if area < SOLID * hull.sum() or is_bright[sheet > 0].mean() < BRIGHT:
        return None
    return sheet
