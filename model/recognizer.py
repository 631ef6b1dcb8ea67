"""Ink in, predictions out: the trained network behind a thread-safe `Recognizer`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from model.card import Card, read_card
from model.ctc import ReadStrips
from model.division import Reading
from model.inside import LayerOutput, LookInside, weigh_pixels
from model.network import Classify, ModelError, NetworkProcess, check_model_path, load_network
from model.reading import read_pages
from model.row_reader import DEFAULT_READER, load_row_reader
from model.turns import Turns
from preprocessing import Box, Drawing, Glyph, Ink, Page, Picture, drawing_to_page, ink_to_page, photo_to_page

__all__ = ["Classify", "ModelError", "Prediction", "Recognizer", "begin_numbers", "to_answer", "to_text"]

DEFAULT_MODEL = Path(__file__).with_name("mnist.h5")
# Batches are filled up to one of these, for a backend that compiles each size anew; with TensorFlow the second costs
# 140 ms, and no other. None is larger, for whoever draws waits for the batch of a photo that is being read.
BATCH_SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32)
BLANK = 1.5  # of the height of a row's digits: a wider gap is between two numbers …
BLANK_TO_USUAL = 3  # … if it is so many times as wide as the usual gap of the row
WEIGHED = 8  # images at once; 100 would keep whoever draws waiting for all of them
AGAIN = 0.99  # must be the score of what is only found when a photo is looked at again, for the gap in a letter is a 1
VOUCHED, DISTINCT = 0.1, 0.4  # beside digits: so much of the threshold is enough, and of one digit so probable


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says of one sign.

    Attributes
    ----------
    digit : int or None
        0 ... 9, or None where it is not a digit.
    probabilities : (10,) float32
        Of the digits 0 ... 9, if it is one; they add up to 1.
    is_digit : float
        0 ... 1, how much it looks like a digit at all; 0 for a dot or block.
    box : Box
        Where it stands, in units of what was recognized.
    glyph : Glyph
        Its way to what the network was shown.
    runner_up : int or None
        The second digit, where it is nearly as probable as the first; None where the network is sure of one, or of
        none.
    row : int
        Of the page, from 0.
    tilted : (h, w) float32 or None
        Its ink as it stands in its box, where its page was tilted, and its glyph's is not.
    """

    digit: int | None
    probabilities: np.ndarray
    is_digit: float
    box: Box
    glyph: Glyph
    runner_up: int | None = None
    row: int = 0
    tilted: Ink | None = None

    @property
    def ink(self) -> Ink:
        """As it stands in its box, (h, w) float32, in the glyph's pixels."""
        return self.glyph.crop if self.tilted is None else self.tilted

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
            "row": self.row,
            "box": [round(float(edge), 2) for edge in box],
        }


def to_answer(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """What the HTTP API and `predict.py --json` say of one drawing or photo, ready for JSON."""
    return {"text": to_text(predictions), "predictions": [prediction.to_json() for prediction in predictions]}


def to_text(predictions: Sequence[Prediction]) -> str:
    """The digits in reading order, a line a row, numbers apart by a blank, `?` for what is not a digit."""
    text = ""
    for before, prediction, begins in zip([None, *predictions], predictions, begin_numbers(predictions), strict=False):
        if before is not None and before.row != prediction.row:
            text += "\n"
        text += (" " if begins else "") + ("?" if prediction.digit is None else str(prediction.digit))
    return text


def begin_numbers(predictions: Sequence[Prediction]) -> list[bool]:
    """Whether with each sign another number begins in the same row: after a gap that is far wider than usual."""
    begins = []
    for _, signs in groupby(predictions, key=lambda prediction: prediction.row):
        boxes = [sign.box for sign in signs]
        gaps = [after.left - before.left - before.width for before, after in pairwise(boxes)]
        usual = sorted(gaps)[(len(gaps) - 1) // 2] if gaps else 0.0
        height = float(np.median([box.height for box in boxes]))
        begins += [False, *(gap > max(BLANK * height, BLANK_TO_USUAL * usual) for gap in gaps)]
    return begins


class Recognizer:
    """Reads glyphs with a classifier; any number of threads may use it at once.

    Parameters
    ----------
    classify : callable
        (N, 28, 28) float32 images in [0, 1] to (N, 10) float32 probabilities and (N,) float32, how much each is a
        digit. Called by one thread at a time.
    card : Card, optional
        The thresholds; without one every sign that has strokes is a digit, and the network always sure.
    look_inside : callable, optional
        An image (28, 28) float32 to what the layers make of it, called as `classify` is; without one there are none.
    path : Path, optional
        The file of the model, for its name and card.
    read_strips : callable, optional
        A reader of rows (model.row_reader), called as `classify` is; without one, digits that touch are told apart by
        cutting alone.
    """

    def __init__(
        self,
        classify: Classify,
        card: Card | None = None,
        look_inside: LookInside = lambda image: [],
        path: Path | None = None,
        read_strips: ReadStrips | None = None,
    ) -> None:
        self.path = path
        self._classify = classify
        self._look_inside = look_inside
        self._reader = read_strips
        self._card = card or Card()
        self._turns = Turns()

    @classmethod
    def load(cls, path: str | Path = DEFAULT_MODEL) -> Recognizer:
        """Load a Keras model and its card into this process and warm it up.

        Raises
        ------
        ModelError
            If there is no file, it is no Keras model of 28 x 28 to ten probabilities, or its card cannot be used.
        """
        path = check_model_path(path)
        network = load_network(path)
        reader = load_row_reader(DEFAULT_READER) if DEFAULT_READER.is_file() else None
        return cls(network.classify, read_card(path), network.look_inside, path, reader)

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
        has_reader = DEFAULT_READER.is_file()
        network = NetworkProcess(path, DEFAULT_READER if has_reader else None)
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

        def look_inside(image: np.ndarray) -> list[LayerOutput]:
            loading.result()
            return network.look_inside(image)

        def read_strips(strips: Sequence[np.ndarray]) -> list[np.ndarray]:
            loading.result()
            return network.read_strips(strips)

        return cls(classify, card, look_inside, path, read_strips if has_reader else None), loading

    def recognize(self, ink: Ink) -> list[Prediction]:
        """Read an ink, (H, W) float32, 0 paper ... 1 pen: its digits in reading order, [] if it is blank."""
        return self.recognize_pages([ink_to_page(ink)])[0]

    def recognize_drawing(self, drawing: Drawing) -> list[Prediction]:
        """Read a drawing; the boxes are in the units of its canvas."""
        return self.recognize_pages([drawing_to_page(drawing)])[0]

    def recognize_photo(self, photo: Picture) -> list[Prediction]:
        """Read a photo; the boxes are in pixels of its file, upright."""
        return self.recognize_pages([photo_to_page(photo)])[0]

    def recognize_pages(self, pages: Sequence[Page]) -> list[list[Prediction]]:
        """Read pages in as few calls of the network as possible: one list of predictions a page."""
        answers = self._predict_pages(pages)
        for number, (page, predictions) in enumerate(zip(pages, answers, strict=True)):
            if not predictions or any(sign.digit is None for sign in predictions):
                others = page.find_others()
                answers[number] = self._choose(predictions, others, self._predict_pages(others))
        return answers

    def _predict_pages(self, pages: Sequence[Page]) -> list[list[Prediction]]:
        read = read_pages([page.lines for page in pages], self._read_glyphs, self._reader and self._read_strips)
        return [self._predict_page(page, rows) for page, rows in zip(pages, read, strict=True)]

    def _choose(
        self, first: list[Prediction], others: Sequence[Page], answers: Sequence[list[Prediction]]
    ) -> list[Prediction]:
        """Of the other pages the one whose least sure sign is the surest; the first answer where all have a doubt.

        A band or edge of a ground is a 1 to the network: what comes in from the edge is not taken.
        """
        best, surest = first, max(self._card.threshold, AGAIN)
        for page, predictions in zip(others, answers, strict=True):
            if any(sign.digit is None for sign in predictions) or any(
                page.is_on_edge(sign.glyph) for sign in predictions
            ):
                continue
            least = min((sign.is_digit * sign.probability for sign in predictions), default=0.0)
            if least > surest:
                best, surest = predictions, least
        return best

    def recognize_glyphs(self, glyphs: Sequence[Glyph]) -> list[Prediction]:
        """Read glyphs that were found before, each by itself."""
        readings = [Reading(glyph, p, float(d)) for glyph, p, d in zip(glyphs, *self._read_glyphs(glyphs), strict=True)]
        return [self._predict(reading, reading.glyph.box, 0, self._card.threshold) for reading in readings]

    def look_inside(self, glyph: Glyph) -> list[LayerOutput]:
        """Show what the layers of the network make of a sign: its convolutions, or its first dense layer."""
        with self._turns:
            return self._look_inside(glyph.image)

    def weigh_pixels(self, prediction: Prediction) -> np.ndarray:
        """How much each pixel speaks for the most probable digit, (28, 28) float32, as `model.inside.weigh_pixels`.

        It reads about a hundred images, a few at a time, so that what is drawn meanwhile is answered in between.
        """

        def classify(images: np.ndarray) -> np.ndarray:
            probabilities = []
            for start in range(0, len(images), WEIGHED):
                probabilities.append(self._classify_in_batches(images[start : start + WEIGHED])[0])
            return np.concatenate(probabilities)

        return weigh_pixels(classify, prediction.glyph.image, int(prediction.probabilities.argmax()))

    def _read_glyphs(self, glyphs: Sequence[Glyph]) -> tuple[np.ndarray, np.ndarray]:
        if not glyphs:
            return np.zeros((0, 10), np.float32), np.zeros(0, np.float32)
        return self._classify_in_batches(np.stack([glyph.image for glyph in glyphs]))

    def _read_strips(self, strips: Sequence[np.ndarray]) -> list[np.ndarray]:
        assert self._reader is not None
        with self._turns:
            return self._reader(strips)

    def _predict_page(self, page: Page, rows: Sequence[Sequence[Reading]]) -> list[Prediction]:
        """What surely are digits vouch for the rest of a number: half of its signs or more lower the threshold.

        Of letters hardly one digit is so much more probable than the others as of a digit in doubt.
        """
        signs = [sign for row in rows for sign in row]
        sure = sum(sign.is_digit >= self._card.threshold and not sign.glyph.is_solid for sign in signs)
        in_number = len(signs) > 1 and 2 * sure >= len(signs)
        predictions = []
        for number, row in enumerate(rows):
            for sign in row:
                box, ink = page.stand(sign.glyph)
                tilted = None if page.back is None else ink
                is_vouched = in_number and sign.probabilities.max() >= DISTINCT
                threshold = self._card.threshold * (VOUCHED if is_vouched else 1)
                predictions.append(replace(self._predict(sign, box, number, threshold), tilted=tilted))
        return predictions

    def _predict(self, reading: Reading, box: Box, row: int, threshold: float) -> Prediction:
        """Say which digit it is: none below the threshold or without a stroke, two where they are close."""
        glyph, probabilities = reading.glyph, reading.probabilities
        is_digit = 0.0 if glyph.is_solid else reading.is_digit
        if glyph.is_solid or is_digit < threshold:
            return Prediction(None, probabilities, is_digit, box, glyph, None, row)
        best, second = np.argsort(-probabilities, kind="stable")[:2]
        is_unsure = probabilities[second] > self._card.unsure_ratio * probabilities[best]
        return Prediction(int(best), probabilities, is_digit, box, glyph, int(second) if is_unsure else None, row)

    def _classify_in_batches(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, 28, 28) to (N, 10) and (N,), in batches of few sizes."""
        probabilities, is_digit = [], []
        for start in range(0, len(images), BATCH_SIZES[-1]):
            batch = images[start : start + BATCH_SIZES[-1]]
            size = next(size for size in BATCH_SIZES if size >= len(batch))
            filled = np.zeros((size, *batch.shape[1:]), np.float32)
            filled[: len(batch)] = batch
            with self._turns:  # Keras builds its predict function on the first call; two threads clash in that
                answer = self._classify(filled)
            probabilities.append(answer[0][: len(batch)])
            is_digit.append(answer[1][: len(batch)])
        return np.concatenate(probabilities), np.concatenate(is_digit)
