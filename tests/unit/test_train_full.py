"""The full recipe in small: UCI's digits and what is no digit besides MNIST, and what the card says of it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.card import Card, read_card
from model.dataset import split_validation
from model.network import apply_card, load_model
from model.recognizer import Recognizer
from preprocessing import Drawing
from tests.unit.test_train_model import draw_digits, load_weights, refusal
from train_model import main, parse_options, train_model
from training.batches import Batches
from training.loading import load_sources
from training.pictures import Material, make_pictures
from training.recipes import FULL, QUICK, REFINE, plan_made
from training.signs import DIGITS, form_sign, parse_signs
from training.trainer import (
    TrainingError,
    as_classify,
    build_trainer,
    compile_trainer,
    mean_of_weights,
    start_from,
)

SMALL = replace(FULL, filters=(8, 16), made=dict.fromkeys(FULL.made, 300), epoch_pictures=2000)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Made-up digits in the forms of MNIST, of UCI's pen strokes and of UCI's optical digits."""
    folder = tmp_path_factory.mktemp("sources")
    (x_train, y_train), (x_test, y_test) = draw_digits(600, seed=1), draw_digits(100, seed=2)
    np.savez(folder / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    generator = np.random.default_rng(0)
    with (folder / "pens.jsonl").open("w", encoding="utf-8") as file:
        for writer in range(1, 11):
            for label, sign in enumerate(parse_signs(DIGITS)):
                strokes = [stroke.round(2).tolist() for stroke in form_sign(sign, generator, 0.2)]
                line = {"label": label, "writer": writer, "width": 10, "height": 10, "strokes": strokes}
                file.write(json.dumps(line) + "\n")
    images = np.zeros((80, 32, 32), np.uint8)
    images[:, 2:30, 2:30] = np.where(draw_digits(80, seed=3)[0] > 127, 255, 0)
    np.savez(folder / "optical.npz", images=images, labels=np.arange(80) % 10)
    return [folder / "mnist.npz", folder / "pens.jsonl", folder / "optical.npz"]


def parse(sources, output, *more):
    data = [word for path in sources for word in ("--data", str(path))]
    return parse_options([*data, "--output", str(output), "--batch-size", "100", "--seed", "3", *more])


@pytest.fixture(scope="module")
def trained(sources, tmp_path_factory):
    output = tmp_path_factory.mktemp("full") / "small.h5"
    train_model(parse(sources, output, "--epochs", "4"), SMALL)
    return output


def test_the_network_has_one_output_and_the_card_what_is_no_digit(trained):
    import keras

    network = keras.models.load_model(trained)
    assert network.output_shape == (None, 10)
    values = json.loads(trained.with_suffix(".json").read_text(encoding="utf-8"))
    assert values["recipe"] == "full"
    assert [source["name"] for source in values["data"]] == ["mnist.npz", "pens.jsonl", "optical.npz"]
    assert set(values["validation"]) == {
        "accuracy of pen strokes",
        "accuracy of optical digits",
        "refused of no digits",
    }
    assert "1 % of them are refused" in values["reject"]["chosen_on"]
    card = read_card(trained)
    assert card.reject_weights.shape == (256,)
    assert 0 < card.threshold < 1


def test_accuracy_of_training_counts_digits_alone(sources):
    data, pens, bitmaps = load_sources(sources, SMALL)
    kept = split_validation(len(data.x_train), 50, seed=0)
    pictures, _ = make_pictures(Material(data.x_train, data.y_train, *kept, pens, bitmaps), SMALL.made, seed=0)
    images, targets, weights = Batches(pictures, SMALL, batch_size=100, seed=0).make(0, 0)
    _, trainer = build_trainer(SMALL, "float32")
    compile_trainer(trainer, SMALL, learning_rate=0.001, steps=10)
    figures = trainer.test_on_batch(images, targets, weights, return_dict=True)
    answers = as_classify(trainer)(images[..., 0])[0].argmax(axis=1)
    is_digit = targets[1][:, 0] == 1
    expected = (answers == targets[0].argmax(axis=1))[is_digit].mean()
    assert 0 < is_digit.mean() < 1
    assert float(figures["digits_accuracy"]) == pytest.approx(expected)


def test_curves_have_a_line_an_epoch(trained):
    header, *lines = (trained.parent / "figures" / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("epoch,")
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "val_accuracy of pen strokes"} <= set(header.split(","))
    assert [line.partition(",")[0] for line in lines] == ["1", "2", "3", "4"]


def test_it_tells_digits_from_scribbles_after_seconds(trained, drawn_digit):
    recognizer = Recognizer.load(trained)
    generator = np.random.default_rng(0)
    walks = [np.cumsum(generator.normal(0, 40, (60, 2)), axis=0) for _ in range(30)]
    scribbles = [Drawing(3000, 3000, (walk - walk.min(axis=0),)) for walk in walks]

    def mean_likeness(drawings):
        return np.mean([recognizer.recognize_drawing(drawing)[0].is_digit for drawing in drawings])

    assert mean_likeness(scribbles) < mean_likeness(map(drawn_digit, range(10))) - 0.05


def test_resume_ends_as_without_a_break(trained, sources, tmp_path, monkeypatch):
    import train_model as script

    output = tmp_path / "small.h5"
    options = parse(sources, output, "--epochs", "4")
    fit = script.fit

    def stop_after_two(trainer, batches, first, epochs, end_epoch):
        done = []

        def end(losses):
            end_epoch(losses)
            done.append(losses)
            if len(done) == 2:
                raise KeyboardInterrupt

        fit(trainer, batches, first, epochs, end)

    monkeypatch.setattr(script, "fit", stop_after_two)
    train_model(options, SMALL)
    assert json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))["interrupted"]
    monkeypatch.undo()
    options.resume = True
    train_model(options, SMALL)
    for resumed, unbroken in zip(load_weights(output), load_weights(trained), strict=True):
        np.testing.assert_array_equal(resumed, unbroken)
    assert read_card(output).threshold == read_card(trained).threshold


def test_quick_needs_mnist_alone(sources):
    data, pens, bitmaps = load_sources(sources[:1], QUICK)
    assert len(data.x_train) == 600
    assert pens is bitmaps is None


def test_sources_may_come_in_any_order(sources):
    data, pens, bitmaps = load_sources(sources[::-1], FULL)
    assert (len(data.x_train), len(pens.digits), len(bitmaps.labels)) == (600, 100, 80)


def test_a_kind_of_data_given_twice_is_refused(sources, tmp_path, capsys):
    copy = tmp_path / "again.npz"
    copy.write_bytes(Path(sources[0]).read_bytes())
    with pytest.raises(TrainingError, match="are both MNIST; give one of them"):
        load_sources([sources[0], copy], FULL)
    sentence = refusal(capsys, "--data", sources[0], "--data", copy, "--output", tmp_path / "x.h5")
    assert "both MNIST" in sentence


def test_what_cannot_be_downloaded_names_the_cure(sources, tmp_path, capsys, monkeypatch):
    nowhere = "http://127.0.0.1:9"  # no proxy listens there
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert main(["--data", str(sources[0]), "--output", str(tmp_path / "x.h5")]) == 2
    error = capsys.readouterr().err
    assert "archive.ics.uci.edu" in error
    assert "--data PATH" in error
    assert "--quick" in error


@pytest.mark.parametrize(
    ("writers", "problem"),
    [([1, 2], "no writer is kept apart"), ([3, 8], "no writer is left to train on")],
)
def test_pen_strokes_of_too_few_writers_are_refused(sources, tmp_path, capsys, writers, problem):
    lines = Path(sources[1]).read_text(encoding="utf-8").splitlines(keepends=True)
    few = tmp_path / "few.jsonl"
    few.write_text("".join(line for line in lines if json.loads(line)["writer"] in writers), encoding="utf-8")
    data = [word for path in (sources[0], few, sources[2]) for word in ("--data", path)]
    assert problem in refusal(capsys, *data, "--output", tmp_path / "x.h5")


# ---------------------------------------------------------------- going on from trained weights


def test_start_goes_on_from_the_weights_of_a_model_and_its_card(trained, sources, tmp_path):
    output = tmp_path / "further.h5"
    recipe = replace(SMALL, name="refine", epoch_pictures=200)
    # at such a rate weights hardly move; what batch normalization has seen goes on
    options = parse(sources, output, "--epochs", "1", "--learning-rate", "1e-9", "--start", str(trained))
    train_model(options, recipe)
    before, after = load_trained(trained), load_trained(output)
    assert len(before) == 10  # convolutions 1 to 6, two dense layers of the network, and is_digit's weights and bias
    for name, weights in before.items():
        np.testing.assert_allclose(after[name], weights, atol=1e-6)
    card = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert card["recipe"] == "refine"
    assert card["start"] == hashlib.sha256(trained.read_bytes()).hexdigest()
    assert json.loads(trained.with_suffix(".json").read_text(encoding="utf-8"))["start"] is None


@pytest.mark.parametrize(("epochs", "share"), [(1, 1 / 3), (3, 1 / 3), (8, 1 / 2), (16, 1), (40, 1)])
def test_a_longer_training_is_shown_more_pictures(epochs, share):
    assert plan_made(REFINE, epochs) == {kind: int(count * share) for kind, count in FULL.made.items()}
    assert plan_made(QUICK, epochs) == {}


def test_half_of_the_way_is_gone_from_where_a_training_started():
    begun, ended = [np.zeros(2), np.full((2, 2), 4.0)], [np.array([2.0, -2.0]), np.full((2, 2), 2.0)]
    mean = mean_of_weights(begun, ended)
    np.testing.assert_array_equal(mean[0], [1, -1])
    np.testing.assert_array_equal(mean[1], np.full((2, 2), 3.0))


def load_trained(path):
    """Kernels of a network by the names of its layers, and what tells digits from other signs."""
    network, card = load_model(path), read_card(path)
    kernels = {layer.name: layer.get_weights()[0] for layer in network.layers if hasattr(layer, "kernel")}
    return kernels | {"is_digit": card.reject_weights, "bias": card.reject_bias}


@pytest.fixture
def older(sources, tmp_path):
    """A network that was trained before there were blocks."""
    path = tmp_path / "older.h5"
    train_model(parse(sources, path, "--epochs", "1"), replace(SMALL, blocks=0, epoch_pictures=200))
    return path


def test_a_network_without_blocks_starts_as_the_same_one_with_them(older):
    network, trainer = build_trainer(SMALL, "float32")
    assert start_from(older, network, trainer) is None  # so no mean of weights is taken at the end
    images = np.random.default_rng(0).random((20, 28, 28), dtype=np.float32)
    probabilities, is_digit = as_classify(trainer)(images)
    card = read_card(older)
    expected = apply_card(load_model(older), Card(reject_weights=card.reject_weights, reject_bias=card.reject_bias))
    np.testing.assert_allclose(probabilities, expected(images)[0], atol=1e-6)
    np.testing.assert_allclose(is_digit, expected(images)[1], atol=1e-6)


def test_a_network_without_blocks_grows_by_training(older, sources, tmp_path):
    output = tmp_path / "grown.h5"
    options = parse(sources, output, "--epochs", "1", "--start", str(older))
    train_model(options, replace(SMALL, name="refine", epoch_pictures=200))
    network = load_model(output)
    assert network.get_layer("conv_6").kernel.shape == (3, 3, 16, 16)
    gamma = network.get_layer("norm_6").get_weights()[0]
    assert np.abs(gamma).min() > 0  # what began by adding nothing has learned to add


def test_start_refuses_what_is_no_such_network(trained, sources, untrained_model, tmp_path, capsys):
    output = ("--output", tmp_path / "x.h5")
    assert "There is no model nowhere.h5 to --start from" in refusal(capsys, "--start", "nowhere.h5", *output)
    assert "leave out --quick" in refusal(capsys, "--start", trained, "--quick", *output)
    data = [word for path in sources for word in ("--data", path)]
    assert "has other layers than the app's network" in refusal(capsys, *data, "--start", untrained_model, *output)
    alone = tmp_path / "alone.h5"
    alone.write_bytes(trained.read_bytes())  # without its card
    with pytest.raises(TrainingError, match="does not tell digits from other signs"):
        train_model(parse(sources, tmp_path / "x.h5", "--start", str(alone)), SMALL)
