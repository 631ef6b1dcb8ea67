"""Names of networks and sets in; how each network reads each set, how large and how fast it is, out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from evaluation.numbers import score_numbers
from evaluation.samples import SetError
from evaluation.scoring import ReadSet, digit_to_text, score_set
from evaluation.words import to_percent, to_table
from model.network import ModelError, check_model_path
from model.recognizer import DEFAULT_MODEL, Recognizer
from model.row_reader import DEFAULT_READER
from preprocessing import Page

__all__ = [
    "ComparedSet",
    "Network",
    "align_table",
    "compare_networks",
    "describe_differing",
    "find_models",
    "to_comparison_report",
    "to_comparison_table",
]

TRAINED = DEFAULT_MODEL.parent  # where training puts networks, each under its name
FORMS = (".h5", ".keras")
SHIPPED = {"cnn": DEFAULT_MODEL}  # the architecture that is not saved under its name
TIMED = 300  # images, read one after the other
HEAD = ("parameters", "s an epoch", "ms an image")  # of a comparison's table, after the sets


@dataclass(frozen=True)
class Network:
    """A network, apart from how well it reads.

    Attributes
    ----------
    name : str
        As it was asked for.
    parameters : int
    seconds_an_epoch : float or None
        Of its training, if its card says so.
    milliseconds_an_image : float
        Median from the writing found to the answer, one image after the other.
    """

    name: str
    parameters: int
    seconds_an_epoch: float | None
    milliseconds_an_image: float


@dataclass(frozen=True, eq=False)
class ComparedSet:
    """What M networks say of the N samples of a set.

    Attributes
    ----------
    read : ReadSet
    truths : list of str
        N digits or numbers.
    answers : list of list of str
        M times N; "?" where not exactly one sign was found on a digit, and for a sign of a number that was refused.
    """

    read: ReadSet
    truths: list[str]
    answers: list[list[str]]

    @cached_property
    def right(self) -> np.ndarray:
        """(M, N) bool."""
        return np.array([np.equal(mine, self.truths) for mine in self.answers])

    @cached_property
    def differing(self) -> list[int]:
        """The samples that not all networks answer alike, those that the first of them reads wrong before others."""
        right = self.right
        found = [i for i, answers in enumerate(zip(*self.answers, strict=True)) if len(set(answers)) > 1]
        return sorted(found, key=lambda i: right[:, i].tolist())


def find_models(names: Sequence[str], folder: Path = TRAINED) -> dict[str, Path]:
    """Find the file of each network: a path, or the name of one that was trained before.

    Raises
    ------
    ModelError
        If there is none of that name; the message lists those that there are.
    SetError
        If one is named twice or alone, or is a set.
    """
    twice = [name for name in names if names.count(name) > 1]
    if twice or len(names) < 2:
        raise SetError(f"--compare needs two networks or more, each once; it has {' '.join(names)}.")
    return {name: _find_model(name, folder) for name in names}


def _find_model(name: str, folder: Path) -> Path:
    path = Path(name)
    if path.exists() and path.suffix not in FORMS:
        raise SetError(f"{name} is no model file ({' or '.join(FORMS)}). If it is a set, name it before --compare.")
    if path.exists() or path.suffix in FORMS:
        return check_model_path(path)
    trained = SHIPPED.get(name, folder / f"{name}.h5")
    if not trained.is_file():
        others = (path.stem for path in folder.glob("*.h5") if path.name != DEFAULT_READER.name)
        known = ", ".join(sorted(others))
        raise ModelError(
            f"There is no network {name}: {trained} does not exist. There are {known or 'none'}; train it with "
            f"python train_model.py --architecture {name}, or name a model file."
        )
    return trained


def compare_networks(
    models: dict[str, Path],
    sets: Sequence[ReadSet],
    load: Callable[[Path], Recognizer],
    count_parameters: Callable[[Path], int],
) -> tuple[list[Network], list[ComparedSet]]:
    """Let each network read each set, one network after the other, so that there is but one in memory.

    Parameters
    ----------
    models : dict of str to Path
        As `find_models` returns it.
    sets : sequence of ReadSet
        Of digits or of numbers, at least one.
    load, count_parameters : callable
        From a model's path to what recognizes with it, and to its size.
    """
    networks, answers = [], []
    for name, path in models.items():
        recognizer = load(path)
        answers.append([_answer(read, recognizer) for read in sets])
        milliseconds = _measure_milliseconds(recognizer, sets[0].pages[:TIMED])
        del recognizer  # ends its process before the next one starts
        networks.append(Network(name, count_parameters(path), _read_seconds(path), milliseconds))
    compared = [
        ComparedSet(read, [sample.text or str(sample.label) for sample in read.samples], [mine[i] for mine in answers])
        for i, read in enumerate(sets)
    ]
    return networks, compared


def _answer(read: ReadSet, recognizer: Recognizer) -> list[str]:
    if read.samples[0].text:
        return score_numbers(read, recognizer).answers
    return [digit_to_text(digit) for digit in score_set(read, recognizer).answers]


def _measure_milliseconds(recognizer: Recognizer, pages: Sequence[Page]) -> float:
    times = []
    for page in pages:
        started = time.perf_counter()
        recognizer.recognize_pages([page])
        times.append(time.perf_counter() - started)
    return 1000 * float(np.median(times))


def _read_seconds(model_path: Path) -> float | None:
    """Seconds an epoch of a training, where a card says both; the recognizer has checked that it is JSON."""
    path = model_path.with_suffix(".json")
    card = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    seconds, epochs = card.get("seconds"), card.get("epochs")
    return seconds / epochs if isinstance(seconds, int | float) and isinstance(epochs, int) and epochs > 0 else None


# ---------------------------------------------------------------- in words


def to_comparison_table(networks: Sequence[Network], sets: Sequence[ComparedSet]) -> list[list[str]]:
    """A head, and a row a network."""
    head = ["network", *(f"{each.read.name} ({len(each.truths):,})" for each in sets), *HEAD]
    rows = [
        [
            network.name,
            *(to_percent(float(each.right[i].mean())) for each in sets),
            f"{network.parameters:,}",
            "–" if network.seconds_an_epoch is None else f"{network.seconds_an_epoch:.1f}",
            f"{network.milliseconds_an_image:.1f}",
        ]
        for i, network in enumerate(networks)
    ]
    return [head, *rows]


def align_table(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table for the terminal: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            [f"{name:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))]
        )
        for name, *cells in table
    ]


def describe_differing(sets: Sequence[ComparedSet]) -> list[str]:
    """A sentence a set: on how many the networks disagree, and how many none of them reads."""
    return [
        f"{each.read.name}: they answer {len(each.differing):,} of {len(each.truths):,} differently; "
        f"{int((~each.right.any(axis=0)).sum()):,} are read right by none."
        for each in sets
    ]


def to_comparison_report(networks: Sequence[Network], sets: Sequence[ComparedSet]) -> str:
    """The comparison in Markdown."""
    head, *rows = to_comparison_table(networks, sets)
    return (
        f"# Networks compared\n\n{to_table(head, rows)}\n\n"
        + "\n".join(f"- {sentence}" for sentence in describe_differing(sets))
        + "\n\nWritten by `python evaluate_model.py --compare`; every picture and drawing took the path that the page "
        "takes. A digit is read right if the most probable of the ten is the right one, refused or not, and a number "
        "if its whole text is right. Seconds an epoch are those of the training, if the network's card has them; "
        "milliseconds an image were measured here, from the writing found to the answer, one image after the other, "
        f"the median of {min(TIMED, len(sets[0].truths))} of {sets[0].read.name}.\n"
    )
