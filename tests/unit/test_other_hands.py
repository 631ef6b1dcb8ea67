"""The shipped network reads digits as many hands write them, and says of other signs that they are none."""

from __future__ import annotations

import pytest
from strokes import OTHER_HANDS, OTHER_SIGNS, to_drawing

from model.recognizer import Recognizer
from preprocessing import Drawing


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load()


@pytest.mark.parametrize("name", OTHER_HANDS)
def test_digit_of_another_hand_is_read(shipped: Recognizer, name: str) -> None:
    (prediction,) = shipped.recognize_drawing(Drawing.from_json(to_drawing(OTHER_HANDS[name])))

    assert prediction.digit == int(name[0])


@pytest.mark.parametrize("name", OTHER_SIGNS)
def test_other_sign_is_not_a_digit(shipped: Recognizer, name: str) -> None:
    (prediction,) = shipped.recognize_drawing(Drawing.from_json(to_drawing(OTHER_SIGNS[name])))

    assert prediction.digit is None, f"taken for a {prediction.digit}, is_digit {prediction.is_digit:.3f}"
