"""Thresholds in; the card beside the model file out, with them in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from evaluation.rejection import REFUSED_DIGITS, UNSURE_RIGHT, Thresholds
from model.card import ModelError, read_card

__all__ = ["check_rejects", "write_thresholds"]


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
    beside = path.with_suffix(".new.json")
    try:
        beside.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
