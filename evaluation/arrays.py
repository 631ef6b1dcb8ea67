"""An .npz file of images in, samples out: MNIST as Keras has it, or `images` with `labels` or `names`."""

from __future__ import annotations

import os
import zipfile
from functools import partial
from pathlib import Path

import numpy as np

from evaluation.samples import DIGIT_SHAPED, Content, Sample, SetError, check_label
from model.dataset import READ_ERRORS, DataError, load_mnist
from preprocessing import Picture

__all__ = ["find_mnist", "read_digit_arrays", "read_other_arrays"]

MAX_BYTES = 2**30  # of one unpacked array; MNIST's largest has 47 MB


def find_mnist() -> Path:
    """Where Keras keeps MNIST: ~/.keras/datasets, or below $KERAS_HOME; it is downloaded where it is not there.

    Raises
    ------
    SetError
        If it can neither be found nor downloaded.
    """
    path = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets" / "mnist.npz"
    if path.is_file():
        return path  # Keras need not be imported, which takes 3 s
    try:
        load_mnist()
    except DataError as error:
        raise SetError(
            f"MNIST is not at {path} and could not be downloaded; try again with a network, or name an mnist.npz."
        ) from error
    return path


def read_digit_arrays(path: Path, part: str) -> tuple[list[Sample], str]:
    """Samples of an .npz file of labeled digits, and the path that they take.

    `x_test` and `y_test` (or `x_train` and `y_train`, with `part` "train"), as in keras.datasets, or `images` and
    `labels`.
    """
    arrays = _read_npz(path)
    names = next(
        (pair for pair in ((f"x_{part}", f"y_{part}"), ("images", "labels")) if set(pair) <= arrays.keys()), None
    )
    if names is None:
        raise SetError(
            f"{path} has the arrays {', '.join(sorted(arrays)) or 'none'}; "
            f"labeled digits are x_{part} and y_{part}, or images and labels."
        )
    images, labels = arrays[names[0]], arrays[names[1]]
    _check_images(images, f"{names[0]} in {path}")
    if labels.dtype.kind not in "iu" or labels.shape != images.shape[:1]:
        raise SetError(
            f"{names[1]} in {path} is {labels.dtype} {labels.shape}; "
            f"it must be {len(images):,} whole numbers, one an image."
        )
    is_ink = names[0] != "images" or _is_ink(images)
    samples = [
        Sample(str(index), partial(_to_content, image, is_ink), check_label(label, f"Image {index} in {path}"))
        for index, (image, label) in enumerate(zip(images, labels, strict=True))
    ]
    return samples, "ink" if is_ink else "photo"


def read_other_arrays(path: Path) -> tuple[list[Sample], str]:
    """Samples of an .npz file of `images` that are no digits, with `names` if there are; and the path they take."""
    arrays = _read_npz(path)
    if "images" not in arrays:
        raise SetError(
            f"{path} has the arrays {', '.join(sorted(arrays)) or 'none'}; what is no digit must be called images."
        )
    images = arrays["images"]
    _check_images(images, f"images in {path}")
    names = arrays.get("names")
    if names is not None and (names.dtype.kind != "U" or names.shape != images.shape[:1]):
        raise SetError(
            f"names in {path} is {names.dtype} {names.shape}; it must be {len(images):,} texts, one an image."
        )
    is_ink = _is_ink(images)
    samples = []
    for index, image in enumerate(images):
        name = "" if names is None else str(names[index])
        load = partial(_to_content, image, is_ink)
        samples.append(Sample(f"{index} {name}".strip(), load, is_digit_shaped=name in DIGIT_SHAPED))
    return samples, "ink" if is_ink else "photo"


def _is_ink(images: np.ndarray) -> bool:
    """Tell whether bitmaps are white on black like MNIST's: gray, and most often exactly 0.

    Such bitmaps are ink already. Looking for paper and light in them, as in a photo, finds what is not there: on
    white-on-black 32x32 bitmaps of UCI's optical digits it costs 5 of 100, on USPS 0.4 and on ARDIS 0.7.
    """
    return images.ndim == 3 and int(np.bincount(images.ravel(), minlength=256).argmax()) == 0


def _to_content(image: np.ndarray, is_ink: bool) -> Content:
    if is_ink:
        return image.astype(np.float32) / 255
    return Picture(image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2))


def _check_images(images: np.ndarray, name: str) -> None:
    is_gray = images.ndim == 3 and images.shape[2] > 0
    is_color = images.ndim == 4 and images.shape[3] == 3
    if images.dtype != np.uint8 or not (is_gray or is_color) or 0 in images.shape[1:]:
        raise SetError(
            f"{name} is {images.dtype} {images.shape}; images must be uint8 (N, height, width), or with 3 colors."
        )


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise SetError(f"{path} is no complete npz file; copy or download it again.")
    try:
        with zipfile.ZipFile(path) as archive:
            too_large = [info.filename for info in archive.infolist() if info.file_size > MAX_BYTES]
        if too_large:
            raise SetError(f"{too_large[0]} in {path} has over {MAX_BYTES // 2**20} MB; split it into smaller sets.")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files if arrays[name].ndim}
    except READ_ERRORS as error:
        raise SetError(f"{path} is damaged ({error}); copy or download it again.") from error
