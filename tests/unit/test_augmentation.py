"""Distortions on tiny drawings with known answers."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.augmentation import CHUNK, Distortion, distort

NONE = Distortion(rotation=0, shear=0, scale=0, shift=0, elastic=0, stroke=0)


@pytest.fixture
def images():
    """Thirty digits of a font, (30, 28, 28) float32: within the 20x20 box, as preprocessing leaves them."""
    drawn = np.zeros((30, 28, 28), np.uint8)
    for i, image in enumerate(drawn):
        cv2.putText(image, str(i % 10), (7, 21), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    return drawn.astype(np.float32) / 255


def test_shape_type_and_range(images):
    distorted = distort(images, np.random.default_rng(0))
    assert distorted.shape == images.shape
    assert distorted.dtype == np.float32
    assert 0 <= distorted.min() <= distorted.max() <= 1  # false for NaN too


def test_same_seed_same_result_and_another_seed_another(images):
    first, again, other = (distort(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_each_image_is_distorted_differently(images):
    same = np.repeat(images[:1], 20, axis=0)
    assert len(np.unique(distort(same, np.random.default_rng(0)), axis=0)) == 20


def test_zero_strengths_change_nothing(images):
    np.testing.assert_array_equal(distort(images, np.random.default_rng(0), NONE), images)


def test_input_stays_as_it_is(images):
    before = images.copy()
    distort(images, np.random.default_rng(0))
    np.testing.assert_array_equal(images, before)


def test_no_images_give_no_images():
    assert distort(np.zeros((0, 28, 28), np.float32), np.random.default_rng(0)).shape == (0, 28, 28)


def test_more_images_than_one_call_of_opencv_takes_keep_their_order(images):
    many = np.tile(images, (CHUNK // len(images) + 2, 1, 1))
    assert len(many) > CHUNK
    np.testing.assert_array_equal(distort(many, np.random.default_rng(0), NONE), many)


@pytest.mark.parametrize("name", ["rotation", "shear", "scale", "shift", "elastic", "stroke"])
def test_each_strength_changes_images_and_keeps_most_ink(images, name):
    strength = {"rotation": 20, "shear": 0.3, "scale": 0.2, "shift": 2, "elastic": 1, "stroke": 0.5}[name]
    distorted = distort(images, np.random.default_rng(0), replace(NONE, **{name: strength}))
    assert not np.allclose(distorted, images, atol=0.1)
    ink = distorted.sum(axis=(1, 2)) / images.sum(axis=(1, 2))
    assert ink.min() > 0.4
    assert ink.max() < 1.8


def test_shift_moves_the_center_of_mass_by_what_it_says():
    dot = np.zeros((200, 28, 28), np.float32)
    dot[:, 13:16, 13:16] = 1  # center of mass (14, 14)
    moved = distort(dot, np.random.default_rng(0), replace(NONE, shift=3))
    rows = (moved.sum(axis=2) @ np.arange(28)) / moved.sum(axis=(1, 2)) - 14
    columns = (moved.sum(axis=1) @ np.arange(28)) / moved.sum(axis=(1, 2)) - 14
    for offsets in (rows, columns):
        assert np.abs(offsets).max() <= 3.05
        assert offsets.min() < -2.5
        assert offsets.max() > 2.5


def test_rotation_turns_about_the_center_of_mass():
    bar = np.zeros((200, 28, 28), np.float32)
    bar[:, 14, 4:25] = 1
    turned = distort(bar, np.random.default_rng(0), replace(NONE, rotation=45))
    assert turned[:, 14, 14].min() > 0.6  # the middle of the bar stays
    assert turned[:, 14, 5].min() < 0.1  # its end does not


def test_stroke_thickens_and_thins():
    bar = np.zeros((100, 28, 28), np.float32)
    bar[:, 4:24, 13:15] = 1
    ink = distort(bar, np.random.default_rng(0), replace(NONE, stroke=0.8)).sum(axis=(1, 2)) / bar[0].sum()
    assert ink.min() < 0.7
    assert ink.max() > 1.3


def test_ink_at_the_edge_does_not_leak_into_the_next_image():
    full_and_blank = np.zeros((40, 28, 28), np.float32)
    full_and_blank[::2] = 1
    distorted = distort(full_and_blank, np.random.default_rng(0), Distortion(shift=6, rotation=30))
    assert distorted[1::2].max() == 0
    assert distorted[::2].mean() > 0.7
