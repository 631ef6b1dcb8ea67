"""The network in a process of its own: it answers as it does in this one, comes back when it dies, and leaves none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from model.network import ModelError, NetworkProcess, load_network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(3).random((16, 28, 28), dtype=np.float32)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_answers_as_in_this_process_also_after_it_died(untrained_model: Path, images: np.ndarray) -> None:
    network = NetworkProcess(untrained_model)
    expected = load_network(untrained_model)(images)
    assert network(images) == pytest.approx(expected, abs=1e-5)

    first = network._process.pid
    os.kill(first, signal.SIGKILL)
    assert network(images) == pytest.approx(expected, abs=1e-5)
    assert network._process.pid != first


def test_says_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    path = tmp_path / "mnist.h5"
    path.write_text("weights")
    network = NetworkProcess(path)
    with pytest.raises(ModelError, match="mnist.h5 is no Keras model that can be loaded; run python train_model.py"):
        network.wait_until_ready()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_ends_when_the_process_that_started_it_is_killed(untrained_model: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from model.network import NetworkProcess\n"
        "network = NetworkProcess(Path(sys.argv[1])); network.wait_until_ready()\n"
        "print(network._process.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(untrained_model)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)
