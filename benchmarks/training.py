"""How long until 99 % of MNIST's test images are read right, ours beside the plain Keras example?

The example's network and settings are those of keras.io, "Simple MNIST convnet", written anew. The clock stands still
while the test images are read; they choose nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.report import Figure, print_report
from model.dataset import DataError, DigitData, images_through_preprocessing, load_mnist, split_validation
from training.batches import Batches
from training.pictures import Material, make_pictures
from training.recipes import QUICK
from training.trainer import build_trainer, choose_precision, compile_trainer, fit

if TYPE_CHECKING:
    import keras

GOAL = 0.99
LOOKS = 6  # at the test images, an epoch
EXAMPLE_EPOCHS, EXAMPLE_BATCH = 15, 128


@dataclass
class Course:
    """How a training went: seconds of training, and accuracy on the test images, at each look."""

    seconds: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)

    def seconds_to(self, goal: float) -> float:
        """When the goal was first reached; infinite if never."""
        return next((s for s, share in zip(self.seconds, self.accuracy, strict=True) if share >= goal), float("inf"))


def watch(
    network: keras.Model, images: np.ndarray, labels: np.ndarray, steps: int
) -> tuple[Course, keras.callbacks.Callback]:
    """A callback that looks at the test images (N, 28, 28, 1) every so many steps, and what it saw."""
    import keras

    class Watch(keras.callbacks.Callback):
        spent = 0.0
        step = 0

        def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
            self.since = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
            self.step += 1
            if self.step % steps == 0:
                self.look()

        def on_train_end(self, logs: dict[str, float] | None = None) -> None:
            if self.step % steps:
                self.look()

        def look(self) -> None:
            self.spent += time.perf_counter() - self.since
            parts = (network(images[i : i + 1000], training=False) for i in range(0, len(images), 1000))
            answers = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts]).argmax(axis=1)
            course.seconds.append(self.spent)
            course.accuracy.append(float((answers == labels).mean()))
            self.since = time.perf_counter()

    course = Course()
    return course, Watch()


def train_ours(data: DigitData, seed: int) -> tuple[Course, float]:
    """`python train_model.py --quick`; also the seconds in which its pictures were prepared."""
    import keras

    start = time.perf_counter()
    kept = split_validation(len(data.x_train), len(data.x_train) // 12, seed)
    pictures, _ = make_pictures(Material(data.x_train, data.y_train, *kept), QUICK.made, seed)
    prepared = time.perf_counter() - start
    batches = Batches(pictures, QUICK, QUICK.batch_size, seed)
    keras.utils.set_random_seed(seed)
    network, trainer = build_trainer(QUICK, choose_precision())
    compile_trainer(trainer, QUICK, QUICK.learning_rate, batches.per_epoch * QUICK.epochs)
    images = images_through_preprocessing(data.x_test)[..., None]
    course, callback = watch(network, images, data.y_test, batches.per_epoch // LOOKS)
    fit(trainer, batches, 0, QUICK.epochs, lambda losses: None, callback)
    return course, prepared


def train_example(data: DigitData, seed: int) -> Course:
    """Two convolutions 3x3, 32 and 64 filters, each with pooling, dropout 0.5, Adam, batches of 128, 15 epochs."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    network = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (32, 64):
        network.add(layers.Conv2D(filters, 3, activation="relu"))
        network.add(layers.MaxPooling2D())
    network.add(layers.Flatten())
    network.add(layers.Dropout(0.5))
    network.add(layers.Dense(10, activation="softmax"))
    network.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    train, test = (images[..., None] / np.float32(255) for images in (data.x_train, data.x_test))
    count = len(train) * 9 // 10  # the example keeps a tenth apart
    course, callback = watch(network, test, data.y_test, count // EXAMPLE_BATCH // LOOKS)
    labels = data.y_train[:count]
    network.fit(train[:count], labels, EXAMPLE_BATCH, EXAMPLE_EPOCHS, callbacks=[callback], verbose=2)
    return course


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data", type=Path, help="MNIST, as train_model.py takes it; else it is downloaded")
    parser.add_argument("--runs", type=int, default=3, help="of each, with seeds from 0 on, in turn")
    options = parser.parse_args(argv)
    try:
        data = load_mnist(options.data)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2

    ours, prepared, examples = [], [], []
    for seed in range(options.runs):
        course, seconds = train_ours(data, seed)
        ours.append(course)
        prepared.append(seconds)
        examples.append(train_example(data, seed))
    figures = []
    for name, courses in (("`train_model.py --quick`", ours), ("the Keras example", examples)):
        target = "40 s" if courses is ours else ""
        figures += [
            Figure(f"{name}: to {GOAL:.1%}", [course.seconds_to(GOAL) for course in courses], "s", target),
            Figure(f"{name}: whole training", [course.seconds[-1] for course in courses], "s", target),
            Figure(f"{name}: accuracy at its end", [100 * course.accuracy[-1] for course in courses], "%"),
        ]
    figures.append(Figure("`train_model.py --quick`: preparing its pictures", prepared, "s"))
    print_report(f"MNIST from nothing to {GOAL:.1%}", figures, f"Precision of ours: {choose_precision()}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
