"""Loaders of UCI's digits on small files in each of their forms, and the sentence for each way they can be wrong."""

import base64
import http.server
import json
import re
import struct
import threading
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from model.dataset import DataError
from training import archives, sources
from training.lzw import unpack_compressed
from training.sources import load_optical_digits, load_pen_digits, recognize_source

# Two made-up digits of two writers; y downwards, as the sketchpad has it
DRAWINGS = [
    {"label": 4, "writer": 12, "strokes": [[[100, 50], [90, 200], [180, 200]], [[150, 120], [150, 300]]]},
    {"label": 0, "writer": 7, "strokes": [[[250, 100], [200, 250], [300, 250], [250, 100]]]},
]

# The same as UNIPEN, laid out as UCI does; its tablet counts y from the bottom
UNIPEN = """.INCLUDE dene.doc
.LEXICON "0" "1" "2" "3" "4" "5" "6" "7" "8" "9"
.HIERARCHY DIGIT

.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 12 224
.PEN_DOWN
 100   450
  90   300
 180   300
.PEN_UP
.DT 100
.PEN_DOWN
 150   380
 150   200
.PEN_UP
.DT 100

.SEGMENT DIGIT 2 ? "0"
.COMMENT 0 7 12
.PEN_DOWN
 250   400
 200   250
 300   250
 250   400
.PEN_UP
.DT 100
"""

# What `compress` of ncompress 4.2.4.6 makes of UNIPEN
UNIPEN_PACKED = base64.b85decode(
    "ADxgck~kT{qzaKDAjp()Q^p0EH)9mIU{VB2k|9r=fDi#g#KssNMaT#_BP5NGHA315c_So_kU2z1M3SV4lps=uAjtxPNRlH-"
    "s3?#)rO1&cMVwIS`7<a87%gIe__6V%M2t<4Dg{9UL<|`qWXPZ)5lYf8M4nu6qQEN*7$D-"
    "(r~#ubh#YX^&Uo8429CTS_SSV_*2$MDP$Uvr8iOz4vuW4%r5iW!-"
    "^qYwI4*oRv5UoS>k>7pb*WFFOTkj*DANVj(oaF$@G7G$WVLL=QkKg%?AyvR=(ZIMT)1w)G&Y|_te7!h"
)

HEADER = """BU handwritten digit database: E Alpaydin C Kaynak 1995
Training file

entwidth = 32
entheight = 32
whitepix = 0
ntot = 3
"""


def drawings_to_lines(drawings):
    return "".join(json.dumps({"width": 500, "height": 500} | drawing) + "\n" for drawing in drawings)


def images_to_text(images, labels, header=HEADER):
    blocks = ("".join("".join("01"[int(v > 0)] for v in row) + "\n" for row in image) for image in images)
    return header + "".join(f"{block} {label}\n" for block, label in zip(blocks, labels, strict=True))


@pytest.fixture
def images():
    bits = np.random.default_rng(0).integers(0, 2, (3, 32, 32), np.uint8)
    bits[:, 0] = 0  # as digits have it
    return bits * np.uint8(255)


LABELS = np.array([6, 0, 9], np.uint8)


@pytest.fixture
def jsonl(tmp_path):
    path = tmp_path / "pens.jsonl"
    path.write_text(drawings_to_lines(DRAWINGS))
    return path


@pytest.fixture
def npz(tmp_path, images):
    np.savez_compressed(tmp_path / "bitmaps.npz", images=images, labels=LABELS)
    return tmp_path / "bitmaps.npz"


def zip_files(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


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
    assert recognize_source(tmp_path / "mnist.npz") == "mnist"
    assert recognize_source(tmp_path / "idx") == "mnist"


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\x00\x08\x03", b"47,100,27,8\n", b"\x1f\x8b\x08"])
def test_what_is_no_data_is_refused(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    sentence = refusal(recognize_source, path)
    assert f"{path} is no data to train on" in sentence
    for form in ("mnist.npz", "idx files", ".jsonl", "pendigits-orig.tra", ".npz with images and labels"):
        assert form in sentence


def test_other_archives_and_folders_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    assert "other.npz is no data to train on" in refusal(recognize_source, tmp_path / "other.npz")
    assert "has none of MNIST's four idx files" in refusal(recognize_source, tmp_path)
    assert "There is no file or folder" in refusal(recognize_source, tmp_path / "nowhere.npz")


# ---------------------------------------------------------------- sentences


def refusal(function, path):
    with pytest.raises(DataError) as caught:
        function(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


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


# ---------------------------------------------------------------- .Z


def pack_codes(codes, bits=9, header=b"\x1f\x9d\x90"):
    packed = sum(code << i * bits for i, code in enumerate(codes))
    return header + packed.to_bytes((len(codes) * bits + 7) // 8, "little")


def test_what_compress_packed_is_unpacked():
    assert unpack_compressed(UNIPEN_PACKED, 2**20).decode() == UNIPEN


def test_repetition_and_clearing_of_the_table():
    assert unpack_compressed(b"\x1f\x9d\x90", 10) == b""
    assert unpack_compressed(pack_codes([97, 257, 258]), 10) == b"aaaaaa"  # codes that are used as they are made
    codes = [97, 257, 256, 0, 0, 0, 0, 0, 98, 257]  # after 256 the rest of the 8 is padding, and the table is empty
    assert unpack_compressed(pack_codes(codes), 10) == b"aaabbb"
    assert unpack_compressed(pack_codes([97, 256], header=b"\x1f\x9d\x10"), 10) == b"aaa"  # without clearing


def test_codes_grow_when_the_table_is_full():
    codes = [i % 256 for i in range(256)]  # 255 new entries after 257: the 256th code is the last of 9 bits
    packed = pack_codes(codes) + pack_codes([65, 300], 10, b"")
    assert unpack_compressed(packed, 1000) == bytes(range(256)) + b"A" + bytes([43, 44])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "header"),
        (b"\x1f\x9d", "header"),
        (b"\x1f\x8b\x90abc", "header"),
        (b"\x1f\x9d\x89abc", "header"),
        (b"\x1f\x9d\x91abc", "header"),
        (pack_codes([300]), "code 300"),
        (pack_codes([257]), "code 257"),
        (pack_codes([97, 259]), "code 259"),
        (pack_codes([97] + list(range(257, 300))), "more than"),
    ],
)
def test_z_files_that_are_damaged(content, expected):
    with pytest.raises(ValueError, match=expected):
        unpack_compressed(content, 500)


def test_damaged_z_file_is_named(tmp_path):
    (tmp_path / "bad.Z").write_bytes(pack_codes([300]))
    for load in (load_pen_digits, load_optical_digits, recognize_source):
        assert "bad.Z is damaged: it has the code 300" in refusal(load, tmp_path / "bad.Z")


# ---------------------------------------------------------------- downloads


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of UCI's zip files; what it answers with can be changed, and what it was asked is counted."""

    class Handler(http.server.BaseHTTPRequestHandler):
        content, missing, asked = b"", 0, 0

        def do_GET(self):
            Handler.asked += 1
            self.send_response(200 if Handler.content else 404)
            self.send_header("Content-Length", str(len(Handler.content) + Handler.missing))
            self.end_headers()
            self.wfile.write(Handler.content)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{listening.server_port}/uci.zip"
        for name in ("PEN", "OPTICAL"):
            monkeypatch.setattr(sources, name, replace(getattr(sources, name), url=url))
        yield Handler
        listening.shutdown()
        thread.join()


def test_download_is_kept_beside_mnist_and_not_repeated(tmp_path, server, images, jsonl, npz):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra.Z": UNIPEN_PACKED}).read_bytes()
    assert load_pen_digits().checksum == load_pen_digits().checksum == load_pen_digits(jsonl).checksum
    text = images_to_text(images, LABELS)
    server.content = zip_files(tmp_path / "b.zip", {"optdigits-orig.tra": text}).read_bytes()
    assert load_optical_digits().checksum == load_optical_digits().checksum == load_optical_digits(npz).checksum
    assert server.asked == 2
    kept = sorted(path.name for path in (tmp_path / "keras" / "datasets").iterdir())
    assert kept == ["uci-optical-digits.zip", "uci-pen-digits.zip"]


def failure(load):
    with pytest.raises(DataError) as caught:
        load()
    return str(caught.value)


@pytest.mark.parametrize("load", [load_pen_digits, load_optical_digits])
@pytest.mark.parametrize(
    ("content", "missing", "reason"),
    [
        (b"", 0, "404"),
        (b"<html>Please log in</html>", 0, "no zip file"),
        (b"PK\x03\x04" + bytes(100), 0, "no zip file"),
        (b"PK\x03\x04" + bytes(100), 50, "104 of 154 bytes came"),
        (bytes(2000), 0, "it has more than"),
    ],
)
def test_download_that_fails_names_the_address_and_the_cure(
    tmp_path, monkeypatch, server, load, content, missing, reason
):
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    server.content, server.missing = content, missing
    sentence = failure(load)
    for part in ("could not be downloaded from http://127.0.0.1", reason, "--data PATH", "--quick"):
        assert part in sentence
    assert not list(tmp_path.glob("keras/datasets/*"))


def test_download_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(sources, "PEN", replace(sources.PEN, url="http://127.0.0.1:9/uci.zip"))
    sentence = failure(load_pen_digits)
    assert "UCI pen strokes could not be downloaded from http://127.0.0.1:9/uci.zip" in sentence
    assert "refused" in sentence
    assert "<" not in sentence


def test_download_that_cannot_be_kept(tmp_path, monkeypatch, server):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra": UNIPEN}).read_bytes()
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    sentence = failure(load_pen_digits)
    assert f"cannot be kept in {tmp_path / 'file' / 'datasets'}" in sentence
    assert "Set KERAS_HOME" in sentence


def test_download_that_turns_out_damaged_names_what_to_delete(tmp_path, server):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra": UNIPEN[:-30]}).read_bytes()
    path = tmp_path / "keras" / "datasets" / "uci-pen-digits.zip"
    assert f"Or delete {path}: then it is downloaded anew." in failure(load_pen_digits)
