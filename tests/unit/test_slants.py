"""Images at several slants: which way they lean, what stays, what is lost."""

from __future__ import annotations

import numpy as np
import pytest

from model.slants import slant_images


@pytest.fixture
def images() -> np.ndarray:
    """A vertical line from row 4 to row 23, and noise."""
    made = np.zeros((2, 28, 28), np.float32)
    made[0, 4:24, 14] = 1
    made[1] = np.random.default_rng(2).random((28, 28), dtype=np.float32)
    return made


def test_above_zero_the_top_leans_to_the_right(images: np.ndarray) -> None:
    left, upright, right = slant_images(images, (-0.4, 0.0, 0.4))
    columns = np.arange(28)
    for view, slant in ((left, -0.4), (right, 0.4)):
        middle = view[0, 4:24] @ columns / view[0, 4:24].sum(axis=1)  # of the ink in each row
        assert middle == pytest.approx(14 - slant * (np.arange(4, 24) - 13.5), abs=1e-4)
        assert view[0].sum() == pytest.approx(20, abs=1e-4)  # no ink is lost within the image
    assert (upright == images).all()


def test_zeros_come_in_at_the_sides(images: np.ndarray) -> None:
    (view,) = slant_images(np.ones_like(images), (1.0,))
    assert view.dtype == np.float32
    assert view[0, 0].tolist() == pytest.approx([0] * 13 + [0.5] + [1] * 14)
    assert view[0, -1].tolist() == pytest.approx([1] * 14 + [0.5] + [0] * 13)


def test_each_image_is_slanted_by_itself(images: np.ndarray) -> None:
    slants = (0.3, -0.1)
    together = slant_images(images, slants)
    assert together.shape == (2, 2, 28, 28)
    for i in range(2):
        assert together[:, i] == pytest.approx(slant_images(images[i : i + 1], slants)[:, 0], abs=1e-6)
