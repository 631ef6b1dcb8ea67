"""Pictures of digits in; strips of several that touch, or nearly, and their texts out, to train the reader of rows."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from evaluation.rows import find_contact
from ink.glyphs import Ink
from ink.strips import HEIGHT, STEP, WIDEST, make_strip
from training.pictures import Pictures
from training.touching import scale_digit

__all__ = ["MADE", "MOST_SIGNS", "WIDTHS", "Rows", "draw_row", "make_strips"]

# Pictures to make rows of: how many of each kind, and their shares of the digits in the rows
MADE = {
    "varied MNIST": 20_000,
    "pen strokes": 40_000,
    "templates": 15_000,
    "optical digits": 8_000,
    "no digits": 30_000,
}
SHARES = {"MNIST": 0.3, "varied MNIST": 0.27, "pen strokes": 0.25, "templates": 0.1, "optical digits": 0.08}

CHUNK = 1000  # rows a job, each with its own generator: the number of processes changes nothing
WIDTHS = (32, 48, 64, 96, 144, WIDEST)  # pixels, to which strips are filled up
COUNTS = {1: 0.14, 2: 0.40, 3: 0.25, 4: 0.11, 5: 0.06, 6: 0.04}  # signs in a row
SIGN_SHARE = 0.08  # of the signs of a number are no digits
SIGNS_ALONE = 0.08  # of the rows have no digit at all
HEIGHTS = (12, 64)  # pixels of a digit, from pixel art to photos
DIGIT_SPREAD = 0.09  # standard deviation of the logarithm of a digit's size
UNEVEN = 0.07  # of the height, standard deviation of each digit up or down
SLOPE = 0.04  # rows a column, standard deviation
DEEP, DEEPEST, DEEP_SHARE = 0.06, 0.16, 0.2  # of the height, that one goes into the other, and how many go deeper
APART, GAPS = 0.12, (-0.02, 0.15)  # share of the neighbors that do not touch, and the gap in heights
SLANTED, SLANT = 0.3, 0.6  # of the rows lean as a whole, columns a row
TURNED, TURN = 0.12, 20  # of the other rows of several signs are turned, degrees

RULED, RULE = 0.08, (0.01, 0.04)  # of the rows have what is left of a ruled line, so thick in heights …
SQUARED = 0.3  # … and so many of them one across
MOST_SIGNS = max(COUNTS)

# A Generator to an image (28, 28) float32 and its label, a digit or NO_DIGIT
DrawSign = Callable[[np.random.Generator], tuple[np.ndarray, int]]


@dataclass(frozen=True, eq=False)
class Rows:
    """Strips of one width.

    Attributes
    ----------
    strips : (N, 28, W) uint8, 0 paper ... 255 pen
        Each begins on the left; what is left over is paper.
    texts : (N, 6) uint8
        The labels of the signs, NO_DIGIT for what is no digit, from left to right; 0 where there is none.
    lengths : (N,) uint8
        How many there are.
    """

    strips: np.ndarray
    texts: np.ndarray
    lengths: np.ndarray


def make_strips(pictures: dict[str, Pictures], count: int, seed: int) -> dict[int, Rows]:
    """Make rows of pictures, on all processors.

    Parameters
    ----------
    pictures : {kind: Pictures}
        As `training.pictures.make_pictures` makes them; "no digits" among them.
    seed : int
        The same seed makes the same rows, on any number of processors.

    Returns
    -------
    {width: Rows}
        By the width to which their strips are filled up.
    """
    jobs = [(seed, start, min(CHUNK, count - start)) for start in range(0, count, CHUNK)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, initializer=_take_pictures, initargs=(pictures,)) as pool:
        made = [row for rows in pool.map(_run_job, jobs) for row in rows]
    return {width: _pack(rows) for width in WIDTHS if (rows := [row for row in made if _width_of(row[0]) == width])}


def _width_of(strip: np.ndarray) -> int:
    return next(width for width in WIDTHS if width >= strip.shape[1])


def _pack(rows: Sequence[tuple[np.ndarray, list[int]]]) -> Rows:
    strips = np.zeros((len(rows), HEIGHT, _width_of(rows[0][0])), np.uint8)
    texts = np.zeros((len(rows), MOST_SIGNS), np.uint8)
    for i, (strip, text) in enumerate(rows):
        strips[i, :, : strip.shape[1]] = strip
        texts[i, : len(text)] = text
    return Rows(strips, texts, np.array([len(text) for _, text in rows], np.uint8))


# ---------------------------------------------------------------- in a process of its own

_pictures: dict[str, Pictures]  # of this process


def _take_pictures(pictures: dict[str, Pictures]) -> None:
    global _pictures  # a process of the pool is handed them once, not with each job
    _pictures = pictures
    cv2.setNumThreads(1)


def _run_job(job: tuple[int, int, int]) -> list[tuple[np.ndarray, list[int]]]:
    seed, start, count = job
    generator = np.random.default_rng([seed, start])
    kinds = [kind for kind in SHARES if kind in _pictures]
    shares = np.array([SHARES[kind] for kind in kinds])

    def draw(generator: np.random.Generator) -> tuple[np.ndarray, int]:
        return _draw_of(str(generator.choice(kinds, p=shares / shares.sum())), generator)

    rows = [draw_row(draw, lambda generator: _draw_of("no digits", generator), generator) for _ in range(count)]
    return [(np.rint(strip * 255).astype(np.uint8), text) for strip, text in rows]


def _draw_of(kind: str, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    images, labels = _pictures[kind]
    i = int(generator.integers(len(labels)))
    return images[i] / np.float32(255), int(labels[i])


# ---------------------------------------------------------------- one row


def draw_row(draw: DrawSign, draw_other: DrawSign, generator: np.random.Generator) -> tuple[np.ndarray, list[int]]:
    """Draw a strip, (28, W) float32, and return it with the labels of its signs, from left to right.

    Parameters
    ----------
    draw, draw_other : callable
        Draw a digit, and what is none.
    """
    while True:
        count = int(generator.choice(list(COUNTS), p=list(COUNTS.values())))
        others = generator.random(count) < (1 if generator.random() < SIGNS_ALONE else SIGN_SHARE)
        signs = [(draw_other if other else draw)(generator) for other in others]
        height = float(np.exp(generator.uniform(*np.log(HEIGHTS))))
        ink = _put_in_row([image for image, _ in signs], height, generator)
        if generator.random() < SLANTED:
            ink = _slant(ink, generator.uniform(-SLANT, SLANT))
        elif count > 1 and generator.random() < TURNED:
            ink = _turn(ink, generator.uniform(-TURN, TURN))
        if generator.random() < RULED:
            _rule(ink, height, generator)
        strip = make_strip(_soften(ink, height, generator))
        text = [label for _, label in signs]
        if strip is not None and strip.max() > 0.5 and strip.shape[1] >= 2 * STEP * len(signs):
            return strip, text


def _put_in_row(images: Sequence[np.ndarray], height: float, generator: np.random.Generator) -> Ink:
    scaled = [scale_digit(image, height * np.exp(generator.normal(0, DIGIT_SPREAD))) for image in images]
    room = int(0.6 * height) + 2
    shape = (
        max(ink.shape[0] for ink in scaled) + 2 * room,
        sum(ink.shape[1] for ink in scaled) + int(height) * (len(scaled) + 1),
    )
    row = np.zeros(shape, np.float32)
    slope = generator.normal(0, SLOPE)
    right = room
    for i, ink in enumerate(scaled):
        middle = shape[0] / 2 + slope * (right - shape[1] / 3) + generator.normal(0, UNEVEN * height)
        top = int(np.clip(middle - ink.shape[0] / 2, 0, shape[0] - ink.shape[0]))
        left = right
        if i:
            if generator.random() < APART:
                deep = -generator.uniform(*GAPS)
            else:
                deep = generator.uniform(0, DEEPEST if generator.random() < DEEP_SHARE else DEEP)
            left = max(0, find_contact(row[top : top + ink.shape[0]], ink, right) - round(deep * height))
        place = row[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(place, ink[:, : place.shape[1]], out=place)
        right = left + ink.shape[1]
    return row


def _slant(ink: Ink, slant: float) -> Ink:
    """Let a row lean, `slant` columns a row; there is room for it on both sides."""
    rows, columns = ink.shape
    room = int(abs(slant) * rows) + 1
    matrix = np.array([[1, slant, room - slant * rows / 2], [0, 1, 0]])
    return np.clip(cv2.warpAffine(ink, matrix, (columns + 2 * room, rows), flags=cv2.INTER_LINEAR), 0, 1)


def _turn(ink: Ink, degrees: float) -> Ink:
    """Turn a row about its middle; its paper grows with it."""
    rows, columns = ink.shape
    matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), degrees, 1)
    height, width = np.ceil(np.abs(matrix[:, :2]) @ (columns, rows))[::-1].astype(int)
    matrix[:, 2] += (width - columns) / 2, (height - rows) / 2
    return np.clip(cv2.warpAffine(ink, matrix, (int(width), int(height)), flags=cv2.INTER_LINEAR), 0, 1)


def _rule(ink: Ink, height: float, generator: np.random.Generator) -> None:
    """Draw what is left of a ruled line, in place: thin, a part of it, at times fainter."""
    _draw_rule(ink, height, generator)
    if generator.random() < SQUARED:
        _draw_rule(ink.T, height, generator)


def _draw_rule(ink: Ink, height: float, generator: np.random.Generator) -> None:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return
    top = int(generator.integers(rows[0], rows[-1] + 1))
    thick = max(1, round(generator.uniform(*RULE) * height))
    left, right = sorted(generator.integers(columns[0], columns[-1] + 2, 2).tolist())
    place = ink[top : top + thick, left:right]
    np.maximum(place, generator.uniform(0.3, 1), out=place)


def _soften(ink: Ink, height: float, generator: np.random.Generator) -> Ink:
    """The edges of a photo's threshold, of a small canvas, or as they are."""
    way = generator.random()
    if way < 0.3:
        return ink
    if way < 0.55:
        return (ink > generator.uniform(0.3, 0.6)).astype(np.float32)
    blurred = cv2.GaussianBlur(ink, (0, 0), generator.uniform(0.008, 0.04) * height)
    return np.clip((blurred - 0.5) * generator.uniform(1, 4) + 0.5, 0, 1)
