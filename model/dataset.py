"""MNIST in any form it comes in; checked uint8 images (N, 28, 28), labels (N,) and a checksum out.

`python -m model.dataset` shows the digits: `--show` draws samples and explains the numbers, `--export` writes pictures.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.backend import import_keras
from model.course_file import is_course_file, read_course_file
from model.digit_folder import read_digit_folder, write_digit_folder
from model.mnist_files import IDX_NAMES, MNIST_URL, READ_ERRORS, DataError, has_idx, is_idx, read_idx_folder, read_npz
from model.samples import describe_digits, draw_samples
from preprocessing import find_glyphs

__all__ = [
    "READ_ERRORS",
    "DataError",
    "DigitData",
    "images_through_preprocessing",
    "is_mnist_form",
    "load_mnist",
    "main",
    "split_validation",
]

SIDE = 28  # pixels
CLASSES = 10
MNIST_CHECKSUM = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
SHEET = Path("reports/samples.png")  # in a folder that Git ignores


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

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The four arrays by their names."""
        return {key: getattr(self, key) for key in IDX_NAMES}


def load_mnist(path: Path | None = None) -> DigitData:
    """Load MNIST, or other digits in one of its forms.

    Parameters
    ----------
    path : Path, optional
        An npz file as `keras.datasets.mnist` has it; a folder with the four idx files, plain or .gz, or one of them;
        the course's mnist.json.gz; or a folder of pictures, one sub-folder a digit. None lets Keras download MNIST, or
        take what it downloaded before.

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
    if not path.exists():
        raise DataError(
            f"There is no file or folder {path}. Pass --data mnist.npz, a folder with the four idx files, "
            "mnist.json.gz, or a folder of pictures with one sub-folder a digit."
        )
    if path.is_dir():
        arrays = read_idx_folder(path) if has_idx(path) else read_digit_folder(path)
    elif is_idx(path):
        arrays = read_idx_folder(path.parent)
    else:
        arrays = read_course_file(path) if is_course_file(path) else read_npz(path)
    return _check_data(arrays, source=str(path), name=path.resolve().name)


def is_mnist_form(path: Path) -> bool:
    """Whether what lies at a path can only be for `load_mnist`, by its name; an npz file may hold other digits."""
    return path.is_dir() or is_idx(path) or is_course_file(path)


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
    import_keras()
    from keras.datasets import mnist

    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception without a network, and others on what it reads
        raise DataError(
            f"MNIST could not be downloaded ({error}). Try again with a network, or download mnist.npz from "
            f"{MNIST_URL} elsewhere and pass --data PATH."
        ) from error
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


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


# ---------------------------------------------------------------- command line


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its status: 0, 2 for bad input, 130 if interrupted."""
    options = _parse_options(argv)
    try:
        data = load_mnist(options.data)
        if options.show:
            options.show.parent.mkdir(parents=True, exist_ok=True)
            draw_samples(data.arrays, data.name, options.show)
            print(f"{describe_digits(data.arrays, data.name)}\n\nSamples: {options.show}")
        if options.export:
            print(f"Writing {len(data.x_train) + len(data.x_test):,} pictures …", flush=True)
            write_digit_folder(data.arrays, options.export)
            print(f"Written: {options.export}, with train/0 … 9 and test/0 … 9; train_model.py --data takes it.")
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:  # ValueError: a kind of picture that matplotlib does not write
        print(f"A file could not be written or read: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)  # off the line of ^C
        return 130
    return 0


def _parse_options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m model.dataset", description="See the digits, or write pictures.")
    parser.add_argument(
        "--show",
        type=Path,
        nargs="?",
        const=SHEET,
        metavar="PATH",
        help=f"draw samples with their "
        f"labels into a picture (default: {SHEET}), and explain counts, shapes, mean and deviation",
    )
    parser.add_argument(
        "--export", type=Path, metavar="DIR", help="write all images as PNG files: train/0 … 9, test/0 … 9"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="PATH",
        help="as train_model.py takes it: mnist.npz, idx files, "
        "mnist.json.gz, or a folder of pictures with one sub-folder a digit (default: MNIST is downloaded)",
    )
    options = parser.parse_args(argv)
    if not options.show and not options.export:
        parser.error("say what to do: --show or --export DIR")
    return options


if __name__ == "__main__":
    sys.exit(main())
