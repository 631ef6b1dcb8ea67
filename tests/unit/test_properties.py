"""Whatever comes to the two endpoints is answered in their form, or refused with a sentence: a thousand of each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from strange import drawings, photos

from ink.strokes import MAX_STROKES
from model.recognizer import Recognizer, to_answer
from preprocessing import Drawing, DrawingError, PhotoError, read_photo
from serving.lanes import is_huge

CASES = 1000
THOUSAND = settings(
    max_examples=CASES,
    deadline=None,  # the machine may be busy
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Call each image the digit of its ink's share, and be sure of it: in no time."""
    digits = (images.mean(axis=(1, 2)) * 40).astype(int) % 10
    return np.eye(10, dtype=np.float32)[digits], np.full(len(images), 0.9, np.float32)


READ = Recognizer(classify)


def check_sentence(sentence: str, name: str = "") -> None:
    """It names the thing, and ends."""
    assert sentence.startswith(name)
    assert sentence.endswith(".")


def check_answer(answer: dict[str, Any], height: float, width: float) -> None:
    """It is what the README says, and its boxes lie about on the page."""
    json.dumps(answer, allow_nan=False)
    assert list(answer) == ["text", "predictions"]
    signs = re.sub(r"\s", "", answer["text"])
    assert len(signs) == len(answer["predictions"])
    for sign, prediction in zip(signs, answer["predictions"], strict=True):
        assert sign == ("?" if prediction["digit"] is None else str(prediction["digit"]))
        assert len(prediction["probabilities"]) == 10
        assert 0 <= prediction["is_digit"] <= 1
        top, left, tall, wide = prediction["box"]
        margin = max(height, width)  # half a pen, which is thick around a dot
        assert -margin <= top <= top + tall <= height + margin
        assert -margin <= left <= left + wide <= width + margin


def read_drawing(data: Any) -> bool:
    """Whether it is answered; a sentence otherwise."""
    assert is_huge(data) in (True, False)
    try:
        drawing = Drawing.from_json(data)
    except DrawingError as problem:
        check_sentence(str(problem))
        return False
    check_answer(to_answer(READ.recognize_drawing(drawing)), drawing.height, drawing.width)
    return True


@THOUSAND
@given(drawings)
def test_drawings_are_answered_or_explained(data: Any) -> None:
    read_drawing(data)


@settings(THOUSAND, max_examples=20)
@given(some.integers(MAX_STROKES + 1, 2000), some.integers(1, 3))
def test_too_many_strokes_are_explained(count: int, length: int) -> None:
    assert not read_drawing({"width": 400, "height": 400, "strokes": [[[1, 2]] * length] * count})


def read_content(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        photo = read_photo(path)
    except PhotoError as problem:
        check_sentence(str(problem), path.name)
        return
    assert photo.rgb.dtype == np.uint8
    assert max(photo.rgb.shape) <= 1000
    check_answer(to_answer(READ.recognize_photo(photo)), *photo.size)


@THOUSAND
@given(photos)
def test_photos_are_answered_or_explained(tmp_path_factory: Any, content: bytes) -> None:
    read_content(tmp_path_factory.getbasetemp() / "photo.png", content)
