"""A path in; a file beside it out, which takes its place when it is complete: killed at any time, one is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replace_when_complete"]


@contextmanager
def replace_when_complete(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; rename it to `path` at the end, or delete it if that is not reached."""
    beside = path.with_name(f"{path.stem}.new{path.suffix}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
