"""Made-up photos through the path of the page and the shipped network: their text, and the glyphs of before.

What changes on purpose is written anew by `python tests/golden/make.py --write`; then look at what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from golden_cases import CASES, GLYPHS, PICTURES, Case, encode_case
from make import to_strip
from PIL import Image

from model.recognizer import Prediction, Recognizer, to_text
from preprocessing import read_photo

# Of 1, the mean difference of a glyph's 784 pixels. It is for the last bits of other processors' numbers: Pillow's and
# OpenCV's JPEG decoders give the same pixels. A digit that moves down by one pixel differs by 0.036 to 0.085.
TOLERANCE = 0.01
SIDE = 28  # pixels
LARGEST = 1_000_000  # bytes, of all files together

READ_RIGHT = [case for case in CASES if not case.fails]
Read = Callable[[Case], list[Prediction]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """A function that reads a case's picture from its file, once."""
    recognizer, folder = Recognizer.load(), tmp_path_factory.mktemp("golden")

    @cache
    def read_case(name: str) -> list[Prediction]:
        case = next(case for case in CASES if case.name == name)
        path = PICTURES / case.file
        if not case.is_kept:
            path = folder / case.file
            path.write_bytes(encode_case(case))
        return recognizer.recognize_photo(read_photo(path))

    return lambda case: read_case(case.name)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case.name, marks=[pytest.mark.xfail(strict=True, reason=case.fails)] if case.fails else []
        )
        for case in CASES
    ],
)
def test_text_is_read(read: Read, case: Case) -> None:
    assert to_text(read(case)) == case.scene.text


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in READ_RIGHT if case.scene.text])
def test_glyphs_are_those_of_before(read: Read, case: Case) -> None:
    with Image.open(GLYPHS / f"{case.name}.png") as strip:
        known = np.asarray(strip).astype(np.float32) / 255
    found = to_strip(read(case)).astype(np.float32) / 255
    assert found.shape == known.shape == (SIDE, SIDE * len(case.scene.text.replace("\n", "")))
    differences = np.abs(found - known).reshape(SIDE, -1, SIDE).mean(axis=(0, 2))
    assert differences.max() <= TOLERANCE, f"glyphs {np.flatnonzero(differences > TOLERANCE)} differ: {differences}"


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.is_kept])
def test_pictures_show_what_the_cases_say(case: Case) -> None:
    stored, made = read_photo(PICTURES / case.file).rgb, Image.open(BytesIO(encode_case(case)))
    assert made.getexif().get(0x0112, 1) == case.orientation
    with Image.open(PICTURES / case.file) as picture:
        assert picture.size == made.size
        assert picture.getexif() == made.getexif()
        difference = np.abs(np.asarray(picture).astype(np.int16) - np.asarray(made))
    assert difference.mean() < 1.5  # gray levels
    assert stored.shape[:2] == (made.size[::-1] if case.orientation in (1, 3) else made.size)


def test_there_is_a_picture_a_case_and_no_other() -> None:
    assert len(CASES) == len({case.name for case in CASES})
    assert {path.name for path in PICTURES.iterdir()} == {case.file for case in CASES if case.is_kept}
    glyphs = {f"{case.name}.png" for case in READ_RIGHT if case.scene.text}
    assert {path.name for path in GLYPHS.iterdir()} == glyphs


def test_all_files_together_are_small() -> None:
    files: list[Path] = [*PICTURES.iterdir(), *GLYPHS.iterdir()]
    assert sum(path.stat().st_size for path in files) < LARGEST


def test_one_is_as_large_as_a_phone_takes_them() -> None:
    large = next(case for case in CASES if case.name == "12-megapixels")
    with Image.open(BytesIO(encode_case(large))) as picture:
        assert picture.width * picture.height >= 12_000_000
