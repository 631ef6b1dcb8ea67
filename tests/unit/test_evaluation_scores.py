"""What the recognizer answers to a set, the scores that tell digits from the rest, and the thresholds chosen."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from labeled_sets import LETTER, digit_images, fake_layers, fake_recognizer, write_drawings
from strokes import digit_drawing

from evaluation.cards import check_rejects, write_thresholds
from evaluation.made import make_drawings
from evaluation.rejection import REFERENCES, Thresholds, choose_references, choose_thresholds, compare_scores
from evaluation.results import measure_digits, measure_others, measure_together
from evaluation.samples import Content, Sample, SampleSet
from evaluation.scoring import NO_ANSWER, ReadSet, ScoredSet, read_set, score_set
from evaluation.sets import open_digits
from model.card import ModelError, read_card
from preprocessing import Drawing, drawing_to_page


def sample_of(content: Content, label: int | None = None, **more: object) -> Sample:
    return Sample("one", lambda: content, label, **more)


def set_of(*samples: Sample, name: str = "some") -> SampleSet:
    return SampleSet(name, list(samples), "file", None, "drawing")


def drawing(digit: int) -> Drawing:
    return Drawing.from_json(digit_drawing(digit))


def scored_as(
    name: str, truth: list[int], probabilities: list[list[float]], is_digit: list[float], threshold: float = 0.0
) -> ScoredSet:
    """A scored set of given answers; `probabilities` of the digits 0, 1, 2 only."""
    size = len(truth)
    full = np.zeros((size, 10), np.float32)
    full[:, :3] = probabilities
    read = ReadSet(set_of(name=name), [sample_of(drawing(0), label) for label in truth], [[]] * size, [])
    likeness = np.array(is_digit)
    return ScoredSet(
        read=read,
        truth=np.array(truth),
        answers=full.argmax(axis=1),
        probabilities=full,
        is_digit=likeness,
        found=np.ones(size, int),
        refused=likeness < threshold,
        unsure=np.zeros(size, bool),
    )


# ---------------------------------------------------------------- scoring


def test_scoring_takes_the_path_of_the_page(tmp_path: Path) -> None:
    given = open_digits(str(write_drawings(tmp_path / "a.jsonl", range(10))))
    scored = score_set(read_set(given), fake_recognizer())
    assert scored.answers.tolist() == scored.truth.tolist() == list(range(10))
    assert scored.right.all()
    assert not scored.refused.any()
    assert not scored.unsure.any()
    assert scored.probabilities.shape == (10, 10)
    assert scored.is_digit == pytest.approx(np.ones(10))


def test_a_blank_one_and_a_dot_are_refused_and_a_letter(tmp_path: Path) -> None:
    blank = Drawing(400, 400, ())
    dot = Drawing(400, 400, (np.array([[200.0, 200.0]]),))
    letter = Drawing.from_json(LETTER)
    scored = score_set(read_set(set_of(*(sample_of(c, 1) for c in (blank, dot, letter)))), fake_recognizer())
    assert scored.refused.all()
    assert scored.answers[0] == NO_ANSWER
    assert scored.is_digit[:2].tolist() == [0, 0]
    figures = measure_digits(scored)
    assert (figures["nothing_found"], figures["several_found"], figures["refused"]) == (1, 0, 3)
    assert figures["confusion"][1][NO_ANSWER] == 1


def test_several_signs_on_one_digit_are_no_answer() -> None:
    read = read_set(set_of(sample_of(drawing(4), 4), sample_of(drawing(4), 4)))
    read.pages[1].lines.extend(drawing_to_page(drawing(7)).lines)
    scored = score_set(read, fake_recognizer())
    assert scored.answers.tolist() == [4, NO_ANSWER]
    assert scored.right.tolist() == [True, False]
    assert scored.refused.tolist() == [False, False]
    figures = measure_digits(scored)
    assert (figures["several_found"], figures["accuracy"]) == (1, 0.5)


def test_unsure_ones_are_those_with_a_runner_up(tmp_path: Path) -> None:
    given = open_digits(str(write_drawings(tmp_path / "a.jsonl", [1, 7])))
    assert not score_set(read_set(given), fake_recognizer(unsure_ratio=1.0)).unsure.any()
    assert score_set(read_set(given), fake_recognizer(unsure_ratio=1e-12)).unsure.all()


def test_figures_of_digits() -> None:
    scored = scored_as(
        "some",
        truth=[0, 0, 1, 2],
        probabilities=[[0.9, 0.1, 0], [0.2, 0.8, 0], [0.1, 0.9, 0], [0, 0.3, 0.7]],
        is_digit=[0.9, 0.8, 0.1, 0.7],
        threshold=0.5,
    )
    figures = measure_digits(scored)
    assert (figures["count"], figures["right"], figures["accuracy"]) == (4, 3, 0.75)
    assert (figures["refused"], figures["right_and_not_refused"], figures["wrong_and_not_refused"]) == (1, 2, 1)
    assert figures["per_digit"][0] == {"count": 2, "right": 1, "answered_so": 1}
    assert figures["per_digit"][1] == {"count": 1, "right": 1, "answered_so": 2}
    # bins hold 70 %, 80 % and two of 90 %: (0.3 + 0.8 + 2 * 0.1) / 4
    assert figures["calibration_error"] == pytest.approx(0.325)
    assert figures["sources"] is None
    json.dumps(figures)


def test_sources_are_averaged_without_their_names() -> None:
    samples = [
        sample_of(drawing(n), n, source=source) for n, source in ((1, "ann"), (2, "ann"), (3, "ann"), (4, "bob"))
    ]
    samples[0] = sample_of(drawing(7), 1, source="ann")
    figures = measure_digits(score_set(read_set(set_of(*samples)), fake_recognizer()))
    assert figures["accuracy"] == 0.75
    assert figures["sources"] == {
        "count": 2,
        "macro_accuracy": pytest.approx((2 / 3 + 1) / 2, abs=1e-6),
        "all_right": 1,
        "lowest": {"count": 3, "accuracy": pytest.approx(2 / 3, abs=1e-6)},
    }
    assert "ann" not in json.dumps(figures)


def test_figures_of_others_count_letters_like_digits_apart(tmp_path: Path) -> None:
    digits = score_set(read_set(open_digits(str(write_drawings(tmp_path / "a.jsonl", range(10))))), fake_recognizer())
    letters = set_of(sample_of(Drawing.from_json(LETTER)), sample_of(drawing(0), is_digit_shaped=True))
    figures = measure_others(score_set(read_set(letters), fake_recognizer()), [digits])
    assert (figures["count"], figures["fair"], figures["refused"], figures["auroc"]) == (2, 1, 1, 1.0)
    assert figures["digit_shaped"] == {"count": 1, "refused": 0}
    assert figures["curve"][0] == [1.0, 1.0]
    assert measure_others(score_set(read_set(letters), fake_recognizer()), [])["auroc"] is None
    assert measure_together([digits, digits])["count"] == 20


# ---------------------------------------------------------------- scores compared


def test_all_scores_tell_digits_from_letters(tmp_path: Path) -> None:
    recognizer = fake_recognizer()
    given = open_digits(str(write_drawings(tmp_path / "a.jsonl", list(range(10)) * 2)))
    digits = score_set(read_set(given), recognizer)
    others = [
        score_set(read_set(each), recognizer)
        for each in (
            set_of(sample_of(Drawing.from_json(LETTER)), sample_of(Drawing(400, 400, ())), name="letter"),
            set_of(*make_drawings("dots", 5), name="dots"),
        )
    ]
    rows = compare_scores([digits], others, fake_layers, digits.read)
    assert [row.name for row in rows] == [
        "`is_digit` of the card",
        "highest probability",
        "highest logit",
        "energy",
        "Mahalanobis distance",
        "distance to neighbor 10",
    ]
    for row in rows:
        assert row.refused["dots"] == row.auroc["dots"] == 1, row.name
        if row.name not in ("highest probability", "distance to neighbor 10"):  # two of each digit are too few for 10
            assert row.refused["letter"] == row.auroc["letter"] == 1, row.name
    assert len(compare_scores([digits], others, fake_layers, None)) == 4


def test_references_are_chosen_from_all_over_a_set_and_always_the_same() -> None:
    one = sample_of(drawing(0))
    many = set_of(*(dataclasses.replace(one, name=str(i)) for i in range(REFERENCES + 3000)))
    chosen = [int(sample.name) for sample in choose_references(many).samples]
    assert len(set(chosen)) == REFERENCES
    assert chosen == sorted(chosen)
    assert abs(np.mean(chosen) - (REFERENCES + 3000) / 2) < 100
    assert chosen == [int(sample.name) for sample in choose_references(many).samples]
    assert len(choose_references(set_of(one, one)).samples) == 2


def test_scores_of_known_logits() -> None:
    from evaluation.rejection import _energy, _fit_mahalanobis, _fit_neighbors, _log_odds, _max_logit

    logits = np.array([[2.0, 1.0, 0.0], [5.0, 5.0, 5.0]])
    none = np.empty((2, 0))
    probability = np.exp(2) / np.exp(logits[0]).sum()
    assert _log_odds(none, logits) == pytest.approx([np.log(probability / (1 - probability)), np.log(0.5)])
    assert _max_logit(none, logits).tolist() == [2, 5]
    assert _energy(none, logits) == pytest.approx([np.log(np.exp(logits[0]).sum()), 5 + np.log(3)])

    # two classes around (0, 0) and (10, 0), each with a variance of 1 along both axes
    corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    features = np.concatenate([corners, corners + [10, 0]])
    distance = _fit_mahalanobis(features, np.repeat([3, 8], 4))
    assert distance(np.array([[0.0, 3.0], [10.0, 0.0], [8.0, 0.0]]), none) == pytest.approx([-9, 0, -4], rel=0.01)

    turned = np.stack([np.cos(np.arange(20) / 20), np.sin(np.arange(20) / 20)], axis=1)
    likeness = _fit_neighbors(turned * 7)(np.array([[3.0, 0.0]]), none)
    assert likeness == pytest.approx([np.cos(9 / 20)])  # the tenth is 9 steps of 1/20 away


# ---------------------------------------------------------------- thresholds


def test_thresholds_refuse_and_doubt_at_most_one_in_a_hundred() -> None:
    generator = np.random.default_rng(5)
    size = 1000
    second = generator.uniform(0, 0.4, size)
    truth = np.where(np.arange(size) < 50, 1, 0)  # the first 50 are wrong, and all close
    second[:50] = 0.45
    probabilities = np.stack([1 - second, second, np.zeros(size)], axis=1)
    is_digit = generator.uniform(0, 1, size)
    half = size // 2
    sets = [
        scored_as(name, truth[part].tolist(), probabilities[part].tolist(), is_digit[part].tolist())
        for name, part in (("a", np.s_[:half]), ("b", np.s_[half:]))
    ]
    thresholds = choose_thresholds(sets)
    assert thresholds.digits == size
    assert (is_digit < thresholds.reject).sum() == 10
    assert thresholds.refused_digits == 0.01
    kept, right = is_digit >= thresholds.reject, truth == 0
    ratios = second / (1 - second)
    assert (ratios[kept & right] > thresholds.unsure).mean() == pytest.approx(thresholds.unsure_right)
    assert 0.008 < thresholds.unsure_right <= 0.01
    assert thresholds.unsure_wrong == 1


def test_thresholds_of_a_set_that_is_all_wrong() -> None:
    thresholds = choose_thresholds([scored_as("a", [1, 1], [[0.9, 0.1, 0]] * 2, [0.5, 0.6])])
    assert (thresholds.reject, thresholds.unsure) == (0.5, 1.0)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mnist.h5"
    path.write_bytes(b"weights")
    card = {"seed": 4, "reject": {"weights": [0.5, -1.0], "bias": 0.1, "threshold": 0, "chosen_on": ""}, "note": "a"}
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def test_thresholds_go_into_the_card_and_nothing_else_changes(model: Path) -> None:
    check_rejects(model)
    write_thresholds(model, Thresholds(0.42, 0.15, 2669, 0.0097, 0.0099, 0.47), ["paint", "pen"])
    card = json.loads(model.with_suffix(".json").read_text())
    assert (card["seed"], card["note"], card["reject"]["weights"]) == (4, "a", [0.5, -1.0])
    assert card["reject"]["threshold"] == 0.42
    sets = "2,669 digits of paint, pen together: "
    assert card["reject"]["chosen_on"] == f"{sets}the highest at which at most 1 % of them are refused"
    assert card["unsure"]["ratio"] == 0.15
    assert card["unsure"]["chosen_on"].endswith("called unsure, and so are 47 % of the wrong ones")
    assert read_card(model).threshold == 0.42
    assert [path.name for path in sorted(model.parent.iterdir())] == ["mnist.h5", "mnist.json"]


def test_a_card_that_cannot_refuse_gets_no_threshold(model: Path) -> None:
    model.with_suffix(".json").write_text('{"seed": 4}')
    with pytest.raises(ModelError, match='mnist.json has no "reject" to choose a threshold for; train'):
        check_rejects(model)
    model.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match='has no "reject"'):
        check_rejects(model)


def test_images_of_the_fake_are_what_tests_take_them_for() -> None:
    assert digit_images([1]).dtype == np.uint8
