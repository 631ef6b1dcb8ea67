"""The trained network as a function, in this process or in one of its own.

`python -m model.network PATH [READER]` is that process, a `model.worker.Worker`, which is sent a name and images.
Importing TensorFlow there costs the page nothing: one Python would import
it and Gradio one after the other, 6.3 s or more until a drawing is answered; two need 3.3 s on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model.backend import import_keras
from model.card import CURE, Card, ModelError, read_card
from model.inside import LayerOutput, LookInside, open_layers
from model.row_reader import load_row_reader
from model.slants import slant_images
from model.worker import Worker, answer_requests

if TYPE_CHECKING:
    import keras

__all__ = [
    "Classify",
    "ModelError",
    "Network",
    "NetworkProcess",
    "apply_card",
    "calibrate",
    "check_model_path",
    "load_layers",
    "load_model",
    "load_network",
]

# (N, 28, 28) float32 -> calibrated probabilities (N, 10) float32, and how much it is a digit at all (N,) float32
Classify = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
Layers = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # (N, 28, 28) -> features (N, F), logits (N, 10)
Run = Callable[[np.ndarray], list[np.ndarray]]  # (N, 28, 28) -> outputs of a model and of layers inside it


class Network(NamedTuple):
    """A loaded network: what it answers, and what it makes of an image on the way there."""

    classify: Classify
    look_inside: LookInside


def check_model_path(path: str | Path) -> Path:
    """Return the path of an existing file, or raise ModelError."""
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"No model at {path}; run python train_model.py")
    return path


def load_network(path: str | Path) -> Network:
    """Load a Keras model and its card as functions and run it twice, so that the first drawings do not wait.

    Raises
    ------
    ModelError
        If there is no file, it is no Keras model, its input is not (28, 28, 1) and its output ten probabilities, or
        its card cannot be used.
    """
    path = check_model_path(path)
    card = read_card(path)
    model = load_model(path)
    blank = np.zeros((1, 28, 28), np.float32)
    total = float(_run_at_once(model)(blank)[0].sum())
    if not 0.999 < total < 1.001:
        raise ModelError(f"{path} answers numbers that add up to {total:g}, not 1; its last layer must be a softmax")
    if card.reject_weights is not None:
        features = _last_dense(path, model).input.shape[-1]
        if features != len(card.reject_weights):
            raise ModelError(
                f'{path.with_suffix(".json")} has {len(card.reject_weights)} numbers in "reject.weights", but {path} '
                f"makes {features} features; {CURE}"
            )
    classify = apply_card(model, card)
    for count in (1, 2):  # from the second batch size on Keras' function is one for all; making it takes 140 ms
        classify(np.repeat(blank, count, axis=0))
    return Network(classify, open_layers(model))


def apply_card(model: keras.Model, card: Card) -> Classify:
    """Make a network read as its card says: each image at several slants, calibrated, digits told from the rest.

    The answer comes from the mean of the logits over the slants, is_digit from the mean of the features.
    """
    inner = [] if card.reject_weights is None else [_last_dense("The network", model).input]
    run = _run_at_once(model, *inner)

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, *features = _run_slanted(run, images, card)
        probabilities = calibrate(_mean_of_logits(probabilities), card.temperature)
        if not features:
            return probabilities, probabilities.max(axis=1)
        return probabilities, likeness_to_digit(features[0].mean(axis=0), card)

    return classify


def _run_slanted(run: Run, images: np.ndarray, card: Card) -> list[np.ndarray]:
    """Each output at each slant, (V, N, …)."""
    views = slant_images(images, card.slants)
    outputs = run(views.reshape(-1, *images.shape[1:]))
    return [output.reshape(*views.shape[:2], -1) for output in outputs]


def load_layers(path: str | Path) -> Layers:
    """Load a Keras model as a function to what its last dense layer takes in and gives out, before the softmax.

    Both are means over the slants of the card. Nothing is calibrated here: methods to tell digits from other signs
    are compared on this.

    Raises
    ------
    ModelError
        As `load_network`.
    """
    path = check_model_path(path)
    card = read_card(path)
    model = load_model(path)
    dense = _last_dense(path, model)
    kernel, *bias = dense.get_weights()  # (F, 10), and [(10,)] unless it has none
    run = _run_at_once(model, dense.input)

    def compute(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        features = _run_slanted(run, images, card)[1].mean(axis=0)
        return features, features @ kernel + sum(bias)

    return compute


def calibrate(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Divide the logits by a temperature; the best digit stays the best, more or less probable.

    Parameters
    ----------
    probabilities : (N, 10) float32
        Of a softmax: their logarithms are the logits but for a constant, which a softmax takes away again.

    References
    ----------
    Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2.
    """
    if temperature == 1:
        return probabilities
    return _softmax(_logits(probabilities) / temperature)


def _mean_of_logits(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities of V views, (V, N, 10), to those of their mean logits, (N, 10)."""
    return probabilities[0] if len(probabilities) == 1 else _softmax(_logits(probabilities).mean(axis=0))


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))  # a softmax reaches 0


def _softmax(logits: np.ndarray) -> np.ndarray:
    likeness = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (likeness / likeness.sum(axis=1, keepdims=True)).astype(np.float32)


def likeness_to_digit(features: np.ndarray, card: Card) -> np.ndarray:
    """How much each sign is a digit at all, 0 ... 1: logistic regression on the features.

    Parameters
    ----------
    features : (N, F) float32

    Returns
    -------
    (N,) float32

    References
    ----------
    Hendrycks, Mazeika and Dietterich 2019, Deep Anomaly Detection with Outlier Exposure: what was never seen is
    refused by a network that was shown other outliers, here signs that training makes itself.
    """
    evidence = features @ card.reject_weights + card.reject_bias
    return (0.5 + 0.5 * np.tanh(evidence / 2)).astype(np.float32)  # the sigmoid; exp() would overflow


def load_model(path: Path) -> keras.Model:
    """Load a model of 28 x 28 to ten, in this process."""
    import_keras()
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
    return model


def _last_dense(path: Path | str, model: keras.Model) -> keras.layers.Dense:
    import keras

    dense = next((layer for layer in reversed(model.layers) if isinstance(layer, keras.layers.Dense)), None)
    if dense is None or dense.units != 10:
        raise ModelError(f"{path} does not end in a dense layer of ten digits; run python train_model.py")
    return dense


def _run_at_once(model: keras.Model, *inner: Any) -> Run:
    """(N, 28, 28) to the model's output and tensors inside it, in one pass."""
    import keras

    together = keras.Model(model.inputs, [*model.outputs, *inner]) if inner else model

    def run(images: np.ndarray) -> list[np.ndarray]:
        # predict() costs 45 ms for one image, this 0.8 ms
        outputs = together.predict_on_batch(images[..., None])
        return [np.asarray(output) for output in (outputs if inner else [outputs])]

    return run


class NetworkProcess:
    """A network in a process of its own, started at once and ended with this object or this process.

    Use it from one thread at a time. If the process dies, the next call starts another.

    Parameters
    ----------
    path : Path
        Of the network.
    reader : Path, optional
        Of a reader of rows, which the process then has, too.
    """

    def __init__(self, path: Path, reader: Path | None = None) -> None:
        self._worker = Worker("model.network", str(path), *([str(reader)] if reader else []))

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._worker.pid

    def wait_until_ready(self) -> None:
        """Return once the network is loaded.

        Raises
        ------
        ModelError
            If it cannot be loaded.
        """
        self._worker.wait_until_ready()

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Classify (N, 28, 28) float32 as a `Classify` does."""
        probabilities, is_digit = self._worker.ask(("classify", images))
        return probabilities, is_digit

    def look_inside(self, image: np.ndarray) -> list[LayerOutput]:
        """Show what the layers make of an image, (28, 28) float32, as `model.inside.open_layers` does."""
        outputs: list[LayerOutput] = self._worker.ask(("look_inside", image))
        return outputs

    def read_strips(self, strips: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Read rows, (28, W) float32 each, as `model.row_reader.load_row_reader` says; there must be a reader."""
        steps: list[np.ndarray] = self._worker.ask(("read_strips", strips))
        return steps


def main() -> int:
    """Load the model and reader named on the command line and answer what comes in until there is no more."""

    def load() -> Callable[[tuple[str, Any]], Any]:
        network = load_network(sys.argv[1])
        functions: dict[str, Callable[[Any], Any]] = {"classify": network.classify, "look_inside": network.look_inside}
        for reader in sys.argv[2:]:
            functions["read_strips"] = load_row_reader(Path(reader))
        return lambda request: functions[request[0]](request[1])

    return answer_requests(load)


if __name__ == "__main__":
    sys.exit(main())
