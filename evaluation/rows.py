"""Digits and a seed in; photos of numbers out: the digits in a row on made-up paper, apart or touching."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np

from evaluation.samples import Sample, SetError
from preprocessing import Ink, Picture

__all__ = ["draw_row", "find_contact", "make_rows"]

SEED = 20_242
FEWEST, MOST = 3, 6  # digits in a row
HEIGHTS = (50, 130)  # pixels, of the digits of a row
DIGIT_HEIGHTS = (0.85, 1.1)  # of that, what the 20 pixels of MNIST's box become
GAPS = (0.06, 0.6)  # of the height, between the boxes of neighbors that are apart
TOUCHING = 0.4  # of the neighbors in a row, and two at least
DEEPEST = 0.04  # of the height, that one goes into the other
PEN = 0.4  # ink from here on touches
SLOPE = 0.03  # rows a column, standard deviation
UNEVEN = 0.05  # of the height, standard deviation of each digit up or down
RULED, SQUARED = 0.35, 0.15  # of the sheets
SHADOW = 0.5  # of the light, that the darkest shadow takes
NOISE = (1, 8)  # gray levels
QUALITY = (50, 95)  # of JPEG


def make_rows(digits: Sequence[Sample], count: int, touching: bool, seed: int = SEED) -> list[Sample]:
    """Make `count` photos of numbers of 3 to 6 digits, always the same for a seed; each is drawn when it is loaded.

    Parameters
    ----------
    digits : sequence of Sample
        Labeled digits whose content is an ink, as MNIST's test images.
    touching : bool
        True: two neighbors or more touch in each row. False: none do.
    """
    generator = np.random.default_rng((seed, int(touching)))
    samples = []
    for index in range(count):
        chosen = [digits[i] for i in generator.integers(0, len(digits), generator.integers(FEWEST, MOST + 1))]
        load = partial(_photograph, chosen, touching, (seed, int(touching), index))
        samples.append(Sample(str(index), load, text="".join(str(sample.label) for sample in chosen)))
    return samples


def _photograph(digits: Sequence[Sample], touching: bool, seed: Sequence[int]) -> Picture:
    generator = np.random.default_rng(seed)
    inks = []
    for sample in digits:
        ink = sample.load()
        if not isinstance(ink, np.ndarray):
            raise SetError(f"{sample.name} is no ink, white on black, that a row could be made of.")
        inks.append(ink)
    height = int(generator.integers(*HEIGHTS))
    return Picture(_put_on_paper(draw_row(inks, height, touching, generator), height, generator))


def draw_row(digits: Sequence[Ink], height: int, touching: bool, generator: np.random.Generator) -> Ink:
    """Put digits, each an ink, beside each other; (H, W) float32.

    Parameters
    ----------
    height : int
        Of the digits, in pixels, more or less.
    touching : bool
        Whether two neighbors or more touch.
    """
    scaled = [_scale(ink, height * generator.uniform(*DIGIT_HEIGHTS)) for ink in digits]
    meets = np.zeros(len(digits), bool)  # whether it touches the one before
    if touching:
        meets[1:] = generator.random(len(digits) - 1) < TOUCHING
        meets[generator.integers(1, len(digits))] = True
    room = round(0.8 * height)
    width = sum(ink.shape[1] for ink in scaled) + len(scaled) * height
    row = np.zeros((max(ink.shape[0] for ink in scaled) + 2 * room, width), np.float32)
    slope = generator.normal(0, SLOPE)
    right = int(generator.integers(height // 4, height))  # the first column that is free
    for ink, meets_last in zip(scaled, meets, strict=True):
        middle = row.shape[0] / 2 + slope * (right - width / 3) + generator.normal(0, UNEVEN * height)
        top = int(np.clip(middle - ink.shape[0] / 2, 0, row.shape[0] - ink.shape[0]))
        if meets_last:
            deep = round(generator.uniform(0, DEEPEST) * height)
            left = find_contact(row[top : top + ink.shape[0]], ink, right) - deep
        else:
            left = right + round(generator.uniform(*GAPS) * height)
        place = row[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
        right = left + ink.shape[1]
    return row[:, : right + int(generator.integers(height // 4, height))]


def _scale(ink: Ink, height: float) -> Ink:
    """Enlarge an MNIST image so that its box of 20 pixels is `height` high, and crop it to its digit."""
    zoom = height / 20
    # with paper around it, or a digit that fills its box would have straight edges
    scaled = np.clip(cv2.resize(np.pad(ink, 1), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), 0, 1)
    rows, columns = np.flatnonzero((scaled > 0.1).any(axis=1)), np.flatnonzero((scaled > 0.1).any(axis=0))
    if not len(rows):
        return scaled
    return scaled[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def find_contact(before: Ink, ink: Ink, free: int) -> int:
    """The column at which an ink that comes from the right first touches what is `before` it in the same rows."""
    pen_before, pen = before > PEN, ink > PEN
    both = pen_before.any(axis=1) & pen.any(axis=1)
    last = before.shape[1] - 1 - pen_before[:, ::-1].argmax(axis=1)
    contacts = (last - pen.argmax(axis=1))[both]
    return int(contacts.max()) if len(contacts) else free


def _put_on_paper(ink: Ink, height: int, generator: np.random.Generator) -> np.ndarray:
    """Paper with or without lines, a pen of some color, the edge of a shadow, noise and JPEG: (H, W, 3) uint8."""
    sheet = np.full((*ink.shape, 3), generator.uniform(190, 250) * generator.uniform([0.96, 0.94, 0.8], 1), np.float32)
    form = generator.random()
    if form < RULED + SQUARED:
        _rule(sheet, height, generator, squared=form < SQUARED)
    pen = generator.uniform([0.4, 0.4, 0.25], 0.9)  # of the light that it takes, in each color
    sheet *= 1 - ink[..., None] * pen
    sheet *= _draw_light(ink.shape, generator)[..., None]
    sheet += generator.normal(0, generator.uniform(*NOISE), sheet.shape)
    photo = np.clip(sheet, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(generator.integers(*QUALITY))]
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", photo, quality)[1], cv2.IMREAD_COLOR))


def _rule(sheet: np.ndarray, height: int, generator: np.random.Generator, squared: bool) -> None:
    """Draw the lines of ruled or squared paper, in place."""
    apart = int(height * generator.uniform(0.5, 1.1))
    thick = max(1, round(0.015 * height))
    color = generator.uniform(0.6, 0.9) * np.array([0.95, 1, 1.05])
    for row in range(int(generator.integers(apart)), sheet.shape[0], apart):
        sheet[row : row + thick] *= color
    if squared:
        for column in range(int(generator.integers(apart)), sheet.shape[1], apart):
            sheet[:, column : column + thick] *= color


def _draw_light(shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    """The light on a sheet that lies half in the shadow, the edge sharp or soft; (H, W) float64, up to 1."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    angle = generator.uniform(0, 2 * np.pi)
    across = (columns - shape[1] / 2) * np.cos(angle) + (rows - shape[0] / 2) * np.sin(angle)
    reach = np.abs(across).max()
    softness = generator.uniform(5, 100)  # pixels
    depth = np.clip((across - generator.uniform(-0.4, 0.4) * reach) / softness, -50, 50)
    return 1 - generator.uniform(0, SHADOW) / (1 + np.exp(-depth))
