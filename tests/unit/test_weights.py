"""A model's weights, written as text and arrays, and its filters as a picture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluate_model import main
from evaluation.weights import LayerWeights, describe_weights, draw_filters, find_filters, write_weights


@pytest.fixture
def layers() -> list[LayerWeights]:
    random = np.random.default_rng(3)
    kernel = random.normal(0, 1, (2, 3, 1, 5)).astype(np.float32)
    dense = {"kernel": random.normal(0, 1e-9, (30, 10)).astype(np.float32), "bias": np.zeros(10, np.float32)}
    return [
        LayerWeights("conv", "Conv2D", {"kernel": kernel}),
        LayerWeights("flatten", "Flatten", {}),
        LayerWeights("digits", "Dense", dense),
    ]


def read_text(text: str) -> dict[str, np.ndarray]:
    """What a reader makes of the text: the arrays by "layer/name"."""
    arrays = {}
    for block in text.split("\n\n"):
        head, *lines = block.splitlines() or [""]
        for line in lines:
            if ":" in line:
                name, shape = line.split(": ")
                key, values = f"{head.split(' ')[0]}/{name}", []
                arrays[key] = ([int(edge) for edge in shape.split(" x ")], values)
            else:
                values.extend(map(float, line.split()))
    return {key: np.array(values, np.float32).reshape(shape) for key, (shape, values) in arrays.items()}


def test_text_and_arrays_hold_every_value_exactly(layers: list[LayerWeights], tmp_path: Path) -> None:
    for name in ("deeper/weights.txt", "weights.npz"):
        write_weights(layers, tmp_path / name)
    expected = {f"{layer.name}/{name}": array for layer in layers for name, array in layer.arrays.items()}
    text = (tmp_path / "deeper/weights.txt").read_text(encoding="utf-8")
    assert "flatten (Flatten): no weights\n" in text
    assert "conv (Conv2D)\nkernel: 2 x 3 x 1 x 5\n" in text
    with np.load(tmp_path / "weights.npz") as archive:
        for arrays in (read_text(text), dict(archive)):
            assert list(arrays) == list(expected) == ["conv/kernel", "digits/kernel", "digits/bias"]
            for name, array in arrays.items():
                assert array.dtype == np.float32
                assert np.array_equal(array, expected[name]), name
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["weights.npz", "weights.txt"]


def test_weights_that_cannot_be_written_leave_the_old_file(layers: list[LayerWeights], tmp_path: Path) -> None:
    path = tmp_path / "weights.txt"
    path.write_text("old")
    broken = [*layers, LayerWeights("odd", "Odd", {"kernel": np.array(["no number"])})]
    with pytest.raises(TypeError):
        write_weights(broken, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_lines_for_the_terminal_are_aligned(layers: list[LayerWeights]) -> None:
    lines = describe_weights(layers)
    assert lines[1].startswith("digits/kernel  30 x 10        300  -")
    assert lines[2] == "digits/bias    10              10  0 to 0"


# ---------------------------------------------------------------- filters


def test_filters_of_a_convolution_are_its_kernels(layers: list[LayerWeights]) -> None:
    name, filters = find_filters(layers)
    assert (name, filters.shape) == ("conv", (5, 2, 3))
    assert np.array_equal(filters[4], layers[0].arrays["kernel"][:, :, 0, 4])


def test_filters_of_a_dense_layer_lie_as_the_pixels_do() -> None:
    kernel = np.zeros((784, 3), np.float32)
    kernel[28 * 5 + 9, 2] = 1  # row 5, column 9
    name, filters = find_filters(
        [LayerWeights("flatten", "Flatten", {}), LayerWeights("dense", "Dense", {"kernel": kernel})]
    )
    assert (name, filters.shape) == ("dense", (3, 28, 28))
    assert np.argwhere(filters).tolist() == [[2, 5, 9]]


@pytest.mark.parametrize("shape", [(30, 10), (5, 5, 3, 8), (4,)])
def test_a_first_layer_of_another_kind_has_no_filters(shape: tuple[int, ...]) -> None:
    assert find_filters([LayerWeights("odd", "Odd", {"kernel": np.zeros(shape, np.float32)})]) is None
    assert find_filters([]) is None


def test_picture_is_white_at_zero_red_above_and_blue_below(tmp_path: Path) -> None:
    filters = np.zeros((3, 5, 5), np.float32)
    filters[0, 0, 0], filters[1, 4, 4] = 2, -2
    draw_filters(filters, tmp_path / "filters.png")
    with Image.open(tmp_path / "filters.png") as picture:
        assert picture.size == (132, 132)  # two by two, 60 pixels each and 4 around them
        red, blue, white, gap = (picture.getpixel(place) for place in ((5, 5), (127, 63), (20, 20), (2, 2)))
    assert red == (178, 24, 43)
    assert blue == (33, 102, 172)
    assert white == (255, 255, 255)
    assert gap == (200, 200, 200)


# ---------------------------------------------------------------- as a user asks for it


def test_weights_of_the_shipped_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--weights", "--output", "w.npz"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert re.match(r"conv_1/kernel +5 x 5 x 1 x 48 +1,200  -", lines[0])
    assert lines[-2:] == ["Weights: w.npz", "What the 48 filters of conv_1 look for: w-filters.png"]
    with np.load("w.npz") as arrays, Image.open("w-filters.png") as picture:
        assert sum(array.size for array in arrays.values()) == 1_658_106
        assert arrays["digits/kernel"].shape == (256, 10)
        assert picture.size == (8 * 64 + 4, 6 * 64 + 4)


def test_weights_of_any_network_are_text_in_reports(
    tmp_path: Path, untrained_model: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--weights", "--model", str(untrained_model)]) == 0
    assert "Weights: reports/untrained-weights.txt\n" in capfd.readouterr().out
    arrays = read_text(Path("reports/untrained-weights.txt").read_text(encoding="utf-8"))
    assert [array.shape for array in arrays.values()] == [(784, 10), (10,)]
    assert Path("reports/untrained-weights-filters.png").stat().st_size > 1000


def test_layers_within_layers_keep_their_arrays_apart(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    from evaluation.weights import read_weights

    inner = keras.Sequential([keras.layers.Dense(4, name="a"), keras.layers.Dense(3, name="b")], name="inner")
    outer = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), inner])
    *_, nested = read_weights(outer)
    assert {name: array.shape for name, array in nested.arrays.items()} == {
        "a/kernel": (784, 4), "a/bias": (4,), "b/kernel": (4, 3), "b/bias": (3,),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--weights", "mnist.npz"], "--weights does something else than scoring: leave out the set mnist.npz, or run"),
        (["--weights", "--report", "out"], "leave out --report, or run the two one by one."),
        (["--weights", "--output", "model.h5"], "--output is model.h5; it must end in .txt or .npz."),
        (["--output", "a.txt", "mnist.npz"], "--output is for --weights; a report goes where --report says."),
        (["--weights", "--model", "no.h5"], "No model at no.h5; run python train_model.py"),
        (["--weights", "--compare", "a", "b"], "leave out --compare, or"),
    ],
)
def test_bad_input_is_a_sentence(
    argv: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())
