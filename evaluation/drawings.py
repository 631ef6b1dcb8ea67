"""A .jsonl file of drawings in, samples out."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from evaluation.samples import DIGIT_SHAPED, Sample, SetError, check_label
from preprocessing import Drawing, DrawingError

__all__ = ["read_digit_drawings", "read_other_drawings"]


def read_digit_drawings(path: Path, writers: Collection[int], held_out: bool) -> tuple[list[Sample], str]:
    """Samples of a file of labeled drawings, one a line; and what is left out, in words.

    Parameters
    ----------
    writers : collection of int
        Where the drawings name their writers, only those of these are taken; all if it is empty.
    held_out : bool
        False to take those of all other writers instead.
    """
    drawings = _read_lines(path)
    named = [drawing["writer"] for _, drawing in drawings if isinstance(drawing, dict) and "writer" in drawing]
    samples, left_out = [], 0
    for line, drawing in drawings:
        where = f"Line {line} of {path}"
        if not isinstance(drawing, dict):
            samples.append(Sample(f"line {line}", partial(_read_drawing, drawing)))
            continue
        if "label" not in drawing:
            raise SetError(f'{where} has no "label"; a labeled drawing is {{"label": 7, "width": …, "strokes": …}}.')
        label = check_label(drawing["label"], where)
        if writers and named:
            if "writer" not in drawing:
                raise SetError(f'{where} has no "writer", but others have; --writers needs it in every line, or none.')
            if (drawing["writer"] in writers) != held_out:
                left_out += 1
                continue
        samples.append(Sample(f"line {line}", partial(_read_drawing, drawing), label))
    return samples, f"{left_out:,} of other writers" if left_out else ""


def read_other_drawings(path: Path) -> list[Sample]:
    """Samples of a file of drawings that are no digits; a "name" may say which letter one is."""
    return [
        Sample(
            f"line {line}",
            partial(_read_drawing, drawing),
            is_digit_shaped=isinstance(drawing, dict) and str(drawing.get("name")) in DIGIT_SHAPED,
        )
        for line, drawing in _read_lines(path)
    ]


def _read_lines(path: Path) -> list[tuple[int, Any]]:
    """Number and value of each line that is not blank; None where it is no JSON."""
    drawings: list[tuple[int, Any]] = []
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                try:
                    drawings.append((number, json.loads(text)))
                except (ValueError, RecursionError):
                    drawings.append((number, None))
    return drawings


def _read_drawing(drawing: Any) -> Drawing:
    if drawing is None:
        raise DrawingError("This line is not JSON; expected is one drawing a line.")
    return Drawing.from_json(drawing)
