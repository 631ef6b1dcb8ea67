"""The tour's commands, run as they stand there, in a copy of the project; only data and rounds are fewer."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
from labeled_sets import digit_images

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TOUR, re.DOTALL)
APP = "python app.py"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "benchmarks", "reports", "*.checkpoint")
LESS = {"python train_model.py": "--epochs 1", "python -m model.dataset": ""}  # these take --data, as documented
SECONDS = 240  # for a block, at most; on a machine with nothing else to do 10


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, and a small MNIST where Keras keeps it."""
    folder = tmp_path_factory.mktemp("tour") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    images, labels = digit_images(range(10)), np.arange(10)
    train = {"x_train": images.repeat(30, axis=0), "y_train": labels.repeat(30)}
    (folder / "keras" / "datasets").mkdir(parents=True)
    np.savez(folder / "keras" / "datasets" / "mnist.npz", **train, x_test=images, y_test=labels)
    return folder


def shorten(command: str) -> str:
    """Let what reads MNIST read the small one, and train for one round."""
    for beginning, options in LESS.items():
        if command.startswith(beginning):
            return f"{command} --data keras/datasets/mnist.npz {options}"
    return command


def start(block: str, project: Path) -> subprocess.Popen[str]:
    script = "\n".join(shorten(line) for line in block.splitlines())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["bash", "-euc", script],
        cwd=project,
        env={**os.environ, "PATH": path, "KERAS_HOME": str(project / "keras")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_every_command_of_the_tour_runs(project: Path) -> None:
    """In their order, since each goes on with what the one before it made."""
    printed = ""
    for block in BLOCKS:
        if block.strip() == APP:
            continue
        with start(block, project) as process:
            out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, f"{block}\n{out}\n{err}"
        assert "Traceback" not in err
        printed += out
    assert "1 of 1 named by their digit are read right: 100.0 %." in printed


def test_the_app_of_the_tour_starts(project: Path) -> None:
    assert f"```sh\n{APP}\n```" in TOUR
    with start(APP, project) as process:
        assert process.stdout
        address = process.stdout.readline().strip().removeprefix("Draw at ")
        assert httpx.get(address).status_code == 200
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert err == ""


def test_every_file_that_the_tour_shows_or_names_is_there() -> None:
    for name in re.findall(r"\]\((?!https?:)([^)#]+)", TOUR):
        assert (ROOT / "docs" / name).exists(), name
