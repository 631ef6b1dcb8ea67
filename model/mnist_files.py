"""MNIST's files in, an npz file or four idx files; their arrays by the names that `keras.datasets.mnist` has out."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

__all__ = ["IDX_NAMES", "MNIST_URL", "READ_ERRORS", "DataError", "has_idx", "is_idx", "read_idx_folder", "read_npz"]

MAX_BYTES = 2**30  # of one unpacked array; MNIST's largest has 47 MB
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"

# The arrays as in keras.datasets.mnist, and the names of the files that Yann LeCun published
IDX_NAMES = {
    "x_train": ("train-images", "idx3-ubyte"),
    "y_train": ("train-labels", "idx1-ubyte"),
    "x_test": ("t10k-images", "idx3-ubyte"),
    "y_test": ("t10k-labels", "idx1-ubyte"),
}
# What reading a damaged zip or npz file raises
READ_ERRORS = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    MemoryError,  # a header that claims a huge shape
    RuntimeError,  # encrypted, or packed by an unknown method
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)
CURE = f"Download mnist.npz anew from {MNIST_URL} and pass it with --data."


class DataError(Exception):
    """Training data cannot be had; the message is a sentence for the user that names the cure."""


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Read the four arrays of an npz file, unchecked.

    Raises
    ------
    DataError
        If it is none, damaged, too large, or lacks one of them.
    """
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path} is no complete npz file, nor a folder with idx files. {CURE}")
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename.removesuffix(".npy"): info.file_size for info in archive.infolist()}
        missing = [key for key in IDX_NAMES if key not in sizes]
        if missing:
            raise DataError(f"{path} has no array {missing[0]}; it must have {', '.join(IDX_NAMES)}. {CURE}")
        if max(sizes[key] for key in IDX_NAMES) > MAX_BYTES:
            raise DataError(f"{path} unpacks to more than {MAX_BYTES // 2**20} MB an array. {CURE}")
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in IDX_NAMES}
    except READ_ERRORS as error:
        raise DataError(f"{path} is damaged ({error}). {CURE}") from error


def is_idx(path: Path) -> bool:
    """Whether a file has the name of one of the four idx files."""
    return any(path.name.startswith((f"{stem}-{kind}", f"{stem}.{kind}")) for stem, kind in IDX_NAMES.values())


def has_idx(folder: Path) -> bool:
    """Whether a folder has at least one of the four idx files."""
    return any(is_idx(path) for path in folder.iterdir())


def read_idx_folder(folder: Path) -> dict[str, np.ndarray]:
    """Read the arrays of a folder's four idx files, plain or .gz, unchecked.

    Raises
    ------
    DataError
        If one of them is missing or damaged.
    """
    return {key: _read_idx(_find_idx(folder, *IDX_NAMES[key])) for key in IDX_NAMES}


def _find_idx(folder: Path, stem: str, kind: str) -> Path:
    """The published names have '-' before idx; some unpackers write '.' instead."""
    names = [f"{stem}{mark}{kind}{packed}" for mark in "-." for packed in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"The folder {folder} has no {names[0]} (or .gz); put the four idx files of MNIST there.")


def _read_idx(path: Path) -> np.ndarray:
    """Read one file in idx form: two zero bytes, 8 for uint8, the number of axes, each length, the bytes."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or cannot be read ({error}). Get it anew.") from error
    axes = 3 if "idx3" in path.name else 1
    start = 4 + 4 * axes
    if len(content) < start or content[:4] != bytes([0, 0, 8, axes]):
        raise DataError(f"{path} is no idx file of bytes with {axes} axes. Get it anew.")
    shape = struct.unpack(f">{axes}I", content[4:start])
    expected = int(np.prod(shape, dtype=object))
    if len(content) - start != expected:
        raise DataError(f"{path} has {len(content) - start:,} bytes of data, not {expected:,}. Get it anew.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
