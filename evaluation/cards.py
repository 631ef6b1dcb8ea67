"""Thresholds, or cards of other seeds, in; the card beside the model file out, with them in it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.rejection import REFUSED_DIGITS, UNSURE_RIGHT, Thresholds
from model.card import ModelError, read_card

__all__ = ["check_rejects", "write_seeds", "write_thresholds"]

# What trainings must share to be compared: they may differ in the seed only.
RECIPE = ("recipe", "epochs", "batch_size", "learning_rate", "parameters", "data")


def check_rejects(model_path: Path) -> None:
    """Make sure that a model has a card with something to set a threshold for.

    Raises
    ------
    ModelError
        If it has not, or the card cannot be used.
    """
    if read_card(model_path).reject_weights is None:
        raise ModelError(
            f'{model_path.with_suffix(".json")} has no "reject" to choose a threshold for; train the network with '
            "python train_model.py, or leave out --choose-thresholds."
        )


def write_thresholds(model_path: Path, thresholds: Thresholds, names: list[str]) -> None:
    """Write thresholds into a model's card, and on which sets they were chosen; the rest stays as it is."""
    path = model_path.with_suffix(".json")
    card = json.loads(path.read_text(encoding="utf-8"))
    sets = f"{thresholds.digits:,} digits of {', '.join(names)} together"
    card["reject"] |= {
        "threshold": thresholds.reject,
        "chosen_on": f"{sets}: the highest at which at most {100 * REFUSED_DIGITS:g} % of them are refused",
    }
    card["unsure"] = {
        "ratio": thresholds.unsure,
        "chosen_on": f"{sets}: the lowest at which at most {100 * UNSURE_RIGHT:g} % of the right answers are called "
        f"unsure, and so are {100 * thresholds.unsure_wrong:.0f} % of the wrong ones",
    }
    _replace_card(path, card)


def write_seeds(model_path: Path, others: Sequence[Path]) -> tuple[float, float]:
    """Write into a model's card how its recipe does with other seeds: mean and standard deviation on the test images.

    Parameters
    ----------
    others : sequence of Path
        The cards of trainings that differ from the model's in the seed only.

    Returns
    -------
    mean, deviation : float
        Of `test_accuracy`, all trainings together; the deviation is that of a sample.

    Raises
    ------
    ModelError
        If a card cannot be used, is of another recipe, or there are two of one seed.
    """
    path = model_path.with_suffix(".json")
    card = _read_training(path)
    accuracies = {card["seed"]: card["test_accuracy"]}
    for other_path in others:
        other = _read_training(other_path)
        different = [key for key in RECIPE if other.get(key) != card.get(key)]
        if different:
            raise ModelError(f'{other_path} is of another training than {path}: "{different[0]}" differs.')
        if other["seed"] in accuracies:
            raise ModelError(f"{other_path} is of the seed {other['seed']} again; train with another --seed.")
        accuracies[other["seed"]] = other["test_accuracy"]
    values = np.array(list(accuracies.values()))
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    card["seeds"] = {
        "test_accuracy": {str(seed): accuracy for seed, accuracy in accuracies.items()},
        "mean": mean,
        "standard_deviation": deviation,
    }
    _replace_card(path, card)
    return mean, deviation


def _read_training(path: Path) -> dict[str, Any]:
    """A card as train_model.py writes it."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(card["seed"], int) and 0 <= card["test_accuracy"] <= 1:
            return card
    except (ValueError, KeyError, TypeError):
        pass
    raise ModelError(f"{path} is no card of train_model.py, with seed and test_accuracy.")


def _replace_card(path: Path, card: dict[str, Any]) -> None:
    beside = path.with_suffix(".new.json")
    try:
        beside.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
