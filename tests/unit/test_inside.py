"""The inside of a network: its layers, which pixels speak for a digit, and both as pictures."""

from __future__ import annotations

import base64
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from interface import texts
from interface.inside import color_signed, paint_evidence, render_inside, tile_maps
from model.inside import LayerOutput, open_layers, weigh_pixels
from model.network import NetworkProcess, load_network
from model.recognizer import Classify, Recognizer
from preprocessing import Drawing

ORANGE, BLUE, BLACK, GRAY = [12, 88, 234], [246, 130, 59], [0, 0, 0], [139, 116, 100]  # blue, green, red


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(5).random((28, 28), dtype=np.float32)


def build(*hidden: str) -> object:
    """A network with such layers between the image and ten digits, its weights random but always the same."""
    import keras
    from keras import layers

    kinds = {
        "conv": lambda: layers.Conv2D(3, 5, activation="relu"),
        "pool": layers.MaxPooling2D,
        "flat": layers.Flatten,
        "dense": lambda: layers.Dense(7, activation="relu"),
    }
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for kind in hidden:
        model.add(kinds[kind]())
    model.add(layers.Dense(10, activation="softmax"))
    return model


# ---------------------------------------------------------------- layers


def test_convolutions_show_their_maps(image: np.ndarray) -> None:
    model = build("conv", "pool", "conv", "flat", "dense")
    first, second = open_layers(model)(image)

    assert (first.values.shape, second.values.shape) == ((24, 24, 3), (8, 8, 3))
    kernel, bias = model.layers[0].get_weights()
    corner = max(0, float((image[:5, :5] * kernel[:, :, 0, 1]).sum() + bias[1]))
    assert first.values[0, 0, 1] == pytest.approx(corner, abs=1e-5)
    assert [first.name, second.name] == [model.layers[0].name, model.layers[2].name]


def test_one_convolution_is_one_layer(image: np.ndarray) -> None:
    [layer] = open_layers(build("conv", "flat"))(image)

    assert layer.values.shape == (24, 24, 3)


def test_without_convolutions_the_first_dense_layer_is_shown(image: np.ndarray) -> None:
    model = build("flat", "dense", "dense")
    [layer] = open_layers(model)(image)

    kernel, bias = model.layers[1].get_weights()
    assert layer.values == pytest.approx(np.maximum(image.reshape(-1) @ kernel + bias, 0), abs=1e-4)


def test_a_network_of_one_layer_has_no_inside(image: np.ndarray) -> None:
    assert open_layers(build("flat"))(image) == []


def test_the_process_shows_the_same_also_after_it_died(image: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "mlp.h5"
    build("flat", "dense").save(path)
    [expected] = load_network(path).look_inside(image)
    process = NetworkProcess(path)
    [before] = process.look_inside(image)
    os.kill(process.pid, signal.SIGKILL)
    [after] = process.look_inside(image)

    assert before.name == after.name == expected.name
    assert before.values == pytest.approx(expected.values, abs=1e-5)
    assert after.values == pytest.approx(expected.values, abs=1e-5)
    assert process(image[None])[0] == pytest.approx(load_network(path).classify(image[None])[0], abs=1e-5)


# ---------------------------------------------------------------- which pixels speak for it


def classify_by_two_spots(images: np.ndarray) -> np.ndarray:
    """A 3 where the upper spot is, less so where the lower one is; sure of it either way, as float32 can be."""
    odds = 20 + 4 * images[:, 8:12, 8:12].mean(axis=(1, 2)) - 3 * images[:, 20:24, 8:12].mean(axis=(1, 2))
    probabilities = np.zeros((len(images), 10), np.float32)
    probabilities[:, 3] = 1 / (1 + np.exp(-odds))
    probabilities[:, 8] = 1 / (1 + np.exp(odds))
    return probabilities


def test_pixels_that_a_digit_hangs_on_speak_for_it() -> None:
    image = np.zeros((28, 28), np.float32)
    image[8:12, 8:12] = image[20:24, 8:12] = image[8:12, 18:22] = 1

    evidence = weigh_pixels(classify_by_two_spots, image, 3)

    assert (evidence[8:12, 8:12] > 0.5).all()
    assert (evidence[20:24, 8:12] < -0.5).all()
    assert np.abs(evidence[8:12, 18:22]).max() < 1e-4
    assert (evidence[image == 0] == 0).all()
    assert weigh_pixels(classify_by_two_spots, image, 8)[9, 9] < -0.5


def test_only_patches_with_ink_are_read() -> None:
    image = np.zeros((28, 28), np.float32)
    image[13, 13] = 1
    read: list[int] = []

    def classify(images: np.ndarray) -> np.ndarray:
        read.append(len(images))
        return classify_by_two_spots(images)

    weigh_pixels(classify, image, 3)

    assert read == [1 + 4]  # as it is, and two by two patches on the pixel


def test_certainty_and_blank_paper_have_finite_evidence() -> None:
    blank = np.zeros((28, 28), np.float32)
    certain = np.eye(10, dtype=np.float32)[[3]]

    evidence = weigh_pixels(lambda images: certain.repeat(len(images), axis=0), blank + 0.5, 3)

    assert (evidence == 0).all()
    assert (weigh_pixels(lambda images: certain.repeat(len(images), axis=0), blank, 3) == 0).all()


def test_who_draws_is_answered_while_pixels_are_weighed(drawn_digit: Callable[[int], Drawing]) -> None:
    began, asked = threading.Event(), []

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(images))
        began.set()
        time.sleep(0.002)  # as a network does
        return np.eye(10, dtype=np.float32)[np.zeros(len(images), int)], np.ones(len(images), np.float32)

    recognizer = Recognizer(classify)
    [prediction] = recognizer.recognize_drawing(drawn_digit(8))
    recognizer.weigh_pixels(prediction)
    alone = len(asked) - 1  # batches
    assert max(asked) <= 16

    asked.clear()
    began.clear()
    weighing = threading.Thread(target=recognizer.weigh_pixels, args=(prediction,))
    weighing.start()
    began.wait()
    recognizer.recognize_drawing(drawn_digit(1))
    before_the_end = len(asked)
    weighing.join()

    assert before_the_end < alone + 1 == len(asked)


# ---------------------------------------------------------------- pictures


def test_maps_stand_in_rows_with_gray_between_them() -> None:
    values = np.zeros((14, 14, 13), np.float32)
    values[:, :, 1], values[:, :, 12] = 2, -2

    tiled = tile_maps(values)

    assert tiled.shape == (2 * 28 + 2, 12 * 28 + 11 * 2, 3)
    assert (tiled[:28, :28] == BLACK).all()
    assert (tiled[:28, 30:58] == ORANGE).all()
    assert (tiled[30:, :28] == BLUE).all()
    assert (tiled[28:30] == GRAY).all()
    assert (tiled[30:, 28:] == GRAY).all()


def test_maps_of_nothing_are_black() -> None:
    assert tile_maps(np.zeros((28, 28, 1), np.float32)).max() == 0


def test_colors_say_the_sign() -> None:
    colors = color_signed(np.array([1, -1, 0, 5, 0.5]))

    assert colors.tolist() == [ORANGE, BLUE, BLACK, ORANGE, [6, 44, 117]]


def test_ink_is_colored_by_what_it_speaks_for() -> None:
    image, evidence = np.zeros((28, 28), np.float32), np.zeros((28, 28), np.float32)
    image[3, 4:7] = 1
    evidence[3, 4:6] = 2, -2

    picture = paint_evidence(image, evidence)

    assert picture.shape == (224, 224, 3)
    assert [picture[28, 8 * column + 4].tolist() for column in (3, 4, 5, 6)] == [BLACK, ORANGE, BLUE, [170] * 3]


def test_hardly_any_evidence_colors_nothing() -> None:
    image = np.ones((28, 28), np.float32)

    assert np.ptp(paint_evidence(image, np.full((28, 28), 1e-4, np.float32)), axis=2).max() < 2


def read_pictures(html: str) -> list[np.ndarray]:
    codes = re.findall(r'<img src="data:image/(?:png|jpeg);base64,([^"]*)"', html)
    return [cv2.imdecode(np.frombuffer(base64.b64decode(code), np.uint8), cv2.IMREAD_UNCHANGED) for code in codes]


def render(classify: Classify, drawing: Drawing, *layers: LayerOutput) -> str:
    recognizer = Recognizer(classify, look_inside=lambda image: list(layers))
    [prediction] = recognizer.recognize_drawing(drawing)
    return render_inside(recognizer, prediction)


def test_a_sign_has_its_evidence_and_a_picture_a_convolution(
    nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]
) -> None:
    maps = np.ones((14, 14, 1), np.float32) * np.array([-2, -1, 0, 1, 2], np.float32)
    html = render(nearest_classify, drawn_digit(8), LayerOutput("<conv>", maps))

    assert texts.EVIDENCE.format(digit="an 8") in html
    assert "&lt;conv&gt;: 5 maps of 14 × 14" in html
    evidence, tiled = read_pictures(html)
    assert evidence.shape == (224, 224, 3)
    assert np.ptp(evidence, axis=2).max() > 100  # some pixels are colored
    assert tiled.shape == tile_maps(maps).shape
    assert np.abs(tiled.astype(int) - tile_maps(maps)).mean() < 5  # a JPEG


def test_the_strongest_units_are_named(nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]) -> None:
    values = np.zeros(20, np.float32)
    values[[3, 11]] = 2, -4
    html = render(nearest_classify, drawn_digit(1), LayerOutput("dense", values))

    units = re.findall(
        r"<li class=\"(\w+)\"><span>(.*?)</span><i style=\"--share: (.*?)\"></i><span>(.*?)</span>", html
    )
    assert len(units) == 8
    assert units[:2] == [("against", "Unit 12", "1.000", "-4.00"), ("for", "Unit 4", "0.500", "2.00")]
    assert "1 of 20 are above 0" in html


def test_a_network_without_layers_says_so(nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]) -> None:
    assert texts.NO_LAYERS in render(nearest_classify, drawn_digit(1))
