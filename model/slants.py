"""Images in, each of them at several slants out, so that the network reads a digit more than once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

__all__ = ["UPRIGHT", "slant_images"]

SIDE = 28  # pixels
UPRIGHT = (0.0,)  # an image as it is


def slant_images(images: np.ndarray, slants: Sequence[float]) -> np.ndarray:
    """Shear images about their middle row.

    Hands differ most in slant. A network that is shown an image leaning to both sides too, and answers from the mean
    of what it sees, errs less on hands that it does not know.

    Parameters
    ----------
    images : (N, 28, 28) float32
    slants : sequence of V floats
        Columns a row; above 0 the top leans to the right.

    Returns
    -------
    (V, N, 28, 28) float32
        Zeros come in at the sides.

    References
    ----------
    Ciresan, Meier and Schmidhuber 2012, Multi-column Deep Neural Networks for Image Classification: means over
    digits normalized to several widths. Krizhevsky, Sutskever and Hinton 2012: means over views in testing.
    """
    rows = images.transpose(1, 0, 2)  # (28, N, 28): a matrix a row, so that one product shifts that row of them all
    slanted = [images if slant == 0 else (rows @ _weights(slant)).transpose(1, 0, 2) for slant in slants]
    return np.stack(slanted)


@lru_cache(maxsize=16)
def _weights(slant: float) -> np.ndarray:
    """Linear interpolation along each row: (row, from column, to column) float32."""
    columns = np.arange(SIDE)
    shift = slant * (columns - (SIDE - 1) / 2)  # of each row, downwards to the left
    source = columns + shift[:, None]  # (row, to column)
    return np.maximum(0, 1 - np.abs(source[:, None, :] - columns[:, None])).astype(np.float32)
