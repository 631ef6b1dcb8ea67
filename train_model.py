"""Train the network: MNIST in; model/mnist.h5, its card model/mnist.json and figures out."""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import platform
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from model.architectures import build_cnn
from model.augmentation import distort
from model.checkpoint import (
    CheckpointError,
    Progress,
    checkpoint_path,
    read_checkpoint,
    restore_checkpoint,
    write_checkpoint,
)
from model.dataset import DataError, DigitData, images_through_preprocessing, load_mnist, split_validation
from model.figures import draw_figures

if TYPE_CHECKING:
    import keras

__all__ = ["TrainingError", "main", "train_model"]

VALIDATION_SHARE = 6  # one training image in six chooses the weights: 10,000 of MNIST's 60,000
WARM_UP = 0.05  # share of all steps in which the learning rate rises, before it falls along a cosine


class TrainingError(Exception):
    """Training cannot start or go on; the message is a sentence for the user that names the cure."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its status: 0 done, 2 cannot be done, 130 interrupted before a result."""
    options = _parse_options(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up lines are not for our users
    try:
        _check_options(options)
        train_model(options)
    except (DataError, TrainingError, CheckpointError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"A file could not be written or read: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if checkpoint_path(options.output).exists():
            sentence = "Interrupted before the results were complete: go on with --resume and the same options."
        else:
            sentence = "Interrupted before the first epoch ended: nothing was written."
        print(f"\n{sentence}", file=sys.stderr)
        return 130
    return 0


def _parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the network that reads handwritten digits.")
    for name, kind, default, meaning in (
        ("--epochs", int, 20, "passes over the training images"),
        ("--batch-size", int, 128, "images a step"),
        ("--learning-rate", float, 0.002, "of Adam, at its highest"),
        ("--seed", int, 0, "same seed and machine, same weights"),
        ("--output", Path, Path("model/mnist.h5"), "the model; card, figures and checkpoint go beside it"),
    ):
        parser.add_argument(name, type=kind, default=default, help=f"{meaning} (default: {default})")
    parser.add_argument(
        "--data",
        type=Path,
        help="mnist.npz, or a folder with the four idx files (default: downloaded by Keras)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, with the same options")
    return parser.parse_args(argv)


def _check_options(options: argparse.Namespace) -> None:
    if options.epochs < 1:
        raise TrainingError(f"--epochs is {options.epochs}; it must be 1 or more.")
    if options.batch_size < 1:
        raise TrainingError(f"--batch-size is {options.batch_size}; it must be 1 or more.")
    if not 0 < options.learning_rate < math.inf:
        raise TrainingError(f"--learning-rate is {options.learning_rate}; it must be above 0, say 0.002.")
    if not 0 <= options.seed < 2**32:
        raise TrainingError(f"--seed is {options.seed}; it must be from 0 to {2**32 - 1}.")
    if options.output.suffix != ".h5" or options.output.is_dir():
        raise TrainingError(f"--output is {options.output}; it must name a file that ends in .h5.")
    try:
        with tempfile.TemporaryFile(dir=options.output.parent):
            pass
    except OSError as error:
        raise TrainingError(
            f"Nothing can be written to the folder {options.output.parent} of --output ({error.strerror}). "
            "Make it, or name another."
        ) from error


def train_model(options: argparse.Namespace) -> None:
    """Load, train, test, and write model, card and figures.

    Raises
    ------
    DataError, TrainingError, CheckpointError
        Before anything is written, except checkpoints.
    KeyboardInterrupt
        If interrupted before the first epoch ended, or while results were being made.
    """
    data = load_mnist(options.data)
    checkpoint = checkpoint_path(options.output)
    settings = {
        "seed": options.seed,
        "epochs": options.epochs,
        "batch size": options.batch_size,
        "learning rate": options.learning_rate,
        "data checksum": data.checksum,
    }
    stored = read_checkpoint(checkpoint, settings) if options.resume else None
    if not options.resume and checkpoint.exists():
        print(f"Starting afresh: the checkpoint in {checkpoint.parent} will be replaced; --resume would use it.")
    train, validation = split_validation(len(data.x_train), len(data.x_train) // VALIDATION_SHARE, options.seed)
    print(f"Preparing the {len(data.x_train):,} training images of {data.name} …", flush=True)
    images, labels = images_through_preprocessing(data.x_train), data.y_train

    import keras

    keras.utils.set_random_seed(options.seed)
    network = build_cnn()
    _compile_network(network, options, steps=math.ceil(len(train) / options.batch_size) * options.epochs)
    progress = restore_checkpoint(network, stored, checkpoint) if stored else Progress()
    interrupted = False
    try:
        _fit_network(
            network,
            progress,
            (images[train], labels[train]),
            (images[validation], labels[validation]),
            options,
            save=lambda: write_checkpoint(checkpoint, network, progress, settings),
        )
    except KeyboardInterrupt:
        if not progress.history:
            raise
        interrupted = True
        print(f"\nInterrupted: the best of {len(progress.history)} epochs is kept.")

    best = build_cnn()  # clean: without optimizer, nor anything else that training needed
    best.set_weights(progress.best_weights)
    probabilities = classify_images(best, images_through_preprocessing(data.x_test))
    card = _make_card(options, data, best, progress, probabilities, interrupted)
    _write_model(best, card, options.output)
    draw_figures(options.output.parent / "figures", progress, data, probabilities)
    print(
        f"Test accuracy {card['test_accuracy']:.2%}, mean loss {card['test_loss']:.4f}; "
        f"validation accuracy {card['validation_accuracy']:.2%} in epoch {progress.best_epoch}, the best.\n"
        f"Written: {options.output}, its card and figures."
    )
    if interrupted:
        print(f"To go on to epoch {options.epochs}: the same command with --resume.")
    else:
        shutil.rmtree(checkpoint.parent)


# ---------------------------------------------------------------- training


def _compile_network(network: keras.Sequential, options: argparse.Namespace, steps: int) -> None:
    import keras

    warm_up = max(1, int(WARM_UP * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - warm_up), warmup_target=options.learning_rate, warmup_steps=warm_up
    )
    network.compile(
        keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        # XLA halves the speed of TensorFlow on a CPU; JAX is nothing without it
        jit_compile="auto" if keras.backend.backend() == "jax" else False,
    )
    network.optimizer.build(network.trainable_variables)  # so that a checkpoint finds its variables


def _fit_network(
    network: keras.Sequential,
    progress: Progress,
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    options: argparse.Namespace,
    save: Callable[[], None],
) -> None:
    """Train from where `progress` is to the last epoch; count and save each.

    Parameters
    ----------
    train, validation : images (N, 28, 28) float32 in [0, 1] and labels (N,) uint8
    """
    import keras

    images, labels = train

    class DistortedBatches(keras.utils.PyDataset):
        """Batches that depend on nothing but seed, epoch and index: a resumed training sees the same."""

        epoch = 0

        def __len__(self) -> int:
            return math.ceil(len(labels) / options.batch_size)

        def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
            order = np.random.default_rng([options.seed, self.epoch]).permutation(len(labels))
            chosen = order[index * options.batch_size : (index + 1) * options.batch_size]
            generator = np.random.default_rng([options.seed, self.epoch, index])
            return distort(images[chosen], generator)[..., None], labels[chosen]

    batches = DistortedBatches()
    started = time.monotonic() - progress.seconds

    ctrl_c = threading.Event()

    def begin_epoch(epoch: int, logs: dict[str, float]) -> None:
        batches.epoch = epoch

    def end_batch(batch: int, logs: dict[str, float]) -> None:
        if ctrl_c.is_set():
            raise KeyboardInterrupt

    def end_epoch(epoch: int, logs: dict[str, float]) -> None:
        if not all(math.isfinite(value) for value in logs.values()):
            raise TrainingError(f"The loss was no number any more in epoch {epoch + 1}; lower --learning-rate.")
        progress.seconds = time.monotonic() - started
        progress.add_epoch({name: float(value) for name, value in logs.items()}, network.get_weights())
        save()

    callback = keras.callbacks.LambdaCallback(
        on_epoch_begin=begin_epoch, on_train_batch_end=end_batch, on_epoch_end=end_epoch
    )
    # Ctrl-C waits for the end of the batch: an exception in the midst of TensorFlow's own code ended in a
    # segmentation fault about once in 15 times.
    handler = signal.signal(signal.SIGINT, lambda *_: ctrl_c.set())
    try:
        network.fit(
            batches,
            shuffle=False,  # the batches do that; Keras would shuffle anew after --resume
            epochs=options.epochs,
            initial_epoch=len(progress.history),
            validation_data=(validation[0][..., None], validation[1]),
            validation_batch_size=1000,
            callbacks=[callback],
            verbose=1 if sys.stdout.isatty() else 2,  # a bar on a terminal, a line an epoch in a file
        )
    finally:
        signal.signal(signal.SIGINT, handler)


# ---------------------------------------------------------------- results


def classify_images(network: keras.Sequential, images: np.ndarray) -> np.ndarray:
    """Return the probabilities (N, 10) float32 of images (N, 28, 28) float32 in [0, 1]."""
    from keras import ops

    batches = (images[start : start + 1000, ..., None] for start in range(0, len(images), 1000))
    return np.concatenate([ops.convert_to_numpy(network(batch, training=False)) for batch in batches])


def _make_card(
    options: argparse.Namespace,
    data: DigitData,
    network: keras.Sequential,
    progress: Progress,
    probabilities: np.ndarray,
    interrupted: bool,
) -> dict[str, Any]:
    """Say what one must know of these weights; `probabilities` (N, 10) are those of the test images."""
    import keras

    best = progress.history[progress.best_epoch - 1]
    of_truth = probabilities[np.arange(len(data.y_test)), data.y_test]
    backend = keras.backend.backend()
    return {
        "test_accuracy": float((probabilities.argmax(axis=1) == data.y_test).mean()),
        "test_loss": float(-np.log(np.maximum(of_truth, 1e-7)).mean()),
        "validation_accuracy": best["val_accuracy"],
        "validation_loss": best["val_loss"],
        "parameters": network.count_params(),
        "epochs": len(progress.history),
        "best_epoch": progress.best_epoch,
        "interrupted": interrupted,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "seed": options.seed,
        "data": {"name": data.name, "checksum": data.checksum},
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": f"{backend} {sys.modules[backend].__version__}",
            "numpy": np.__version__,
            "opencv": cv2.__version__,
        },
        "machine": {"cpu": _name_cpu(), "cores": os.cpu_count()},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(progress.seconds, 1),
    }


def _name_cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _write_model(network: keras.Sequential, card: dict[str, Any], output: Path) -> None:
    """Write weights and card beside, then rename both: the old ones stay until the new ones are complete."""
    model_beside, card_beside = output.with_suffix(".new.h5"), output.with_suffix(".new.json")
    warnings_of_keras = logging.getLogger("absl")
    warnings_of_keras.addFilter(_is_not_about_hdf5)
    try:
        network.save(model_beside, include_optimizer=False)
        card_beside.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        os.replace(model_beside, output)
        os.replace(card_beside, output.with_suffix(".json"))
    finally:
        warnings_of_keras.removeFilter(_is_not_about_hdf5)
        model_beside.unlink(missing_ok=True)
        card_beside.unlink(missing_ok=True)


def _is_not_about_hdf5(record: logging.LogRecord) -> bool:
    """Keras calls HDF5 legacy at each save; one .h5 file is what this project is asked for."""
    return not record.getMessage().startswith("You are saving your model as an HDF5 file")


if __name__ == "__main__":
    sys.exit(main())
