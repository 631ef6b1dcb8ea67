"""Pieces of rows in; what the reader of rows says of them, and which are numbers, out."""

from __future__ import annotations

from collections.abc import Sequence

from ink.lines import Line
from ink.parts import Part
from ink.strips import make_strip
from model.ctc import ReadStrips, RowText, weigh_text

__all__ = ["find_numbers", "is_wide", "read_texts"]

NARROW = 0.6  # the likelihood of a text that a narrow piece is believed to have


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


def find_numbers(line: Line, texts: dict[int, RowText], alone: bool) -> dict[int, RowText]:
    """The texts of what is a number: of narrow pieces, which may be letters, the surest alone, and beside others."""
    numbers = {}
    for number, text in texts.items():
        is_sure = is_wide(line.pieces[number]) or (not alone and text.likelihood >= NARROW)
        if text.is_number and is_sure:
            numbers[number] = text
    return numbers


def is_wide(piece: Part) -> bool:
    """Whether a piece is too wide for one sign."""
    return piece.width > piece.lone_width * piece.height
