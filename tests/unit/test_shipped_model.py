"""The weights in the repository are what their card says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from model.dataset import DigitData, load_mnist
from model.recognizer import DEFAULT_MODEL, Recognizer
from preprocessing import Drawing, find_glyphs

KERAS_CACHE = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets" / "mnist.npz"
MNIST_PATH = Path(os.environ.get("MNIST_DATA", KERAS_CACHE))


@pytest.fixture(scope="module")
def card() -> dict:
    return json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load()


def test_file_is_small_and_holds_no_optimizer() -> None:
    assert DEFAULT_MODEL.stat().st_size < 10_000_000
    with h5py.File(DEFAULT_MODEL) as file:
        assert "optimizer_weights" not in file


def test_plain_keras_loads_it_and_counts_the_parameters_of_the_card(card: dict) -> None:
    import keras

    network = keras.models.load_model(DEFAULT_MODEL)
    kinds = [type(layer).__name__ for layer in network.layers]
    wanted = [kind for kind in kinds if kind in ("Conv2D", "MaxPooling2D", "Dense")]
    begin = ["Conv2D", "MaxPooling2D"] * 2
    assert wanted == [*begin, *["Conv2D"] * 4, "Dense", "Dense"]
    assert network.count_params() == card["parameters"]
    assert network.predict(np.zeros((2, 28, 28, 1)), verbose=0).sum(axis=1) == pytest.approx([1, 1])


def test_reads_the_ten_drawn_digits(shipped: Recognizer, drawn_digit: Callable[[int], Drawing]) -> None:
    answers = [shipped.recognize_drawing(drawn_digit(digit))[0].digit for digit in range(10)]
    assert answers == list(range(10))


@pytest.mark.skipif(not MNIST_PATH.is_file(), reason=f"MNIST is not at {MNIST_PATH}; set MNIST_DATA to an mnist.npz")
def test_reaches_the_accuracy_of_its_card_through_the_real_path(shipped: Recognizer, card: dict) -> None:
    mnist: DigitData = load_mnist(MNIST_PATH)
    pages = [find_glyphs(image.astype(np.float32) / 255) for image in mnist.x_test]
    predictions = shipped.recognize_glyphs([page[0] for page in pages])
    accuracy = np.mean([p.probabilities.argmax() == label for p, label in zip(predictions, mnist.y_test, strict=True)])
    assert mnist.checksum == card["data"][0]["checksum"]
    assert accuracy == pytest.approx(card["test_accuracy"], abs=0.0002)  # another processor rounds otherwise
    assert accuracy >= 0.993
    assert np.mean([prediction.digit is None for prediction in predictions]) < 0.02
