"""Strokes that go on paler than the threshold, as a dry pen's, are followed; what else is pale is not."""

import cv2
import numpy as np
import pytest

from ink.pale import follow_strokes
from ink.photo import find_writing

THRESHOLD = 0.3
PEN = 12  # pixels


def draw(pale: float, shape: tuple[int, int] = (300, 400), grain: float = 0.0) -> np.ndarray:
    """Darkness of a stroke that goes from left to right, dark until the middle, then as pale as that."""
    stroke = np.zeros(shape, np.uint8)
    cv2.line(stroke, (60, 150), (340, 150), 255, PEN)
    darkness = stroke / np.float32(255) * np.where(np.arange(shape[1]) < 200, 0.8, pale).astype(np.float32)
    generator = np.random.default_rng(0)
    darkness *= 1 - grain * generator.random(shape).astype(np.float32)
    darkness = cv2.GaussianBlur(darkness, (0, 0), 1) + generator.normal(0, 0.008, shape)
    return np.clip(darkness, 0, 1).astype(np.float32)


def separate(darkness: np.ndarray) -> np.ndarray:
    return np.clip(darkness / THRESHOLD - 0.5, 0, 1).astype(np.float32)


def columns(ink: np.ndarray) -> int:
    return int((ink[145:156] >= 0.5).any(axis=0).sum())


@pytest.mark.parametrize("grain", [0, 0.4])
def test_a_stroke_is_followed_where_it_is_pale(grain) -> None:
    darkness = draw(0.2, grain=grain)
    ink = separate(darkness)
    assert columns(ink) < 160
    followed = follow_strokes(ink, darkness, THRESHOLD)
    assert followed.dtype == np.float32
    assert columns(followed) > 250  # but for what is beside the dark part
    np.testing.assert_array_equal(followed[:, :190], ink[:, :190])  # the dark part is as it was
    added = (followed >= 0.5)[:, 230:320].sum(axis=0)
    assert PEN / 2 <= np.median(added) <= PEN + 3


def test_what_is_as_pale_as_the_paper_s_noise_is_not_followed() -> None:
    for darkness in (draw(0.08), draw(0.2) + np.random.default_rng(1).normal(0, 0.1, (300, 400)).astype(np.float32)):
        ink = separate(darkness)
        assert columns(follow_strokes(ink, darkness, THRESHOLD)) <= columns(ink) + 3 * PEN


def test_the_soft_edge_of_a_dark_stroke_stays_as_thin() -> None:
    for blur in (1, 2, 4):
        darkness = cv2.GaussianBlur(draw(0.8), (0, 0), blur)
        ink = separate(darkness)
        assert follow_strokes(ink, darkness, THRESHOLD) is ink


def test_what_hangs_on_no_stroke_or_is_no_stroke_is_left_out() -> None:
    alone = draw(0)
    cv2.line(alone, (60, 250), (340, 250), 0.2, PEN)
    shade = draw(0)
    shade[100:200, 200:330] = 0.2
    speck = draw(0)
    speck[144:156, 206:216] = 0.2
    for darkness in (alone, shade, speck):
        ink = separate(darkness)
        assert follow_strokes(ink, darkness, THRESHOLD) is ink


def test_the_lines_of_ruled_paper_are_not_followed(monkeypatch) -> None:
    darkness = draw(0)
    cv2.line(darkness, (100, 40), (160, 260), 0.8, PEN)
    for row in (60, 150, 240):
        darkness[row - 2 : row + 3] = np.maximum(darkness[row - 2 : row + 3], 0.2)
    photo = np.rint(220 * (1 - np.repeat(darkness[..., None], 3, axis=2))).astype(np.uint8)
    ink = find_writing(photo).ink
    followed = []
    monkeypatch.setattr(
        "ink.photo.follow_strokes", lambda *given: followed.append(follow_strokes(*given)) or followed[-1]
    )
    monkeypatch.setattr("ink.photo.find_pale_rules", lambda *_: None)
    lines_by_ink = find_writing(photo).ink
    assert (followed[-1] > ink).sum() > 100  # it would have been, but for the lines
    monkeypatch.setattr("ink.photo.follow_strokes", lambda ink, *_: ink)
    np.testing.assert_array_equal(lines_by_ink, find_writing(photo).ink)


def test_a_small_picture_is_left_as_it_is() -> None:
    darkness = cv2.resize(draw(0.2), (96, 72), interpolation=cv2.INTER_AREA)
    ink = separate(darkness)
    assert follow_strokes(ink, darkness, THRESHOLD) is ink


@pytest.mark.parametrize("level", [0, 1])
def test_all_paper_and_all_ink_stay_as_they_are(level) -> None:
    ink = np.full((200, 300), level, np.float32)
    assert follow_strokes(ink, ink, THRESHOLD) is ink


def test_single_pixels_are_no_trouble() -> None:
    darkness = np.zeros((200, 300), np.float32)
    darkness[::10, ::10] = 0.9
    darkness[5::10, 5::10] = 0.2
    ink = separate(darkness)
    assert follow_strokes(ink, darkness, THRESHOLD) is ink


def test_a_photo_of_a_dry_brush_keeps_its_pale_ring() -> None:
    photo = np.full((600, 800, 3), 200, np.float32)
    for center, gray in (((400, 380), 40), ((400, 230), 158)):  # an 8, its upper ring hardly darker than the paper
        cv2.circle(photo, center, 78, (gray, gray, gray), 14)
    cv2.circle(photo, (180, 300), 90, (40, 40, 40), 14)
    photo += np.random.default_rng(0).normal(0, 2, (600, 800, 1))
    ink = find_writing(np.clip(photo, 0, 255).astype(np.uint8)).ink
    upper = np.zeros((600, 800), np.uint8)
    cv2.circle(upper, (400, 230), 78, 1, 6)
    assert (ink >= 0.5)[upper > 0].mean() > 0.75  # but for where the rings meet
