"""How the network is trained: its size, what it is shown and how often, learning rate and length."""

from __future__ import annotations

from dataclasses import dataclass, field

from model.augmentation import Distortion
from model.slants import UPRIGHT

__all__ = ["FULL", "MILD", "QUICK", "Recipe"]

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
    filters : (int, int)
        Of the two convolutions.
    dropout : float
        Share of the 256 features that is left out at random.
    epochs, batch_size, learning_rate
        Unless the command line says otherwise; the rate is Adam's at its highest.
    epoch_pictures : int, optional
        Pictures an epoch; by default each of MNIST's training images is shown once.
    shares : dict
        Of each kind in a batch (training.pictures); what is left over is MNIST.
    made : dict
        How many pictures of each kind are made before training; each is distorted anew whenever it is shown.
    distortion : Distortion
        Of MNIST's images.
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
    filters: tuple[int, int]
    dropout: float
    epochs: int
    batch_size: int
    learning_rate: float
    epoch_pictures: int | None = None
    shares: dict[str, float] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    distortion: Distortion = field(default_factory=Distortion)
    faint: float = 0.0
    exposure: float = 0.3
    reject_weight: float = 0.7
    slants: tuple[float, ...] = UPRIGHT


FULL = Recipe(
    name="full",
    filters=(48, 96),
    dropout=0.4,
    epochs=16,
    batch_size=256,
    learning_rate=0.0025,
    epoch_pictures=100_000,
    shares={"varied MNIST": 0.12, "pen strokes": 0.16, "templates": 0.08, "optical digits": 0.05, "no digits": 0.25},
    made={
        "varied MNIST": 60_000,
        "pen strokes": 100_000,
        "templates": 40_000,
        "optical digits": 20_000,
        "no digits": 150_000,
    },
    faint=0.15,
    slants=SLANTS,
)
QUICK = Recipe(
    name="quick",
    filters=(24, 48),
    dropout=0.3,
    epochs=3,
    batch_size=128,
    learning_rate=0.003,
    distortion=Distortion(rotation=8, shear=0.12, scale=0.08, shift=0.7, elastic=0.7, stroke=0.3),
)
