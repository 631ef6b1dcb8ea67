"""Digits kept apart from training in; how well they are read, and the temperature and thresholds of the card, out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.metrics import refusal_threshold, unsure_ratio
from model.card import Card
from model.network import Classify, apply_card, calibrate
from training.calibration import cross_entropy, fit_temperature
from training.pictures import NO_DIGIT, Pictures
from training.recipes import Recipe
from training.trainer import as_classify, classify_images

if TYPE_CHECKING:
    import keras

__all__ = ["choose_honesty", "read_with_slants", "validate"]

REFUSED = 0.01  # share of the digits kept apart that the threshold of the card refuses
MARKED_UNSURE = 0.01  # share of them that is called unsure though read right


def validate(trainer: keras.Model, validation: dict[str, Pictures], recipe: Recipe) -> dict[str, float]:
    """Figures of an epoch: the loss on the digits kept apart, which chooses it, and what is right of each kind.

    How well the second output tells digits from the rest chooses nothing: its loss jumps with a few sure mistakes, and
    so would the epoch.
    """
    figures = {}
    classify = as_classify(trainer)
    answers = {kind: classify_images(classify, images) for kind, (images, _) in validation.items()}
    digits = [kind for kind in validation if kind != "no digits"]
    labels = np.concatenate([validation[kind][1] for kind in digits])
    figures["val_loss"] = cross_entropy(np.concatenate([answers[kind][0] for kind in digits]), labels)
    for kind in digits:
        name = "val_accuracy" if kind == "MNIST" else f"val_accuracy of {kind}"
        figures[name] = float((answers[kind][0].argmax(axis=1) == validation[kind][1]).mean())
    if recipe.made:
        real, other = np.concatenate([answers[kind][1] for kind in digits]), answers["no digits"][1]
        figures["val_refused of no digits"] = float((other < refusal_threshold(real, REFUSED)).mean())
    return figures


def read_with_slants(network: keras.Model, trainer: keras.Model, recipe: Recipe) -> Classify:
    """The network as it will read with its card, but for temperature and thresholds."""
    if not recipe.made:
        return apply_card(network, Card(slants=recipe.slants))
    weights, bias = trainer.get_layer("is_digit").get_weights()
    return apply_card(network, Card(slants=recipe.slants, reject_weights=weights[:, 0], reject_bias=float(bias[0])))


def choose_honesty(
    classify: Classify, trainer: keras.Model, validation: dict[str, Pictures], recipe: Recipe
) -> dict[str, Any]:
    """Choose temperature and thresholds on the digits kept apart, and say so for the card."""
    images, labels = (np.concatenate(part) for part in zip(*validation.values(), strict=True))
    is_real = labels != NO_DIGIT
    images, labels = images[is_real], labels[is_real]
    probabilities, is_digit = classify_images(classify, images)
    temperature = fit_temperature(probabilities, labels)
    probabilities = calibrate(probabilities, temperature)
    second, highest = np.sort(probabilities, axis=1)[:, -2:].T
    right = probabilities.argmax(axis=1) == labels
    chosen_on = f"{len(labels):,} digits kept apart from training"
    honesty: dict[str, Any] = {
        "temperature": temperature,
        "slants": list(recipe.slants),
        "unsure": {
            "ratio": unsure_ratio((second / highest)[right], MARKED_UNSURE),
            "chosen_on": f"{chosen_on}: {100 * MARKED_UNSURE:g} % of those read right are called unsure",
        },
    }
    if recipe.made:
        weights, bias = trainer.get_layer("is_digit").get_weights()
        honesty["reject"] = {
            "weights": [float(weight) for weight in weights[:, 0]],
            "bias": float(bias[0]),
            "threshold": refusal_threshold(is_digit, REFUSED),
            "chosen_on": f"{chosen_on}: {100 * REFUSED:g} % of them are refused",
        }
    return honesty
