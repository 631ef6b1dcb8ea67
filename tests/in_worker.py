"""What a process beside the page is asked in its tests; it imports this module."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def die(notes_path: str) -> None:
    """End the process that this runs in, and leave a note of each time."""
    with open(notes_path, "a", encoding="ascii") as notes:
        notes.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(notes_path: str) -> str:
    """The same the first time."""
    if not os.path.exists(notes_path):
        die(notes_path)
    return "alive"


def meet(folder: str, name: str) -> bool:
    """Whether another process is here at the same time."""
    Path(folder, name).touch()
    until = time.monotonic() + 30
    while len(os.listdir(folder)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return len(os.listdir(folder)) == 2


def raise_error(kind: type[Exception]) -> None:
    raise kind("there")
