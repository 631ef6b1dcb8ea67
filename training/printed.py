"""Letters and signs of many scripts from the fonts that matplotlib brings: a Generator in, a picture out."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from preprocessing import find_glyphs

__all__ = ["print_character"]

LATIN = "ACDEFGHJKLMNPQRTUVWXYacdefhjkmnprtuvwxy@&?#$%+=*{}[]<>^~\u00df\u00e6\u00e5\u00e7\u00f1\u00fc\u00f6\u00e4"
SLASHED = "\u2205\u00d8\u00f8\u03a6\u03c6\u0444\u0424\u2300\u2298\u29b0\u2349"  # a 0 may be crossed out like these
DIGITS_AND_ALIKES = "0123456789OoIl|iZzSsBbqg"
FONTS = ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSansMono", "STIXGeneral",
         "STIXGeneralItalic", "cmr10", "cmmi10", "cmtt10", "cmss10")  # fmt: skip
BLOCKS = ((0x386, 0x3FF), (0x400, 0x52F), (0x531, 0x587), (0x5D0, 0x5EA), (0x621, 0x64A), (0x10A0, 0x10FC),
          (0x1401, 0x1676), (0x2D30, 0x2D65), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x26FF), (0x2700, 0x27BF),
          (0xE81, 0xEDD), (0x7C0, 0x7EA), (0x16A0, 0x16F0), (0x2C80, 0x2CE3))  # fmt: skip
ALIKE = 0.80  # correlation with a digit at which a character counts as one


@cache
def _load_fonts() -> dict[str, tuple[object, frozenset[int]]]:
    import matplotlib
    from matplotlib.ft2font import FT2Font
    from PIL import ImageFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return {
        name: (
            ImageFont.truetype(str(folder / f"{name}.ttf"), 64),
            frozenset(FT2Font(str(folder / f"{name}.ttf")).get_charmap()),
        )
        for name in FONTS
    }


def _print_glyph(font: object, character: str) -> np.ndarray:
    """(H, W) float32 in [0, 1]"""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (160, 160))
    ImageDraw.Draw(picture).text((40, 30), character, fill=255, font=font)  # type: ignore[arg-type]
    return np.asarray(picture, np.float32) / 255


@cache
def _list_characters(kind: str) -> list[tuple[str, str]]:
    """(font, character) of those that look like no digit."""
    fonts = _load_fonts()
    digits = []
    for font, known in fonts.values():
        digits += [_blur(_print_glyph(font, c)) for c in DIGITS_AND_ALIKES if ord(c) in known]
    alike = np.stack([d for d in digits if d is not None])
    chosen = []
    for name, (font, known) in fonts.items():
        if kind == "latin":
            candidates = [c for c in LATIN if ord(c) in known]
        elif name in ("DejaVuSans", "STIXGeneral", "DejaVuSerif"):
            candidates = [chr(c) for low, high in BLOCKS for c in range(low, high + 1) if c in known]
        else:
            continue
        for c in candidates:
            if unicodedata.numeric(c, None) is not None or unicodedata.combining(c) or c in SLASHED:
                continue
            vector = _blur(_print_glyph(font, c))
            if vector is not None and (alike @ vector).max() < ALIKE:
                chosen.append((name, c))
    return chosen


def _blur(ink: np.ndarray) -> np.ndarray | None:
    """The unit vector of a blurred glyph, for correlations; None if blank or solid."""
    glyphs = find_glyphs(ink)
    if not glyphs or glyphs[0].is_solid:
        return None
    vector = cv2.GaussianBlur(glyphs[0].image, (0, 0), 1.0).ravel()
    vector = vector - vector.mean()
    return vector / np.linalg.norm(vector)


def print_character(generator: np.random.Generator, kind: Literal["latin", "script"]) -> np.ndarray:
    """Print a character that looks like no digit, slanted and bent: (160, 160) float32 in [0, 1].

    Parameters
    ----------
    kind : "latin" or "script"
        A letter or sign of a Western keyboard; or one of Greek, Cyrillic, Georgian, runes, symbols ...
    """
    characters = _list_characters(kind)
    name, character = characters[generator.integers(len(characters))]
    return _warp(_print_glyph(_load_fonts()[name][0], character), generator)


def _warp(ink: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Slant, widen, rotate and bend a picture."""
    height, width = ink.shape
    rows, columns = np.indices(ink.shape, dtype=np.float32)
    y, x = rows - height / 2, columns - width / 2
    angle, slant, aspect = generator.normal(0, (0.15, 0.25, 0.2))
    x = x * np.exp(aspect)
    x, y = np.cos(angle) * x - np.sin(angle) * y + slant * y, np.sin(angle) * x + np.cos(angle) * y
    for period in (60, 30):
        for _ in range(2):
            f, g = generator.normal(0, 1 / period, 2) * 2 * np.pi
            a, b = generator.normal(0, period / 25, 2)
            phase = generator.uniform(0, 6.28)
            wave = np.sin(f * x + g * y + phase)
            x, y = x + a * wave, y + b * wave
    return cv2.remap(ink, (x + width / 2).astype(np.float32), (y + height / 2).astype(np.float32), cv2.INTER_LINEAR)
