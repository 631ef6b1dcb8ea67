"""What is no drawing is refused with a sentence that says where and why."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from ink.strokes import MAX_COORDINATE, MAX_POINTS, MAX_STROKES
from preprocessing import Drawing, DrawingError, drawing_to_page


def test_other_keys_and_more_numbers_a_point_are_ignored() -> None:
    plain = {"width": 9, "height": 8.5, "strokes": [[[1, 2], [3, 4]]]}
    rich = {**plain, "label": 7, "strokes": [[[1, 2, 0.5], [3, 4, 0.7]], []]}
    drawing = Drawing.from_json(rich)
    assert (drawing.width, drawing.height) == (9, 8.5)
    assert len(drawing.strokes) == 1
    np.testing.assert_array_equal(drawing.strokes[0], Drawing.from_json(plain).strokes[0])
    assert drawing.strokes[0].dtype == np.float64


@pytest.mark.parametrize("data", [None, [], "drawing", 7, [[[1, 2]]]])
def test_drawing_must_be_an_object(data: Any) -> None:
    with pytest.raises(DrawingError, match=r'^A drawing is an object \{"width": …, "height": …, "strokes": '):
        Drawing.from_json(data)


@pytest.mark.parametrize("key", ["width", "height"])
@pytest.mark.parametrize(
    "value", [None, 0, -1, "400", True, [400], float("nan"), float("inf"), 10**400, 2 * MAX_COORDINATE]
)
def test_sides_must_be_numbers_in_range(key: str, value: Any) -> None:
    with pytest.raises(DrawingError, match=f'^The drawing\'s "{key}" must be a number above 0 and up to 1,000,000'):
        Drawing.from_json({"width": 400, "height": 400, "strokes": [], key: value})


@pytest.mark.parametrize("missing", ["width", "height", "strokes"])
def test_missing_key_is_named(missing: str) -> None:
    data = {"width": 400, "height": 400, "strokes": []}
    del data[missing]
    with pytest.raises(DrawingError, match=f'"{missing}"'):
        Drawing.from_json(data)


@pytest.mark.parametrize("strokes", [None, {}, "M 0 0", 3])
def test_strokes_must_be_a_list(strokes: Any) -> None:
    with pytest.raises(DrawingError, match='no list of "strokes"; an empty canvas is "strokes": \\[\\]'):
        Drawing.from_json({"width": 400, "height": 400, "strokes": strokes})


@pytest.mark.parametrize(
    ("stroke", "sentence"),
    [
        ("M 0 0", "is no list"),
        (None, "is no list"),
        ({"x": 1}, "is no list"),
        ([[1, 2], [3]], "points of unequal length"),
        ([[1, 2], 3], "points of unequal length"),
        ([1, 2], "something other than numbers"),
        ([[1], [2]], "something other than numbers"),
        ([[[1, 2]], [[3, 4]]], "something other than numbers"),
        ([[1, None]], "something other than numbers"),
        ([["1", "2"]], "something other than numbers"),
        ([[True, False]], "something other than numbers"),
        ([{"x": 1, "y": 2}], "something other than numbers"),
        ([[10**400, 1]], "something other than numbers"),
        ([[1, float("nan")]], "a coordinate that is no number or beyond 1,000,000"),
        ([[float("inf"), 1]], "a coordinate that is no number or beyond 1,000,000"),
        ([[1, -2e6]], "a coordinate that is no number or beyond 1,000,000"),
        ([[2**62, 1]], "a coordinate that is no number or beyond 1,000,000"),
    ],
)
def test_stroke_that_is_none_is_named(stroke: Any, sentence: str) -> None:
    with pytest.raises(DrawingError, match=f"^Stroke 2 of the drawing .*{sentence}"):
        Drawing.from_json({"width": 400, "height": 400, "strokes": [[[1, 2]], stroke]})


def test_too_many_points_are_refused() -> None:
    half = [[0, 0]] * (MAX_POINTS // 2)
    data = {"width": 400, "height": 400, "strokes": [half, half]}
    assert len(Drawing.from_json(data).strokes) == 2
    data["strokes"] = [half, half, [[1, 1]]]
    with pytest.raises(DrawingError, match="has 10,001 points; at most 10,000 are read"):
        Drawing.from_json(data)


def test_too_many_strokes_are_refused() -> None:
    data = {"width": 400, "height": 400, "strokes": [[[i, 0], [i, 9]] for i in range(MAX_STROKES)]}
    assert len(Drawing.from_json(data).strokes) == 100
    data["strokes"].append([])
    with pytest.raises(DrawingError, match=r"^The drawing has 101 strokes; at most 100 are read\.$"):
        Drawing.from_json(data)


def test_long_strokes_cross_in_bounded_memory() -> None:
    """All pairs of their segments at once would take 400 MB an array."""
    wave = [[i / 12, 200 + 150 * (-1) ** i] for i in range(MAX_POINTS // 2)]
    tracemalloc.start()
    page = drawing_to_page(Drawing.from_json({"width": 420, "height": 400, "strokes": [wave, [[0, 200], [420, 205]]]}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(len(line.pieces) for line in page.lines) == 1
    assert peak < 100_000_000
