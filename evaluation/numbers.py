"""Sets of numbers and a recognizer in; the text it read of each, and how far that is from the truth, out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evaluation.metrics import edit_distance
from evaluation.scoring import ReadSet, answer_pages
from model.recognizer import Prediction, Recognizer, to_text

__all__ = ["ScoredNumbers", "score_numbers"]


@dataclass(frozen=True, eq=False)
class ScoredNumbers:
    """What the recognizer says of a set of numbers.

    Attributes
    ----------
    read : ReadSet
    predictions : list of list of Prediction
        The signs found on each of the N samples.
    """

    read: ReadSet
    predictions: list[list[Prediction]]

    @property
    def name(self) -> str:
        """Of the set."""
        return self.read.name

    @property
    def truths(self) -> list[str]:
        """The digits on each, its rows joined."""
        return [sample.text for sample in self.read.samples]

    @cached_property
    def answers(self) -> list[str]:
        """The text read of each, its rows joined; `?` for a sign that was refused."""
        return ["".join(to_text(signs).split()) for signs in self.predictions]

    @cached_property
    def errors(self) -> np.ndarray:
        """(N,) int64, digits that are wrong, lacking or too many."""
        return np.array([edit_distance(*pair) for pair in zip(self.truths, self.answers, strict=True)])

    @property
    def right(self) -> np.ndarray:
        """(N,) bool, whether the whole text is right."""
        return self.errors == 0


def score_numbers(read: ReadSet, recognizer: Recognizer) -> ScoredNumbers:
    """Let the recognizer read each sample of a set of numbers."""
    return ScoredNumbers(read, answer_pages(read, recognizer))
