"""The trained network as a function, in this process or in one of its own.

`python -m model.network PATH` is that process: arrays of images on standard input, of probabilities on standard
output, both pickled. Importing TensorFlow there costs the page nothing: one Python would import it and Gradio one
after the other, 6.3 s or more until a drawing is answered; two need 3.3 s on two cores.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

__all__ = ["Classify", "ModelError", "NetworkProcess", "check_model_path", "load_network"]

Classify = Callable[[np.ndarray], np.ndarray]  # (N, 28, 28) float32 -> (N, 10) float32


class ModelError(Exception):
    """A model file is missing, damaged or of another kind; the message is for the user."""


def check_model_path(path: str | Path) -> Path:
    """Return the path of an existing file, or raise ModelError."""
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"No model at {path}; run python train_model.py")
    return path


def load_network(path: str | Path) -> Classify:
    """Load a Keras model as a function and run it once, so that the first drawing does not wait.

    Raises
    ------
    ModelError
        If there is no file, it is no Keras model, or its input is not (28, 28, 1) and its output 10 wide.
    """
    path = check_model_path(path)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up lines are not for our users
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # on damaged files Keras and h5py raise nearly anything: OSError, KeyError, …
        raise ModelError(f"{path} is no Keras model that can be loaded; run python train_model.py") from error
    shapes = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if shapes != ((None, 28, 28, 1), (None, 10)):
        raise ModelError(
            f"{path} maps {shapes[0]} to {shapes[1]}; expected is (None, 28, 28, 1) to (None, 10): "
            "run python train_model.py"
        )

    def classify(images: np.ndarray) -> np.ndarray:
        # predict() costs 45 ms for one image, this 0.8 ms
        return np.asarray(model.predict_on_batch(images[..., None]))

    classify(np.zeros((1, 28, 28), np.float32))
    return classify


class NetworkProcess:
    """A network in a process of its own, started at once and ended with this object or this process.

    Use it from one thread at a time. If the process dies, the next call starts another.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start()

    def _start(self) -> None:
        self._ready = False
        root = str(Path(__file__).parents[1])
        search_path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "model.network", str(self._path)],  # -P: no `model` of the working folder
            env={**os.environ, "PYTHONPATH": search_path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # TensorFlow greets there; what matters comes as an answer
        )
        self._stop = weakref.finalize(self, _stop, self._process)

    def wait_until_ready(self) -> None:
        """Return once the network is loaded.

        Raises
        ------
        ModelError
            If it cannot be loaded.
        """
        if self._ready:
            return
        problem = self._receive()
        if problem is not None:
            raise ModelError(problem)
        self._ready = True

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Classify (N, 28, 28) float32 as (N, 10) float32."""
        try:
            return self._ask(images)
        except (EOFError, OSError, pickle.UnpicklingError):  # killed, perhaps by the system for want of memory
            self._stop()
            self._start()
            return self._ask(images)

    def _ask(self, images: np.ndarray) -> np.ndarray:
        self.wait_until_ready()
        assert self._process.stdin is not None
        _send(images, self._process.stdin)
        return np.asarray(self._receive())

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)


def _send(message: Any, pipe: BinaryIO | Any) -> None:
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # it has nothing to save
    process.communicate()


def main() -> int:
    """Load the model named on the command line and classify what comes in until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; this ends when its input does
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    try:
        classify = load_network(sys.argv[1])
    except ModelError as problem:
        _send(str(problem), answers)
        return 2
    _send(None, answers)
    while True:
        try:
            images = pickle.load(sys.stdin.buffer)
        except EOFError:
            return 0
        _send(classify(images), answers)


if __name__ == "__main__":
    sys.exit(main())
