"""Files of UCI's digits that are wrong: a sentence for each way they can be."""

import re
import struct

import numpy as np
import pytest
from source_files import (
    DRAWINGS,
    HEADER,
    LABELS,
    UNIPEN,
    UNIPEN_PACKED,
    drawings_to_lines,
    images_to_text,
    refusal,
    zip_files,
)

from model.dataset import DataError
from training import archives
from training.sources import load_optical_digits, load_pen_digits, recognize_source


@pytest.mark.parametrize("load", [load_pen_digits, load_optical_digits])
def test_missing_path_wrong_archive_and_empty_file(tmp_path, load):
    assert "There is no file" in refusal(load, tmp_path / "nowhere")
    (tmp_path / "empty").touch()
    assert re.search(
        "has no (pen strokes|bitmaps) of digits.*archive.ics.uci.edu.*--data", refusal(load, tmp_path / "empty")
    )
    path = zip_files(tmp_path / "other.zip", {"readme.txt": "hello"})
    assert "-orig.tra in it" in refusal(load, path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"label": 10}, "Line 2 of * has the label 10; it must be a whole number from 0 to 9"),
        ({"label": -1}, "has the label -1"),
        ({"label": "0"}, "has the label '0'"),
        ({"label": True}, "has the label True"),
        ({"label": None}, "has the label None"),
        ({"writer": None}, "has the writer None; it must be a whole number"),
        ({"writer": 1.5}, "has the writer 1.5"),
        ({"strokes": []}, "Line 2 of * has no strokes"),
        ({"strokes": None}, 'no list of "strokes"'),
        ({"strokes": [[[1, 2], [float("nan"), 3]]]}, "Stroke 1 of the drawing has a coordinate that is no number"),
        ({"strokes": [[[1, 2], [3]]]}, "points of unequal length"),
        ({"strokes": [[[1], [2]]]}, "something other than numbers"),
        ({"strokes": [[["a", "b"]]]}, "something other than numbers"),
        ({"width": 0}, 'Line 2 of * is no drawing of a digit. The drawing\'s "width"'),
    ],
)
def test_drawings_that_are_no_labeled_digits(tmp_path, change, expected):
    path = tmp_path / "wrong.jsonl"
    path.write_text(drawings_to_lines([DRAWINGS[0], DRAWINGS[1] | change]))
    assert expected.replace("*", str(path)) in refusal(load_pen_digits, path)


@pytest.mark.parametrize("line", ['{"label": 4, "wri', "[" * 100_000, "{} {}", "hello", "9" * 5000])
def test_lines_that_are_no_json(tmp_path, line):
    path = tmp_path / "cut.jsonl"
    path.write_text(drawings_to_lines(DRAWINGS) + line)
    assert f"Line 3 of {path} is no JSON" in refusal(load_pen_digits, path)


@pytest.mark.parametrize("line", ["[]", "5", "null"])
def test_lines_that_are_no_drawing(tmp_path, line):
    path = tmp_path / "list.jsonl"
    path.write_text(drawings_to_lines(DRAWINGS) + line)
    assert f"Line 3 of {path} is no drawing" in refusal(load_pen_digits, path)


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ('2 ? "0"', '2 ? "12"', "is labeled 12, but its .COMMENT says 0"),
        ('2 ? "0"\n.COMMENT 0', '2 ? "12"\n.COMMENT 12', "has the label 12"),
        ('2 ? "0"', '2 ? "A"', "has no .SEGMENT DIGIT line"),
        ("DIGIT 2", "WORD 2", "has no .SEGMENT DIGIT line"),
        (".COMMENT 0 7 12", "", "has no .COMMENT line"),
        (".COMMENT 0 7 12", ".COMMENT 8 7 12", "is labeled 0, but its .COMMENT says 8"),
        ("DIGIT 2 ", "DIGIT 2-3 ", "has 1 strokes, not 2: the file is cut off"),
        ("DIGIT 2 ", "DIGIT 2-1 ", "has 1 strokes, not 0"),
        (" 200   250", " 200   nan", "a stroke that is no list of points x y"),
        (" 200   250", " 200   inf", "a stroke that is no list of points x y"),
        (" 200   250", " 200   250   7", "a stroke that is no list of points x y"),
        (" 200   250", " 200   1e9", "a stroke that is no list of points x y"),
        (" 200   250", " 200   x", "a stroke that is no list of points x y"),
        (" 200   250", ".PEN_DOWN", "has .PEN_DOWN out of place"),
        (" 200   250", ".PEN_UP", "has 300   250 out of place"),
        (" 250   400\n 200   250\n 300   250\n 250   400\n", "", "a stroke that is no list of points x y"),
        (" 250   400\n.PEN_UP\n.DT 100\n", " 250", "ends within a stroke"),
    ],
)
def test_unipen_that_is_no_labeled_digit(tmp_path, right, wrong, expected):
    path = tmp_path / "wrong.tra"
    assert right in UNIPEN
    begin, segment, rest = UNIPEN.rpartition(".SEGMENT")
    path.write_text(begin + segment + rest.replace(right, wrong))
    sentence = refusal(load_pen_digits, path)
    assert f"Digit 2 in {path}" in sentence
    assert expected in sentence


def test_unipen_cut_off_anywhere_is_refused_or_lacks_whole_digits(tmp_path, jsonl):
    path = tmp_path / "cut.tra"
    whole = [[stroke.tolist() for stroke in digit.strokes] for digit in load_pen_digits(jsonl).digits]
    counts = []
    for length in range(len(UNIPEN)):
        path.write_text(UNIPEN[:length])
        try:
            digits = load_pen_digits(path).digits
        except DataError:
            continue
        assert [[stroke.tolist() for stroke in digit.strokes] for digit in digits] == whole[: len(digits)]
        counts.append(len(digits))
    assert sorted(set(counts)) == [1, 2]
    assert len(counts) < 30


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text[: len(text) // 2], "the file is cut off"),
        (lambda text: text[:-3], "Digit 3 in * is not 32 lines of 32 times 0 or 1 and a line with its label"),
        (lambda text: text[: -32 * 33 - 3], "has 2 digits, but its header counts 3"),
        (lambda text: text.replace(" 6\n", " 12\n"), "has the label 12 for image 0; labels must be 0 to 9"),
        (lambda text: text.replace(" 6\n", " x\n"), "Digit 1 in * is not 32 lines"),
        (lambda text: text[:-40] + "2" + text[-39:], "Digit 3 in * is not 32 lines"),
        (lambda text: text[:-40] + "٠" + text[-39:], "Digit 3 in * is not 32 lines"),
        (lambda text: text + "0101\n", "Digit 4 in * is not 32 lines"),
        (lambda text: HEADER, "has 0 digits, but its header counts 3"),
        (lambda text: "0,1,6,15,12,1,0,0\n" * 40, "has no bitmaps of digits"),
    ],
)
def test_bitmaps_in_text_that_are_damaged(tmp_path, images, change, expected):
    path = tmp_path / "wrong.tra"
    path.write_text(change(images_to_text(images, LABELS)), encoding="utf-8")
    sentence = refusal(load_optical_digits, path)
    assert expected.replace("*", str(path)) in sentence


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"images": np.zeros((3, 16, 16), np.uint8)}, "must be uint8 (N, 32, 32)"),
        ({"images": np.zeros((3, 32, 32), np.float32)}, "images in * is float32"),
        ({"images": np.ones((3, 32, 32), np.uint8)}, "other values than 0 for paper and 255 for pen"),
        ({"images": np.zeros((3, 32, 32), np.uint8)}, "Image 0 in * is blank"),
        ({"images": np.zeros((0, 32, 32), np.uint8), "labels": np.zeros(0, int)}, "has no bitmaps of digits"),
        ({"labels": np.zeros(2, int)}, "has 3 images, but 2 labels"),
        ({"labels": np.zeros(3)}, "labels in * is float64"),
        ({"labels": np.zeros((3, 10), int)}, "must be whole numbers (N,)"),
        ({"labels": np.array([1, 2, 10])}, "has the label 10 for image 2"),
        ({"labels": np.array([1, -1, 2])}, "has the label -1 for image 1"),
        ({"labels": np.array([object()] * 3)}, "* is damaged"),
    ],
)
def test_arrays_that_are_no_labeled_bitmaps(tmp_path, images, change, expected):
    path = tmp_path / "wrong.npz"
    np.savez(path, **{"images": images, "labels": LABELS} | change)
    assert expected.replace("*", str(path)) in refusal(load_optical_digits, path)


def test_npz_without_labels(tmp_path, images):
    np.savez(tmp_path / "part.npz", images=images)
    assert "has no array labels" in refusal(load_optical_digits, tmp_path / "part.npz")


@pytest.mark.parametrize("load", [load_optical_digits, recognize_source])
def test_npz_cut_off(npz, load):
    npz.write_bytes(npz.read_bytes()[:-100])
    assert "is damaged or cannot be read" in refusal(load, npz)


def test_npz_with_flipped_bytes(npz):
    content = bytearray(npz.read_bytes())
    content[100:200] = bytes(100)
    npz.write_bytes(content)
    assert "is damaged" in refusal(load_optical_digits, npz)


def test_npz_that_unpacks_to_gigabytes_is_not_unpacked(npz):
    content = bytearray(npz.read_bytes())
    entry = content.index(b"PK\x01\x02")  # the first one in the directory at the end; its unpacked size is at + 24
    content[entry + 24 : entry + 28] = struct.pack("<I", 2**31)
    npz.write_bytes(content)
    assert "unpacks to more than 128 MB" in refusal(load_optical_digits, npz)


def test_text_that_unpacks_to_too_much_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 2**20)
    path = zip_files(tmp_path / "bomb.zip", {"pendigits-orig.tra": bytes(2**21)})
    assert "has more than 1 MB" in refusal(load_pen_digits, path)
    (tmp_path / "large.jsonl").write_bytes(b"{" * (2**20 + 1))
    assert "has more than 1 MB" in refusal(load_pen_digits, tmp_path / "large.jsonl")
    monkeypatch.setattr(archives, "MAX_BYTES", 300)  # between the two
    (tmp_path / "bomb.Z").write_bytes(UNIPEN_PACKED)
    assert "unpacks to more than" in refusal(load_pen_digits, tmp_path / "bomb.Z")
