"""A Keras model in; its weights as text or arrays, and a picture of its first layer's filters, out."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = [
    "FORMS",
    "LayerWeights",
    "describe_weights",
    "draw_filters",
    "find_filters",
    "read_weights",
    "weights_path",
    "write_weights",
]

FORMS = (".txt", ".npz")
FOLDER = Path("reports")  # which Git ignores
SIDE = 28  # pixels of the network's image
CELL = 60  # pixels, a filter's longer side at most
GAP = 4  # pixels between filters
FULL_COLOR = 99.5  # percent of all weights are paler than that; a few large ones would leave the rest white
LOW, HIGH = (33, 102, 172), (178, 24, 43)  # red, green, blue: of weights below and above 0, which is white


@dataclass(frozen=True, eq=False)
class LayerWeights:
    """A layer.

    Attributes
    ----------
    name, kind : str
        As Keras has it, "conv_1" of "Conv2D".
    arrays : dict of str to ndarray
        Its weights by name, "kernel", "bias", …; empty for a layer that has nothing to learn.
    """

    name: str
    kind: str
    arrays: dict[str, np.ndarray]


def read_weights(model: keras.Model) -> list[LayerWeights]:
    """Take all layers of a model with their weights, in order."""
    return [
        LayerWeights(
            layer.name,
            type(layer).__name__,
            # a layer of layers has the names of these before the weight's own
            {w.path.rpartition(f"{layer.name}/")[2]: np.asarray(w) for w in layer.weights},
        )
        for layer in model.layers
    ]


def weights_path(model_path: Path) -> Path:
    """Where a model's weights are written, if nothing else is asked for."""
    return FOLDER / f"{model_path.stem}-weights{FORMS[0]}"


def write_weights(layers: Sequence[LayerWeights], path: Path) -> None:
    """Write all weights as text, or as .npz by the name of the file; one that exists stays until this is complete.

    In the text a layer begins with its name and kind, each of its arrays with name and shape; then come the values,
    the last axis along a line, with nine digits: as many as make the same float32 again. In the .npz the arrays are
    called "layer/name".
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.stem}.new{path.suffix}")
    try:
        if path.suffix == ".npz":
            arrays = {f"{layer.name}/{name}": array for layer in layers for name, array in layer.arrays.items()}
            np.savez(beside, **arrays)  # type: ignore[arg-type]  # numpy has an option of the name `allow_pickle`
        else:
            _write_text(layers, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _write_text(layers: Sequence[LayerWeights], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for layer in layers:
            file.write(f"{layer.name} ({layer.kind}){'' if layer.arrays else ': no weights'}\n")
            for name, array in layer.arrays.items():
                file.write(f"{name}: {_shape_in_words(array)}\n")
                np.savetxt(file, array.reshape(-1, array.shape[-1] if array.ndim else 1), fmt="%.9g")
            file.write("\n")


def describe_weights(layers: Sequence[LayerWeights]) -> list[str]:
    """A line an array, for the terminal: its name, its shape, how many values, and between which they lie."""
    rows = [
        (
            f"{layer.name}/{name}",
            _shape_in_words(array),
            f"{array.size:,}",
            f"{array.min():.3g} to {array.max():.3g}" if array.size else "",
        )
        for layer in layers
        for name, array in layer.arrays.items()
    ]
    first, second, third = (max((len(row[column]) for row in rows), default=0) for column in range(3))
    return [f"{name:<{first}}  {shape:<{second}}  {size:>{third}}  {ends}" for name, shape, size, ends in rows]


def _shape_in_words(array: np.ndarray) -> str:
    return " x ".join(map(str, array.shape)) or "1"


# ---------------------------------------------------------------- filters


def find_filters(layers: Sequence[LayerWeights]) -> tuple[str, np.ndarray] | None:
    """What the first layer that learns looks for in an image.

    Returns
    -------
    name : str
        Of the layer.
    filters : (N, h, w) float32
        Kernels of a convolution; of a dense layer what each unit makes of the 28 x 28 pixels. None where the first
        layer is neither.
    """
    kernels = ((layer.name, layer.arrays["kernel"]) for layer in layers if "kernel" in layer.arrays)
    name, kernel = next(kernels, ("", np.empty(0)))
    if kernel.ndim == 4 and kernel.shape[2] == 1:
        return name, kernel[:, :, 0].transpose(2, 0, 1)
    if kernel.ndim == 2 and len(kernel) == SIDE * SIDE:
        return name, kernel.T.reshape(-1, SIDE, SIDE)
    return None


def draw_filters(filters: np.ndarray, path: Path) -> None:
    """Draw filters (N, h, w) side by side: white where a weight is 0, the redder the higher, the bluer the lower."""
    count, height, width = filters.shape
    zoom = max(1, CELL // max(height, width))
    columns = 2 ** math.ceil(math.log2(count) / 2)  # twice as wide as high, or square
    rows = math.ceil(count / columns)
    strength = filters / max(float(np.percentile(np.abs(filters), FULL_COLOR)), np.finfo(np.float32).tiny)
    strength = np.clip(strength, -1, 1)[..., None]  # (N, h, w, 1), -1 ... 1
    hue = np.where(strength < 0, LOW, HIGH)
    colors = np.rint(255 + (hue - 255) * np.abs(strength)).astype(np.uint8)  # (N, h, w, 3)
    sheet = np.full((GAP + rows * (height * zoom + GAP), GAP + columns * (width * zoom + GAP), 3), 200, np.uint8)
    for i, picture in enumerate(colors):
        top, left = GAP + i // columns * (height * zoom + GAP), GAP + i % columns * (width * zoom + GAP)
        sheet[top : top + height * zoom, left : left + width * zoom] = picture.repeat(zoom, 0).repeat(zoom, 1)
    path.write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())
