"""Digits in; what cutting makes of them where they touch, right and wrong, out: 28x28 as the network is shown it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from evaluation.rows import find_contact
from ink.cuts import Slice, cut_ink
from ink.glyphs import PAPER, Ink
from ink.parts import Part, join_parts
from training.outliers import is_upright_line

__all__ = ["DrawInk", "cut_rows", "scale_digit"]

HEIGHTS = (14, 60)  # pixels of a digit, from pixel art to photos
DIGIT_HEIGHTS = (0.85, 1.15)  # of that, of each digit
UNEVEN = 0.06  # of the height, standard deviation of each digit up or down
DEEPEST = 0.06  # of the height, that one goes into the other
THREE = 0.3  # of the rows have three digits, the others two
WHOLE = 0.8  # of a digit's ink must be in what is cut right, and as much of that must be the digit's
BROKEN = 0.7  # of one of these is less in what is cut wrong …
WORSE = 0.15  # … and so much less than in the best cut there is; what lies between is neither
LEAST_INK = 0.35  # of a digit's; less is never taken for one
LEAST_HEIGHT = 0.6  # of the row's, likewise
WRONG_A_ROW = 2  # of the many ways to cut a row wrong

# A Generator to a digit, (28, 28) float32, and its label
DrawInk = Callable[[np.random.Generator], tuple[np.ndarray, int]]


@dataclass(frozen=True, eq=False)
class _Row:
    ink: Ink  # (H, W) float32, cropped
    digits: list[Ink]  # the ink of each digit alone, as large
    height: float  # pixels, of a digit


def cut_rows(
    draw: DrawInk, generator: np.random.Generator, count: int, right: bool
) -> tuple[list[np.ndarray], list[int]]:
    """Let digits touch, cut them as the recognizer does, and keep what is cut right, or wrong.

    What is cut right is a digit with the marks of a cut; what is cut wrong is a part of one, or has a part of another:
    the network must tell these apart for the right division of a number to be found.

    Parameters
    ----------
    count : int
        Of images.

    Returns
    -------
    images : list of (28, 28) float32
    labels : list of int
        0 ... 9 of what is cut right; -1 of what is cut wrong.

    References
    ----------
    LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, section VI: a recognizer of whole
    numbers needs to be trained on what heuristic segmentation cuts wrongly.
    """
    images: list[np.ndarray] = []
    labels: list[int] = []
    while len(images) < count:
        drawn = [draw(generator) for _ in range(3 if generator.random() < THREE else 2)]
        row = _let_touch([ink for ink, _ in drawn], generator)
        slices = cut_ink(row.ink, row.height)
        if len(slices) < 2:
            continue
        shares = _share_digits(slices, row)
        if right:
            for digit, run in _find_right(shares):
                image = _to_image(slices, run, row.height)
                if image is not None:
                    images.append(image)
                    labels.append(drawn[digit][1])
        else:
            wrong = _find_wrong(shares)
            for number in generator.permutation(len(wrong))[:WRONG_A_ROW]:
                image = _to_image(slices, wrong[number], row.height)
                if image is not None and not is_upright_line(image):
                    images.append(image)
                    labels.append(-1)
    return images[:count], labels[:count]


def _let_touch(digits: Sequence[np.ndarray], generator: np.random.Generator) -> _Row:
    """Put digits beside each other so that each goes a little into the one before."""
    height = float(np.exp(generator.uniform(*np.log(HEIGHTS))))
    scaled = [scale_digit(ink, height * generator.uniform(*DIGIT_HEIGHTS)) for ink in digits]
    shape = (
        max(ink.shape[0] for ink in scaled) + 2 * int(0.5 * height),
        sum(ink.shape[1] for ink in scaled) + 2 * int(height),
    )
    alone: list[Ink] = []
    together = np.zeros(shape, np.float32)
    right = int(0.5 * height)
    for ink in scaled:
        middle = shape[0] / 2 + generator.normal(0, UNEVEN * height)
        top = int(np.clip(middle - ink.shape[0] / 2, 0, shape[0] - ink.shape[0]))
        left = right
        if alone:
            deep = round(generator.uniform(0, DEEPEST) * height)
            left = max(0, find_contact(together[top : top + ink.shape[0]], ink, right) - deep)
        own = np.zeros(shape, np.float32)
        own[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
        alone.append(own)
        together = np.maximum(together, own)
        right = left + ink.shape[1]
    together = _soften(together, height, generator)
    rows, columns = (np.flatnonzero((together > PAPER).any(axis=axis)) for axis in (1, 0))
    place = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _Row(together[place], [own[place] for own in alone], height)


def scale_digit(image: np.ndarray, height: float) -> Ink:
    """Enlarge an image so that its box of 20 pixels is `height` high, and crop it to its digit."""
    zoom = height / 20
    way = cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA
    scaled = np.clip(cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=way), 0, 1)
    rows, columns = (np.flatnonzero((scaled > 0.1).any(axis=axis)) for axis in (1, 0))
    return scaled[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else scaled


def _soften(ink: Ink, height: float, generator: np.random.Generator) -> Ink:
    """The edges of a photo's threshold, of a small canvas, or as they are."""
    way = generator.random()
    if way < 0.4:
        return ink
    if way < 0.6:
        return (ink > generator.uniform(0.3, 0.6)).astype(np.float32)
    blurred = cv2.GaussianBlur(ink, (0, 0), generator.uniform(0.008, 0.03) * height)
    return np.clip((blurred - 0.5) * generator.uniform(1, 4) + 0.5, 0, 1)


def _share_digits(slices: Sequence[Slice], row: _Row) -> np.ndarray:
    """For each run of slices and each digit, how much of either is the other's: (start, stop, digit, 2) float64."""
    count = len(slices)
    common = np.zeros((count + 1, len(row.digits)))  # ink of the first slices that is the digit's
    masses = np.zeros(count + 1)
    for i, each in enumerate(slices):
        place = np.s_[each.top : each.top + each.ink.shape[0], each.left : each.left + each.ink.shape[1]]
        masses[i + 1] = masses[i] + each.ink.sum()
        common[i + 1] = common[i] + [np.minimum(own[place], each.ink).sum() for own in row.digits]
    of_digit = np.array([own.sum() for own in row.digits])
    shares = np.full((count + 1, count + 1, len(row.digits), 2), np.nan)
    for start in range(count):
        for stop in range(start + 1, count + 1):
            ink = common[stop] - common[start]
            shares[start, stop, :, 0] = ink / (masses[stop] - masses[start])  # of the run, the digit's
            shares[start, stop, :, 1] = ink / of_digit  # of the digit, in the run
    return shares


def _find_right(shares: np.ndarray) -> list[tuple[int, tuple[int, int]]]:
    """The digits that a run holds, whole and alone: their numbers and the runs."""
    lower = np.nan_to_num(shares.min(axis=3))
    found = []
    for digit in range(lower.shape[2]):
        start, stop = np.unravel_index(lower[..., digit].argmax(), lower.shape[:2])
        if lower[start, stop, digit] >= WHOLE:
            found.append((digit, (int(start), int(stop))))
    return found


def _find_wrong(shares: np.ndarray) -> list[tuple[int, int]]:
    """The runs that are no digit, and not too little for one."""
    lower = shares.min(axis=3)
    limit = np.minimum(BROKEN, np.nanmax(lower, axis=(0, 1)) - WORSE)  # of each digit
    much = shares[..., 1].sum(axis=2) >= LEAST_INK
    return [(int(start), int(stop)) for start, stop in np.argwhere((lower < limit).all(axis=2) & much)]


def _to_image(slices: Sequence[Slice], run: tuple[int, int], height: float) -> np.ndarray | None:
    """As the network is shown it; None if it is too low for a digit, or a block."""
    part = join_parts([Part(each.top, each.left, each.ink) for each in slices[slice(*run)]])
    if part.height < LEAST_HEIGHT * height:
        return None
    glyph = part.to_glyph()
    return None if glyph is None or glyph.is_solid else glyph.image
