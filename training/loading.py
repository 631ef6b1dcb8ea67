"""The paths of --data in; MNIST and UCI's digits, as far as a recipe needs them, out."""

from __future__ import annotations

from pathlib import Path

from model.dataset import DigitData, load_mnist
from training.pictures import is_held_out
from training.recipes import Recipe
from training.sources import BitmapData, PenData, load_optical_digits, load_pen_digits, recognize_source
from training.trainer import TrainingError

__all__ = ["VALIDATION_SHARE", "load_sources"]

VALIDATION_SHARE = 12  # one of MNIST's training images in twelve is kept apart: 5,000 of 60,000
NAMES = {"mnist": "MNIST", "pen": "pen strokes", "optical": "optical digits"}  # kinds of data


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
