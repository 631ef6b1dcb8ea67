"""The reader of rows: what it is shown, how it is trained, and what it says; in small."""

import hashlib
import json
import re

import numpy as np
import pytest

from ink.strips import HEIGHT, STEP, WIDEST, make_strip
from model.card import ModelError
from model.ctc import SIGNS
from model.row_reader import build_row_reader, load_model, load_row_reader
from tests.unit.test_train_full import sources  # noqa: F401, a fixture
from train_rows import main
from training.pictures import NO_DIGIT
from training.row_trainer import compile_reader, make_batch, make_batches, start_from, validate_reader
from training.rows import MOST_SIGNS, WIDTHS, Rows, draw_row, make_strips


def bar(label: int) -> tuple[np.ndarray, int]:
    """An upright stroke, 20 pixels high, as the picture of a sign."""
    image = np.zeros((28, 28), np.float32)
    image[4:24, 13:15] = 1
    return image, label


def pictures(count: int = 20) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    images = np.stack([np.rint(bar(0)[0] * 255)] * count).astype(np.uint8)
    return {
        "MNIST": (images, (np.arange(count) % 10).astype(np.uint8)),
        "no digits": (images, np.full(count, NO_DIGIT, np.uint8)),
    }


# ---------------------------------------------------------------- strips


@pytest.mark.parametrize(("height", "pen"), [(12, 2), (40, 4), (400, 30)])
def test_a_strip_is_as_high_as_an_image_at_any_size(height: int, pen: int) -> None:
    ink = np.zeros((2 * height, 5 * height), np.float32)
    for left in (height, 2 * height, 3 * height):
        ink[height // 2 : height // 2 + height, left : left + pen] = 1
    ink[height : height + pen, height : 3 * height] = 1
    strip = make_strip(ink)
    assert strip is not None
    assert strip.shape[0] == HEIGHT
    assert strip.dtype == np.float32
    assert 0 <= strip.min() <= strip.max() <= 1
    rows = np.flatnonzero(strip.max(axis=1) > 0.3)
    assert rows[0] in (1, 2)
    assert rows[-1] in (25, 26)
    assert strip.shape[1] == pytest.approx(2.1 * 24 + 4, abs=5)


def test_thin_strokes_do_not_fade() -> None:
    ink = np.zeros((500, 900), np.float32)
    ink[50:450, 100:103] = 1
    ink[50:450, 700:703] = 1
    strip = make_strip(ink)
    assert strip is not None
    assert strip.max(axis=0)[[3, -4]].min() > 0.8


def test_what_is_blank_or_very_wide_is_no_strip() -> None:
    assert make_strip(np.zeros((30, 40), np.float32)) is None
    line = np.zeros((40, 900), np.float32)
    line[18:22] = 1
    assert make_strip(line) is None


# ---------------------------------------------------------------- rows


def test_signs_stand_from_left_to_right_and_touch_mostly() -> None:
    generator = np.random.default_rng(0)
    labels = iter(range(10_000))
    lengths, widths = [], []
    for _ in range(60):
        first = next(labels)
        strip, text = draw_row(lambda _: bar(next(labels)), lambda _: bar(next(labels)), generator)
        assert text == list(range(text[0], text[0] + len(text)))
        assert text[0] > first
        assert strip.shape[0] == HEIGHT
        assert strip.max() > 0.5
        lengths.append(len(text))
        widths.append(strip.shape[1] / len(text))
    assert {1, 2, 3} <= set(lengths)
    assert max(lengths) <= MOST_SIGNS


def test_a_turned_row_is_whole(monkeypatch) -> None:
    monkeypatch.setattr("training.rows.COUNTS", {2: 1.0})
    for name in ("SLANTED", "RULED", "SIGN_SHARE", "SIGNS_ALONE"):
        monkeypatch.setattr(f"training.rows.{name}", 0)
    slopes = []
    for turned in (0, 1):
        monkeypatch.setattr("training.rows.TURNED", turned)
        monkeypatch.setattr("training.rows.TURN", 20 * turned)
        generator = np.random.default_rng(3)
        for _ in range(20):
            strip, text = draw_row(lambda _: bar(1), lambda _: bar(2), generator)
            assert text == [1, 1]
            rows, columns = np.nonzero(strip > 0.5)
            slopes.append([turned, abs(np.corrcoef(rows, columns)[0, 1])])
            assert strip[[0, 1, -2, -1]].max() == 0  # nothing is cut off
    means = [np.mean([slope for turn, slope in slopes if turn == turned]) for turned in (0, 1)]
    assert means[1] > means[0] + 0.1


def test_the_same_seed_makes_the_same_rows() -> None:
    first, again, other = (make_strips(pictures(), 40, seed) for seed in (1, 1, 2))
    assert first.keys() == again.keys()
    for width, rows in first.items():
        assert width in WIDTHS
        assert rows.strips.shape == (len(rows.lengths), HEIGHT, width)
        np.testing.assert_array_equal(rows.strips, again[width].strips)
        np.testing.assert_array_equal(rows.texts, again[width].texts)
    total = sum(len(rows.lengths) for rows in first.values())
    assert total == 40
    assert any(not np.array_equal(rows.texts, first[width].texts) for width, rows in other.items() if width in first)


def test_two_epochs_show_each_row_once() -> None:
    rows = make_strips(pictures(), 60, seed=1)
    batches = make_batches(rows, seed=1)
    seen = 0
    for batches.epoch in (0, 1):
        for index in range(len(batches)):
            strips, texts = batches[index]
            assert len(strips) == len(texts)
            assert texts.shape[1] == MOST_SIGNS + 1
            seen += len(strips)
    assert 0.7 * 60 <= seen <= 60  # batches are full: some rows are left over


@pytest.mark.parametrize("seed", range(8))
def test_the_first_two_batches_have_different_shapes(seed) -> None:
    # Keras takes what two batches have in common for the shape of all, and ends a training at the first other one
    count = 800
    rows = {
        width: Rows(*(np.zeros((count, *shape), np.uint8) for shape in ((HEIGHT, width), (MOST_SIGNS,), ())))
        for width in (32, 48)
    }
    batches = make_batches(rows, seed)
    for batches.epoch in (0, 1):
        first, second = (batches[index][0].shape for index in (0, 1))
        assert first[0] != second[0]
        assert first[2] != second[2]


def test_a_batch_holds_texts_from_one_on_and_their_lengths() -> None:
    [(width, rows), *_] = make_strips(pictures(), 40, seed=1).items()
    strips, texts = make_batch(rows, np.array([0, 1]), np.random.default_rng(0))
    assert strips.shape == (2, HEIGHT, width, 1)
    assert strips.dtype == np.float32
    assert texts.dtype == np.int32
    for i, line in enumerate(texts):
        length = int(line[-1])
        np.testing.assert_array_equal(line[:length] - 1, rows.texts[i][:length])


# ---------------------------------------------------------------- network


def test_the_reader_says_something_at_each_second_column(tmp_path) -> None:
    model = build_row_reader()
    assert model.count_params() == 1_354_796
    model.save(tmp_path / "rows.h5")
    read = load_row_reader(tmp_path / "rows.h5")
    generator = np.random.default_rng(0)
    strips = [generator.random((HEIGHT, width)).astype(np.float32) for width in (31, 90, 40, WIDEST)]
    answers = read(strips)
    assert [answer.shape for answer in answers] == [(16, SIGNS), (45, SIGNS), (20, SIGNS), (WIDEST // STEP, SIGNS)]
    for strip, answer in zip(strips, answers, strict=True):
        np.testing.assert_allclose(np.exp(answer).sum(axis=1), 1, atol=1e-4)
        [alone] = read([strip])
        np.testing.assert_allclose(alone, answer, atol=1e-3)
    assert read([]) == []


def test_a_damaged_reader_is_said_to_be_one(tmp_path) -> None:
    (tmp_path / "rows.h5").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"rows\.h5 is no Keras model .* train_rows\.py"):
        load_row_reader(tmp_path / "rows.h5")


def test_another_model_is_no_reader(tmp_path) -> None:
    import keras

    keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()]).save(tmp_path / "other.h5")
    with pytest.raises(ModelError, match=r"expected is .*train_rows\.py"):
        load_row_reader(tmp_path / "other.h5")


# ---------------------------------------------------------------- training


def give(sources):  # noqa: F811
    return [word for path in sources for word in ("--data", str(path))]


def test_a_training_writes_a_reader_and_its_card(sources, tmp_path, monkeypatch, capsys) -> None:  # noqa: F811
    small = {"varied MNIST": 100, "pen strokes": 100, "templates": 50, "optical digits": 50, "no digits": 100}
    monkeypatch.setattr("train_rows.MADE", small)
    monkeypatch.setattr("train_rows.VALIDATION_ROWS", 50)
    output = tmp_path / "rows.h5"
    assert main([*give(sources), "--rows", "200", "--epochs", "2", "--output", str(output)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("of the rows read right") == 2
    [steps] = load_row_reader(output)([np.zeros((HEIGHT, 40), np.float32)])
    assert steps.shape == (20, SIGNS)
    card = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert [source["name"] for source in card["data"]] == ["mnist.npz", "pens.jsonl", "optical.npz"]
    assert set(card["validation"]) == {"rows_right", "numbers_right"}
    assert card["start"] is None
    assert card["weights_checksum"]
    assert not list(tmp_path.glob("*.checkpoint"))


def test_a_training_goes_on_from_a_reader(sources, tmp_path, monkeypatch, capsys) -> None:  # noqa: F811
    small = {"varied MNIST": 100, "pen strokes": 100, "templates": 50, "optical digits": 50, "no digits": 100}
    monkeypatch.setattr("train_rows.MADE", small)
    monkeypatch.setattr("train_rows.VALIDATION_ROWS", 50)
    first, output = tmp_path / "first.h5", tmp_path / "rows.h5"
    build_row_reader().save(first)
    before = load_model(first).get_weights()

    # no step is far enough to forget where it began
    monkeypatch.setattr("train_rows.LEARNING_RATE", 1e-6)
    words = ["--start", str(first), "--rows", "200", "--epochs", "1", "--output", str(output)]
    assert main([*give(sources), *words]) == 0

    assert re.search(r"^Before: .*of the rows read right", capsys.readouterr().out, re.MULTILINE)
    kernels = [(a, b) for a, b in zip(before, load_model(output).get_weights(), strict=True) if a.ndim == 4]
    for begun, ended in kernels:
        assert not np.array_equal(begun, ended)
        np.testing.assert_allclose(ended, begun, atol=1e-4)
    card = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["start"] == hashlib.sha256(first.read_bytes()).hexdigest()
    assert card["learning_rate"] == 5e-7


def test_a_reader_without_the_newer_blocks_goes_on_as_it_is(tmp_path) -> None:
    import keras

    model = build_row_reader()
    generator = np.random.default_rng(0)
    model.set_weights([generator.uniform(0.1, 0.9, value.shape) for value in model.get_weights()])
    strip = tensor = keras.Input((HEIGHT, None, 1))
    for layer in model.layers[1:]:  # in the order in which they follow each other
        if int((re.findall(r"\d+$", layer.name) or "0")[0]) <= 6:
            tensor = layer(tensor)
    older = keras.Model(strip, tensor)
    older.save(tmp_path / "older.h5")
    assert older.count_params() == 692_268

    newer = build_row_reader()
    start_from(tmp_path / "older.h5", newer)

    strips = generator.random((3, HEIGHT, 64, 1)).astype(np.float32)
    np.testing.assert_allclose(newer.predict_on_batch(strips), older.predict_on_batch(strips), rtol=1e-4)
    # but a training moves what adds nothing yet
    compile_reader(newer, 0.01, 10)
    newer.fit(strips, np.array([[1, 2, 0, 0, 0, 0, 2]] * 3), epochs=2, verbose=0)
    for number in (7, 9, 11):
        gamma = newer.get_layer(f"norm_{number}").get_weights()[0]
        assert np.abs(gamma).max() > 0


def test_each_step_sees_two_digits_around_it() -> None:
    model = build_row_reader()
    for layer in model.layers:
        if layer.name.startswith("norm"):  # the blocks add something
            layer.set_weights([np.ones_like(layer.get_weights()[0]), *layer.get_weights()[1:]])
    strip = np.random.default_rng(0).random((1, HEIGHT, 160, 1)).astype(np.float32)
    changed = np.repeat(strip, 160, axis=0)
    changed[np.arange(160), :, np.arange(160)] += 5
    step = np.abs(model.predict_on_batch(changed)[:, 40] - model.predict_on_batch(strip)[:, 40]).max(axis=1)
    seen = np.flatnonzero(step > 1e-6)
    assert (seen[0], seen[-1]) == (48, 113)


def test_an_interrupted_training_goes_on_where_it_was(sources, tmp_path, monkeypatch, capsys) -> None:  # noqa: F811
    import keras

    small = {"varied MNIST": 100, "pen strokes": 100, "templates": 50, "optical digits": 50, "no digits": 100}
    monkeypatch.setattr("train_rows.MADE", small)
    monkeypatch.setattr("train_rows.VALIDATION_ROWS", 50)
    whole, output = tmp_path / "whole.h5", tmp_path / "rows.h5"
    words = [*give(sources), "--rows", "200", "--epochs", "3", "--output"]
    assert main([*words, str(whole)]) == 0
    capsys.readouterr()

    validated = []

    def interrupt_the_second(model, rows):
        validated.append(model)
        if len(validated) == 2:
            raise KeyboardInterrupt
        return validate_reader(model, rows)

    monkeypatch.setattr("train_rows.validate_reader", interrupt_the_second)
    assert main([*words, str(output)]) == 130
    assert "goes on after the last epoch" in capsys.readouterr().err
    assert not output.exists()
    assert main([*words, str(output)]) == 0
    assert capsys.readouterr().out.count("of the rows read right") == 2  # of the second epoch and the third
    # but for dropout, which begins anew, it is the training that was not interrupted
    keras.utils.set_random_seed(0)
    begun, wanted, found = (
        np.concatenate([kernel.ravel() for kernel in model.get_weights() if kernel.ndim == 4])
        for model in (build_row_reader(), load_model(whole), load_model(output))
    )
    assert np.linalg.norm(found - wanted) < 0.2 * np.linalg.norm(begun - wanted)


def test_a_training_cannot_start_from_another_network(sources, tmp_path, monkeypatch, capsys) -> None:  # noqa: F811
    import keras

    small = {"varied MNIST": 10, "pen strokes": 10, "templates": 10, "optical digits": 10, "no digits": 10}
    monkeypatch.setattr("train_rows.MADE", small)
    monkeypatch.setattr("train_rows.VALIDATION_ROWS", 5)
    strip = keras.Input((HEIGHT, None, 1))
    steps = keras.layers.Conv2D(SIGNS, (HEIGHT, 2), (1, STEP))(strip)
    keras.Model(strip, keras.layers.Reshape((-1, SIGNS))(steps)).save(tmp_path / "other.h5")
    (tmp_path / "damaged.h5").write_bytes(b"no model")
    for name, sentence in (("other.h5", "has other layers"), ("damaged.h5", "is no Keras model")):
        words = ["--start", str(tmp_path / name), "--rows", "10", "--output", str(tmp_path / "rows.h5")]
        assert main([*give(sources), *words]) == 2
        assert sentence in capsys.readouterr().err
    assert not (tmp_path / "rows.h5").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--epochs", "0"], "must be 1 or more"),
        (["--rows", "-5"], "must be 1 or more"),
        (["--start", "no-such-model.h5"], "no model no-such-model.h5"),
        (["--output", "rows.keras"], "ends in .h5"),
        (["--output", "no/such/folder/rows.h5"], "in a folder there is"),
        (["--data", "no-such-file.npz"], "no-such-file.npz"),
    ],
)
def test_what_cannot_be_is_said(words, sentence, capsys) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err
