"""A photo in; the same with the table around the sheet of paper painted over out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ink.pictures import reduce_picture
from ink.polarity import measure_skew

__all__ = [
    "FLARE",
    "SURROUNDINGS_SIDE",
    "Surroundings",
    "cover_table",
    "cover_wall",
    "find_surroundings",
    "is_table",
    "may_be_board",
    "measure_brightness",
    "pen_width",
    "relate_to_light",
    "take_pens",
]

SURROUNDINGS_SIDE = 200  # pixels, enough to see paper and light
WIDEST_PEN = 0.25  # share of the photo's longer side
BRIGHT = 0.9  # of a photo's paper is darker than paper in full light, or as dark
FLARE = 16  # gray levels, added before dividing, so that noise in a dark channel of colored paper is no pen
DARKEST = 0.35  # of the bright paper, in the weakest color: shadows are lighter than that, most tables darker …
DARKEST_GRAY = 0.5  # … and this in gray: a color that is missing on colored paper is no darkness
SMALLEST_PHOTO = 200  # pixels, the longer side; smaller pictures are of a digit, not of a table
SMALLEST, LARGEST = 0.3, 0.97  # share of the photo; a sheet covers so much of it
SMALLEST_POLYGON = 0.05  # of the photo; so little is covered by a note with edges all around
CORNERS = 6  # at most: a sheet has four, and one more for each that the photo cuts off
ROUND = 0.02  # of the outline, how far a side of a polygon leaves it
FULL = 0.95  # of the polygon's area that is sheet
STEP = 0.02  # of the longer side: so near to its edge, on both sides …
DARKER = 0.88  # … a table is that much darker than a sheet, at the least …
ALL_AROUND = 0.85  # … at so much of the edge; shadows have soft edges
COLORED = 50  # of 255, the saturation of a colored note, at least
WRITTEN, BARE = 0.85, 0.01  # of the light around: there is writing; and of what is around a note, so much at the most
DARK_INK = 0.45  # likewise, around a sheet on a table, whose grain is not so dark
IN_PHOTO = 0.6  # of its edge that is seen: half a photo in shadow has less; …
SIDE_IN_PHOTO = 0.15  # of a sheet's on a colored table: one short side is
BOARD_IN_PHOTO = 0.2  # … of a board's: what is written on it in the light tells it from a shadow
BOARD_SKEW = -0.5  # of 1, at most: what deviates in it is light, -0.9 and less on boards, and dark in a shadow
SMALLEST_BOARD = 0.1  # of the photo; where there is a board, so much is dark …
BOARD_DARKER = 0.75  # … and darker than so much of the rest, on the average and along its edge
SQUARE = 0.85  # of the least rectangle around it; thick light digits on a dark ground fill less
SOLID = 0.9  # of its convex hull, its writing filled in; digits have notches, but sheets have not
UNCLOSED = 0.7  # of the sheet's area, that of its outline before the closing
RIM = 0.02  # of the photo's longer side, taken off all around: the sheet's edge is as dark as a pen
AROUND = 0.15  # of it, the deviation of the Gaussian that carries the paper's color outwards


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is left of a photo where strokes are of no interest; each (h, w, 3) uint8, the longer side 200 pixels.

    Attributes
    ----------
    reduced : np.ndarray
        The photo.
    small : np.ndarray
        Less its noise.
    paper : np.ndarray
        Less what is darker than its surroundings, and no wider than a pen.
    """

    reduced: np.ndarray
    small: np.ndarray
    paper: np.ndarray

    @cached_property
    def saturation(self) -> np.ndarray:
        """How colored the paper is, (h, w) uint8."""
        return _saturation(self.paper)

    @cached_property
    def table(self) -> np.ndarray:
        """Where the paper is too dark for paper, also in shadow, (h, w) bool."""
        return is_table(self.paper, self.paper)


def find_surroundings(rgb: np.ndarray) -> Surroundings:
    """Reduce a photo, (H, W, 3) uint8, and take away what may be drawn on it."""
    reduced = reduce_picture(rgb, SURROUNDINGS_SIDE)
    small = cv2.medianBlur(reduced, 3)
    return Surroundings(reduced, small, take_pens(small, pen_width(small)))


def take_pens(picture: np.ndarray, width: int) -> np.ndarray:
    """Take away what is darker than its surroundings and no wider than `width` pixels: a closing of (h, w, …) uint8."""
    square = np.ones((width, width), np.uint8)  # 1 ms; a disc takes 14
    # The border goes on outwards, or a shadow that comes in from it would count as a wide pen.
    framed = cv2.copyMakeBorder(picture, width, width, width, width, cv2.BORDER_REPLICATE)
    return cv2.morphologyEx(framed, cv2.MORPH_CLOSE, square)[width:-width, width:-width]


def pen_width(small: np.ndarray) -> int:
    """What no pen is wider than on a photo, in pixels; odd."""
    return max(3, int(max(small.shape[:2]) * WIDEST_PEN) | 1)


def cover_table(rgb: np.ndarray, surroundings: Surroundings) -> tuple[np.ndarray, np.ndarray | None]:
    """Paint over what lies around a sheet of paper, in the paper's color.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    surroundings : Surroundings
        Of it.

    Returns
    -------
    (H, W, 3) uint8
        `rgb` itself where no sheet lies on something darker.
    (h, w) uint8 or None
        1 on the sheet, where that is not painted over; None where there is none.
    """
    if max(rgb.shape) < SMALLEST_PHOTO:
        return rgb, None
    # straight edges tell a sheet's outline where only some of the table is too dark for paper
    for find in (_find_polygon, _find_uncolored, _find_sheet, _find_note):
        sheet = find(surroundings)
        if sheet is not None:
            return _paint_over(rgb, surroundings.paper, sheet)
    return rgb, None


def may_be_board(small: np.ndarray) -> bool:
    """Whether much of a photo, (h, w, 3) uint8, is darker than the rest by far: a board, or a shadow, or a table."""
    gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    dark = gray <= cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]
    if not SMALLEST_BOARD <= dark.mean() <= LARGEST:
        return False
    return bool(gray[dark].mean() < BOARD_DARKER * gray[~dark].mean())


def cover_wall(rgb: np.ndarray, surroundings: Surroundings) -> tuple[np.ndarray, np.ndarray | None]:
    """Paint over what lies around a board, as `cover_table` does; both are inverted, so that the board is lighter."""
    if max(rgb.shape) < SMALLEST_PHOTO:
        return rgb, None
    board = _find_polygon(surroundings, is_board=True)
    if board is None:
        board = _find_note(surroundings)
    if board is None:
        return rgb, None
    inside = cv2.cvtColor(surroundings.small, cv2.COLOR_RGB2GRAY)[_take_off_rim(board) > 0].astype(np.float32)
    if not inside.size or measure_skew(inside - np.median(inside)) > BOARD_SKEW:
        return rgb, None  # it is a shadow, in which there is writing, darker than it
    return _paint_over(rgb, surroundings.paper, board)


def _paint_over(rgb: np.ndarray, paper: np.ndarray, sheet: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Paint over all but a sheet, (h, w) uint8 of `paper`'s size, and its rim; `rgb` itself where it is a strip."""
    side = max(paper.shape[:2])
    sheet = _take_off_rim(sheet)
    if not sheet.any():
        return rgb, None
    weight = sheet.astype(np.float32)
    share = cv2.GaussianBlur(weight, (0, 0), AROUND * side)
    carried = cv2.GaussianBlur(paper * weight[..., None], (0, 0), AROUND * side) / np.maximum(share, 1e-6)[..., None]
    carried[share < 1e-6] = paper[sheet > 0].mean(axis=0)
    size = rgb.shape[1], rgb.shape[0]  # cv2: width first
    inside = cv2.resize(weight, size, interpolation=cv2.INTER_LINEAR)[..., None]
    color = cv2.resize(carried, size, interpolation=cv2.INTER_LINEAR)
    return np.rint(rgb * inside + color * (1 - inside)).astype(np.uint8), sheet


def _take_off_rim(sheet: np.ndarray) -> np.ndarray:
    rim = 2 * max(1, round(RIM * max(sheet.shape))) + 1
    return cv2.erode(sheet, np.ones((rim, rim), np.uint8), borderType=cv2.BORDER_REPLICATE)


def measure_brightness(paper: np.ndarray) -> np.ndarray:
    """The color of paper in full light: nine of ten of its pixels are darker, or as dark, (3,) uint8."""
    some = paper[::3, ::3]  # paper is smooth
    counts = [np.bincount(some[..., color].ravel(), minlength=256) for color in range(3)]
    return np.array([np.searchsorted(np.cumsum(count), BRIGHT * count.sum()) for count in counts], np.uint8)


def relate_to_light(picture: np.ndarray, paper: np.ndarray) -> list[np.ndarray]:
    """Each color of a picture, (h, w, 3) uint8, to that of a paper in full light: three of (h, w) float32."""
    bright = measure_brightness(paper).astype(np.float32) + FLARE
    # one color after the other takes a fifth of the time
    return [
        (color + np.float32(FLARE)) / np.float32(light) for color, light in zip(cv2.split(picture), bright, strict=True)
    ]


def is_table(picture: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Where a picture is too dark for paper in shadow: (h, w) bool.

    Parameters
    ----------
    picture : (h, w, 3) uint8
    paper : (h, w, 3) uint8
        As `find_surroundings` makes it: the brightest of it counts as paper in full light.
    """
    red, green, blue = relate_to_light(picture, paper)
    return (np.minimum(np.minimum(red, green), blue) < DARKEST) & ((red + green + blue) / 3 < DARKEST_GRAY)


def _find_sheet(surroundings: Surroundings) -> np.ndarray | None:
    """Mask of the sheet, (h, w) uint8; None if there is none, or nothing around it."""
    sheet = _keep_largest(~surroundings.table)
    area = int(sheet.sum())
    if not SMALLEST * sheet.size <= area <= LARGEST * sheet.size:
        return None
    (outline,) = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    if area < SQUARE * np.prod(cv2.minAreaRect(outline)[1]):
        return None
    # as it is, before the closing: there a digit has the notches that the closing has filled
    unclosed = _keep_largest(~is_table(surroundings.small, surroundings.paper))
    outlines = cv2.findContours(unclosed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    raw = max(outlines, key=cv2.contourArea)
    is_whole = cv2.contourArea(raw) >= UNCLOSED * area  # rows of light digits are a sheet after the closing alone
    return sheet if is_whole and cv2.contourArea(raw) >= SOLID * cv2.contourArea(cv2.convexHull(raw)) else None


def _find_polygon(surroundings: Surroundings, is_board: bool = False) -> np.ndarray | None:
    """Mask of a sheet with straight edges on a table that is not so dark, (h, w) uint8; None if there is none.

    Its edge is told by a sharp step along most of it, where shadows are soft.
    """
    paper, small = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (surroundings.paper, surroundings.small))
    return _find_bright_polygon(paper, small, BOARD_IN_PHOTO if is_board else IN_PHOTO, is_board)


def _find_uncolored(surroundings: Surroundings) -> np.ndarray | None:
    """As `_find_polygon`, but on a colored table, as of wood, also where a shadow lies on both: it has their colors.

    As nothing but an edge is so sharp, and of two colors, the photo may cut the sheet off on all sides but one.
    """
    small, paper = surroundings.small, surroundings.paper
    saturation = surroundings.saturation
    if saturation.max() < COLORED:
        return None
    sheet = _find_bright_polygon(255 - saturation, 255 - _saturation(small), SIDE_IN_PHOTO)
    if sheet is None:
        return None
    inside = sheet > 0
    if np.median(saturation[~inside]) - np.median(saturation[inside]) < COLORED:
        return None
    return sheet if _is_bare(small, paper, sheet, DARK_INK) else None


def _find_note(surroundings: Surroundings) -> np.ndarray | None:
    """As `_find_polygon`, but of a colored note on what is not colored."""
    small, paper = surroundings.small, surroundings.paper
    if surroundings.saturation.max() < COLORED:
        return None
    note = _find_bright_polygon(surroundings.saturation, _saturation(small), IN_PHOTO)
    return note if note is not None and _is_bare(small, paper, note, WRITTEN) else None


def _saturation(rgb: np.ndarray) -> np.ndarray:
    """How colored each pixel is, (h, w) uint8."""
    return cv2.cvtColor(np.maximum(rgb, np.uint8(2 * FLARE)), cv2.COLOR_RGB2HSV)[..., 1]


def _is_bare(small: np.ndarray, paper: np.ndarray, sheet: np.ndarray, written: float) -> bool:
    """Whether nothing is written around a sheet, darker than so much of the light: a band of color on one is none."""
    room = 2 * max(1, round(2 * RIM * max(sheet.shape))) + 1
    outside = cv2.dilate(sheet, np.ones((room, room), np.uint8)) == 0
    darker = (small + float(FLARE)).min(axis=2) < written * (paper + float(FLARE)).min(axis=2)
    return bool(outside.any()) and float(darker[outside].mean()) < BARE


def _find_bright_polygon(
    paper: np.ndarray, small: np.ndarray, in_photo: float, is_board: bool = False
) -> np.ndarray | None:
    """As `_find_polygon`, but in one color, (h, w) uint8 each, that is brighter on the sheet than around."""
    threshold = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]
    sheet = _keep_largest(paper > threshold)
    if not SMALLEST_POLYGON * sheet.size <= sheet.sum() <= LARGEST * sheet.size:
        return None
    outline = max(cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    polygon = cv2.approxPolyDP(hull, ROUND * cv2.arcLength(hull, True), True)
    if not 4 <= len(polygon) <= CORNERS:
        return None
    area = cv2.contourArea(polygon)
    if not FULL * area <= cv2.contourArea(outline) <= area / FULL:
        return None
    corners = polygon.reshape(-1, 2).astype(np.float64)
    return sheet if _has_sharp_edge(corners, small, in_photo, is_board) else None


def _has_sharp_edge(polygon: np.ndarray, gray: np.ndarray, in_photo: float, is_board: bool) -> bool:
    """Whether it is darker right outside of a polygon, (N, 2) of x and y, along most of its sides in the photo.

    At least so much of its edge must be `in_photo`.
    Where `gray` is inverted, that of a board, it must be lighter by far in the photo as it was: soft shadows are not.
    """
    height, width = gray.shape
    step = max(2.0, STEP * max(gray.shape))
    middle = polygon.mean(axis=0)
    seen, around, darker = 0, 0, 0
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        length = float(np.hypot(*(end - start)))
        along = (end - start) / max(length, 1e-6)
        outward = np.array([along[1], -along[0]])
        outward *= np.sign(outward @ ((start + end) / 2 - middle))
        places = start + np.linspace(0.05, 0.95, max(2, round(length / 2)))[:, None] * (end - start)
        around += len(places)
        inner, outer = (np.rint(places + way * step * outward).astype(int) for way in (-1, 1))
        inside = ((outer >= 0) & (outer < [width, height]) & (inner >= 0) & (inner < [width, height])).all(axis=1)
        seen += int(inside.sum())
        inner, outer = inner[inside], outer[inside]
        within, without = (gray[at[:, 1], at[:, 0]].astype(np.float64) for at in (inner, outer))
        is_darker = 255 - within < BOARD_DARKER * (255 - without) if is_board else without < DARKER * within
        darker += int(is_darker.sum())
    return seen >= in_photo * around and darker >= ALL_AROUND * seen


def _keep_largest(mask: np.ndarray) -> np.ndarray:
    """The largest part of a mask, (h, w) uint8."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return np.zeros(mask.shape, np.uint8)
    return (labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
