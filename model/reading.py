"""Rows of pieces in; the digits in them, found together with the network, out.

Which ink is one digit is decided by what it looks like: every run of pieces that could be a digit is read, and the
division of a row is taken that looks most like digits. Pieces that look like none, and wide ones, are cut where two
digits may touch, and read again. A reader of rows, if there is one, says which digits such a piece is, as a whole; then
it is divided so that each part looks most like its digit. Where it is not certain, it may still object to the cuts.

References
----------
Casey and Lecolinet 1996, A Survey of Methods and Strategies in Character Segmentation: recognition-based segmentation,
with a lattice of pieces and the best path through it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from ink.glyphs import Glyph, stroke_width
from ink.lines import Line, Run, cut_line
from ink.parts import join_parts
from model.ctc import ReadStrips, RowText
from model.division import GOOD, Reading, choose_runs, likeness_in_height, scores_of
from model.row_texts import find_digits, find_numbers, is_wide, read_texts
from model.second_opinion import find_contradicted, follow_text, hear

__all__ = ["read_pages"]

# Glyphs to (N, 10) float32 probabilities and (N,) float32, how much each is a digit
ReadGlyphs = Callable[[Sequence[Glyph]], tuple[np.ndarray, np.ndarray]]

DOUBTED_WIDTH = 0.75  # of the row's height: a piece wider than that may be two digits …
DOUBTED_SCORE = 0.85  # … if its best run scores less
THICKEST = 0.4  # of its height, the stroke of touching digits; a wider one is a blot, which could be cut into many a 1
ALONE = 0.95  # likewise where there is nothing else on the page: most people draw one digit
STACKED = 0.6  # of the narrower one's width, that two signs of a row share
WIDE = 1.2  # of its height; a piece so wide is most likely several digits, though not all of them may be read …
WIDE_ALONE = 1.8  # … and with nothing else on the page, so wide: letters and doodles are narrower
SUSPECTED_WIDTH, SUSPECTED_SCORE = 0.9, 0.97  # the reader of rows is asked of what is so wide, or scores less
SURE = 0.9  # the score of a sign that is a digit beyond doubt
VOUCHING = 2  # so many of them on a page make it a number; what is beside them is one, too, or a ?
CLOSE = 0.08  # of a height, between strokes of one sign
FEW = 3  # signs; with so few, what is no digit and touches one makes a letter of it
READ_SHARE = 0.5  # of the ink of such a piece that must pass for digits
VOUCHED_SHARE = 0.35  # of a number's


def read_pages(
    pages: Sequence[Sequence[Line]], read: ReadGlyphs, read_strips: ReadStrips | None = None
) -> list[list[list[Reading]]]:
    """Find and read the digits on pages; the network is called twice or three times for all of them together.

    Parameters
    ----------
    pages : sequence of pages, each a sequence of Line
    read : callable
        The network.
    read_strips : callable, optional
        The reader of rows, for digits that touch.

    Returns
    -------
    list of pages, each a list of rows, each a list of Reading from left to right
    """
    lines = [line for page in pages for line in page]
    page_of = [number for number, page in enumerate(pages) for _ in page]
    alone = [sum(len(line.pieces) for line in page) == 1 for page in pages for _ in page]
    readings = _read_lines(lines, read)
    divided = [choose_runs(line, scores_of(known)) for line, known in zip(lines, readings, strict=True)]
    sure = [0] * len(pages)
    for number, known, runs in zip(page_of, readings, divided, strict=True):
        sure[number] += sum(known[run].score >= SURE for run in runs)
    texts: list[dict[int, RowText]] = [{} for _ in lines]
    numbered: list[dict[int, RowText]] = [{} for _ in lines]
    pieces = [list(range(len(line.pieces))) for line in lines]  # of which each was cut off
    doubts = [
        _find_doubtful(line, scores_of(known), lone) for line, known, lone in zip(lines, readings, alone, strict=True)
    ]
    if read_strips:
        suspects = [
            _find_suspects(line, scores_of(known), lone)
            for line, known, lone in zip(lines, readings, alone, strict=True)
        ]
        texts = read_texts(lines, suspects, read_strips)
        numbered = [
            find_numbers(line, said, scores_of(known), lone)
            for line, said, known, lone in zip(lines, texts, readings, alone, strict=True)
        ]
        ones = [{number for number, text in known.items() if text.is_one} for known in texts]
        doubts = [
            (doubtful | numbers.keys()) - single
            for doubtful, numbers, single in zip(doubts, numbered, ones, strict=True)
        ]
    while any(doubts):
        numbers = [i for i, doubtful in enumerate(doubts) if doubtful]
        cut = {i: cut_line(lines[i], doubts[i]) for i in numbers}
        before = {id(sign.glyph): sign for i in numbers for sign in readings[i].values()}
        anew = dict(zip(numbers, _read_lines([cut[i][0] for i in numbers], read, before), strict=True))
        for i in numbers:
            line, owners = cut[i]
            for number in sorted(doubts[i] & numbered[i].keys()):
                followed = follow_text(line, owners, number, anew[i], numbered[i][number])
                if followed is None:  # it is cut as without a reader
                    del numbered[i][number], texts[i][number]
                else:
                    anew[i] = followed
            runs = choose_runs(line, scores_of(anew[i]))
            failed = set()
            if sure[page_of[i]] < VOUCHING:
                unread = doubts[i] - numbered[i].keys()
                failed = _find_failed(lines[i], line, owners, runs, scores_of(anew[i]), unread, alone[i])
            unread = doubts[i] - numbered[i].keys() - failed
            whole = scores_of(readings[i])
            asked = {  # what is wide is hardly one digit
                number: 0.0 if is_wide(lines[i].pieces[number]) else whole.get((number, number + 1), 0.0)
                for number in unread
            }
            single, others = find_contradicted(owners, runs, anew[i], texts[i], asked)
            failed |= single
            numbered[i] |= {number: texts[i][number] for number in others}
            if failed or others:  # the former stay whole, the latter are divided as they are read
                doubts[i] -= failed
            else:
                lines[i], readings[i], divided[i], doubts[i], pieces[i] = line, anew[i], runs, set(), owners
    rows = iter([[known[run] for run in runs] for known, runs in zip(readings, divided, strict=True)])
    heard = {}
    for known, runs, owners, said, lone in zip(readings, divided, pieces, texts, alone, strict=True):
        if not lone:
            heard.update({id(known[run].glyph): text for run, text in find_digits(runs, owners, said)})
    answers = _prefer_whole([[next(rows) for _ in page] for page in pages], pages, read)
    return [[[hear(sign, heard.get(id(sign.glyph))) for sign in row] for row in page] for page in answers]


def _read_lines(
    lines: Sequence[Line], read: ReadGlyphs, known: Mapping[int, Reading] | None = None
) -> list[dict[Run, Reading]]:
    """Read all glyphs of lines but for those whose readings are known by their ids."""
    readings = dict(known or {})
    glyphs = [glyph for line in lines for glyph in line.glyphs.values() if id(glyph) not in readings]
    if glyphs:
        answers = zip(glyphs, *read(glyphs), strict=True)
        readings.update((id(glyph), Reading(glyph, p, float(d))) for glyph, p, d in answers)
    return [{run: readings[id(glyph)] for run, glyph in line.glyphs.items()} for line in lines]


def _find_doubtful(line: Line, scores: dict[Run, float], alone: bool) -> set[int]:
    """The pieces that may be several digits."""
    doubtful = set()
    for i, piece in enumerate(line.pieces):
        best = max(score for (start, stop), score in scores.items() if start <= i < stop)
        least = piece.lone_width * piece.height if alone else DOUBTED_WIDTH * line.height
        if piece.width > least and best < DOUBTED_SCORE and stroke_width(piece.ink) < THICKEST * piece.height:
            doubtful.add(i)
    return doubtful


def _find_suspects(line: Line, scores: dict[Run, float], alone: bool) -> set[int]:
    """The pieces that the reader of rows is asked about: more of them than are cut without it."""
    suspects = set()
    for i, piece in enumerate(line.pieces):
        best = max(score for (start, stop), score in scores.items() if start <= i < stop)
        is_broad, is_unlikely = piece.width > SUSPECTED_WIDTH * line.height, best < SUSPECTED_SCORE
        asked = is_wide(piece) or (is_broad and is_unlikely if alone else is_broad or is_unlikely)
        if asked and stroke_width(piece.ink) < THICKEST * piece.height:
            suspects.add(i)
    return suspects


def _find_failed(
    whole: Line,
    cut: Line,
    owners: list[int],
    runs: list[Run],
    scores: dict[Run, float],
    doubtful: set[int],
    alone: bool,
) -> set[int]:
    """Those of the doubtful pieces that look no more like digits when they are cut."""
    failed = set()
    for number in doubtful:
        own = [run for run in runs if number in owners[slice(*run)]]
        piece = whole.pieces[number]
        if piece.width < (WIDE_ALONE if alone else WIDE) * piece.height:
            if min(scores[run] for run in own) < (ALONE if alone else GOOD):
                failed.add(number)
            continue
        masses = np.array([sum(part.ink.sum() for part in cut.pieces[slice(*run)]) for run in own])
        good = np.array([scores[run] >= GOOD for run in own])
        if masses[good].sum() < READ_SHARE * masses.sum():
            failed.add(number)
    return failed


def _prefer_whole(
    pages: list[list[list[Reading]]], given: Sequence[Sequence[Line]], read: ReadGlyphs
) -> list[list[list[Reading]]]:
    """Take all ink of a page for one sign where that looks like a digit and its parts do not all, or most do not."""
    numbers, glyphs = [], []
    for number, rows in enumerate(pages):
        scores = [
            sign.score * likeness_in_height(sign.glyph, line)
            for line, row in zip(given[number], rows, strict=True)
            for sign in row
        ]
        if len(scores) > 1 and (min(scores) < GOOD or _is_tower(rows)):
            glyph = join_parts([piece for line in given[number] for piece in line.pieces]).to_glyph()
            if glyph is not None:
                numbers.append(number)
                glyphs.append(glyph)
    if glyphs:
        for number, glyph, probabilities, is_digit in zip(numbers, glyphs, *read(glyphs), strict=True):
            whole = Reading(glyph, probabilities, float(is_digit))
            if whole.score >= GOOD or _is_nonsense(pages[number]):
                pages[number] = [[whole]]
    return pages


def _is_tower(rows: list[list[Reading]]) -> bool:
    """Whether two signs stand right on each other and there is nothing else, as the rings of an 8."""
    if [len(row) for row in rows] != [1, 1]:
        return False
    upper, lower = (row[0].glyph.box for row in rows)
    return lower.top - (upper.top + upper.height) < CLOSE * min(upper.height, lower.height)


def _is_nonsense(rows: list[list[Reading]]) -> bool:
    """Whether most of the ink is in no digit, or what is none belongs to a digit beside, above or around it."""
    signs = [sign for row in rows for sign in row]
    good = np.array([sign.score >= GOOD for sign in signs])
    is_number = sum(sign.score >= SURE for sign in signs) > VOUCHING
    lengths = np.array([sign.glyph.crop.sum() / max(stroke_width(sign.glyph.crop), 1) for sign in signs])
    if lengths[good].sum() < (VOUCHED_SHARE if is_number else READ_SHARE) * lengths.sum():
        return True
    if good.all() or is_number:
        return False
    return any(_stacks(row) for row in rows) or (len(signs) <= FEW and any(_touches(row) for row in rows))


def _stacks(row: list[Reading]) -> bool:
    """Whether what is no digit stands above, below or in another sign of its row, as the dot of an i does."""
    return any(
        _shared_width(one, other) > STACKED * min(one.glyph.box.width, other.glyph.box.width)
        for i, one in enumerate(row)
        for other in row[:i]
        if one.is_alien or other.is_alien
    )


def _touches(row: list[Reading]) -> bool:
    """Whether what is no digit is as near to its neighbor as the strokes of one letter."""
    return any(
        _shared_width(one, other) > -CLOSE * max(one.glyph.box.height, other.glyph.box.height)
        for one, other in pairwise(row)
        if one.is_alien or other.is_alien
    )


def _shared_width(one: Reading, other: Reading) -> float:
    """Columns that two signs share; below 0 it is the gap between them."""
    a, b = one.glyph.box, other.glyph.box
    return min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
