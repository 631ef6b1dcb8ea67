"""What the network and the reader of rows say of the same ink in; what both together say out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ink.lines import Line, Run
from model.ctc import RowText
from model.division import LEAST, Reading, likeness_in_height
from model.row_texts import LIKELIER

__all__ = ["find_contradicted", "follow_text", "hear"]

CERTAIN = 0.95  # the highest probability below which both networks are heard
FAR_LIKELIER = 4  # times as likely as what the cuts say, the text that is believed instead


def hear(sign: Reading, text: RowText | None) -> Reading:
    """Let the reader of rows have a say where the network is in doubt which digit a sign of a number is."""
    if text is None or float(sign.probabilities.max()) >= CERTAIN:
        return sign
    return replace(sign, probabilities=(sign.probabilities + text.probabilities[0]) / 2)


def follow_text(
    line: Line, owners: list[int], number: int, readings: dict[Run, Reading], text: RowText
) -> dict[Run, Reading] | None:
    """Divide a piece that was cut as the reader of rows reads it; None if its digits cannot be laid along the cuts."""
    start = owners.index(number)
    stop = start + owners.count(number)
    runs = _lay_text(line, readings, text.labels, start, stop)
    if runs is None:
        return None
    changed = {
        run: replace(reading, is_digit=0.0) if start <= run[0] and run[1] <= stop else reading
        for run, reading in readings.items()
    }
    for run, probabilities, is_digit in zip(runs, text.probabilities, text.is_digit, strict=True):
        own = readings[run]
        if float(probabilities.max()) < CERTAIN:  # the network is heard, too, if what was cut looks like a digit
            probabilities = (probabilities + own.is_digit * own.probabilities) / (1 + own.is_digit)
        changed[run] = replace(own, probabilities=probabilities, is_digit=max(own.is_digit, float(is_digit)))
    return changed


def _lay_text(line: Line, readings: dict[Run, Reading], text: Sequence[int], start: int, stop: int) -> list[Run] | None:
    """Divide the pieces from `start` to `stop` so that each run looks most like its digit of the text."""
    best: dict[tuple[int, int], tuple[float, list[Run]]] = {(0, start): (0.0, [])}  # by digits laid and pieces used
    for count, digit in enumerate(text):
        for end in range(start + 1, stop + 1):
            options = []
            for begin in range(start, end):
                if (count, begin) in best and (begin, end) in readings:
                    reading = readings[begin, end]
                    score = reading.is_digit * float(reading.probabilities[digit])
                    score *= likeness_in_height(reading.glyph, line)
                    total, runs = best[count, begin]
                    options.append((total + np.log(max(score, LEAST)), [*runs, (begin, end)]))
            if options:
                best[count + 1, end] = max(options, key=lambda option: option[0])
    return best[len(text), stop][1] if (len(text), stop) in best else None


def find_contradicted(
    owners: Sequence[int],
    runs: Sequence[Run],
    readings: dict[Run, Reading],
    texts: dict[int, RowText],
    scores: dict[int, float],
) -> tuple[set[int], set[int]]:
    """Of pieces that were cut without being sure numbers, those that the reader of rows takes for something else.

    Parameters
    ----------
    owners : sequence of int
        The number of the piece that each slice was cut off.
    runs : sequence of Run
        Of the slices.
    texts : dict of int to RowText
        What the reader says of the pieces, where it was asked.
    scores : dict of int to float
        The pieces to compare, and how much each looks like one digit, for the network.

    Returns
    -------
    single, others : set of int
        What more likely is one sign, for the reader or for the network, and what far more likely is another number.
    """
    single, others = set(), set()
    for number in scores.keys() & texts.keys():
        own = [run for run in runs if number in owners[slice(*run)]]
        if len(own) < 2 or any(set(owners[slice(*run)]) != {number} for run in own):
            continue
        text = texts[number]
        labels = tuple(int(readings[run].probabilities.argmax()) for run in own)
        likelihood = text.weigh(labels)
        if text.is_of_digits and text.labels != labels and text.likelihood > FAR_LIKELIER * likelihood:
            others.add(number)
        elif max(text.weigh_one(), LIKELIER * scores[number]) > likelihood:
            single.add(number)
    return single, others
