"""A folder for what is uploaded, for this user alone, that is gone with the app, however the app has ended."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["upload_folder"]

PREFIX = "handwritten-digits-"
LOCK = "in-use"
YOUNG = 60  # seconds; a folder without a lock may be one that is just being made


@contextmanager
def upload_folder(parent: Path | None = None) -> Iterator[Path]:
    """Make the folder, and take those away that apps have left which were killed.

    Parameters
    ----------
    parent : Path, optional
        Where to; without it, where temporary files are.
    """
    parent = parent or Path(tempfile.gettempdir())
    _remove_left(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with open(folder / LOCK, "wb") as lock:
        _try_lock(lock)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)  # on Windows an open file stays


def _remove_left(parent: Path) -> None:
    if os.name == "nt":  # where nobody can tell which are in use
        return
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another user's, or gone meanwhile
            if not (folder / LOCK).exists():
                if time.time() - folder.stat().st_mtime > YOUNG:
                    shutil.rmtree(folder)
                continue
            with open(folder / LOCK, "rb") as lock:
                if _try_lock(lock):
                    shutil.rmtree(folder)


def _try_lock(file: IO[bytes]) -> bool:
    """Take a lock that ends with the process; False where another one has it."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
