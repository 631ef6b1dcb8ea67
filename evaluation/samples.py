"""What a set is made of: samples that are read when their turn comes, and how each goes to its glyphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from preprocessing import Drawing, Page, Picture, drawing_to_page, ink_to_page, photo_to_page

__all__ = ["Content", "Sample", "SampleSet", "SetError", "check_label", "check_text", "content_to_page"]

# A drawing; a photo; or an ink (H, W) float32, 0 paper ... 1 pen
Content: TypeAlias = Drawing | Picture | np.ndarray

# A letter by one of these names has a digit's shape, so that no reader could refuse it
DIGIT_SHAPED = frozenset("OoIliZzSsBbqg")


class SetError(Exception):
    """A set cannot be used; the message is a sentence for the user that names the set and the cure."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture or drawing to score.

    Attributes
    ----------
    name : str
        Its file, its index in an array, or its line.
    load : callable
        Reads it; raises PhotoError or DrawingError where it is broken.
    label : int or None
        0 ... 9, or None: no digit, or a number.
    text : str
        The digits of a number, row after row without blanks; "" where one sign is expected.
    source : str
        Whose it is; "" if that is not known.
    is_digit_shaped : bool
        True for a letter like O, l or S.
    """

    name: str
    load: Callable[[], Content]
    label: int | None = None
    text: str = ""
    source: str = ""
    is_digit_shaped: bool = False


@dataclass(frozen=True, eq=False)
class SampleSet:
    """Samples under one name.

    Attributes
    ----------
    name : str
    samples : list of Sample
        At least one.
    file : str
        The last part of the path that they are from.
    checksum : str or None
        SHA-256 of that file; None for a folder and for what is made here.
    path_taken : str
        "ink", "photo" or "drawing": how the samples enter the path.
    left_out : str
        What of the file is not scored, in words; "" if all is.
    """

    name: str
    samples: list[Sample]
    file: str
    checksum: str | None
    path_taken: str
    left_out: str = ""


def content_to_page(content: Content) -> Page:
    """Find the writing as the page and `predict.py` do."""
    if isinstance(content, Drawing):
        return drawing_to_page(content)
    return photo_to_page(content) if isinstance(content, Picture) else ink_to_page(content)


def check_label(label: object, where: str) -> int:
    """Return a label as an int, or raise SetError if it is no digit; `where` names its place."""
    if isinstance(label, bool) or not isinstance(label, int | np.integer) or not 0 <= label <= 9:
        raise SetError(f"{where} has the label {label!r}; labels must be whole numbers from 0 to 9.")
    return int(label)


def check_text(text: str, where: str) -> str:
    """Return the digits of a number without the blanks between rows or groups, or raise SetError if it has others."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal()):
        raise SetError(f"{where} has the label {text!r}; a number must have digits and blanks only.")
    return digits
