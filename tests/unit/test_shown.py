"""What a page shows: choosing a sign, correcting it, and what is said where a photo cannot be read."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from written_numbers import number_drawing, number_photo

from interface import texts
from interface.shown import Kept, NoSuchSign, Shown, explain, render, render_side_by_side, show_photo
from model.card import Card
from model.recognizer import Recognizer
from preprocessing import Picture, Writing, find_writing, writing_to_page


@pytest.fixture
def shown(recognizer: Recognizer) -> Shown:
    """The number 2074."""
    drawing = number_drawing(["2074"])
    return Shown(recognizer.recognize_drawing(drawing), (drawing.height, drawing.width))


def test_a_digit_is_chosen_and_corrected(shown: Shown) -> None:
    assert shown.choose({"sign": 3}) == (shown, 3)

    fixed, number = shown.choose({"sign": 3, "fix": "9"})
    assert (fixed.fixes, number) == ({3: 9}, 3)
    fixed, _ = fixed.choose({"sign": 0, "fix": "remove"})
    assert fixed.fixes == {3: 9, 0: None}
    assert 'data-copy="079"' in render(fixed)[0]
    assert shown.fixes == {}


def test_choosing_the_digit_that_was_read_undoes_a_correction(shown: Shown) -> None:
    for fix in ("9", "remove"):
        fixed, _ = shown.choose({"sign": 2, "fix": fix})
        undone, _ = fixed.choose({"sign": 2, "fix": "7"})
        assert undone.fixes == {}
    assert 'data-copy="2074"' in render(undone)[0]


@pytest.mark.parametrize("choice", [None, 1, [], {}, {"sign": "1"}, {"sign": True}, {"sign": -1}, {"sign": 4}])
def test_a_sign_that_is_not_there_cannot_be_chosen(shown: Shown, choice: Any) -> None:
    with pytest.raises(NoSuchSign, match="no longer there"):
        shown.choose(choice)


@pytest.mark.parametrize("fix", ["10", "x", "?", "", 4, ["4"], {"a": 1}])
def test_only_a_digit_can_be_put_in_place_of_one(shown: Shown, fix: Any) -> None:
    with pytest.raises(NoSuchSign, match="0 to 9"):
        shown.choose({"sign": 1, "fix": fix})


def test_each_tab_keeps_what_it_shows(shown: Shown) -> None:
    kept = Kept().put("draw", [shown]).put("photo", [explain("broken")])

    assert kept.tab == "photo"
    assert kept.get("draw") == [shown]
    assert kept.get("photo")[0].sentence == "broken"
    with pytest.raises(NoSuchSign):
        Kept().choose({"sign": 0}, [0])


# ---------------------------------------------------------------- several models


@pytest.fixture
def other(shown: Shown) -> Shown:
    """A model that has found but the first two digits of 2074."""
    return Shown(shown.predictions[:2], shown.size)


def test_a_correction_is_made_in_the_answer_that_is_seen(shown: Shown, other: Shown) -> None:
    kept = Kept().put("draw", [other, shown])

    (first, second), number = kept.choose({"sign": 1, "fix": "8"}, [0])
    assert (first.fixes, second.fixes, number) == ({1: 8}, {}, 1)
    (first, second), number = kept.choose({"sign": 3}, [0, 1])
    assert (first, second, number) == (other, shown, 3)
    with pytest.raises(NoSuchSign, match="no longer there"):
        kept.choose({"sign": 3}, [0])


def test_side_by_side_each_model_has_its_answer_and_bars(shown: Shown, other: Shown) -> None:
    html, chart, steps = render_side_by_side(["cnn.h5", "<mlp>.h5"], [shown, other], 3)

    first, second = html.split("<section>")[1:]
    assert "<h3>cnn.h5</h3>" in first
    assert "<h3>&lt;mlp&gt;.h5</h3>" in second
    assert [re.findall(r'data-sign="\d".*?>(.)</button>', part) for part in (first, second)] == [
        list("2074"),
        list("20"),
    ]
    assert [re.findall(r'<i style="height: (.*?)%', part).index("100.0") for part in (first, second)] == [4, 0]
    assert "data-fix" not in html
    assert "data-copy" not in html
    assert [mark for _, _, mark in chart["data"]].index("best") == 4
    assert steps == render(shown, 3)[2]


def test_side_by_side_a_sentence_stands_alone() -> None:
    assert render_side_by_side(["a", "b"], [explain("broken")] * 2)[0] == render(explain("broken"))[0]


def test_side_by_side_shows_what_was_read_not_what_was_corrected(shown: Shown) -> None:
    fixed, _ = shown.choose({"sign": 0, "fix": "7"})

    assert "fixed" not in render_side_by_side(["a", "b"], [fixed, fixed])[0]


# ---------------------------------------------------------------- photos


BLANK = np.zeros((30, 20), np.float32)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [("blank", "No writing found"), ("faint", "too faint"), ("edge", "touches the edge")],
)
def test_a_failed_reading_says_why_and_shows_the_way(problem: str, sentence: str) -> None:
    picture = Picture(np.full((300, 200, 3), 240, np.uint8))
    writing = Writing(np.full((30, 20), 250, np.uint8), BLANK, problem)

    answer, chart, steps = render(show_photo(picture, writing, [], "photo.jpg"))

    assert sentence in answer
    assert [probability for _, probability, _ in chart["data"]] == [0] * 10
    assert steps.count("<img") == 3


def show(photo: np.ndarray, recognizer: Recognizer, name: str = "photo.jpg") -> Shown:
    picture = Picture(photo)
    writing = find_writing(photo)
    [predictions] = recognizer.recognize_pages([writing_to_page(writing, picture.size)])
    return show_photo(picture, writing, predictions, name)


@pytest.mark.parametrize(
    ("rows", "name", "is_shown"),
    [(["7"], "photo.jpg", False), (["7"], "IMG_1.HEIC", True), (["74"], "photo.jpg", True)],
)
def test_a_photo_is_shown_with_boxes_where_it_helps(
    recognizer: Recognizer, rows: list[str], name: str, is_shown: bool
) -> None:
    """Of a single digit it stands beside the answer already, but browsers cannot show HEIC."""
    assert ('class="overlay"' in render(show(number_photo(rows), recognizer, name))[0]) == is_shown


def test_a_sign_that_is_none_and_touches_the_edge_is_said_to(recognizer: Recognizer) -> None:
    photo = number_photo(["7"])
    _, columns = np.nonzero(photo[..., 0] < 200)
    cut = photo[:, columns.min() + 3 :]

    doubter = Recognizer(
        lambda images: (np.full((len(images), 10), 0.1), np.full(len(images), 0.1)), Card(threshold=0.5)
    )
    assert texts.CUT_OFF in render(show(cut, doubter))[0]
    assert texts.CUT_OFF not in render(show(cut, recognizer))[0]  # a digit all the same
    assert texts.CUT_OFF not in render(show(photo, doubter))[0]
