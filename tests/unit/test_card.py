"""The card beside a model: what it says, what it may lack, and a sentence for whatever cannot be used."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.card import CURE, ModelError, read_card

WEIGHTS = b"the weights"
FULL: dict[str, Any] = {
    "test_accuracy": 0.997,
    "weights_checksum": hashlib.sha256(WEIGHTS).hexdigest(),
    "temperature": 1.03,
    "slants": [-0.5, 0, 0.25],
    "reject": {"weights": [0.5, -2, 1e-3], "bias": -0.1, "threshold": 0.42, "chosen_on": "made-up signs"},
    "unsure": {"ratio": 0.15, "chosen_on": "validation images"},
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mnist.h5"
    path.write_bytes(WEIGHTS)
    return path


def write(model: Path, values: Any) -> Path:
    """The card's path; `values` as JSON, or as they are if they are text."""
    path = model.with_suffix(".json")
    path.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
    return path


def test_every_value_is_read(model: Path) -> None:
    write(model, FULL)
    card = read_card(model)
    assert (card.temperature, card.reject_bias, card.threshold, card.unsure_ratio) == (1.03, -0.1, 0.42, 0.15)
    assert card.slants == (-0.5, 0.0, 0.25)
    assert card.reject_weights is not None
    assert card.reject_weights.dtype == np.float32
    np.testing.assert_allclose(card.reject_weights, [0.5, -2, 0.001])


@pytest.mark.parametrize("values", [None, {}, {"test_accuracy": 0.9947, "seed": 0}], ids=["no card", "empty", "old"])
def test_what_is_not_said_is_neither_calibrated_nor_refused_nor_unsure(model: Path, values: Any) -> None:
    if values is not None:
        write(model, values)
    card = read_card(model)
    assert (card.temperature, card.reject_weights, card.reject_bias) == (1.0, None, 0.0)
    assert (card.threshold, card.unsure_ratio, card.slants) == (0.0, 1.0, (0.0,))


@pytest.mark.parametrize("key", ["weights_checksum", "temperature", "slants", "reject", "unsure"])
def test_each_part_may_be_missing(model: Path, key: str) -> None:
    write(model, {name: value for name, value in FULL.items() if name != key})
    card = read_card(model)
    assert card.temperature == (1.0 if key == "temperature" else 1.03)
    assert (card.reject_weights is None) == (key == "reject")
    assert card.unsure_ratio == (1.0 if key == "unsure" else 0.15)


def test_a_model_named_like_a_card_has_none(tmp_path: Path) -> None:
    path = tmp_path / "mnist.json"
    path.write_text('{"temperature": 2}')
    assert read_card(path).temperature == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not JSON that can be read"),
        ("{", "is not JSON that can be read"),
        ("[" * 100_000, "is not JSON that can be read"),
        ("[1, 2]", "holds no JSON object"),
        ("null", "holds no JSON object"),
    ],
)
def test_card_that_is_no_object(model: Path, text: str, problem: str) -> None:
    path = write(model, text)
    with pytest.raises(ModelError) as caught:
        read_card(model)
    assert str(caught.value) == f"{path}, the model's card, {problem}; {CURE}"


def test_card_that_is_no_text(model: Path) -> None:
    model.with_suffix(".json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="is not JSON that can be read"):
        read_card(model)


TEMPERATURE = "must be a number from 0.01 to 100"
SHARE = "must be a number from 0 to 1"
BIAS = "must be a number from -1e+06 to 1e+06"
WEIGHTS_LIST = "must be a list of numbers up to 1e+06, one a feature"
SLANTS = "must be a list of 1 to 9 numbers from -1 to 1"
OBJECT = "must be an object that is not empty"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        *(("temperature", value, TEMPERATURE) for value in ("1", None, True, 0, -1, 1000, float("nan"), 10**400)),
        *(("slants", value, SLANTS) for value in (None, [], 0.3, ["0"], [1.1], [float("nan")], [0] * 10)),
        *(("reject", value, OBJECT) for value in (None, {}, [1.0], 0.5)),
        *(("reject.weights", value, WEIGHTS_LIST) for value in (None, [], 3, [1, "2"], [[1]], [1, float("nan")])),
        ("reject.weights", [1, float("inf")], WEIGHTS_LIST),
        ("reject.weights", [True], WEIGHTS_LIST),
        *(("reject.bias", value, BIAS) for value in (None, "0", float("nan"), float("inf"))),
        *(("reject.threshold", value, SHARE) for value in (None, "0.5", -0.1, 1.1, float("nan"))),
        *(("unsure", value, OBJECT) for value in (None, {}, 0.15)),
        *(("unsure.ratio", value, SHARE) for value in (None, [0.15], 15, float("nan"))),
    ],
)
def test_bad_value_is_named_with_its_cure(model: Path, key: str, value: Any, problem: str) -> None:
    values = json.loads(json.dumps(FULL))
    outer, _, inner = key.partition(".")
    if inner:
        values[outer][inner] = value
    else:
        values[outer] = value
    path = write(model, values)
    with pytest.raises(ModelError) as caught:
        read_card(model)
    assert str(caught.value) == f'{path}, the model\'s card: "{key}" {problem}; {CURE}'


@pytest.mark.parametrize("key", ["weights", "bias", "threshold"])
def test_a_reject_part_is_complete(model: Path, key: str) -> None:
    write(model, {"reject": {name: value for name, value in FULL["reject"].items() if name != key}})
    with pytest.raises(ModelError, match=f'"reject.{key}" must be'):
        read_card(model)


@pytest.mark.parametrize("checksum", ["0" * 64, "", 7])
def test_card_of_other_weights(model: Path, checksum: Any) -> None:
    path = write(model, {**FULL, "weights_checksum": checksum})
    with pytest.raises(ModelError) as caught:
        read_card(model)
    assert str(caught.value) == f'{path} is the card of other weights than {model} ("weights_checksum"); {CURE}'
