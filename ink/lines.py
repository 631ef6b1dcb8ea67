"""Ink or pen strokes in; rows of writing out, each with every run of its pieces that could be one digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np

from ink.broken import join_broken
from ink.glyphs import Glyph, Ink
from ink.parts import Part, find_parts, join_parts, typical_height
from ink.rows import arrange_rows
from ink.underlines import STROKE, drop_underlines

__all__ = ["Line", "Run", "cut_line", "find_lines", "parts_to_lines"]

SPECK = 0.15  # of the row's height; what is smaller, and not near a larger part, is dust
NEAR = 0.12  # of the row's height: a speck nearer than that to a larger part is a piece of it
PIECE = 0.25  # of the row's height; parts smaller than this are joined to what they are near to
MOST_PIECES = 9  # that one digit may have, cut or drawn
MOST_GLYPHS = 400  # of a row: texture that passes for writing has hundreds of pieces, and would keep all waiting
WIDEST = 1.7  # of the row's height: no digit is wider
GAP = 0.35  # of the row's height: the pieces of one digit are no farther apart
WITHIN = 0.75  # of a part's box in that of a larger one: they are one sign, as the stroke through a 0

Run: TypeAlias = tuple[int, int]  # the first piece, and the one after the last


@dataclass(frozen=True, eq=False)
class Line:
    """A row of writing.

    Attributes
    ----------
    pieces : list of Part
        From left to right.
    height : float
        Of its digits, in pixels of the ink.
    glyphs : dict of Run to Glyph
        Each run of pieces that could be one digit; every piece alone is among them.
    """

    pieces: list[Part]
    height: float
    glyphs: dict[Run, Glyph]


def find_lines(ink: Ink) -> list[Line]:
    """Find the rows of writing in an ink, top to bottom.

    Parameters
    ----------
    ink : (H, W) float32, 0 paper ... 1 pen

    Returns
    -------
    list of Line
        [] if the ink is blank.
    """
    return parts_to_lines(join_broken(find_parts(ink), ink))


def parts_to_lines(parts: Sequence[Part]) -> list[Line]:
    """Arrange parts into rows, small ones joined to what they are near to, dust left out."""
    if not parts:
        return []
    parts = drop_underlines(_clean(parts, typical_height(parts)))
    return [_make_line(row, typical_height(row)) for row in arrange_rows(parts)]


def cut_line(line: Line, doubtful: set[int]) -> tuple[Line, list[int]]:
    """Cut the pieces whose numbers are given where digits may touch.

    Returns
    -------
    line : Line
        Runs of whole pieces have the same glyphs as before.
    owners : list of int
        For each of its pieces, which piece of the given line it is, or is cut from.
    """
    slices = [piece.cut(line.height) if i in doubtful else [piece] for i, piece in enumerate(line.pieces)]
    owners = [i for i, own in enumerate(slices) for _ in own]
    first = np.cumsum([0, *map(len, slices)]).tolist()  # slice of each piece
    known = {(first[start], first[stop]): glyph for (start, stop), glyph in line.glyphs.items()}
    cut = _make_line([part for own in slices for part in own], line.height, known)
    # what is wide has more slices than one digit may have
    whole = {(first[i], first[i + 1]): line.glyphs[i, i + 1] for i in range(len(slices)) if (i, i + 1) in line.glyphs}
    return replace(cut, glyphs=whole | cut.glyphs), owners


def _clean(parts: Sequence[Part], height: float) -> list[Part]:
    parts = sorted(parts, key=lambda part: -part.height * part.width)
    groups: list[list[Part]] = []
    for part in parts:
        side = max(part.height, part.width)
        within = [_share_within(part, group[0]) for group in groups]
        distances = [_distance(part, group[0]) for group in groups] if side < PIECE * height else []
        if within and max(within) > WITHIN:
            groups[int(np.argmax(within))].append(part)
        elif distances and min(distances) < NEAR * height:
            groups[int(np.argmin(distances))].append(part)
        elif side >= SPECK * height:
            groups.append([part])
    return [join_parts(group) for group in groups]


def _share_within(part: Part, other: Part) -> float:
    """How much of a part's box lies in another's, 0 ... 1."""
    down = min(part.bottom, other.bottom) - max(part.top, other.top)
    across = min(part.right, other.right) - max(part.left, other.left)
    return max(down, 0) * max(across, 0) / (part.height * part.width)


def _distance(a: Part, b: Part) -> float:
    """Between the inks of two parts, pixels; between their boxes, where these do not overlap."""
    across = max(a.left - b.right, b.left - a.right, 0)
    down = max(a.top - b.bottom, b.top - a.bottom, 0)
    if across or down:
        return float(np.hypot(across, down))
    both = join_parts([a, b])
    paper = np.ones(both.ink.shape, np.uint8)
    places = [np.s_[p.top - both.top : p.bottom - both.top, p.left - both.left : p.right - both.left] for p in (a, b)]
    paper[places[1]][b.ink > STROKE] = 0
    distances = cv2.distanceTransform(paper, cv2.DIST_L2, 5)
    return float(distances[places[0]][a.ink > STROKE].min(initial=np.inf))


def _make_line(pieces: list[Part], height: float, known: Mapping[Run, Glyph] | None = None) -> Line:
    """A line of pieces; the glyphs of some of its runs may be known."""
    glyphs = {}
    most = min(MOST_PIECES, max(1, MOST_GLYPHS // len(pieces)))
    for start in range(len(pieces)):
        for stop in range(start + 1, min(start + most, len(pieces)) + 1):
            run = pieces[start:stop]
            if not _may_be_one(run, height):
                break
            glyph = (known or {}).get((start, stop)) or join_parts(run).to_glyph()
            if glyph is not None:
                glyphs[start, stop] = glyph
    return Line(pieces, height, glyphs)


def _may_be_one(run: list[Part], height: float) -> bool:
    """Whether the last piece of a run may belong to the same digit as those before it."""
    if len(run) == 1:
        return True
    left, right = min(part.left for part in run), max(part.right for part in run)
    gap = run[-1].left - max(part.right for part in run[:-1])
    return right - left <= WIDEST * height and gap <= GAP * height
