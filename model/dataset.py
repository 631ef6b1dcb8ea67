"""MNIST in any form it comes in; checked uint8 images (N, 28, 28), labels (N,) and a checksum out."""

from __future__ import annotations

import gzip
import hashlib
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from preprocessing import find_glyphs

__all__ = ["READ_ERRORS", "DataError", "DigitData", "images_through_preprocessing", "load_mnist", "split_validation"]

SIDE = 28  # pixels
CLASSES = 10
MAX_BYTES = 2**30  # of one unpacked array; MNIST's largest has 47 MB
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_CHECKSUM = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"

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


@dataclass(frozen=True, eq=False)
class DigitData:
    """Labeled digits, for training and for the final test.

    Attributes
    ----------
    x_train, x_test : (N, 28, 28) uint8, 0 paper ... 255 pen
    y_train, y_test : (N,) uint8, 0 to 9
    name : str
        "MNIST" if it is, else the name of the file or folder.
    checksum : str
        SHA-256 of the four arrays' bytes: the same for npz and idx files of the same digits.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str
    checksum: str


def load_mnist(path: Path | None = None) -> DigitData:
    """Load MNIST, or other digits in one of its forms.

    Parameters
    ----------
    path : Path, optional
        An npz file as `keras.datasets.mnist` has it, or a folder with the four idx files, plain or .gz.
        None lets Keras download it, or take what it downloaded before.

    Raises
    ------
    DataError
        If the data are not there, damaged, or not labeled digits; the message names the file and the cure.

    References
    ----------
    LeCun, Cortes and Burges, The MNIST Database of Handwritten Digits, http://yann.lecun.com/exdb/mnist
    """
    if path is None:
        return _check_data(_download_mnist(), source="the download", name="download")
    if path.is_dir():
        arrays = {key: _read_idx(_find_idx(path, *IDX_NAMES[key])) for key in IDX_NAMES}
    elif path.exists():
        arrays = _read_npz(path)
    else:
        raise DataError(
            f"There is no file or folder {path}. Pass --data mnist.npz, or a folder with the four idx files."
        )
    return _check_data(arrays, source=str(path), name=path.resolve().name)


def split_validation(size: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose which training images are kept apart to choose the weights.

    Parameters
    ----------
    size : int
        Training images there are.
    count : int
        How many of them to keep apart.

    Returns
    -------
    train : (size - count,) int64, ascending
    validation : (count,) int64, ascending

    Raises
    ------
    DataError
        If nothing would be left on one side.
    """
    if not 0 < count < size:
        raise DataError(f"The data have {size} training images: too few to keep some apart for validation.")
    order = np.random.default_rng(seed).permutation(size)
    return np.sort(order[count:]), np.sort(order[:count])


def images_through_preprocessing(images: np.ndarray) -> np.ndarray:
    """Take images the way that drawings and photos take, so that the network learns what it will be shown.

    For MNIST that changes little. 60,000 images take 8 s; on a terminal the share that is done is shown.

    Parameters
    ----------
    images : (N, 28, 28) uint8, 0 paper ... 255 pen

    Returns
    -------
    (N, 28, 28) float32 in [0, 1]
        Zeros where an image is blank.
    """
    prepared = np.zeros(images.shape, np.float32)
    for i, image in enumerate(images):
        if i % 1000 == 0 and sys.stderr.isatty():
            print(f"\rPreparing images: {i / len(images):.0%} ", end="", file=sys.stderr, flush=True)
        for glyph in find_glyphs(image.astype(np.float32) / 255)[:1]:
            prepared[i] = glyph.image
    if sys.stderr.isatty():
        print("\r" + " " * 30, end="\r", file=sys.stderr, flush=True)
    return prepared


# ---------------------------------------------------------------- files to arrays


def _download_mnist() -> dict[str, np.ndarray]:
    from keras.datasets import mnist

    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception without a network, and others on what it reads
        raise DataError(
            f"MNIST could not be downloaded ({error}). Try again with a network, or download mnist.npz from "
            f"{MNIST_URL} elsewhere and pass --data PATH."
        ) from error
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _read_npz(path: Path) -> dict[str, np.ndarray]:
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


# ---------------------------------------------------------------- arrays to data


def _check_data(arrays: dict[str, np.ndarray], source: str, name: str) -> DigitData:
    """Make sure that these are labeled digits; sentences call them `source`, the card calls them `name`."""
    checked = {}
    for part in ("train", "test"):
        images, labels = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
            raise DataError(
                f"x_{part} in {source} is {images.dtype} {images.shape}; it must be uint8 (N, 28, 28), "
                "0 paper to 255 pen."
            )
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise DataError(f"y_{part} in {source} is {labels.dtype} {labels.shape}; it must be whole numbers (N,).")
        if not len(images):
            raise DataError(f"x_{part} in {source} is empty; there must be images to train and to test on.")
        if len(images) != len(labels):
            raise DataError(
                f"x_{part} in {source} has {len(images):,} images, but y_{part} has {len(labels):,} labels; "
                "there must be one each."
            )
        wrong = np.flatnonzero((labels < 0) | (labels >= CLASSES))
        if len(wrong):
            raise DataError(
                f"y_{part} in {source} has the label {labels[wrong[0]]} for image {wrong[0]}; labels must be 0 to 9."
            )
        checked[f"x_{part}"], checked[f"y_{part}"] = np.ascontiguousarray(images), labels.astype(np.uint8)
    checksum = hashlib.sha256(b"".join(checked[key].tobytes() for key in IDX_NAMES)).hexdigest()
    return DigitData(**checked, name="MNIST" if checksum == MNIST_CHECKSUM else name, checksum=checksum)
