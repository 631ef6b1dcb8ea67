"""Digits as a folder of pictures, one sub-folder a digit: read into arrays, and written from them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np

from model.mnist_files import DataError
from preprocessing import PICTURE_SUFFIXES, PhotoError, find_glyphs, photo_to_page, read_photo

__all__ = ["read_digit_folder", "write_digit_folder"]

SIDE = 28  # pixels
PARTS = ("train", "test")
DIGITS = tuple("0123456789")
TEST_EVERY = 7  # one picture in seven is for the test where there is one folder for all, as 10,000 of 70,000 in MNIST
FORM = "Make sub-folders 0 to 9 with their pictures, or train and test with such sub-folders each."


def read_digit_folder(folder: Path) -> dict[str, np.ndarray]:
    """Read the pictures of a folder with train/0 … 9 and test/0 … 9, or with 0 … 9 alone, of which one in seven tests.

    A picture of 28 x 28 that is white on black is taken as it is; any other goes the way of a photo. The order is that
    of the pictures' names, shorter ones first: what `write_digit_folder` wrote comes back in the order it had.

    Returns
    -------
    {"x_train", "y_train", "x_test", "y_test"}
        Images (N, 28, 28) uint8, 0 paper … 255 pen, and labels (N,) uint8.

    Raises
    ------
    DataError
        If a folder is missing, empty or named otherwise, or a picture cannot be read.
    """
    present = [part for part in PARTS if (folder / part).is_dir()]
    if len(present) == 1:
        missing = PARTS[1 - PARTS.index(present[0])]
        raise DataError(f"The folder {folder} has {present[0]}, but no {missing}. {FORM}")
    if present:
        train, test = (_list_pictures(folder / part) for part in PARTS)
    else:
        pictures = _list_pictures(folder)
        test = pictures[::TEST_EVERY]
        train = [each for index, each in enumerate(pictures) if index % TEST_EVERY]
    arrays = {}
    for part, pictures in zip(PARTS, (train, test), strict=True):
        arrays[f"x_{part}"] = np.array([_read_digit(path) for path, _ in pictures], np.uint8).reshape(-1, SIDE, SIDE)
        arrays[f"y_{part}"] = np.array([digit for _, digit in pictures], np.uint8)
    return arrays


def write_digit_folder(arrays: dict[str, np.ndarray], folder: Path) -> None:
    """Write images as PNG files, train/5/00000.png for the first one of `x_train` if it is a 5.

    Parameters
    ----------
    arrays : {"x_train", "y_train", "x_test", "y_test"}
        As `read_digit_folder` gives them.
    folder : Path
        A new one, or an empty one; it is there only when all pictures are.

    Raises
    ------
    DataError
        If it exists and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} exists already; name a new folder to write the pictures to.")
    beside = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    try:
        for part in PARTS:
            for digit in DIGITS:
                (beside / part / digit).mkdir(parents=True)
            for index, (image, label) in enumerate(zip(arrays[f"x_{part}"], arrays[f"y_{part}"], strict=True)):
                _, packed = cv2.imencode(".png", image)
                (beside / part / str(label) / f"{index:05d}.png").write_bytes(packed.tobytes())
        if folder.exists():
            folder.rmdir()  # Windows renames onto nothing that is there
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _list_pictures(folder: Path) -> list[tuple[Path, int]]:
    """The pictures in the sub-folders 0 to 9 and their digits, all in one order of their names."""
    digits = [entry for entry in sorted(folder.iterdir()) if entry.is_dir() and not entry.name.startswith(".")]
    wrong = [entry.name for entry in digits if entry.name not in DIGITS]
    if wrong:
        raise DataError(f"The folder {folder} has a sub-folder {wrong[0]}, which is no digit. {FORM}")
    pictures = [
        (path, int(entry.name))
        for entry in digits
        for path in entry.iterdir()
        if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")
    ]
    if not pictures:
        raise DataError(
            f"The folder {folder} has no pictures in sub-folders 0 to 9, nor MNIST's four idx files. {FORM}"
        )
    return sorted(pictures, key=lambda each: (len(each[0].stem), each[0].name, each[1]))  # 2.png before 10.png


def _read_digit(path: Path) -> np.ndarray:
    """One picture, (28, 28) uint8, 0 paper … 255 pen."""
    try:
        photo = read_photo(path)
    except PhotoError as error:
        raise DataError(f"{path} cannot be used: {error}") from error
    gray = photo.rgb[..., 0]
    if (photo.rgb == gray[..., None]).all() and np.bincount(gray.ravel()).argmax() == 0:  # white on black, as MNIST is
        if gray.shape == (SIDE, SIDE):
            return gray
        glyph = next(iter(find_glyphs(gray / np.float32(255))), None)
    else:
        glyph = photo_to_page(photo).to_glyph()
    if glyph is None:
        raise DataError(f"No writing was found on {path}; take it out of the folder, or make it darker.")
    return np.rint(255 * glyph.image).astype(np.uint8)
