"""Loaders of UCI's digits: each form of the files gives the same digits, and each kind is recognized."""

import re
from dataclasses import replace

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

from training import sources
from training.sources import load_optical_digits, load_pen_digits, recognize_source

# ---------------------------------------------------------------- the forms


def write_pens(folder, form):
    names = {"unipen": "pendigits-orig.tra", "Z": "pendigits-orig.tra.Z", "Windows": "windows.tra", "BOM": "bom.jsonl"}
    path = folder / names.get(form, "pens.zip")
    if form == "unipen":
        path.write_text(UNIPEN)
    elif form == "Z":
        path.write_bytes(UNIPEN_PACKED)
    elif form == "Windows":
        path.write_bytes(UNIPEN.replace("\n", "\r\n").encode())
    elif form == "BOM":
        path.write_text("\ufeff" + drawings_to_lines(DRAWINGS) + "\n", encoding="utf-8")
    else:
        tables = {"pendigits.tra": "47,100,27,8\n", "pendigits-orig.tes.Z": b"not read"}
        zip_files(path, tables | {form: UNIPEN_PACKED if form.endswith(".Z") else UNIPEN})
    return path


PEN_FORMS = ["unipen", "Z", "Windows", "BOM", "pendigits-orig.tra.Z", "pen/pendigits-orig.tra.Z", "pendigits-orig.tra"]


def test_drawings_keep_their_order_and_their_values(jsonl):
    data = load_pen_digits(jsonl)
    assert [(digit.label, digit.writer) for digit in data.digits] == [(4, 12), (0, 7)]
    for digit, drawing in zip(data.digits, DRAWINGS, strict=True):
        for stroke, points in zip(digit.strokes, drawing["strokes"], strict=True):
            assert stroke.dtype == np.float64
            np.testing.assert_array_equal(stroke, points)
    assert data.name == "pens.jsonl"
    assert re.fullmatch("[0-9a-f]{64}", data.checksum)


@pytest.mark.parametrize("form", PEN_FORMS)
def test_each_form_of_pen_strokes_gives_the_same_digits(tmp_path, jsonl, form):
    path = write_pens(tmp_path, form)
    expected, data = load_pen_digits(jsonl), load_pen_digits(path)
    for digit, same in zip(data.digits, expected.digits, strict=True):
        assert (digit.label, digit.writer) == (same.label, same.writer)
        for stroke, points in zip(digit.strokes, same.strokes, strict=True):
            np.testing.assert_array_equal(stroke, points)
    assert data.checksum == expected.checksum
    assert data.name == path.name
    assert recognize_source(path) == recognize_source(jsonl) == "pen"


@pytest.mark.parametrize("change", [{"label": 5}, {"writer": 3}, {"strokes": [[[100, 50], [90, 201]]]}])
def test_another_digit_is_another_checksum(tmp_path, jsonl, change):
    path = tmp_path / "other.jsonl"
    path.write_text(drawings_to_lines([DRAWINGS[0] | change, DRAWINGS[1]]))
    assert load_pen_digits(path).checksum != load_pen_digits(jsonl).checksum


def test_checksum_does_not_depend_on_the_place_on_the_tablet(tmp_path, jsonl):
    moved = [d | {"strokes": [[[x + 10, y - 20] for x, y in s] for s in d["strokes"]]} for d in DRAWINGS]
    (tmp_path / "moved.jsonl").write_text(drawings_to_lines(moved))
    assert load_pen_digits(tmp_path / "moved.jsonl").checksum == load_pen_digits(jsonl).checksum


def test_arrays_of_bitmaps(npz, images):
    data = load_optical_digits(npz)
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.images.dtype == data.labels.dtype == np.uint8
    assert data.name == "bitmaps.npz"
    assert recognize_source(npz) == "optical"


@pytest.mark.parametrize("form", ["optdigits-orig.tra", "without header", "Windows", "zip"])
def test_each_form_of_bitmaps_gives_the_same_digits(tmp_path, npz, images, form):
    path = tmp_path / f"{form}.tra"
    text = images_to_text(images, LABELS, "" if form == "without header" else HEADER)
    if form == "zip":
        zip_files(path, {"optdigits.tra": "0,1,6\n", "optdigits-orig.tra": text, "optdigits-orig.cv.Z": b"not read"})
    else:
        path.write_bytes(text.replace("\n", "\r\n" if form == "Windows" else "\n").encode())
    data = load_optical_digits(path)
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.checksum == load_optical_digits(npz).checksum
    assert recognize_source(path) == "optical"


def test_data_of_a_known_checksum_have_their_title(monkeypatch, jsonl, npz):
    monkeypatch.setattr(sources, "PEN", replace(sources.PEN, checksum=load_pen_digits(jsonl).checksum))
    monkeypatch.setattr(sources, "OPTICAL", replace(sources.OPTICAL, checksum=load_optical_digits(npz).checksum))
    assert load_pen_digits(jsonl).name == "UCI pen strokes"
    assert load_optical_digits(npz).name == "UCI optical digits"


# ---------------------------------------------------------------- which kind it is


def test_mnist_is_recognized(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=np.zeros(1), y_train=np.zeros(1))  # load_mnist says what is missing
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "t10k-labels.idx1-ubyte.gz").touch()
    (tmp_path / "mnist.json.gz").touch()
    assert recognize_source(tmp_path / "mnist.npz") == "mnist"
    assert recognize_source(tmp_path / "idx") == "mnist"
    assert recognize_source(tmp_path / "idx" / "t10k-labels.idx1-ubyte.gz") == "mnist"
    assert recognize_source(tmp_path / "mnist.json.gz") == "mnist"


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\x00\x08\x03", b"47,100,27,8\n", b"\x1f\x8b\x08"])
def test_what_is_no_data_is_refused(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    sentence = refusal(recognize_source, path)
    assert f"{path} is no data to train on" in sentence
    for form in ("mnist.npz", "idx files", ".jsonl", "pendigits-orig.tra", ".npz with images and labels"):
        assert form in sentence


def test_other_archives_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    assert "other.npz is no data to train on" in refusal(recognize_source, tmp_path / "other.npz")
    assert "There is no file or folder" in refusal(recognize_source, tmp_path / "nowhere.npz")
