"""The network with its card; and in a process of its own: it answers as in this one, comes back when it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from model.card import CURE, Card
from model.network import ModelError, NetworkProcess, calibrate, likeness_to_digit, load_layers, load_network
from model.row_reader import build_row_reader, load_row_reader
from model.slants import slant_images

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(3).random((16, 28, 28), dtype=np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved Keras model with other layers than ours: two dense ones behind each other, and a softmax apart."""
    import keras

    keras.utils.set_random_seed(5)
    shown = keras.Input((28, 28, 1), name="picture")
    hidden = keras.layers.Dense(12, activation="relu", name="first")(keras.layers.Flatten()(shown))
    answer = keras.layers.Softmax(name="out")(keras.layers.Dense(10, name="second")(hidden))
    path = tmp_path_factory.mktemp("functional") / "mnist.h5"
    keras.Model(shown, answer).save(path)
    return path


def with_card(model: Path, folder: Path, card: dict) -> Path:
    """A copy of the model with this card."""
    path = folder / "mnist.h5"
    path.write_bytes(model.read_bytes())
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def softmax(logits: np.ndarray) -> np.ndarray:
    likeness = np.exp(logits - logits.max(axis=1, keepdims=True))
    return likeness / likeness.sum(axis=1, keepdims=True)


# ---------------------------------------------------------------- the card


@pytest.mark.parametrize("count", [1, 3, 16])
def test_layers_are_what_the_last_dense_layer_takes_in_and_gives_out(
    model: Path, images: np.ndarray, count: int
) -> None:
    features, logits = load_layers(model)(images[:count])
    assert features.shape == (count, 12)
    assert logits.shape == (count, 10)
    assert features.dtype == logits.dtype == np.float32
    assert features.min() == 0  # after the ReLU
    assert load_network(model).classify(images[:count])[0] == pytest.approx(softmax(logits), abs=1e-6)


def test_without_a_card_the_highest_probability_stands_for_a_digit(model: Path, images: np.ndarray) -> None:
    probabilities, is_digit = load_network(model).classify(images)
    assert is_digit.tolist() == probabilities.max(axis=1).tolist()
    assert probabilities.dtype == is_digit.dtype == np.float32


def test_card_is_applied(model: Path, images: np.ndarray, tmp_path: Path) -> None:
    weights = np.random.default_rng(4).normal(size=12)
    reject = {"weights": weights.tolist(), "bias": -0.3, "threshold": 0.5}
    path = with_card(model, tmp_path, {"temperature": 2.5, "reject": reject})

    probabilities, is_digit = load_network(path).classify(images)

    features, logits = load_layers(path)(images)  # these are before the card
    assert probabilities == pytest.approx(softmax(logits / 2.5), abs=1e-6)
    assert is_digit == pytest.approx(1 / (1 + np.exp(-(features @ weights - 0.3))), abs=1e-5)
    assert probabilities.dtype == is_digit.dtype == np.float32


def test_answer_is_of_the_mean_over_the_slants_of_the_card(model: Path, images: np.ndarray, tmp_path: Path) -> None:
    plain = load_layers(model)
    slants = (-0.3, 0.0, 0.2)
    weights = np.random.default_rng(4).normal(size=12)
    reject = {"weights": weights.tolist(), "bias": 0.1, "threshold": 0.5}
    path = with_card(model, tmp_path, {"slants": slants, "temperature": 1.5, "reject": reject})

    probabilities, is_digit = load_network(path).classify(images)

    each = [plain(view) for view in slant_images(images, slants)]
    features = np.mean([features for features, _ in each], axis=0)
    logits = np.mean([logits for _, logits in each], axis=0)
    assert probabilities == pytest.approx(softmax(logits / 1.5), abs=1e-6)
    assert is_digit == pytest.approx(1 / (1 + np.exp(-(features @ weights + 0.1))), abs=1e-5)
    for got, wanted in zip(load_layers(path)(images), (features, logits), strict=True):
        assert got == pytest.approx(wanted, abs=1e-5)


def test_card_with_weights_for_other_features_is_refused(model: Path, tmp_path: Path) -> None:
    path = with_card(model, tmp_path, {"reject": {"weights": [1.0] * 10, "bias": 0, "threshold": 0.5}})
    with pytest.raises(ModelError) as caught:
        load_network(path)
    card = path.with_suffix(".json")
    assert str(caught.value) == f'{card} has 10 numbers in "reject.weights", but {path} makes 12 features; {CURE}'


def test_calibration_keeps_the_order_and_the_sum_also_near_certainty() -> None:
    sure = np.array([[1, 0, 1e-30, 1e-20, *[0] * 6]], np.float32)
    for temperature in (0.05, 0.5, 3, 50):
        calibrated = calibrate(sure, temperature)
        assert calibrated.dtype == np.float32
        assert calibrated.sum() == pytest.approx(1, abs=1e-6)
        assert calibrated.argmax() == 0
        assert calibrated[0, 3] >= calibrated[0, 2] >= calibrated[0, 1] >= 0
    assert calibrate(sure, 1.0) is sure
    assert calibrate(np.array([[0.8, 0.2]], np.float32), 2.0) == pytest.approx(np.array([[2 / 3, 1 / 3]]), abs=1e-6)


def test_likeness_to_a_digit_has_its_limits_without_a_warning() -> None:
    card = Card(reject_weights=np.ones(1, np.float32))
    assert likeness_to_digit(np.array([[-1e6], [0], [1e6]], np.float32), card).tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("load", [load_network, load_layers])
def test_model_without_ten_digits_at_its_end_is_refused(load: object, tmp_path: Path) -> None:
    import keras

    layers = [keras.Input((28, 28, 1)), keras.layers.Conv2D(10, 28), keras.layers.Flatten()]
    path = tmp_path / "mnist.h5"
    keras.Sequential(layers).save(path)
    sentence = "add up to 0, not 1; its last layer must be a softmax|does not end in a dense layer of ten digits"
    with pytest.raises(ModelError, match=sentence):
        load(path)


# ---------------------------------------------------------------- the process


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_answers_as_in_this_process_also_after_it_died(untrained_model: Path, images: np.ndarray) -> None:
    network = NetworkProcess(untrained_model)
    expected = load_network(untrained_model).classify(images)
    for answer, wanted in zip(network(images), expected, strict=True):
        assert answer == pytest.approx(wanted, abs=1e-5)

    first = network.pid
    os.kill(first, signal.SIGKILL)
    for answer, wanted in zip(network(images), expected, strict=True):
        assert answer == pytest.approx(wanted, abs=1e-5)
    assert network.pid != first


def test_reads_rows_as_in_this_process_also_after_it_died(untrained_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.h5"
    build_row_reader().save(path)
    generator = np.random.default_rng(1)
    strips = [generator.random((28, width), dtype=np.float32) for width in (40, 70)]
    expected = load_row_reader(path)(strips)
    network = NetworkProcess(untrained_model, path)
    for _ in range(2):
        for steps, wanted in zip(network.read_strips(strips), expected, strict=True):
            assert steps == pytest.approx(wanted, abs=1e-3)
        os.kill(network.pid, signal.SIGKILL)


def test_says_what_is_wrong_with_a_reader(untrained_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.h5"
    path.write_text("weights")
    network = NetworkProcess(untrained_model, path)
    with pytest.raises(ModelError, match="rows.h5 is no Keras model that can be loaded; run python train_rows.py, or"):
        network.wait_until_ready()


def test_says_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    path = tmp_path / "mnist.h5"
    path.write_text("weights")
    network = NetworkProcess(path)
    with pytest.raises(ModelError, match="mnist.h5 is no Keras model that can be loaded; run python train_model.py"):
        network.wait_until_ready()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_ends_when_the_process_that_started_it_is_killed(untrained_model: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from model.network import NetworkProcess\n"
        "network = NetworkProcess(Path(sys.argv[1])); network.wait_until_ready()\n"
        "print(network.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(untrained_model)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)
