"""The command line of train_model.py in; checked options, and the recipe that they ask for, out."""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from model.architectures import ARCHITECTURES
from training.recipes import FULL, QUICK, REFINE, TUTORIALS, Recipe
from training.trainer import TrainingError

__all__ = ["check_options", "choose_recipe", "parse_options"]

# Where --optimizer asks for another one than the recipe's
RATES = {"adam": 0.001, "sgd": 0.01}
MOMENTUM = 0.9  # of SGD


def parse_options(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line, with the recipe's settings where it says nothing."""
    parser = argparse.ArgumentParser(
        prog="train_model.py", description="Train a network that reads handwritten digits."
    )
    parser.add_argument(
        "--architecture",
        choices=ARCHITECTURES,
        default="cnn",
        metavar="NAME",
        help=f"the app's network, or that of a tutorial, on MNIST alone: {', '.join(ARCHITECTURES)} "
        "(default: %(default)s)",
    )
    parser.add_argument("--summary", action="store_true", help="print its layers, and train nothing")
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="MNIST (mnist.npz, a folder with the four idx files, mnist.json.gz, or a folder of pictures with one "
        "sub-folder a digit), UCI's pen strokes or UCI's optical digits; may be given for each (default: what is not "
        "given is downloaded)",
    )
    parser.add_argument("--quick", action="store_true", help="on MNIST alone, in less than a minute, for a first try")
    parser.add_argument(
        "--start",
        type=Path,
        metavar="MODEL",
        help="go on from the weights of a network that was trained in full, its card beside it: a shorter training, "
        "half of it on MNIST (default: from nothing)",
    )
    for name, kind, meaning in (
        ("epochs", int, "rounds of training"),
        ("batch_size", int, "pictures a step"),
        ("learning_rate", float, "how far a step goes, at its highest"),
    ):
        default = (
            f"{getattr(FULL, name)}; with --quick {getattr(QUICK, name)}; with --start {getattr(REFINE, name)}; "
            "else the tutorial's"
        )
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"{meaning} (default: {default})")
    parser.add_argument("--optimizer", choices=RATES, help="adam or sgd (default: adam; else the tutorial's)")
    parser.add_argument(
        "--momentum", type=float, help=f"of sgd, 0 to 1 (default: the tutorial's, or {MOMENTUM} with --optimizer sgd)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="same seed and machine, same weights (default: %(default)s)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="the model; card, figures and checkpoint go beside it (default: model/mnist.h5; else model/NAME.h5)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, with the same options")
    parser.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="also write loss and accuracy there for TensorBoard"
    )
    options = parser.parse_args(argv)
    _fill_in(options, choose_recipe(options))
    return options


def choose_recipe(options: argparse.Namespace) -> Recipe:
    """The recipe of the network asked for, before what the command line changes."""
    if options.architecture == "cnn":
        return QUICK if options.quick else REFINE if options.start else FULL
    return TUTORIALS[options.architecture]


def _fill_in(options: argparse.Namespace, recipe: Recipe) -> None:
    is_own = options.optimizer in (None, recipe.optimizer)
    optimizer = options.optimizer or recipe.optimizer
    momentum = recipe.momentum if is_own else MOMENTUM if optimizer == "sgd" else 0.0
    defaults = {
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate if is_own else RATES[optimizer],
        "optimizer": optimizer,
        "momentum": momentum,
        "output": Path("model/mnist.h5" if options.architecture == "cnn" else f"model/{options.architecture}.h5"),
    }
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def check_options(options: argparse.Namespace) -> None:
    """Make sure that a training with these can start and end.

    Raises
    ------
    TrainingError
        If one of them cannot be, or nothing can be written to the folder of the model.
    """
    if options.quick and options.architecture != "cnn":
        raise TrainingError(f"--quick is for cnn alone; {options.architecture} trains fast: take --epochs 1 to try it.")
    if options.start and (options.quick or options.architecture != "cnn"):
        raise TrainingError(
            "--start goes on from the app's network, trained in full; leave out --quick and --architecture."
        )
    if options.start and not options.start.is_file():
        raise TrainingError(f"There is no model {options.start} to --start from; name one that train_model.py wrote.")
    if options.epochs < 1:
        raise TrainingError(f"--epochs is {options.epochs}; it must be 1 or more.")
    if options.batch_size < 1:
        raise TrainingError(f"--batch-size is {options.batch_size}; it must be 1 or more.")
    if not 0 < options.learning_rate < math.inf:
        raise TrainingError(f"--learning-rate is {options.learning_rate}; it must be above 0, say 0.002.")
    if not 0 <= options.momentum < 1:
        raise TrainingError(f"--momentum is {options.momentum}; it must be from 0 to below 1, say 0.9.")
    if options.momentum and options.optimizer != "sgd":
        raise TrainingError("--momentum is of sgd; add --optimizer sgd.")
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
