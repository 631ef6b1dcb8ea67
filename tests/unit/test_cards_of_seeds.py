"""Mean and deviation over seeds go into the card of the model that is shipped; cards of other trainings do not."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import evaluate_model

TRAINING: dict[str, Any] = {
    "recipe": "full",
    "epochs": 30,
    "batch_size": 256,
    "learning_rate": 0.0025,
    "parameters": 7850,
    "data": [{"name": "mnist.npz", "checksum": "12"}],
}


@pytest.fixture
def write_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A function that writes a card under a name, TRAINING but for what is given."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, seed: int, accuracy: float, **others: Any) -> Path:
        path = Path(name)
        path.write_text(json.dumps(TRAINING | {"seed": seed, "test_accuracy": accuracy} | others))
        return path

    return write


def run(*cards: object) -> int:
    return evaluate_model.main(["--model", "mnist.h5", "--seeds", *map(str, cards)])


def test_mean_and_deviation_are_written_and_the_rest_stays(
    write_card: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    card = write_card("mnist.json", 0, 0.9961, temperature=1.1)
    others = [write_card("one.json", 1, 0.9958), write_card("two.json", 2, 0.9967)]
    before = json.loads(card.read_text())
    assert run(*others) == 0
    after = json.loads(card.read_text())
    seeds = after.pop("seeds")
    assert after == before
    assert seeds["test_accuracy"] == {"0": 0.9961, "1": 0.9958, "2": 0.9967}
    assert seeds["mean"] == pytest.approx(0.9962)
    assert seeds["standard_deviation"] == pytest.approx(statistics.stdev([0.9961, 0.9958, 0.9967]))
    assert "Test accuracy of 3 seeds: 99.62% ± 0.05%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"seed": 0}, "one.json is of the seed 0 again; train with another --seed"),
        ({"epochs": 3}, 'one.json is of another training than mnist.json: "epochs" differs'),
        ({"data": []}, '"data" differs'),
        ({"test_accuracy": "good"}, "one.json is no card of train_model.py"),
        ({"seed": None}, "one.json is no card of train_model.py"),
    ],
)
def test_card_of_another_training_is_refused(
    write_card: Callable[..., Path], capsys: pytest.CaptureFixture[str], other: dict[str, Any], problem: str
) -> None:
    card = write_card("mnist.json", 0, 0.9961)
    before = card.read_text()
    one = write_card("one.json", **{"seed": 1, "accuracy": 0.9958} | other)
    assert run(one) == 2
    assert problem in capsys.readouterr().err
    assert card.read_text() == before


@pytest.mark.parametrize("content", [None, "", "[]", "{}"])
def test_card_that_is_none_is_refused(
    write_card: Callable[..., Path], capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    write_card("mnist.json", 0, 0.9961)
    if content is not None:
        Path("one.json").write_text(content)
    assert run("one.json") == 2
    assert "one.json" in capsys.readouterr().err
