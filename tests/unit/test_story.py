"""A model's story: the shipped one's in figures of its report, and of models that lack card, report or figures."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape
from pathlib import Path

import pytest

from interface import texts
from interface.models import join_parts, name_models
from interface.story import find_mistakes, render_story
from model.recognizer import DEFAULT_MODEL


def strip_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mine.h5"
    path.write_bytes(b"weights")
    return path


def write_report(model: Path, said: dict[str, str] | None = None) -> None:
    confusion = [[9 * (truth == answer) for answer in range(11)] for truth in range(10)]
    confusion[5][3], confusion[5][10] = 4, 7
    digits = [
        {"name": "my <set>", "count": 98, "accuracy": 0.875, "interval": [0.8, 0.93125], "confusion": confusion},
        {"name": "mnist", "count": 2, "accuracy": 1.0, "interval": [0.3, 1.0], "confusion": [[0, 1]]},
    ]
    checksum = hashlib.sha256(model.read_bytes()).hexdigest()
    folder = model.parent / "report"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"model": said or {"checksum": checksum}, "digits": digits}))


def test_the_shipped_model_has_every_figure_of_its_card_and_report() -> None:
    story = render_story(DEFAULT_MODEL)
    words = strip_tags(story)
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    report = json.loads((DEFAULT_MODEL.parent / "report" / "report.json").read_text())

    for source in card["data"]:
        assert source["name"] in words
    assert f"{card['parameters']:,}" in words
    assert f"{100 * card['test_accuracy']:.2f} %" in words
    assert re.search(r"\d+ minutes on \d+ cores", words)
    for kind, share in (("digits", "accuracy"), ("numbers", "accuracy"), ("not_digits", "refused_share")):
        for result in report[kind]:
            low, high = result["interval"]
            assert texts.SETS[result["name"]] in words
            assert f"{100 * result[share]:.2f} %" in words
            assert f"{100 * low:.2f} to {100 * high:.2f}" in words
    assert len(find_mistakes(report)) == 5
    assert story.count('<img src="data:image/png;base64,') == 2


def test_mistakes_of_all_sets_are_added_up_without_what_was_not_found(model: Path) -> None:
    write_report(model)

    assert find_mistakes(json.loads((model.parent / "report" / "report.json").read_text())) == [(5, 3, 4), (0, 1, 1)]
    words = strip_tags(render_story(model))
    assert "of 100 digits: a 5 read as a 3 (4 times); a 0 read as a 1 (1 times)." in words
    assert "my <set>" in words
    assert "<set>" not in render_story(model)


def test_what_is_missing_is_said(model: Path) -> None:
    words = strip_tags(render_story(model))

    assert texts.NO_CARD.format(file="mine.h5") in words
    assert texts.NO_REPORT in words
    assert texts.NO_REPORT in render_story(None)


def test_a_report_on_other_weights_is_left_out(model: Path) -> None:
    write_report(model, {"checksum": "0" * 64})

    assert texts.NO_REPORT in render_story(model)
    assert "my" not in strip_tags(render_story(model)).split()


def test_a_card_is_told_as_far_as_it_goes(model: Path) -> None:
    model.with_suffix(".json").write_text(json.dumps({"parameters": 7850, "date": "2026-02-03T04:05:06+00:00"}))

    assert "It has 7,850 numbers that training has set. Trained on 2026-02-03." in strip_tags(render_story(model))


@pytest.mark.parametrize("card", [{"data": 1}, {"data": ["x"]}, {"date": "soon"}, {"parameters": "many"}])
def test_a_card_with_odd_figures_is_said_to_have_some(model: Path, card: dict) -> None:
    model.with_suffix(".json").write_text(json.dumps(card))

    assert texts.ODD_CARD.format(file="mine.h5") in strip_tags(render_story(model))


def test_curves_are_shown_only_where_nobody_can_mistake_whose_they_are(model: Path) -> None:
    model.with_suffix(".json").write_text('{"parameters": 1}')
    (model.parent / "figures").mkdir()
    (model.parent / "figures" / "curves.png").write_bytes(b"picture")

    assert texts.CURVES in render_story(model)
    (model.parent / "other.keras").write_bytes(b"weights")
    assert texts.CURVES not in render_story(model)


# ---------------------------------------------------------------- several


def test_models_are_named_by_as_little_of_their_path_as_tells_them_apart() -> None:
    assert name_models([Path("/a/cnn.h5"), Path("/a/mlp.h5")]) == ["cnn.h5", "mlp.h5"]
    assert name_models([Path("/a/x/m.h5"), Path("/b/x/m.h5"), Path("/a/c.h5")]) == ["a/x/m.h5", "b/x/m.h5", "c.h5"]
    assert name_models([Path("/m.h5"), Path("/a/m.h5")]) == ["/m.h5", "a/m.h5"]
    assert name_models([None]) == ["."]


def test_what_is_said_of_several_stands_below_their_names() -> None:
    assert join_parts(["a.h5"], ["<p>A</p>"]) == "<p>A</p>"
    joined = join_parts(["a<.h5", "b.h5"], ["<p>A</p>", "<p>B</p>"])
    assert joined == ("<section><h2>a&lt;.h5</h2><p>A</p></section><section><h2>b.h5</h2><p>B</p></section>")
