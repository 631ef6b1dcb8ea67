"""The digits of Paddle's course in, mnist.json.gz; arrays by the names that `keras.datasets.mnist` has out."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from model.mnist_files import DataError

__all__ = ["is_course_file", "read_course_file"]

SIDE = 28  # pixels
PIXELS = SIDE * SIDE
MAX_BYTES = 2**30  # of the unpacked text; MNIST in full precision has 0.34 GB
PARTS = ("train", "validation", "test")
FORM = 'It must be JSON: three lists ("train", "validation", "test"), each of a list of images and a list of labels.'


class _Numbers(dict[str, float]):
    """Each number of the text made once: the 55 million of MNIST take 8 bytes each in the lists, and not 32."""

    def __missing__(self, text: str) -> float:
        number = self[text] = float(text)
        return number


def is_course_file(path: Path) -> bool:
    """Whether a file has the name of one."""
    return path.name.lower().endswith((".json.gz", ".json"))


def read_course_file(path: Path) -> dict[str, np.ndarray]:
    """Read the three lists; those for training and for validation become the training images, in this order.

    MNIST comes out as its makers had it: the course cut its 60,000 training images into the first 50,000 and the rest.

    Raises
    ------
    DataError
        If it is damaged or no such file; the message names the list and the image.

    References
    ----------
    Baidu 2020, Deep Learning from Scratch with PaddlePaddle ("mnist.json.gz"), chapter on digits.
    """
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if is_packed else path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or cannot be read ({error}). Get it anew.") from error
    if len(text) > MAX_BYTES:
        raise DataError(f"{path} unpacks to more than {MAX_BYTES // 2**20} MB. {FORM}")
    try:
        lists = json.loads(text, parse_float=_Numbers().__getitem__)
    except (ValueError, RecursionError) as error:  # ValueError: not UTF-8, or not JSON
        raise DataError(f"{path} is no JSON text, or cut off ({error}). {FORM}") from error
    if not isinstance(lists, list) or len(lists) != len(PARTS):
        raise DataError(f"{path} holds something else than digits. {FORM}")
    parts = [_check_list(part, f'The list "{name}" of {path}') for name, part in zip(PARTS, lists, strict=True)]
    images, labels = zip(*parts, strict=True)
    levels = _to_levels(np.concatenate(images))
    border = len(images[0]) + len(images[1])
    return {
        "x_train": levels[:border],
        "y_train": np.concatenate(labels[:2]),
        "x_test": levels[border:],
        "y_test": labels[2],
    }


def _check_list(part: Any, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 784) float32 in [0, 1] and labels (N,) int64 of one list; `where` begins the sentence of an error."""
    if not isinstance(part, list) or len(part) != 2 or not all(isinstance(each, list) for each in part):
        raise DataError(f"{where} is no pair of images and labels. {FORM}")
    rows, labels = part
    if len(rows) != len(labels):
        raise DataError(f"{where} has {len(rows):,} images, but {len(labels):,} labels; there must be one each.")
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != PIXELS:
            count = f"{len(row):,} numbers" if isinstance(row, list) else "no list of numbers"
            raise DataError(f"{where} has {count} for image {index}; there must be {PIXELS}, 28 rows of 28.")
    for index, label in enumerate(labels):
        if type(label) is not int or not 0 <= label <= 9:
            raise DataError(f"{where} has the label {label!r} for image {index}; labels must be 0 to 9.")
    try:
        images = np.array(rows, np.float32).reshape(-1, PIXELS)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{where} has something other than numbers in its images. {FORM}") from error
    wrong = np.flatnonzero(~((images >= 0) & (images <= 1)).all(axis=1))
    if len(wrong):
        raise DataError(f"{where} has a number out of 0 to 1 in image {wrong[0]}; 0 must be paper and 1 pen.")
    return images, np.array(labels, np.int64)


def _to_levels(images: np.ndarray) -> np.ndarray:
    """(N, 784) float32 in [0, 1] to (N, 28, 28) uint8, exactly those that were divided, by 256 in the course's file."""
    levels = 256 * images
    if images.max(initial=0) == 1 or (levels != np.rint(levels)).any():
        levels = 255 * images
    return np.rint(levels).astype(np.uint8).reshape(-1, SIDE, SIDE)
