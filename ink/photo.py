"""Photos in; ink out: the paper and its light are taken off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from ink.ghosts import drop_ghosts
from ink.glyphs import Ink, stroke_width
from ink.layers import find_layers
from ink.pale import follow_strokes
from ink.parts import find_parts
from ink.pictures import PHOTO_SIDE, reduce_picture
from ink.polarity import is_light_on_dark
from ink.shadows import find_pen_width
from ink.sheet import (
    FLARE,
    Surroundings,
    cover_table,
    cover_wall,
    find_surroundings,
    may_be_board,
    measure_brightness,
    pen_width,
    take_pens,
)
from ink.underlines import erase_underlines
from ink.writing import FAINTEST, find_pale_rules, keep_writing, remove_rules

__all__ = ["PROBLEMS", "Writing", "find_writing"]

MIN_CONTRAST = 0.06  # of full range: less than this between pen and paper is paper grain
SHOWN, THICKER = 0.8, 1.5  # of the strokes on a board, what shows without it; times as wide, at most
BOARD_STROKE = 0.05  # of the photo's longer side; strokes on a board are no wider
SOFTEST = 0.06  # of the widest pen, the deviation of the Gaussian that paper and shadows are smoothed with
PEN_SURROUNDINGS = 0.02  # of the longer side, the deviation of the Gaussian in which strokes are compared
FINE_SIGMA = 2.0  # pixels; a Gaussian so wide is smooth enough to be enlarged
LACKING = 0.25  # of the brightest color of colored paper; it lacks one that is below that
FAINT_SMOOTHED = 0.002  # of the longer side, the deviation of the Gaussian that takes noise off …
FAINT_SURROUNDINGS = 0.03  # … and of the one that takes shades off, where no pen is seen
FAINT_NOISE = 3  # times the noise that is left is more than noise
FAINT_CONTRAST = 0.018  # of full range, at least: 8 bits have steps of 0.01 in shadow
FAINT_LENGTH = 0.06  # of the longer side, at least
FAINT_WIDTH = 0.25  # of its longer side, at most

# What a person is told of a photo without writing, by its problem
PROBLEMS = {
    "blank": "No writing found in this photo. Try one where the pen stands out clearly from the paper.",
    "faint": "The writing is too faint to be read. Use a darker pen, more light, or go nearer.",
    "edge": "The writing touches the edge of the photo. Take it again with some paper all around.",
}


@dataclass(frozen=True, eq=False)
class Writing:
    """The writing on a photo, and the way to it; all of one size, the longer side at most 1,000 pixels.

    Attributes
    ----------
    evened : (h, w) uint8
        The photo with its light evened, dark on light, in gray.
    ink : (h, w) float32, 0 paper ... 1 pen
        The writing; all paper if there is none.
    problem : str
        Why there is none: "blank"; "faint", where something like pen strokes hardly shows; "edge", where all ink comes
        in from the edge. "" where there is some.
    find_others : callable
        Makes the other inks that may be the writing, each as `ink`: for where that reads as nothing.
    """

    evened: np.ndarray
    ink: Ink
    problem: str = ""
    find_others: Callable[[], list[Ink]] = list


def find_writing(rgb: np.ndarray) -> Writing:
    """Take the paper and its light off a photo: what is left is the writing, dark on light or light on dark.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
    """
    rgb = reduce_picture(rgb, PHOTO_SIDE)
    surroundings = find_surroundings(rgb)
    board = _find_on_board(rgb) if may_be_board(surroundings.small) else None
    whole = None
    if board is not None:
        whole = _find_on(rgb, surroundings)
        if not _shows(whole.ink, board.ink):
            return board
    writing = _find_on_sheet(*cover_table(rgb, surroundings))
    return writing or _with_others(whole or _find_on(rgb, surroundings), rgb)


def _find_on_board(rgb: np.ndarray) -> Writing | None:
    """Find the writing on a board with a lighter wall around: inverted, that is a sheet on a darker table."""
    rgb = 255 - rgb
    writing = _find_on_sheet(*cover_wall(rgb, find_surroundings(rgb)))
    if writing is None or stroke_width(writing.ink) > BOARD_STROKE * max(writing.ink.shape):
        return None  # or the board is a thick 0, and the writing its hole
    return writing


def _shows(ink: Ink, board_ink: Ink) -> bool:
    """Whether an ink has what was found on a board, or on what may be a shadow on one, and its strokes are as thin."""
    strokes = board_ink >= 0.5
    return bool(
        np.count_nonzero((ink >= 0.5) & strokes) >= SHOWN * np.count_nonzero(strokes)
        and stroke_width(ink) <= THICKER * stroke_width(board_ink)
    )


def _find_on_sheet(covered: np.ndarray, sheet: np.ndarray | None) -> Writing | None:
    """Find the writing where a table is painted over; None where there is none, or nothing is on the sheet."""
    if sheet is None:
        return None
    without_table = find_surroundings(covered)
    if is_light_on_dark(without_table.reduced):  # it is a board, dark where it lies in shadow
        return None
    writing = _find_on(covered, without_table, sheet)
    return _with_others(writing, covered) if writing.ink.any() else None


def _with_others(writing: Writing, rgb: np.ndarray) -> Writing:
    return replace(writing, find_others=partial(find_layers, rgb, writing.ink))


def _find_on(rgb: np.ndarray, surroundings: Surroundings, sheet: np.ndarray | None = None) -> Writing:
    """Find the writing where there is paper, or a board, alone: all of the photo, or where `sheet`, (h, w), is 1."""
    if is_light_on_dark(surroundings.reduced):
        rgb = 255 - rgb
        surroundings = find_surroundings(rgb)
    darkness = _darkness(rgb, surroundings)
    pen = drop_ghosts(_separate_pen(darkness, sheet), darkness)
    ink = keep_writing(erase_underlines(pen))
    evened = np.rint(255 * (1 - darkness)).astype(np.uint8)
    if ink.any():
        return Writing(evened, ink)
    return Writing(evened, ink, "edge" if pen.any() else "faint" if _has_faint_strokes(darkness) else "blank")


def _darkness(rgb: np.ndarray, surroundings: Surroundings) -> np.ndarray:
    """How much darker than the paper around it each pixel is, in its strongest color: (H, W) float32, 0 ... 1.

    The paper is what a closing wider than any pen leaves; dividing by it takes shadows away, since light multiplies.
    """
    paper, table = surroundings.paper, surroundings.table
    width = find_pen_width(surroundings.reduced)
    if width is not None:
        paper = take_pens(surroundings.small, width)
    elif table.any():  # that is no paper, and must not pass for some
        paper = np.where(table[..., None], measure_brightness(paper), paper)
    smooth = cv2.GaussianBlur(paper, (0, 0), max(1.0, (width or pen_width(paper)) * SOFTEST))
    # beside the edge of a shadow or sheet, which is smoothed too, the dark side would pass for a pen
    paper = np.minimum(smooth, cv2.erode(paper, np.ones((3, 3), np.uint8)))
    # what little there is of a color that the paper lacks says nothing
    red, green, blue = cv2.split(paper)
    brightest = np.maximum(np.maximum(red, green), blue).astype(np.float32)  # max(axis=2) takes 2 ms more
    flare = FLARE + np.maximum(LACKING * brightest[..., None] - paper, 0)
    # one color after the other, of 0.75 megapixels in half of the time
    red, green, blue = (_relate(rgb[..., color], paper[..., color], flare[..., color]) for color in range(3))
    return np.clip(1 - np.minimum(np.minimum(red, green), blue), 0, 1)


def _relate(light: np.ndarray, paper: np.ndarray, flare: np.ndarray) -> np.ndarray:
    """A color's light, (H, W), to that of the paper there, which is smooth and of a smaller size; (H, W) float32."""
    size = light.shape[1], light.shape[0]  # cv2: width first
    return np.asarray((light + cv2.resize(flare, size)) / cv2.resize(paper + flare, size))


def _separate_pen(darkness: np.ndarray, sheet: np.ndarray | None = None) -> Ink:
    """Split pen from paper at Otsu's threshold, with a soft edge; all paper if the two hardly differ.

    Around strokes that hardly pass the threshold, as a pencil's, it is lower: half of their own darkness. Where strokes
    go on paler, they are followed, but not on ruled paper, whose lines are taken off.

    References
    ----------
    Otsu 1979, A Threshold Selection Method from Gray-Level Histograms.
    """
    levels = cv2.convertScaleAbs(darkness, alpha=255)
    threshold = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
    pen = darkness > threshold
    written, bare = (cv2.mean(darkness, mask.view(np.uint8))[0] for mask in (pen, ~pen))  # darkness[pen] takes 3 ms
    if not pen.any() or pen.all() or written - bare < MIN_CONTRAST:
        return np.zeros(darkness.shape, np.float32)
    threshold = max(threshold, 1 / 255)
    local = _local_thresholds(darkness, pen, threshold)
    ink = np.clip(darkness / local - 0.5, 0, 1).astype(np.float32, copy=False)  # 0.5 at the threshold
    rules = find_pale_rules(darkness, threshold, sheet)
    if rules is not None:
        pen = np.where(rules, 0, remove_rules(ink, darkness, sheet)).astype(np.float32)
        return pen if (pen >= 0.5).any() else np.zeros_like(pen)
    followed = follow_strokes(ink, darkness, threshold)
    pen = remove_rules(followed, darkness, sheet)
    return pen if pen is followed or followed is ink else remove_rules(ink, darkness, sheet)


def _local_thresholds(darkness: np.ndarray, pen: np.ndarray, threshold: float) -> np.ndarray:
    """(H, W) float32: `threshold`, but lower where all pen around is faint."""
    sigma = PEN_SURROUNDINGS * max(darkness.shape)
    mask = pen.astype(np.float32)
    share = _smooth(mask, sigma)
    level = _smooth(darkness * mask, sigma) / np.maximum(share, 1e-6)
    own = np.clip(0.5 * level, FAINTEST * threshold, threshold)
    return np.where(share > 1e-4, own, threshold).astype(np.float32)


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur of (H, W) float32, computed on a reduced copy: of 0.75 megapixels in a tenth of the time."""
    height, width = values.shape
    factor = max(1.0, sigma / FINE_SIGMA)
    size = max(1, round(width / factor)), max(1, round(height / factor))  # cv2: width first
    reduced = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(reduced, (0, 0), sigma / factor), (width, height))


def _has_faint_strokes(darkness: np.ndarray) -> bool:
    """Whether something long and thin, and not at the edge, is darker than the noise around: not grain, not shade."""
    side = max(darkness.shape)
    shade = cv2.GaussianBlur(darkness, (0, 0), FAINT_SURROUNDINGS * side)
    flat = cv2.GaussianBlur(darkness, (0, 0), max(FAINT_SMOOTHED * side, 1)) - shade
    # the standard deviation, if it is normal; the median would not see what JPEG leaves of noise in a few blocks
    noise = float(np.quantile(np.abs(flat - np.median(flat)), 0.9)) / 1.645
    strokes = remove_rules((flat > max(FAINT_NOISE * noise, FAINT_CONTRAST)).astype(np.float32))
    for part in find_parts(strokes, FAINT_LENGTH * side):
        width = stroke_width(part.ink)
        is_thin = width < FAINT_WIDTH * max(part.ink.shape) and part.ink.sum() > FAINT_LENGTH * side * width
        if is_thin and not part.touches_edge(darkness.shape):
            return True
    return False
