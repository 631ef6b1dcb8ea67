"""A network and an image in; what its layers make of the image, and which of its pixels spoke for a digit, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = ["LayerOutput", "LookInside", "open_layers", "weigh_pixels"]

PATCH = 4  # pixels; a stroke of MNIST's is 2 to 4 wide, so that a patch covers a piece of one
STEP = 2  # pixels between two patches
LEAST = np.finfo(np.float32).tiny  # probability; a softmax reaches 0, whose logarithm does not exist

LookInside = Callable[[np.ndarray], list["LayerOutput"]]  # (28, 28) float32 in [0, 1] ->


@dataclass(frozen=True, eq=False)
class LayerOutput:
    """What one layer makes of an image.

    Attributes
    ----------
    name : str
    values : (h, w, C) float32 or (F,) float32
        The C maps of a convolution, or the F units of a dense layer.
    """

    name: str
    values: np.ndarray


def open_layers(model: keras.Model) -> LookInside:
    """Make a network show what its convolutions give out; without any, its first dense layer but the last.

    Returns
    -------
    callable
        From an image, as it is and not at several slants, to an output a layer; [] where there is no such layer.
    """
    import keras

    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    if not layers:
        layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][:-1][:1]
    if not layers:
        return lambda image: []
    inner = keras.Model(model.inputs, [layer.output for layer in layers])

    def look_inside(image: np.ndarray) -> list[LayerOutput]:
        outputs = inner.predict_on_batch(image[None, ..., None])
        outputs = outputs if isinstance(outputs, list) else [outputs]
        return [
            LayerOutput(layer.name, np.asarray(output[0], np.float32))
            for layer, output in zip(layers, outputs, strict=True)
        ]

    return look_inside


def weigh_pixels(classify: Callable[[np.ndarray], np.ndarray], image: np.ndarray, digit: int) -> np.ndarray:
    """How much each pixel speaks for a digit: cover it with paper, and see how the odds of that digit fall.

    Parameters
    ----------
    classify : callable
        (N, 28, 28) float32 to probabilities (N, 10).
    image : (28, 28) float32 in [0, 1]
    digit : int

    Returns
    -------
    (28, 28) float32
        The mean over all patches on a pixel of how far the logarithm of the odds falls when the patch is covered:
        above 0 it speaks for the digit, below 0 against it. Where there is no pen it is 0.

    References
    ----------
    Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2: occlusion. Robnik-Sikonja
    and Kononenko 2008, Explaining Classifications for Individual Instances: the odds, which move where a probability
    stays at over 99.9 %.
    """
    height, width = image.shape
    corners = [(top, left) for top in range(0, height - PATCH + 1, STEP) for left in range(0, width - PATCH + 1, STEP)]
    patches = [(slice(top, top + PATCH), slice(left, left + PATCH)) for top, left in corners]
    inked = [patch for patch in patches if image[patch].any()]  # the others change nothing: half the work
    covered = np.repeat(image[None], 1 + len(inked), axis=0)  # the first one as it is
    for copy, patch in zip(covered[1:], inked, strict=True):
        copy[patch] = 0
    odds = _log_odds(classify(covered), digit)
    sums, counts = np.zeros_like(image), np.zeros_like(image)
    for patch in patches:
        counts[patch] += 1
    for patch, fallen in zip(inked, odds[0] - odds[1:], strict=True):
        sums[patch] += fallen
    return np.where(image > 0, sums / np.maximum(counts, 1), 0).astype(np.float32)


def _log_odds(probabilities: np.ndarray, digit: int) -> np.ndarray:
    """Of a digit against all others, (N,); these are summed, since 1 less 0.9999999 keeps no place of a float32."""
    others = np.delete(probabilities, digit, axis=1).sum(axis=1)
    return np.log(np.maximum(probabilities[:, digit], LEAST)) - np.log(np.maximum(others, LEAST))
