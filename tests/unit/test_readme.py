"""The README says what the programs do: every option, and every figure of the card."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import MAX_UPLOAD, QUEUE
from ink.pictures import MAX_PHOTO_PIXELS, PICTURE_FORMATS
from ink.strokes import MAX_POINTS, MAX_STROKES
from model.architectures import ARCHITECTURES
from serving.lanes import WAITING
from serving.limits import DEFAULT, NEW_SESSIONS, PER_ADDRESS, PER_SESSION, UNDER_WAY, UPLOADS
from training.recipes import TUTORIALS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["app.py", "predict.py", "train_model.py", "train_rows.py", "-m model.dataset"])
def test_readme_and_help_have_the_same_options(script: str) -> None:
    command = [sys.executable, *script.split(), "--help"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    in_help = set(re.findall(r"(?<!\S)--[a-z-]+", run.stdout)) - {"--help"}
    table = README.split(f"| option of `python {script}")[1].split("\n\n")[0]
    in_readme = set(re.findall(r"^\| `(--[a-z-]+)", table, re.MULTILINE))
    assert in_readme == in_help


def test_readme_names_the_formats_and_the_size_of_pictures() -> None:
    *others, last = PICTURE_FORMATS
    assert f"are {', '.join(others)} or {last} files of at most {MAX_PHOTO_PIXELS // 1_000_000} megapixels" in README


def test_readme_states_the_limits() -> None:
    for rate in (PER_SESSION, UPLOADS):
        assert f"{rate.per_minute:,} a minute, {rate.at_once:,} at once" in README
    assert f"{PER_ADDRESS.per_minute:,} a minute, {PER_ADDRESS.at_once:,} at once, {UNDER_WAY} under way" in README
    assert f"| {NEW_SESSIONS.per_minute} a minute |" in README
    assert f"one file of {MAX_UPLOAD} MB each" in README
    assert f"| {DEFAULT.text // 1_000_000} MB |" in README
    assert f"| {MAX_STROKES} strokes, {MAX_POINTS:,} points |" in README
    assert WAITING == QUEUE == 200
    assert "| waiting in the queue, and in each lane of the server | 200 |" in README


def test_readme_states_the_accuracy_of_the_card() -> None:
    card = json.loads((ROOT / "model" / "mnist.json").read_text(encoding="utf-8"))
    assert f"{card['test_accuracy'] * 100:.2f} %" in README
    assert f"{card['validation_accuracy'] * 100:.2f} %" in README


@pytest.mark.parametrize("name", TUTORIALS)
def test_readme_and_docstrings_say_the_same_of_a_tutorials_network(name: str) -> None:
    [row] = re.findall(rf"^\| `{name}` \|.*$", README, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    docstring = " ".join(str(ARCHITECTURES[name].__doc__).split())
    figures = re.search(r" ([\d,]+) parameters, (\d\d\.\d\d %) of MNIST's test images\.", docstring)
    assert figures, docstring
    assert set(figures.groups()) <= set(cells)
    assert {str(TUTORIALS[name].epochs), str(TUTORIALS[name].batch_size)} <= set(cells)


def test_readme_names_only_files_that_exist() -> None:
    for name in re.findall(r"`([a-z_]+(?:/[a-z_.0-9]*)*(?:\.py|/))`", README):
        assert (ROOT / name).exists() or name == "figures/", name
