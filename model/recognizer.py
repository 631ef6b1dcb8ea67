"""Ink in, predictions out: the trained network behind a thread-safe `Recognizer`."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.card import Card, read_card
from model.network import Classify, ModelError, NetworkProcess, check_model_path, load_network
from preprocessing import Box, Drawing, Glyph, Ink, drawing_to_glyphs, find_glyphs

__all__ = ["Classify", "ModelError", "Prediction", "Recognizer", "to_answer", "to_text"]

DEFAULT_MODEL = Path(__file__).with_name("mnist.h5")
# A batch size costs 60 ms when it is first seen, so batches are filled up to one of these.
BATCH_SIZES = (1, 16, 256)


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says of one glyph.

    Attributes
    ----------
    digit : int or None
        0 ... 9, or None where it is not a digit.
    probabilities : (10,) float32
        Of the digits 0 ... 9, if it is one; they add up to 1.
    is_digit : float
        0 ... 1, how much it looks like a digit at all; 0 for a dot or block.
    box : Box
        Where the glyph stands.
    image : (28, 28) float32
        What the network was shown.
    runner_up : int or None
        The second digit, where it is nearly as probable as the first; None where the network is sure of one, or of
        none.
    """

    digit: int | None
    probabilities: np.ndarray
    is_digit: float
    box: Box
    image: np.ndarray
    runner_up: int | None = None

    @property
    def probability(self) -> float:
        """The highest of the ten probabilities."""
        return float(self.probabilities.max())

    def to_json(self) -> dict[str, Any]:
        """As the HTTP API and `predict.py --json` print it."""
        box = (self.box.top, self.box.left, self.box.height, self.box.width)
        return {
            "digit": self.digit,
            "runner_up": self.runner_up,
            "probability": round(self.probability, 6),
            "probabilities": [round(float(p), 6) for p in self.probabilities],
            "is_digit": round(self.is_digit, 6),
            "box": [round(float(edge), 2) for edge in box],
        }


def to_answer(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """What the HTTP API and `predict.py --json` say of one drawing or photo, ready for JSON."""
    return {"text": to_text(predictions), "predictions": [prediction.to_json() for prediction in predictions]}


def to_text(predictions: Iterable[Prediction]) -> str:
    """The digits in reading order, `?` for what is not a digit, "" for a blank page."""
    return "".join("?" if p.digit is None else str(p.digit) for p in predictions)


class Recognizer:
    """Reads glyphs with a classifier; any number of threads may use it at once.

    Parameters
    ----------
    classify : callable
        (N, 28, 28) float32 images in [0, 1] to (N, 10) float32 probabilities and (N,) float32, how much each is a
        digit. Called by one thread at a time.
    card : Card, optional
        The thresholds; without one every sign that has strokes is a digit, and the network always sure.
    """

    def __init__(self, classify: Classify, card: Card | None = None) -> None:
        self._classify = classify
        self._card = card or Card()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: str | Path = DEFAULT_MODEL) -> Recognizer:
        """Load a Keras model and its card into this process and warm it up.

        Raises
        ------
        ModelError
            If there is no file, it is no Keras model of 28 x 28 to ten probabilities, or its card cannot be used.
        """
        path = check_model_path(path)
        return cls(load_network(path), read_card(path))

    @classmethod
    def load_in_background(cls, path: str | Path = DEFAULT_MODEL) -> tuple[Recognizer, Future[None]]:
        """Start loading in a process beside this one and return at once; the first reading waits for it.

        Returns
        -------
        recognizer : Recognizer
        loading : Future
            Ends with the model's `ModelError` where it cannot be loaded; a missing file and a card that cannot be
            used are raised at once.
        """
        path = check_model_path(path)
        card = read_card(path)
        network = NetworkProcess(path)
        loading: Future[None] = Future()

        def wait() -> None:
            try:
                network.wait_until_ready()
                loading.set_result(None)
            except BaseException as error:  # handed to whoever waits
                loading.set_exception(error)

        threading.Thread(target=wait, name="load-model", daemon=True).start()

        def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            loading.result()
            return network(images)

        return cls(classify, card), loading

    def recognize(self, ink: Ink) -> list[Prediction]:
        """Read one ink, (H, W) float32, 0 paper ... 1 pen: its glyphs in reading order, [] if it is blank."""
        return self.recognize_many([ink])[0]

    def recognize_many(self, inks: Sequence[Ink]) -> list[list[Prediction]]:
        """Read several inks in as few calls of the network as possible: one list of predictions an ink."""
        return self.recognize_glyphs([find_glyphs(ink) for ink in inks])

    def recognize_drawing(self, drawing: Drawing) -> list[Prediction]:
        """Read a drawing; the boxes are in the units of its canvas."""
        return self.recognize_glyphs([drawing_to_glyphs(drawing)])[0]

    def recognize_glyphs(self, pages: Sequence[Sequence[Glyph]]) -> list[list[Prediction]]:
        """Read glyphs that were found before: one list of predictions for each list of glyphs."""
        glyphs = [glyph for page in pages for glyph in page]
        if not glyphs:
            return [[] for _ in pages]
        images = np.stack([glyph.image for glyph in glyphs])  # (N, 28, 28)
        answers = zip(*self._classify_in_batches(images), strict=True)
        return [[_predict(glyph, *next(answers), self._card) for glyph in page] for page in pages]

    def _classify_in_batches(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, 28, 28) to (N, 10) and (N,), in batches of sizes that the network has seen."""
        probabilities, is_digit = [], []
        for start in range(0, len(images), BATCH_SIZES[-1]):
            batch = images[start : start + BATCH_SIZES[-1]]
            size = next(size for size in BATCH_SIZES if size >= len(batch))
            filled = np.zeros((size, *batch.shape[1:]), np.float32)
            filled[: len(batch)] = batch
            with self._lock:  # Keras builds its predict function on the first call; two threads clash in that
                answer = self._classify(filled)
            probabilities.append(answer[0][: len(batch)])
            is_digit.append(answer[1][: len(batch)])
        return np.concatenate(probabilities), np.concatenate(is_digit)


def _predict(glyph: Glyph, probabilities: np.ndarray, is_digit: float, card: Card) -> Prediction:
    """Say which digit it is: none below the card's threshold or without a stroke, two where they are close."""
    is_digit = 0.0 if glyph.is_solid else float(is_digit)
    if glyph.is_solid or is_digit < card.threshold:
        return Prediction(None, probabilities, is_digit, glyph.box, glyph.image)
    best, second = np.argsort(-probabilities, kind="stable")[:2]
    is_unsure = probabilities[second] > card.unsure_ratio * probabilities[best]
    runner_up = int(second) if is_unsure else None
    return Prediction(int(best), probabilities, is_digit, glyph.box, glyph.image, runner_up)
