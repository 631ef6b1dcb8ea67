"""The recognizer: batches, order, threads and words with classifiers of our own; loading Keras models."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from strokes import digit_picture

from model.card import Card
from model.recognizer import BATCH_SIZES, Classify, ModelError, Prediction, Recognizer, to_answer, to_text
from preprocessing import Box, Drawing, Glyph, Ink, drawing_to_glyphs, drawing_to_ink, ink_to_page

BLANK = np.zeros((30, 40), np.float32)
BLOCK = np.ones((30, 30), np.float32)


def digit_ink(digit: int) -> Ink:
    return digit_picture(digit, 120, 8, ink=(255, 255, 255), paper=(0, 0, 0))[..., 0].astype(np.float32) / 255


def digits(pages: list[list[Prediction]]) -> list[str]:
    return [to_text(page) for page in pages]


# ---------------------------------------------------------------- reading


def test_each_digit_is_read(recognizer: Recognizer, drawn_digit: Callable[[int], Drawing]) -> None:
    for digit in range(10):
        for predictions in (
            recognizer.recognize(digit_ink(digit)),
            recognizer.recognize(drawing_to_ink(drawn_digit(digit))),
            recognizer.recognize_drawing(drawn_digit(digit)),
        ):
            (prediction,) = predictions
            assert prediction.digit == digit
            assert prediction.probabilities.shape == (10,)
            assert prediction.probabilities.sum() == pytest.approx(1)
            assert prediction.is_digit == prediction.probability == prediction.probabilities[digit]
            assert prediction.runner_up is None


def test_prediction_keeps_the_box_and_the_image(recognizer: Recognizer, drawn_digit: Callable[[int], Drawing]) -> None:
    (glyph,) = drawing_to_glyphs(drawn_digit(3))
    (prediction,) = recognizer.recognize_drawing(drawn_digit(3))
    for edge in ("top", "left", "height", "width"):
        assert getattr(prediction.box, edge) == pytest.approx(getattr(glyph.box, edge))
    np.testing.assert_array_equal(prediction.glyph.image, glyph.image)


def read_many(recognizer: Recognizer, inks: Sequence[Ink]) -> list[list[Prediction]]:
    return recognizer.recognize_pages([ink_to_page(ink) for ink in inks])


def test_order_is_kept_with_blank_pages_and_blocks_in_between(recognizer: Recognizer) -> None:
    pages = read_many(recognizer, [digit_ink(4), BLANK, digit_ink(7), digit_ink(1), BLOCK, BLANK])
    assert digits(pages) == ["4", "", "7", "1", "?", ""]


def test_nothing_is_classified_where_nothing_is_written() -> None:
    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError("called for a blank page")

    recognizer = Recognizer(classify)
    assert recognizer.recognize(BLANK) == []
    assert read_many(recognizer, []) == []
    assert read_many(recognizer, [BLANK, BLANK]) == [[], []]


def answer_always(probabilities: dict[int, float], is_digit: float = 1.0) -> Classify:
    """A classifier that says the same of every image; digits not named have probability 0."""
    answer = np.array([probabilities.get(digit, 0) for digit in range(10)], np.float32)
    return lambda images: (np.tile(answer, (len(images), 1)), np.full(len(images), is_digit, np.float32))


def test_solid_glyph_is_no_digit_however_sure_the_network() -> None:
    (prediction,) = Recognizer(answer_always({8: 1})).recognize(BLOCK)
    assert prediction.digit is None
    assert prediction.runner_up is None
    assert prediction.is_digit == 0
    assert prediction.probability == 1


@pytest.mark.parametrize(("is_digit", "digit"), [(0.0, None), (0.59, None), (0.61, 4), (1.0, 4)])
def test_below_the_threshold_it_is_no_digit_and_the_probabilities_stay(is_digit: float, digit: int | None) -> None:
    recognizer = Recognizer(answer_always({4: 0.9, 9: 0.1}, is_digit), Card(threshold=0.6, unsure_ratio=0.01))
    (prediction,) = recognizer.recognize(digit_ink(4))
    assert prediction.digit == digit
    assert prediction.runner_up == (None if digit is None else 9)  # no second without a first
    assert prediction.is_digit == pytest.approx(is_digit)
    assert prediction.probability == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("probabilities", "digit", "runner_up"),
    [
        ({9: 0.9, 4: 0.1}, 9, None),
        ({9: 0.7, 4: 0.3}, 9, 4),
        ({4: 0.5, 9: 0.5}, 4, 9),  # of equals the smaller, as argmax has it
        ({4: 0.6, 9: 0.2, 1: 0.2}, 4, 1),
        ({0: 1.0}, 0, None),
    ],
)
def test_two_digits_are_named_where_they_are_close(
    probabilities: dict[int, float], digit: int, runner_up: int | None
) -> None:
    (prediction,) = Recognizer(answer_always(probabilities), Card(unsure_ratio=0.25)).recognize(digit_ink(4))
    assert (prediction.digit, prediction.runner_up) == (digit, runner_up)


def test_without_a_card_every_sign_with_strokes_is_a_digit_and_sure() -> None:
    (prediction,) = Recognizer(answer_always({4: 0.5, 9: 0.5}, is_digit=0)).recognize(digit_ink(4))
    assert (prediction.digit, prediction.runner_up) == (4, None)


@pytest.mark.parametrize(
    ("count", "batches"),
    [
        (1, [1]),
        (2, [2]),
        (3, [3]),
        (5, [5]),
        (7, [8]),
        (8, [8]),
        (9, [10]),
        (17, [20]),
        (33, [32, 1]),
        (64, [32, 32]),
        (121, [32, 32, 32, 32]),
    ],
)
def test_batches_are_filled_up_to_few_sizes(count: int, batches: list[int], nearest_classify: Classify) -> None:
    seen = []

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert images.dtype == np.float32
        assert images.shape[1:] == (28, 28)
        seen.append(len(images))
        return nearest_classify(images)

    written = [index % 10 for index in range(count)]
    inks = [digit_ink(digit) for digit in range(10)]
    pages = read_many(Recognizer(classify), [inks[digit] for digit in written])
    assert digits(pages) == [str(digit) for digit in written]
    assert seen == batches
    assert set(seen) <= set(BATCH_SIZES)


def test_threads_wait_for_each_other_and_get_their_own_answers(nearest_classify: Classify) -> None:
    inside = threading.Semaphore(1)
    overlaps = []

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not inside.acquire(blocking=False):
            overlaps.append(threading.current_thread().name)
            return nearest_classify(images)
        time.sleep(0.001)  # long enough that another thread would come in
        answer = nearest_classify(images)
        inside.release()
        return answer

    recognizer = Recognizer(classify)
    inks = [digit_ink(digit) for digit in range(10)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: to_text(recognizer.recognize(inks[n % 10])), range(200)))
    assert overlaps == []
    assert answers == [str(n % 10) for n in range(200)]


# ---------------------------------------------------------------- words and JSON


BLANK_GLYPH = Glyph(Box(0, 0, 1, 1), *[np.zeros((28, 28), np.float32)] * 3, is_solid=False)


def prediction(
    digit: int | None, probabilities: np.ndarray, is_digit: float = 0.5, runner_up: int | None = None
) -> Prediction:
    box = Box(1.23456, 2, 30.5, np.float32(4))
    return Prediction(digit, probabilities, is_digit, box, BLANK_GLYPH, runner_up)


def test_json_has_plain_rounded_numbers() -> None:
    probabilities = np.full(10, 0.01234567, np.float32)
    probabilities[7] = 0.8888888
    written = json.dumps(prediction(7, probabilities, 0.98765432).to_json())
    assert json.loads(written) == {
        "digit": 7,
        "runner_up": None,
        "probability": 0.888889,
        "probabilities": [0.012346] * 7 + [0.888889] + [0.012346] * 2,
        "is_digit": 0.987654,
        "row": 0,
        "box": [1.23, 2.0, 30.5, 4.0],
    }
    assert prediction(None, probabilities).to_json()["digit"] is None
    assert prediction(4, probabilities, runner_up=9).to_json()["runner_up"] == 9


def test_answer_is_text_and_predictions() -> None:
    assert to_answer([]) == {"text": "", "predictions": []}
    eight = prediction(8, np.full(10, 0.1, np.float32))
    assert to_answer([eight, eight]) == {"text": "88", "predictions": [eight.to_json()] * 2}


def test_text_of_predictions() -> None:
    even = np.full(10, 0.1, np.float32)
    assert to_text([]) == ""
    assert to_text([prediction(0, even)]) == "0"
    three = [prediction(2, even), prediction(None, even), prediction(4, even)]
    assert to_text(three) == "2?4"
    assert to_text([*three, replace(prediction(5, even), row=1)]) == "2?4\n5"


@pytest.mark.parametrize(
    ("lefts", "text"),
    [
        ([0, 25, 50, 160, 185], "000 00"),  # digits 20 wide and 30 high
        ([0, 25, 50, 95, 120], "00000"),  # not far enough for two numbers
        ([0, 80, 160, 240], "0000"),  # all far apart
        ([0, 100], "00"),
        ([0, 25, 150, 175, 300], "00 00 0"),
    ],
)
def test_numbers_of_a_row_are_apart_where_the_gap_is_far_wider_than_usual(lefts: list[int], text: str) -> None:
    even = np.full(10, 0.1, np.float32)
    row = [replace(prediction(0, even), box=Box(0, left, 30, 20)) for left in lefts]
    assert to_text(row) == text
    assert to_text([*row, *(replace(sign, row=1) for sign in row)]) == f"{text}\n{text}"


# ---------------------------------------------------------------- Keras models


def test_model_reads_the_same_from_many_threads_as_from_one(untrained_model: Path) -> None:
    serial = Recognizer.load(untrained_model)
    inks = [digit_ink(digit) for digit in range(10)]
    expected = [serial.recognize(ink)[0].probabilities for ink in inks]
    recognizer = Recognizer.load(untrained_model)  # not yet built for any batch but one
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: recognizer.recognize(inks[n % 10])[0].probabilities, range(160)))
    for n, answer in enumerate(answers):
        np.testing.assert_allclose(answer, expected[n % 10], atol=1e-6)
    many = read_many(recognizer, inks)  # a batch of 16
    np.testing.assert_allclose([page[0].probabilities for page in many], expected, atol=1e-6)


def test_model_loads_in_the_background(untrained_model: Path) -> None:
    recognizer, loading = Recognizer.load_in_background(untrained_model)
    expected = Recognizer.load(untrained_model).recognize(digit_ink(5))
    np.testing.assert_allclose(
        recognizer.recognize(digit_ink(5))[0].probabilities, expected[0].probabilities, atol=1e-6
    )
    assert loading.exception() is None


@pytest.mark.parametrize("load", [Recognizer.load, Recognizer.load_in_background])
def test_missing_model_is_said_at_once(load: Callable[[Path], object], tmp_path: Path) -> None:
    for path in (tmp_path / "none.h5", tmp_path):
        with pytest.raises(ModelError) as caught:
            load(path)
        assert str(caught.value) == f"No model at {path}; run python train_model.py"


def test_damaged_models_are_refused(untrained_model: Path, tmp_path: Path) -> None:
    whole = untrained_model.read_bytes()
    contents = [b"", b"a shopping list\n", whole[:2000], whole[: len(whole) // 2], b"PK\x03\x04" + bytes(100)]
    for number, content in enumerate(contents):
        for suffix in (".h5", ".keras"):
            path = tmp_path / f"{number}{suffix}"
            path.write_bytes(content)
            with pytest.raises(ModelError, match="is no Keras model that can be loaded; run python train_model.py"):
                Recognizer.load(path)


def test_damaged_model_is_said_when_the_background_gets_there(tmp_path: Path) -> None:
    path = tmp_path / "list.h5"
    path.write_text("a shopping list\n")
    recognizer, loading = Recognizer.load_in_background(path)
    for _ in range(2):
        with pytest.raises(ModelError, match=r"list\.h5 is no Keras model"):
            recognizer.recognize(digit_ink(1))
    assert isinstance(loading.exception(), ModelError)


@pytest.mark.parametrize("load", [Recognizer.load, Recognizer.load_in_background])
def test_card_beside_the_model_is_read(load: Callable[[Path], object], untrained_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "mnist.h5"
    path.write_bytes(untrained_model.read_bytes())
    reject = {"weights": [0.0] * 784, "bias": 0.0, "threshold": 0.51}  # half a digit, whatever it is
    path.with_suffix(".json").write_text(json.dumps({"temperature": 2, "reject": reject}))
    loaded = load(path)
    recognizer = loaded[0] if isinstance(loaded, tuple) else loaded
    (prediction,) = recognizer.recognize(digit_ink(5))
    (without,) = Recognizer.load(untrained_model).recognize(digit_ink(5))
    assert prediction.digit is None
    assert prediction.is_digit == pytest.approx(0.5)
    assert without.digit is not None
    assert without.is_digit == without.probability > prediction.probability > 0.1


@pytest.mark.parametrize("load", [Recognizer.load, Recognizer.load_in_background])
def test_card_that_cannot_be_used_is_said_at_once(
    load: Callable[[Path], object], untrained_model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mnist.h5"
    path.write_bytes(untrained_model.read_bytes())
    path.with_suffix(".json").write_text('{"temperature": "warm"}')
    with pytest.raises(ModelError, match=r'mnist\.json, the model\'s card: "temperature" must be a number'):
        load(path)


@pytest.mark.parametrize(
    ("input_shape", "classes", "sentence"),
    [
        ((14, 14, 1), 10, r"maps \(None, 14, 14, 1\) to \(None, 10\); expected is \(None, 28, 28, 1\) to"),
        ((28, 28, 1), 26, r"maps \(None, 28, 28, 1\) to \(None, 26\); expected is \(None, 28, 28, 1\) to"),
        ((28, 28, 3), 10, r"maps \(None, 28, 28, 3\) to"),
    ],
)
def test_model_of_another_kind_is_refused(
    input_shape: tuple[int, ...], classes: int, sentence: str, tmp_path: Path
) -> None:
    import keras

    layers = [keras.Input(input_shape), keras.layers.Flatten(), keras.layers.Dense(classes)]
    keras.Sequential(layers).save(tmp_path / "other.h5")
    with pytest.raises(ModelError, match=sentence):
        Recognizer.load(tmp_path / "other.h5")
