"""How the network is trained: its size, what it is shown and how often, learning rate and length."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from model.augmentation import Distortion
from model.slants import UPRIGHT

__all__ = ["FULL", "MILD", "QUICK", "REFINE", "TUTORIALS", "Optimizer", "Recipe", "plan_made"]

Optimizer = Literal["adam", "sgd"]

# For pictures that were made with other slants, pens and forms already.
MILD = Distortion(rotation=8, shear=0.12, scale=0.08, shift=1.0, elastic=0.7, stroke=0.6)

# The loss on what is kept apart from training falls from 0.029 at one slant to 0.025 at these, and hardly with five or
# with larger ones.
SLANTS = (-0.3, 0.0, 0.3)


@dataclass(frozen=True)
class Recipe:
    """A training from the first picture to the last.

    Attributes
    ----------
    epochs, batch_size, learning_rate, optimizer, momentum
        Unless the command line says otherwise. Of SGD alone is the momentum.
    is_constant : bool
        The learning rate stays; otherwise it rises to what is given, and falls along a cosine.
    architecture : str
        Name of the network in model.architectures.
    filters : (int, int)
        Of the two convolutions of `cnn`.
    blocks : int
        Of two convolutions each, after those.
    dropout : float
        Share of its 256 features that is left out at random.
    epoch_pictures : int, optional
        Pictures an epoch; by default each of MNIST's training images is shown once.
    shares : dict
        Of each kind in a batch (training.pictures); what is left over is MNIST.
    made : dict
        How many pictures of each kind are made before training; each is distorted anew whenever it is shown.
    distortion : Distortion, optional
        Of MNIST's images; None shows them as they are.
    faint : float
        Share of the pictures that is shown fainter, 40 to 100 % of their ink, as pencil and thin pens come out.
    exposure : float
        Weight of the loss that pulls what is no digit towards ten equal probabilities (Hendrycks 2019).
    reject_weight : float
        Weight of the loss of the reject output.
    slants : tuple of float
        At which the trained network reads each image (model.slants).
    """

    name: str
    epochs: int
    batch_size: int
    learning_rate: float
    optimizer: Optimizer = "adam"
    momentum: float = 0.0
    is_constant: bool = False
    architecture: str = "cnn"
    filters: tuple[int, int] = (48, 96)
    blocks: int = 2
    dropout: float = 0.4
    epoch_pictures: int | None = None
    shares: dict[str, float] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    distortion: Distortion | None = field(default_factory=Distortion)
    faint: float = 0.0
    exposure: float = 0.3
    reject_weight: float = 0.7
    slants: tuple[float, ...] = UPRIGHT


FULL = Recipe(
    name="full",
    filters=(48, 96),
    blocks=2,
    dropout=0.4,
    epochs=16,
    batch_size=256,
    learning_rate=0.0025,
    epoch_pictures=100_000,
    shares={
        "varied MNIST": 0.12,
        "pen strokes": 0.12,
        "templates": 0.06,
        "optical digits": 0.03,
        "cut digits": 0.08,
        "no digits": 0.21,
        "wrong cuts": 0.08,
    },
    made={
        "varied MNIST": 60_000,
        "pen strokes": 100_000,
        "templates": 40_000,
        "optical digits": 20_000,
        "cut digits": 30_000,
        "no digits": 150_000,
        "wrong cuts": 40_000,
    },
    faint=0.15,
    slants=SLANTS,
)
# To go on from a trained network, at a third of the rate: all kinds, so that nothing is forgotten, but more of MNIST,
# of which the mixture from nothing shows little. Kept: the mean of both ends (training.trainer.mean_of_weights).
REFINE = replace(
    FULL,
    name="refine",
    epochs=3,
    learning_rate=0.0008,
    shares={
        "varied MNIST": 0.10,
        "pen strokes": 0.09,
        "templates": 0.04,
        "optical digits": 0.02,
        "cut digits": 0.05,
        "no digits": 0.14,
        "wrong cuts": 0.06,
    },
)
QUICK = Recipe(
    name="quick",
    filters=(24, 48),
    blocks=0,
    dropout=0.3,
    epochs=2,
    batch_size=128,
    learning_rate=0.003,
    distortion=Distortion(rotation=8, shear=0.12, scale=0.08, shift=0.7, elastic=0.7, stroke=0.3),
)


def plan_made(recipe: Recipe, epochs: int) -> dict[str, int]:
    """How many pictures of each kind are worth making for so many epochs: a third at least, all of them from 16 on.

    A training of 24 epochs that saw a third of them again and again told what is no digit worse in the end.
    """
    share = min(max(epochs / FULL.epochs, 1 / 3), 1)
    return {kind: int(count * share) for kind, count in recipe.made.items()}


def _follow_tutorial(
    architecture: str,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    optimizer: Optimizer = "adam",
    momentum: float = 0.0,
) -> Recipe:
    """MNIST alone and as it is, at one learning rate."""
    return Recipe(
        name="tutorial",
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        optimizer=optimizer,
        momentum=momentum,
        is_constant=True,
        architecture=architecture,
        distortion=None,
    )


# Epochs, batch size and optimizer as in the tutorial that the network's docstring names (model/architectures.py).
TUTORIALS = {
    recipe.architecture: recipe
    for recipe in (
        _follow_tutorial("mlp-128", epochs=6, batch_size=128, learning_rate=0.001),
        _follow_tutorial("mlp-256", epochs=10, batch_size=256, learning_rate=0.1, optimizer="sgd"),
        _follow_tutorial("mlp-512", epochs=5, batch_size=64, learning_rate=0.001),
        _follow_tutorial("mlp-100-100", epochs=10, batch_size=128, learning_rate=0.001),
        _follow_tutorial("lenet5", epochs=10, batch_size=128, learning_rate=0.001),  # as what it is compared with
        _follow_tutorial("cnn-10-20", epochs=10, batch_size=64, learning_rate=0.01, optimizer="sgd", momentum=0.5),
        _follow_tutorial("cnn-20-20", epochs=5, batch_size=100, learning_rate=0.01, optimizer="sgd"),
        _follow_tutorial("cnn-dropout", epochs=4, batch_size=128, learning_rate=0.001),
    )
}
