"""Picture files in; their pixels out, upright, in 8 bits, with transparent parts as paper, and not larger than needed.

Reading a file of 60 megapixels, the most that is read, takes up to 950 MB: WebP does, JPEG takes 70 MB or, if it is
progressive, 360 MB, the others 100 to 550 MB. Files over 16 megapixels are read one at a time, however many threads ask
for them. The picture that comes out takes 3 MB at most.
"""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

__all__ = [
    "MAX_PHOTO_PIXELS",
    "PHOTO_SIDE",
    "PICTURE_FORMATS",
    "PICTURE_SUFFIXES",
    "PhotoError",
    "Picture",
    "read_photo",
    "reduce_picture",
]

# Pillow's warnings on odd files are not for our users; what it cannot read, it raises. Set here, once: a filter
# for the length of a call would not be thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")

PHOTO_SIDE = 1000  # pixels, the longer side at which a photo is read
MAX_PHOTO_PIXELS = 60_000_000  # in the file. Phones take 12 to 50 megapixels
LARGE = 16_000_000  # pixels; what has more waits for the one before, so that memory is bounded
DECODED_SIDE = 2000  # pixels; at 1,000, three digits more of 87 photos are read wrong
BAND = 64  # rows of the smaller picture that are made of the larger one at once

# As people know them, and the ends of their files' names
PICTURE_FORMATS = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WebP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "HEIC": (".heic", ".heif"),
    "AVIF": (".avif",),
}
PICTURE_SUFFIXES = tuple(suffix for suffixes in PICTURE_FORMATS.values() for suffix in suffixes)

# By the names that Pillow has for them; a phone's HEIC and AVIF name what they are like one after the other
HEAD = 1024  # bytes from a file's beginning that tell what it is
SIGNATURES = {
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "WEBP": rb"RIFF....WEBP",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "AVIF": rb"....ftyp(?:....){0,8}?avi[fs]",
    "HEIF": rb"....ftyp(?:....){0,8}?(?:hei[cmsx]|hev[cmsx]|mif1|msf1)",
}
DOCUMENTS = {"a PDF": rb"%PDF", "an SVG drawing": rb"\s*<(?:svg|(?:\?xml|!).*<svg)"}

ORIENTATION = 0x0112  # the EXIF tag, and what makes a picture with it upright
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = 5  # from this orientation on, height and width change places


_reading_large = threading.Lock()


class PhotoError(ValueError):
    """A picture file cannot be read; the message is for the user."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as a person sees it: upright, 8 bits, transparent parts as paper.

    Attributes
    ----------
    rgb : (h, w, 3) uint8
        Of a file, its longer side has at most 1,000 pixels.
    size : (int, int), optional
        Height and width of the upright picture in the file, in pixels; by default those of `rgb`.
    """

    rgb: np.ndarray
    size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.size == (0, 0):
            object.__setattr__(self, "size", self.rgb.shape[:2])


def read_photo(path: str | Path) -> Picture:
    """Read a picture file; of several pictures in it the first.

    What is larger than 1,000 pixels is averaged to that; a large JPEG is not even decoded as large as it is.

    Raises
    ------
    PhotoError
        If the file is missing, no picture, broken, or over 60 megapixels.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            kind = _tell_kind(path.name, file.peek(HEAD)[:HEAD])
            if kind == "HEIF":
                _register_heif()
            with Image.open(file, formats=[kind]) as picture:
                return _read_picture(path.name, picture)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise PhotoError(f"{path} is a folder, not a picture.") from None
    except PermissionError:
        raise PhotoError(f"{path.name} may not be read; check its permissions.") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"{path.name} has too many pixels. Save it smaller and try again.") from None
    except Exception:  # on damaged data Pillow's decoders raise nearly anything: SyntaxError, struct.error, …
        raise PhotoError(f"{path.name} is damaged or cut off. Save or send it again.") from None


def reduce_picture(image: np.ndarray, side: int) -> np.ndarray:
    """Shrink an image, (h, w) or (h, w, 3) uint8, whose longer side is over `side` pixels to that."""
    height, width = image.shape[:2]
    zoom = side / max(height, width)
    if zoom >= 1:
        return image
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _tell_kind(name: str, head: bytes) -> str:
    """The format of a file, as Pillow calls it, by its first bytes."""
    if not head:
        raise PhotoError(f"{name} is empty. Save or send it again.")
    for kind, signature in SIGNATURES.items():
        if re.match(signature, head, re.DOTALL):
            return kind
    *others, last = PICTURE_FORMATS
    formats = f"{', '.join(others)} or {last}"
    for document, signature in DOCUMENTS.items():
        if re.match(signature, head, re.DOTALL):
            raise PhotoError(f"{name} is {document}, not a picture. Save it as {formats} and try again.")
    raise PhotoError(f"{name} is not a picture that can be read. Use {formats}.")


@cache
def _register_heif() -> None:
    """Let Pillow read HEIC; its decoder takes 40 ms to load, which most users never need."""
    from pillow_heif import register_heif_opener

    register_heif_opener()


def _read_picture(name: str, picture: Image.Image) -> Picture:
    width, height = picture.size
    if width * height > MAX_PHOTO_PIXELS:
        raise PhotoError(
            f"{name} has {width} x {height} pixels; at most {MAX_PHOTO_PIXELS // 1_000_000} megapixels are read. "
            "Save it smaller and try again."
        )
    if picture.format in ("JPEG", "MPO"):  # decoded at 1/2, 1/4 or 1/8: 12 megapixels in 60 ms instead of 190
        zoom = DECODED_SIDE / max(width, height)
        picture.draft(None, (max(1, int(width * zoom)), max(1, int(height * zoom))))
    with _reading_large if width * height > LARGE else nullcontext():
        picture.load()
        rgb = reduce_picture(_to_rgb(picture), PHOTO_SIDE)
    orientation = picture.getexif().get(ORIENTATION)  # HEIF and TIFF have been turned by now, and have none
    if orientation in TURNS:
        rgb = np.asarray(Image.fromarray(rgb).transpose(TURNS[orientation]))
        if orientation >= SIDEWAYS:
            width, height = height, width
    return Picture(rgb, (height, width))


def _to_rgb(picture: Image.Image) -> np.ndarray:
    """Any Pillow mode to (h, w, 3) uint8, the longer side below 4,000 pixels."""
    small = _shrink(picture)
    if small.mode == "F":
        levels = np.asarray(small)
        top = 65535 if picture.mode.startswith("I;16") else max(float(levels.max(initial=0)), 1.0)
        gray = np.clip(levels / top * 255, 0, 255).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=2)
    if small.mode != "RGBA":
        return np.asarray(small.convert("RGB"))
    # transparent means paper: white, or black under light ink, which would vanish on white
    rgba = np.asarray(small).astype(np.float32)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    ink_lightness = float((color * alpha).sum() / max(float(alpha.sum()) * 3, 1.0))
    paper = Image.new("RGB", small.size, "black" if ink_lightness > 127 > alpha.min() else "white")
    paper.paste(small, mask=small)
    return np.asarray(paper)


def _shrink(picture: Image.Image) -> Image.Image:
    """Average blocks of pixels, so that the longer side stays below 4,000; mode L, RGB, RGBA or F.

    It is done in bands: a copy of the whole in such a mode would take as much memory as the picture or more.
    """
    factor = max(picture.size) // DECODED_SIDE
    if factor <= 1:
        return _to_levels(picture)
    rows = BAND * factor
    width, height = picture.size
    bands = [
        _to_levels(picture.crop((0, top, width, min(top + rows, height)))).reduce(factor)
        for top in range(0, height, rows)
    ]
    whole = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    for number, band in enumerate(bands):
        whole.paste(band, (0, number * BAND))
    return whole


def _to_levels(picture: Image.Image) -> Image.Image:
    """Any Pillow mode to one that can be averaged: L, RGB, RGBA or F."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more, which Pillow would cut off
        levels = np.asarray(picture, dtype=np.float32)
        return Image.fromarray(np.nan_to_num(levels, posinf=0, neginf=0))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode == "L" else picture.convert("RGB")
