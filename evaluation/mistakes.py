"""Scored sets in; their mistakes out, as lists and contact sheets that stay on this machine."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from evaluation.metrics import macro_accuracy
from evaluation.samples import Content
from evaluation.scoring import NO_ANSWER, ScoredSet
from preprocessing import Drawing, DrawingError, PhotoError, Picture, drawing_to_ink

__all__ = ["FOLDER", "write_mistakes"]

FOLDER = "mistakes"
CELL = 84  # pixels, each of the two pictures of a mistake
WORDS = 16  # pixels under them
COLUMNS, ROWS = 16, 12  # of a contact sheet, which shows the worst


def write_mistakes(folder: Path, digits: Sequence[ScoredSet], others: Sequence[ScoredSet]) -> None:
    """Write lists and contact sheets of what was read wrong, refused or let through, and of what is broken.

    They hold pictures and file names of the sets, so the folder keeps itself out of Git.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.png"), *folder.glob("*.csv")):
        old.unlink()  # of sets that this report does not have
    (folder / ".gitignore").write_text("# pictures and names of the evaluation sets: nobody may publish them\n*\n")
    for scored in digits:
        wrong = ~scored.right
        refused = scored.refused & ~wrong
        _write_list(folder, scored, {"wrong": wrong, "refused": refused})
        _write_sources(folder, scored)
        of_truth = np.where(scored.answers == NO_ANSWER, 0.0, scored.probabilities.max(axis=1))
        _draw_sheet(folder, scored, "wrong", wrong, order=-of_truth)
        _draw_sheet(folder, scored, "refused", refused, order=scored.is_digit)
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
                truth, answer = (_to_text(digit) for digit in (scored.truth[i], scored.answers[i]))
                probability, is_digit = f"{scored.probabilities[i].max():.4f}", f"{scored.is_digit[i]:.4f}"
                writer.writerow([scored.read.samples[i].name, kind, truth, answer, probability, is_digit])
        for name, reason in scored.read.broken:
            writer.writerow([name, f"broken: {reason}", "", "", "", ""])


def _write_sources(folder: Path, scored: ScoredSet) -> None:
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
    shown = shown[np.argsort(order[shown], kind="stable")][: COLUMNS * ROWS]
    if not len(shown):
        return
    cells = [_draw_cell(scored, int(i)) for i in shown]
    columns = min(COLUMNS, len(cells))
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    sheet = np.vstack([np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)])
    # cv2 cannot write to every name that a folder may have
    (folder / f"{scored.name}-{what}.png").write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())


def _draw_cell(scored: ScoredSet, i: int) -> np.ndarray:
    sample, page = scored.read.samples[i], scored.read.pages[i]
    cell = np.full((2 * CELL + WORDS, CELL, 3), 255, np.uint8)
    try:
        picture = _to_picture(sample.load())
    except (PhotoError, DrawingError):  # gone or changed since it was scored
        picture = np.full((CELL, CELL, 3), 200, np.uint8)
    _place(cell[1 : CELL - 1, 1 : CELL - 1], picture)
    glyph = page.to_glyph()
    if glyph is not None:
        seen = np.rint(255 - glyph.image * 255).astype(np.uint8)
        _place(cell[CELL + 1 : 2 * CELL - 1, 1 : CELL - 1], np.repeat(seen[..., None], 3, axis=2))
    truth = f"{_to_text(scored.truth[i])}>" if scored.truth[i] >= 0 else ""
    words = f"{truth}{_to_text(scored.answers[i])} {scored.probabilities[i].max():.0%} {scored.is_digit[i]:.2f}"
    cv2.putText(cell, words, (2, 2 * CELL + WORDS - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.34, (160, 0, 0), 1, cv2.LINE_AA)
    return cell


def _to_picture(content: Content) -> np.ndarray:
    """(h, w, 3) uint8."""
    if isinstance(content, Drawing):
        content = drawing_to_ink(content)
    if isinstance(content, Picture):
        return content.rgb
    return np.repeat(np.rint(255 - content * 255).astype(np.uint8)[..., None], 3, axis=2)


def _place(room: np.ndarray, picture: np.ndarray) -> None:
    """Scale a picture into the middle of a square room, in place."""
    if not picture.size:
        return
    side, longest = room.shape[0], max(picture.shape[:2])
    height, width = (max(1, round(edge * side / longest)) for edge in picture.shape[:2])
    scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if longest > side else cv2.INTER_NEAREST)
    top, left = (side - height) // 2, (side - width) // 2
    room[top : top + height, left : left + width] = scaled


def _to_text(digit: int) -> str:
    """A digit, "?" for no answer, "" for no truth."""
    return "" if digit < 0 else "?" if digit == NO_ANSWER else str(digit)
