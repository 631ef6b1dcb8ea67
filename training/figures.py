"""A training in; loss and accuracy of its epochs, confusion matrix and worst mistakes out, as PNG files and as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from evaluation.figures import draw_confusion
from evaluation.metrics import count_confusion
from model.checkpoint import Progress
from model.dataset import DigitData
from model.files import replace_when_complete

__all__ = ["draw_figures", "figures_folder", "write_curves"]

MISTAKES = (4, 10)  # rows and columns of the contact sheet


def figures_folder(output: Path, architecture: str) -> Path:
    """Where the figures of a training go: beside the model, for a tutorial's network in a folder of its name."""
    folder = output.parent / "figures"
    return folder if architecture == "cnn" else folder / architecture


def write_curves(path: Path, progress: Progress) -> None:
    """Write the figures of each epoch as a line of CSV; what the curves show, in full precision."""
    names = list(progress.history[0])
    with replace_when_complete(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["epoch", *names])
        writer.writerows([epoch, *map(figures.get, names)] for epoch, figures in enumerate(progress.history, 1))


def draw_figures(folder: Path, progress: Progress, data: DigitData, probabilities: np.ndarray) -> None:
    """Draw curves, confusion matrix and mistakes; `probabilities` (N, 10) are those of the test images."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = count_confusion(data.y_test, probabilities.argmax(axis=1))[:, :10]
    with replace_when_complete(folder / "curves.png") as beside:
        _draw_curves(progress, beside)
    with replace_when_complete(folder / "confusion.png") as beside:
        draw_confusion(counts, "test images", beside)
    with replace_when_complete(folder / "mistakes.png") as beside:
        _draw_mistakes(data, probabilities, beside)


def _draw_curves(progress: Progress, path: Path) -> None:
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter, StrMethodFormatter

    figure = Figure(figsize=(10, 4), layout="constrained")
    epochs = range(1, len(progress.history) + 1)
    loss, accuracy = figure.subplots(1, 2)
    loss.set(title="Loss", yscale="log")
    loss.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    loss.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    loss.yaxis.set_minor_locator(NullLocator())
    accuracy.set(title="Accuracy")
    accuracy.yaxis.set_major_formatter(PercentFormatter(1.0))
    validation = [name for name in progress.history[0] if name.startswith(("val_accuracy", "val_refused"))]
    accuracies = {"accuracy": "training", **{name: f"validation: {name[4:]}" for name in validation}}
    for axes, lines in (
        (loss, {"loss": "training", "val_loss": "validation"}),
        (accuracy, accuracies | {"val_accuracy": "validation" if len(validation) == 1 else "validation: MNIST"}),
    ):
        for key, label in lines.items():
            axes.plot(epochs, [figures[key] for figures in progress.history], ".-", label=label)
        kept = f"kept: epoch {progress.best_epoch}"
        axes.axvline(progress.best_epoch, color="black", linestyle=":", label=kept)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def _draw_mistakes(data: DigitData, probabilities: np.ndarray, path: Path) -> None:
    """Draw the wrong ones to which the truth seemed least likely, as they are in the data."""
    from matplotlib.figure import Figure

    answers = probabilities.argmax(axis=1)
    of_truth = probabilities[np.arange(len(answers)), data.y_test]
    wrong = np.flatnonzero(answers != data.y_test)
    shown = wrong[np.argsort(of_truth[wrong], kind="stable")][: MISTAKES[0] * MISTAKES[1]]
    figure = Figure(figsize=(MISTAKES[1], 1.3 * MISTAKES[0] + 0.6), layout="constrained")
    figure.suptitle(f"The {len(shown)} worst of {len(wrong):,} mistakes: truth → answer, and its probability")
    sheet = figure.subplots(*MISTAKES).ravel()
    for axes in sheet:
        axes.axis("off")
    for axes, index in zip(sheet, shown, strict=False):
        answer = answers[index]
        axes.imshow(data.x_test[index], cmap="gray_r", vmin=0, vmax=255)
        axes.set_title(f"{data.y_test[index]} → {answer}   {probabilities[index, answer]:.0%}", fontsize=9)
    figure.savefig(path, dpi=120)
