"""Numbers made of labeled digits: always the same for a seed, apart or touching, of the text they say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from labeled_sets import digit_images

from evaluation.rows import draw_row, make_rows
from evaluation.samples import Sample, SetError
from preprocessing import Drawing, Picture


@pytest.fixture(scope="module")
def inks() -> list[np.ndarray]:
    """The ten digits as MNIST has them."""
    return [image.astype(np.float32) / 255 for image in digit_images(range(10))]


@pytest.fixture(scope="module")
def digits(inks: list[np.ndarray]) -> list[Sample]:
    return [Sample(str(n), lambda n=n: inks[n], n) for n in range(10)]


def count_parts(row: np.ndarray) -> int:
    return cv2.connectedComponents((row > 0.4).astype(np.uint8), connectivity=8)[0] - 1


@pytest.mark.parametrize("touching", [False, True])
def test_rows_are_always_the_same_for_a_seed(digits: list[Sample], touching: bool) -> None:
    first, again, other = (make_rows(digits, 6, touching, seed) for seed in (1, 1, 2))
    assert [sample.text for sample in first] == [sample.text for sample in again]
    assert [sample.text for sample in first] != [sample.text for sample in other]
    for one, same in zip(first, again, strict=True):
        photo = one.load()
        assert isinstance(photo, Picture)
        assert (photo.rgb.dtype, photo.rgb.ndim) == (np.uint8, 3)
        assert (photo.rgb == same.load().rgb).all()
        assert (photo.rgb == one.load().rgb).all()


def test_texts_have_three_to_six_digits_of_all_kinds(digits: list[Sample]) -> None:
    texts = [sample.text for sample in make_rows(digits, 200, touching=False)]
    assert {len(text) for text in texts} == {3, 4, 5, 6}
    assert set("".join(texts)) == set("0123456789")


@pytest.mark.parametrize("seed", range(20))
def test_digits_apart_never_touch_and_touching_ones_do(inks: list[np.ndarray], seed: int) -> None:
    generator = np.random.default_rng(seed)
    chosen = [inks[n] for n in (0, 2, 3, 6, 7, 8)]  # each of one part
    assert count_parts(draw_row(chosen, 80, False, generator)) == 6
    assert count_parts(draw_row(chosen, 80, True, generator)) < 6


def test_digits_stand_in_order_within_the_row(inks: list[np.ndarray]) -> None:
    row = draw_row([inks[0], inks[8], inks[3]], 100, False, np.random.default_rng(1))
    count, _, stats, _ = cv2.connectedComponentsWithStats((row > 0.4).astype(np.uint8))
    boxes = sorted(stats[1:].tolist(), key=lambda box: box[cv2.CC_STAT_LEFT])
    assert count == 4
    assert all(75 < box[cv2.CC_STAT_HEIGHT] < 120 for box in boxes)
    holes = [cv2.connectedComponents((row[y : y + h, x : x + w] < 0.4).astype(np.uint8))[0] for x, y, w, h, _ in boxes]
    assert holes[1] == max(holes) > holes[2]  # the 8 has two, and is in the middle


def test_light_changes_along_the_paper(digits: list[Sample]) -> None:
    photos = [sample.load().rgb.astype(np.float32) for sample in make_rows(digits, 40, touching=False)]
    # the lightest quarter of each column is paper: its light changes along the row
    light = [np.percentile(photo.mean(axis=2), 75, axis=0) for photo in photos]
    assert np.median([np.ptp(cv2.blur(each[None], (31, 1))) / each.max() for each in light]) > 0.05


def test_what_is_no_ink_is_named() -> None:
    drawing = Drawing(400, 400, ())
    (sample, *_) = make_rows([Sample("line 3", lambda: drawing, 3)], 1, touching=False)
    with pytest.raises(SetError, match="line 3 is no ink, white on black"):
        sample.load()
