"""A command line in; what `evaluate_model.py` is to do, checked as far as that goes without opening a file, out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from evaluation.samples import SetError
from evaluation.sets import HELP_DIGITS, HELP_OTHERS
from evaluation.weights import FORMS, weights_path
from model.recognizer import DEFAULT_MODEL

__all__ = ["README", "REPORT", "check_options", "parse_options"]

README = Path(__file__).parents[1] / "README.md"
REPORT = DEFAULT_MODEL.parent / "report"  # the one that is in the repository

# What may stand beside the two options that do something else than score.
BESIDE = {"weights": ("model", "output"), "compare": ("sets", "writers", "report")}


def parse_options(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; sets may stand between options."""
    parser = argparse.ArgumentParser(
        prog="evaluate_model.py",
        description="Score a model on labeled sets, through the path that the page takes; compare models; or write "
        "down a model's weights.",
        epilog="A SET is a path, or NAME=PATH. Exit status: 0; 1 below --min-accuracy; 2 if something could not be "
        "read, and the rest is scored all the same.",
    )
    parser.add_argument("sets", metavar="SET", nargs="*", help=HELP_DIGITS)
    parser.add_argument("--model", metavar="PATH", type=Path, default=DEFAULT_MODEL, help="default: %(default)s")
    parser.add_argument("--report", metavar="DIR", type=Path, help="write report, figures and mistakes there")
    parser.add_argument(
        "--writers",
        metavar="N,N…",
        type=_split_numbers,
        default=(),
        help="score drawings of these writers only, where a set names its writers (default: all)",
    )
    _add_scoring(parser.add_argument_group("scoring one model"))
    others = parser.add_argument_group("comparing models, and looking into one")
    others.add_argument(
        "--compare",
        metavar="NAME",
        nargs="+",
        default=[],
        help="instead of scoring one model, put these into one table: model files, or names of what was trained "
        "before, model/NAME.h5. SETs stand before it; mnist is added where it is not among them",
    )
    others.add_argument(
        "--weights",
        action="store_true",
        help="instead of scoring, write every layer's name, shapes and values, and draw the first layer's filters",
    )
    others.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        help=f"where --weights writes, as text or as arrays: {' or '.join(FORMS)} (default: "
        f"{weights_path(Path('NAME'))}); the picture goes beside it",
    )
    return parser.parse_intermixed_args(argv)


def _add_scoring(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--not-digits", metavar="SET", nargs="+", default=[], help=HELP_OTHERS)
    group.add_argument(
        "--rows",
        metavar="NUMBER",
        type=int,
        default=0,
        help="also make so many numbers of 3 to 6 digits, on made-up paper, of the first SET that is white on black, "
        "say mnist.npz, and as many in which digits touch (default: %(default)s)",
    )
    group.add_argument(
        "--fit-on",
        metavar="SET",
        help="training images that features are compared with, for two more of the scores compared "
        "(default: none; of mnist.npz x_train is taken, of drawings those of the writers that are not in --writers)",
    )
    group.add_argument(
        "--threshold-sets",
        metavar="NAME,NAME…",
        type=_split_names,
        default=(),
        help="sets of digits that thresholds are chosen on and scores compared on, together (default: all)",
    )
    group.add_argument(
        "--choose-thresholds",
        action="store_true",
        help="choose when to refuse and when to be unsure, and write it into the model's card",
    )
    group.add_argument(
        "--seeds",
        metavar="CARD",
        type=Path,
        nargs="+",
        default=[],
        help="cards of the same training with other seeds: write mean and deviation of their accuracy into the "
        "model's card",
    )
    group.add_argument(
        "--min-accuracy",
        metavar="PERCENT",
        type=float,
        help="exit with 1 if a set of digits, or of whole numbers, is read less well",
    )
    group.add_argument(
        "--update-readme",
        action="store_true",
        help=f"put the tables of the report into {README.name}; without SETs, of the report that is in DIR already "
        "(default: model/report)",
    )


def _split_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 3,8,13") from None


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def check_options(options: argparse.Namespace) -> None:
    """Raise SetError where options do not go together, or a value cannot be meant."""
    if options.report and options.report.exists() and not options.report.is_dir():
        raise SetError(f"--report is {options.report}, which is a file; name a folder.")
    if options.weights or options.compare:
        _check_alone(options, "weights" if options.weights else "compare")
        return
    if options.output:
        raise SetError("--output is for --weights; a report goes where --report says.")
    if not (options.sets or options.not_digits or options.seeds or options.update_readme):
        raise SetError("Name a set to score, say mnist.npz; --help lists what a set may be.")
    if options.choose_thresholds and not options.sets:
        raise SetError("--choose-thresholds needs sets of digits to choose on; name them before --not-digits.")
    if options.update_readme and options.sets and not options.report:
        raise SetError(f"--update-readme takes its tables from a report; add --report {REPORT}.")
    if options.rows < 0:
        raise SetError(f"--rows is {options.rows}; it is how many numbers are made of each kind, say 500.")
    least = options.min_accuracy
    if least is not None and not (least == 0 or 1 < least <= 100):
        raise SetError(f"--min-accuracy is {least:g}; it is in percent, say 99.3.")


def _check_alone(options: argparse.Namespace, what: str) -> None:
    """Make sure that nothing is asked for that would not be done."""
    usual = vars(parse_options([]))
    others = [name for name, value in vars(options).items() if value != usual[name] and name != what]
    for name in others:
        if name not in BESIDE[what]:
            words = f"the set {options.sets[0]}" if name == "sets" else f"--{name.replace('_', '-')}"
            raise SetError(f"--{what} does something else than scoring: leave out {words}, or run the two one by one.")
    if options.output and options.output.suffix not in FORMS:
        raise SetError(f"--output is {options.output}; it must end in {' or '.join(FORMS)}.")
