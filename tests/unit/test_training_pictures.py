"""Pictures to train on: pens, letters and scribbles drawn by code, and how a recipe mixes them."""

from dataclasses import replace

import numpy as np
import pytest

from preprocessing import Drawing, drawing_to_glyphs
from training import signs
from training.batches import Batches
from training.nonsense import draw_block, draw_character, draw_doodle, draw_fruit, draw_nonsense, draw_scribble
from training.outliers import SHARES, make_outliers
from training.pens import distort_strokes, draw_digit, ink_to_image, render_strokes, resample_strokes, vary_drawing
from training.pictures import NO_DIGIT, Material, is_held_out, make_pictures
from training.printed import print_character
from training.recipes import FULL, QUICK, TUTORIALS
from training.sources import BitmapData, PenData, PenDigit

ONE = (np.array([[0.0, 3.0], [2.0, 0.0], [2.0, 9.0]]),)
SEVEN = (np.array([[0.0, 0.0], [6.0, 0.0], [3.0, 9.0]]), np.array([[1.0, 5.0], [6.0, 5.0]]))


def is_image(image):
    return image.shape == (28, 28) and image.dtype == np.float32 and image.min() >= 0 and 0.5 < image.max() <= 1


# ---------------------------------------------------------------- signs and pens


def test_a_table_of_signs_is_read():
    (sign,) = signs.parse_signs("\n0009 s102030|4455\n")
    (first, second), ((is_smooth, points),) = sign
    assert [first[0], second[0], is_smooth] == [False, True, False]
    np.testing.assert_array_equal(first[1], [[0, 0], [0, 9]])
    np.testing.assert_array_equal(second[1], [[1, 0], [2, 0], [3, 0]])
    np.testing.assert_array_equal(points, [[4, 4], [5, 5]])


def test_every_sign_of_the_tables_can_be_formed():
    assert len(signs.parse_signs(signs.DIGITS)) == 10
    generator = np.random.default_rng(0)
    for table in (signs.DIGITS, signs.LETTERS, signs.HARD_LETTERS):
        for sign in signs.parse_signs(table):
            for stroke in signs.form_sign(sign, generator, 0.2):
                assert stroke.ndim == 2
                assert stroke.shape[1] == 2


def test_a_smooth_curve_goes_through_its_points():
    points = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [4.0, 4.0]])
    curve = signs.smooth_curve(points)
    for point in points:
        assert np.abs(curve - point).sum(axis=1).min() < 1e-9
    assert len(curve) == 3 * 8 + 1


def test_strokes_are_centered_scaled_and_even():
    strokes = resample_strokes([np.array([[10.0, 10.0], [10.0, 110.0], [60.0, 110.0]])])
    points = np.concatenate(strokes)
    np.testing.assert_allclose(np.ptp(points, axis=0), [0.5, 1.0])
    np.testing.assert_allclose(points.max(axis=0) + points.min(axis=0), 0, atol=1e-9)
    steps = np.hypot(*np.diff(strokes[0], axis=0).T)
    assert steps.max() < 0.0401


def test_a_rendered_line_is_as_wide_as_its_pen():
    ink = render_strokes([np.array([[0.0, 0.0], [0.0, 9.0]])], pen=2.5)  # 2.5 of 20: an eighth of the height
    rows = ink.sum(axis=1)
    assert np.median(rows[rows > 0]) == pytest.approx(96 / 8, abs=1.5)


def test_the_same_generator_draws_the_same_and_another_does_not():
    first, again, other = (vary_drawing(SEVEN, 7, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_drawings_vary_but_stay_near_what_they_are():
    plain = drawing_to_glyphs(Drawing(10, 10, SEVEN))[0].image
    generator = np.random.default_rng(0)
    varied = [vary_drawing(SEVEN, 7, generator) for _ in range(60)]
    assert all(is_image(image) for image in varied)
    likeness = [np.corrcoef(plain.ravel(), image.ravel())[0, 1] for image in varied]
    assert np.median(likeness) > 0.4  # not another sign
    assert np.median(likeness) < 0.95  # nor the same again


def test_distorted_strokes_keep_their_number_and_finite_points():
    generator = np.random.default_rng(0)
    for _ in range(100):
        distorted = distort_strokes(resample_strokes(SEVEN), generator)
        assert len(distorted) == 2
        assert all(np.isfinite(stroke).all() for stroke in distorted)


def test_every_digit_is_drawn_from_the_templates():
    generator = np.random.default_rng(0)
    drawn = [draw_digit(generator) for _ in range(100)]
    assert {label for _, label in drawn} == set(range(10))
    assert all(is_image(image) for image, _ in drawn)


def test_blank_ink_gives_a_blank_image():
    assert not ink_to_image(np.zeros((9, 9), np.float32)).any()


# ---------------------------------------------------------------- what is no digit


@pytest.mark.parametrize(
    "draw",
    [draw_block, draw_character, draw_doodle, draw_fruit, draw_nonsense, draw_scribble],
    ids=lambda f: f.__name__,
)
def test_nonsense_is_never_blank_and_never_twice_the_same(draw):
    generator = np.random.default_rng(0)
    images = [ink_to_image(draw(generator)) for _ in range(20)]
    assert sum(image.any() for image in images) >= 19  # a block may be eaten up by its noise
    assert len({image.tobytes() for image in images}) >= 19


@pytest.mark.parametrize("kind", ["latin", "script"])
def test_characters_are_printed(kind):
    generator = np.random.default_rng(0)
    pictures = [print_character(generator, kind) for _ in range(10)]
    assert all(picture.shape == (160, 160) and picture.max() > 0.5 for picture in pictures)


def test_outliers_are_of_all_kinds_and_no_upright_lines():
    generator = np.random.default_rng(3)
    digits = generator.random((200, 28, 28), dtype=np.float32)
    made, kinds = make_outliers(400, generator, digits, np.arange(200) % 10)
    assert set(kinds) == set(SHARES)
    assert all(is_image(image) or image.max() > 0.2 for image in made)
    for image in made:
        rows, columns = np.nonzero(image > 0.3)
        assert not (len(rows) >= 15 and np.ptp(columns) <= 1)  # that would be a 1


# ---------------------------------------------------------------- a recipe's pictures and batches


@pytest.fixture(scope="module")
def material():
    generator = np.random.default_rng(0)
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 4:24, 6:22] = generator.integers(0, 2, (40, 20, 16)) * 255
    labels = (np.arange(40) % 10).astype(np.uint8)
    pens = tuple(PenDigit(SEVEN if writer % 2 else ONE, 7 if writer % 2 else 1, writer) for writer in range(1, 11))
    bitmaps = np.zeros((16, 32, 32), np.uint8)
    bitmaps[:, 4:28, 10:14] = 255
    return Material(
        images,
        labels,
        np.arange(30),
        np.arange(30, 40),
        PenData(pens, "pens", "0"),
        BitmapData(bitmaps, np.ones(16, np.uint8), "bitmaps", "0"),
    )


MADE = dict.fromkeys(FULL.made, 12)


@pytest.fixture(scope="module")
def pictures(material):
    return make_pictures(material, MADE, seed=4)


def test_pictures_of_each_kind_are_made(pictures):
    train, validation = pictures
    assert {kind: len(labels) for kind, (_, labels) in train.items()} == {"MNIST": 30, **MADE}
    assert set(validation) == {"MNIST", "pen strokes", "optical digits", "no digits"}
    for images, labels in (*train.values(), *validation.values()):
        assert images.dtype == labels.dtype == np.uint8
        assert images.shape == (len(labels), 28, 28)
    assert set(train["no digits"][1]) == {NO_DIGIT}


def test_writers_and_bitmaps_kept_apart_are_not_trained_on(pictures, material):
    _, validation = pictures
    assert [digit.writer for digit in material.pens.digits if is_held_out(digit.writer)] == [3, 8]
    assert validation["pen strokes"][1].tolist() == [7, 1]
    assert len(validation["optical digits"][1]) == 2  # one in eight


def test_the_same_seed_makes_the_same_pictures(pictures, material):
    again, _ = make_pictures(material, MADE, seed=4)
    other, _ = make_pictures(material, MADE, seed=5)
    for kind in MADE:
        np.testing.assert_array_equal(again[kind][0], pictures[0][kind][0])
        assert not np.array_equal(other[kind][0], pictures[0][kind][0])


def test_a_quick_recipe_needs_mnist_alone(material):
    train, validation = make_pictures(replace(material, pens=None, bitmaps=None), QUICK.made, seed=0)
    assert set(train) == set(validation) == {"MNIST"}


def test_batches_are_mixed_as_the_recipe_says(pictures):
    batches = Batches(pictures[0], replace(FULL, epoch_pictures=200), batch_size=100, seed=0)
    assert batches.per_epoch == 2
    images, (targets, is_digit), (weights, ones) = batches.make(0, 1)
    assert images.shape == (100, 28, 28, 1)
    assert images.dtype == targets.dtype == is_digit.dtype == weights.dtype == np.float32
    outliers = is_digit[:, 0] == 0
    assert outliers.sum() == 29  # wrong cuts among them
    np.testing.assert_allclose(targets[outliers], 0.1)
    np.testing.assert_array_equal(np.sort(targets[~outliers], axis=1)[:, -2:], [[0, 1]] * 71)
    np.testing.assert_array_equal(weights, np.where(outliers, np.float32(FULL.exposure), np.float32(1)))
    assert (ones == 1).all()


def test_a_batch_depends_on_seed_epoch_and_index_alone(pictures):
    batches, again = (Batches(pictures[0], FULL, batch_size=50, seed=0) for _ in range(2))
    expected = batches.make(3, 5)[0]
    again.make(0, 0)
    np.testing.assert_array_equal(again.make(3, 5)[0], expected)
    assert not np.array_equal(batches.make(3, 6)[0], expected)
    assert not np.array_equal(Batches(pictures[0], FULL, batch_size=50, seed=1).make(3, 5)[0], expected)


def test_an_epoch_shows_each_image_once_before_any_again(pictures):
    still = replace(QUICK.distortion, rotation=0, shear=0, scale=0, shift=0, elastic=0, stroke=0)
    batches = Batches(pictures[0], replace(QUICK, distortion=still), batch_size=10, seed=0)
    assert batches.per_epoch == 3
    shown = [image.tobytes() for index in range(3) for image in batches.make(0, index)[0].round(3)]
    assert len(set(shown)) == 30


def test_a_tutorial_shows_the_images_as_they_are_with_their_labels(pictures):
    stored, labels = pictures[0]["MNIST"]
    images, targets = Batches(pictures[0], TUTORIALS["mlp-128"], batch_size=len(labels), seed=0).make(0, 0)
    expected = sorted((image.tobytes(), int(label)) for image, label in zip(stored, labels, strict=True))
    levels = np.rint(255 * images[..., 0]).astype(np.uint8)
    shown = sorted((image.tobytes(), int(row.argmax())) for image, row in zip(levels, targets, strict=True))
    assert shown == expected
    assert targets.sum() == len(labels)
