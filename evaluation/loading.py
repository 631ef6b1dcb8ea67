"""A model's path in; what recognizes with it, its layers and its size out, without TensorFlow's start-up lines."""

from __future__ import annotations

from pathlib import Path

from evaluation.rejection import Layers
from evaluation.weights import LayerWeights, read_weights
from model.backend import silence_errors
from model.network import load_layers, load_model
from model.recognizer import Recognizer

__all__ = ["count_parameters", "load_quietly", "load_recognizer", "load_weights"]


def load_recognizer(path: Path) -> Recognizer:
    """Load it in a process of its own, which keeps TensorFlow's start-up lines to itself."""
    recognizer, loading = Recognizer.load_in_background(path)
    loading.result()
    return recognizer


def load_quietly(path: Path) -> Layers:
    """Load its features and logits, as `load_layers` does."""
    with silence_errors():
        return load_layers(path)


def load_weights(path: Path) -> list[LayerWeights]:
    """Load all its layers with their weights."""
    with silence_errors():
        return read_weights(load_model(path))


def count_parameters(path: Path) -> int:
    """Count the numbers that a model consists of."""
    with silence_errors():
        return int(load_model(path).count_params())
