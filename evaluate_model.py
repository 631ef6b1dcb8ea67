"""A model and labeled sets in; how well it reads, and what it refuses, out: on the terminal and as a report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evaluation.cards import check_rejects, write_seeds, write_thresholds
from evaluation.figures import draw_figures
from evaluation.mistakes import FOLDER, write_mistakes
from evaluation.numbers import ScoredNumbers, score_numbers
from evaluation.rejection import Layers, choose_references, choose_thresholds, compare_scores
from evaluation.report import readme_table, replace_table, summary_lines, to_json, to_markdown
from evaluation.results import (
    describe_model,
    describe_run,
    measure_digits,
    measure_numbers,
    measure_others,
    measure_together,
    to_rows,
)
from evaluation.samples import SetError
from evaluation.scoring import ScoredSet, read_set, score_set
from evaluation.sets import (
    HELP_DIGITS,
    HELP_OTHERS,
    check_names,
    choose_sets,
    open_digits,
    open_labeled,
    open_others,
    open_rows,
)
from model.network import check_model_path, load_layers
from model.recognizer import DEFAULT_MODEL, ModelError, Recognizer

__all__ = ["main"]

README = Path(__file__).with_name("README.md")
REPORT = DEFAULT_MODEL.parent / "report"  # the one that is in the repository

BELOW, BAD_INPUT, INTERRUPTED = 1, 2, 128 + 2  # exit statuses, the last one as shells have it


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its status: 0, 1 below --min-accuracy, 2 bad input, 130 interrupted."""
    options = _parse_options(argv)
    try:
        _check_options(options)
        status = evaluate(options, _load_recognizer, _load_layers) if options.sets or options.not_digits else 0
        if options.seeds:
            mean, deviation = write_seeds(options.model, options.seeds)
            print(
                f"Test accuracy of {1 + len(options.seeds)} seeds: {mean:.2%} ± {deviation:.2%}, in the model's card."
            )
        if options.update_readme:
            _update_readme(options.report or REPORT)
        return status
    except (SetError, ModelError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"A file could not be written or read: {error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # off the line of ^C
        return INTERRUPTED
    return BAD_INPUT


def _parse_options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="evaluate_model.py",
        description="Score a model on labeled sets, through the path that the page takes.",
        epilog="A SET is a path, or NAME=PATH. Exit status: 0; 1 below --min-accuracy; 2 if something could not be "
        "read, and the rest is scored all the same.",
    )
    parser.add_argument("sets", metavar="SET", nargs="*", help=HELP_DIGITS)
    parser.add_argument("--not-digits", metavar="SET", nargs="+", default=[], help=HELP_OTHERS)
    parser.add_argument(
        "--rows",
        metavar="NUMBER",
        type=int,
        default=0,
        help="also make so many numbers of 3 to 6 digits, on made-up paper, of the first SET that is white on black, "
        "say mnist.npz, and as many in which digits touch (default: %(default)s)",
    )
    parser.add_argument(
        "--fit-on",
        metavar="SET",
        help="training images that features are compared with, for two more of the scores compared "
        "(default: none; of mnist.npz x_train is taken, of drawings those of the writers that are not in --writers)",
    )
    parser.add_argument(
        "--writers",
        metavar="N,N…",
        type=_split_numbers,
        default=(),
        help="score drawings of these writers only, where a set names its writers (default: all)",
    )
    parser.add_argument(
        "--threshold-sets",
        metavar="NAME,NAME…",
        type=_split_names,
        default=(),
        help="sets of digits that thresholds are chosen on and scores compared on, together (default: all)",
    )
    parser.add_argument(
        "--choose-thresholds",
        action="store_true",
        help="choose when to refuse and when to be unsure, and write it into the model's card",
    )
    parser.add_argument("--model", metavar="PATH", type=Path, default=DEFAULT_MODEL, help="default: %(default)s")
    parser.add_argument(
        "--seeds",
        metavar="CARD",
        type=Path,
        nargs="+",
        default=[],
        help="cards of the same training with other seeds: write mean and deviation of their accuracy into the "
        "model's card",
    )
    parser.add_argument("--report", metavar="DIR", type=Path, help="write report, figures and mistakes there")
    parser.add_argument(
        "--min-accuracy",
        metavar="PERCENT",
        type=float,
        help="exit with 1 if a set of digits, or of whole numbers, is read less well",
    )
    parser.add_argument(
        "--update-readme",
        action="store_true",
        help=f"put the tables of the report into {README.name}; without SETs, of the report that is in DIR already "
        "(default: model/report)",
    )
    return parser.parse_intermixed_args(argv)  # sets may stand between options


def _split_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 3,8,13") from None


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _check_options(options: argparse.Namespace) -> None:
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
    if options.report and options.report.exists() and not options.report.is_dir():
        raise SetError(f"--report is {options.report}, which is a file; name a folder.")


def evaluate(
    options: argparse.Namespace, load: Callable[[Path], Recognizer], load_layers: Callable[[Path], Layers]
) -> int:
    """Score all sets, write the report, print the figures.

    Parameters
    ----------
    options : Namespace
        As on the command line.
    load, load_layers : callable
        From the model's path to what recognizes with it, and to its features and logits.

    Returns
    -------
    int
        The exit status: 0, 1 below --min-accuracy, 2 if something could not be read.
    """
    started = time.monotonic()
    check_model_path(options.model)
    labeled_sets = [each for spec in options.sets for each in open_labeled(spec, options.writers)]
    digit_sets = [each for each in labeled_sets if not each.samples[0].text]
    number_sets = [each for each in labeled_sets if each.samples[0].text]
    if options.rows:
        number_sets += open_rows(digit_sets, options.rows)
    other_sets = [open_others(spec) for spec in options.not_digits]
    fit_set = open_digits(options.fit_on, options.writers, for_training=True) if options.fit_on else None
    check_names([*digit_sets, *number_sets, *other_sets])
    if options.choose_thresholds:
        check_rejects(options.model)
    marked = [each.name for each in choose_sets(options.threshold_sets, digit_sets)]
    recognizer = load(options.model)

    digits = [score_set(read_set(each), recognizer) for each in digit_sets]
    others = [score_set(read_set(each), recognizer) for each in other_sets]
    if options.choose_thresholds:
        thresholds = choose_thresholds([each for each in digits if each.name in marked])
        write_thresholds(options.model, thresholds, marked)
        print(f"Thresholds: refused below {thresholds.reject:.4g}, unsure above {thresholds.unsure:.4g}, in its card.")
        recognizer = load(options.model)  # as the page will read from now on
        digits, others = ([score_set(each.read, recognizer) for each in part] for part in (digits, others))
    numbers = [score_numbers(read_set(each), recognizer) for each in number_sets]
    chosen_on = [each for each in digits if each.name in marked]
    references = read_set(choose_references(fit_set)) if fit_set else None
    rows = compare_scores(chosen_on, others, load_layers(options.model), references) if chosen_on and others else []

    report = {
        "model": describe_model(options.model),
        **describe_run(),
        "seconds": round(time.monotonic() - started, 1),
        "digits": [measure_digits(each) for each in digits],
        "numbers": [measure_numbers(each) for each in numbers],
        "together": measure_together(chosen_on) if chosen_on else None,
        "not_digits": [measure_others(each, chosen_on) for each in others],
        "scores": to_rows(rows),
    }
    print("\n".join(summary_lines(report)))
    if options.report:
        _write_report(options.report, report, digits, numbers, others)
    all_read = [*(each.read for each in (*digits, *others)), *(each.read for each in numbers)]
    all_read += [references] if references else []
    broken = [(each.name, *why) for each in all_read for why in each.broken]
    for set_name, name, reason in broken:
        print(f"{set_name}, {name}: {reason}", file=sys.stderr)
    if broken:
        print(f"{len(broken):,} could not be read and were not counted.", file=sys.stderr)
        return BAD_INPUT
    return _compare_accuracy(report, options.min_accuracy)


def _write_report(
    folder: Path,
    report: dict[str, Any],
    digits: Sequence[ScoredSet],
    numbers: Sequence[ScoredNumbers],
    others: Sequence[ScoredSet],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("confusion-*.png"):
        old.unlink()  # of sets that this report does not have
    draw_figures(folder, report)
    write_mistakes(folder / FOLDER, digits, numbers, others)
    (folder / "report.md").write_text(to_markdown(report), encoding="utf-8")
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    print(f"Report: {folder / 'report.md'}; mistakes, not to be published: {folder / FOLDER}")


def _compare_accuracy(report: dict[str, Any], percent: float | None) -> int:
    sets = (*report["digits"], *report["numbers"])
    below = [figures for figures in sets if percent is not None and 100 * figures["accuracy"] < percent]
    for figures in below:
        print(
            f"{figures['name']} is read at {100 * figures['accuracy']:.2f} %, below the {percent:g} % asked for.",
            file=sys.stderr,
        )
    return BELOW if below else 0


def _update_readme(folder: Path) -> None:
    """Put the tables of the report in a folder into the README."""
    path = folder / "report.json"
    try:
        table = readme_table(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SetError(f"There is no {path}; score some sets with --report {folder} first.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SetError(
            f"{path} is no report of this program ({error!r}); write it anew with --report {folder}."
        ) from error
    try:
        text = replace_table(README.read_text(encoding="utf-8"), table)
    except ValueError as error:
        raise SetError(f"The tables have no place in {README}: {error}.") from error
    README.write_text(text, encoding="utf-8")
    print(f"Tables put into {README}.")


def _load_recognizer(path: Path) -> Recognizer:
    """Load it in a process of its own, which keeps TensorFlow's start-up lines to itself."""
    recognizer, loading = Recognizer.load_in_background(path)
    loading.result()
    return recognizer


def _load_layers(path: Path) -> Layers:
    """Load them with standard error closed: no setting silences all of TensorFlow's start-up lines."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        return load_layers(path)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
