"""Photos in, their writing out: read in processes of low priority, so that whoever draws does not wait for them.

`python -m serving.photos` is such a process, a `model.worker.Worker`, which is sent a function and what it is called
with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import LifoQueue
from typing import Any

from model.worker import Worker, answer_requests
from preprocessing import Page, PhotoError, Picture, Writing, find_writing, read_photo, writing_to_page

__all__ = ["PhotoReader"]

NICE = 19  # the lowest priority: on two cores a drawing then hardly waits for a photo


class PhotoReader:
    """Reads photos as far as the network; any number of threads may use it at once.

    Parameters
    ----------
    at_once : int
        Photos that are read at the same time, each in a process of its own; others wait. The first process starts at
        once, the others when they are needed.
    """

    def __init__(self, at_once: int) -> None:
        self._idle: LifoQueue[Worker | None] = LifoQueue()  # the one that was used last is the next, so few are started
        for _ in range(at_once - 1):
            self._idle.put(None)
        self._idle.put(_start_worker())

    def read(self, path: str | Path) -> Picture:
        """Read a photo, as `preprocessing.read_photo` does; also raises PhotoError where a process dies of it."""
        picture: Picture = self._run(Path(path).name, read_photo, path)
        return picture

    def find_writing(self, picture: Picture, name: str) -> tuple[Writing, Page]:
        """Find the writing on a photo, and its rows.

        Parameters
        ----------
        name : str
            Of its file, for the sentence in a PhotoError, which the page's `find_others` may raise, too.
        """
        writing, page = self._run(name, _find_page, picture)
        return writing, replace(page, find_others=partial(self._run, name, page.find_others))

    def _run(self, name: str, function: Callable[..., Any], *inputs: Any) -> Any:
        worker = self._idle.get()
        try:
            worker = worker or _start_worker()
            return worker.ask((function, inputs))
        except (EOFError, OSError) as problem:  # twice
            raise PhotoError(
                f"{name} could not be read here, perhaps for want of memory. Save it smaller and try again."
            ) from problem
        finally:
            self._idle.put(worker)


def _start_worker() -> Worker:
    return Worker("serving.photos")


def _find_page(picture: Picture) -> tuple[Writing, Page]:
    writing = find_writing(picture.rgb)
    return writing, writing_to_page(writing, picture.size)


def main() -> int:
    """Call functions at a low priority until there are no more."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICE)
    return answer_requests(lambda: lambda request: request[0](*request[1]))


if __name__ == "__main__":
    sys.exit(main())
