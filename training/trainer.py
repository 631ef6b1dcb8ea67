"""A recipe in, the Keras model that learns it out, and one epoch after the other. Pure Keras 3."""

from __future__ import annotations

import math
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model.architectures import ARCHITECTURES, build_cnn
from model.card import read_card
from model.network import Classify, ModelError, load_model
from training.batches import Batch, Batches
from training.recipes import Recipe

if TYPE_CHECKING:
    import keras

__all__ = [
    "TrainingError",
    "as_classify",
    "build_network",
    "build_trainer",
    "choose_precision",
    "classify_images",
    "compile_trainer",
    "ctrl_c_between_batches",
    "fit",
    "mean_of_weights",
    "plan_rate",
    "start_from",
    "take_weights",
]

WARM_UP = 0.04  # share of all steps in which the learning rate rises, before it falls along a cosine


class TrainingError(Exception):
    """Training cannot start or go on; the message is a sentence for the user that names the cure."""


def choose_precision() -> str:
    """bfloat16 where the processor computes in it: there an epoch takes 0.6 times as long, elsewhere far longer."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("flags")[2].partition("\n")[0].split()
    except OSError:  # not Linux
        return "float32"
    return "mixed_bfloat16" if "avx512_bf16" in flags else "float32"


def build_network(recipe: Recipe, dtype: str) -> keras.Model:
    """The network of a recipe, with fresh weights."""
    if recipe.architecture != "cnn":
        return ARCHITECTURES[recipe.architecture](dtype=dtype)
    return build_cnn(recipe.filters, recipe.blocks, recipe.dropout, dtype)


def build_trainer(recipe: Recipe, dtype: str) -> tuple[keras.Model, keras.Model]:
    """The network, and the model that trains it: itself, or with a second output (N, 1), how much it is a digit at all.

    The second output is there where the recipe shows what is no digit.
    """
    import keras

    network = build_network(recipe, dtype)
    if not recipe.made:
        return network, network
    is_digit = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="is_digit")(network.layers[-1].input)
    return network, keras.Model(network.inputs[0], [network.outputs[0], is_digit])


def start_from(path: Path, network: keras.Model, trainer: keras.Model) -> list[np.ndarray] | None:
    """Give a fresh network and its trainer the weights of a trained one, and of its card.

    Returns
    -------
    list of numpy.ndarray, or None
        The trainer's weights; None if blocks were fresh, which the trained network lacks: it is as it was with them,
        but they are not trained, so that a mean of weights would be half of a training.

    Raises
    ------
    TrainingError
        If it cannot be loaded, has other layers, or its card has nothing that tells digits from other signs.
    """
    try:
        trained, card = load_model(path), read_card(path)
    except ModelError as error:
        raise TrainingError(f"--start: {error}") from error
    try:
        is_whole = take_weights(trained, network)
    except ValueError as error:
        raise TrainingError(
            f"{path} has other layers than the app's network; --start needs one trained in full."
        ) from error
    is_digit = trainer.get_layer("is_digit")
    if card.reject_weights is None or len(card.reject_weights) != is_digit.kernel.shape[0]:
        raise TrainingError(f"{path} does not tell digits from other signs; --start needs one trained in full.")
    is_digit.set_weights([card.reject_weights[:, None], np.array([card.reject_bias], np.float32)])
    return [np.asarray(each) for each in trainer.get_weights()] if is_whole else None


def take_weights(trained: keras.Model, fresh: keras.Model) -> bool:
    """Give a fresh network the weights of a trained one's layers of the same names.

    Returns
    -------
    bool
        Whether all of its layers have got some.

    Raises
    ------
    ValueError
        If it has no layer of a name, or of another shape.
    """
    learned = [layer for layer in trained.layers if layer.weights]
    for layer in learned:
        fresh.get_layer(layer.name).set_weights(layer.get_weights())
    return len(learned) == sum(bool(layer.weights) for layer in fresh.layers)


def mean_of_weights(begun: Sequence[np.ndarray], ended: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The weights half-way between the begin of a training and its end.

    They know what is new and have forgotten nothing: on digits kept apart the loss is that of the better of both
    or lower.

    References
    ----------
    Wortsman et al. 2022, Robust Fine-Tuning of Zero-Shot Models: means in the space of weights.
    """
    return [(a + b) / 2 for a, b in zip(begun, ended, strict=True)]


def compile_trainer(trainer: keras.Model, recipe: Recipe, learning_rate: float, steps: int) -> None:
    """Prepare a training of `steps` batches, the rate `learning_rate` at its highest.

    References
    ----------
    Loshchilov and Hutter 2017, SGDR: the cosine. Hendrycks, Mazeika and Dietterich 2019, Deep Anomaly Detection with
    Outlier Exposure: what is no digit is pulled towards equal probabilities.
    """
    import keras
    from keras import ops

    def accuracy(truth: Any, probabilities: Any) -> Any:
        """Share of the digits that are read right; each batch has equally many."""
        is_digit = ops.max(truth, axis=1) > 0.5
        right = ops.argmax(probabilities, axis=1) == ops.argmax(truth, axis=1)
        count = ops.sum(ops.cast(is_digit, "float32"))
        return ops.sum(ops.cast(ops.logical_and(right, is_digit), "float32")) / count

    rate = learning_rate if recipe.is_constant else plan_rate(learning_rate, steps)
    outputs = 2 if recipe.made else 1
    trainer.compile(
        keras.optimizers.SGD(rate, recipe.momentum) if recipe.optimizer == "sgd" else keras.optimizers.Adam(rate),
        loss=["categorical_crossentropy", "binary_crossentropy"][:outputs],
        loss_weights=[1.0, recipe.reject_weight][:outputs],
        metrics=[[accuracy], []][:outputs],
        # XLA halves the speed of TensorFlow on a CPU; JAX is nothing without it
        jit_compile="auto" if keras.backend.backend() == "jax" else False,
    )
    trainer.optimizer.build(trainer.trainable_variables)  # so that a checkpoint finds its variables


def plan_rate(highest: float, steps: int) -> Any:
    """The rate of each step: up in a line, then down along a cosine to 0."""
    import keras

    warm_up = max(1, int(WARM_UP * steps))
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - warm_up), warmup_target=highest, warmup_steps=warm_up
    )


def fit(
    trainer: keras.Model,
    batches: Batches,
    first: int,
    epochs: int,
    end_epoch: Callable[[dict[str, float]], None],
    *others: keras.callbacks.Callback,
) -> None:
    """Train epochs `first` (from 0) to `epochs`; `end_epoch` is called with loss and accuracy of each.

    What it adds to them, the figures of validation, is there for the callbacks `others`.

    Raises
    ------
    TrainingError
        If the loss is no number any more.
    KeyboardInterrupt
        At the end of the batch in which Ctrl-C was pressed.
    """
    import keras

    class Epoch(keras.utils.PyDataset):
        number = first

        def __len__(self) -> int:
            return batches.per_epoch

        def __getitem__(self, index: int) -> Batch:
            return batches.make(self.number, index)

    epoch_now = Epoch()

    def begin(epoch: int, logs: dict[str, float]) -> None:
        epoch_now.number = epoch

    def end(epoch: int, logs: dict[str, float]) -> None:
        if not all(math.isfinite(value) for value in logs.values()):
            raise TrainingError(f"The loss was no number any more in epoch {epoch + 1}; lower --learning-rate.")
        # of two outputs Keras writes digits_accuracy, and digits_loss, which is in loss
        figures = {name.removeprefix("digits_"): float(value) for name, value in logs.items() if name != "digits_loss"}
        end_epoch(figures)
        logs.update(figures)

    callback = keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end)
    with ctrl_c_between_batches() as interruption:
        trainer.fit(
            epoch_now,
            shuffle=False,  # the batches are mixed; Keras would shuffle anew after --resume
            epochs=epochs,
            initial_epoch=first,
            # so that its line comes first
            callbacks=[keras.callbacks.ProgbarLogger(), interruption, callback, *others],
            verbose=1 if sys.stdout.isatty() else 2,  # a bar on a terminal, a line an epoch in a file
        )


@contextmanager
def ctrl_c_between_batches() -> Iterator[keras.callbacks.Callback]:
    """Let Ctrl-C wait for the end of the batch: the callback then raises KeyboardInterrupt.

    An exception in the midst of TensorFlow's own code ended in a segmentation fault about once in 15 times.
    """
    import keras

    ctrl_c = threading.Event()

    def end_batch(batch: int, logs: dict[str, float]) -> None:
        if ctrl_c.is_set():
            raise KeyboardInterrupt

    handler = signal.signal(signal.SIGINT, lambda *_: ctrl_c.set())
    try:
        yield keras.callbacks.LambdaCallback(on_train_batch_end=end_batch)
    finally:
        signal.signal(signal.SIGINT, handler)


def as_classify(trainer: keras.Model) -> Classify:
    """The trainer as it is now, each image read once, as it is."""
    from keras import ops

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outputs = trainer(images[..., None], training=False)
        if not isinstance(outputs, list):
            probabilities = ops.convert_to_numpy(outputs)
            return probabilities, probabilities.max(axis=1)
        probabilities, is_digit = map(ops.convert_to_numpy, outputs)
        return probabilities, is_digit[:, 0]

    return classify


def classify_images(classify: Classify, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Classify any number of images, (N, 28, 28), float32 in [0, 1] or uint8, a few at a time."""
    parts = []
    for start in range(0, len(images), 1000):
        batch = images[start : start + 1000]
        parts.append(classify(batch / np.float32(255) if batch.dtype == np.uint8 else batch))
    probabilities, is_digit = (np.concatenate(outputs) for outputs in zip(*parts, strict=True))
    return probabilities, is_digit
