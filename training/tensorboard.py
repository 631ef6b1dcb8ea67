"""A folder in; the callback that writes loss and accuracy of each epoch there for TensorBoard out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from training.trainer import TrainingError

if TYPE_CHECKING:
    import keras

__all__ = ["log_to_tensorboard"]


def log_to_tensorboard(folder: Path) -> keras.callbacks.Callback:
    """Make the callback; nothing is written before training begins.

    Raises
    ------
    TrainingError
        If TensorBoard is not installed, Keras does not run on TensorFlow, or `folder` is a file.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise TrainingError(
            f"--tensorboard needs TensorFlow, and Keras runs on {keras.backend.backend()} here; "
            "set KERAS_BACKEND=tensorflow, or leave the option out."
        )
    if importlib.util.find_spec("tensorboard") is None:
        raise TrainingError("--tensorboard needs the package tensorboard: pip install tensorboard")
    if folder.exists() and not folder.is_dir():
        raise TrainingError(f"--tensorboard is {folder}, which is a file; name a folder.")
    return keras.callbacks.TensorBoard(str(folder))
