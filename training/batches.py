"""Pictures in, the batches of a training out: mixed, distorted, with the targets of each output."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from model.augmentation import distort
from model.dataset import CLASSES
from training.pictures import NO_DIGIT, Pictures
from training.recipes import MILD, Recipe

__all__ = ["Batch", "Batches"]

# All float32: of digits alone images (N, 28, 28, 1) and targets (N, 10); with others, the targets are two, the second
# is_digit (N, 1), and their weights (N,) and (N,) come with them
Pair = tuple[np.ndarray, np.ndarray]
Batch = Pair | tuple[np.ndarray, Pair, Pair]


class Batches:
    """The batches of a training; each depends on nothing but seed, epoch and index, so --resume sees the same.

    Parameters
    ----------
    pictures : {kind: Pictures}
        "MNIST", and those of `recipe.shares`.
    recipe : Recipe
    batch_size : int
    seed : int
    """

    def __init__(self, pictures: dict[str, Pictures], recipe: Recipe, batch_size: int, seed: int) -> None:
        self._pictures, self._recipe, self._seed = pictures, recipe, seed
        counts = {kind: int(share * batch_size) for kind, share in recipe.shares.items()}
        self._counts = {"MNIST": batch_size - sum(counts.values()), **counts}
        shown = recipe.epoch_pictures or len(pictures["MNIST"][1])
        self.per_epoch = math.ceil(shown / batch_size)
        self._permute = lru_cache(maxsize=2 * len(self._counts))(self._make_permutation)

    def make(self, epoch: int, index: int) -> Batch:
        """Make batch `index` of `epoch`, both from 0."""
        generator = np.random.default_rng([self._seed, epoch, index])
        images, labels = [], []
        for kind, count in self._counts.items():
            chosen = self._choose(kind, (epoch * self.per_epoch + index) * count, count)
            stored, truth = self._pictures[kind]
            distortion = self._recipe.distortion if kind == "MNIST" else MILD
            shown = stored[chosen] / np.float32(255)
            images.append(distort(shown, generator, distortion) if distortion else shown)
            labels.append(truth[chosen])
        batch, label = np.concatenate(images), np.concatenate(labels)
        faint = generator.random(len(batch)) < self._recipe.faint
        batch *= np.where(faint, generator.uniform(0.4, 1, len(batch)), 1).astype(np.float32)[:, None, None]
        is_digit = label != NO_DIGIT
        targets = np.full((len(label), CLASSES), 1 / CLASSES, np.float32)
        targets[is_digit] = np.eye(CLASSES, dtype=np.float32)[label[is_digit]]
        if not self._recipe.made:
            return batch[..., None], targets
        weights = np.where(is_digit, 1, self._recipe.exposure).astype(np.float32)
        return batch[..., None], (targets, is_digit[:, None].astype(np.float32)), (weights, np.ones_like(weights))

    def _choose(self, kind: str, start: int, count: int) -> np.ndarray:
        """Which pictures of a kind are shown when `start` of it have been: all once, then all again."""
        size = len(self._pictures[kind][1])
        chosen = np.empty(count, np.int64)
        filled = 0
        while filled < count:
            turn, offset = divmod(start + filled, size)
            part = self._permute(kind, turn)[offset : offset + count - filled]
            chosen[filled : filled + len(part)] = part
            filled += len(part)
        return chosen

    def _make_permutation(self, kind: str, turn: int) -> np.ndarray:
        seed = [self._seed, list(self._counts).index(kind), turn]
        return np.random.default_rng(seed).permutation(len(self._pictures[kind][1]))
