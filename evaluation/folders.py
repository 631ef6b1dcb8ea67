"""A folder of pictures in, samples out: with `labels.csv`, with a sub-folder a digit, or of no digits at all."""

from __future__ import annotations

import csv
from collections import Counter
from functools import partial
from pathlib import Path

from evaluation.samples import DIGIT_SHAPED, Sample, SetError, check_label, check_text
from preprocessing import read_photo

__all__ = ["read_digit_folder", "read_picture_folder"]

LABELS = "labels.csv"
COLUMNS = ("file", "label")  # must be there; `kind` and `source` may be
SINGLE, MULTI = "single", "multi"  # the kinds that are scored: one digit a picture, a number a picture
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def read_digit_folder(folder: Path) -> tuple[list[Sample], str]:
    """Samples of a folder with `labels.csv`, or with a sub-folder a digit; and what is left out, in words.

    Those of `labels.csv` may be numbers: of kind "multi", or, where there are no kinds, of several digits.
    """
    if (folder / LABELS).is_file():
        return _read_labeled(folder)
    digits = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not digits:
        raise SetError(
            f"The folder {folder} has no {LABELS} (columns: file, label, kind, source) and no sub-folders 0 to 9."
        )
    wrong = [entry.name for entry in digits if entry.name not in tuple("0123456789")]
    if wrong:
        raise SetError(
            f"The folder {folder} has a sub-folder {wrong[0]}; there may be 0 to 9 only, each with its digits."
        )
    return [
        Sample(f"{digit.name}/{path.name}", partial(read_photo, path), int(digit.name))
        for digit in digits
        for path in _find_pictures(digit)
    ], ""


def read_picture_folder(folder: Path) -> list[Sample]:
    """Samples of the pictures directly in a folder, none of them a digit; one may be named after its letter."""
    return [
        Sample(path.name, partial(read_photo, path), is_digit_shaped=path.stem in DIGIT_SHAPED)
        for path in _find_pictures(folder)
    ]


def _find_pictures(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in PICTURES and not path.name.startswith(".") and path.is_file()
    )


def _read_labeled(folder: Path) -> tuple[list[Sample], str]:
    path = folder / LABELS
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines_of_file:
            reader = csv.DictReader(lines_of_file)
            columns = reader.fieldnames or ()
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SetError(f"{path} is no CSV text in UTF-8 ({error}); save it anew.") from error
    lacking = [name for name in COLUMNS if name not in columns]
    if lacking:
        raise SetError(f"{path} has no column {lacking[0]}; it must have file and label, and may have kind and source.")
    samples, others = [], Counter[str]()
    for line, row in rows:
        text = (row["label"] or "").strip()
        kind = (row.get("kind") or "").strip() or (MULTI if text.isdecimal() and len(text) > 1 else SINGLE)
        if kind not in (SINGLE, MULTI):
            others[kind] += 1
            continue
        file, source, where = (row["file"] or "").strip(), (row.get("source") or "").strip(), f"Line {line} of {path}"
        load = partial(read_photo, folder / file)
        if kind == MULTI:
            samples.append(Sample(file, load, text=check_text(text, where), source=source))
        else:
            label = check_label(int(text) if text.isdecimal() else text, where)
            samples.append(Sample(file, load, label, source=source))
    missing = [sample.name for sample in samples if not (folder / sample.name).is_file()]
    if missing:
        raise SetError(
            f"{path} names {len(missing):,} files that are not there, the first is {missing[0] or '(no name)'}; "
            "put them into the folder, or take their lines out."
        )
    return samples, ", ".join(f"{count:,} of kind {kind}" for kind, count in sorted(others.items()))
