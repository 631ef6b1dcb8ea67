"""Pieces of a row and what the network says of their runs in; the division that looks most like digits out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ink.glyphs import Glyph, stroke_width
from ink.lines import Line, Run

__all__ = ["GOOD", "LEAST", "Reading", "choose_runs", "likeness_in_height", "scores_of"]

LEAST = 1e-3  # what a run that is no digit at all scores
LIGHTEST = 0.15  # of the mean ink of a row's pieces; lighter ones weigh as much
LENGTH = 2.1  # heights, of the strokes of a digit, the median of MNIST's
LEAST_LENGTH = 0.6  # of that; a digit with less ink counts as much: what a cut leaves over must look like one, too
CUT = 0.05  # what a cut costs, for each stroke width that it goes through and as much again, by the ink of what is cut
LOW = 0.7  # of the row's height: what is lower is less likely a digit of its own
GOOD = 0.6  # the score of what passes for a digit when a piece is cut


@dataclass(frozen=True, eq=False)
class Reading:
    """What the network says of one run.

    Attributes
    ----------
    glyph : Glyph
    probabilities : (10,) float32
    is_digit : float
    """

    glyph: Glyph
    probabilities: np.ndarray
    is_digit: float

    @property
    def score(self) -> float:
        """How much it looks like one digit and no other, above 0 ... 1."""
        return 0.0 if self.glyph.is_solid else max(self.is_digit * float(self.probabilities.max()), LEAST)

    @property
    def is_alien(self) -> bool:
        """Whether it looks like no digit, rather than like several."""
        return self.glyph.is_solid or self.is_digit < GOOD


def scores_of(readings: dict[Run, Reading]) -> dict[Run, float]:
    """The score of each run."""
    return {run: max(reading.score, LEAST) for run, reading in readings.items()}


def choose_runs(line: Line, scores: dict[Run, float]) -> list[Run]:
    """Divide a row's pieces into runs so that most of its ink is in what looks like a digit.

    The sum of the logarithms of the scores is made as high as it can be, each run counting by its ink, but as so much
    at least as a small digit has: a digit cut into pieces counts as one that is not, a crumb that looks like none
    counts, too, and so do cuts through much ink.

    Parameters
    ----------
    scores : dict of Run to float
        Of each run of `line.glyphs`, above 0 ... 1.

    Returns
    -------
    list of Run
        From left to right; together they hold every piece.
    """
    weights = _weigh(line)
    costs = _price_cuts(line, weights)
    least = _weigh_small_digit(line)
    count = len(line.pieces)
    best = [0.0] + [-np.inf] * count
    came_from = [0] * (count + 1)
    for stop in range(1, count + 1):
        for start in range(stop):
            if (start, stop) not in scores:
                continue
            score = scores[start, stop] * likeness_in_height(line.glyphs[start, stop], line)
            weight = max(weights[start:stop].sum(), least)
            total = best[start] + weight * np.log(max(score, LEAST)) - costs[start]
            if total > best[stop]:
                best[stop], came_from[stop] = total, start
    runs = []
    stop = count
    while stop > 0:
        runs.append((came_from[stop], stop))
        stop = came_from[stop]
    return runs[::-1]


def _weigh(line: Line) -> np.ndarray:
    masses = np.array([piece.ink.sum() for piece in line.pieces], np.float64)
    return np.maximum(masses, LIGHTEST * masses.mean()) / masses.sum()


def _weigh_small_digit(line: Line) -> float:
    """What the ink of a small digit weighs in a row."""
    stroke = float(np.median([stroke_width(piece.ink) for piece in line.pieces]))
    return LEAST_LENGTH * LENGTH * line.height * stroke / sum(float(piece.ink.sum()) for piece in line.pieces)


def _price_cuts(line: Line, weights: np.ndarray) -> list[float]:
    """What it costs to let a digit begin with each piece: something where it was cut off, 0 where there is a gap."""
    crossings = [piece.crossing for piece in line.pieces]
    costs = []
    for i, crossing in enumerate(crossings):
        if crossing is None:
            end = next((j for j in range(i + 1, len(crossings)) if crossings[j] is None), len(crossings))
            weight = float(weights[i:end].sum())  # of all that was one piece
            costs.append(0.0)
        else:
            costs.append(CUT * (1 + crossing) * weight)
    return costs


def likeness_in_height(glyph: Glyph, line: Line) -> float:
    """How likely a digit of the row has the glyph's height, 0 ... 1."""
    return min(1.0, glyph.box.height / (LOW * line.height)) ** 2
