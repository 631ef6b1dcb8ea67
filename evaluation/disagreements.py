"""Sets that several networks have read in; where they disagree, as lists and contact sheets, out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evaluation.comparison import ComparedSet, Network
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

__all__ = ["FOLDER", "write_disagreements"]

FOLDER = "disagreements"
COLUMNS, ROWS = 8, 8  # of a contact sheet
MOST_LETTERS = 28  # as many as fit under two pictures
RIGHT, WRONG, TRUTH = (0, 110, 40), (180, 0, 0), (0, 0, 0)  # red, green, blue


def write_disagreements(folder: Path, networks: Sequence[Network], sets: Sequence[ComparedSet]) -> None:
    """Write a list and contact sheets of what the networks answer differently, a set each.

    They hold pictures and file names of the sets, so the folder keeps itself out of Git.
    """
    clear_folder(folder)
    names = [network.name for network in networks]
    for compared in sets:
        name = f"{compared.read.name}-disagree"
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "truth", *names])
            for i in compared.differing:
                answers = [mine[i] for mine in compared.answers]
                writer.writerow([compared.read.samples[i].name, compared.truths[i], *answers])
        cells = (_draw_cell(names, compared, i) for i in compared.differing)
        write_sheets(folder / f"{name}.png", cells, COLUMNS, ROWS)


def _draw_cell(names: Sequence[str], compared: ComparedSet, i: int) -> np.ndarray:
    """The sample; beside it, of a digit, what the networks saw; under both the truth, and a line a network."""
    sample, seen = compared.read.samples[i], None if compared.read.samples[i].text else to_seen(compared.read.pages[i])
    cell = np.full((CELL + (1 + len(names)) * WORDS, 2 * CELL, 3), 255, np.uint8)
    right = CELL if seen is not None else 2 * CELL
    place_picture(cell[1 : CELL - 1, 1 : right - 1], to_picture(load_content(sample)))
    if seen is not None:
        place_picture(cell[1 : CELL - 1, CELL + 1 : 2 * CELL - 1], seen)
    write_words(cell, f"truth: {compared.truths[i]}", len(names), TRUTH)
    for line, (name, mine) in enumerate(zip(reversed(names), reversed(compared.answers), strict=True)):
        answer = mine[i] or "nothing"
        room = MOST_LETTERS - 2 - len(answer)
        color = RIGHT if compared.right[len(names) - 1 - line, i] else WRONG
        write_words(cell, f"{name[-room:]}: {answer}", line, color)
    return cell
