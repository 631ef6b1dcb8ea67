"""The ink of a whole photo in; the writing alone out: without ruled lines, dust, and what comes in from the edge."""

from __future__ import annotations

import cv2
import numpy as np

from ink.cells import erase_cells, find_bold, has_squares
from ink.frames import drop_frames
from ink.glyphs import Ink, stroke_width, widest_stroke
from ink.holes import drop_binding, drop_holes
from ink.parts import Part, find_parts, typical_height
from ink.rests import drop_rests
from ink.underlines import drop_underlines

__all__ = ["FAINTEST", "SMALLEST_RULED", "find_pale_rules", "keep_writing", "remove_rules"]

MIN_PART = 0.15  # share of the largest part's longer side; smaller parts are dust
EDGE_SHARE = 0.1  # ink inside needs this share of the strongest ink, or what touches the edge is the writing
SMALLEST_PHOTO = 64  # pixels, the longer side; smaller pictures are of signs, not of a sheet
FRAME = 0.3  # of a side of the photo: what touches so much of it is a table's or a sheet's edge
LARGEST_ON_EDGE = 1.6  # of the largest part inside; what touches the edge and is larger is no digit
SMALLEST_ON_EDGE = 0.4  # of it, likewise
BESIDE = 0.5  # of the lower one's height: what stands beside something shares so many rows with it
FILLED = 0.3  # of its box, what comes in from one edge alone
SLACK = 0.03  # of its longer side around it: what is nearer is its texture
HAIRLINE = 0.4  # of the typical stroke width
THIN = 0.45  # likewise …
SQUARED = 0.55  # … of what has so much of its outline, of 1, along two ways: a cross has 0.6 and more, a 3 has 0.1
CROSSES = 3  # of them at least
STRAIGHT = 0.4  # likewise, of the rest of a line that slopes …
REST = 0.5  # … unless it is lower than so much of the signs
WHOLE_SIDE = 0.9  # of a side: what touches so much of it lies along it
SMALLEST_PART = 0.01  # of the photo's longer side; what is smaller is dust whatever is around

FAINTEST = 0.5  # of the threshold; what is fainter is no pen, whatever is around
SMALLEST_RULED = 100  # pixels, the longer side; on smaller pictures strokes look like lines …
SMALLEST_LINE = 200  # … and on such as are smaller than that, where no other runs beside it, one does; where the side
# that they are along is, as that of a strip of paper, the stems of a row do, but do not reach both edges
RULE_INK = 0.25  # ink from here on may be a line
RULE_PIECE = 0.03  # of the length of the side: strokes shorter than that are no pieces of a line
RULE_ROOM = 3  # pixels: a sloping line, however thin, is in a piece of one so high
RULE_LENGTH = 0.5  # of the side, from one edge on
RULE_MARGIN = 0.04  # of the side; a ruled line comes that near to an edge
RULE_COVERAGE = 0.7  # of its length that shows
RULE_WIDTH = 0.015  # of the longer side, at most
RULE_THICKER = 1.4  # times its usual width; where there is more ink, a stroke crosses
RULE_DARKER = 1.3  # times its usual darkness; where it is darker, a stroke lies on it
RULE_DARKEST = 1.5  # times as dark as the usual one is a line at most
RULE_STRAIGHT = 0.5  # of its length, where the line alone is seen, and straight …
RULE_THROUGH = 0.35  # … if so at both edges, and beside such a line: a row of large digits may cover the rest …
RULE_BEND = 0.6  # … or within so many times its usual width
MARKED = 0.3  # of a line's columns: it was found before
RULED = 1.2  # times the writing's ink, where lines of squared paper are left
RULE_STEEPEST = 0.2  # rows a column
RULE_PARALLEL = 0.03  # likewise, how far the slopes of two lines beside each other differ


def remove_rules(ink: Ink, darkness: np.ndarray | None = None, sheet: np.ndarray | None = None) -> Ink:
    """Take ruled lines, level or upright, off an ink; strokes that cross them, or lie on them, stay whole.

    Parameters
    ----------
    ink : (H, W) float32
    darkness : (H, W) float32, optional
        Of the photo that the ink is from: strokes that lie on a line are told by being darker.
    sheet : (h, w) uint8, optional
        1 where the sheet is, at whose edges its lines end; all of the photo by default.

    Returns
    -------
    (H, W) float32

    References
    ----------
    Matas, Galambos and Kittler 2000, Robust Detection of Lines Using the Progressive Probabilistic Hough Transform.
    """
    if max(ink.shape) < SMALLEST_RULED:
        return ink
    darkness = ink if darkness is None else darkness
    ink = erase_cells(ink)
    is_squared = has_squares(ink)
    rules = _find_rules(ink, darkness, sheet, *_find_both_pieces(ink > RULE_INK, sheet))
    cleaned = np.where(rules, 0, ink).astype(np.float32) if rules.any() else ink
    bold = find_bold(ink) if is_squared else None
    if bold is not None:
        return cleaned if cleaned.sum() < RULED * bold.sum() else bold
    if is_squared or np.count_nonzero(rules) > np.count_nonzero(cleaned >= 0.5):
        lines = rules & (ink >= 0.5)
        cleaned = drop_rests(cleaned, lines if lines.any() else ink >= 0.5, darkness)
    return cleaned


def find_pale_rules(darkness: np.ndarray, threshold: float, sheet: np.ndarray | None = None) -> np.ndarray | None:
    """Find ruled lines that an ink may show here and there alone, as it has a lower threshold beside faint strokes.

    Parameters
    ----------
    darkness : (H, W) float32
        Of the photo.
    threshold : float
        Of the darkness; the ink's may be FAINTEST of it.
    sheet : (h, w) uint8, optional
        1 where the sheet is; all of the photo by default.

    Returns
    -------
    (H, W) bool or None
        The pixels of such lines, but for those where strokes cross them; None where there are none.
    """
    if max(darkness.shape) < SMALLEST_RULED:
        return None
    lowest = FAINTEST * threshold
    strokes = cv2.dilate((darkness > threshold).view(np.uint8), np.ones((5, 5), np.uint8))
    pale = (darkness > (0.5 + RULE_INK) * lowest) & (strokes == 0)
    if np.count_nonzero(pale) < RULE_LENGTH * RULE_COVERAGE * min(pale.shape):  # as on plain paper
        return None
    if all(pieces is None for pieces in _find_both_pieces(pale, sheet)):
        return None
    traces = np.clip(darkness / lowest - 0.5, 0, 1).astype(np.float32)
    rules = _find_rules(traces, darkness, sheet, *_find_both_pieces(traces > RULE_INK, sheet))
    return rules if rules.any() else None


def _find_both_pieces(pen: np.ndarray, sheet: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray | None]:
    mask = pen.view(np.uint8)
    across, down = (1.0, 1.0) if sheet is None else (float(sheet.any(axis=axis).mean()) for axis in (0, 1))
    return _find_pieces(mask, across), _find_pieces(np.ascontiguousarray(mask.T), down)


def _find_pieces(pen: np.ndarray, share: float) -> np.ndarray | None:
    """Where level strokes of a pen, (H, W) uint8, may be pieces of a line; None where they are too few for one.

    The sheet that they are on covers that share of the columns.
    """
    width = pen.shape[1]
    piece = max(5, round(RULE_PIECE * width))
    thicker = cv2.dilate(pen, np.ones((RULE_ROOM, 1), np.uint8))
    pieces = cv2.morphologyEx(thicker, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8)) & pen
    return pieces if np.count_nonzero(pieces.any(axis=0)) >= RULE_LENGTH * RULE_COVERAGE * share * width else None


def _find_rules(
    ink: Ink, darkness: np.ndarray, sheet: np.ndarray | None, level: np.ndarray | None, upright: np.ndarray | None
) -> np.ndarray:
    """Mask of the pixels of lines, of these pieces or some of them, but for those where strokes cross them."""
    found = np.zeros(ink.shape, bool)
    if level is not None:
        found |= _find_level_rules(ink, darkness, sheet, level)
    if upright is not None:
        turned = None if sheet is None else sheet.T
        found |= _find_level_rules(np.ascontiguousarray(ink.T), darkness.T, turned, upright).T
    return found


def _find_level_rules(ink: Ink, darkness: np.ndarray, sheet: np.ndarray | None, pieces: np.ndarray) -> np.ndarray:
    """Mask of the pixels of level lines, but for those where a stroke crosses them or lies on them."""
    height, width = ink.shape
    found = np.zeros(ink.shape, np.int32)  # the number of the line, from 1 on
    thickest = max(3, round(RULE_WIDTH * max(ink.shape)))
    inner = cv2.erode(pieces, np.ones((3, 1), np.uint8))  # of thick strokes that are most pixels, and of lines none
    runs = cv2.subtract(pieces, inner)
    lines = cv2.HoughLinesP(
        runs, 1, np.pi / 720, threshold=max(20, width // 8), minLineLength=0.3 * width, maxLineGap=0.1 * width
    )
    columns = np.arange(width)
    places, slopes, levels = list[int](), list[float](), list[float]()
    for x0, y0, x1, y1 in [] if lines is None else lines.reshape(-1, 4).tolist():
        slope = (y1 - y0) / (x1 - x0) if x1 != x0 else np.inf
        if abs(slope) > RULE_STEEPEST:
            continue
        path = np.rint(y0 + slope * (columns - x0)).astype(int)
        if (found[path.clip(0, height - 1), columns] > 0).mean() > MARKED:
            continue  # most lines are found several times
        if width < SMALLEST_LINE and not _reaches_edges(pieces, path, thickest):
            continue
        is_beside = any(abs(slope - other) < RULE_PARALLEL for other in slopes)
        marked, level = _find_rule(ink, darkness, path, _find_ends(ink.shape, sheet, path), thickest, is_beside)
        if marked is not None:
            slopes.append(slope)
            places.append(int(path[width // 2]))
            levels.append(level)
            found[marked] = len(levels)
    if not places or (max(ink.shape) < SMALLEST_LINE and max(places) - min(places) <= 2 * thickest):
        return np.zeros(ink.shape, bool)
    # the lines of a sheet are as dark as each other, and the feet of a row of digits, right above one, are darker
    darkest = RULE_DARKEST * sorted(levels)[(len(levels) - 1) // 2]
    return np.array([False, *(level <= darkest for level in levels)])[found]


def _find_ends(shape: tuple[int, ...], sheet: np.ndarray | None, path: np.ndarray) -> tuple[int, int]:
    """The first and the last column in which a line, its row in each column, is on the sheet."""
    height, width = shape
    if sheet is None:
        return 0, width - 1
    rows, columns = path.clip(0, height - 1) * sheet.shape[0] // height, np.arange(width) * sheet.shape[1] // width
    on_sheet = np.flatnonzero(sheet[rows, columns])
    return (int(on_sheet[0]), int(on_sheet[-1])) if len(on_sheet) else (0, width - 1)


def _reaches_edges(pieces: np.ndarray, path: np.ndarray, thickest: int) -> bool:
    """Whether pieces of a line, and not noise or lines that cross it, come near to both edges."""
    height, width = pieces.shape
    margin = max(1, round(RULE_MARGIN * width))
    return all(
        pieces[max(path[ends].min() - thickest, 0) : max(path[ends].max() + thickest + 1, 0), ends].any()
        for ends in (np.s_[:margin], np.s_[width - margin :])
    )


def _find_rule(
    ink: Ink, darkness: np.ndarray, path: np.ndarray, sides: tuple[int, int], thickest: int, is_beside: bool
) -> tuple[tuple[np.ndarray, np.ndarray] | None, float]:
    """The rows and columns of a line near `path`, its row in each column, and its darkness; None if there is none.

    It goes from one of the `sides`, the columns where the sheet ends, on; and may be `is_beside` another, which is one.
    """
    height, width = ink.shape
    reach = 2 * thickest
    rows = path[None, :] + np.arange(-reach, reach + 1)[:, None]  # (2 reach + 1, W)
    inside = (rows >= 0) & (rows < height)
    columns = np.arange(width)
    band = (ink[np.clip(rows, 0, height - 1), columns] > 0.1) & inside
    near = band[reach - thickest : reach + thickest + 1].any(axis=0)
    shown = np.flatnonzero(near)
    if not len(shown):
        return None, 0.0
    first, last = int(shown[0]), int(shown[-1])
    left, right = sides
    margin = RULE_MARGIN * width
    if (
        last - first < RULE_LENGTH * (right - left + 1)
        or (first > left + margin and last < right + 1 - margin)
        or near[first : last + 1].mean() < RULE_COVERAGE
    ):
        return None, 0.0
    # the run of ink nearest to the path, the upper one of two: thin where it is the line alone
    above = np.where(band[reach::-1].any(axis=0), band[reach::-1].argmax(axis=0), 2 * reach)
    below = np.where(band[reach:].any(axis=0), band[reach:].argmax(axis=0), 2 * reach)
    nearest = np.where(above <= below, reach - above, reach + below)
    places = np.arange(2 * reach + 1)[:, None]
    before = np.maximum.accumulate(np.where(band, -1, places), axis=0)  # the last paper above each place, -1 if none
    after = np.minimum.accumulate(np.where(band, 2 * reach + 1, places)[::-1], axis=0)[::-1]
    low, high = before[nearest.clip(0), columns] + 1, after[nearest.clip(0), columns] - 1
    thin = near & (high - low < thickest)
    if not thin.any():
        return None, 0.0
    usual = float(np.median((high - low + 1)[thin]))
    is_thin = high - low < min(RULE_THICKER * usual, thickest) + 1
    middle = (low + high) / 2
    alone = near & is_thin
    ends = max(1, round(margin))
    is_through = alone[left : left + ends].any() and alone[right + 1 - ends : right + 1].any()
    least = (RULE_THROUGH if is_through and is_beside else RULE_STRAIGHT) * (last - first)
    if np.count_nonzero(alone) < least:
        return None, 0.0
    bend = np.polyval(np.polyfit(columns[alone], middle[alone], 2), columns)  # paper is seldom flat
    is_straight = np.abs(middle - bend) <= max(1.0, RULE_BEND * usual)
    if np.count_nonzero(alone & is_straight) < least:
        return None, 0.0  # the feet of digits, as a row of them has
    run = (places >= low) & (places <= high)
    rows = np.clip(rows, 0, height - 1)
    darkest = np.where(run, darkness[rows, columns], 0).max(axis=0)
    is_faint = darkest <= RULE_DARKER * np.median(darkest[alone])
    marked = near & is_thin & is_faint & run
    if not marked.any():
        return None, 0.0
    return (rows[marked], np.broadcast_to(columns, marked.shape)[marked]), float(np.median(darkest[alone]))


def keep_writing(ink: Ink) -> Ink:
    """Remove dust and what comes in from the photo's edge: table, shadow, binding.

    What touches the edge stays if it looks like more of the writing inside: as large, and beside it. Where there is
    nothing else, it stays unless it lies along the edge; what is left may be nothing.
    """
    parts = drop_underlines(find_parts(ink, SMALLEST_PART * max(ink.shape)))
    parts = drop_holes(drop_binding(drop_frames(parts, ink.shape), ink.shape), ink.shape)
    if not parts:
        return ink
    strength = np.array([part.ink.sum() for part in parts])
    size = np.array([max(part.ink.shape) for part in parts])
    top, left = (np.array([getattr(part, name) for part in parts]) for name in ("top", "left"))
    bottom, right = (np.array([getattr(part, name) for part in parts]) for name in ("bottom", "right"))
    on_edge = np.array([part.touches_edge(ink.shape) for part in parts])
    is_frame = np.array([_touches_much(part, ink.shape) for part in parts])
    inside = np.where(on_edge, 0, strength)
    unframed = np.where(is_frame, 0, strength)
    in_frame = np.array([any(_holds(frame, part) for frame in np.array(parts)[is_frame]) for part in parts])
    inside, unframed = np.where(in_frame, 0, inside), np.where(in_frame, 0, unframed)
    if inside.max() > EDGE_SHARE * unframed.max():
        main = inside > EDGE_SHARE * inside.max()
        beside = np.array(
            [
                (
                    np.minimum(bottom[i], bottom[main]) - np.maximum(top[i], top[main])
                    >= BESIDE * np.minimum(bottom[i] - top[i], (bottom - top)[main])
                ).any()
                for i in range(len(parts))
            ]
        )
        fits = (size >= SMALLEST_ON_EDGE * size[main].max()) & (size <= LARGEST_ON_EDGE * size[main].max())
        candidates = np.where(is_frame | in_frame | (on_edge & ~(fits & beside)), 0, strength)
    elif unframed.any():
        candidates = unframed
    else:  # a digit may fill the whole photo
        candidates = np.where([_is_border(part, ink.shape) for part in parts], 0, strength)
        if not candidates.any():
            return np.zeros_like(ink)
    keep = (size >= MIN_PART * size[candidates.argmax()]) & (candidates > 0)
    keep &= ~_hairlines(parts, keep)
    kept = np.zeros_like(ink)
    for part in (part for part, wanted in zip(parts, keep, strict=True) if wanted):
        place = kept[part.top : part.bottom, part.left : part.right]
        np.maximum(place, part.ink, out=place)
    return kept


def _hairlines(parts: list[Part], keep: np.ndarray) -> np.ndarray:
    """(N,) bool, those of the parts to keep that are rests of ruled lines.

    They are everywhere far thinner than most ink, and straight or small; or thin but where they cross, and straight.
    """
    kept = np.flatnonzero(keep)
    widths, widest = np.zeros(len(parts)), np.zeros(len(parts))
    widths[kept], widest[kept] = [stroke_width(parts[i].ink) for i in kept], [widest_stroke(parts[i].ink) for i in kept]
    masses = np.where(keep, [part.ink.sum() for part in parts], 0)
    order = np.argsort(widths)
    typical = widths[order][np.searchsorted(np.cumsum(masses[order]), masses.sum() / 2)]
    thinnest, thin = keep & (widest < HAIRLINE * typical), keep & (widths < THIN * typical)
    asked = zip(parts, thinnest | thin, strict=True)
    squareness = np.array([_squareness(part.ink) if is_asked else 0.0 for part, is_asked in asked])
    height = typical_height([parts[i] for i in kept])
    is_small = np.array([max(part.ink.shape) < REST * height for part in parts])
    crossing = thin & (squareness > SQUARED)
    if np.count_nonzero(crossing) < CROSSES:  # else it is a 4 or 7 of a thinner pen
        crossing[:] = False
    return thinnest & ((squareness > STRAIGHT) | is_small) | crossing


def _squareness(ink: Ink) -> float:
    """How much the outlines of a part are along two directions that are square to each other: 0 ... 1.

    References
    ----------
    Bigun and Granlund 1987, Optimal Orientation Detection of Linear Symmetry, here of four times the angle.
    """
    room = np.pad(ink, 1)
    slope = cv2.Sobel(room, cv2.CV_32F, 1, 0) + 1j * cv2.Sobel(room, cv2.CV_32F, 0, 1)
    weight = np.abs(slope) ** 2
    return float(np.abs((weight * np.exp(4j * np.angle(slope))).sum()) / max(weight.sum(), 1e-9))


def _holds(frame: Part, part: Part) -> bool:
    """Whether a part is texture of what comes in from the edge: within its box, most of which is filled."""
    if part is frame or (frame.ink > 0.3).mean() < FILLED:
        return False
    room = SLACK * max(frame.ink.shape)
    down = min(frame.bottom + room, part.bottom) - max(frame.top - room, part.top)
    across = min(frame.right + room, part.right) - max(frame.left - room, part.left)
    return down > 0 and across > 0 and down * across > 0.5 * part.height * part.width


def _touches_much(part: Part, shape: tuple[int, int]) -> bool:
    """Whether a part touches a large share of one of the four sides; on small pictures, digits do."""
    return max(shape) >= SMALLEST_PHOTO and max(_shares_of_sides(part, shape)) >= FRAME


def _is_border(part: Part, shape: tuple[int, int]) -> bool:
    """Whether a part lies along a whole side and does not reach the opposite one."""
    height, width = shape
    top, bottom, left, right = (share >= WHOLE_SIDE for share in _shares_of_sides(part, shape))
    is_level, is_upright = top != bottom, left != right
    return (is_level and part.height < WHOLE_SIDE * height) or (is_upright and part.width < WHOLE_SIDE * width)


def _shares_of_sides(part: Part, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """How much of the photo's top, bottom, left and right side a part touches, 0 ... 1."""
    height, width = shape
    core = part.ink > 0.3
    return (
        core[0].sum() / width if part.top == 0 else 0.0,
        core[-1].sum() / width if part.bottom == height else 0.0,
        core[:, 0].sum() / height if part.left == 0 else 0.0,
        core[:, -1].sum() / height if part.right == width else 0.0,
    )
