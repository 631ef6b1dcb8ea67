"""What a reader of rows says at each step becomes a text, its likelihood, and each digit's chances."""

from itertools import product

import numpy as np
import pytest

from model.ctc import CERTAIN, SIGNS, find_text, log_likelihoods, read_text, weigh_text


def steps_of(*classes: int, certainty: float = 0.98) -> np.ndarray:
    """Logarithms of probabilities, most of it at the class of each step."""
    steps = np.full((len(classes), SIGNS), (1 - certainty) / (SIGNS - 1))
    steps[np.arange(len(classes)), classes] = certainty
    return np.log(steps).astype(np.float32)


def collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    kept = [sign for i, sign in enumerate(path) if sign and (i == 0 or path[i - 1] != sign)]
    return tuple(sign - 1 for sign in kept)


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        ((0, 5, 5, 0, 3, 0), [4, 2]),
        ((5, 5), [4]),
        ((5, 0, 5), [4, 4]),
        ((1, 10, 11), [0, 9, 10]),
        ((0, 0, 0), []),
    ],
)
def test_the_best_path_is_read(classes: tuple[int, ...], text: list[int]) -> None:
    assert read_text(steps_of(*classes)) == text


@pytest.mark.parametrize("text", [(4,), (4, 2), (4, 4), (2, 4, 2)])
def test_a_likelihood_is_the_sum_over_all_paths(text: tuple[int, ...]) -> None:
    generator = np.random.default_rng(3)
    steps = np.log(generator.dirichlet(np.ones(SIGNS), 5))
    paths = [path for path in product((0, 3, 5), repeat=5) if collapse(path) == text]
    total = sum(np.exp(steps[np.arange(5), path].sum()) for path in paths)
    [likelihood] = np.exp(log_likelihoods(steps, np.array([text])))
    assert likelihood == pytest.approx(total, rel=1e-6)


def test_texts_that_do_not_fit_are_impossible() -> None:
    assert log_likelihoods(steps_of(5, 5), np.array([[4, 4]]))[0] == -np.inf


def test_several_paths_of_a_text_may_be_likelier_than_the_best_path() -> None:
    steps = np.full((3, SIGNS), 1e-6)
    steps[:, 0], steps[:, 5] = 0.6, 0.4  # a 4 at any of three steps, or at none: 0.216
    steps = np.log(steps)
    assert read_text(steps) == []
    labels, likelihood = find_text(steps)
    assert labels == [4]
    assert likelihood == pytest.approx(1 - 0.6**3 - 0.4 * 0.6 * 0.4, abs=1e-3)  # but for 44


@pytest.mark.parametrize("seed", range(5))
def test_the_text_found_is_as_likely_as_it_says_and_no_edit_is_likelier(seed: int) -> None:
    steps = np.log(np.random.default_rng(seed).dirichlet(np.full(SIGNS, 0.3), 6))
    labels, likelihood = find_text(steps)
    assert likelihood == pytest.approx(float(np.exp(log_likelihoods(steps, np.array([labels]))[0])))
    assert likelihood >= np.exp(log_likelihoods(steps, np.array([read_text(steps)]))[0]) - 1e-12
    for i in range(len(labels) + 1):
        for sign in range(11):
            longer = np.array([[*labels[:i], sign, *labels[i:]]])
            assert np.exp(log_likelihoods(steps, longer)[0]) <= likelihood + 1e-12


def test_another_text_and_one_sign_are_weighed() -> None:
    steps = steps_of(0, 5, 0, 3, 0, certainty=0.9)
    text = weigh_text(steps)
    assert text.labels == (4, 2)
    assert text.weigh((4, 2)) == pytest.approx(text.likelihood)
    assert text.weigh((4, 3)) < 0.1 * text.likelihood
    ones = np.exp(log_likelihoods(steps, np.arange(11)[:, None]))
    assert text.weigh_one() == pytest.approx(ones.sum())


def test_a_number_is_weighed_digit_by_digit() -> None:
    steps = steps_of(0, 5, 0, 3, 0)
    steps[3] = np.log(0.001)
    steps[3, [3, 8]] = np.log([0.7, 0.29])
    text = weigh_text(steps)
    assert text.labels == (4, 2)
    assert text.probabilities.shape == (2, 10)
    assert text.probabilities.dtype == np.float32
    np.testing.assert_allclose(text.probabilities.sum(axis=1), 1, atol=1e-5)
    assert text.probabilities[0].argmax() == 4
    assert text.probabilities[1, 7] / text.probabilities[1, 2] == pytest.approx(0.29 / 0.7, rel=0.02)
    assert 0.6 < text.likelihood < 0.7
    assert text.is_digit.shape == (2,)
    assert text.is_digit.min() > 0.9
    assert text.is_number
    assert not text.is_one


def test_a_sign_that_may_be_no_digit_is_less_of_one() -> None:
    steps = steps_of(0, 5, 0, 3, 0)
    steps[3] = np.log(0.001)
    steps[3, [3, 11]] = np.log([0.6, 0.39])
    text = weigh_text(steps)
    assert text.labels == (4, 2)
    assert text.is_digit[0] > 0.95
    assert text.is_digit[1] == pytest.approx(0.6 / 0.99, abs=0.03)
    assert text.probabilities[1, 2] > 0.95


@pytest.mark.parametrize(("sign", "label"), [(5, 4), (11, 10)])
def test_one_sign_is_one_sign(sign: int, label: int) -> None:
    text = weigh_text(steps_of(0, sign, sign, 0))
    assert text.labels == (label,)
    assert text.is_one
    assert not text.is_number
    assert len(text.probabilities) == len(text.is_digit) == (label < 10)


@pytest.mark.parametrize("classes", [(0, 5, 0, 11, 0), (0, 0)])
def test_what_has_another_sign_is_no_number(classes: tuple[int, ...]) -> None:
    text = weigh_text(steps_of(*classes))
    assert text.likelihood > 0.8
    assert text.probabilities.shape == (0, 10)
    assert not text.is_number
    assert not text.is_one


def test_what_is_unsure_is_not_believed() -> None:
    text = weigh_text(steps_of(0, 5, 0, 3, 0, certainty=0.5))
    assert text.labels == (4, 2)
    assert text.likelihood < CERTAIN
    assert not text.is_number
