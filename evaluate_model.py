"""Models and labeled sets in; how well they read, and what they refuse, out: on the terminal and as a report."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evaluation import disagreements
from evaluation.cards import check_rejects, write_seeds, write_thresholds
from evaluation.comparison import (
    align_table,
    compare_networks,
    describe_differing,
    find_models,
    to_comparison_report,
    to_comparison_table,
)
from evaluation.figures import draw_figures
from evaluation.loading import count_parameters, load_quietly, load_recognizer, load_weights
from evaluation.mistakes import FOLDER, write_mistakes
from evaluation.numbers import ScoredNumbers, score_numbers
from evaluation.options import README, REPORT, check_options, parse_options
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
from evaluation.scoring import ReadSet, ScoredSet, read_set, score_set
from evaluation.sets import MNIST, check_names, choose_sets, open_digits, open_labeled, open_others, open_rows
from evaluation.weights import describe_weights, draw_filters, find_filters, weights_path, write_weights
from model.network import check_model_path
from model.recognizer import ModelError, Recognizer

__all__ = ["main"]

BELOW, BAD_INPUT, INTERRUPTED = 1, 2, 128 + 2  # exit statuses, the last one as shells have it


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its status: 0, 1 below --min-accuracy, 2 bad input, 130 interrupted."""
    options = parse_options(argv)
    try:
        check_options(options)
        return _run(options)
    except (SetError, ModelError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"A file could not be written or read: {error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # off the line of ^C
        return INTERRUPTED
    return BAD_INPUT


def _run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; return the exit status."""
    if options.weights:
        show_weights(options.model, options.output or weights_path(options.model))
        return 0
    if options.compare:
        return compare(options, load_recognizer, count_parameters)
    status = evaluate(options, load_recognizer, load_quietly) if options.sets or options.not_digits else 0
    if options.seeds:
        mean, deviation = write_seeds(options.model, options.seeds)
        print(f"Test accuracy of {1 + len(options.seeds)} seeds: {mean:.2%} ± {deviation:.2%}, in the model's card.")
    if options.update_readme:
        _update_readme(options.report or REPORT)
    return status


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
    if _list_broken(all_read):
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


def _list_broken(all_read: Sequence[ReadSet]) -> bool:
    """Say what could not be read; tell whether there is any."""
    broken = [(each.name, *why) for each in all_read for why in each.broken]
    for set_name, name, reason in broken:
        print(f"{set_name}, {name}: {reason}", file=sys.stderr)
    if broken:
        print(f"{len(broken):,} could not be read and were not counted.", file=sys.stderr)
    return bool(broken)


def _compare_accuracy(report: dict[str, Any], percent: float | None) -> int:
    sets = (*report["digits"], *report["numbers"])
    below = [figures for figures in sets if percent is not None and 100 * figures["accuracy"] < percent]
    for figures in below:
        print(
            f"{figures['name']} is read at {100 * figures['accuracy']:.2f} %, below the {percent:g} % asked for.",
            file=sys.stderr,
        )
    return BELOW if below else 0


def compare(
    options: argparse.Namespace, load: Callable[[Path], Recognizer], count_parameters: Callable[[Path], int]
) -> int:
    """Let several networks read the same sets, print their table, write where they disagree.

    Parameters
    ----------
    options : Namespace
        As on the command line.
    load, count_parameters : callable
        From a model's path to what recognizes with it, and to its size.

    Returns
    -------
    int
        The exit status: 0, or 2 if something could not be read.
    """
    models = find_models(options.compare)
    given = [each for spec in options.sets for each in open_labeled(spec, options.writers)]
    if not any(MNIST in (each.name, Path(each.file).stem) for each in given):
        given = [*open_labeled(MNIST), *given]
    check_names(given)
    read = [read_set(each) for each in given]
    networks, sets = compare_networks(models, read, load, count_parameters)
    print("\n".join([*align_table(to_comparison_table(networks, sets)), *describe_differing(sets)]))
    if options.report:
        folder = options.report / disagreements.FOLDER
        disagreements.write_disagreements(folder, networks, sets)
        path = options.report / "comparison.md"
        path.write_text(to_comparison_report(networks, sets), encoding="utf-8")
        print(f"Report: {path}; where they disagree, not to be published: {folder}")
    return BAD_INPUT if _list_broken(read) else 0


def show_weights(model_path: Path, output: Path) -> None:
    """Print the shapes of a model's weights, write the weights, and draw the filters of its first layer."""
    layers = load_weights(check_model_path(model_path))
    write_weights(layers, output)
    print("\n".join(describe_weights(layers)))
    print(f"Weights: {output}")
    found = find_filters(layers)
    if found is None:
        print("Its first layer looks at no 28 x 28 pixels: there are no filters to draw.")
        return
    name, filters = found
    path = output.with_name(f"{output.stem}-filters.png")
    draw_filters(filters, path)
    print(f"What the {len(filters)} filters of {name} look for: {path}")


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


if __name__ == "__main__":
    sys.exit(main())
