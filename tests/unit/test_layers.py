"""Digits on colored grounds: other inks that may be the writing, and which of them the recognizer takes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from strokes import digit_picture

from ink.layers import find_layers
from model.card import Card
from model.recognizer import Recognizer, to_text
from preprocessing import Page, Picture, find_writing, ink_to_page, photo_to_page

THRESHOLD = 0.5
SIDE = 200


def paint(digit: int, ground: np.ndarray, color: tuple[int, int, int], pen: int = 10) -> np.ndarray:
    """A digit over a ground (SIDE, SIDE, 3) uint8, as a paint program draws it."""
    mask = mask_of(digit, pen)[..., None]
    return np.rint(ground * (1 - mask) + np.array(color) * mask).astype(np.uint8)


def mask_of(digit: int, pen: int = 10) -> np.ndarray:
    return digit_picture(digit, SIDE, pen, (255, 255, 255), (0, 0, 0))[..., 0] / 255


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / (a | b).sum())


def lines(ground: tuple[int, int, int], color: tuple[int, int, int], wide: int) -> np.ndarray:
    picture = np.full((SIDE, SIDE, 3), ground, np.uint8)
    for row in (40, 90, 140, 175):
        cv2.line(picture, (20, row), (SIDE - 1, row - 12), color, wide, cv2.LINE_AA)
    return picture


GRADIENT = np.repeat(np.linspace(0, 255, SIDE)[None, :, None], SIDE, 0).repeat(3, 2).astype(np.uint8)
PAINTED = {
    "lines of another color": (paint(3, lines((255, 220, 0), (255, 120, 20), 8), (0, 20, 130)), 10),
    "thin lines of the same color": (paint(1, lines((255, 255, 255), (0, 0, 0), 2), (0, 0, 0), 14), 14),
    "dark on a ground that gets dark": (paint(6, GRADIENT // 2 + 127, (0, 0, 0)), 10),
}


@pytest.mark.parametrize("name", PAINTED)
def test_the_digit_alone_is_among_the_layers(name: str) -> None:
    picture, pen = PAINTED[name]
    digit = {"lines of another color": 3, "thin lines of the same color": 1}.get(name, 6)
    ink = find_writing(picture).ink
    layers = [ink, *find_layers(picture, ink)]
    assert max(overlap(layer, mask_of(digit, pen)) for layer in layers) > 0.6
    for layer in layers:
        assert layer.shape == (SIDE, SIDE)
        assert layer.dtype == np.float32
        assert 0 <= layer.min() <= layer.max() <= 1


def test_a_digit_on_plain_paper_has_no_other_ink_that_is_as_large() -> None:
    picture = digit_picture(5)
    ink = find_writing(picture).ink
    for layer in find_layers(picture, ink):
        assert overlap(layer, ink) < 0.7


def test_the_same_photo_has_the_same_layers() -> None:
    picture, _ = PAINTED["lines of another color"]
    ink = find_writing(picture).ink
    for one, other in zip(find_layers(picture, ink), find_layers(picture, ink), strict=True):
        np.testing.assert_array_equal(one, other)


def test_blank_paper_stays_blank(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(0).normal(230, 4, (300, 400, 3)).clip(0, 255).astype(np.uint8)
    assert recognizer.recognize_pages([photo_to_page(Picture(noise))]) == [[]]


# ---------------------------------------------------------------- which is taken


def classify_by_ink(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Narrow images are a sure 1, wide ones no digit, the rest a hardly less sure 0."""
    widths = (images > 0.3).any(axis=1).sum(axis=1)
    probabilities = np.full((len(images), 10), 0.0001, np.float32)
    probabilities[np.arange(len(images)), np.where(widths < 6, 1, 0)] = 0.9991
    return probabilities, np.where(widths < 6, 1.0, np.where(widths > 18, 0.1, 0.995)).astype(np.float32)


def bar(top: int, left: int, height: int, width: int) -> Page:
    ink = np.zeros((100, 100), np.float32)
    ink[top : top + height, left : left + width] = 1
    return replace(ink_to_page(ink), shape=ink.shape)


def ring() -> Page:
    ink = np.zeros((100, 100), np.float32)
    cv2.ellipse(ink, (50, 50), (20, 32), 0, 0, 360, 1.0, 5)
    return replace(ink_to_page(ink), shape=ink.shape)


def cross() -> Page:
    ink = np.zeros((100, 100), np.float32)
    cv2.line(ink, (20, 20), (80, 80), 1.0, 5)
    cv2.line(ink, (80, 20), (20, 80), 1.0, 5)
    return replace(ink_to_page(ink), shape=ink.shape)


def read(first: Page, *others: Page) -> str:
    recognizer = Recognizer(classify_by_ink, Card(threshold=THRESHOLD))
    [predictions] = recognizer.recognize_pages([replace(first, find_others=lambda: others)])
    return to_text(predictions)


def test_where_the_first_ink_is_no_digit_the_surest_other_is_taken() -> None:
    assert read(cross()) == "?"
    assert read(cross(), ring()) == "0"
    assert read(cross(), ring(), bar(20, 45, 60, 6)) == "1"
    assert read(cross(), bar(20, 45, 60, 6), ring()) == "1"


def test_others_that_are_none_or_come_in_from_the_edge_are_not_taken() -> None:
    assert read(cross(), cross()) == "?"
    assert read(cross(), bar(0, 45, 60, 6)) == "?"
    assert read(cross(), bar(0, 45, 60, 6), ring()) == "0"


def test_others_must_be_digits_beyond_doubt() -> None:
    def classify_doubtfully(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, is_digit = classify_by_ink(images)
        return probabilities, is_digit * np.float32(0.98)  # enough for what is seen first

    recognizer = Recognizer(classify_doubtfully, Card(threshold=THRESHOLD))
    [first] = recognizer.recognize_pages([ring()])
    [again] = recognizer.recognize_pages([replace(cross(), find_others=lambda: [ring()])])
    assert (to_text(first), to_text(again)) == ("0", "?")


def test_others_are_not_looked_for_where_the_first_ink_is_read() -> None:
    def fail() -> list[Page]:
        raise AssertionError("the first ink is a digit")

    recognizer = Recognizer(classify_by_ink, Card(threshold=THRESHOLD))
    [predictions] = recognizer.recognize_pages([replace(ring(), find_others=fail)])
    assert to_text(predictions) == "0"
