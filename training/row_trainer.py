"""Strips and their texts in, a reader of rows that learns them out. Pure Keras 3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.card import ModelError
from model.ctc import NOTHING, read_text
from model.row_reader import load_model
from training.pictures import NO_DIGIT
from training.rows import MOST_SIGNS, Rows
from training.trainer import TrainingError, plan_rate, take_weights

if TYPE_CHECKING:
    import keras

__all__ = ["LEARNING_RATE", "compile_reader", "make_batches", "start_from", "validate_reader"]

COLUMNS = 6_144  # of all strips of a step: as many rows of them as fit
LEARNING_RATE = 0.002  # at its highest
FAINT = 0.15  # of the rows are shown fainter, 40 to 100 % of their ink

Batch = tuple[np.ndarray, np.ndarray]  # strips (N, 28, W, 1) float32; texts and their lengths (N, 7) int32


def make_batches(rows: dict[int, Rows], seed: int) -> keras.utils.PyDataset:
    """The batches of a training, each of strips of one width; half of the rows an epoch, the other half in the next.

    Its attribute `epoch`, from 0, says which epoch it is.
    """
    import keras

    class Epoch(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.epoch = 0
            self._plan = [self._make_plan(turn) for turn in (0, 1)]
            self._length = min(map(len, self._plan))

        def _make_plan(self, turn: int) -> list[tuple[int, np.ndarray]]:
            generator = np.random.default_rng([seed, turn])
            plan = []
            for width, some in rows.items():
                half = np.arange(turn, len(some.lengths), 2)
                order = generator.permutation(half)
                size = max(1, min(COLUMNS // width, len(order)))
                plan += [(width, order[start : start + size]) for start in range(0, len(order) - size + 1, size)]
            plan = [plan[i] for i in generator.permutation(len(plan))]
            return _begin_with_two(plan)

        def __len__(self) -> int:
            return self._length

        def __getitem__(self, index: int) -> Batch:
            width, chosen = self._plan[self.epoch % 2][index]
            return make_batch(rows[width], chosen, np.random.default_rng([seed, self.epoch, index]))

    return Epoch()


def _begin_with_two(plan: list[tuple[int, np.ndarray]]) -> list[tuple[int, np.ndarray]]:
    """Put batches of two widths first: Keras takes what those two have in common for the shape of all of them."""
    width, chosen = plan[0]
    for i, (other, others) in enumerate(plan):
        if other != width and len(others) != len(chosen):
            plan[1], plan[i] = plan[i], plan[1]
            break
    return plan


def make_batch(rows: Rows, chosen: np.ndarray, generator: np.random.Generator) -> Batch:
    """Some of the rows, a row of pixels higher or lower, some fainter; the texts with their lengths at the end."""
    strips = rows.strips[chosen] / np.float32(255)
    strips = np.roll(strips, int(generator.integers(-1, 2)), axis=1)  # there are two rows of paper above and below
    faint = generator.random(len(chosen)) < FAINT
    strips *= np.where(faint, generator.uniform(0.4, 1, len(chosen)), 1).astype(np.float32)[:, None, None]
    texts = rows.texts[chosen].astype(np.int32) + 1  # 0 is nothing
    return strips[..., None], np.column_stack([texts, rows.lengths[chosen]]).astype(np.int32)


def start_from(path: Path, model: keras.Model) -> None:
    """Give a fresh reader the weights of a trained one; layers that one lacks, as older ones do, stay fresh.

    Raises
    ------
    TrainingError
        If it cannot be loaded, or has other layers.
    """
    try:
        trained = load_model(path)
    except ModelError as error:
        raise TrainingError(f"--start: {error}") from error
    try:
        take_weights(trained, model)
    except ValueError as error:  # no layer of this name, or another shape
        raise TrainingError(f"{path} has other layers than the reader of rows; name one of train_rows.py.") from error


def compile_reader(model: keras.Model, learning_rate: float, steps: int) -> None:
    """Prepare a training of `steps` batches on the likelihood of the texts (Graves et al. 2006).

    Parameters
    ----------
    learning_rate : float
        At its highest.
    """
    import keras
    from keras import ops

    def loss(truth: Any, logits: Any) -> Any:
        truth = ops.cast(truth, "int32")
        lengths = ops.full((ops.shape(logits)[0],), ops.shape(logits)[1], dtype="int32")
        return ops.ctc_loss(truth[:, :MOST_SIGNS], logits, truth[:, MOST_SIGNS], lengths, mask_index=NOTHING)

    model.compile(
        keras.optimizers.Adam(plan_rate(learning_rate, steps)),
        loss=loss,
        jit_compile="auto" if keras.backend.backend() == "jax" else False,
    )


def validate_reader(model: keras.Model, rows: dict[int, Rows]) -> dict[str, float]:
    """The share of the rows that are read right, sign by sign, and of those that are digits alone."""
    right, is_number = [], []
    for some in rows.values():
        for start in range(0, len(some.lengths), 128):
            part = np.s_[start : start + 128]
            logits = np.asarray(model.predict_on_batch(some.strips[part, ..., None] / np.float32(255)))
            for steps, text, length in zip(logits, some.texts[part], some.lengths[part], strict=True):
                truth = text[:length].tolist()
                right.append(read_text(steps) == truth)
                is_number.append(NO_DIGIT not in truth)
    numbers = np.array(right)[np.array(is_number)]
    return {"rows_right": float(np.mean(right)), "numbers_right": float(numbers.mean())}
