"""Train the reader of rows, for digits that touch: MNIST and UCI in; model/rows.h5 and its card model/rows.json out."""

from __future__ import annotations

import argparse
import math
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from model.backend import import_keras
from model.dataset import DataError, split_validation
from model.row_reader import DEFAULT_READER, build_row_reader
from training.loading import VALIDATION_SHARE, load_sources
from training.pictures import Material, make_pictures
from training.recipes import FULL
from training.results import describe_start, write_model
from training.row_trainer import LEARNING_RATE, compile_reader, make_batches, start_from, validate_reader
from training.rows import MADE, make_strips
from training.trainer import TrainingError, ctrl_c_between_batches

__all__ = ["main", "train_rows"]

EPOCHS = 8
EPOCH_ROWS = 120_000
VALIDATION_ROWS = 3_000


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its status: 0 done, 2 cannot be done, 130 interrupted."""
    options = parse_options(argv)
    try:
        train_rows(options)
    except (DataError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"A file could not be written or read: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted: the same command goes on after the last epoch that ended.", file=sys.stderr)
        return 130
    return 0


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="train_rows.py",
        description="Train the network that reads digits that touch. An interrupted training goes on when the same "
        "command is given again.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="MNIST, UCI's pen strokes or UCI's optical digits, as train_model.py takes them; what is not given is "
        "downloaded",
    )
    parser.add_argument(
        "--start",
        type=Path,
        metavar="MODEL",
        help="go on from the weights of a reader that was trained with the same --seed, also an older and smaller "
        "one, on new rows and at half the learning rate",
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="rounds of training")
    parser.add_argument("--rows", type=int, default=EPOCH_ROWS, help="shown in each of them")
    parser.add_argument("--seed", type=int, default=0, help="same seed and machine, same weights")
    parser.add_argument("--output", type=Path, default=DEFAULT_READER, help="the model; its card goes beside it")
    return parser.parse_args(argv)


def train_rows(options: argparse.Namespace) -> None:
    """Load, train, validate, and write model and card.

    Raises
    ------
    DataError, TrainingError
        Before anything is written.
    """
    if options.epochs < 1 or options.rows < 1:
        raise TrainingError("--epochs and --rows must be 1 or more.")
    if options.output.suffix != ".h5" or not options.output.parent.is_dir():
        raise TrainingError(
            f"--output is {options.output}; it must name a file that ends in .h5, in a folder there is."
        )
    if options.start and not options.start.is_file():
        raise TrainingError(f"There is no model {options.start} to --start from; name one that train_rows.py wrote.")
    sources = load_sources(options.data, FULL)
    data, pens, bitmaps = sources

    import_keras()
    import keras

    keras.utils.set_random_seed(options.seed)
    model = build_row_reader()
    start = describe_start(options.start)
    learning_rate = LEARNING_RATE
    if options.start:
        start_from(options.start, model)
        learning_rate /= 2

    kept = split_validation(len(data.x_train), len(data.x_train) // VALIDATION_SHARE, options.seed)
    material = Material(data.x_train, data.y_train, *kept, pens, bitmaps)
    print(f"Preparing {2 * options.rows:,} rows from {data.name} and UCI …", flush=True)
    pictures, apart = make_pictures(material, MADE, options.seed)
    # rows of their own for each training: the name of what it goes on from is the seed of the new ones
    train = make_strips(pictures, 2 * options.rows, options.seed + (int(start[:8], 16) if start else 0))
    validation = make_strips(apart, VALIDATION_ROWS, options.seed)
    if options.start:
        print(f"Before: {describe(validate_reader(model, validation))}", flush=True)
    batches = make_batches(train, options.seed)
    compile_reader(model, learning_rate, len(batches) * options.epochs)
    started = time.monotonic()

    def begin_epoch(epoch: int, logs: dict[str, float]) -> None:
        batches.epoch = epoch

    def end_epoch(epoch: int, logs: dict[str, float]) -> None:
        if not math.isfinite(logs["loss"]):
            raise TrainingError(f"The loss was no number any more in epoch {epoch + 1}; train with another --seed.")
        print(f"Validation: {describe(validate_reader(model, validation))}", flush=True)

    # a training with other settings has another folder, so that none goes on from it
    settings = [options.epochs, options.rows, options.seed, *([start[:8]] if start else [])]
    name = f"{'-'.join(map(str, [options.output.stem, *settings]))}.checkpoint"
    with ctrl_c_between_batches() as interruption:
        model.fit(
            batches,
            epochs=options.epochs,
            shuffle=False,
            verbose=1 if sys.stdout.isatty() else 2,
            callbacks=[
                interruption,
                keras.callbacks.LambdaCallback(on_epoch_begin=begin_epoch, on_epoch_end=end_epoch),
                keras.callbacks.BackupAndRestore(str(options.output.with_name(name))),
            ],
        )
    card = {
        "parameters": model.count_params(),
        "start": start,
        "epochs": options.epochs,
        "rows_per_epoch": options.rows,
        "seed": options.seed,
        "learning_rate": learning_rate,
        "data": [{"name": source.name, "checksum": source.checksum} for source in sources if source],
        "validation": validate_reader(model, validation),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started, 1),
        "keras": keras.__version__,
    }
    write_model(model, card, options.output)
    print(f"Written: {options.output} and its card.")


def describe(figures: dict[str, float]) -> str:
    """The figures of a validation as a sentence."""
    return (
        f"{figures['rows_right']:.2%} of the rows read right, {figures['numbers_right']:.2%} of the numbers among them"
    )


if __name__ == "__main__":
    sys.exit(main())
