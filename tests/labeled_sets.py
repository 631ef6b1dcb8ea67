"""Small labeled sets, of the ten drawn digits and of a letter, and a reader of them without a trained network."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from strokes import digit_drawing, digit_picture

from model.card import Card
from model.recognizer import Recognizer
from preprocessing import Drawing, drawing_to_glyphs

__all__ = ["LETTER", "digit_images", "fake_layers", "fake_recognizer", "write_drawings", "write_labeled_folder"]

# an A: far from all ten digits
LETTER = {"width": 400, "height": 400, "strokes": [[[60, 340], [200, 40], [340, 340]], [[110, 230], [290, 230]]]}


def digit_images(digits: Sequence[int]) -> np.ndarray:
    """The digits as MNIST has them: (N, 28, 28) uint8, white on black."""
    return np.stack([np.rint(_image(digit_drawing(digit)) * 255).astype(np.uint8) for digit in digits])


def _image(drawing: dict[str, Any]) -> np.ndarray:
    return drawing_to_glyphs(Drawing.from_json(drawing))[0].image


def fake_layers(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, 784) and logits (N, 10): the less an image differs from a drawn digit, the higher its logit."""
    known = np.stack([_image(digit_drawing(digit)) for digit in range(10)]).reshape(10, -1)
    distances = ((images.reshape(len(images), 1, -1) - known) ** 2).sum(axis=2)  # (N, 10)
    return images.reshape(len(images), -1), -distances / 5


def fake_recognizer(threshold: float = 0.02, unsure_ratio: float = 0.9) -> Recognizer:
    """Reads the ten drawn digits by their likeness, and refuses what is not like any."""

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        _, logits = fake_layers(images)
        likeness = np.exp(logits).astype(np.float32) + 1e-9
        return likeness / likeness.sum(axis=1, keepdims=True), np.exp(logits.max(axis=1) / 2).astype(np.float32)

    return Recognizer(classify, Card(threshold=threshold, unsure_ratio=unsure_ratio))


def write_drawings(path: Path, digits: Sequence[int], writers: Sequence[int] = (), extra: Sequence[str] = ()) -> Path:
    """A .jsonl file: a drawing a line, and `extra` lines as they are."""
    named = [{"writer": writer} for writer in writers] or [{}] * len(digits)
    lines = [json.dumps({"label": n, **writer, **digit_drawing(n)}) for n, writer in zip(digits, named, strict=True)]
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    return path


def write_labeled_folder(
    folder: Path, rows: Sequence[Sequence[object]], columns: str = "file,label,kind,source"
) -> Path:
    """A folder with pictures of the ten digits, 0.png to 9.png, and these rows in its labels.csv."""
    folder.mkdir()
    for digit in range(10):
        Image.fromarray(digit_picture(digit, 120, 6)).save(folder / f"{digit}.png")
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return folder
