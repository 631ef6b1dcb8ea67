"""Scored sets in; every figure of the report out, as a dict that goes into report.json as it is."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from evaluation.metrics import (
    area_under_curve,
    clustered_interval,
    count_confusion,
    macro_accuracy,
    measure_reliability,
    rejection_curve,
    wilson_interval,
)
from evaluation.numbers import ScoredNumbers
from evaluation.rejection import ScoreRow, digit_shaped
from evaluation.scoring import NO_ANSWER, ScoredSet
from model.card import read_card
from model.row_reader import DEFAULT_READER

__all__ = [
    "describe_model",
    "describe_run",
    "measure_digits",
    "measure_numbers",
    "measure_others",
    "measure_together",
    "to_rows",
]

DECIMALS = 6  # of what goes into report.json


def describe_model(path: Path) -> dict[str, Any]:
    """Name, checksum and thresholds of a model; how its training says that they were chosen; the reader beside it."""
    card, card_path = read_card(path), path.with_suffix(".json")
    on_disk = json.loads(card_path.read_text(encoding="utf-8")) if card_path.is_file() else {}
    chosen = {part: on_disk.get(part, {}).get("chosen_on") for part in ("reject", "unsure")}
    return {
        **_name_file(path),
        "reader": _name_file(DEFAULT_READER) if DEFAULT_READER.is_file() else None,
        "has_card": card_path.is_file(),
        "temperature": card.temperature,
        "slants": list(card.slants),
        "threshold": card.threshold,
        "threshold_chosen_on": chosen["reject"],
        "unsure_ratio": card.unsure_ratio,
        "unsure_chosen_on": chosen["unsure"],
    }


def _name_file(path: Path) -> dict[str, str]:
    return {"file": path.name, "checksum": hashlib.sha256(path.read_bytes()).hexdigest()}


def describe_run() -> dict[str, Any]:
    """Date, versions and machine."""
    packages = ("keras", "tensorflow", "tensorflow-cpu", "pillow")
    found = {package.removesuffix("-cpu"): _version(package) for package in packages if _version(package)}
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "python": platform.python_version(),
            **found,
            "numpy": np.__version__,
            "opencv": cv2.__version__,
        },
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def measure_digits(scored: ScoredSet) -> dict[str, Any]:
    """All figures of one set of digits."""
    right, answered = scored.right, scored.answers != NO_ANSWER
    confusion = count_confusion(scored.truth, scored.answers)
    reliability = measure_reliability(scored.probabilities[answered].max(axis=1, initial=0), right[answered])
    kept = ~scored.refused
    return {
        **_describe_set(scored),
        "right": int(right.sum()),
        "accuracy": _round(right.mean()),
        "interval": _interval(right),
        "sources": _measure_sources(scored),
        "nothing_found": int((scored.found == 0).sum()),
        "several_found": int((scored.found > 1).sum()),
        "refused": int(scored.refused.sum()),
        "right_and_not_refused": int((right & kept).sum()),
        "unsure_of_right": _share(scored.unsure[right & kept]),
        "unsure_of_wrong": _share(scored.unsure[~right & kept]),
        "wrong_and_not_refused": int((~right & kept).sum()),
        "calibration_error": _round(reliability.error),
        "reliability": {
            "counts": reliability.counts.tolist(),
            "confidence": [_round(value) for value in reliability.confidence],
            "accuracy": [_round(value) for value in reliability.accuracy],
        },
        "per_digit": [
            {"count": int(row.sum()), "right": int(row[digit]), "answered_so": int(confusion[:, digit].sum())}
            for digit, row in enumerate(confusion)
        ],
        "confusion": confusion.tolist(),
    }


def measure_numbers(scored: ScoredNumbers) -> dict[str, Any]:
    """All figures of one set of numbers: of its digits, and of whole texts."""
    right, sizes = scored.right, np.array([len(text) for text in scored.truths])
    wrong = int(scored.errors.sum())
    return {
        **_describe_set(scored),
        "right": int(right.sum()),
        "accuracy": _round(right.mean()),
        "interval": _interval(right),
        "sources": _measure_sources(scored),
        "nothing_found": sum(not signs for signs in scored.predictions),
        "digits": int(sizes.sum()),
        "wrong_digits": wrong,
        "digit_accuracy": _round(max(0.0, 1 - wrong / sizes.sum())),
        "digit_interval": [_round(edge) for edge in clustered_interval(scored.errors, sizes)],
        "refused": sum(prediction.digit is None for signs in scored.predictions for prediction in signs),
    }


def measure_others(scored: ScoredSet, digits: Sequence[ScoredSet]) -> dict[str, Any]:
    """All figures of one set of what is no digit, against the digits of several sets together."""
    shaped = digit_shaped(scored)
    fair = ~shaped
    inside = np.concatenate([each.is_digit for each in digits]) if digits else np.empty(0)
    curve = rejection_curve(inside, scored.is_digit[fair]) if digits and fair.any() else np.empty((0, 2))
    area = area_under_curve(inside, scored.is_digit[fair])
    return {
        **_describe_set(scored),
        "fair": int(fair.sum()),
        "refused": int(scored.refused[fair].sum()),
        "refused_share": _share(scored.refused[fair]),
        "interval": _interval(scored.refused[fair]),
        "auroc": None if math.isnan(area) else _round(area),
        "digit_shaped": {"count": int(shaped.sum()), "refused": int(scored.refused[shaped].sum())},
        "curve": [[_round(kept), _round(refused)] for kept, refused in curve],
    }


def measure_together(digits: Sequence[ScoredSet]) -> dict[str, Any]:
    """Share refused of several sets of digits taken as one."""
    refused = np.concatenate([each.refused for each in digits])
    return {
        "sets": [each.name for each in digits],
        "count": len(refused),
        "refused": int(refused.sum()),
        "refused_share": _share(refused),
    }


def to_rows(rows: Sequence[ScoreRow]) -> list[dict[str, Any]]:
    """The comparison of scores, ready for JSON."""
    return [
        {
            "score": row.name,
            "refused": {name: _round(share) for name, share in row.refused.items()},
            "auroc": {name: None if math.isnan(area) else _round(area) for name, area in row.auroc.items()},
        }
        for row in rows
    ]


def _describe_set(scored: ScoredSet | ScoredNumbers) -> dict[str, Any]:
    origin = scored.read.origin
    return {
        "name": origin.name,
        "file": origin.file,
        "checksum": origin.checksum,
        "path_taken": origin.path_taken,
        "left_out": origin.left_out,
        "count": len(scored.read.samples),
        "broken": len(scored.read.broken),
    }


def _measure_sources(scored: ScoredSet | ScoredNumbers) -> dict[str, Any] | None:
    """Plain mean over the sources, and the lowest of them; their names stay out of the report."""
    sources = np.array([sample.source for sample in scored.read.samples])
    if not (sources != "").any():
        return None
    shares = macro_accuracy(scored.right, sources)
    lowest = min(shares.values(), key=lambda counted: counted[1])
    return {
        "count": len(shares),
        "macro_accuracy": _round(np.mean([share for _, share in shares.values()])),
        "all_right": sum(share == 1 for _, share in shares.values()),
        "lowest": {"count": lowest[0], "accuracy": _round(lowest[1])},
    }


def _interval(mask: np.ndarray) -> list[float]:
    return [_round(edge) for edge in wilson_interval(int(mask.sum()), len(mask))]


def _share(mask: np.ndarray) -> float | None:
    return _round(mask.mean()) if len(mask) else None


def _round(value: Any) -> float:
    return round(float(value), DECIMALS)
