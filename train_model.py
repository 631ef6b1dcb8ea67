"""Train the network: MNIST and UCI in; model/mnist.h5, its card model/mnist.json and figures out."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from dataclasses import replace
from typing import Any

from model.backend import import_keras
from model.checkpoint import (
    CheckpointError,
    Progress,
    checkpoint_path,
    read_checkpoint,
    restore_checkpoint,
    write_checkpoint,
)
from model.dataset import DataError, DigitData, images_through_preprocessing, split_validation
from model.network import calibrate
from training.batches import Batches
from training.calibration import cross_entropy
from training.figures import draw_figures, figures_folder, write_curves
from training.loading import VALIDATION_SHARE, load_sources
from training.options import check_options, choose_recipe, parse_options
from training.pictures import Material, make_pictures
from training.recipes import Recipe, plan_made
from training.results import describe_start, describe_training, describe_validation, write_model
from training.sources import BitmapData, PenData
from training.tensorboard import log_to_tensorboard
from training.trainer import (
    TrainingError,
    build_network,
    build_trainer,
    choose_precision,
    classify_images,
    compile_trainer,
    fit,
    mean_of_weights,
    start_from,
)
from training.validation import choose_honesty, read_with_slants, validate

__all__ = ["main", "train_model"]


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its status: 0 done, 2 cannot be done, 130 interrupted before a result."""
    options = parse_options(argv)
    try:
        recipe = choose_recipe(options)
        if options.summary:
            import_keras()
            build_network(recipe, "float32").summary(line_length=80)
            return 0
        check_options(options)
        train_model(options, recipe)
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


def train_model(options: argparse.Namespace, recipe: Recipe) -> None:
    """Load, train, calibrate, test, and write model, card and figures.

    Raises
    ------
    DataError, TrainingError, CheckpointError
        Before anything is written, except checkpoints.
    KeyboardInterrupt
        If interrupted before the first epoch ended, or while results were being made.
    """
    recipe = replace(
        recipe, optimizer=options.optimizer, momentum=options.momentum, made=plan_made(recipe, options.epochs)
    )
    loggers = [log_to_tensorboard(options.tensorboard)] if options.tensorboard else []
    data, pens, bitmaps = load_sources(options.data, recipe)
    checkpoint = checkpoint_path(options.output)
    settings = _list_settings(options, recipe, (data, pens, bitmaps))
    stored = read_checkpoint(checkpoint, settings) if options.resume else None
    if not options.resume and checkpoint.exists():
        print(f"Starting afresh: the checkpoint in {checkpoint.parent} will be replaced; --resume would use it.")
    kept = split_validation(len(data.x_train), len(data.x_train) // VALIDATION_SHARE, options.seed)
    material = Material(data.x_train, data.y_train, *kept, pens, bitmaps)

    import_keras()
    import keras

    keras.utils.set_random_seed(options.seed)
    network, trainer = build_trainer(recipe, choose_precision())
    begun = start_from(options.start, network, trainer) if options.start else None

    count = len(data.x_train) + sum(recipe.made.values())
    print(f"Preparing {count:,} pictures from {data.name}{' and UCI' if pens else ''} …", flush=True)
    train, validation = make_pictures(material, recipe.made, options.seed)
    batches = Batches(train, recipe, options.batch_size, options.seed)
    compile_trainer(trainer, recipe, options.learning_rate, batches.per_epoch * options.epochs)
    progress = restore_checkpoint(trainer, stored, checkpoint) if stored else Progress()
    started = time.monotonic() - progress.seconds

    def end_epoch(figures: dict[str, float]) -> None:
        figures |= validate(trainer, validation, recipe)
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
        fit(trainer, batches, len(progress.history), options.epochs, end_epoch, *loggers)
    except KeyboardInterrupt:
        if not progress.history:
            raise
        interrupted = True
        print(f"\nInterrupted: the best of {len(progress.history)} epochs is kept.")

    network, trainer = build_trainer(recipe, "float32")  # clean: without optimizer, and exact
    trainer.set_weights(mean_of_weights(begun, progress.best_weights) if begun else progress.best_weights)
    classify = read_with_slants(network, trainer, recipe)
    honesty = choose_honesty(classify, trainer, validation, recipe)
    probabilities, _ = classify_images(classify, images_through_preprocessing(data.x_test))
    probabilities = calibrate(probabilities, honesty["temperature"])
    card = describe_training(options, recipe, (data, pens, bitmaps), network, progress, interrupted)
    if begun:  # these weights are of no epoch
        card |= describe_validation(validate(trainer, validation, recipe))
    card |= {
        "test_accuracy": float((probabilities.argmax(axis=1) == data.y_test).mean()),
        "test_loss": cross_entropy(probabilities, data.y_test),
    }
    write_model(network, card | honesty, options.output)
    folder = figures_folder(options.output, recipe.architecture)
    draw_figures(folder, progress, data, probabilities)
    write_curves(folder / "curves.csv", progress)
    best = progress.history[progress.best_epoch - 1]
    print(
        f"Test accuracy {card['test_accuracy']:.2%}, mean loss {card['test_loss']:.4f}; "
        f"validation accuracy {best['val_accuracy']:.2%} in epoch {progress.best_epoch}, the best.\n"
        f"Written: {options.output}, its card, and figures in {folder}."
    )
    if interrupted:
        print(f"To go on to epoch {options.epochs}: the same command with --resume.")
    else:
        shutil.rmtree(checkpoint.parent)


def _list_settings(
    options: argparse.Namespace, recipe: Recipe, sources: tuple[DigitData, PenData | None, BitmapData | None]
) -> dict[str, Any]:
    """What must be the same where --resume goes on, by the names that its sentences call them."""
    return {
        "architecture": recipe.architecture,
        "recipe": recipe.name,
        "seed": options.seed,
        "epochs": options.epochs,
        "batch size": options.batch_size,
        "learning rate": options.learning_rate,
        "optimizer": recipe.optimizer,
        "momentum": recipe.momentum,
        "start": describe_start(options.start),
        "data checksum": " ".join(source.checksum for source in sources if source),
    }


if __name__ == "__main__":
    sys.exit(main())
