"""What a reader of rows says at each step in; the text, how likely it is, and each of its signs' chances out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["NOTHING", "SIGNS", "ReadStrips", "RowText", "find_text", "log_likelihoods", "read_text", "weigh_text"]

# Strips, (28, W) float32 each, to (T, 12) float32 each: logarithms of the probabilities at each step
ReadStrips = Callable[[Sequence[np.ndarray]], list[np.ndarray]]

NOTHING = 0  # the class of a step at which no sign is named; the digits are 1 ... 10, a sign that is none is 11
SIGNS = 12
NO_DIGIT = 10  # the label of a sign that is none
CERTAIN = 0.35  # the likelihood from which on a text of several digits is believed …
ONE = 0.6  # … and that it is one sign


@dataclass(frozen=True, eq=False)
class RowText:
    """What is read of digits that hang together.

    Attributes
    ----------
    labels : tuple of int
        0 ... 9, and 10 for a sign that is no digit.
    probabilities : (n, 10) float32
        Of each digit at each place, the other places as they are; none where a sign is no digit.
    is_digit : (n,) float32
        How probable a digit is at each place, whichever, rather than a sign that is none; likewise.
    likelihood : float
        0 ... 1, of all labels together.
    steps : (T, 12) float32
        Logarithms of the probabilities at each step, from which all this is.
    """

    labels: tuple[int, ...]
    probabilities: np.ndarray
    is_digit: np.ndarray
    likelihood: float
    steps: np.ndarray

    @property
    def is_of_digits(self) -> bool:
        """Whether it most likely is several digits."""
        return len(self.labels) > 1 and max(self.labels) < NO_DIGIT

    @property
    def is_number(self) -> bool:
        """Whether it surely is several digits."""
        return self.is_of_digits and self.likelihood >= CERTAIN

    def weigh(self, labels: Sequence[int]) -> float:
        """The likelihood of another text."""
        return float(np.exp(log_likelihoods(self.steps, np.array([labels], int))[0]))

    def weigh_one(self) -> float:
        """The likelihood that it is one sign, whichever."""
        return float(np.exp(log_likelihoods(self.steps, np.arange(NO_DIGIT + 1)[:, None])).sum())

    @property
    def is_one(self) -> bool:
        """Whether it surely is one sign, a digit or not."""
        return len(self.labels) == 1 and self.likelihood >= ONE


def read_text(steps: np.ndarray) -> list[int]:
    """The text along the best path.

    Parameters
    ----------
    steps : (T, 12) float32
        Logarithms of the probabilities at each step.

    Returns
    -------
    list of int
        0 ... 9, and 10 for a sign that is no digit.

    References
    ----------
    Graves et al. 2006, Connectionist Temporal Classification, section 3.2: best path decoding.
    """
    path = steps.argmax(axis=1)
    kept = path[np.r_[True, path[1:] != path[:-1]]]
    return [int(sign) - 1 for sign in kept if sign != NOTHING]


def find_text(steps: np.ndarray) -> tuple[list[int], float]:
    """The most probable text there is near that of the best path, and its likelihood.

    Several paths of one text together may be likelier than the best path alone. As long as there is one more probable
    with a sign more or less, or with another, that is taken. Above a half there is none.

    References
    ----------
    Graves et al. 2006, section 3.2: the best path is not sure to be that of the most probable labelling.
    """
    labels = read_text(steps)
    best = float(log_likelihoods(steps, np.array([labels], int))[0])
    while best < np.log(0.5):
        others = [text for texts in _edit_text(labels) if len(texts) for text in [_likeliest(steps, texts)]]
        text, likelihood = max(others, key=lambda other: other[1])
        if likelihood <= best:
            break
        labels, best = text, likelihood
    return labels, float(np.exp(best))


def _edit_text(labels: list[int]) -> list[np.ndarray]:
    """The texts with a sign less, another sign, and a sign more: (K, n) int each."""
    count, signs = len(labels), range(NO_DIGIT + 1)
    less = [labels[:i] + labels[i + 1 :] for i in range(count) if count > 1]
    other = [[*labels[:i], sign, *labels[i + 1 :]] for i in range(count) for sign in signs]
    more = [[*labels[:i], sign, *labels[i:]] for i in range(count + 1) for sign in signs]
    return [np.array(texts, int) for texts in (less, other, more)]


def _likeliest(steps: np.ndarray, texts: np.ndarray) -> tuple[list[int], float]:
    logs = log_likelihoods(steps, texts)
    return texts[logs.argmax()].tolist(), float(logs.max())


def log_likelihoods(steps: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """How likely texts are, over all ways to lay them along the steps: (K,) logarithms.

    Parameters
    ----------
    steps : (T, 12) float32
        Logarithms of probabilities.
    texts : (K, n) int
        Signs, all texts equally long.

    References
    ----------
    Graves et al. 2006, section 4.1: the forward variables.
    """
    count, length = texts.shape
    labels = np.full((count, 2 * length + 1), NOTHING)
    labels[:, 1::2] = texts + 1
    # a sign may follow the one before it with nothing in between, unless it is the same
    leap = np.zeros(labels.shape, bool)
    leap[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    emitted = steps[:, labels]  # (T, K, 2 n + 1)
    forward = np.full(labels.shape, -np.inf)
    forward[:, :2] = emitted[0][:, :2]
    for step in emitted[1:]:
        one = np.pad(forward[:, :-1], ((0, 0), (1, 0)), constant_values=-np.inf)
        two = np.where(
            leap, np.pad(forward[:, :-2], ((0, 0), (2, 0)), constant_values=-np.inf)[:, : labels.shape[1]], -np.inf
        )
        forward = np.logaddexp(np.logaddexp(forward, one), two) + step
    return np.logaddexp(forward[:, -1], forward[:, -2]) if length else forward[:, -1]


def weigh_text(steps: np.ndarray) -> RowText:
    """Read steps, (T, 12) float32, and weigh each digit against the other nine in its place."""
    labels, likelihood = find_text(steps)
    if not labels or max(labels) == NO_DIGIT:
        return RowText(tuple(labels), np.zeros((0, 10), np.float32), np.zeros(0, np.float32), likelihood, steps)
    count = len(labels)
    texts = np.repeat(np.array(labels)[None], (NO_DIGIT + 1) * count, axis=0)
    texts[np.arange(len(texts)), np.repeat(np.arange(count), NO_DIGIT + 1)] = np.tile(np.arange(NO_DIGIT + 1), count)
    logs = log_likelihoods(steps, texts).reshape(count, NO_DIGIT + 1)
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    of_digits = chances[:, :NO_DIGIT].sum(axis=1)
    probabilities = (chances[:, :NO_DIGIT] / of_digits[:, None]).astype(np.float32)
    is_digit = (of_digits / chances.sum(axis=1)).astype(np.float32)
    return RowText(tuple(labels), probabilities, is_digit, likelihood, steps)
