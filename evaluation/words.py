"""Single figures of report.json in; the words of a report out, and the rows of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = [
    "DIGITS_HEAD",
    "NUMBERS_HEAD",
    "OTHERS_HEAD",
    "Figures",
    "list_remarks",
    "to_area",
    "to_digits_row",
    "to_mean",
    "to_numbers_row",
    "to_others_row",
    "to_percent",
    "to_range",
    "to_table",
]

Figures = dict[str, Any]

DIGITS_HEAD = (
    "digits", "n", "read right", "95 % interval", "mean of sources", "calibration error", "refused",
    "found as several",
)  # fmt: skip
NUMBERS_HEAD = (
    "numbers", "n", "whole text right", "95 % interval", "mean of sources", "digits", "digits right", "95 % interval",
    "signs refused",
)  # fmt: skip
OTHERS_HEAD = ("not digits", "n", "refused", "95 % interval", "AUROC")


def to_digits_row(figures: Figures) -> tuple[str, ...]:
    """Of a set of digits, under DIGITS_HEAD."""
    return (
        figures["name"],
        f"{figures['count']:,}",
        to_percent(figures["accuracy"]),
        to_range(figures["interval"]),
        to_mean(figures),
        to_percent(figures["calibration_error"]),
        to_percent(figures["refused"] / figures["count"]),
        to_percent(figures["several_found"] / figures["count"]),
    )


def to_numbers_row(figures: Figures) -> tuple[str, ...]:
    """Of a set of numbers, under NUMBERS_HEAD."""
    return (
        figures["name"],
        f"{figures['count']:,}",
        to_percent(figures["accuracy"]),
        to_range(figures["interval"]),
        to_mean(figures),
        f"{figures['digits']:,}",
        to_percent(figures["digit_accuracy"]),
        to_range(figures["digit_interval"]),
        f"{figures['refused']:,}",
    )


def to_others_row(figures: Figures) -> tuple[str, ...]:
    """Of a set of what is no digit, under OTHERS_HEAD."""
    return (
        figures["name"],
        f"{figures['fair']:,}",
        to_percent(figures["refused_share"], 1),
        to_range(figures["interval"], 1),
        to_area(figures["auroc"]),
    )


def to_table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def to_percent(share: float | None, decimals: int = 2) -> str:
    """A share, 0 ... 1; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.{decimals}f} %"


def to_range(interval: Sequence[float], decimals: int = 2) -> str:
    """An interval of shares, in percent."""
    return f"{interval[0] * 100:.{decimals}f} to {interval[1] * 100:.{decimals}f}"


def to_area(area: float | None) -> str:
    """An AUROC; a dash where there is none."""
    return "–" if area is None else f"{area:.3f}"


def to_mean(figures: Figures) -> str:
    """The mean of a set's sources; "" where it names none."""
    sources = figures["sources"]
    return f"{to_percent(sources['macro_accuracy'])} of {sources['count']}" if sources else ""


def list_remarks(figures: Figures) -> str:
    """What else there is to say of a set, each part with a comma before it."""
    counted = (
        (figures.get("nothing_found", 0), "where nothing was found"),
        (figures.get("several_found", 0), "where several signs were found"),
        (figures["broken"], "broken and not counted"),
    )
    remarks = "".join(f", {count:,} {words}" for count, words in counted if count)
    return remarks + (f", {figures['left_out']} left out" if figures["left_out"] else "")
