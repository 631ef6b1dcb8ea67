"""Many photos at once: one file's answer, and the table as CSV."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from written_numbers import number_photo

from interface.languages import ENGLISH
from interface.many import THUMBNAIL_SIDE, read_file, rows_to_csv, with_semicolons
from model.recognizer import Recognizer
from model.table import Row, read_csv
from preprocessing import PROBLEMS
from serving.photos import PhotoReader


@pytest.fixture(scope="module")
def photos() -> PhotoReader:
    return PhotoReader(1)


def to_png(rgb: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgb).save(stream, "PNG")
    return stream.getvalue()


def test_a_file_becomes_text_confidence_and_a_small_picture_with_boxes(
    recognizer: Recognizer, photos: PhotoReader
) -> None:
    answer = read_file(recognizer, photos, "page 1.png", to_png(number_photo(["204", "17"])))

    assert answer["text"] == "204\n17"
    lowest = min(prediction["probability"] for prediction in answer["predictions"])
    assert answer["lowest_confidence"] == pytest.approx(lowest, abs=1e-6)  # which is rounded
    assert answer["percent"] == ENGLISH.format_percent(answer["lowest_confidence"])
    assert answer["note"] == ""
    jpeg = np.frombuffer(base64.b64decode(answer["picture"].removeprefix("data:image/jpeg;base64,")), np.uint8)
    picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR).astype(int)
    assert max(picture.shape) == THUMBNAIL_SIDE
    assert (picture[..., 2] - picture[..., 0] > 100).any()  # the orange boxes; the photo is gray


def test_a_file_without_writing_says_so(recognizer: Recognizer, photos: PhotoReader) -> None:
    answer = read_file(recognizer, photos, "blank.png", to_png(np.full((300, 200, 3), 240, np.uint8)))

    assert (answer["text"], answer["lowest_confidence"], answer["percent"]) == ("", None, None)
    assert answer["note"] == PROBLEMS["blank"]
    assert answer["picture"].startswith("data:image/jpeg")


@pytest.mark.parametrize("name", ["notes.png", "", "..", "../../etc/notes.png", "a\0b.png", "n" * 300 + ".png"])
def test_what_is_no_picture_is_a_sentence_whatever_its_name(
    recognizer: Recognizer, photos: PhotoReader, name: str
) -> None:
    answer = read_file(recognizer, photos, name, b"seven")

    assert list(answer) == ["error"]
    assert "is not a picture" in answer["error"]


def test_no_file_is_left_behind(
    recognizer: Recognizer, photos: PhotoReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_file(recognizer, photos, "number.png", to_png(number_photo(["17"])))
    read_file(recognizer, photos, "notes.png", b"seven")

    assert list(tmp_path.iterdir()) == []


def test_the_table_can_be_read_back_from_its_csv() -> None:
    rows = [
        {"file": "a.jpg", "text": "007", "lowest_confidence": 0.5, "error": ""},
        {"file": "b.jpg", "text": "12\n34", "lowest_confidence": 1, "error": ""},
        {"file": "=c.jpg", "text": "", "lowest_confidence": None, "error": "broken"},
    ]
    table = read_csv(io.StringIO(rows_to_csv(rows), newline=""))

    assert table == [Row("a.jpg", "007", 0.5), Row("b.jpg", "12\n34", 1.0), Row("=c.jpg", "", None, "broken")]


def test_where_numbers_have_a_comma_semicolons_divide_the_cells() -> None:
    rows = [
        {"file": "a;b, c.jpg", "text": "007", "lowest_confidence": 0.5, "error": ""},
        {"file": "b.jpg", "text": "12\n34", "lowest_confidence": None, "error": "No. 1, broken."},
    ]
    table = with_semicolons(rows_to_csv(rows))

    assert table.splitlines()[0] == "file;text;lowest_confidence;error"
    assert list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))[1:] == [
        ["a;b, c.jpg", '="007"', "0,500000", ""],
        ["b.jpg", "12\n34", "", "No. 1, broken."],
    ]


@pytest.mark.parametrize(
    "rows", [None, 3, [1], [{}], [{"file": "", "text": "", "lowest_confidence": "x", "error": ""}]]
)
def test_what_is_no_table_is_a_sentence(rows: Any) -> None:
    with pytest.raises(ValueError, match="list of rows"):
        rows_to_csv(rows)
