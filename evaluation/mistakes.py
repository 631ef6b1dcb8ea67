"""Scored sets in; their mistakes out, as lists and contact sheets that stay on this machine."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from evaluation.contact_sheets import (
    CELL,
    WORDS,
    clear_folder,
    load_content,
    place_picture,
    to_picture,
    to_seen,
    write_sheets,
    write_words,
)
from evaluation.metrics import macro_accuracy
from evaluation.numbers import ScoredNumbers
from evaluation.scoring import NO_ANSWER, ScoredSet, digit_to_text
from preprocessing import Picture

__all__ = ["FOLDER", "write_mistakes"]

FOLDER = "mistakes"
COLUMNS, ROWS = 16, 12  # of a contact sheet; the first one shows the worst
NUMBER_CELL = (168, 4 * CELL)  # pixels, height and width of a picture of a number
NUMBER_COLUMNS = 4
WORDS_WIDTH = 46  # characters, as many as fit under it


def write_mistakes(
    folder: Path, digits: Sequence[ScoredSet], numbers: Sequence[ScoredNumbers], others: Sequence[ScoredSet]
) -> None:
    """Write lists and contact sheets of what was read wrong, refused or let through, and of what is broken.

    They hold pictures and file names of the sets, so the folder keeps itself out of Git.
    """
    clear_folder(folder)
    for scored in digits:
        wrong = ~scored.right
        refused = scored.refused & ~wrong
        _write_list(folder, scored, {"wrong": wrong, "refused": refused})
        _write_sources(folder, scored)
        of_truth = np.where(scored.answers == NO_ANSWER, 0.0, scored.probabilities.max(axis=1))
        _draw_sheet(folder, scored, "wrong", wrong, order=-of_truth)
        _draw_sheet(folder, scored, "refused", refused, order=scored.is_digit)
    for read in numbers:
        _write_numbers(folder, read)
        _write_sources(folder, read)
        _draw_numbers(folder, read)
    for scored in others:
        _write_list(folder, scored, {"accepted": ~scored.refused})
        _draw_sheet(folder, scored, "accepted", ~scored.refused, order=-scored.is_digit)


def _write_list(folder: Path, scored: ScoredSet, kinds: dict[str, np.ndarray]) -> None:
    """One line a mistake; `kinds` are masks (N,) bool."""
    with (folder / f"{scored.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "what", "truth", "answer", "probability", "is_digit"])
        for kind, mask in kinds.items():
            for i in np.flatnonzero(mask):
                truth, answer = (digit_to_text(digit) for digit in (scored.truth[i], scored.answers[i]))
                probability, is_digit = f"{scored.probabilities[i].max():.4f}", f"{scored.is_digit[i]:.4f}"
                writer.writerow([scored.read.samples[i].name, kind, truth, answer, probability, is_digit])
        for name, reason in scored.read.broken:
            writer.writerow([name, f"broken: {reason}", "", "", "", ""])


def _write_numbers(folder: Path, scored: ScoredNumbers) -> None:
    """One line a text that is not wholly right."""
    with (folder / f"{scored.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "what", "truth", "answer", "wrong_digits"])
        for i in np.flatnonzero(~scored.right):
            writer.writerow(
                [scored.read.samples[i].name, "wrong", scored.truths[i], scored.answers[i], scored.errors[i]]
            )
        writer.writerows([name, f"broken: {reason}", "", "", ""] for name, reason in scored.read.broken)


def _write_sources(folder: Path, scored: ScoredSet | ScoredNumbers) -> None:
    sources = np.array([sample.source for sample in scored.read.samples])
    if not (sources != "").any():
        return
    with (folder / f"{scored.name}-sources.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "count", "accuracy"])
        counted = macro_accuracy(scored.right, sources)
        writer.writerows([source, count, f"{share:.4f}"] for source, (count, share) in counted.items())


def _draw_sheet(folder: Path, scored: ScoredSet, what: str, mask: np.ndarray, order: np.ndarray) -> None:
    """Draw the samples of a mask, lowest `order` first: as they are, what the network saw, truth > answer."""
    shown = np.flatnonzero(mask)
    shown = shown[np.argsort(order[shown], kind="stable")]
    cells = (_draw_cell(scored, int(i)) for i in shown)
    write_sheets(folder / f"{scored.name}-{what}.png", cells, COLUMNS, ROWS)


def _draw_numbers(folder: Path, scored: ScoredNumbers) -> None:
    """Draw the texts with most mistakes first: the picture with a box a sign, truth > answer."""
    shown = np.flatnonzero(~scored.right)
    shown = shown[np.argsort(-scored.errors[shown], kind="stable")]
    cells = (_draw_number(scored, int(i)) for i in shown)
    write_sheets(folder / f"{scored.name}-wrong.png", cells, NUMBER_COLUMNS, ROWS)


def _draw_cell(scored: ScoredSet, i: int) -> np.ndarray:
    sample, page = scored.read.samples[i], scored.read.pages[i]
    cell = np.full((2 * CELL + WORDS, CELL, 3), 255, np.uint8)
    place_picture(cell[1 : CELL - 1, 1 : CELL - 1], to_picture(load_content(sample)))
    seen = to_seen(page)
    if seen is not None:
        place_picture(cell[CELL + 1 : 2 * CELL - 1, 1 : CELL - 1], seen)
    truth = f"{digit_to_text(scored.truth[i])}>" if scored.truth[i] >= 0 else ""
    words = f"{truth}{digit_to_text(scored.answers[i])} {scored.probabilities[i].max():.0%} {scored.is_digit[i]:.2f}"
    write_words(cell, words)
    return cell


def _draw_number(scored: ScoredNumbers, i: int) -> np.ndarray:
    height, width = NUMBER_CELL
    cell = np.full((height + WORDS, width, 3), 255, np.uint8)
    content = load_content(scored.read.samples[i])
    picture = to_picture(content)
    zoom, top, left = place_picture(cell[1 : height - 1, 1 : width - 1], picture)
    if isinstance(content, Picture):  # boxes are in pixels of its file
        zoom *= max(picture.shape[:2]) / max(content.size)
        for sign in scored.predictions[i]:
            box = np.array([sign.box.left, sign.box.top, sign.box.width, sign.box.height]) * zoom
            place = np.rint(box + (left + 1, top + 1, 0, 0)).astype(int).tolist()
            cv2.rectangle(cell, place, (255, 130, 0) if sign.digit is not None else (130, 130, 130), 1)
    write_words(cell, _compare_texts(scored.truths[i], scored.answers[i]))
    return cell


def _compare_texts(truth: str, answer: str) -> str:
    """Truth > answer; of long ones as much as fits, from the first difference on."""
    words = f"{truth} > {answer}"
    if len(words) <= WORDS_WIDTH:
        return words
    start, length = len(os.path.commonprefix([truth, answer])), (WORDS_WIDTH - 7) // 2
    return f"..{truth[start : start + length]} > ..{answer[start : start + length]}"
