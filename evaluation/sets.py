"""A path, NAME=PATH or the name of a made set in; a named set of samples out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from evaluation.arrays import find_mnist, read_digit_arrays, read_other_arrays
from evaluation.drawings import read_digit_drawings, read_other_drawings
from evaluation.folders import read_digit_folder, read_picture_folder
from evaluation.made import MADE, make_drawings
from evaluation.rows import make_rows
from evaluation.samples import SampleSet, SetError

__all__ = [
    "HELP_DIGITS",
    "HELP_OTHERS",
    "MNIST",
    "check_names",
    "choose_sets",
    "open_digits",
    "open_labeled",
    "open_others",
    "open_rows",
]

MNIST = "mnist"  # a set of this name, if it is no path, is MNIST's test images, which Keras has or downloads
HELP_DIGITS = (
    "labeled digits: an .npz file with x_test and y_test, as Keras has MNIST, or with images and labels; a folder with "
    "labels.csv (file, label, kind, source), where labels may be numbers, or a sub-folder a digit; a .jsonl file of "
    f"drawings with label; or {MNIST}, which is downloaded where it is not there"
)
HELP_OTHERS = (
    "what is no digit: a folder of pictures, an .npz file with images, a .jsonl file of drawings, "
    f"or {', '.join(MADE)}, which are made here"
)
NAME = re.compile(r"[\w][\w .-]{0,59}")  # figures and lists are named after it


def open_labeled(spec: str, writers: Collection[int] = ()) -> list[SampleSet]:
    """Open a path, or NAME=PATH: its set of digits, its set of numbers, or both; as `open_digits`."""
    whole = _open(spec, writers, for_training=False)
    digits = [sample for sample in whole.samples if not sample.text]
    numbers = [sample for sample in whole.samples if sample.text]
    if not numbers:
        return [_check_set(whole)]
    of_numbers = replace(whole, name=f"{whole.name} numbers", samples=numbers, left_out="")
    return [_check_set(each) for each in (replace(whole, samples=digits), of_numbers) if each.samples]


def open_digits(spec: str, writers: Collection[int] = (), for_training: bool = False) -> SampleSet:
    """Open a set of labeled digits, without the numbers that may be among them.

    Parameters
    ----------
    spec : str
        A path, or NAME=PATH.
    writers : collection of int
        Of drawings that name their writers, take only these writers'.
    for_training : bool
        Take the images that a network may have been trained on instead: `x_train`, and all other writers.

    Raises
    ------
    SetError
        If there is no such set, it is empty, or it has other labels than 0 to 9.
    """
    whole = _open(spec, writers, for_training)
    return _check_set(replace(whole, samples=[sample for sample in whole.samples if not sample.text]))


def _open(spec: str, writers: Collection[int], for_training: bool) -> SampleSet:
    """Digits and numbers of one path."""
    name, path = (MNIST, find_mnist()) if spec == MNIST and not Path(MNIST).exists() else _split(spec)
    left_out = ""
    try:
        if path.is_dir():
            (samples, left_out), route = read_digit_folder(path), "photo"
        elif path.suffix.lower() == ".npz":
            samples, route = read_digit_arrays(path, "train" if for_training else "test")
        elif path.suffix.lower() == ".jsonl":
            (samples, left_out), route = read_digit_drawings(path, writers, not for_training), "drawing"
        else:
            raise SetError(f"{path} is no set of digits. Expected is one of {HELP_DIGITS}.")
    except OSError as error:
        raise SetError(f"{path} cannot be opened: {error.strerror or error}.") from error
    return SampleSet(name, samples, path.name, _checksum(path), route, left_out)


def open_others(spec: str) -> SampleSet:
    """Open a set of what is no digit; as `open_digits`, and `dots`, `blocks` and `scribbles` are made here."""
    if spec in MADE:
        return SampleSet(spec, make_drawings(spec), "made here", None, "drawing")
    name, path = _split(spec)
    try:
        if path.is_dir():
            samples, route = read_picture_folder(path), "photo"
        elif path.suffix.lower() == ".npz":
            samples, route = read_other_arrays(path)
        elif path.suffix.lower() == ".jsonl":
            samples, route = read_other_drawings(path), "drawing"
        else:
            raise SetError(f"{path} cannot be scored. Expected is {HELP_OTHERS}.")
    except OSError as error:
        raise SetError(f"{path} cannot be opened: {error.strerror or error}.") from error
    return _check_set(SampleSet(name, samples, path.name, _checksum(path), route))


def open_rows(sets: Sequence[SampleSet], count: int) -> list[SampleSet]:
    """Make two sets of `count` numbers each on made-up paper, apart and touching, of the first digits that are ink.

    Raises
    ------
    SetError
        If there are no such digits.
    """
    origin = next((each for each in sets if each.path_taken == "ink"), None)
    if origin is None:
        raise SetError("--rows needs digits to make numbers of, white on black; name a set of them, say mnist.npz.")
    return [
        SampleSet(
            f"{origin.name} rows {'touching' if touching else 'apart'}",
            make_rows(origin.samples, count, touching),
            f"made of {origin.file}",
            origin.checksum,
            "photo",
        )
        for touching in (False, True)
    ]


def check_names(sets: Iterable[SampleSet]) -> None:
    """Raise SetError if two sets have one name."""
    seen: dict[str, SampleSet] = {}
    for each in sets:
        before = seen.setdefault(each.name.casefold(), each)
        if before is not each:
            raise SetError(
                f"Two sets are called {each.name} ({before.file} and {each.file}); name them, as in NAME=PATH."
            )


def choose_sets(names: Sequence[str], sets: Sequence[SampleSet]) -> list[SampleSet]:
    """The sets of these names; all if there are no names.

    Raises
    ------
    SetError
        If a name is none of theirs.
    """
    known = {each.name: each for each in sets}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SetError(f"No set of digits is called {unknown[0]}; there are {', '.join(known) or 'none'}.")
    return [known[name] for name in names] if names else list(sets)


def _split(spec: str) -> tuple[str, Path]:
    """Name and path of PATH or NAME=PATH; without a name the set is called as its file, as far as a file may be."""
    path = Path(spec)
    name, mark, rest = spec.partition("=")
    if mark and not path.exists():
        if not NAME.fullmatch(name):
            raise SetError(f"A set cannot be called {name!r}; use letters, digits, blanks, points and dashes.")
        path = Path(rest)
    else:
        name = re.sub(r"[^\w.-]", "_", path.resolve().stem)[:60].lstrip(".-") or "set"
    if not path.exists():
        raise SetError(f"There is no file or folder {path}.")
    return name, path


def _check_set(given: SampleSet) -> SampleSet:
    if not given.samples:
        left_out = f" ({given.left_out} left out)" if given.left_out else ""
        raise SetError(f"The set {given.name} is empty{left_out}: there is nothing in {given.file} to score.")
    # a file that names one source only has no sources to average over
    if len({sample.source for sample in given.samples}) == 1:
        return replace(given, samples=[replace(sample, source="") for sample in given.samples])
    return given


def _checksum(path: Path) -> str | None:
    if path.is_dir():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
