"""A model's card, report and figures in; its story in plain words, as HTML, out."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from interface.languages import ENGLISH, Texts
from model.row_reader import DEFAULT_READER

__all__ = ["find_mistakes", "render_story"]

WORST = 5  # mistakes that are named
NETWORKS = (".h5", ".keras")  # the files of models


def render_story(path: Path | None, texts: Texts = ENGLISH) -> str:
    """What is known of a model: what it learned from, how well it reads, its curves and mistakes; HTML.

    Parameters
    ----------
    path : Path or None
        Of the model; None where it is from no file. Its card stands beside it, the report of `evaluate_model.py` in
        `report`, and the figures of its training in `figures`. A report on other weights is left out, and so are
        figures beside several models, since nobody knows of which they are.
    """
    if path is None:
        return f"<h3>{texts.STORY}</h3><p>{texts.NO_REPORT}</p>"
    card, report = _read_json(path.with_suffix(".json")), _read_report(path)
    parts = []
    try:
        parts.append(_tell_training(card, texts) if card else f"<p>{escape(texts.NO_CARD.format(file=path.name))}</p>")
        parts += _tell_report(report, texts) if report else [f"<p>{texts.NO_REPORT}</p>"]
    except (AttributeError, KeyError, TypeError, ValueError):  # a card or report that somebody has written by hand
        parts.append(f"<p>{escape(texts.ODD_CARD.format(file=path.name))}</p>")
    networks = [file for file in path.parent.iterdir() if file.suffix in NETWORKS and file.name != DEFAULT_READER.name]
    if card and len(networks) == 1:
        parts.append(_render_figure(path.parent / "figures" / "curves.png", texts.CURVES))
    for name in [str(result["name"]) for result in report.get("digits", [])[:1]]:
        caption = texts.CONFUSION.format(name=texts.SETS.get(name, name))
        parts.append(_render_figure(path.parent / "report" / f"confusion-{name}.png", caption))
    return f"<h3>{texts.STORY}</h3>{''.join(parts)}"


def _read_json(path: Path) -> dict[str, Any]:
    """A JSON object, {} where there is none."""
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _read_report(path: Path) -> dict[str, Any]:
    """The report on these very weights, {} where there is none."""
    report = _read_json(path.parent / "report" / "report.json")
    checksum = report.get("model", {}).get("checksum")
    return report if checksum and checksum == hashlib.sha256(path.read_bytes()).hexdigest() else {}


def _tell_training(card: Mapping[str, Any], texts: Texts) -> str:
    """As many sentences as the card has figures for."""
    sentences = []
    if names := [str(source["name"]) for source in card.get("data", [])]:
        *others, last = (texts.DATA.get(name, name) for name in names)
        data = texts.JOINED.format(others=", ".join(others), last=last) if others else last
        sentence = texts.TRAINED_ON.format(data=data)
        if "epochs" in card:
            sentence = texts.CLAUSES.format(sentence=sentence, clause=texts.EPOCHS.format(epochs=card["epochs"]))
        sentences.append(texts.FULL_STOP.format(sentence=sentence))
    if "parameters" in card:
        sentence = texts.PARAMETERS.format(count=texts.format_number(card["parameters"]))
        if "seconds" in card and "machine" in card:
            minutes = texts.format_number(card["seconds"] / 60)
            took = texts.TRAINING_TOOK.format(minutes=minutes, cores=card["machine"]["cores"])
            sentence = texts.CLAUSES.format(sentence=sentence, clause=took)
        sentences.append(texts.FULL_STOP.format(sentence=sentence))
    if "date" in card:
        sentences.append(texts.TRAINED_AT.format(date=datetime.fromisoformat(card["date"]).date()))
    if "test_accuracy" in card:
        sentences.append(texts.TEST_ACCURACY.format(percent=texts.format_share(card["test_accuracy"], 2)))
    return f"<p>{escape(texts.SPACE.join(sentences))}</p>"


def _tell_report(report: Mapping[str, Any], texts: Texts) -> list[str]:
    """How well it reads: digits, numbers, and what is no digit, as far as there are such sets."""
    return [
        f"<p>{texts.MEASURED}</p>",
        _render_table((texts.SET, texts.READ_RIGHT), report["digits"], "count", "accuracy", texts),
        _render_table((texts.NUMBERS, texts.WHOLE_RIGHT), report.get("numbers", []), "count", "accuracy", texts),
        _render_table((texts.NOT_DIGITS, texts.REFUSED), report.get("not_digits", []), "fair", "refused_share", texts),
        _name_mistakes(report, texts),
    ]


def _render_table(
    header: tuple[str, str], results: Sequence[Mapping[str, Any]], count: str, share: str, texts: Texts
) -> str:
    """A row a set: its name, how many it has, a share of them and the interval of that; "" without sets."""
    if not results:
        return ""
    titles = "".join(f'<th scope="col">{title}</th>' for title in (header[0], texts.COUNT, header[1], texts.INTERVAL))
    rows = []
    for result in results:
        low, high = (texts.format_number(100 * edge, 2) for edge in result["interval"])
        name = escape(texts.SETS.get(result["name"], str(result["name"])))
        interval = texts.INTERVAL_OF.format(low=low, high=high)
        cells = (texts.format_number(result[count]), texts.format_share(result[share], 2), interval)
        rows.append(f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def find_mistakes(report: Mapping[str, Any]) -> list[tuple[int, int, int]]:
    """The digits that are most often taken for each other, all sets together: truth, answer and how often."""
    total: dict[tuple[int, int], int] = {}
    for result in report.get("digits", []):
        for truth, row in enumerate(result["confusion"]):
            for answer, count in enumerate(row[:10]):  # the last one is of those on which nothing was found
                if answer != truth and count:
                    total[truth, answer] = total.get((truth, answer), 0) + count
    worst = sorted(total.items(), key=lambda item: -item[1])[:WORST]
    return [(truth, answer, count) for (truth, answer), count in worst]


def _name_mistakes(report: Mapping[str, Any], texts: Texts) -> str:
    mistakes = find_mistakes(report)
    if not mistakes:
        return ""
    pairs = texts.BETWEEN.join(
        texts.PAIR.format(truth=texts.name_digit(truth), answer=texts.name_digit(answer), count=count)
        for truth, answer, count in mistakes
    )
    count = sum(result["count"] for result in report["digits"])
    return f"<p>{texts.WORST.format(count=texts.format_number(count), pairs=pairs)}</p>"


def _render_figure(file: Path, caption: str) -> str:
    """A picture and what it is, nothing where there is no such file."""
    if not file.is_file():
        return ""
    url = "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()
    caption = escape(caption)
    return f'<figure><img src="{url}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
