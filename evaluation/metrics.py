"""Answers, probabilities and scores in; the figures of a report out. Only numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = [
    "Reliability",
    "area_under_curve",
    "clustered_interval",
    "count_confusion",
    "edit_distance",
    "macro_accuracy",
    "measure_reliability",
    "refusal_threshold",
    "rejection_curve",
    "unsure_ratio",
    "wilson_interval",
]

CLASSES = 10
Z_95 = 1.959964  # standard deviations to either side of the mean hold 95 % of a normal distribution
BINS = 15  # of confidence, as in Guo 2017


def wilson_interval(right: float, count: float) -> tuple[float, float]:
    """Say between which shares the true one lies with 95 % probability, if `right` of `count` were seen.

    References
    ----------
    Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference.
    """
    if not count:
        return 0.0, 1.0
    share, z2 = right / count, Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    low = 0.0 if right == 0 else middle - half  # exactly, not but for the last bit
    high = 1.0 if right == count else middle + half
    return low, high


def clustered_interval(errors: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Say between which shares that of right digits lies with 95 % probability, if they come in whole texts.

    The digits of one text share hand, pen and light, so that they say less than as many digits of as many texts. The
    interval is Wilson's on fewer digits: on as many as had, each by itself, made the share as uncertain as the texts
    make it. Where no digit is wrong each text counts as one digit.

    Parameters
    ----------
    errors : (N,) int
        Digits of each text that are wrong; more than `sizes` count as all.
    sizes : (N,) int
        Digits of each text.

    References
    ----------
    Kish 1965, Survey Sampling (design effect). Korn and Graubard 1998, Confidence Intervals for Proportions with Small
    Expected Number of Positive Counts Estimated from Survey Data (the effective size in an interval of one sample).
    """
    errors = np.minimum(errors, sizes)
    count, texts = int(sizes.sum()), len(sizes)
    share = 1 - errors.sum() / max(count, 1)
    effective = float(texts)
    if 0 < share < 1 and texts > 1:
        # of a ratio: the texts' own deviations from the common share
        deviations = (sizes - errors) - share * sizes
        variance = texts / (texts - 1) * float((deviations**2).sum()) / count**2
        effective = min(share * (1 - share) / variance, count) if variance else count
    return wilson_interval(share * effective, effective)


def edit_distance(one: str, other: str) -> int:
    """Count the characters to change, insert or take out to make one text the other.

    References
    ----------
    Levenshtein 1966, Binary Codes Capable of Correcting Deletions, Insertions and Reversals.
    """
    distances = list(range(len(other) + 1))  # of the characters of `one` so far, to each beginning of `other`
    for row, mine in enumerate(one, 1):
        diagonal, distances[0] = distances[0], row
        for column, theirs in enumerate(other, 1):
            cheapest = min(distances[column] + 1, distances[column - 1] + 1, diagonal + (mine != theirs))
            diagonal, distances[column] = distances[column], cheapest
    return distances[-1]


def count_confusion(truth: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Count how often each digit got each answer.

    Parameters
    ----------
    truth : (N,) int, 0 to 9
    answers : (N,) int, 0 to 10
        10 stands for no answer.

    Returns
    -------
    (10, 11) int64
        A row a digit, a column an answer.
    """
    counts = np.zeros((CLASSES, CLASSES + 1), np.int64)
    np.add.at(counts, (truth, answers), 1)
    return counts


def macro_accuracy(right: np.ndarray, sources: np.ndarray) -> dict[str, tuple[int, float]]:
    """Count and share of right answers (N,) bool for each source (N,) str; their plain mean is the macro average."""
    return {
        str(source): (int((sources == source).sum()), float(right[sources == source].mean()))
        for source in np.unique(sources)
    }


@dataclass(frozen=True, eq=False)
class Reliability:
    """How confidence and accuracy go together, in bins of equal width.

    Attributes
    ----------
    counts, confidence, accuracy : (B,)
        Answers in each bin, their mean confidence and the share of them that is right; 0 where a bin is empty.
    error : float
        Expected calibration error: the mean difference of the two, weighted by the counts.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float


def measure_reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """Compare the highest probability (N,) of each answer with whether it is right, (N,) bool.

    References
    ----------
    Guo et al. 2017, On Calibration of Modern Neural Networks, section 2.
    """
    confidence = confidence.astype(np.float64)
    # a bin holds its upper edge, so that 1.0 is in the last one
    which = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(which, minlength=bins)
    at_least_one = np.maximum(counts, 1)
    mean_confidence = np.bincount(which, confidence, bins) / at_least_one
    accuracy = np.bincount(which, right.astype(np.float64), bins) / at_least_one
    error = float((counts * np.abs(mean_confidence - accuracy)).sum() / max(counts.sum(), 1))
    return Reliability(counts, mean_confidence, accuracy, error)


def area_under_curve(digits: np.ndarray, others: np.ndarray) -> float:
    """Probability that a digit scores higher than something else, ties counting half (AUROC); NaN if one is empty.

    Parameters
    ----------
    digits, others : (N,), (M,) float
        Scores, higher for a digit; may be -inf.
    """
    if not len(digits) or not len(others):
        return math.nan
    ordered = np.sort(others)
    below = np.searchsorted(ordered, digits, side="left").astype(np.float64)
    not_above = np.searchsorted(ordered, digits, side="right")
    return float((below + not_above).mean() / 2 / len(others))


def refusal_threshold(scores: np.ndarray, share: float) -> float:
    """The highest threshold below which at most `share` of the scores (N,) of digits lie.

    Where it can it stands between two of them, so that the last bit, which differs between machines, decides nothing.
    """
    ordered = np.sort(scores.astype(np.float64))
    refused = int(share * len(ordered))
    keep = ordered[refused]
    if refused == 0 or not np.isfinite(ordered[refused - 1]):
        return float(keep)
    return float((ordered[refused - 1] + keep) / 2)


def unsure_ratio(ratios: np.ndarray, share: float) -> float:
    """The lowest ratio of second to first probability that at most `share` of right answers (N,) lie above."""
    return -refusal_threshold(-ratios, share)


def rejection_curve(digits: np.ndarray, others: np.ndarray, points: int = 200) -> np.ndarray:
    """What each threshold refuses, for thresholds from refusing nothing to refusing all digits.

    Returns
    -------
    (at most `points`, 2) float64
        Share of digits kept, share of others refused.
    """
    ordered = np.sort(digits)
    # denser where few digits are refused: that is where a threshold is chosen
    refused = np.unique((len(ordered) * np.linspace(0, 1, points) ** 3).astype(int))
    refused = refused[refused < len(ordered)]
    thresholds = ordered[refused]
    kept = 1 - np.searchsorted(ordered, thresholds, side="left") / len(ordered)
    return np.stack([kept, np.searchsorted(np.sort(others), thresholds, side="left") / max(len(others), 1)], axis=1)
