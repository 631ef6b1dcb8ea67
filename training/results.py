"""A trained network and how it came about in; the model file and its card out."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from model.checkpoint import Progress
from model.dataset import DigitData
from model.files import replace_when_complete
from training.recipes import Recipe
from training.sources import BitmapData, PenData
from training.trainer import choose_precision

if TYPE_CHECKING:
    import keras

__all__ = ["describe_start", "describe_training", "describe_validation", "write_model"]


def describe_training(
    options: argparse.Namespace,
    recipe: Recipe,
    sources: tuple[DigitData, PenData | None, BitmapData | None],
    network: keras.Model,
    progress: Progress,
    interrupted: bool,
) -> dict[str, Any]:
    """Say what one must know of these weights."""
    import keras

    best = progress.history[progress.best_epoch - 1]
    backend = keras.backend.backend()
    return {
        **describe_validation(best),
        "parameters": network.count_params(),
        "architecture": recipe.architecture,
        "recipe": recipe.name,
        "start": describe_start(options.start),
        "epochs": len(progress.history),
        "best_epoch": progress.best_epoch,
        "interrupted": interrupted,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "optimizer": options.optimizer,
        "momentum": options.momentum,
        "seed": options.seed,
        "precision": choose_precision(),
        "data": [{"name": source.name, "checksum": source.checksum} for source in sources if source],
        "versions": {
            "python": platform.python_version(),
            "keras": keras.__version__,
            "backend": f"{backend} {sys.modules[backend].__version__}",
            "numpy": np.__version__,
            "opencv": cv2.__version__,
        },
        "machine": {"cpu": _name_cpu(), "cores": os.cpu_count()},
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(progress.seconds, 1),
    }


def describe_validation(figures: dict[str, float]) -> dict[str, Any]:
    """What `training.validation.validate` has measured, as the card has it."""
    return {
        "validation_accuracy": figures["val_accuracy"],
        "validation_loss": figures["val_loss"],
        "validation": {name[4:]: value for name, value in figures.items() if " of " in name},
    }


def describe_start(path: Path | None) -> str | None:
    """The checksum of the weights that a training starts from; None if from nothing."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else None


def _name_cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write_model(network: keras.Model, card: dict[str, Any], output: Path) -> None:
    """Write weights and card beside, then rename both: the old ones stay until the new ones are complete."""
    warnings_of_keras = logging.getLogger("absl")
    warnings_of_keras.addFilter(_is_not_about_hdf5)
    card_path = output.with_suffix(".json")
    try:
        with replace_when_complete(card_path) as card_beside, replace_when_complete(output) as model_beside:
            network.save(model_beside, include_optimizer=False)
            card = card | {"weights_checksum": hashlib.sha256(model_beside.read_bytes()).hexdigest()}
            card_beside.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    finally:
        warnings_of_keras.removeFilter(_is_not_about_hdf5)


def _is_not_about_hdf5(record: logging.LogRecord) -> bool:
    """Keras calls HDF5 legacy at each save; one .h5 file is what this project is asked for."""
    return not record.getMessage().startswith("You are saving your model as an HDF5 file")
