"""The live app through Gradio's client: drawings and photos in, JSON or a sentence out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from strokes import OTHER_SIGNS, to_drawing
from written_numbers import number_drawing

from interface.examples import CANVAS, EXAMPLE_PHOTOS, FOLDER, STROKES, Paper, digit_drawing, photograph

Call = Callable[[Any], dict[str, Any]]

WHITE = Paper(paper=(255, 255, 255), pen=(20, 20, 20), pen_width=14, shadow=0.0, noise=0.0)
BLACK = Paper(paper=(0, 0, 0), pen=(240, 240, 240), pen_width=14, shadow=0.0, noise=0.0)


def take_photo(digit: int, paper: Paper = WHITE) -> np.ndarray:
    """(640, 480, 3) uint8"""
    return photograph(digit_drawing(digit), paper, np.random.default_rng(digit))


# ---------------------------------------------------------------- drawings


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_is_read(recognize_drawing: Call, digit: int) -> None:
    answer = recognize_drawing(digit_drawing(digit))

    assert answer["text"] == str(digit)
    [prediction] = answer["predictions"]
    assert list(prediction) == ["digit", "runner_up", "probability", "probabilities", "is_digit", "row", "box"]
    assert (prediction["digit"], prediction["runner_up"]) == (digit, None)
    assert len(prediction["probabilities"]) == 10
    assert sum(prediction["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert prediction["probability"] == max(prediction["probabilities"]) == prediction["probabilities"][digit]
    assert 0.5 < prediction["is_digit"] <= 1


def test_box_is_on_the_canvas_and_around_the_strokes(recognize_drawing: Call) -> None:
    points = np.concatenate([np.array(stroke) for stroke in STROKES[4]])
    top, left, height, width = recognize_drawing(digit_drawing(4))["predictions"][0]["box"]

    assert 0 <= top < points[:, 1].min() < points[:, 1].max() < top + height <= CANVAS
    assert 0 <= left < points[:, 0].min() < points[:, 0].max() < left + width <= CANVAS


def test_box_is_in_the_unit_of_the_canvas(recognize_drawing: Call) -> None:
    small, large = (recognize_drawing(digit_drawing(3, scale))["predictions"][0] for scale in (0.01, 50))

    assert np.array(large["box"]) / 5000 == pytest.approx(np.array(small["box"]), abs=0.02)
    assert large["digit"] == small["digit"] == 3


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param([], id="no strokes"),
        pytest.param([[], []], id="empty strokes"),
        pytest.param([[[-50, -50], [-10, 300]], [[500, 20], [600, 20]]], id="off the canvas"),
    ],
)
def test_blank_canvas_is_an_answer(recognize_drawing: Call, strokes: list) -> None:
    assert recognize_drawing({"width": 400, "height": 400, "strokes": strokes}) == {"text": "", "predictions": []}


def test_dot_is_not_a_digit(recognize_drawing: Call) -> None:
    answer = recognize_drawing({"width": 400, "height": 400, "strokes": [[[200, 200]]]})

    assert answer["text"] == "?"
    assert answer["predictions"][0]["digit"] is None
    assert answer["predictions"][0]["is_digit"] == 0


@pytest.mark.parametrize("name", ["A", "smiley"])
def test_what_is_not_a_digit_has_none_and_probabilities_all_the_same(recognize_drawing: Call, name: str) -> None:
    answer = recognize_drawing(to_drawing(OTHER_SIGNS[name]))

    assert answer["text"] == "?"
    [prediction] = answer["predictions"]
    assert (prediction["digit"], prediction["runner_up"]) == (None, None)
    assert 0 <= prediction["is_digit"] < 1
    assert sum(prediction["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_what_leaves_the_canvas_is_cut_off(recognize_drawing: Call) -> None:
    drawing = digit_drawing(1)
    drawing["strokes"][0] += [[200, 350], [200, 5000]]

    [prediction] = recognize_drawing(drawing)["predictions"]

    assert prediction["digit"] == 1
    top, _, height, _ = prediction["box"]
    assert top + height == pytest.approx(CANVAS, abs=CANVAS / 8)  # half a pen may stand over


SQUARE = {"width": 400, "height": 400}
NOT_A_DRAWING = 'A drawing is an object {"width": …, "height": …, "strokes": [[[x, y], …], …]}.'
NOT_A_SIDE = 'The drawing\'s "{}" must be a number above 0 and up to 1,000,000.'


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        (None, NOT_A_DRAWING),
        (7, NOT_A_DRAWING),
        ("7", NOT_A_DRAWING),
        ([[[1, 2]]], NOT_A_DRAWING),
        ({}, NOT_A_SIDE.format("width")),
        ({"width": 400, "strokes": []}, NOT_A_SIDE.format("height")),
        ({"width": 0, "height": 400, "strokes": []}, NOT_A_SIDE.format("width")),
        ({"width": "400", "height": 400, "strokes": []}, NOT_A_SIDE.format("width")),
        ({"width": 400, "height": 2e6, "strokes": []}, NOT_A_SIDE.format("height")),
        (SQUARE, 'The drawing has no list of "strokes"; an empty canvas is "strokes": [].'),
        (
            {**SQUARE, "strokes": [[[1, 2]], 5]},
            "Stroke 2 of the drawing is no list; expected is a list of points [x, y].",
        ),
        (
            {**SQUARE, "strokes": [[[1, 2], [3]]]},
            "Stroke 1 of the drawing has points of unequal length; expected is a list of points [x, y].",
        ),
        (
            {**SQUARE, "strokes": [[["1", "2"]]]},
            "Stroke 1 of the drawing holds something other than numbers; expected is a list of points [x, y].",
        ),
        (
            {**SQUARE, "strokes": [[[1, 2e6]]]},
            "Stroke 1 of the drawing has a coordinate that is no number or beyond 1,000,000.",
        ),
        (
            {**SQUARE, "strokes": [[[1, 2]] * 10_001]},
            "The drawing has 10,001 points; at most 10,000 are read.",
        ),
        (
            {**SQUARE, "strokes": [[[1, 2]]] * 101},
            "The drawing has 101 strokes; at most 100 are read.",
        ),
    ],
)
def test_malformed_drawing_is_explained_and_the_next_is_read(
    recognize_drawing: Call, drawing: Any, sentence: str
) -> None:
    with pytest.raises(AppError) as error:
        recognize_drawing(drawing)

    assert str(error.value) == sentence
    assert recognize_drawing(digit_drawing(2))["text"] == "2"


def test_forty_at_once_get_their_own_answers(client: Client) -> None:
    def read(number: int) -> str:
        return client.predict(digit_drawing(number % 10), api_name="/recognize_drawing")["text"]

    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(read, range(80)))

    assert answers == [str(number % 10) for number in range(80)]


# ---------------------------------------------------------------- photos


@pytest.mark.parametrize(("name", "digit"), [(name, digit) for name, (digit, _) in EXAMPLE_PHOTOS.items()])
def test_example_photos_are_read(recognize_photo: Call, name: str, digit: int) -> None:
    answer = recognize_photo(FOLDER / f"{name}.jpg")

    assert answer["text"] == str(digit)
    top, left, height, width = answer["predictions"][0]["box"]
    assert 0 <= top < top + height <= 640  # the photo's own pixels
    assert 0 <= left < left + width <= 480


def save_transparent_png(path: Path) -> None:
    """Nothing but the pen, as a drawing program exports it."""
    pen = 255 - take_photo(3)[..., :1]
    Image.fromarray(np.concatenate([np.zeros_like(pen).repeat(3, axis=2), pen], axis=2)).save(path, "PNG")


def save_16_bit_png(path: Path) -> None:
    """As a scanner saves it: 0 ... 65535."""
    Image.fromarray(take_photo(3)[..., 0].astype(np.uint16) * 257).save(path, "PNG")


def save_turned_jpeg(path: Path) -> None:
    """As a phone saves it when held upright: lying pixels, and a note to turn them."""
    lying = Image.fromarray(take_photo(3)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned clockwise
    lying.save(path, "JPEG", exif=exif)


def save_palette_gif(path: Path) -> None:
    Image.fromarray(take_photo(3)).quantize(8).save(path, "GIF")


def save_white_on_black_bmp(path: Path) -> None:
    Image.fromarray(take_photo(3, BLACK)).convert("L").save(path, "BMP")


def save_large_webp(path: Path) -> None:
    Image.fromarray(take_photo(3)).resize((1920, 2560)).save(path, "WEBP")


@pytest.mark.parametrize(
    "save",
    [
        save_transparent_png,
        save_16_bit_png,
        save_turned_jpeg,
        save_palette_gif,
        save_white_on_black_bmp,
        save_large_webp,
    ],
)
def test_pictures_of_many_kinds_are_read(recognize_photo: Call, tmp_path: Path, save: Callable[[Path], None]) -> None:
    path = tmp_path / save.__name__.removeprefix("save_").replace("_", ".")
    save(path)

    answer = recognize_photo(path)

    assert answer["text"] == "3"
    _, _, height, width = answer["predictions"][0]["box"]
    assert height > width  # upright


def test_blank_photo_is_an_answer(recognize_photo: Call, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")

    assert recognize_photo(tmp_path / "blank.png") == {"text": "", "predictions": []}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"seven",
            "photo.png is not a picture that can be read. Use JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF.",
        ),
        (b"", "photo.png is empty. Save or send it again."),
        ((FOLDER / "chalk.jpg").read_bytes()[:9000], "photo.png is damaged or cut off. Save or send it again."),
    ],
    ids=["text", "empty", "cut off"],
)
def test_unreadable_photo_is_explained_and_the_next_is_read(
    recognize_photo: Call, tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / "photo.png").write_bytes(content)

    with pytest.raises(AppError) as error:
        recognize_photo(tmp_path / "photo.png")

    assert str(error.value) == sentence
    assert recognize_photo(FOLDER / "chalk.jpg")["text"] == "8"


def test_missing_photo_is_explained(recognize_photo: Call) -> None:
    with pytest.raises(AppError, match="There is no photo in the request; upload one first"):
        recognize_photo(None)


def test_numbers_are_read_row_by_row(recognize_drawing: Call) -> None:
    drawing = number_drawing(["204", "17"])
    answer = recognize_drawing(
        {
            "width": drawing.width,
            "height": drawing.height,
            "strokes": [stroke.tolist() for stroke in drawing.strokes],
        }
    )
    assert answer["text"] == "204\n17"
    assert [prediction["digit"] for prediction in answer["predictions"]] == [2, 0, 4, 1, 7]
    assert [prediction["row"] for prediction in answer["predictions"]] == [0, 0, 0, 1, 1]
    tops = [prediction["box"][0] for prediction in answer["predictions"]]
    assert max(tops[:3]) < min(tops[3:])
