"""Picture files to pixels, and pixels to ink: formats, modes, damage, light, color, polarity."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from strokes import digit_picture

from ink.photo import MAX_PHOTO_PIXELS
from preprocessing import Glyph, PhotoError, Picture, find_glyphs, find_writing, photo_to_page, read_photo

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


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


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
}


def signs_on(rgb: np.ndarray) -> list[Glyph]:
    """All writing as one sign, its box in pixels of the photo; [] if there is none."""
    page = photo_to_page(Picture(rgb))
    glyph = page.to_glyph()
    return [replace(glyph, box=page.place(glyph.box))] if glyph else []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_pixels(name: str, tmp_path: Path) -> None:
    make, expected, allowed = FORMATS[name]
    make().save(tmp_path / name)
    rgb = read_photo(tmp_path / name).rgb
    assert rgb.dtype == np.uint8
    assert rgb.shape == expected.shape
    assert np.abs(rgb.astype(int) - expected).mean() <= allowed
    assert len(signs_on(rgb)) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_exif_orientation_is_applied(orientation: int, suffix: str, tmp_path: Path) -> None:
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
    stored.save(tmp_path / f"photo.{suffix}", exif=exif, quality=95)
    rgb = read_photo(tmp_path / f"photo.{suffix}").rgb
    assert rgb.shape == upright.shape
    assert np.abs(rgb.astype(int) - upright).mean() < 5


def test_path_may_be_a_string(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_photo(str(tmp_path / "a.png")).rgb, RGB)


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize("content", [b"", b"a shopping list\n", b"\x89PNG\r\n", bytes(range(256))])
def test_file_that_is_no_picture(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "list.png").write_bytes(content)
    with pytest.raises(PhotoError, match=r"^list\.png is not a picture that can be read\. Use JPEG, PNG"):
        read_photo(tmp_path / "list.png")


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "bmp", "tiff"])
def test_picture_that_is_cut_off(suffix: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    path = tmp_path / f"half.{suffix}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PhotoError, match=rf"^half\.{suffix} is (damaged or cut off|not a picture that can be read)"):
        read_photo(path)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as preprocessing sets it for everyone
def test_damaged_bytes_give_a_picture_or_a_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo"
    refused = 0
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        Image.fromarray(RGB[:40, 30:90]).save(path, kind, exif=exif)
        whole = path.read_bytes()
        for _ in range(60):
            damaged = bytearray(whole)
            for at in rng.integers(0, min(len(whole), 200), 3):
                damaged[at] = rng.integers(256)
            path.write_bytes(damaged)
            try:
                assert read_photo(path).rgb.ndim == 3
            except PhotoError:
                refused += 1
    assert refused > 50


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"^There is no file .*nothing\.png\.$"):
        read_photo(tmp_path / "nothing.png")
    with pytest.raises(PhotoError, match="is a folder, not a picture"):
        read_photo(tmp_path)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    Image.new("1", (MAX_PHOTO_PIXELS // 5000 + 1, 5000)).save(tmp_path / "huge.png")
    with pytest.raises(PhotoError, match=r"^huge\.png has 12001 x 5000 pixels; at most 60 megapixels are read"):
        read_photo(tmp_path / "huge.png")
    header = bytearray((tmp_path / "huge.png").read_bytes())
    header[16:24] = (100_000).to_bytes(4, "big") * 2  # width and height: ten gigapixels
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(header)
    with pytest.raises(PhotoError, match=r"^bomb\.png has too many pixels\. Save it smaller"):
        read_photo(tmp_path / "bomb.png")


# ---------------------------------------------------------------- photo to ink


@pytest.mark.parametrize("digit", range(10))
def test_light_on_dark_is_read_as_dark_on_light(digit: int) -> None:
    photo = digit_picture(digit, 300, 12)
    ink = find_writing(photo).ink
    assert ink.dtype == np.float32
    assert ink.shape == (300, 300)
    assert 0 == ink.min() < ink.max() <= 1
    np.testing.assert_array_equal(find_writing(255 - photo).ink, ink)


@pytest.mark.parametrize("digit", range(10))
def test_photo_and_ideal_ink_give_the_same_image(digit: int) -> None:
    ideal = digit_picture(digit, 300, 12, ink=(255, 255, 255), paper=(0, 0, 0))[..., 0].astype(np.float32) / 255
    (expected,) = find_glyphs(ideal)
    (glyph,) = signs_on(digit_picture(digit, 300, 12))
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("turn", range(4))
def test_shadow_is_taken_off(digit: int, turn: int) -> None:
    photo = digit_picture(digit, 300, 12)
    light = np.rot90(np.tile(np.linspace(1, 0.35, 300), (300, 1)), turn)
    (glyph,), (expected,) = (
        signs_on((photo * light[..., None]).astype(np.uint8)),
        signs_on(photo),
    )
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("ink", [(30, 40, 170), (190, 30, 40), (20, 120, 60), (110, 110, 110)])
@pytest.mark.parametrize("paper", [(250, 250, 250), (235, 225, 170), (190, 190, 195)])
def test_colored_ink_and_paper(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    (glyph,) = signs_on(digit_picture(5, 300, 12, ink, paper))
    (expected,) = signs_on(digit_picture(5, 300, 12))
    assert correlation(glyph.image, expected.image) > 0.95


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (30, 40), (300, 200), (1500, 2000)])
def test_even_sheet_is_blank(level: int, shape: tuple[int, int]) -> None:
    assert signs_on(np.full((*shape, 3), level, np.uint8)) == []


@pytest.mark.parametrize("seed", range(6))
def test_paper_with_grain_and_shadow_is_blank(seed: int) -> None:
    rng = np.random.default_rng(seed)
    light = np.linspace(230, 150, 400)[None, :, None] + np.zeros((300, 1, 3))
    sheet = np.clip(light + rng.normal(0, 3, light.shape), 0, 255).astype(np.uint8)
    assert signs_on(sheet) == []


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (2, 4000), (3, 1001)])
def test_strips_of_any_length_are_read(shape: tuple[int, int]) -> None:
    strip = np.full((*shape, 3), 255, np.uint8)
    strip[shape[0] // 2, shape[1] // 2] = 0
    assert max(find_writing(strip).ink.shape) == 1000
    assert len(signs_on(strip)) <= 1


def test_box_is_in_pixels_of_the_photo() -> None:
    photo = np.full((1500, 2000, 3), 240, np.uint8)
    cv2.line(photo, (600, 400), (600, 1100), (20, 20, 20), 40)  # x, y
    (glyph,) = signs_on(photo)
    box = (glyph.box.top, glyph.box.left, glyph.box.height, glyph.box.width)
    np.testing.assert_allclose(box, (380, 580, 740, 40), atol=12)
