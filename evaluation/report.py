"""The figures of report.json in; the report in Markdown, the README's table and the words on the terminal out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from evaluation.rejection import REFUSED_DIGITS

__all__ = ["MARKERS", "readme_table", "replace_table", "summary_lines", "to_json", "to_markdown"]

MARKERS = (
    "<!-- evaluation: made by python evaluate_model.py --update-readme -->",
    "<!-- end of evaluation -->",
)
Figures = dict[str, Any]


def to_markdown(report: Figures) -> str:
    """The whole report; its figures stand beside it."""
    parts = [_opening(report)]
    if report["digits"]:
        parts += [_digit_table(report), "![Reliability](reliability.png)"]
    if report["not_digits"]:
        parts.append(_other_table(report))
    if report["digits"] and report["not_digits"]:
        parts += ["![Rejection](rejection.png)", _score_table(report)]
    parts += [_one_set(figures) for figures in report["digits"]]
    parts.append(_sets_table(report))
    return "\n\n".join(part for part in parts if part) + "\n"


def readme_table(report: Figures) -> str:
    """The tables of the README, one of digits, one of what is no digit."""
    tables = []
    rows: list[Sequence[object]]
    if report["digits"]:
        rows = [
            (
                figures["name"],
                f"{figures['count']:,}",
                _percent(figures["accuracy"]),
                _range(figures["interval"]),
                _macro(figures),
                _percent(figures["calibration_error"]),
                _percent(figures["refused"] / figures["count"]),
            )
            for figures in report["digits"]
        ]
        head = ("digits", "n", "read right", "95 % interval", "mean of sources", "calibration error", "refused")
        tables.append(_table(head, rows))
    if report["not_digits"]:
        rows = [
            (
                figures["name"],
                f"{figures['fair']:,}",
                _percent(figures["refused_share"], 1),
                _range(figures["interval"], 1),
                _area(figures["auroc"]),
            )
            for figures in report["not_digits"]
        ]
        tables.append(_table(("not digits", "n", "refused", "95 % interval", "AUROC"), rows))
    model = report["model"]
    tables.append(
        f"Measured on {report['date'][:10]} on the weights `{model['file']}`, SHA-256 `{model['checksum'][:12]}…`."
    )
    return "\n\n".join(tables)


def to_json(report: Figures) -> str:
    """The report as JSON, a line for each list of numbers."""
    text = json.dumps(report, indent=1)
    return re.sub(r"\[[\s\d.,eE+-]+\]", lambda numbers: " ".join(numbers[0].split()), text) + "\n"


def replace_table(text: str, table: str) -> str:
    """Put a table between the two markers of a text.

    Raises
    ------
    ValueError
        If the markers are not there, once each and in order.
    """
    before, begin, rest = text.partition(MARKERS[0])
    inside, end, after = rest.partition(MARKERS[1])
    if not begin or not end or MARKERS[0] in inside + after or MARKERS[1] in after:
        raise ValueError(f"there must be one line {MARKERS[0]} and after it one line {MARKERS[1]}")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def summary_lines(report: Figures) -> list[str]:
    """A line a set, for the terminal."""
    width = max(len(figures["name"]) for figures in (*report["digits"], *report["not_digits"]))
    lines = []
    for figures in report["digits"]:
        sources = figures["sources"]
        mean = f", mean of {sources['count']} sources {_percent(sources['macro_accuracy'])}" if sources else ""
        lines.append(
            f"{figures['name']:<{width}}  {figures['right']:,} of {figures['count']:,} right: "
            f"{_percent(figures['accuracy'])} ({_range(figures['interval'])}){mean}; "
            f"{figures['refused']:,} refused{_remarks(figures)}"
        )
    for figures in report["not_digits"]:
        lines.append(
            f"{figures['name']:<{width}}  {figures['refused']:,} of {figures['fair']:,} refused: "
            f"{_percent(figures['refused_share'], 1)}, AUROC {_area(figures['auroc'])}"
            f"{_shaped(figures)}{_remarks(figures)}"
        )
    return lines


# ---------------------------------------------------------------- parts of the report


def _opening(report: Figures) -> str:
    model, versions = report["model"], report["versions"]
    lines = [
        "# How good the network is",
        "",
        "Written by `python evaluate_model.py`; every picture and drawing took the path that the page takes.",
        "",
        f"- Model: `{model['file']}`, SHA-256 `{model['checksum']}`",
        f"- Card: read at slants {', '.join(f'{slant:g}' for slant in model['slants'])}; "
        f"temperature {model['temperature']:.4g}, refused below {model['threshold']:.4g}, "
        f"unsure above {model['unsure_ratio']:.4g}" + ("" if model["has_card"] else " (there is none: the defaults)"),
        *(
            f"- {title} chosen on: {model[key]}"
            for title, key in (("Refusal", "threshold_chosen_on"), ("Unsure", "unsure_chosen_on"))
            if model[key]
        ),
        f"- Date: {report['date']}; {', '.join(f'{name} {version}' for name, version in versions.items())}; "
        f"{report['seconds']:.0f} s",
    ]
    return "\n".join(lines)


def _digit_table(report: Figures) -> str:
    rows = [
        (
            figures["name"],
            f"{figures['count']:,}",
            _percent(figures["accuracy"]),
            _range(figures["interval"]),
            _macro(figures),
            _percent(figures["calibration_error"]),
            _percent(figures["refused"] / figures["count"]),
            _percent(figures["right_and_not_refused"] / figures["count"]),
            f"{_percent(figures['unsure_of_right'])} / {_percent(figures['unsure_of_wrong'], 0)}",
        )
        for figures in report["digits"]
    ]
    head = (
        "digits", "n", "read right", "95 % interval", "mean of sources", "calibration error", "refused",
        "right and not refused", "unsure: of right / of wrong",
    )  # fmt: skip
    together = report["together"]
    sentence = (
        f"Of {', '.join(together['sets'])} together, {together['refused']:,} of {together['count']:,} digits are "
        f"refused ({_percent(together['refused_share'])})."
    )
    meaning = (
        "Read right: the most probable of the ten digits is the right one, refused or not; a picture on which nothing, "
        "or several signs, were found is wrong. The interval is Wilson's. Calibration error: expected, in 15 bins."
    )
    return f"## Digits\n\n{_table(head, rows)}\n\n{meaning} {sentence}"


def _other_table(report: Figures) -> str:
    rows = []
    for figures in report["not_digits"]:
        shaped = figures["digit_shaped"]
        rows.append(
            (
                figures["name"],
                f"{figures['fair']:,}",
                _percent(figures["refused_share"], 1),
                _range(figures["interval"], 1),
                _area(figures["auroc"]),
                f"{shaped['refused']:,} of {shaped['count']:,}" if shaped["count"] else "",
            )
        )
    together = report["together"]
    against = f" AUROC: against the digits of {', '.join(together['sets'])} together." if together else ""
    head = ("not digits", "n", "refused", "95 % interval", "AUROC", "shaped like a digit: refused")
    return (
        f"## Not digits\n\n{_table(head, rows)}\n\n"
        f"Refused: at the threshold of the card.{against} Letters that have a digit's shape "
        "(O o I l i Z z S s B b q g) are counted apart where the set names its letters."
    )


def _score_table(report: Figures) -> str:
    names = list(report["scores"][0]["refused"])
    rows = [
        (row["score"], *(f"{_percent(row['refused'][name], 1)} ({_area(row['auroc'][name])})" for name in names))
        for row in report["scores"]
    ]
    return (
        "### Scores compared\n\nShare refused, and AUROC, where each score refuses "
        f"{_percent(REFUSED_DIGITS, 0)} of the digits of {', '.join(report['together']['sets'])} together:\n\n"
        f"{_table(('score', *names), rows)}"
    )


def _one_set(figures: Figures) -> str:
    rows = [
        (
            digit,
            f"{row['count']:,}",
            _percent(row["right"] / row["count"]) if row["count"] else "",
            _percent(row["right"] / row["answered_so"]) if row["answered_so"] else "",
        )
        for digit, row in enumerate(figures["per_digit"])
    ]
    remarks = _remarks(figures)
    lines = [f"## {figures['name']}", _table(("digit", "n", "read right", "right where it is the answer"), rows)]
    if sources := figures["sources"]:
        lines.append(
            f"{sources['count']} sources: mean {_percent(sources['macro_accuracy'])}, {sources['all_right']} of them "
            f"without a mistake, the lowest {_percent(sources['lowest']['accuracy'])} of {sources['lowest']['count']}."
        )
    if remarks:
        lines.append(f"Also: {remarks.removeprefix(', ')}.")
    lines.append(f"![Confusion matrix of {figures['name']}](confusion-{figures['name'].replace(' ', '%20')}.png)")
    return "\n\n".join(lines)


def _sets_table(report: Figures) -> str:
    rows = [
        (
            figures["name"],
            figures["file"],
            f"{figures['count']:,}",
            f"{figures['broken']:,}",
            figures["left_out"],
            figures["path_taken"],
            f"`{figures['checksum']}`" if figures["checksum"] else "",
        )
        for figures in (*report["digits"], *report["not_digits"])
    ]
    return "## The sets\n\n" + _table(("set", "file", "scored", "broken", "left out", "read as", "SHA-256"), rows)


# ---------------------------------------------------------------- figures to words


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _percent(share: float | None, decimals: int = 2) -> str:
    return "–" if share is None else f"{share * 100:.{decimals}f} %"


def _range(interval: Sequence[float], decimals: int = 2) -> str:
    return f"{interval[0] * 100:.{decimals}f} to {interval[1] * 100:.{decimals}f}"


def _area(area: float | None) -> str:
    return "–" if area is None else f"{area:.3f}"


def _macro(figures: Figures) -> str:
    sources = figures["sources"]
    return f"{_percent(sources['macro_accuracy'])} of {sources['count']}" if sources else ""


def _shaped(figures: Figures) -> str:
    shaped = figures["digit_shaped"]
    return f"; of those shaped like a digit {shaped['refused']} of {shaped['count']}" if shaped["count"] else ""


def _remarks(figures: Figures) -> str:
    """What else there is to say of a set, each part with a comma before it."""
    counted = (
        (figures.get("nothing_found", 0), "where nothing was found"),
        (figures.get("several_found", 0), "where several signs were found"),
        (figures["broken"], "broken and not counted"),
    )
    remarks = "".join(f", {count:,} {words}" for count, words in counted if count)
    return remarks + (f", {figures['left_out']} left out" if figures["left_out"] else "")
