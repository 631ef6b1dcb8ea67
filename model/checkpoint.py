"""What training has reached, written after each epoch and read by --resume."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = [
    "CheckpointError",
    "Progress",
    "checkpoint_path",
    "read_checkpoint",
    "restore_checkpoint",
    "write_checkpoint",
]


class CheckpointError(Exception):
    """A checkpoint cannot be gone on from; the message is a sentence for the user that names the cure."""


@dataclass
class Progress:
    """What training has reached: what a checkpoint holds besides the variables of network and optimizer."""

    history: list[dict[str, float]] = field(
        default_factory=list
    )  # of each epoch: its loss, and val_loss and val_accuracy
    best_weights: list[np.ndarray] = field(default_factory=list)
    best_epoch: int = 0  # from 1
    seconds: float = 0.0

    def add_epoch(self, figures: dict[str, float], weights: list[np.ndarray]) -> None:
        """Count an epoch, and keep its weights if their validation loss is the lowest so far."""
        self.history.append(figures)
        best = self.history[self.best_epoch - 1] if self.best_epoch else None
        if best is None or figures["val_loss"] < best["val_loss"]:
            self.best_epoch, self.best_weights = len(self.history), weights


def checkpoint_path(output: Path) -> Path:
    """Where the checkpoint of a training lies that writes its model to `output`."""
    return output.with_suffix(".checkpoint") / "last.npz"


def _name_variables(network: keras.Model) -> dict[str, Any]:
    """All that training changes, the state of dropout's random numbers too, by the names in a checkpoint."""
    variables = [*network.variables, *network.optimizer.variables]
    return {f"variable_{i}": variable for i, variable in enumerate(variables)}


def write_checkpoint(path: Path, network: keras.Model, progress: Progress, settings: dict[str, Any]) -> None:
    """Write all that --resume needs in one file, beside, then rename: killed at any time, one is whole."""
    arrays: dict[str, Any] = {name: value.numpy() for name, value in _name_variables(network).items()}
    arrays |= {f"best_{i}": weights for i, weights in enumerate(progress.best_weights)}
    rest = {name: value for name, value in vars(progress).items() if name != "best_weights"}
    arrays["state"] = np.array(json.dumps({"settings": settings, "progress": rest}))
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name("new.npz")
    np.savez(beside, **arrays)
    os.replace(beside, path)


def read_checkpoint(path: Path, settings: dict[str, Any]) -> dict[str, np.ndarray]:
    """Read the arrays of a checkpoint made with the same settings.

    Raises
    ------
    CheckpointError
        If there is none, it is damaged, or was made with others.
    """
    if not path.exists():
        raise CheckpointError(f"There is no checkpoint {path} to go on from; start without --resume.")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            stored = {name: archive[name] for name in archive.files}
        made_with = json.loads(str(stored["state"]))["settings"]
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointError(f"The checkpoint {path} is damaged; start without --resume.") from error
    for name, value in settings.items():
        if made_with.get(name) != value:
            raise CheckpointError(
                f"The checkpoint {path} was made with {name} {made_with.get(name)}, not {value}; "
                "resume with the same, or start without --resume."
            )
    return stored


def restore_checkpoint(network: keras.Model, stored: dict[str, np.ndarray], path: Path) -> Progress:
    """Set the variables of the network and its optimizer, and return how far they had come."""
    variables = _name_variables(network)
    best = {f"best_{i}": weights for i, weights in enumerate(network.weights)}
    for name, variable in (variables | best).items():
        if name not in stored or stored[name].shape != tuple(variable.shape):
            raise CheckpointError(f"The checkpoint {path} is of another network; start without --resume.")
    for name, variable in variables.items():
        variable.assign(stored[name])
    rest = json.loads(str(stored["state"]))["progress"]
    return Progress(best_weights=[stored[name] for name in best], **rest)
