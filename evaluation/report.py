"""The figures of report.json in; the report in Markdown, the README's tables and the words on the terminal out."""

from __future__ import annotations

import json
import re

from evaluation.rejection import REFUSED_DIGITS
from evaluation.words import (
    DIGITS_HEAD,
    NUMBERS_HEAD,
    OTHERS_HEAD,
    Figures,
    list_remarks,
    to_area,
    to_digits_row,
    to_numbers_row,
    to_others_row,
    to_percent,
    to_range,
    to_table,
)

__all__ = ["MARKERS", "readme_table", "replace_table", "summary_lines", "to_json", "to_markdown"]

MARKERS = (
    "<!-- evaluation: made by python evaluate_model.py --update-readme -->",
    "<!-- end of evaluation -->",
)
SETS = ("digits", "numbers", "not_digits")  # the parts of a report that are lists of sets


def to_markdown(report: Figures) -> str:
    """The whole report; its figures stand beside it."""
    parts = [_opening(report)]
    if report["digits"]:
        parts += [_digit_table(report), "![Reliability](reliability.png)"]
    if report["numbers"]:
        parts.append(_number_table(report))
    if report["not_digits"]:
        parts.append(_other_table(report))
    if report["digits"] and report["not_digits"]:
        parts += ["![Rejection](rejection.png)", _score_table(report)]
    parts += [_one_set(figures) for figures in report["digits"]]
    parts.append(_sets_table(report))
    return "\n\n".join(part for part in parts if part) + "\n"


def readme_table(report: Figures) -> str:
    """The tables of the README: digits, numbers, what is no digit."""
    tables = [
        to_table(head, map(to_row, report[part]))
        for part, head, to_row in (
            ("digits", DIGITS_HEAD, to_digits_row),
            ("numbers", NUMBERS_HEAD, to_numbers_row),
            ("not_digits", OTHERS_HEAD, to_others_row),
        )
        if report[part]
    ]
    weights = [f"`{file['file']}`, SHA-256 `{file['checksum'][:12]}…`" for file in _files_of(report["model"])]
    tables.append(f"Measured on {report['date'][:10]} on the weights {', and '.join(weights)}.")
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
    width = max(len(figures["name"]) for part in SETS for figures in report[part])
    lines = []
    for figures in (*report["digits"], *report["numbers"]):
        sources = figures["sources"]
        mean = f", mean of {sources['count']} sources {to_percent(sources['macro_accuracy'])}" if sources else ""
        lines.append(
            f"{figures['name']:<{width}}  {figures['right']:,} of {figures['count']:,} right: "
            f"{to_percent(figures['accuracy'])} ({to_range(figures['interval'])}){mean}; {_summarize_digits(figures)}"
            f"{figures['refused']:,} refused{list_remarks(figures)}"
        )
    for figures in report["not_digits"]:
        shaped = figures["digit_shaped"]
        of_shaped = (
            f"; of those shaped like a digit {shaped['refused']} of {shaped['count']}" if shaped["count"] else ""
        )
        lines.append(
            f"{figures['name']:<{width}}  {figures['refused']:,} of {figures['fair']:,} refused: "
            f"{to_percent(figures['refused_share'], 1)}, AUROC {to_area(figures['auroc'])}"
            f"{of_shaped}{list_remarks(figures)}"
        )
    return lines


def _summarize_digits(figures: Figures) -> str:
    """What is said of a set of numbers only."""
    if "digits" not in figures:
        return ""
    share, interval = to_percent(figures["digit_accuracy"]), to_range(figures["digit_interval"])
    return f"of {figures['digits']:,} digits {share} ({interval}), "


# ---------------------------------------------------------------- parts of the report


def _files_of(model: Figures) -> list[Figures]:
    """The network's file and, where there is a reader of rows, that one."""
    return [model, *([model["reader"]] if model.get("reader") else [])]


def _opening(report: Figures) -> str:
    model, versions = report["model"], report["versions"]
    lines = [
        "# How good the network is",
        "",
        "Written by `python evaluate_model.py`; every picture and drawing took the path that the page takes.",
        "",
        *(
            f"- {title}: `{file['file']}`, SHA-256 `{file['checksum']}`"
            for title, file in zip(("Model", "Reader of rows"), _files_of(model), strict=False)
        ),
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
            *to_digits_row(figures),
            to_percent(figures["right_and_not_refused"] / figures["count"]),
            f"{to_percent(figures['unsure_of_right'])} / {to_percent(figures['unsure_of_wrong'], 0)}",
        )
        for figures in report["digits"]
    ]
    head = (*DIGITS_HEAD, "right and not refused", "unsure: of right / of wrong")
    together = report["together"]
    sentence = (
        f"Of {', '.join(together['sets'])} together, {together['refused']:,} of {together['count']:,} digits are "
        f"refused ({to_percent(together['refused_share'])})."
    )
    meaning = (
        "Read right: the most probable of the ten digits is the right one, refused or not; a picture on which nothing, "
        "or several signs, were found (as several) is wrong. The interval is Wilson's. Calibration error: expected, in "
        "15 bins."
    )
    return f"## Digits\n\n{to_table(head, rows)}\n\n{meaning} {sentence}"


def _number_table(report: Figures) -> str:
    return (
        f"## Numbers\n\n{to_table(NUMBERS_HEAD, map(to_numbers_row, report['numbers']))}\n\n"
        "The digits of a picture are compared row after row, without the breaks between rows and groups; the mean of "
        "sources is that of whole texts. Digits right: 1 less the share of the digits that must be changed, put in or "
        "taken out (Levenshtein); a sign that was refused is a wrong digit, a `?`. The interval of whole texts is "
        "Wilson's; so is that of digits, on fewer of them, since the digits of one text are right or wrong together "
        "(design effect; each text counts as one digit where none is wrong)."
    )


def _other_table(report: Figures) -> str:
    rows = [
        (*to_others_row(figures), f"{shaped['refused']:,} of {shaped['count']:,}" if shaped["count"] else "")
        for figures in report["not_digits"]
        for shaped in (figures["digit_shaped"],)
    ]
    together = report["together"]
    against = f" AUROC: against the digits of {', '.join(together['sets'])} together." if together else ""
    head = (*OTHERS_HEAD, "shaped like a digit: refused")
    return (
        f"## Not digits\n\n{to_table(head, rows)}\n\n"
        f"Refused: at the threshold of the card.{against} Letters that have a digit's shape "
        "(O o I l i Z z S s B b q g) are counted apart where the set names its letters."
    )


def _score_table(report: Figures) -> str:
    names = list(report["scores"][0]["refused"])
    rows = [
        (row["score"], *(f"{to_percent(row['refused'][name], 1)} ({to_area(row['auroc'][name])})" for name in names))
        for row in report["scores"]
    ]
    return (
        "### Scores compared\n\nShare refused, and AUROC, where each score refuses "
        f"{to_percent(REFUSED_DIGITS, 0)} of the digits of {', '.join(report['together']['sets'])} together:\n\n"
        f"{to_table(('score', *names), rows)}"
    )


def _one_set(figures: Figures) -> str:
    rows = [
        (
            digit,
            f"{row['count']:,}",
            to_percent(row["right"] / row["count"]) if row["count"] else "",
            to_percent(row["right"] / row["answered_so"]) if row["answered_so"] else "",
        )
        for digit, row in enumerate(figures["per_digit"])
    ]
    remarks = list_remarks(figures)
    lines = [f"## {figures['name']}", to_table(("digit", "n", "read right", "right where it is the answer"), rows)]
    if sources := figures["sources"]:
        lowest = sources["lowest"]
        lines.append(
            f"{sources['count']} sources: mean {to_percent(sources['macro_accuracy'])}, {sources['all_right']} of them "
            f"without a mistake, the lowest {to_percent(lowest['accuracy'])} of {lowest['count']}."
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
        for part in SETS
        for figures in report[part]
    ]
    return "## The sets\n\n" + to_table(("set", "file", "scored", "broken", "left out", "read as", "SHA-256"), rows)
