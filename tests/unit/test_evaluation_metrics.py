"""The metrics against values known from elsewhere or counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluation.metrics import (
    area_under_curve,
    count_confusion,
    macro_accuracy,
    measure_reliability,
    refusal_threshold,
    rejection_curve,
    unsure_ratio,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # these four: Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_interval(right: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(right, count) == pytest.approx((low, high), abs=5.1e-5)


def test_confusion_has_a_column_for_no_answer() -> None:
    confusion = count_confusion(np.array([3, 3, 3, 7, 0]), np.array([3, 8, 3, 10, 0]))
    assert confusion.shape == (10, 11)
    assert (confusion[3, 3], confusion[3, 8], confusion[7, 10], confusion[0, 0], confusion.sum()) == (2, 1, 1, 1, 5)


def test_macro_accuracy_counts_each_source() -> None:
    right = np.array([True, False, True, True, True, True])
    sources = np.array(["a", "a", "b", "b", "b", "b"])
    assert macro_accuracy(right, sources) == {"a": (2, 0.5), "b": (4, 1.0)}


def test_calibration_error_of_what_is_known() -> None:
    # 100 answers of 80 %, of which 80 are right; 100 of 95 %, of which 75 are: half of them are 20 % off
    confidence = np.repeat([0.8, 0.95], 100)
    right = np.arange(200) % 100 < np.repeat([80, 75], 100)
    reliability = measure_reliability(confidence, right)
    assert reliability.error == pytest.approx(0.1)
    assert reliability.counts.sum() == 200
    assert (reliability.counts > 0).sum() == 2
    assert reliability.accuracy[reliability.counts > 0] == pytest.approx([0.8, 0.75])


def test_bins_of_reliability_hold_their_upper_edge() -> None:
    counts = measure_reliability(np.array([0.0, 0.2, 0.2000001, 0.5, 1.0]), np.ones(5, bool), bins=5).counts
    assert counts.tolist() == [2, 1, 1, 0, 1]


def test_reliability_of_nothing() -> None:
    assert measure_reliability(np.empty(0), np.empty(0, bool)).error == 0


@pytest.mark.parametrize(
    ("digits", "others", "area"),
    [
        ([3, 4, 5], [0, 1, 2], 1.0),
        ([0, 1, 2], [3, 4, 5], 0.0),
        ([1, 1], [1, 1, 1], 0.5),
        ([0.8, 0.4, 0.35], [0.35, 0.1], (6 - 0.5) / 6),  # one tie of six pairs, the others in order
        ([1, 2], [-math.inf, -math.inf], 1.0),
    ],
)
def test_area_under_curve(digits: list[float], others: list[float], area: float) -> None:
    assert area_under_curve(np.array(digits, float), np.array(others, float)) == pytest.approx(area)


def test_area_under_curve_is_that_of_all_pairs() -> None:
    generator = np.random.default_rng(3)
    digits, others = generator.integers(2, 9, 57), generator.integers(0, 7, 43)
    pairs = digits[:, None] - others
    assert area_under_curve(digits, others) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())


def test_area_under_curve_of_nothing_is_no_number() -> None:
    assert math.isnan(area_under_curve(np.empty(0), np.ones(3)))


def test_threshold_refuses_at_most_its_share_and_stands_between_two_scores() -> None:
    scores = np.arange(1, 201) / 200
    threshold = refusal_threshold(np.random.default_rng(0).permutation(scores), 0.01)
    assert threshold == pytest.approx(2.5 / 200)
    assert (scores < threshold).mean() == 0.01


def test_threshold_with_ties_refuses_less() -> None:
    scores = np.array([0.1] * 5 + [0.9] * 95)
    assert (scores < refusal_threshold(scores, 0.03)).sum() == 0
    assert (scores < refusal_threshold(scores, 0.05)).sum() == 5


def test_threshold_of_few_or_infinite_scores() -> None:
    assert refusal_threshold(np.array([0.3, 0.2]), 0.01) == 0.2
    assert refusal_threshold(np.array([-np.inf, 0.2, 0.4]), 0.34) == 0.2


def test_unsure_ratio_leaves_at_most_its_share_above() -> None:
    ratios = np.arange(100) / 100
    ratio = unsure_ratio(ratios, 0.05)
    assert ratio == pytest.approx(0.945)
    assert (ratios > ratio).sum() == 5


def test_rejection_curve_goes_from_all_kept_to_all_refused() -> None:
    digits, others = np.linspace(0.5, 1, 101), np.linspace(0, 0.6, 61)
    kept, refused = rejection_curve(digits, others, points=50).T
    assert kept[0] == 1
    assert refused[0] == pytest.approx(50 / 61)
    assert (np.diff(kept) < 0).all()
    assert (np.diff(refused) >= 0).all()
    assert refused[-1] == 1
    for share_kept, share_refused in zip(kept, refused, strict=True):
        threshold = np.sort(digits)[round((1 - share_kept) * 101)]
        assert share_refused == pytest.approx((others < threshold).mean())
