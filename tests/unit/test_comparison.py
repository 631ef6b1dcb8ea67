"""Several networks on the same sets: their table, where they disagree, and what is no network."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from labeled_sets import digit_images, fake_layers, fake_recognizer, write_drawings, write_labeled_folder
from PIL import Image

from evaluate_model import compare, main
from evaluation.comparison import align_table, find_models
from evaluation.options import check_options, parse_options
from evaluation.samples import SetError
from model.network import ModelError
from model.recognizer import DEFAULT_MODEL, Recognizer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with MNIST where Keras keeps it, a set of one's own, and the names of two models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    Path("keras/datasets").mkdir(parents=True)
    images, labels = digit_images(range(10)), np.arange(10)
    np.savez("keras/datasets/mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    rows = [("3.png", 3, "single"), ("7.png", 1, "single"), ("5.png", "5", "multi")]
    write_labeled_folder(Path("own"), rows, columns="file,label,kind")
    for name in ("good", "poor"):
        Path(f"{name}.h5").write_bytes(b"weights")
    Path("good.json").write_text('{"seconds": 90.0, "epochs": 4}')
    return tmp_path


def load(path: Path) -> Recognizer:
    """The good one reads the ten drawn digits; the others confuse 1 with 7, 3 with 8 and 4 with 9."""
    if path.stem == "good":
        return fake_recognizer()

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        likeness = np.exp(fake_layers(images)[1])[:, [0, 7, 2, 8, 9, 5, 6, 1, 3, 4]].astype(np.float32)
        return likeness / likeness.sum(axis=1, keepdims=True), likeness.max(axis=1)

    return Recognizer(classify)


def run(*argv: str) -> int:
    options = parse_options([*argv])
    check_options(options)
    return compare(options, load, lambda path: 7850 if path.stem == "good" else 101_770)


def test_table_has_mnist_each_set_size_and_speed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("own", "--compare", "good.h5", "poor.h5", "--report", "out") == 0
    out, err = capsys.readouterr()
    assert err == ""
    head, good, poor, *sentences = out.splitlines()
    words = "network mnist (10) own (2) own numbers (1) parameters s an epoch ms an image"
    assert " ".join(head.split()) == words
    assert good.split()[:-1] == ["good.h5", "100.00", "%", "50.00", "%", "100.00", "%", "7,850", "22.5"]
    assert poor.split()[:-1] == ["poor.h5", "40.00", "%", "50.00", "%", "100.00", "%", "101,770", "–"]
    assert 0 < float(good.split()[-1]) < 1000
    assert len({len(line) for line in (head, good, poor)}) == 1
    assert sentences == [
        "mnist: they answer 6 of 10 differently; 0 are read right by none.",
        "own: they answer 2 of 2 differently; 0 are read right by none.",
        "own numbers: they answer 0 of 1 differently; 0 are read right by none.",
        "Report: out/comparison.md; where they disagree, not to be published: out/disagreements",
    ]
    words = Path("out/comparison.md").read_text(encoding="utf-8")
    assert "| network | mnist (10) | own (2) | own numbers (1) | parameters | s an epoch | ms an image |" in words
    assert "| good.h5 | 100.00 % | 50.00 % | 100.00 % | 7,850 | 22.5 |" in words
    assert "the median of 10 of mnist" in words


def test_disagreements_have_all_answers_and_the_truth(folder: Path) -> None:
    run("own", "--compare", "good.h5", "poor.h5", "--report", "out")
    found = Path("out/disagreements")
    with (found / "own-disagree.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["name", "truth", "good.h5", "poor.h5"],
            ["7.png", "1", "7", "1"],  # what the first one reads wrong comes first
            ["3.png", "3", "3", "8"],
        ]
    with (found / "mnist-disagree.csv").open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["name", "1", "3", "4", "7", "8", "9"]
    with Image.open(found / "mnist-disagree.png") as sheet:
        assert sheet.size == (6 * 168, 84 + 3 * 16)
        pixels = np.asarray(sheet)
    strong = {tuple(color) for color in pixels.reshape(-1, 3).tolist() if max(color) - min(color) > 100}
    assert any(red > 150 for red, _, _ in strong)  # the wrong answers
    assert any(green > 100 for _, green, _ in strong)  # and the right ones
    assert not (found / "own numbers-disagree.png").exists()
    assert "\n*\n" in (found / ".gitignore").read_text()


def test_mnist_that_is_given_is_not_added(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = digit_images([4, 4, 5])
    np.savez("mnist.npz", x_test=images, y_test=np.array([4, 4, 5]))
    run("small=mnist.npz", "--compare", "good.h5", "poor.h5")
    assert "small (3)  parameters" in capsys.readouterr().out
    run("mnist=own", "--compare", "good.h5", "poor.h5")
    assert "mnist (2)  mnist numbers (1)  parameters" in capsys.readouterr().out


def test_more_than_two_networks_and_a_drawing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("third.h5").write_bytes(b"weights")
    write_drawings(Path("pen.jsonl"), [4, 5], extra=['{"label": 4, "width": 0}'])
    assert run("pen.jsonl", "--compare", "good.h5", "poor.h5", "third.h5", "--report", "out") == 2
    out, err = capsys.readouterr()
    assert "pen: they answer 1 of 2 differently; 0 are read right by none." in out
    assert err.startswith("pen, line 3: ")
    assert err.endswith("1 could not be read and were not counted.\n")
    with Image.open("out/disagreements/pen-disagree.png") as sheet:
        assert sheet.size == (168, 84 + 4 * 16)


def test_a_new_comparison_leaves_nothing_of_the_old_one(folder: Path) -> None:
    run("own", "--compare", "good.h5", "poor.h5", "--report", "out")
    run("--compare", "good.h5", "poor.h5", "--report", "out")
    names = sorted(path.name for path in Path("out/disagreements").iterdir())
    assert names == [".gitignore", "mnist-disagree.csv", "mnist-disagree.png"]


def test_table_is_aligned() -> None:
    assert align_table([["a", "long"], ["longer", "1"]]) == ["a       long", "longer     1"]


# ---------------------------------------------------------------- names


def test_a_name_is_a_file_or_what_was_trained_before(tmp_path: Path) -> None:
    for name in ("mnist", "mlp-128", "lenet5"):
        (tmp_path / f"{name}.h5").write_bytes(b"")
    assert find_models(["lenet5", "cnn"], tmp_path) == {"lenet5": tmp_path / "lenet5.h5", "cnn": DEFAULT_MODEL}
    path = str(tmp_path / "mnist.h5")
    assert find_models(["mlp-128", path], tmp_path) == {"mlp-128": tmp_path / "mlp-128.h5", path: tmp_path / "mnist.h5"}
    with pytest.raises(ModelError, match=r"There is no network cnn-9: .*There are lenet5, mlp-128, mnist; train it"):
        find_models(["mnist", "cnn-9"], tmp_path)
    with pytest.raises(ModelError, match=r"There are none; train it with python train_model.py --architecture a,"):
        find_models(["a", "b"], tmp_path / "empty")
    with pytest.raises(ModelError, match=r"No model at no\.h5"):
        find_models(["mnist", "no.h5"], tmp_path)


@pytest.mark.parametrize("names", [["mnist"], ["mnist", "mnist"]])
def test_one_network_cannot_be_compared(names: list[str]) -> None:
    with pytest.raises(SetError, match="--compare needs two networks or more, each once; it has mnist"):
        find_models(names)


def test_a_set_after_the_names_is_no_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--compare", "good.h5", "own"]) == 2
    sentence = "own is no model file (.h5 or .keras). If it is a set, name it before --compare.\n"
    assert capsys.readouterr().err == sentence


@pytest.mark.parametrize("more", [["--rows", "5"], ["--not-digits", "dots"], ["--model", "a.h5"], ["--update-readme"]])
def test_what_a_comparison_does_not_do_is_refused(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*more, "--compare", "a", "b"]) == 2
    assert capsys.readouterr().err == (
        f"--compare does something else than scoring: leave out {more[0]}, or run the two one by one.\n"
    )


def test_networks_without_a_card_as_a_user_compares_them(
    folder: Path, untrained_model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import keras

    keras.utils.set_random_seed(3)
    small = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
    keras.Sequential(small).save("small.keras")
    capfd.readouterr()
    assert main(["--compare", str(untrained_model), "small.keras"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    _, first, second, _ = out.splitlines()
    assert "  7,850  " in first
    assert second.startswith("small.keras")
    assert "  –  " in second


def test_mnist_that_can_be_had_nowhere_is_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("keras/datasets/mnist.npz").unlink()
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody answers there
    assert main(["mnist"]) == 2
    assert "mnist.npz and could not be downloaded; try again with a network, or name" in capfd.readouterr().err
