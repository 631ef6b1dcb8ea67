"""Distortions of training images: (N, 28, 28) in, as other hands and pens would have written them out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["Distortion", "distort"]

SIDE = 28  # pixels
ELASTIC_SIGMA = 4.0  # pixels, the smoothness of the elastic field (Simard 2003)
MARGIN = 2  # pixels of paper around each image: one that thickening may fill, one that stays empty
CHUNK = 512  # images a call; OpenCV remaps no more than 32,767 rows at once


@dataclass(frozen=True)
class Distortion:
    """How strongly images are distorted; each value is drawn evenly from minus to plus the figure.

    Attributes
    ----------
    rotation : float
        Degrees.
    shear : float
        Slant, columns a row.
    scale : float
        Change of height and of width, separately, as a share.
    shift : float
        Pixels, down and right. Small: digits arrive centered (preprocessing.find_glyphs).
    elastic : float
        Pixels, the standard deviation of the elastic field.
    stroke : float
        0 to 1: the share of a pixel by which strokes get thicker or thinner.
    """

    rotation: float = 12.0
    shear: float = 0.2
    scale: float = 0.12
    shift: float = 1.0
    elastic: float = 1.0
    stroke: float = 0.6


DEFAULT = Distortion()


def distort(images: np.ndarray, generator: np.random.Generator, distortion: Distortion = DEFAULT) -> np.ndarray:
    """Distort each image differently: stroke width, then affine and elastic together in one interpolation.

    Parameters
    ----------
    images : (N, 28, 28) float32 in [0, 1]
    generator : numpy.random.Generator
        The same state gives the same result.
    distortion : Distortion

    Returns
    -------
    (N, 28, 28) float32 in [0, 1]

    References
    ----------
    Simard, Steinkraus and Platt 2003, Best Practices for Convolutional Neural Networks Applied to Visual
    Document Analysis.
    """
    chunks = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
    return np.concatenate([_distort_chunk(chunk, generator, distortion) for chunk in chunks] or [images])


def _distort_chunk(images: np.ndarray, generator: np.random.Generator, distortion: Distortion) -> np.ndarray:
    """Distort up to CHUNK images as one tall picture: 70,000 a second on one core, 7,000 one by one."""
    count, pitch = len(images), SIDE + 2 * MARGIN
    tall = np.pad(images, ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN))).reshape(count * pitch, pitch)
    tall = _change_strokes(tall, np.repeat(_draw(generator, distortion.stroke, count), pitch)[:, None])

    # (N, 2, 28, 28): for each pixel the row and column of the image to read from
    source = _draw_affine(generator, distortion, count)
    source += _draw_elastic(generator, distortion, count)
    source = np.clip(source, -MARGIN, SIDE - 1 + MARGIN) + MARGIN  # all outside is the margin's paper
    source[:, 0] += pitch * np.arange(count, dtype=np.float32)[:, None, None]
    rows, columns = (np.ascontiguousarray(source[:, axis]).reshape(count * SIDE, SIDE) for axis in (0, 1))
    return cv2.remap(tall, columns, rows, cv2.INTER_LINEAR).reshape(images.shape)  # cv2: x first


def _draw(generator: np.random.Generator, strength: float, count: int) -> np.ndarray:
    return generator.uniform(-strength, strength, count).astype(np.float32)


def _change_strokes(tall: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Blend with the same picture one pixel thicker where the weight is positive, thinner where negative."""
    square = np.ones((2, 2), np.uint8)
    changed = np.where(weight > 0, cv2.dilate(tall, square), cv2.erode(tall, square))
    return tall + np.abs(weight) * (changed - tall)


def _draw_affine(generator: np.random.Generator, distortion: Distortion, count: int) -> np.ndarray:
    """Where each pixel comes from under a random rotation, shear, scale and shift about the center of mass.

    Returns
    -------
    (N, 2, 28, 28) float32: rows, columns
    """
    angle = np.deg2rad(_draw(generator, distortion.rotation, count))
    shear = _draw(generator, distortion.shear, count)
    height, width = (1 / (1 + _draw(generator, distortion.scale, count)) for _ in range(2))
    shift = np.stack([_draw(generator, distortion.shift, count) for _ in range(2)], axis=1)  # (N, 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.empty((count, 2, 2), np.float32)  # rotation @ shear @ scale
    matrix[:, 0, 0], matrix[:, 0, 1] = (cosine - sine * shear) * height, -sine * width
    matrix[:, 1, 0], matrix[:, 1, 1] = (sine + cosine * shear) * height, cosine * width
    center = SIDE / 2
    grid = np.indices((SIDE, SIDE), dtype=np.float32).reshape(2, -1) - center  # (2, 784)
    return (matrix @ grid + shift[:, :, None] + center).reshape(count, 2, SIDE, SIDE)


def _draw_elastic(generator: np.random.Generator, distortion: Distortion, count: int) -> np.ndarray:
    """Random displacements of each pixel, smoothed by a Gaussian: (N, 2, 28, 28) float32, pixels."""
    offsets = np.arange(SIDE)[:, None] - np.arange(SIDE)
    smooth = np.exp(-(offsets**2) / (2 * ELASTIC_SIGMA**2)).astype(np.float32)  # (28, 28), symmetric
    noise = generator.random((count, 2, SIDE, SIDE), dtype=np.float32) * 2 - 1  # deviation 1 / sqrt(3)
    spread = (smooth[SIDE // 2] ** 2).sum() / np.sqrt(3)  # of the smoothed noise, in the middle
    return np.float32(distortion.elastic / spread) * (smooth @ noise @ smooth)
