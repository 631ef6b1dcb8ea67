"""Sets and a recognizer in; what it answered to each sample out, through the path of the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from evaluation.samples import Sample, SampleSet, SetError, content_to_page
from model.recognizer import Prediction, Recognizer
from preprocessing import DrawingError, Page, PhotoError

__all__ = ["NO_ANSWER", "ReadSet", "ScoredSet", "answer_pages", "digit_to_text", "read_set", "score_set"]

CLASSES = 10
NO_ANSWER = 10  # where not exactly one sign was found
READERS = min(4, os.cpu_count() or 1)  # threads; a 60 megapixel picture needs a few hundred MB in each
PAGES = 512  # samples the network reads at once
BAR = 30  # characters

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ReadSet:
    """A set as far as the network.

    Attributes
    ----------
    origin : SampleSet
    samples : list of Sample
        Those that could be read, N of them.
    pages : list of Page
        The writing found on each.
    broken : list of (str, str)
        Name of each sample that could not be read, and why.
    """

    origin: SampleSet
    samples: list[Sample]
    pages: list[Page]
    broken: list[tuple[str, str]]

    @property
    def name(self) -> str:
        """Of the set."""
        return self.origin.name


@dataclass(frozen=True, eq=False)
class ScoredSet:
    """What the recognizer says of a set.

    Attributes
    ----------
    read : ReadSet
    truth : (N,) int64
        0 ... 9; -1 where there is no digit.
    answers : (N,) int64
        The most probable digit, refused or not; 10 where not exactly one sign was found.
    probabilities : (N, 10) float32
        Zeros where not exactly one sign was found.
    is_digit : (N,) float64
        Of the sign that is most like a digit; 0 where none was found.
    found : (N,) int64
        Signs.
    refused, unsure : (N,) bool
        No sign is called a digit; the answer is one of two.
    """

    read: ReadSet
    truth: np.ndarray
    answers: np.ndarray
    probabilities: np.ndarray
    is_digit: np.ndarray
    found: np.ndarray
    refused: np.ndarray
    unsure: np.ndarray

    @property
    def name(self) -> str:
        """Of the set."""
        return self.read.name

    @property
    def right(self) -> np.ndarray:
        """(N,) bool, whether the most probable digit is the right one."""
        return self.answers == self.truth


def digit_to_text(digit: int) -> str:
    """A digit of `truth` or `answers`; "?" for no answer, "" for no truth."""
    return "" if digit < 0 else "?" if digit == NO_ANSWER else str(digit)


def read_set(given: SampleSet) -> ReadSet:
    """Read all samples of a set, in threads, and find the signs on them; on a terminal a bar shows how far it is.

    Raises
    ------
    SetError
        If not one of them can be read.
    """
    samples, pages, broken = [], [], []
    pool = ThreadPoolExecutor(READERS)
    try:
        results = pool.map(_read_sample, given.samples)
        for sample, result in zip(
            given.samples, show_progress(results, len(given.samples), f"Reading {given.name}"), strict=True
        ):
            if isinstance(result, str):
                broken.append((sample.name, result))
            else:
                samples.append(sample)
                pages.append(result)
    finally:
        pool.shutdown(cancel_futures=True)
    if not samples:
        name, reason = broken[0]
        raise SetError(
            f"None of the {len(broken):,} samples of {given.name} can be read; the first is {name}: {reason}"
        )
    return ReadSet(given, samples, pages, broken)


def _read_sample(sample: Sample) -> Page | str:
    """Its writing, or why it cannot be read."""
    try:
        return content_to_page(sample.load())
    except (PhotoError, DrawingError) as error:
        return str(error)


def answer_pages(read: ReadSet, recognizer: Recognizer) -> list[list[Prediction]]:
    """Let the recognizer read the pages of a set; on a terminal a bar shows how far it is."""
    starts = range(0, len(read.pages), PAGES)
    answered: list[list[Prediction]] = []
    for start in show_progress(starts, len(starts), f"Scoring {read.name}"):
        answered += recognizer.recognize_pages(read.pages[start : start + PAGES])
    return answered


def score_set(read: ReadSet, recognizer: Recognizer) -> ScoredSet:
    """Let the recognizer answer each sample of a set."""
    answered = answer_pages(read, recognizer)
    size = len(answered)
    answers, probabilities = np.full(size, NO_ANSWER), np.zeros((size, CLASSES), np.float32)
    for i, predictions in enumerate(answered):
        if len(predictions) == 1:
            probabilities[i] = predictions[0].probabilities
            answers[i] = probabilities[i].argmax()
    return ScoredSet(
        read=read,
        truth=np.array([-1 if sample.label is None else sample.label for sample in read.samples]),
        answers=answers,
        probabilities=probabilities,
        is_digit=np.array([max((p.is_digit for p in predictions), default=0.0) for predictions in answered]),
        found=np.array([len(predictions) for predictions in answered]),
        refused=np.array([all(p.digit is None for p in predictions) for predictions in answered]),
        unsure=np.array([any(p.runner_up is not None for p in predictions) for predictions in answered]),
    )


def show_progress(things: Iterable[T], count: int, words: str, every: int = 50) -> Iterator[T]:
    """Pass things on, and draw a bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield from things
        return
    try:
        for number, thing in enumerate(things):
            if number % min(every, max(count // BAR, 1)) == 0:
                full = BAR * number // max(count, 1)
                bar = "█" * full + "░" * (BAR - full)
                print(f"\r{words[:40]:<40} {bar} {number / max(count, 1):4.0%}", end="", file=sys.stderr, flush=True)
            yield thing
    finally:
        print("\r" + " " * (47 + BAR), end="\r", file=sys.stderr, flush=True)
