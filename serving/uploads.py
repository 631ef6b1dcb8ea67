"""The path of an uploaded photo in, its picture out; the file is deleted as soon as it is read."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer

from preprocessing import PhotoError, Picture, read_photo

__all__ = ["Uploads"]

REMEMBERED = 60  # seconds
AT_MOST = 16  # pictures of at most 3 MB
UPLOADED = re.compile("[0-9a-f]{64}")  # the name of the folder that Gradio makes for an upload


class Uploads:
    """Reads each upload once.

    Gradio names an upload after what is in it. So the same photo of two visitors, as of a class that a teacher has
    given it to, is one file, and the first reading takes it away from the others: what has been read is remembered for
    a minute after it was last asked for, in memory.

    Parameters
    ----------
    is_ours : function
        Whether a path is that of an example, which is not deleted.
    read : function
        Reads the file at a path, as `preprocessing.read_photo` does.
    clock
        For tests.
    """

    def __init__(
        self,
        is_ours: Callable[[str], bool],
        read: Callable[[str], Picture] = read_photo,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_ours = is_ours
        self._read_photo = read
        self._clock = clock
        self._lock = Lock()
        self._read: OrderedDict[str, tuple[float, Picture | str]] = OrderedDict()  # oldest first; a str: what is wrong
        self._timer: Timer | None = None

    def read(self, path: str) -> Picture:
        """Read a photo that was uploaded, or an example.

        Raises
        ------
        PhotoError
            If it is none that can be read; the message is for the user.
        """
        outcome = self._find(path)
        if outcome is None:
            outcome = self._read_file(path)
            if isinstance(outcome, str) and not Path(path).exists():  # another visitor's reading has just deleted it
                outcome = self._find(path) or f"{Path(path).name} is no longer here; upload it again."
            else:
                self._remember(path, outcome)
        if not self._is_ours(path):
            _delete(Path(path))
        if isinstance(outcome, str):
            raise PhotoError(outcome)
        return outcome

    def _read_file(self, path: str) -> Picture | str:
        try:
            return self._read_photo(path)
        except PhotoError as problem:
            return str(problem)

    def _find(self, path: str) -> Picture | str | None:
        with self._lock:
            self._forget()
            if path not in self._read:
                return None
            outcome = self._read.pop(path)[1]
            self._read[path] = (self._clock(), outcome)  # its file goes once more, and others may wait for it
            return outcome

    def _remember(self, path: str, outcome: Picture | str) -> None:
        with self._lock:
            self._read[path] = (self._clock(), outcome)
            self._read.move_to_end(path)
            self._forget()
            self._forget_later()

    def _forget(self) -> None:
        oldest = self._clock() - REMEMBERED
        while self._read and (len(self._read) > AT_MOST or next(iter(self._read.values()))[0] < oldest):
            path, _ = self._read.popitem(last=False)
            _delete_folder(path)

    def _forget_later(self) -> None:
        """Also where nobody reads anything any more; one timer for all."""
        if self._timer or not self._read:
            return
        self._timer = Timer(REMEMBERED, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        with self._lock:
            self._timer = None
            self._forget()
            self._forget_later()


def _delete(path: Path) -> None:
    if not UPLOADED.fullmatch(path.parent.name):  # whoever asks for it: it is none that Gradio has put there
        return
    with suppress(OSError):  # open elsewhere on Windows: then Gradio's `delete_cache` takes it
        path.unlink(missing_ok=True)


def _delete_folder(path: str) -> None:
    """Not along with the file: the same photo may just be coming in a second time."""
    folder = Path(path).parent
    if UPLOADED.fullmatch(folder.name):
        with suppress(OSError):  # there is another file with the same content
            folder.rmdir()
