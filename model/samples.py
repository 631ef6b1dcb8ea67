"""Labeled digits in; a sheet of samples as a picture, and what the numbers mean in plain words, out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.files import replace_when_complete

__all__ = ["describe_digits", "draw_samples"]

SIDE = 28  # pixels
SAMPLES = 12  # of each digit
GAP = 4  # pixels between two


def describe_digits(arrays: dict[str, np.ndarray], name: str) -> str:
    """Say what the arrays hold: shapes, how many of each digit, mean and deviation, each with what it means.

    Parameters
    ----------
    arrays : {"x_train", "y_train", "x_test", "y_test"}
        Images (N, 28, 28) uint8, 0 paper … 255 pen, and labels (N,) uint8.
    name : str
        What they are called.
    """
    train, test = arrays["x_train"], arrays["x_test"]
    mean, deviation = train.mean() / 255, train.std() / 255
    lines = [
        f"{name}: {len(train):,} images to train on, {len(test):,} to test with.",
        "",
        f"x_train has the shape {train.shape}: {len(train):,} images of 28 rows of 28 pixels, from 0 (paper) to 255 "
        "(pen),",
        f"y_train the shape {arrays['y_train'].shape}: one label an image, the digit it shows. x_test and y_test are "
        "the same for",
        "the test; a network never sees them while it learns, so they say how it reads what it does not know.",
        "",
        "digit    train     test",
    ]
    counts = (np.bincount(arrays[f"y_{part}"], minlength=10) for part in ("train", "test"))
    lines += [f"{digit:5} {count:8,} {held:8,}" for digit, (count, held) in enumerate(zip(*counts, strict=True))]
    return "\n".join(
        [
            *lines,
            "",
            f"Mean {mean:.4f}: with paper as 0 and pen as 1, as if {100 * mean:.0f} of 100 pixels were pen and the "
            "others paper.",
            f"Deviation {deviation:.4f}: how far a pixel lies from that mean, typically (the root of the mean square). "
            "Many",
            "tutorials subtract the mean from each pixel and divide by the deviation; our networks read 0 to 1 as it "
            "is.",
        ]
    )


def draw_samples(arrays: dict[str, np.ndarray], name: str, path: Path) -> None:
    """Draw a row of training images a digit, the first ones that there are, with the label before it.

    Parameters
    ----------
    arrays, name
        As for `describe_digits`.
    path : Path
        The picture, PNG or what else matplotlib writes.
    """
    from matplotlib.figure import Figure

    pitch = SIDE + GAP
    sheet = np.zeros((10 * pitch, SAMPLES * pitch), np.uint8)
    for digit in range(10):
        first = np.flatnonzero(arrays["y_train"] == digit)[:SAMPLES]
        for column, image in enumerate(arrays["x_train"][first]):
            top, left = digit * pitch + GAP // 2, column * pitch + GAP // 2
            sheet[top : top + SIDE, left : left + SIDE] = image
    figure = Figure(figsize=(8, 7), layout="constrained")
    axes = figure.subplots()
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    axes.set_title(f"{name}: the first {SAMPLES} training images of each label")
    axes.set_yticks(
        [digit * pitch + pitch / 2 for digit in range(10)], [str(digit) for digit in range(10)], fontsize=14
    )
    axes.set_xticks([])
    axes.tick_params(length=0)
    for edge in axes.spines.values():
        edge.set_visible(False)
    with replace_when_complete(path) as beside:
        figure.savefig(beside, dpi=120)
