"""Ink and strokes to rows of pieces: what hangs together, what is dust, which row it stands in, where it may be cut."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from written_numbers import number_drawing, number_ink

from ink.cuts import cut_ink
from ink.lines import cut_line, find_lines, parts_to_lines
from ink.parts import Part, find_parts, join_parts
from ink.strokes import Drawing, drawing_to_parts


def row_of(ink: np.ndarray) -> list[int]:
    """How many pieces each row has."""
    return [len(line.pieces) for line in find_lines(ink)]


def block(ink: np.ndarray, top: int, left: int, height: int, width: int) -> None:
    ink[top : top + height, left : left + width] = 1


# ---------------------------------------------------------------- parts


def test_parts_hold_all_ink_and_no_ink_twice() -> None:
    ink = number_ink(["2074"])
    parts = find_parts(ink)
    assert sum(part.ink.sum() for part in parts) == pytest.approx(ink.sum(), rel=1e-3)
    together = join_parts(parts)
    assert (together.ink == ink[together.top : together.bottom, together.left : together.right]).mean() > 0.99


def test_faint_ink_belongs_to_the_nearest_part_and_makes_no_bridge() -> None:
    ink = np.zeros((40, 60), np.float32)
    ink[5:35, 10:14] = ink[5:35, 40:44] = 1
    ink[20, 14:40] = 0.1
    left, right = sorted(find_parts(ink), key=lambda part: part.left)
    assert (left.left, right.right) == (10, 44)
    assert 14 < left.right <= right.left < 40  # the faint edge of a stroke goes no farther


def test_specks_beside_the_writing_belong_to_no_part() -> None:
    """As a noisy photo has them: one of them at the edge is no reason to take the writing for what comes in there."""
    ink = np.zeros((100, 200), np.float32)
    block(ink, 20, 100, 60, 90)
    ink[18:20, 100:190] = 0.1  # the soft edge of the stroke
    ink[50, 199] = ink[70, 195] = ink[12, 120] = 0.2
    [part] = find_parts(ink)
    assert (part.top, part.left, part.bottom, part.right) == (18, 100, 80, 190)
    assert not part.touches_edge(ink.shape)
    np.testing.assert_array_equal(part.ink, ink[18:80, 100:190])


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_blank_ink_has_no_parts_and_no_lines(level: float) -> None:
    ink = np.full((30, 40), level, np.float32)
    assert find_parts(ink) == []
    assert find_lines(ink) == []
    assert find_lines(np.zeros((0, 0), np.float32)) == []


@pytest.mark.parametrize("drop", [-8, 0, 8])
@pytest.mark.parametrize("below", [6, 22, 38])
def test_a_line_under_a_number_is_none_of_its_signs(below: int, drop: int) -> None:
    ink = number_ink(["204"])
    plain = row_of(ink)
    bottom = int(np.flatnonzero(ink.any(axis=1))[-1])
    cv2.line(ink, (30, bottom + 6 + below), (220, bottom + 6 + below + drop), 1.0, 6, cv2.LINE_AA)
    assert row_of(ink) == plain == [3]


def test_a_line_under_a_drawn_number_is_none_of_its_signs() -> None:
    drawing = number_drawing(["204"])
    line = np.array([[30.0, 160], [120, 164], [220, 161]])
    parts, _ = drawing_to_parts(Drawing(drawing.width, drawing.height, (*drawing.strokes, line)))
    plain, _ = drawing_to_parts(drawing)
    [row], [expected] = parts_to_lines(parts), parts_to_lines(plain)
    assert len(row.pieces) == len(expected.pieces)


@pytest.mark.parametrize(
    ("left", "top", "width"),
    [
        (20, 75, 45),  # the foot of a 1
        (30, 40, 60),  # a dash beside it
        (20, 2, 120),  # a bar above two signs, as letters have it
        (20, 130, 120),  # far below them
    ],
)
def test_other_lines_stay(left: int, top: int, width: int) -> None:
    ink = np.zeros((200, 200), np.float32)
    block(ink, 20, 38 if width == 45 else 100, 50, 6)
    if width == 120:
        block(ink, 20, 38, 50, 6)
    block(ink, top, left, 5, width)
    pieces = [piece for line in find_lines(ink) for piece in line.pieces]
    assert sum(piece.ink.sum() for piece in pieces) == ink.sum()


def test_dust_is_left_out_and_small_pieces_go_with_their_neighbor() -> None:
    ink = number_ink(["17"])
    one = find_parts(ink)[0]
    block(ink, 5, 5, 4, 4)  # far from all
    dusty = find_lines(ink)
    assert [len(line.pieces) for line in dusty] == [2]
    block(ink, one.bottom + 3, one.left + 2, 5, 5)  # right below a digit
    (line,) = find_lines(ink)
    assert len(line.pieces) == 2
    masses = [sum(piece.ink.sum() for piece in each.pieces) for each in (dusty[0], line)]
    assert masses[1] == pytest.approx(masses[0] + 25)


def test_what_stands_within_a_part_belongs_to_it() -> None:
    ring = np.zeros((100, 80), np.float32)
    block(ring, 10, 10, 80, 60)
    ring[16:84, 16:64] = 0
    block(ring, 40, 35, 20, 6)  # the stroke in a zero
    assert row_of(ring) == [1]


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize("slope", [-0.3, -0.15, 0.0, 0.15, 0.3])
@pytest.mark.parametrize("rows", [["2074"], ["31", "48592"], ["123", "456", "789"]])
def test_rows_are_found_at_any_slope(rows: list[str], slope: float) -> None:
    found = row_of(number_ink(rows, slope=slope))
    # the bar of a 5 or the stem of a 4 may be a piece of its own
    assert len(found) == len(rows)
    assert all(len(row) <= count <= 2 * len(row) for row, count in zip(rows, found, strict=True))


def test_uneven_digits_stay_in_their_row() -> None:
    ink = np.zeros((200, 400), np.float32)
    for left, top in ((20, 60), (80, 75), (140, 50), (200, 70), (260, 58)):
        block(ink, top, left, 60, 8)
    assert row_of(ink) == [5]


def test_pieces_stand_from_left_to_right() -> None:
    for line in find_lines(number_ink(["7410", "2586"])):
        middles = [piece.center[1] for piece in line.pieces]
        assert middles == sorted(middles)


def test_runs_are_no_wider_than_a_digit() -> None:
    (line,) = find_lines(number_ink(["111111"]))
    assert all((i, i + 1) in line.glyphs for i in range(6))
    assert max(glyph.box.width for glyph in line.glyphs.values()) <= 1.7 * line.height


# ---------------------------------------------------------------- cuts


def test_cut_slices_hold_all_ink_from_left_to_right() -> None:
    ink = number_ink(["038"], width=38)
    part = join_parts(find_parts(ink))
    slices = cut_ink(part.ink, part.height)
    assert len(slices) > 3
    assert sum(one.ink.sum() for one in slices) == pytest.approx(part.ink.sum(), rel=1e-5)
    assert [one.left for one in slices] == sorted(one.left for one in slices)


def test_a_cut_goes_through_the_gap_between_two_slanting_strokes() -> None:
    ink = np.zeros((100, 100), np.float32)
    for row in range(100):
        for left in (60 - row // 2, 90 - row // 2):  # their columns overlap
            ink[row, left : left + 6] = 1
    ink[50, 35:65] = 1  # a hair that joins them
    slices = cut_ink(ink, 100)
    masses = np.array([one.ink.sum() for one in slices])
    on_the_left = np.cumsum(masses)[:-1]
    assert np.abs(on_the_left - 600).min() < 40  # one of the cuts parts them


def test_a_cut_tells_through_how_many_strokes_it_goes() -> None:
    ink = np.zeros((100, 120), np.float32)
    ink[:, :10] = ink[:, -10:] = 1
    ink[20:30] = ink[70:80] = 1  # two strokes of 10 rows join the uprights
    first, *others = Part(0, 0, ink).cut(100)
    assert first.crossing is None
    assert [other.crossing for other in others] == pytest.approx([2.0] * len(others), rel=0.15)


def test_only_doubtful_pieces_are_cut() -> None:
    (line,) = find_lines(number_ink(["08"]))
    cut, owners = cut_line(line, {1})
    assert owners[0] == 0
    assert set(owners[1:]) == {1}
    assert len(cut.pieces) == len(owners) > 2
    assert cut.height == line.height
    assert cut.glyphs[0, 1] is line.glyphs[0, 1]  # which has been read


@pytest.mark.parametrize(("count", "most"), [(12, 12 * 9), (100, 400), (500, 500)])
def test_hundreds_of_pieces_are_not_all_joined_to_their_neighbors(count: int, most: int) -> None:
    ink = np.zeros((60, 5 * count + 40), np.float32)
    for column in range(20, 5 * count + 20, 5):
        block(ink, 10, column, 40, 2)
    (line,) = find_lines(ink)
    assert len(line.pieces) == count
    assert count <= len(line.glyphs) <= most


def test_what_is_cut_may_still_be_one_digit_however_many_slices_it_has() -> None:
    ink = np.zeros((60, 150), np.float32)
    for column in range(5, 145, 10):
        block(ink, 10, column, 40, 3)
    block(ink, 30, 5, 2, 135)
    (line,) = find_lines(ink)
    cut, owners = cut_line(line, {0})
    assert len(owners) > 9
    assert cut.glyphs[0, len(owners)] is line.glyphs[0, 1]


# ---------------------------------------------------------------- strokes


def test_strokes_of_a_drawing_are_pieces_at_their_places() -> None:
    drawing = number_drawing(["1707"])
    parts, scale = drawing_to_parts(drawing)
    (line,) = parts_to_lines(parts)
    assert len(line.pieces) == 4
    for i, piece in enumerate(line.pieces):
        assert piece.left / scale == pytest.approx(drawing.strokes[i][:, 0].min(), abs=8)


def test_strokes_that_cross_are_one_piece_and_those_that_touch_may_be_cut() -> None:
    cross = Drawing(200, 200, (np.array([[50.0, 50], [150, 150]]), np.array([[150.0, 50], [50, 150]])))
    (part,) = drawing_to_parts(cross)[0]
    assert getattr(part, "members", None) == ()
    angle = Drawing(200, 200, (np.array([[50.0, 50], [50, 150]]), np.array([[50.0, 150], [150, 150]])))
    (part,) = drawing_to_parts(angle)[0]
    assert len(part.cut(64)) == 2
    apart = Drawing(200, 200, (np.array([[50.0, 50], [50, 150]]), np.array([[120.0, 50], [120, 150]])))
    assert len(drawing_to_parts(apart)[0]) == 2


def test_a_drawing_without_visible_strokes_has_no_parts() -> None:
    assert drawing_to_parts(Drawing(100, 100, ()))[0] == []
    assert drawing_to_parts(Drawing(100, 100, (np.array([[-50.0, -50], [-10, -10]]),)))[0] == []
