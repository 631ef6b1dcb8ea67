"""Networks by name: training for seconds on made-up digits, the same again, after a stop, and from pictures."""

import csv
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import train_model as script
from model.dataset import load_mnist
from model.digit_folder import write_digit_folder
from model.network import load_network
from tests.unit.test_train_model import draw_digits, load_weights, refusal
from train_model import main, train_model
from training.options import choose_recipe, parse_options
from training.tensorboard import log_to_tensorboard
from training.trainer import TrainingError

ROOT = Path(__file__).parents[2]
OPTIONS = ["--architecture", "mlp-128", "--epochs", "3", "--batch-size", "20", "--seed", "5"]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    (x_train, y_train), (x_test, y_test) = draw_digits(240, seed=1), draw_digits(40, seed=2)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return path


def train(digits, output, *options):
    assert main(["--data", str(digits), "--output", str(output), *map(str, options)]) == 0
    return json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    output = tmp_path_factory.mktemp("trained") / "mlp.h5"
    train(digits, output, *OPTIONS)
    return output


def assert_same_weights(path, other):
    for weights, expected in zip(load_weights(path), load_weights(other), strict=True):
        np.testing.assert_array_equal(weights, expected)


# ---------------------------------------------------------------- a whole training


def test_the_card_names_network_and_settings_and_every_program_can_load_it(trained, digits):
    card = json.loads(trained.with_suffix(".json").read_text(encoding="utf-8"))
    given = {"architecture": "mlp-128", "recipe": "tutorial", "optimizer": "adam", "learning_rate": 0.001}
    assert {name: card[name] for name in given} == given
    assert card["parameters"] == 101_770
    assert card["slants"] == [0]
    data = load_mnist(digits)
    probabilities, _ = load_network(trained).classify(data.x_test / np.float32(255))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_figures_go_into_a_folder_of_its_name_and_leave_those_of_others(trained):
    names = {str(path.relative_to(trained.parent)) for path in trained.parent.rglob("*") if path.is_file()}
    figures = {f"figures/mlp-128/{name}" for name in ("curves.png", "curves.csv", "confusion.png", "mistakes.png")}
    assert names == {"mlp.h5", "mlp.json", *figures}


def test_curves_have_loss_and_accuracy_of_training_and_validation(trained):
    with (trained.parent / "figures" / "mlp-128" / "curves.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["epoch"] for line in lines] == ["1", "2", "3"]
    assert set(lines[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
    assert float(lines[2]["loss"]) < float(lines[0]["loss"])
    assert float(lines[2]["accuracy"]) > float(lines[0]["accuracy"])


def test_same_seed_same_weights(trained, digits, tmp_path):
    train(digits, tmp_path / "again.h5", *OPTIONS)
    assert_same_weights(tmp_path / "again.h5", trained)


def test_another_seed_gives_other_weights(trained, digits, tmp_path):
    train(digits, tmp_path / "other.h5", *OPTIONS, "--seed", 6)
    assert any((a != b).any() for a, b in zip(load_weights(tmp_path / "other.h5"), load_weights(trained), strict=True))


def test_from_a_folder_of_pictures_it_learns_the_same_as_from_the_npz_file(trained, digits, tmp_path):
    write_digit_folder(load_mnist(digits).arrays, tmp_path / "pictures")
    card = train(tmp_path / "pictures", tmp_path / "folder.h5", *OPTIONS)
    assert_same_weights(tmp_path / "folder.h5", trained)
    assert card["data"] == [{"name": "pictures", "checksum": load_mnist(digits).checksum}]


@pytest.mark.parametrize("name", ["lenet5", "cnn-dropout"])
def test_networks_with_convolutions_train(digits, tmp_path, name):
    card = train(digits, tmp_path / "net.h5", "--architecture", name, "--epochs", 1)
    assert card["architecture"] == name
    assert (tmp_path / "figures" / name / "curves.png").exists()


def test_resume_with_dropout_and_momentum_ends_as_without_a_break(digits, tmp_path, monkeypatch):
    words = ["--architecture", "mlp-512", "--optimizer", "sgd", "--epochs", "3", "--data", str(digits)]
    train(digits, tmp_path / "unbroken.h5", *words[:-2])
    unbroken = (tmp_path / "figures" / "mlp-512" / "curves.csv").read_text(encoding="utf-8")
    fit = script.fit

    def stop_after_one(trainer, batches, first, epochs, end_epoch):
        def end(figures):
            end_epoch(figures)
            raise KeyboardInterrupt

        fit(trainer, batches, first, epochs, end)

    options = parse_options([*words, "--output", str(tmp_path / "broken.h5")])
    monkeypatch.setattr(script, "fit", stop_after_one)
    train_model(options, choose_recipe(options))
    curves = (tmp_path / "figures" / "mlp-512" / "curves.csv").read_text(encoding="utf-8")
    assert unbroken.startswith(curves)
    assert len(curves) < len(unbroken)
    monkeypatch.undo()
    options.resume = True
    train_model(options, choose_recipe(options))
    assert_same_weights(tmp_path / "broken.h5", tmp_path / "unbroken.h5")
    assert (tmp_path / "figures" / "mlp-512" / "curves.csv").read_text(encoding="utf-8") == unbroken


# ---------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--architecture", "cnn-20-20"], ("sgd", 0.01, 0.0, 5, 100)),
        (["--architecture", "cnn-10-20"], ("sgd", 0.01, 0.5, 10, 64)),
        (["--architecture", "cnn-10-20", "--optimizer", "adam"], ("adam", 0.001, 0.0, 10, 64)),
        (["--architecture", "mlp-128", "--optimizer", "sgd"], ("sgd", 0.01, 0.9, 6, 128)),
        (["--architecture", "mlp-128", "--optimizer", "sgd", "--momentum", "0"], ("sgd", 0.01, 0.0, 6, 128)),
        (["--architecture", "mlp-256", "--optimizer", "sgd"], ("sgd", 0.1, 0.0, 10, 256)),
        ([], ("adam", 0.0025, 0.0, 16, 256)),
        (["--optimizer", "sgd", "--learning-rate", "0.2"], ("sgd", 0.2, 0.9, 16, 256)),
    ],
)
def test_settings_are_those_of_the_tutorial_unless_given(words, expected):
    options = parse_options(words)
    settings = (options.optimizer, options.learning_rate, options.momentum, options.epochs, options.batch_size)
    assert settings == expected


def test_the_shipped_model_is_not_written_over_by_another_network():
    assert parse_options([]).output == Path("model/mnist.h5")
    assert parse_options(["--architecture", "lenet5"]).output == Path("model/lenet5.h5")


def test_unknown_names_list_the_known_ones(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--architecture", "mlp-129"])
    assert caught.value.code == 2
    printed = capsys.readouterr().err
    assert "mlp-129" in printed
    assert all(name in printed for name in ("cnn", "mlp-128", "mlp-100-100", "lenet5", "cnn-dropout"))


def test_a_summary_prints_layers_shapes_and_parameters_and_trains_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--architecture", "lenet5", "--summary"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"conv_2 \(Conv2D\) .*\(None, 8, 8, 16\) .* 2,416 ", printed)
    assert "Total params: 41,282" in printed
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- TensorBoard


def test_tensorboard_that_is_not_installed_is_named(digits, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert main(["--data", str(digits), "--output", str(tmp_path / "x.h5"), *OPTIONS, "--tensorboard", "logs"]) == 2
    assert capsys.readouterr().err == "--tensorboard needs the package tensorboard: pip install tensorboard\n"


def test_tensorboard_without_tensorflow_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(TrainingError, match="needs TensorFlow, and Keras runs on jax here; set KERAS_BACKEND"):
        log_to_tensorboard(tmp_path)


def test_tensorboard_into_a_file_is_refused(digits, tmp_path, capsys):
    (tmp_path / "logs").touch()
    output = ["--output", tmp_path / "x.h5", "--tensorboard", tmp_path / "logs"]
    assert "which is a file; name a folder" in refusal(capsys, "--data", digits, *OPTIONS, *output)


@pytest.mark.skipif(find_spec("tensorboard") is None, reason="pip install tensorboard")
def test_tensorboard_gets_training_and_validation_of_each_epoch(digits, tmp_path):
    code = """
import sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
for part in ("train", "validation"):
    events = EventAccumulator(str(Path(sys.argv[1]) / part), size_guidance={"tensors": 0}).Reload()
    for tag in ("epoch_loss", "epoch_accuracy"):
        print(part, tag, [event.step for event in events.Tensors(tag)])
"""
    train(digits, tmp_path / "x.h5", *OPTIONS, "--tensorboard", tmp_path / "logs")
    command = [sys.executable, "-c", code, str(tmp_path / "logs")]
    read = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120, check=True)
    tags = [f"{part} {tag} [0, 1, 2]" for part in ("train", "validation") for tag in ("epoch_loss", "epoch_accuracy")]
    assert read.stdout.splitlines() == tags
