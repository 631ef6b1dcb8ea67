"""Digits that touch, and what cutting makes of them: a digit with the marks of a cut, or none."""

import cv2
import numpy as np

from preprocessing import find_glyphs
from training.touching import cut_rows


def draw_shape(label):
    image = np.zeros((28, 28), np.uint8)
    if label == 0:
        cv2.ellipse(image, (14, 14), (7, 9), 0, 0, 360, 255, 2, cv2.LINE_AA)
    else:
        cv2.polylines(image, [np.array([[7, 5], [20, 5], [12, 23]])], False, 255, 2, cv2.LINE_AA)
    return image / np.float32(255)


def draw(generator):
    label = int(generator.choice([0, 7]))
    return draw_shape(label), label


def likeness(image, label):
    """The cosine between an image and the shape alone, as the network is shown it, at the best of some places."""
    own = find_glyphs(draw_shape(label))[0].image
    moved = (np.roll(own, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-2, -1, 0, 1, 2))
    blurred = [cv2.GaussianBlur(each, (0, 0), 1.5).ravel() for each in (image, *moved)]
    return max(float(blurred[0] @ b / np.linalg.norm(blurred[0]) / np.linalg.norm(b)) for b in blurred[1:])


def test_what_is_cut_right_is_the_digit():
    images, labels = cut_rows(draw, np.random.default_rng(0), 40, right=True)
    assert len(images) == len(labels) == 40
    assert set(labels) == {0, 7}
    for image, label in zip(images, labels, strict=True):
        assert image.shape == (28, 28)
        assert image.dtype == np.float32
        assert likeness(image, label) > 0.85
        assert likeness(image, label) > likeness(image, 7 - label)


def test_what_is_cut_wrong_is_none_of_them():
    images, labels = cut_rows(draw, np.random.default_rng(0), 40, right=False)
    assert labels == [-1] * 40
    right, _ = cut_rows(draw, np.random.default_rng(1), 40, right=True)
    wrong_likeness, right_likeness = (
        np.mean([max(likeness(image, 0), likeness(image, 7)) for image in some]) for some in (images, right)
    )
    assert wrong_likeness < right_likeness - 0.1
    assert all(image.max() > 0.2 for image in images)


def test_the_same_generator_cuts_the_same():
    first, again, other = (cut_rows(draw, np.random.default_rng(seed), 8, right=True)[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
