"""The figures of report.json in; confusion matrices, reliability and rejection curves as PNG files out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["draw_confusion", "draw_figures"]

COLUMNS = 3  # of the reliability diagrams
DPI = 110


def draw_figures(folder: Path, report: dict[str, Any]) -> None:
    """Draw a confusion matrix a set of digits, and one picture each of reliability and rejection."""
    for figures in report["digits"]:
        counts = np.array(figures["confusion"])
        if not counts[:, -1].any():
            counts = counts[:, :-1]  # each has an answer
        draw_confusion(counts, figures["name"], folder / f"confusion-{figures['name']}.png")
    if report["digits"]:
        _draw_reliability(report["digits"], folder / "reliability.png")
    if report["digits"] and report["not_digits"]:
        _draw_rejection(report, folder / "rejection.png")


def draw_confusion(counts: np.ndarray, title: str, path: Path) -> None:
    """Draw how often each digit, a row, got each answer, a column: (10, 10), or (10, 11) with "none" at last."""
    from matplotlib.figure import Figure

    wrong = counts.copy()
    wrong[np.arange(10), np.arange(10)] = 0
    colors = np.ones((*counts.shape, 3))  # paper; the more mistakes, the redder
    colors[..., 1:] -= 0.75 * (wrong / max(wrong.max(), 1))[..., None] ** 0.5
    colors[np.arange(10), np.arange(10)] = (0.85, 0.91, 0.97)
    figure = Figure(figsize=(7.2, 6.6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(colors)
    for row, column in np.ndindex(counts.shape):
        count = counts[row, column]
        text, color = (f"{count:,}", "black") if count else ("·", "0.7")
        axes.text(column, row, text, color=color, ha="center", va="center", fontsize=9)
    axes.set(
        xticks=range(counts.shape[1]),
        xticklabels=[*map(str, range(10)), "none"][: counts.shape[1]],
        yticks=range(10),
        xlabel="answer",
        ylabel="truth",
        title=f"{title}: {wrong.sum():,} of {counts.sum():,} read wrong",
    )
    axes.tick_params(length=0)
    figure.savefig(path, dpi=DPI)


def _draw_reliability(sets: Sequence[dict[str, Any]], path: Path) -> None:
    from matplotlib.figure import Figure

    columns = min(COLUMNS, len(sets))
    rows = math.ceil(len(sets) / columns)
    figure = Figure(figsize=(3.6 * columns, 3.5 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(sets) :]:
        axes.axis("off")
    for axes, figures in zip(panels, sets, strict=False):
        reliability = figures["reliability"]
        counts = np.array(reliability["counts"])
        confidence, accuracy = (np.array(reliability[key])[counts > 0] for key in ("confidence", "accuracy"))
        # a bin of a few answers says little: the area of its circle grows with their number
        sizes = 12 + 150 * np.sqrt(counts[counts > 0] / counts.max())
        axes.plot([0, 1], [0, 1], color="0.6", linewidth=1)
        axes.scatter(confidence, accuracy, s=sizes, color="tab:blue", alpha=0.6, clip_on=False)
        axes.set(
            xlim=(0, 1),
            ylim=(0, 1),
            title=f"{figures['name']}: error {figures['calibration_error']:.2%}",
            xlabel="probability of the answer",
            ylabel="share that is right",
        )
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=DPI)


def _draw_rejection(report: dict[str, Any], path: Path) -> None:
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    lowest = 1.0
    for figures in report["not_digits"]:
        curve = np.array(figures["curve"])
        if not len(curve):
            continue
        kept, refused = curve.T
        (line,) = axes.plot(1 - kept, refused, label=figures["name"])
        lowest = min(lowest, float(refused[kept >= 0.9].min()))
        axes.plot(report["together"]["refused_share"], figures["refused_share"], "o", color=line.get_color())
    axes.axvline(0.01, color="0.5", linestyle=":", label="1 % of the digits")
    axes.set(
        xlim=(0, 0.1),
        ylim=(max(0.0, lowest - 0.05), 1.01),
        xlabel=f"digits refused ({', '.join(report['together']['sets'])} together)",
        ylabel="not digits refused",
        title="What each threshold refuses; the dots are the threshold of the card",
    )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=DPI)
