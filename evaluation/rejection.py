"""Which score tells digits from everything else: several are compared, and the thresholds of the card chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.metrics import area_under_curve, refusal_threshold, unsure_ratio
from evaluation.samples import SampleSet
from evaluation.scoring import NO_ANSWER, ReadSet, ScoredSet

__all__ = [
    "REFUSED_DIGITS",
    "Layers",
    "ScoreRow",
    "Thresholds",
    "choose_references",
    "choose_thresholds",
    "compare_scores",
    "digit_shaped",
]

# Images (N, 28, 28) to the features (N, F) before the last layer, and the logits (N, 10)
Layers = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
Score = Callable[[np.ndarray, np.ndarray], np.ndarray]  # features, logits -> (N,), higher for a digit

REFUSED_DIGITS = 0.01  # share of the digits that a threshold may refuse
UNSURE_RIGHT = 0.01  # share of the right answers that may be called unsure
NEIGHBORS = 10  # the one whose likeness counts; Sun 2022 found little difference from 1 to 200
REFERENCES = 12_000  # training images that features are compared with, at most
SEED = 0  # of their choice
BATCH = 500


@dataclass(frozen=True)
class ScoreRow:
    """One score at its threshold: share refused of each set that is no digit, and AUROC against it."""

    name: str
    refused: dict[str, float]
    auroc: dict[str, float]


@dataclass(frozen=True)
class Thresholds:
    """What `choose_thresholds` found, and what it does to the samples it was chosen on."""

    reject: float
    unsure: float
    digits: int
    refused_digits: float
    unsure_right: float
    unsure_wrong: float


def choose_thresholds(digits: Sequence[ScoredSet]) -> Thresholds:
    """Choose the card's thresholds on sets of digits taken together.

    Refused is as much as can be while at most 1 % of the digits are. Unsure is as much as can be while at most 1 %
    of the right answers that are not refused are.
    """
    is_digit = np.concatenate([each.is_digit for each in digits])
    reject = refusal_threshold(is_digit, REFUSED_DIGITS)
    answered = np.concatenate([each.answers != NO_ANSWER for each in digits]) & (is_digit >= reject)
    right = np.concatenate([each.right for each in digits])[answered]
    second, first = np.sort(np.concatenate([each.probabilities for each in digits])[answered], axis=1)[:, -2:].T
    ratios = second / np.maximum(first, 1e-30)
    unsure = unsure_ratio(ratios[right], UNSURE_RIGHT) if right.any() else 1.0
    return Thresholds(
        reject=reject,
        unsure=unsure,
        digits=len(is_digit),
        refused_digits=float((is_digit < reject).mean()),
        unsure_right=_share(ratios[right] > unsure),
        unsure_wrong=_share(ratios[~right] > unsure),
    )


def choose_references(given: SampleSet) -> SampleSet:
    """Take as many of a set as are compared with, by chance but always the same: reading all 60,000 takes a minute."""
    chosen = np.sort(np.random.default_rng(SEED).permutation(len(given.samples))[:REFERENCES])
    return replace(given, samples=[given.samples[i] for i in chosen])


def compare_scores(
    digits: Sequence[ScoredSet], others: Sequence[ScoredSet], layers: Layers, references: ReadSet | None
) -> list[ScoreRow]:
    """Compare scores that tell digits from the rest, each at the threshold that refuses 1 % of the digits.

    Parameters
    ----------
    digits, others : sequences of ScoredSet
        The digits are taken together.
    layers : callable
        Images to features and logits.
    references : ReadSet, optional
        Training images, for the two scores that compare features with theirs.

    References
    ----------
    Hendrycks and Gimpel 2017, A Baseline for Detecting Misclassified and Out-of-Distribution Examples (probability);
    Hendrycks et al. 2022, Scaling Out-of-Distribution Detection for Real-World Settings (logit);
    Liu et al. 2020, Energy-based Out-of-distribution Detection;
    Lee et al. 2018, A Simple Unified Framework for Detecting Out-of-Distribution Samples (Mahalanobis);
    Sun et al. 2022, Out-of-Distribution Detection with Deep Nearest Neighbors.
    """
    scores: dict[str, Score] = {"highest probability": _log_odds, "highest logit": _max_logit, "energy": _energy}
    if references is not None:
        features, labels = _reference_features(references, layers)
        scores["Mahalanobis distance"] = _fit_mahalanobis(features, labels)
        scores[f"distance to neighbor {NEIGHBORS}"] = _fit_neighbors(features)
    rows = {"`is_digit` of the card": [each.is_digit for each in (*digits, *others)]}
    per_set = [_score_samples(each.read, layers, list(scores.values())) for each in (*digits, *others)]
    for column, name in enumerate(scores):
        rows[name] = [values[column] for values in per_set]
    compared = []
    for name, values in rows.items():
        inside = np.concatenate(values[: len(digits)])
        threshold = refusal_threshold(inside, REFUSED_DIGITS)
        outside = {each.name: value for each, value in zip(others, values[len(digits) :], strict=True)}
        fair = {each.name: outside[each.name][~digit_shaped(each)] for each in others}
        compared.append(
            ScoreRow(
                name,
                {key: _share(value < threshold) for key, value in fair.items()},
                {key: area_under_curve(inside, value) for key, value in fair.items()},
            )
        )
    return compared


def digit_shaped(scored: ScoredSet) -> np.ndarray:
    """(N,) bool, the samples that look like a digit: no fair test of a rejection."""
    return np.array([sample.is_digit_shaped for sample in scored.read.samples], dtype=bool)


def _share(mask: np.ndarray) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def _score_samples(read: ReadSet, layers: Layers, scores: Sequence[Score]) -> list[np.ndarray]:
    """Each score (N,) of the samples of a set: of all their ink as one sign, -inf for dots and blocks."""
    glyphs = [page.to_glyph() for page in read.pages]
    owners = [i for i, glyph in enumerate(glyphs) if glyph is not None and not glyph.is_solid]
    images = [glyph.image for glyph in glyphs if glyph is not None and not glyph.is_solid]
    results = [np.full(len(read.pages), -np.inf) for _ in scores]
    for start in range(0, len(images), BATCH):
        features, logits = layers(np.stack(images[start : start + BATCH]))
        features, logits = features.astype(np.float64), logits.astype(np.float64)
        for result, score in zip(results, scores, strict=True):
            np.maximum.at(result, owners[start : start + BATCH], score(features, logits))
    return results


def _reference_features(references: ReadSet, layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, F) and labels (N,) of the images that are no dots and blocks."""
    glyphs = [page.to_glyph() for page in references.pages]
    images = {i: glyph.image for i, glyph in enumerate(glyphs) if glyph is not None and not glyph.is_solid}
    stacked, labels = np.stack(list(images.values())), np.array([references.samples[i].label for i in images])
    features = [layers(stacked[start : start + BATCH])[0] for start in range(0, len(stacked), BATCH)]
    return np.concatenate(features).astype(np.float64), labels


def _log_odds(features: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """In the order of the highest probability, without its rounding to 1."""
    ordered = np.sort(logits, axis=1)
    return -np.log(np.exp(ordered[:, :-1] - ordered[:, -1:]).sum(axis=1) + 1e-300)


def _max_logit(features: np.ndarray, logits: np.ndarray) -> np.ndarray:
    return logits.max(axis=1)


def _energy(features: np.ndarray, logits: np.ndarray) -> np.ndarray:
    highest = logits.max(axis=1)
    return highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))


def _fit_mahalanobis(features: np.ndarray, labels: np.ndarray) -> Score:
    """Distance to the nearest class mean, in standard deviations of the features within the classes."""
    classes = np.unique(labels)
    means = np.stack([features[labels == label].mean(axis=0) for label in classes])
    spread = features - means[np.searchsorted(classes, labels)]
    covariance = spread.T @ spread / len(spread)
    # features that are all but constant would count without limit
    covariance += 1e-3 * max(float(np.diag(covariance).mean()), 1e-9) * np.eye(len(covariance))
    inverse = np.linalg.inv(covariance)

    def score(features: np.ndarray, logits: np.ndarray) -> np.ndarray:
        differences = features[:, None, :] - means  # (N, classes, F)
        return -np.einsum("ncf,ncf->nc", differences @ inverse, differences).min(axis=1)

    return score


def _fit_neighbors(features: np.ndarray) -> Score:
    """Likeness (cosine) to the nearest but nine."""
    known = _normalize(features)
    nth = min(NEIGHBORS, len(known))

    def score(features: np.ndarray, logits: np.ndarray) -> np.ndarray:
        return np.partition(_normalize(features) @ known.T, -nth, axis=1)[:, -nth]

    return score


def _normalize(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
