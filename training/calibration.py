"""Probabilities of digits that were not trained on in; the temperature that makes them honest out."""

from __future__ import annotations

import numpy as np

from model.network import calibrate

__all__ = ["cross_entropy", "fit_temperature"]

RANGE = (0.25, 4.0)  # temperatures that are tried


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean of -log(p) of the truth: probabilities (N, 10), labels (N,)."""
    of_truth = probabilities[np.arange(len(labels)), labels]
    return float(0 - np.log(np.maximum(of_truth, np.finfo(np.float32).tiny)).mean())  # 0 for certainty, not -0


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature of the lowest cross entropy, by golden section in its logarithm.

    Parameters
    ----------
    probabilities : (N, 10) float32
    labels : (N,) uint8

    References
    ----------
    Guo, Pleiss, Sun and Weinberger 2017, On Calibration of Modern Neural Networks, section 4.2.
    """

    def loss(logarithm: float) -> float:
        return cross_entropy(calibrate(probabilities, float(np.exp(logarithm))), labels)

    low, high, ratio = np.log(RANGE[0]), np.log(RANGE[1]), (np.sqrt(5) - 1) / 2
    for _ in range(30):  # to a millionth
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if loss(a) < loss(b) else (a, high)
    return float(np.exp((low + high) / 2))
