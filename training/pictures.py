"""All that a recipe shows the network, made before training on all processors: {kind: (images, labels)} out."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from model.dataset import CLASSES
from preprocessing import Drawing, drawing_to_glyphs, find_glyphs
from training.outliers import make_outliers
from training.pens import draw_digit, ink_to_image, vary_drawing, vary_image
from training.sources import BitmapData, PenData
from training.touching import cut_rows

__all__ = ["NO_DIGIT", "Material", "Pictures", "is_held_out", "make_pictures"]

NO_DIGIT = CLASSES  # the label of what is no digit
CHUNK = 2000  # pictures a job; each has its own generator, so that the number of processes changes nothing
VALIDATION_OUTLIERS = 2000
EVERY = 8  # one in so many of UCI's bitmaps is kept apart for validation
KINDS = ("varied MNIST", "pen strokes", "templates", "optical digits", "cut digits", "no digits", "wrong cuts")

# Of one kind: (N, 28, 28) uint8, 0 paper ... 255 pen, as the network is shown them; and (N,) uint8
Pictures = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Material:
    """What pictures are made from.

    Attributes
    ----------
    images : (N, 28, 28) uint8, labels : (N,) uint8
        MNIST's training images.
    train, validation : (M,) int64
        Which of them are shown, and which are kept apart.
    pens, bitmaps
        UCI's digits; None where a recipe asks for MNIST alone.
    """

    images: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    pens: PenData | None = None
    bitmaps: BitmapData | None = None


@dataclass(frozen=True)
class _Job:
    kind: str
    start: int
    count: int
    seed: int


def make_pictures(
    material: Material, made: dict[str, int], seed: int
) -> tuple[dict[str, Pictures], dict[str, Pictures]]:
    """Make the pictures to train on and to validate with.

    Parameters
    ----------
    made : dict
        How many of each of KINDS; {} for MNIST alone.
    seed : int
        The same seed makes the same pictures, on any number of processors.

    Returns
    -------
    train, validation : {kind: Pictures}
        "MNIST" and the kinds asked for; for validation MNIST, pen strokes of writers and bitmaps that were
        not shown, as they are, and newly made outliers.
    """
    jobs = [_Job("MNIST", start, CHUNK, seed) for start in range(0, len(material.images), CHUNK)]
    for kind, count in made.items():
        jobs += [_Job(kind, start, min(CHUNK, count - start), seed) for start in range(0, count, CHUNK)]
    if made:
        jobs += [_Job(f"validation {kind}", 0, VALIDATION_OUTLIERS, seed) for kind in ("pen strokes", "optical digits")]
        jobs += [_Job("validation no digits", 0, VALIDATION_OUTLIERS, seed)]
    done: dict[str, list[Pictures]] = {}
    # Spawned, not forked: a fork takes OpenCV's locks along but not the threads that would release them.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, initializer=_take_material, initargs=(material,)) as pool:
        for i, (job, pictures) in enumerate(zip(jobs, pool.map(_run_job, jobs), strict=True)):
            done.setdefault(job.kind, []).append(pictures)
            if sys.stderr.isatty():
                print(f"\rPreparing pictures: {i / len(jobs):.0%} ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r" + " " * 30, end="\r", file=sys.stderr, flush=True)
    joined = {
        kind: (np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts]))
        for kind, parts in done.items()
    }
    images, labels = joined.pop("MNIST")
    train = {"MNIST": (images[material.train], labels[material.train])}
    validation = {"MNIST": (images[material.validation], labels[material.validation])}
    for kind, pictures in joined.items():
        if kind.startswith("validation "):
            validation[kind.removeprefix("validation ")] = pictures
        else:
            train[kind] = pictures
    return train, validation


def is_held_out(writer: int) -> bool:
    """Whether a writer's pen strokes are kept apart for validation: one in five, of UCI's 3, 8, 13, 18, 23 and 28."""
    return writer % 5 == 3


# ---------------------------------------------------------------- in a process of its own

_material: Material  # of this process


def _take_material(material: Material) -> None:
    global _material  # a process of the pool is handed it once, not with each job
    _material = material
    cv2.setNumThreads(1)


def _run_job(job: _Job) -> Pictures:
    makers: dict[str, Callable[[_Job, np.random.Generator], Pictures]] = {
        "MNIST": _prepare_mnist,
        "varied MNIST": _vary_mnist,
        "pen strokes": _vary_pen_strokes,
        "templates": _draw_templates,
        "optical digits": _vary_bitmaps,
        "no digits": _make_outliers,
        "cut digits": _cut_digits,
        "wrong cuts": _cut_wrong,
        "validation pen strokes": _prepare_pen_strokes,
        "validation optical digits": _prepare_bitmaps,
        "validation no digits": _make_outliers,
    }
    return makers[job.kind](job, np.random.default_rng([job.seed, list(makers).index(job.kind), job.start]))


def _prepare_mnist(job: _Job, generator: np.random.Generator) -> Pictures:
    some = np.s_[job.start : job.start + job.count]
    inks = _material.images[some] / np.float32(255)
    return _pack([ink_to_image(ink) for ink in inks], _material.labels[some])


def _vary_mnist(job: _Job, generator: np.random.Generator) -> Pictures:
    chosen = generator.choice(_material.train, job.count)
    inks = _material.images[chosen] / np.float32(255)
    return _pack([vary_image(ink, generator) for ink in inks], _material.labels[chosen])


def _vary_pen_strokes(job: _Job, generator: np.random.Generator) -> Pictures:
    assert _material.pens is not None
    digits = [digit for digit in _material.pens.digits if not is_held_out(digit.writer)]
    chosen = [digits[i] for i in generator.integers(0, len(digits), job.count)]
    images = [vary_drawing(digit.strokes, digit.label, generator) for digit in chosen]
    return _pack(images, [digit.label for digit in chosen])


def _draw_templates(job: _Job, generator: np.random.Generator) -> Pictures:
    images, labels = zip(*(draw_digit(generator) for _ in range(job.count)), strict=True)
    return _pack(images, labels)


def _vary_bitmaps(job: _Job, generator: np.random.Generator) -> Pictures:
    assert _material.bitmaps is not None
    kept = np.flatnonzero(np.arange(len(_material.bitmaps.labels)) % EVERY)
    chosen = generator.choice(kept, job.count)
    inks = _material.bitmaps.images[chosen] / np.float32(255)
    return _pack([vary_image(ink, generator) for ink in inks], _material.bitmaps.labels[chosen])


def _make_outliers(job: _Job, generator: np.random.Generator) -> Pictures:
    chosen = generator.choice(_material.train, 2 * job.count)  # to tear, mix and turn
    images = _material.images[chosen] / np.float32(255)
    made, _ = make_outliers(job.count, generator, images, _material.labels[chosen])
    return _pack(made, [NO_DIGIT] * job.count)


def _cut_digits(job: _Job, generator: np.random.Generator) -> Pictures:
    return _pack(*cut_rows(_draw_any_digit, generator, job.count, right=True))


def _cut_wrong(job: _Job, generator: np.random.Generator) -> Pictures:
    images, _ = cut_rows(_draw_any_digit, generator, job.count, right=False)
    return _pack(images, [NO_DIGIT] * len(images))


def _draw_any_digit(generator: np.random.Generator) -> tuple[np.ndarray, int]:
    """One of MNIST, as it is or varied, one of the pen strokes, or a template."""
    assert _material.pens is not None
    way = generator.random()
    if way < 0.6:
        i = int(generator.choice(_material.train))
        ink = _material.images[i] / np.float32(255)
        return (ink if way < 0.4 else vary_image(ink, generator)), int(_material.labels[i])
    if way < 0.75:
        return draw_digit(generator)
    digit = _material.pens.digits[generator.integers(len(_material.pens.digits))]
    if is_held_out(digit.writer):
        return _draw_any_digit(generator)
    return vary_drawing(digit.strokes, digit.label, generator), digit.label


def _prepare_pen_strokes(job: _Job, generator: np.random.Generator) -> Pictures:
    assert _material.pens is not None
    digits = [digit for digit in _material.pens.digits if is_held_out(digit.writer)]
    images = []
    for digit in digits:
        glyphs = drawing_to_glyphs(_place_on_canvas(digit.strokes))
        images.append(glyphs[0].image)
    return _pack(images, [digit.label for digit in digits])


def _place_on_canvas(strokes: tuple[np.ndarray, ...]) -> Drawing:
    points = np.concatenate(strokes)
    corner = points.min(axis=0)
    width, height = (np.maximum(np.ptp(points, axis=0), 1)).tolist()
    return Drawing(width, height, tuple(stroke - corner for stroke in strokes))


def _prepare_bitmaps(job: _Job, generator: np.random.Generator) -> Pictures:
    assert _material.bitmaps is not None
    inks = _material.bitmaps.images[::EVERY] / np.float32(255)
    return _pack([find_glyphs(ink)[0].image for ink in inks], _material.bitmaps.labels[::EVERY])


def _pack(images: object, labels: object) -> Pictures:
    """Lists of (28, 28) float32 in [0, 1] and of labels to uint8 arrays."""
    return np.rint(np.asarray(images) * 255).astype(np.uint8), np.asarray(labels, np.uint8)
