"""The reader of rows: strips of digits that hang together in, what it sees at each step out. Pure Keras 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ink.strips import HEIGHT, STEP
from model.backend import import_keras
from model.blocks import add_block, add_convolution
from model.card import ModelError
from model.ctc import SIGNS, ReadStrips

if TYPE_CHECKING:
    import keras

__all__ = ["DEFAULT_READER", "build_row_reader", "load_model", "load_row_reader"]

DEFAULT_READER = Path(__file__).with_name("rows.h5")
FILLED = 32  # pixels: strips are filled up to a multiple of that, so that few widths are ever seen
CURE = "run python train_rows.py, or take it away to read without it"


def build_row_reader(dropout: float = 0.3) -> keras.Model:
    """Build the reader: convolutions, two pools, and at each second column logits of what ends there.

    The blocks beside which what comes in goes on unchanged begin by adding nothing: a reader without them, as they
    were built before, is the same one with them; hence their numbers, from 7 on. They let each step see 66 columns
    around it, two digits and more.

    Returns
    -------
    keras.Model
        Not compiled, with fresh weights from Keras' global seed; 1,354,796 parameters. Input (N, 28, W, 1) float32 in
        [0, 1], W even; output (N, W / 2, 12) float32, logits of nothing, the ten digits, and a sign that is none.

    References
    ----------
    Graves et al. 2006, Connectionist Temporal Classification, for the outputs. LeCun et al. 1998, Gradient-Based
    Learning Applied to Document Recognition, section VII: a convolutional network swept along a row of digits.
    """
    import keras
    from keras import layers

    strip = keras.Input((HEIGHT, None, 1), dtype="float32", name="strip")
    tensor = add_convolution(strip, 1, 32, 5, (2, STEP))
    tensor = add_convolution(tensor, 2, 64, 3)
    tensor = add_convolution(tensor, 3, 64, 3, (2, 1))
    tensor = add_convolution(tensor, 4, 128, 3)
    tensor = add_block(tensor, 7, 3, 1)
    # over the whole height, which leaves one row
    tensor = layers.ZeroPadding2D((0, 1), name="pad")(tensor)
    tensor = add_convolution(tensor, 5, 160, (HEIGHT // 4, 3), padding="valid")
    tensor = add_convolution(tensor, 6, 160, (1, 5))
    tensor = add_block(tensor, 8, (1, 5), 2)
    tensor = add_block(tensor, 10, (1, 5), 2)
    tensor = layers.Dropout(dropout, name="dropout")(tensor)
    tensor = layers.Conv2D(SIGNS, 1, name="signs")(tensor)
    return keras.Model(strip, layers.Reshape((-1, SIGNS), name="steps")(tensor), name="rows")


def load_model(path: Path) -> keras.Model:
    """Load the model of a reader.

    Raises
    ------
    ModelError
        If it cannot be loaded, or is no reader of rows.
    """
    import_keras()
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # on damaged files Keras and h5py raise nearly anything: OSError, KeyError, …
        raise ModelError(f"{path} is no Keras model that can be loaded; {CURE}") from error
    if (model.input_shape, model.output_shape) != ((None, HEIGHT, None, 1), (None, None, SIGNS)):
        raise ModelError(
            f"{path} maps {model.input_shape} to {model.output_shape}; expected is (None, {HEIGHT}, None, 1) to "
            f"(None, None, {SIGNS}): {CURE}"
        )
    return model


def load_row_reader(path: Path) -> ReadStrips:
    """Load the reader as a function and run it, so that the first number does not wait.

    Returns
    -------
    callable
        Strips, (28, W) float32 each, to (T, 12) float32 each: logarithms of the probabilities at each step.

    Raises
    ------
    ModelError
        If it cannot be loaded, or is no reader of rows.
    """
    model = load_model(path)

    def read(strips: Sequence[np.ndarray]) -> list[np.ndarray]:
        steps: dict[int, np.ndarray] = {}
        for width in sorted({_fill(strip) for strip in strips}):
            numbers = [i for i, strip in enumerate(strips) if _fill(strip) == width]
            filled = np.zeros((len(numbers), HEIGHT, width, 1), np.float32)
            for row, i in zip(filled, numbers, strict=True):
                row[:, : strips[i].shape[1], 0] = strips[i]
            logits = np.asarray(model.predict_on_batch(filled), np.float32)
            for i, row in zip(numbers, logits, strict=True):
                steps[i] = _log_softmax(row[: -(-strips[i].shape[1] // STEP)])
        return [steps[i] for i in range(len(strips))]

    # one strip, and two of another width: from then on Keras' function is one for all
    read([np.zeros((HEIGHT, width), np.float32) for width in (FILLED, 2 * FILLED, 2 * FILLED)])
    return read


def _fill(strip: np.ndarray) -> int:
    """The width to which a strip is filled up."""
    return -(-strip.shape[1] // FILLED) * FILLED


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.float32)
