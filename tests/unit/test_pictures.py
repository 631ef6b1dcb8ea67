"""Picture files to pixels: formats, modes, orientation, size, memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pillow_heif import from_bytes, register_heif_opener
from strokes import digit_picture

from ink.pictures import PHOTO_SIDE, PICTURE_FORMATS, PICTURE_SUFFIXES
from preprocessing import photo_to_page, read_photo

register_heif_opener()  # for Pillow to write HEIC

ROOT = Path(__file__).parents[2]
GRAY = digit_picture(7, 120, 6)[..., 0]  # dark on light
RGB = digit_picture(7, 120, 6, ink=(20, 30, 160), paper=(240, 230, 190))
ALPHA = 255 - digit_picture(7, 120, 6, ink=(0, 0, 0), paper=(255, 255, 255))[..., 0]  # opaque where the pen was


def as_rgb(gray: np.ndarray) -> np.ndarray:
    return np.repeat(gray[..., None], 3, axis=2)


def on_transparent(ink: int) -> Image.Image:
    """A digit of one gray on nothing, as paint programs save it."""
    return Image.fromarray(np.dstack([np.full((120, 120, 3), ink, np.uint8), ALPHA]))


def palette(transparent: bool) -> Image.Image:
    picture = Image.fromarray(RGB).quantize(16, dither=Image.Dither.NONE)
    if transparent:
        picture.info["transparency"] = int(np.asarray(picture)[0, 0])  # the paper
    return picture


# ---------------------------------------------------------------- formats

ON_WHITE = as_rgb(255 - ALPHA)
FORMATS: dict[str, tuple[Callable[[], Image.Image], np.ndarray, int]] = {  # picture, RGB expected, difference allowed
    "L.png": (lambda: Image.fromarray(GRAY), as_rgb(GRAY), 0),
    "RGB.png": (lambda: Image.fromarray(RGB), RGB, 0),
    "P.png": (lambda: palette(False), RGB, 8),
    "P_transparent.png": (lambda: palette(True), np.where(as_rgb(ALPHA) == 0, 255, RGB), 8),
    "LA.png": (lambda: on_transparent(0).convert("LA"), ON_WHITE, 1),
    "RGBA_black.png": (lambda: on_transparent(0), ON_WHITE, 1),
    "RGBA_white.png": (lambda: on_transparent(255), 255 - ON_WHITE, 1),
    "RGBA_opaque.png": (lambda: Image.fromarray(255 - RGB).convert("RGBA"), 255 - RGB, 0),
    "I16.png": (lambda: Image.fromarray(GRAY.astype(np.uint16) * 257), as_rgb(GRAY), 0),
    "1.png": (lambda: Image.fromarray(GRAY).point(lambda v: 255 * (v > 127), "1"), as_rgb(GRAY), 8),
    "L.jpg": (lambda: Image.fromarray(GRAY), as_rgb(GRAY), 3),
    "RGB.jpg": (lambda: Image.fromarray(RGB), RGB, 6),
    "CMYK.jpg": (lambda: Image.fromarray(RGB).convert("CMYK"), RGB, 6),
    "RGB.webp": (lambda: Image.fromarray(RGB), RGB, 6),
    "RGBA.webp": (lambda: on_transparent(0), ON_WHITE, 3),
    "P.gif": (lambda: palette(False), RGB, 8),
    "P_transparent.gif": (lambda: palette(True), np.where(as_rgb(ALPHA) == 0, 255, RGB), 8),
    "RGB.bmp": (lambda: Image.fromarray(RGB), RGB, 0),
    "RGB.tiff": (lambda: Image.fromarray(RGB), RGB, 0),
    "F.tiff": (
        lambda: Image.fromarray(np.where(GRAY == 20, np.nan, GRAY / 255).astype(np.float32)),
        as_rgb(GRAY),
        9,
    ),
    "I16.tiff": (lambda: Image.fromarray(GRAY.astype(np.uint16) * 257), as_rgb(GRAY), 0),
    "CMYK.tiff": (lambda: Image.fromarray(RGB).convert("CMYK"), RGB, 0),
    "L.heic": (lambda: Image.fromarray(GRAY), as_rgb(GRAY), 3),
    "RGB.heic": (lambda: Image.fromarray(RGB), RGB, 6),
    "RGBA.heic": (lambda: on_transparent(0), ON_WHITE, 3),
    "L.avif": (lambda: Image.fromarray(GRAY), as_rgb(GRAY), 3),
    "RGB.avif": (lambda: Image.fromarray(RGB), RGB, 6),
    "RGBA.avif": (lambda: on_transparent(0), ON_WHITE, 3),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_pixels(name: str, tmp_path: Path) -> None:
    make, expected, allowed = FORMATS[name]
    make().save(tmp_path / name)
    photo = read_photo(tmp_path / name)
    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.shape == expected.shape
    assert photo.size == expected.shape[:2]
    assert np.abs(photo.rgb.astype(int) - expected).mean() <= allowed
    assert photo_to_page(photo).to_glyph() is not None


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_name_may_say_anything(suffix: str, tmp_path: Path) -> None:
    """What a file is stands in its first bytes; phones and chats rename pictures."""
    for other in ("heic", "png", "jpg"):
        Image.fromarray(RGB).save(tmp_path / f"picture.{other}", quality=95)
        path = (tmp_path / f"picture.{other}").rename(tmp_path / f"renamed{suffix}")
        assert np.abs(read_photo(path).rgb.astype(int) - RGB).mean() < 6


@pytest.mark.parametrize("name", ["RGB.png", "RGBA.png", "RGB.tiff", "RGBA.tiff"])
def test_16_bits_a_color(name: str, tmp_path: Path) -> None:
    bgr = RGB[..., ::-1].astype(np.uint16) * 257
    opaque = np.full((120, 120, 1), 65535, np.uint16)
    assert cv2.imwrite(str(tmp_path / name), np.dstack([bgr, opaque]) if "A" in name else bgr)
    np.testing.assert_array_equal(read_photo(tmp_path / name).rgb, RGB)


def test_photo_of_an_iphone_in_10_bits(tmp_path: Path) -> None:
    levels = (RGB.astype(np.uint16) * 257).tobytes()
    picture = from_bytes(mode="RGB;16", size=(120, 120), data=levels)
    picture.save(tmp_path / "deep.heic", quality=95)
    assert np.abs(read_photo(tmp_path / "deep.heic").rgb.astype(int) - RGB).mean() < 6


@pytest.mark.parametrize("has_mark", [True, False])
def test_cmyk_jpeg_is_inverted_with_and_without_the_mark_of_adobe(has_mark: bool, tmp_path: Path) -> None:
    path = tmp_path / "print.jpg"
    Image.fromarray(RGB).convert("CMYK").save(path)
    content = path.read_bytes()
    assert content[2:4] + content[6:11] == b"\xff\xeeAdobe"
    path.write_bytes(content if has_mark else content[:2] + content[18:])
    assert np.abs(read_photo(path).rgb.astype(int) - RGB).mean() < 6


@pytest.mark.parametrize("suffix", ["gif", "tiff", "webp", "png", "avif", "heic"])
def test_first_of_several_pictures_is_read(suffix: str, tmp_path: Path) -> None:
    more = [Image.fromarray(255 - GRAY)]
    Image.fromarray(GRAY).save(tmp_path / f"several.{suffix}", save_all=True, append_images=more, quality=95)
    assert np.abs(read_photo(tmp_path / f"several.{suffix}").rgb.astype(int) - as_rgb(GRAY)).mean() <= 3


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_compressions_of_tiff(compression: str, tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "scan.tiff", compression=compression)
    assert np.abs(read_photo(tmp_path / "scan.tiff").rgb.astype(int) - RGB).mean() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "heic", "avif"])
def test_exif_orientation_is_applied_once(orientation: int, suffix: str, tmp_path: Path) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = RGB[:, :90]
    stored = Image.fromarray(upright)
    if orientation in turns:
        stored = stored.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"photo.{suffix}", exif=exif.tobytes(), quality=95)
    photo = read_photo(tmp_path / f"photo.{suffix}")
    assert photo.rgb.shape == upright.shape
    assert photo.size == upright.shape[:2]
    assert np.abs(photo.rgb.astype(int) - upright).mean() < 5


def test_path_may_be_a_string(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_photo(str(tmp_path / "a.png")).rgb, RGB)


def test_names_of_formats_and_files_agree() -> None:
    registered = Image.registered_extensions()
    for name, suffixes in PICTURE_FORMATS.items():
        assert {registered[suffix] for suffix in suffixes} == {"HEIF" if name == "HEIC" else name.upper()}


# ---------------------------------------------------------------- large pictures


@pytest.mark.parametrize("name", ["a.jpg", "CMYK.jpg", "L.png", "RGB.png", "P.png", "RGBA.png", "I.png", "1.png"])
def test_large_picture_is_averaged_to_what_is_read(name: str, tmp_path: Path) -> None:
    """Also where its sides are no multiples of anything, and over many bands."""
    large = digit_picture(7, 4410, 200, ink=(0, 0, 0), paper=(255, 255, 255))[:, :4133]
    modes = {"a": "RGB", "I": "L"}
    picture = Image.fromarray(large).convert(modes.get(name.split(".")[0], name.split(".")[0]))
    if name == "I.png":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    picture.save(tmp_path / name)
    photo = read_photo(tmp_path / name)
    assert photo.size == (4410, 4133)
    assert photo.rgb.shape == (PHOTO_SIDE, 937, 3)
    expected = cv2.resize(large, (937, PHOTO_SIDE), interpolation=cv2.INTER_AREA)
    assert np.abs(photo.rgb.astype(int) - expected).mean() < 2
    assert np.abs(photo.rgb.astype(int) - expected).max() < 60  # no row or column is shifted


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (1000, 700), (1001, 1), (1, 5000), (5000, 1), (3999, 2), (4000, 3)])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_pictures_of_any_shape(size: tuple[int, int], suffix: str, tmp_path: Path) -> None:
    Image.new("RGB", size, (200, 190, 180)).save(tmp_path / f"a.{suffix}")
    photo = read_photo(tmp_path / f"a.{suffix}")
    assert photo.size == size[::-1]
    assert max(photo.rgb.shape[:2]) == min(PHOTO_SIDE, max(size))
    assert np.abs(photo.rgb.astype(int) - (200, 190, 180)).max() <= 3


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_picture_of_one_pixel(suffix: str, tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), (10, 10, 10)).save(tmp_path / f"dot{suffix}")
    photo = read_photo(tmp_path / f"dot{suffix}")
    assert photo.rgb.shape == (1, 1, 3)
    assert photo_to_page(photo).lines == []


MEASURE = """
import resource, sys
from preprocessing import read_photo
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(read_photo(sys.argv[1]).size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a process's memory in KiB")
@pytest.mark.parametrize(("name", "limit"), [("a.jpg", 120), ("P.png", 200)])
def test_memory_for_the_largest_picture_is_bounded(name: str, limit: int, tmp_path: Path) -> None:
    """58 megapixels; as RGB they alone take 166 MB, and Pillow takes 221."""
    picture = Image.new("P" if name == "P.png" else "L", (7200, 8000), 250)
    picture.save(tmp_path / name)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    size, megabytes = ended.stdout.rsplit(maxsplit=1)
    assert size == "(8000, 7200)"
    assert int(megabytes) < limit
