"""Training for seconds on made-up digits: what it writes, how it stops, goes on, and refuses."""

import ast
import contextlib
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from model.checkpoint import Progress
from model.dataset import images_through_preprocessing, load_mnist
from model.network import calibrate
from train_model import main
from training.figures import draw_figures

ROOT = Path(__file__).parents[2]
OPTIONS = ["--quick", "--epochs", "5", "--batch-size", "32", "--seed", "7"]


def draw_digits(count, seed):
    """Digits in fonts of OpenCV, jittered: images (N, 28, 28) uint8 and labels (N,) uint8."""
    generator = np.random.default_rng(seed)
    images, labels = np.zeros((count, 28, 28), np.uint8), (np.arange(count) % 10).astype(np.uint8)
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)
    for image, label in zip(images, labels, strict=True):
        x, y, thickness = generator.integers(4, 8), generator.integers(20, 25), generator.integers(1, 3)
        font, size = fonts[generator.integers(3)], generator.uniform(0.6, 0.9)
        cv2.putText(image, str(label), (int(x), int(y)), font, size, 255, int(thickness), cv2.LINE_AA)
    return images, labels


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    (x_train, y_train), (x_test, y_test) = draw_digits(600, seed=1), draw_digits(100, seed=2)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return path


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    """The folder of a training without a break, and what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        status = main(["--data", str(digits), "--output", str(folder / "digits.h5"), *OPTIONS])
    assert status == 0
    return folder, printed.getvalue()


@pytest.fixture
def start(digits, tmp_path):
    """Start training in a process of its own, interrupt it as Ctrl-C does once it prints a line."""

    def start_and_interrupt(line):
        output = tmp_path / "digits.h5"
        command = [sys.executable, "train_model.py", "--data", str(digits), "--output", str(output), *OPTIONS]
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
            printed = ""
            for read in process.stdout:
                printed += read
                if read.startswith(line):
                    process.send_signal(signal.SIGINT)
                    break
            out, errors = process.communicate(timeout=150)
        return process.returncode, printed + out, errors, output

    return start_and_interrupt


def load_weights(path):
    import keras

    return keras.models.load_model(path).get_weights()


# ---------------------------------------------------------------- a whole training


def test_the_model_loads_with_plain_keras_and_answers_as_its_card_says(trained, digits):
    import keras

    folder, _ = trained
    network = keras.models.load_model(folder / "digits.h5")
    assert not network.compiled
    with h5py.File(folder / "digits.h5") as file:
        assert list(file) == ["model_weights"]  # and no optimizer_weights
    data = load_mnist(digits)
    probabilities = np.asarray(network(images_through_preprocessing(data.x_test)[..., None], training=False))
    card = json.loads((folder / "digits.json").read_text(encoding="utf-8"))
    assert card["test_accuracy"] == (probabilities.argmax(axis=1) == data.y_test).mean()
    calibrated = calibrate(probabilities, card["temperature"])
    assert card["test_loss"] == pytest.approx(-np.log(calibrated[range(100), data.y_test]).mean(), abs=1e-5)
    assert card["test_accuracy"] > 0.9
    assert card["parameters"] == network.count_params()


def test_the_card_says_what_was_done(trained, digits):
    folder, _ = trained
    card = json.loads((folder / "digits.json").read_text(encoding="utf-8"))
    given = {"epochs": 5, "batch_size": 32, "learning_rate": 0.003, "seed": 7, "interrupted": False, "recipe": "quick"}
    given |= {"architecture": "cnn", "optimizer": "adam", "momentum": 0.0}
    assert {name: card[name] for name in given} == given
    assert card["data"] == [{"name": "digits.npz", "checksum": load_mnist(digits).checksum}]
    assert card["weights_checksum"] == hashlib.sha256((folder / "digits.h5").read_bytes()).hexdigest()
    assert card["precision"] in ("float32", "mixed_bfloat16")
    assert 0.25 <= card["temperature"] <= 4
    assert 0 < card["unsure"]["ratio"] < 1
    assert card["slants"] == [0]
    assert "reject" not in card  # MNIST alone does not teach what is no digit
    assert 1 <= card["best_epoch"] <= 5
    assert 0 <= card["validation_accuracy"] <= 1
    assert card["validation_loss"] > 0
    assert card["seconds"] > 0
    assert card["machine"]["cpu"]
    assert card["machine"]["cores"] == os.cpu_count()
    assert set(card["versions"]) == {"python", "keras", "backend", "numpy", "opencv"}
    assert card["versions"]["backend"].startswith("tensorflow 2.")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", card["date"])


def test_it_leaves_model_card_and_figures_and_nothing_else(trained):
    folder, _ = trained
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    pictures = {f"figures/{name}.png" for name in ("curves", "confusion", "mistakes")}
    assert names == {"digits.h5", "digits.json", "figures", "figures/curves.csv", *pictures}
    for picture in pictures:
        image = cv2.imread(str(folder / picture))
        assert min(image.shape[:2]) > 400
        assert image.std() > 10  # not blank


def test_it_prints_each_epoch_and_the_result_and_no_warning_of_keras(trained):
    _, printed = trained
    assert "Epoch 5/5" in printed
    assert len(re.findall(r"accuracy: \d\.\d{4} - loss: \d+\.\d{4}", printed)) == 5  # of training
    assert len(re.findall(r"Validation: loss \d\.\d{4}, accuracy \d+\.\d\d%", printed)) == 5
    assert re.search(r"Test accuracy \d+\.\d\d%, mean loss \d\.\d{4}; validation accuracy \d+\.\d\d%", printed)
    assert "HDF5" not in printed


def test_the_best_epoch_is_the_first_with_the_lowest_validation_loss():
    progress = Progress()
    for epoch, (accuracy, loss) in enumerate([(0.8, 0.5), (0.9, 0.4), (0.8, 0.3), (0.9, 0.3), (0.99, 0.4)], 1):
        progress.add_epoch({"val_accuracy": accuracy, "val_loss": loss}, [np.array(epoch)])
    assert progress.best_epoch == 3
    assert progress.best_weights == [np.array(3)]
    assert len(progress.history) == 5


def test_figures_of_a_network_without_mistakes(digits, tmp_path):
    data = load_mnist(digits)
    figures = {"loss": 0.1, "accuracy": 0.9, "val_loss": 0.2, "val_accuracy": 1.0}
    draw_figures(tmp_path / "figures", Progress([figures], [], 1), data, np.eye(10)[data.y_test])
    assert sorted(os.listdir(tmp_path / "figures")) == ["confusion.png", "curves.png", "mistakes.png"]


# ---------------------------------------------------------------- stopped and gone on


def test_ctrl_c_keeps_the_best_so_far_and_resume_ends_as_without_a_break(start, trained, digits, capsys):
    status, printed, _, output = start("Epoch 3/5")
    assert status == 0
    card = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["interrupted"] is True
    assert 2 <= card["epochs"] < 5
    assert "with --resume" in printed
    assert (output.parent / "figures" / "curves.png").exists()
    stopped = load_weights(output)

    assert main(["--data", str(digits), "--output", str(output), "--resume", *OPTIONS]) == 0
    assert "Epoch 1/5" not in capsys.readouterr().out
    unbroken = load_weights(trained[0] / "digits.h5")
    for resumed, expected in zip(load_weights(output), unbroken, strict=True):
        np.testing.assert_array_equal(resumed, expected)
    assert any((a != b).any() for a, b in zip(stopped, unbroken, strict=True))
    cards = [
        json.loads(p.read_text(encoding="utf-8")) for p in (output.with_suffix(".json"), trained[0] / "digits.json")
    ]
    for card in cards:
        for name in ("date", "seconds"):
            del card[name]
    assert cards[0] == cards[1]
    curves = [(folder / "figures" / "curves.csv").read_text(encoding="utf-8") for folder in (output.parent, trained[0])]
    assert curves[0] == curves[1]
    assert not output.with_suffix(".checkpoint").exists()


def test_ctrl_c_before_the_first_epoch_ended_writes_nothing(start):
    status, _, errors, output = start("Epoch 1/5")
    assert status == 130
    assert "Interrupted before the first epoch ended: nothing was written." in errors
    assert "Traceback" not in errors
    assert list(output.parent.iterdir()) == []


def write_checkpoint(output, digits, **other):
    """A checkpoint with the settings of OPTIONS and the given others, of a network that is not ours."""
    settings = {"architecture": "cnn", "recipe": "quick", "seed": 7, "epochs": 5, "batch size": 32}
    settings |= {"learning rate": 0.003, "optimizer": "adam", "momentum": 0.0}
    settings["data checksum"] = load_mnist(digits).checksum
    path = output.with_suffix(".checkpoint") / "last.npz"
    path.parent.mkdir()
    state = {"settings": settings | other, "progress": {"history": [], "best_epoch": 0, "seconds": 0.0}}
    np.savez(path, state=np.array(json.dumps(state)), variable_0=np.zeros(3, np.float32))
    return path


def refusal(capsys, *options):
    """What main prints when it cannot do what it is asked: one sentence on standard error, status 2."""
    capsys.readouterr()
    assert main([str(option) for option in options]) == 2
    sentence = capsys.readouterr().err
    assert sentence.endswith(".\n")
    assert sentence.count("\n") == 1
    return sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("architecture", "mlp-128"),
        ("recipe", "full"),
        ("seed", 8),
        ("epochs", 6),
        ("batch size", 64),
        ("learning rate", 0.1),
        ("optimizer", "sgd"),
        ("momentum", 0.9),
        ("data checksum", "0" * 64),
    ],
)
def test_resume_refuses_a_checkpoint_made_with_other_settings(digits, tmp_path, capsys, name, value):
    output = tmp_path / "digits.h5"
    path = write_checkpoint(output, digits, **{name: value})
    sentence = refusal(capsys, "--data", digits, "--output", output, "--resume", *OPTIONS)
    assert f"The checkpoint {path} was made with {name} {value}, not" in sentence


def test_resume_refuses_a_checkpoint_of_another_network(digits, tmp_path, capsys):
    output = tmp_path / "digits.h5"
    write_checkpoint(output, digits)
    sentence = refusal(capsys, "--data", digits, "--output", output, "--resume", *OPTIONS)
    assert "is of another network; start without --resume" in sentence


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_resume_refuses_a_damaged_checkpoint(digits, tmp_path, capsys, damage):
    output = tmp_path / "digits.h5"
    path = write_checkpoint(output, digits)
    content = path.read_bytes()
    flipped = content.replace(b"s\0\0\0e\0\0\0e\0\0\0d", b"s\0\0\0e\0\0\0e\0\0\0t")  # "seed" in the array of text
    assert flipped != content
    path.write_bytes({"cut": content[:-100], "flipped": flipped, "empty": b""}[damage])
    sentence = refusal(capsys, "--data", digits, "--output", output, "--resume", *OPTIONS)
    assert f"The checkpoint {path} is damaged; start without --resume." in sentence


def test_resume_without_a_checkpoint(digits, tmp_path, capsys):
    sentence = refusal(capsys, "--data", digits, "--output", tmp_path / "digits.h5", "--quick", "--resume")
    assert f"There is no checkpoint {tmp_path / 'digits.checkpoint' / 'last.npz'}" in sentence


# ---------------------------------------------------------------- refused and failed


def test_a_training_that_fails_leaves_the_old_model_and_checkpoint(digits, tmp_path, capsys):
    output = tmp_path / "digits.h5"
    output.write_bytes(b"old model")
    output.with_suffix(".json").write_text("old card", encoding="utf-8")
    checkpoint = write_checkpoint(output, digits)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert (
        main(["--data", str(digits), "--output", str(output), "--quick", "--epochs", "1", "--learning-rate", "1e38"])
        == 2
    )
    printed = capsys.readouterr()
    assert "The loss was no number any more in epoch 1; lower --learning-rate." in printed.err
    assert f"Starting afresh: the checkpoint in {checkpoint.parent} will be replaced" in printed.out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--epochs", "0"], "--epochs is 0; it must be 1 or more"),
        (["--batch-size", "-3"], "--batch-size is -3; it must be 1 or more"),
        (["--learning-rate", "0"], "--learning-rate is 0.0; it must be above 0"),
        (["--learning-rate", "nan"], "--learning-rate is nan"),
        (["--learning-rate", "inf"], "--learning-rate is inf"),
        (["--momentum", "0.9"], "--momentum is of sgd; add --optimizer sgd"),
        (["--momentum", "1", "--optimizer", "sgd"], "--momentum is 1.0; it must be from 0 to below 1"),
        (["--architecture", "lenet5"], "--quick is for cnn alone; lenet5 trains fast"),
        (["--seed", "-1"], "--seed is -1; it must be from 0"),
        (["--output", "digits.keras"], "it must name a file that ends in .h5"),
        (["--output", "nowhere/digits.h5"], "Nothing can be written to the folder nowhere of --output"),
        (["--output", "/proc/digits.h5"], "Nothing can be written to the folder /proc of --output"),
        (["--data", "nowhere.npz"], "There is no file or folder nowhere.npz"),
    ],
)
def test_wrong_options_are_refused_in_a_sentence(tmp_path, capsys, monkeypatch, options, expected):
    monkeypatch.chdir(tmp_path)
    assert expected in refusal(capsys, "--output", "digits.h5", "--quick", *options)
    assert list(tmp_path.iterdir()) == []


def test_too_few_images_for_a_validation_split(tmp_path, capsys):
    images, labels = draw_digits(5, seed=0)
    np.savez(tmp_path / "few.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    sentence = refusal(capsys, "--data", tmp_path / "few.npz", "--output", tmp_path / "few.h5", "--quick")
    assert "The data have 5 training images: too few" in sentence


def run_python(*arguments, **environment):
    command = [sys.executable, *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_no_network_and_no_data_names_the_cure(tmp_path):
    nowhere = "http://127.0.0.1:9"  # no proxy listens there
    proxies = {"https_proxy": nowhere, "HTTPS_PROXY": nowhere, "no_proxy": "", "NO_PROXY": ""}
    done = run_python(
        "train_model.py", "--quick", "--output", str(tmp_path / "digits.h5"), KERAS_HOME=str(tmp_path), **proxies
    )
    assert done.returncode == 2
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith("MNIST could not be downloaded")
    assert "--data PATH" in sentence
    assert "Traceback" not in done.stderr


def test_help_shows_every_option_with_its_default_and_imports_no_keras():
    ask = "import sys, train_model\ntry: train_model.main(['--help'])\nexcept SystemExit: pass\n"
    done = run_python("-c", f"{ask}print({{'keras', 'tensorflow', 'matplotlib'}} & set(sys.modules))")
    assert done.returncode == 0
    assert done.stdout.strip().endswith("set()")
    text = " ".join(done.stdout.split())
    options = ("data", "quick", "epochs", "batch-size", "learning-rate", "seed", "output", "resume")
    for option in (*options, "architecture", "start", "summary", "optimizer", "momentum", "tensorboard"):
        assert f"--{option}" in text
    quick = (
        "16; with --quick 2; with --start 3",
        "256; with --quick 128; with --start 256",
        "0.0025; with --quick 0.003; with --start 0.0008",
        "adam",
    )
    defaults = (
        "0",
        "cnn",
        "model/mnist.h5; else model/NAME.h5",
        *(f"{each}; else the tutorial's" for each in quick),
    )
    for default in (*defaults, "what is not given is downloaded"):
        assert f"(default: {default})" in text


def test_training_is_pure_keras():
    imported = set()
    for path in [ROOT / "train_model.py", *(ROOT / "model").glob("*.py"), *(ROOT / "training").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert "keras" in imported
    assert not imported & {"tensorflow", "jax", "torch"}
