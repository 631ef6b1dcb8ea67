"""Train the network: MNIST and UCI in; model/mnist.h5, its card model/mnist.json and figures out."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import math
import os
import platform
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from evaluation.metrics import refusal_threshold, unsure_ratio
from model.card import Card
from model.checkpoint import (
    CheckpointError,
    Progress,
    checkpoint_path,
    read_checkpoint,
    restore_checkpoint,
    write_checkpoint,
)
from model.dataset import DataError, DigitData, images_through_preprocessing, load_mnist, split_validation
from model.network import Classify, apply_card, calibrate
from training.batches import Batches
from training.calibration import cross_entropy, fit_temperature
from training.figures import draw_figures
from training.pictures import NO_DIGIT, Material, Pictures, is_held_out, make_pictures
from training.recipes import FULL, QUICK, Recipe
from training.sources import BitmapData, PenData, load_optical_digits, load_pen_digits, recognize_source
from training.trainer import (
    TrainingError,
    as_classify,
    build_trainer,
    choose_precision,
    classify_images,
    compile_trainer,
    fit,
)

if TYPE_CHECKING:
    import keras

__all__ = ["main", "train_model"]

VALIDATION_SHARE = 12  # one of MNIST's training images in twelve is kept apart: 5,000 of 60,000
REFUSED = 0.01  # share of the digits kept apart that the threshold of the card refuses
MARKED_UNSURE = 0.01  # share of them that is called unsure though read right
NAMES = {"mnist": "MNIST", "pen": "pen strokes", "optical": "optical digits"}  # kinds of data


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its status: 0 done, 2 cannot be done, 130 interrupted before a result."""
    options = parse_options(argv)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up lines are not for our users
    try:
        _check_options(options)
        train_model(options, QUICK if options.quick else FULL)
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


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    """The command line, with the recipe's settings where it says nothing."""
    parser = argparse.ArgumentParser(description="Train the network that reads handwritten digits.")
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="MNIST (mnist.npz, or a folder with the four idx files), UCI's pen strokes or UCI's optical digits; "
        "may be given for each (default: what is not given is downloaded)",
    )
    parser.add_argument("--quick", action="store_true", help="on MNIST alone, in less than a minute, for a first try")
    for name, kind, meaning in (
        ("epochs", int, "rounds of training"),
        ("batch_size", int, "pictures a step"),
        ("learning_rate", float, "of Adam, at its highest"),
    ):
        default = f"{getattr(FULL, name)}; with --quick {getattr(QUICK, name)}"
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"{meaning} (default: {default})")
    parser.add_argument(
        "--seed", type=int, default=0, help="same seed and machine, same weights (default: %(default)s)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("model/mnist.h5"),
        help="the model; card, figures and checkpoint go beside it (default: %(default)s)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, with the same options")
    options = parser.parse_args(argv)
    recipe = QUICK if options.quick else FULL
    for name in ("epochs", "batch_size", "learning_rate"):
        if getattr(options, name) is None:
            setattr(options, name, getattr(recipe, name))
    return options


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


def train_model(options: argparse.Namespace, recipe: Recipe) -> None:
    """Load, train, calibrate, test, and write model, card and figures.

    Raises
    ------
    DataError, TrainingError, CheckpointError
        Before anything is written, except checkpoints.
    KeyboardInterrupt
        If interrupted before the first epoch ended, or while results were being made.
    """
    data, pens, bitmaps = load_sources(options.data, recipe)
    checkpoint = checkpoint_path(options.output)
    settings = {
        "recipe": recipe.name,
        "seed": options.seed,
        "epochs": options.epochs,
        "batch size": options.batch_size,
        "learning rate": options.learning_rate,
        "data checksum": " ".join(source.checksum for source in (data, pens, bitmaps) if source),
    }
    stored = read_checkpoint(checkpoint, settings) if options.resume else None
    if not options.resume and checkpoint.exists():
        print(f"Starting afresh: the checkpoint in {checkpoint.parent} will be replaced; --resume would use it.")
    kept = split_validation(len(data.x_train), len(data.x_train) // VALIDATION_SHARE, options.seed)
    material = Material(data.x_train, data.y_train, *kept, pens, bitmaps)
    count = len(data.x_train) + sum(recipe.made.values())
    print(f"Preparing {count:,} pictures from {data.name}{' and UCI' if pens else ''} …", flush=True)
    train, validation = make_pictures(material, recipe.made, options.seed)
    batches = Batches(train, recipe, options.batch_size, options.seed)

    import keras

    keras.utils.set_random_seed(options.seed)
    network, trainer = build_trainer(recipe, choose_precision())
    compile_trainer(trainer, recipe, options.learning_rate, batches.per_epoch * options.epochs)
    progress = restore_checkpoint(trainer, stored, checkpoint) if stored else Progress()
    started = time.monotonic() - progress.seconds

    def end_epoch(losses: dict[str, float]) -> None:
        figures = losses | _validate(trainer, validation, recipe)
        progress.seconds = time.monotonic() - started
        progress.add_epoch(figures, trainer.get_weights())
        shares = {
            name[4:]: value for name, value in figures.items() if name.startswith(("val_accuracy", "val_refused"))
        }
        words = ", ".join(f"{name} {share:.2%}" for name, share in shares.items())
        print(f"Validation: loss {figures['val_loss']:.4f}, {words}", flush=True)
        write_checkpoint(checkpoint, trainer, progress, settings)

    interrupted = False
    try:
        fit(trainer, batches, len(progress.history), options.epochs, end_epoch)
    except KeyboardInterrupt:
        if not progress.history:
            raise
        interrupted = True
        print(f"\nInterrupted: the best of {len(progress.history)} epochs is kept.")

    network, trainer = build_trainer(recipe, "float32")  # clean: without optimizer, and exact
    trainer.set_weights(progress.best_weights)
    classify = _slanting(network, trainer, recipe)
    honesty = _choose_honesty(classify, trainer, validation, recipe)
    probabilities, _ = classify_images(classify, images_through_preprocessing(data.x_test))
    probabilities = calibrate(probabilities, honesty["temperature"])
    card = _describe_training(options, recipe, (data, pens, bitmaps), network, progress, interrupted)
    card |= {
        "test_accuracy": float((probabilities.argmax(axis=1) == data.y_test).mean()),
        "test_loss": cross_entropy(probabilities, data.y_test),
    }
    _write_model(network, card | honesty, options.output)
    draw_figures(options.output.parent / "figures", progress, data, probabilities)
    best = progress.history[progress.best_epoch - 1]
    print(
        f"Test accuracy {card['test_accuracy']:.2%}, mean loss {card['test_loss']:.4f}; "
        f"validation accuracy {best['val_accuracy']:.2%} in epoch {progress.best_epoch}, the best.\n"
        f"Written: {options.output}, its card and figures."
    )
    if interrupted:
        print(f"To go on to epoch {options.epochs}: the same command with --resume.")
    else:
        shutil.rmtree(checkpoint.parent)


def load_sources(paths: list[Path], recipe: Recipe) -> tuple[DigitData, PenData | None, BitmapData | None]:
    """Load what a recipe trains on: from the paths given, and by download what they lack."""
    given: dict[str, Path] = {}
    for path in paths:
        kind = recognize_source(path)
        if kind in given:
            raise TrainingError(f"--data {given[kind]} and --data {path} are both {NAMES[kind]}; give one of them.")
        given[kind] = path
    data = load_mnist(given.get("mnist"))
    if not recipe.made:
        return data, None, None
    pens, bitmaps = load_pen_digits(given.get("pen")), load_optical_digits(given.get("optical"))
    apart = [is_held_out(digit.writer) for digit in pens.digits]
    if not any(apart) or all(apart):
        lack = "is left to train on" if any(apart) else "is kept apart to validate with"
        raise TrainingError(
            f"The pen strokes in {pens.name} are of too few writers: no writer {lack} (3, 8, 13 … are kept "
            "apart). Take UCI's, or number the writers from 1 on."
        )
    return data, pens, bitmaps


# ---------------------------------------------------------------- validation


def _validate(trainer: keras.Model, validation: dict[str, Pictures], recipe: Recipe) -> dict[str, float]:
    """Figures of an epoch: the loss on the digits kept apart, which chooses it, and what is right of each kind.

    How well the second output tells digits from the rest chooses nothing: its loss jumps with a few sure mistakes, and
    so would the epoch.
    """
    figures = {}
    classify = as_classify(trainer)
    answers = {kind: classify_images(classify, images) for kind, (images, _) in validation.items()}
    digits = [kind for kind in validation if kind != "no digits"]
    labels = np.concatenate([validation[kind][1] for kind in digits])
    figures["val_loss"] = cross_entropy(np.concatenate([answers[kind][0] for kind in digits]), labels)
    for kind in digits:
        name = "val_accuracy" if kind == "MNIST" else f"val_accuracy of {kind}"
        figures[name] = float((answers[kind][0].argmax(axis=1) == validation[kind][1]).mean())
    if recipe.made:
        real, other = np.concatenate([answers[kind][1] for kind in digits]), answers["no digits"][1]
        figures["val_refused of no digits"] = float((other < refusal_threshold(real, REFUSED)).mean())
    return figures


def _slanting(network: keras.Sequential, trainer: keras.Model, recipe: Recipe) -> Classify:
    """The network as it will read with its card, but for temperature and thresholds."""
    if not recipe.made:
        return apply_card(network, Card(slants=recipe.slants))
    weights, bias = trainer.get_layer("is_digit").get_weights()
    return apply_card(network, Card(slants=recipe.slants, reject_weights=weights[:, 0], reject_bias=float(bias[0])))


def _choose_honesty(
    classify: Classify, trainer: keras.Model, validation: dict[str, Pictures], recipe: Recipe
) -> dict[str, Any]:
    """Choose temperature and thresholds on the digits kept apart, and say so for the card."""
    images, labels = (np.concatenate(part) for part in zip(*validation.values(), strict=True))
    is_real = labels != NO_DIGIT
    images, labels = images[is_real], labels[is_real]
    probabilities, is_digit = classify_images(classify, images)
    temperature = fit_temperature(probabilities, labels)
    probabilities = calibrate(probabilities, temperature)
    second, highest = np.sort(probabilities, axis=1)[:, -2:].T
    right = probabilities.argmax(axis=1) == labels
    chosen_on = f"{len(labels):,} digits kept apart from training"
    honesty: dict[str, Any] = {
        "temperature": temperature,
        "slants": list(recipe.slants),
        "unsure": {
            "ratio": unsure_ratio((second / highest)[right], MARKED_UNSURE),
            "chosen_on": f"{chosen_on}: {100 * MARKED_UNSURE:g} % of those read right are called unsure",
        },
    }
    if recipe.made:
        weights, bias = trainer.get_layer("is_digit").get_weights()
        honesty["reject"] = {
            "weights": [float(weight) for weight in weights[:, 0]],
            "bias": float(bias[0]),
            "threshold": refusal_threshold(is_digit, REFUSED),
            "chosen_on": f"{chosen_on}: {100 * REFUSED:g} % of them are refused",
        }
    return honesty


# ---------------------------------------------------------------- results


def _describe_training(
    options: argparse.Namespace,
    recipe: Recipe,
    sources: tuple[DigitData, PenData | None, BitmapData | None],
    network: keras.Sequential,
    progress: Progress,
    interrupted: bool,
) -> dict[str, Any]:
    """Say what one must know of these weights."""
    import keras

    best = progress.history[progress.best_epoch - 1]
    backend = keras.backend.backend()
    return {
        "validation_accuracy": best["val_accuracy"],
        "validation_loss": best["val_loss"],
        "validation": {name[4:]: value for name, value in best.items() if " of " in name},
        "parameters": network.count_params(),
        "recipe": recipe.name,
        "epochs": len(progress.history),
        "best_epoch": progress.best_epoch,
        "interrupted": interrupted,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "seed": options.seed,
        "precision": choose_precision(),
        "data": [{"name": source.name, "checksum": source.checksum} for source in sources if source],
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
        card = card | {"weights_checksum": hashlib.sha256(model_beside.read_bytes()).hexdigest()}
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
