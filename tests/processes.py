"""Processes that are not our children, for the tests."""

from __future__ import annotations

import time
from pathlib import Path

PATIENCE = 60  # seconds at most for what takes a tenth of one
LOOK = 0.05  # seconds between two looks


def wait_for_end(pid: int) -> None:
    """Wait until a process is there no more, or only until its parent has taken notice."""
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(LOOK)
    raise AssertionError(f"process {pid} goes on")
