"""The card beside a model file in; its temperature, slants, thresholds and what tells digits from other signs out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from model.slants import UPRIGHT

__all__ = ["CURE", "Card", "ModelError", "read_card"]

MOST_SLANTS = 9  # each costs as much as a reading
LIMIT = 1e6  # numbers beyond it are no figures of a network; also keeps NaN and infinity out
CURE = "run python train_model.py, or delete the card to read without it"


class ModelError(Exception):
    """A model file or its card is missing, damaged or of another kind; the message is for the user."""


@dataclass(frozen=True, eq=False)
class Card:
    """What evaluation chose for a network; the defaults are those of a network that nobody evaluated.

    Attributes
    ----------
    temperature : float
        The logits are divided by it, so that 90 % means right nine times in ten.
    reject_weights : (F,) float32, or None
        What tells digits from other signs, on the F inputs of the network's last dense layer. Without them the
        highest probability stands in for it.
    reject_bias : float
        Added to `features @ reject_weights`.
    threshold : float
        0 ... 1; below it, a sign is not a digit.
    slants : tuple of float
        At which each image is read, columns a row; the answer is of the mean.
    unsure_ratio : float
        0 ... 1; two digits are named where the second probability is more than this share of the highest.
    """

    temperature: float = 1.0
    slants: tuple[float, ...] = UPRIGHT
    reject_weights: np.ndarray | None = None
    reject_bias: float = 0.0
    threshold: float = 0.0
    unsure_ratio: float = 1.0


def read_card(model_path: str | Path) -> Card:
    """Read the card of a model, `mnist.json` beside `mnist.h5`; the defaults for what it lacks, or without one.

    Raises
    ------
    ModelError
        If it is no JSON object, one of its values cannot be used, or it belongs to other weights.
    """
    model_path = Path(model_path)
    path = model_path.with_suffix(".json")
    if path == model_path or not path.is_file():
        return Card()
    values = _read_object(path)
    _check_checksum(path, values, model_path)
    reject = _read_part(path, values, "reject")
    unsure = _read_part(path, values, "unsure")
    return Card(
        temperature=_read_number(path, values, "temperature", 0.01, 100) if "temperature" in values else 1.0,
        slants=_read_slants(path, values) if "slants" in values else UPRIGHT,
        reject_weights=_read_weights(path, reject) if reject else None,
        reject_bias=_read_number(path, reject, "reject.bias", -LIMIT, LIMIT) if reject else 0.0,
        threshold=_read_number(path, reject, "reject.threshold", 0, 1) if reject else 0.0,
        unsure_ratio=_read_number(path, unsure, "unsure.ratio", 0, 1) if unsure else 1.0,
    )


def _read_object(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, or not JSON
        raise ModelError(f"{path}, the model's card, is not JSON that can be read; {CURE}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{path}, the model's card, holds no JSON object; {CURE}")
    return values


def _check_checksum(path: Path, values: dict[str, Any], model_path: Path) -> None:
    """The thresholds of one training would make another's network refuse digits, or take letters for them."""
    expected = values.get("weights_checksum")
    if expected is not None and hashlib.sha256(model_path.read_bytes()).hexdigest() != expected:
        raise ModelError(f'{path} is the card of other weights than {model_path} ("weights_checksum"); {CURE}')


def _read_part(path: Path, values: dict[str, Any], key: str) -> dict[str, Any] | None:
    if key not in values:
        return None
    if not isinstance(values[key], dict) or not values[key]:
        raise _refuse(path, key, "must be an object that is not empty")
    return values[key]


def _read_number(path: Path, values: dict[str, Any], key: str, lowest: float, highest: float) -> float:
    """`key` with the names of the objects around it, "reject.bias": its last name is looked up in `values`."""
    value = values.get(key.rpartition(".")[2])
    if not _is_number(value) or not lowest <= value <= highest:
        raise _refuse(path, key, f"must be a number from {lowest:g} to {highest:g}")
    return float(value)


def _read_weights(path: Path, reject: dict[str, Any]) -> np.ndarray:
    weights = reject.get("weights")
    if not isinstance(weights, list) or not weights or not all(_is_number(w) and abs(w) <= LIMIT for w in weights):
        raise _refuse(path, "reject.weights", f"must be a list of numbers up to {LIMIT:g}, one a feature")
    return np.array(weights, np.float32)


def _read_slants(path: Path, values: dict[str, Any]) -> tuple[float, ...]:
    slants = values["slants"]
    if (
        not isinstance(slants, list)
        or not 1 <= len(slants) <= MOST_SLANTS
        or not all(_is_number(slant) and -1 <= slant <= 1 for slant in slants)
    ):
        raise _refuse(path, "slants", f"must be a list of 1 to {MOST_SLANTS} numbers from -1 to 1")
    return tuple(map(float, slants))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(path: Path, key: str, expected: str) -> ModelError:
    return ModelError(f'{path}, the model\'s card: "{key}" {expected}; {CURE}')
