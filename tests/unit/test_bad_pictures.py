"""Picture files that cannot be read: a sentence for each, whatever is wrong with it."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pillow_heif import register_heif_opener
from strokes import digit_picture

from ink.pictures import MAX_PHOTO_PIXELS, PICTURE_SUFFIXES
from preprocessing import PhotoError, read_photo

register_heif_opener()  # for Pillow to write HEIC

ALL_FORMATS = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize("content", [b"a shopping list\n", b"\x89PNG\r\n", b"BMW, Fiat, Opel", bytes(range(256))])
def test_file_that_is_no_picture(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "list.png").write_bytes(content)
    sentence = f"list.png is not a picture that can be read. Use {ALL_FORMATS}."
    with pytest.raises(PhotoError, match=f"^{re.escape(sentence)}$"):
        read_photo(tmp_path / "list.png")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (SVG, "an SVG drawing"),
        (b"<?xml version='1.0'?>\n<!-- by hand -->\n" + SVG, "an SVG drawing"),
        (b"\n<!DOCTYPE svg>" + SVG, "an SVG drawing"),
    ],
)
def test_document_is_to_be_saved_as_a_picture(content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(content)
    sentence = f"page.png is {kind}, not a picture. Save it as {ALL_FORMATS} and try again."
    with pytest.raises(PhotoError, match=f"^{re.escape(sentence)}$"):
        read_photo(tmp_path / "page.png")


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(PhotoError, match=r"^a\.jpg is empty\. Save or send it again\.$"):
        read_photo(tmp_path / "a.jpg")


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_picture_that_is_cut_off(suffix: str, share: float, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    path = tmp_path / f"half{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(PhotoError, match=rf"^half\{suffix} is damaged or cut off\. Save or send it again\.$"):
        read_photo(path)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as preprocessing sets it for everyone
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "HEIF", "AVIF"])
def test_damaged_bytes_give_a_picture_or_a_sentence(kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo"
    Image.fromarray(digit_picture(7, 120, 6)[:40, 30:90]).save(path, kind, exif=exif.tobytes())
    whole = path.read_bytes()
    refused = 0
    for _ in range(60):
        damaged = bytearray(whole)
        for at in rng.integers(0, min(len(whole), 200), 3):
            damaged[at] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            assert read_photo(path).rgb.ndim == 3
        except PhotoError:
            refused += 1
    assert refused > 0


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"^There is no file .*nothing\.png\.$"):
        read_photo(tmp_path / "nothing.png")
    with pytest.raises(PhotoError, match="is a folder, not a picture"):
        read_photo(tmp_path)


# ---------------------------------------------------------------- more pixels than are read


def claim(kind: str, width: int, height: int) -> bytes:
    """A small picture whose header says that it is that large."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(stream, kind)
    content = bytearray(stream.getvalue())
    if kind == "PNG":
        content[16:24] = struct.pack(">II", width, height)
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    elif kind == "GIF":
        content[6:10] = struct.pack("<HH", width, height)
    elif kind == "BMP":
        content[18:26] = struct.pack("<ii", width, height)
    elif kind == "JPEG":
        place = content.index(b"\xff\xc0") + 5
        content[place : place + 4] = struct.pack(">HH", height, width)
    elif kind == "WEBP":
        place = content.index(b"\x9d\x01\x2a") + 3
        content[place : place + 4] = struct.pack("<HH", width, height)
    elif kind == "TIFF":
        for tag, value in ((256, width), (257, height)):
            place = content.index(struct.pack("<HHI", tag, 4, 1)) + 8
            content[place : place + 4] = struct.pack("<I", value)
    else:
        for found in re.finditer(b"ispe", bytes(content)):
            content[found.end() + 4 : found.end() + 12] = struct.pack(">II", width, height)
    return bytes(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_too_many_pixels_are_refused_before_they_are_decoded(kind: str, tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(claim(kind, 12001, 5000))
    sentence = "huge has 12001 x 5000 pixels; at most 60 megapixels are read. Save it smaller and try again."
    with pytest.raises(PhotoError, match=f"^{re.escape(sentence)}$"):
        read_photo(tmp_path / "huge")
    assert MAX_PHOTO_PIXELS == 60_000_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
def test_decompression_bomb_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(claim(kind, 16383, 16383))
    with pytest.raises(PhotoError, match=r"^bomb (has too many pixels|has 16383 x|is damaged).*\. Save "):
        read_photo(tmp_path / "bomb")


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "JPEG", "TIFF", "HEIF", "AVIF"])
def test_picture_without_pixels_is_damaged(kind: str, tmp_path: Path) -> None:
    content = claim(kind, 0, 0)
    if kind == "GIF":  # the frame within has its own size
        content = content.replace(struct.pack("<HHHH", 0, 0, 64, 48), bytes(8))
    (tmp_path / "none").write_bytes(content)
    with pytest.raises(PhotoError, match=r"^none is damaged or cut off\. Save or send it again\.$"):
        read_photo(tmp_path / "none")
