"""What several tests need: digits drawn by hand, and recognizers that read them without a trained network."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from strokes import digit_drawing

from model.recognizer import Classify, Recognizer
from preprocessing import Drawing, drawing_to_glyphs

# As model.backend sets it: some tests import Keras themselves, and trainings must end alike in every process
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture(scope="session")
def drawn_digit() -> Callable[[int], Drawing]:
    """A function from a digit to its drawing."""
    return lambda digit: Drawing.from_json(digit_drawing(digit))


@pytest.fixture(scope="session")
def nearest_classify(drawn_digit: Callable[[int], Drawing]) -> Classify:
    """A classifier that tells images by their likeness to the ten drawn digits, and takes all for digits; no Keras."""
    known = np.stack([drawing_to_glyphs(drawn_digit(digit))[0].image for digit in range(10)]).reshape(10, -1)

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distances = ((images.reshape(len(images), 1, -1) - known) ** 2).sum(axis=2)  # (N, 10)
        likeness = np.exp(-distances / 5).astype(np.float32) + 1e-9
        probabilities = likeness / likeness.sum(axis=1, keepdims=True)
        return probabilities, probabilities.max(axis=1)

    return classify


@pytest.fixture
def recognizer(nearest_classify: Classify) -> Recognizer:
    """Reads the ten drawn digits."""
    return Recognizer(nearest_classify)


@pytest.fixture(scope="session")
def untrained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved Keras model of the right form, its weights random but always the same."""
    import keras

    keras.utils.set_random_seed(7)
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    path = tmp_path_factory.mktemp("model") / "untrained.h5"
    keras.Sequential(layers).save(path)
    return path
