"""Pieces of rows in; what the reader of rows says of them, and which are numbers, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ink.lines import Line, Run
from ink.parts import Part
from ink.strips import make_strip
from model.ctc import NO_DIGIT, ReadStrips, RowText, weigh_text

__all__ = ["find_digits", "find_numbers", "is_wide", "read_texts"]

NARROW = 0.6  # the likelihood of a text that a narrow piece is believed to have …
NARROW_ALONE = 0.95  # … and with nothing else on the page
LIKELIER = 0.85  # of a piece's score as one digit, the likelihood of several that is believed


def read_texts(lines: Sequence[Line], suspects: Sequence[set[int]], read: ReadStrips) -> list[dict[int, RowText]]:
    """What the reader of rows says of pieces, by the number of the piece, for each line."""
    places, strips = [], []
    for i, numbers in enumerate(suspects):
        for number in sorted(numbers):
            strip = make_strip(lines[i].pieces[number].ink)
            if strip is not None:
                places.append((i, number))
                strips.append(strip)
    texts: list[dict[int, RowText]] = [{} for _ in lines]
    for (i, number), steps in zip(places, read(strips) if strips else [], strict=True):
        texts[i][number] = weigh_text(steps)
    return texts


def find_numbers(line: Line, texts: dict[int, RowText], scores: dict[Run, float], alone: bool) -> dict[int, RowText]:
    """The texts of what is a number: of narrow pieces, which may be letters, the surest alone, and beside others.

    Parameters
    ----------
    scores : dict of Run to float
        How much each run looks like one digit, for the network.
    """
    numbers = {}
    for number, text in texts.items():
        is_sure = is_wide(line.pieces[number]) or text.likelihood >= (NARROW_ALONE if alone else NARROW)
        if text.is_number and is_sure and text.likelihood >= LIKELIER * scores.get((number, number + 1), 0.0):
            numbers[number] = text
    return numbers


def find_digits(runs: Sequence[Run], owners: Sequence[int], texts: dict[int, RowText]) -> Iterator[tuple[Run, RowText]]:
    """The runs that are a piece each and, for the reader of rows, surely one digit.

    Parameters
    ----------
    owners : sequence of int
        The number in `texts` of what each piece of the runs was cut off; a piece that was not cut has one alone.
    """
    for start, stop in runs:
        text = texts.get(owners[start])
        is_piece = stop == start + 1 and owners.count(owners[start]) == 1
        if is_piece and text is not None and text.is_one and text.labels[0] != NO_DIGIT:
            yield (start, stop), text


def is_wide(piece: Part) -> bool:
    """Whether a piece is too wide for one sign."""
    return piece.width > piece.lone_width * piece.height
