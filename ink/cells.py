"""Ink in; out without the boxes of a form, one for each digit, alone or in a row: their walls would pass for 1s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np

from ink.glyphs import Ink, stroke_width

__all__ = ["erase_cells", "find_bold", "has_squares"]

SMALLEST_PHOTO = 100  # pixels, the longer side; smaller pictures are of signs, not of a form
PEN = 0.25  # ink from here on may be a wall, which is thinner and paler than a stroke
SMALLEST = 0.02  # of the photo's longer side, the shorter one of a cell
EDGE = 0.04  # of the photo's longer side, as near to two opposite edges come the lines of ruled or squared paper
SQUARE = 0.9  # of the smallest rectangle around it, a cell fills; an ellipse, as the inside of a 0, has 0.79
THICKEST = 0.12  # of a cell's shorter side, its walls
OPEN = 0.5  # of a cell's outline: where less of it lies on ink, its wall ends
BENT = 0.5  # of a wall's width, and a pixel, how far it leaves the straight line
LARGER = 1.2  # times the others, at most, what is joined of two halves
THICKER = 1.5  # times the widest wall: a stroke on one
CLOSED = 0.9  # of each pair of walls, so much is on ink where another box is as large as one that was found
ALIKE, MODELS = 4, 3  # pixels, by which the sizes of boxes differ that are searched for, and how many sizes
SIGN = 0.3  # of a cell's height, what it holds
MANY = 40  # squares of squared paper, at least
NOISE = 0.15  # of the middle of a square, the ink in an empty one
BOLD = 2  # times the width of such lines; where two cross, there is no more
BOLDER = 1.25  # times that, the pen, or its thinner strokes would go, too
HOLDING = 0.2  # of the cells that hang together, more than that hold signs; on squared paper fewer do


@dataclass(frozen=True, eq=False)
class _Cell:
    """Paper that straight walls enclose.

    Attributes
    ----------
    corners : (N, 1, 2) int32
        Of its convex hull, x and y.
    wall : int
        Pixels, the width of its walls.
    holds : bool
        Whether there is a sign in it.
    """

    corners: np.ndarray
    wall: int
    holds: bool


def erase_cells(ink: Ink) -> Ink:
    """Take boxes that hold signs, and those beside them, off an ink; strokes that cross a wall stay whole.

    Parameters
    ----------
    ink : (H, W) float32

    Returns
    -------
    (H, W) float32
        The ink itself where there is no such box.
    """
    side = max(ink.shape, default=0)
    if side < SMALLEST_PHOTO:
        return ink
    pen = (ink > PEN).astype(np.uint8)
    holes = _find_holes(pen, SMALLEST * side)
    rectangles = [hole for hole in holes if _is_rectangle(hole)]
    if sum(_is_filled(pen, hole) for hole in rectangles) <= HOLDING * len(rectangles):
        return ink
    holes = _leave_out_squares(pen, holes)
    rectangles = [hole for hole in holes if _is_rectangle(hole)]
    cells = _with_neighbors([cell for hole in rectangles if (cell := _measure_cell(pen, hole))], pen.shape)
    if not cells:
        return ink
    cells = _with_neighbors(cells + _join_halves(pen, holes, cells), pen.shape)
    return _erase_walls(ink, pen, _with_others(pen, cells))


def _find_holes(pen: np.ndarray, smallest: float) -> list[np.ndarray]:
    """The hulls of what the pen encloses."""
    contours, hierarchy = cv2.findContours(pen, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    inner = [] if hierarchy is None else np.flatnonzero(hierarchy[0, :, 3] >= 0).tolist()
    outlines = [contours[i] for i in inner]
    return [cv2.convexHull(outline) for outline in outlines if min(cv2.boundingRect(outline)[2:]) >= smallest]


def _leave_out_squares(pen: np.ndarray, holes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Those that are not enclosed by lines that run through the whole photo, as ruled ones do, and a form does not."""
    _, labels, (_, *stats), _ = cv2.connectedComponentsWithStats(pen)
    height, width = pen.shape
    room = EDGE * max(pen.shape)
    through = {
        label
        for label, (left, top, across, down, _) in enumerate(stats, 1)
        if (left <= room and left + across >= width - room) or (top <= room and top + down >= height - room)
    }
    return [hole for hole in holes if int(labels[hole[0, 0, 1], hole[0, 0, 0]]) not in through]


def _is_rectangle(hull: np.ndarray) -> bool:
    width, height = cv2.minAreaRect(hull)[1]
    return cv2.contourArea(hull) > SQUARE * width * height


def _is_filled(pen: np.ndarray, hull: np.ndarray, noise: float = 0.0) -> bool:
    """Whether there is ink in the middle, and of more than a share of it."""
    left, top, width, height = cv2.boundingRect(hull)
    middle = pen[top + height // 4 : top + height - height // 4, left + width // 4 : left + width - width // 4]
    return bool(middle.any() and middle.mean() > noise)


def _join_halves(pen: np.ndarray, holes: Sequence[np.ndarray], cells: Sequence[_Cell]) -> list[_Cell]:
    """Cells of the size of others that a stroke, from wall to wall, cuts in two."""
    sizes = np.array([cv2.boundingRect(cell.corners)[2:] for cell in cells if cell.holds])
    whole = {id(cell.corners) for cell in cells if cell.holds}
    halves = [hole for hole in holes if id(hole) not in whole]
    joined = []
    for first, second in combinations(halves, 2):
        hull = cv2.convexHull(np.concatenate([first, second]))
        size = np.array(cv2.boundingRect(hull)[2:])
        if (size > LARGER * sizes.max(axis=0)).any() or not (np.abs(size[1] / sizes[:, 1] - 1) < LARGER - 1).any():
            continue
        cell = _measure_cell(pen, hull) if _is_rectangle(hull) else None
        if cell is not None and cell.holds:
            joined.append(cell)
    return joined


def _measure_cell(pen: np.ndarray, hull: np.ndarray) -> _Cell | None:
    """A rectangle as a cell; None where what encloses it is too thick for a wall, or open."""
    left, top, width, height = cv2.boundingRect(hull)
    thickest = round(THICKEST * min(width, height)) + 1
    room = thickest + 2
    near = np.pad(pen, room)[top : top + height + 2 * room, left : left + width + 2 * room]
    filled = cv2.fillConvexPoly(np.zeros_like(near), hull - (left, top) + room, 1)
    outside = cv2.distanceTransform(1 - filled, cv2.DIST_L2, 5)
    wall = next(
        (width for width in range(thickest + 1) if near[(outside > width) & (outside <= width + 1)].mean() < OPEN), 0
    )
    if not wall:
        return None
    depth = cv2.distanceTransform(np.pad(filled, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    _, _, stats, _ = cv2.connectedComponentsWithStats(near * (depth > 1 + BENT * wall + 1).astype(np.uint8))
    holds = bool((stats[1:, cv2.CC_STAT_HEIGHT] > SIGN * height).any())
    return _Cell(hull, wall, holds)


def _with_neighbors(cells: Sequence[_Cell], shape: tuple[int, ...]) -> list[_Cell]:
    """Those that hold a sign, and those beside them."""
    filled = np.zeros(shape, np.uint8)
    for cell in cells:
        cv2.fillConvexPoly(filled, cell.corners, 1)
        cv2.polylines(filled, [cell.corners], True, 1, 2 * cell.wall + 3)
    _, labels = cv2.connectedComponents(filled)
    groups = [int(labels[cell.corners[0, 0, 1], cell.corners[0, 0, 0]]) for cell in cells]
    count = np.bincount(groups)
    holding = np.bincount(groups, [cell.holds for cell in cells])
    return [cell for cell, group in zip(cells, groups, strict=True) if holding[group] > HOLDING * count[group]]


def _with_others(pen: np.ndarray, cells: Sequence[_Cell]) -> list[_Cell]:
    """Cells and other boxes like those that hold signs: empty ones apart, and such as are touched by what they hold.

    They are where all four walls are, though strokes run into them; what was taken for a cell in one of them is none.
    """
    near = cv2.dilate(pen, np.ones((3, 3), np.uint8)).astype(np.float32)  # walls are not as straight as drawn here
    found = list(cells)
    for model in _choose_models(cells):
        left, top, width, height = cv2.boundingRect(model.corners)
        room = model.wall + 1
        closed = _cover_walls(near, model)
        while closed.size:
            _, share, _, (x, y) = cv2.minMaxLoc(closed)
            if share < CLOSED:
                break
            closed[max(y - height // 2, 0) : y + height // 2 + 1, max(x - width // 2, 0) : x + width // 2 + 1] = 0
            box = replace(model, corners=model.corners + np.array([x - left, y - top], np.int32) + room)
            within = [cell for cell in found if _is_center_in(cell, box)]
            if all(_is_corner(cell, box) for cell in within):
                found = [cell for cell in found if not any(cell is other for other in within)] + [box]
    return found


def _is_center_in(cell: _Cell, box: _Cell) -> bool:
    left, top, width, height = cv2.boundingRect(cell.corners)
    return cv2.pointPolygonTest(box.corners, (left + width / 2, top + height / 2), False) > 0


def _is_corner(cell: _Cell, box: _Cell) -> bool:
    """Whether a cell is smaller than a box and lies in a corner of it, as what a stroke from wall to wall cuts off."""
    left, top, width, height = cv2.boundingRect(cell.corners)
    box_left, box_top, box_width, box_height = cv2.boundingRect(box.corners)
    beside = np.array([left - box_left, box_left + box_width - left - width])
    above = np.array([top - box_top, box_top + box_height - top - height])
    is_smaller = width * LARGER < box_width or height * LARGER < box_height
    return is_smaller and bool(np.abs(beside).min() <= box.wall + 1 and np.abs(above).min() <= box.wall + 1)


def _choose_models(cells: Sequence[_Cell]) -> list[_Cell]:
    """A cell of each size there is, of those that hold signs: the most frequent ones."""
    sizes: dict[tuple[int, int], list[_Cell]] = {}
    for cell in cells:
        if cell.holds:
            _, _, width, height = cv2.boundingRect(cell.corners)
            sizes.setdefault((width // ALIKE, height // ALIKE), []).append(cell)
    alike = sorted(sizes.values(), key=len, reverse=True)[:MODELS]
    return [group[len(group) // 2] for group in alike]


def _cover_walls(near: np.ndarray, cell: _Cell) -> np.ndarray:
    """How much of the level walls of such a cell, or of its upright ones, if that is less, lies on ink, at each place.

    Parameters
    ----------
    near : (H, W) float32, 1 on ink

    Returns
    -------
    (H - h + 1, W - w + 1) float32
        By the first row and column of the cell with its walls and a pixel around, (h, w). Empty where that is larger.
    """
    left, top, width, height = cv2.boundingRect(cell.corners)
    room = cell.wall + 1
    inside = np.zeros((height + 2 * room, width + 2 * room), np.uint8)
    if near.shape[0] < inside.shape[0] or near.shape[1] < inside.shape[1]:
        return np.zeros((0, 0), np.float32)
    cv2.fillConvexPoly(inside, cell.corners - (left, top) + room, 1)
    reach = 2 * ((cell.wall + 1) // 2) + 1
    grown = cv2.dilate(inside, np.ones((reach, reach), np.uint8))
    outline = (grown - cv2.erode(grown, np.ones((3, 3), np.uint8))).astype(np.float32)
    level, upright = outline.copy(), outline.copy()
    level[:, : 2 * room], level[:, -2 * room :] = 0, 0
    upright[: 2 * room], upright[-2 * room :] = 0, 0
    shares = [cv2.matchTemplate(near, walls, cv2.TM_CCORR) / max(walls.sum(), 1) for walls in (level, upright)]
    return np.minimum(*shares)


def has_squares(ink: Ink, noise: float = NOISE) -> bool:
    """Whether there are the squares of squared paper, most of them empty, but for so much of their middle."""
    side = max(ink.shape, default=0)
    if side < SMALLEST_PHOTO:
        return False
    pen = (ink > PEN).astype(np.uint8)
    rectangles = [hole for hole in _find_holes(pen, SMALLEST * side) if _is_rectangle(hole)]
    filled = sum(_is_filled(pen, hole, noise) for hole in rectangles)
    return len(rectangles) >= MANY and filled <= HOLDING * len(rectangles)


def find_bold(ink: Ink) -> Ink | None:
    """What is bolder than the lines of squared paper: the writing, without lines that are too crooked to be followed.

    Parameters
    ----------
    ink : (H, W) float32

    Returns
    -------
    (H, W) float32 or None
        None where there are no squares, or the pen is about as thin as their lines.
    """
    if not has_squares(ink, 0.0):
        return None
    least = round(BOLD * stroke_width(ink))
    room = np.pad((ink >= 0.5).astype(np.uint8), least)  # or a line at the edge would pass for a wide one
    thick = cv2.morphologyEx(room, cv2.MORPH_OPEN, _disc(least))[least:-least, least:-least]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(thick)
    is_long = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > SMALLEST * max(ink.shape)
    is_long[0] = False
    strokes = np.where(cv2.dilate(is_long[labels].astype(np.uint8), _disc(3)) > 0, ink, 0).astype(np.float32)
    return strokes if strokes.any() and stroke_width(strokes) > BOLDER * least else None


def _erase_walls(ink: Ink, pen: np.ndarray, cells: Sequence[_Cell]) -> Ink:
    """The ink without the walls of cells, but for where a stroke goes through them."""
    walls, inside = np.zeros_like(pen), np.zeros_like(pen)
    for cell in cells:
        bent = 1 + round(BENT * cell.wall)
        cv2.polylines(walls, [cell.corners], True, 1, 2 * (cell.wall + bent) + 1)
        one = np.zeros_like(pen)
        cv2.fillConvexPoly(one, cell.corners, 1)
        cv2.polylines(one, [cell.corners], True, 0, 2 * bent + 1)
        inside |= one
    walls &= ~inside
    thickest = max(cell.wall for cell in cells)
    strokes = pen & ~walls
    through = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, _disc(4 * thickest + 5))
    thick = cv2.morphologyEx(pen, cv2.MORPH_OPEN, _disc(round(THICKER * thickest) + 3))
    return np.where((walls > 0) & (through == 0) & (thick == 0), 0, ink).astype(np.float32)


def _disc(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
