"""What the network's cuts say against what the reader of rows says of the same piece."""

from __future__ import annotations

import numpy as np
import pytest

from ink.lines import Line, Run, cut_line, find_lines
from model.ctc import SIGNS, RowText, weigh_text
from model.division import Reading
from model.second_opinion import find_contradicted, follow_text, hear


def say(*labels: int, certainty: float = 0.9) -> RowText:
    """A reader that sees these signs, one after the other."""
    steps = np.full((2 * len(labels) + 1, SIGNS), (1 - certainty) / (SIGNS - 1))
    classes = np.zeros(len(steps), int)
    classes[1::2] = np.array(labels) + 1
    steps[np.arange(len(steps)), classes] = certainty
    return weigh_text(np.log(steps).astype(np.float32))


def cut_bars() -> tuple[Line, list[int]]:
    """Two upright bars with a thin bridge between them, cut."""
    ink = np.zeros((60, 90), np.float32)
    ink[10:50, 10:16] = ink[10:50, 60:66] = 1
    ink[29:31, 10:66] = 1
    [line] = find_lines(ink)
    line, owners = cut_line(line, {0})
    assert len(owners) > 1
    return line, owners


def read(line: Line, label: int, is_digit: float = 0.9, best: float = 0.91) -> dict[Run, Reading]:
    """A network that takes every run for the same digit."""
    probabilities = np.full(10, (1 - best) / 9, np.float32)
    probabilities[label] = best
    return {run: Reading(glyph, probabilities, is_digit) for run, glyph in line.glyphs.items()}


def halves(line: Line) -> list[Run]:
    count = len(line.pieces)
    return next([(0, k), (k, count)] for k in range(1, count) if {(0, k), (k, count)} <= line.glyphs.keys())


@pytest.mark.parametrize(
    ("text", "single", "others"),
    [
        (say(7), {0}, set()),  # one sign
        (say(10), {0}, set()),  # one, though no digit
        (say(4, 2), set(), {0}),  # another number
        (say(1, 1), set(), set()),  # what the cuts say
    ],
)
def test_what_is_cut_is_compared_with_what_the_reader_says(text: RowText, single: set, others: set) -> None:
    line, owners = cut_bars()
    assert find_contradicted(owners, halves(line), read(line, 1), {0: text}, {0: 0.0}) == (single, others)


def test_what_it_was_not_asked_about_and_what_was_not_cut_stay() -> None:
    line, owners = cut_bars()
    readings = read(line, 1)
    assert find_contradicted(owners, halves(line), readings, {}, {0: 0.0}) == (set(), set())
    assert find_contradicted(owners, halves(line), readings, {0: say(7)}, {}) == (set(), set())
    assert find_contradicted(owners, [(0, len(owners))], readings, {0: say(4, 2)}, {0: 0.0}) == (set(), set())


@pytest.mark.parametrize(("score", "single"), [(0.3, set()), (0.8, {0})])
def test_what_looks_more_like_one_digit_than_what_was_cut_is_likely_stays_whole(score: float, single: set) -> None:
    line, owners = cut_bars()
    text = say(1, 1, certainty=0.85)
    assert 0.3 < text.weigh((1, 1)) < 0.6
    assert find_contradicted(owners, halves(line), read(line, 1), {0: text}, {0: score}) == (single, set())


def test_a_number_is_laid_along_the_cuts() -> None:
    line, owners = cut_bars()
    readings = read(line, 1, best=0.99, is_digit=0.5)
    changed = follow_text(line, owners, 0, readings, say(4, 2, certainty=0.999))
    assert changed is not None
    laid = sorted(run for run, reading in changed.items() if reading.is_digit > 0)
    assert [run[0] for run in laid] == [0, laid[0][1]]
    assert laid[-1][1] == len(owners)
    assert [int(changed[run].probabilities.argmax()) for run in laid] == [4, 2]


def test_a_number_of_more_digits_than_slices_cannot_be_laid() -> None:
    line, owners = cut_bars()
    many = say(*[4] * (len(owners) + 1), certainty=0.999)
    assert follow_text(line, owners, 0, read(line, 1), many) is None


def test_of_a_doubtful_digit_of_a_number_the_network_is_heard_as_far_as_it_is_one() -> None:
    line, owners = cut_bars()
    text = say(4, 2, certainty=0.9)
    text.probabilities[0] = np.eye(10)[4] * 0.3 + np.eye(10)[1] * 0.25 + 0.045
    for is_digit, digit in ((0.9, 1), (0.01, 4)):
        changed = follow_text(line, owners, 0, read(line, 1, is_digit), text)
        assert changed is not None
        first = min(run for run, reading in changed.items() if reading.is_digit > 0)
        assert int(changed[first].probabilities.argmax()) == digit
        assert changed[first].probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_only_of_a_doubtful_sign_the_mean_of_both_counts() -> None:
    line, _ = cut_bars()
    sure, unsure = (next(iter(read(line, 1, best=best).values())) for best in (0.99, 0.6))
    text = say(7, certainty=0.999)
    assert hear(sure, text) is sure
    assert hear(unsure, None) is unsure
    assert hear(unsure, text).probabilities[7] == pytest.approx(0.5 + 0.02, abs=0.02)
