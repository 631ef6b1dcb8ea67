"""Pages that many visitors send at the same time in, read by the network in one call; each one's own answer out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from model.recognizer import Prediction, Recognizer
from preprocessing import Page
from serving.lanes import Busy, Lane

__all__ = ["Together"]

GLYPHS = 8  # in one call, at most, which takes as long as four calls with one each

Answers = list[list[Prediction]]


@dataclass(eq=False)
class _Request:
    """The pages of one caller, and what was read on them, or why not."""

    pages: Sequence[Page]
    answers: Answers | None = None
    problem: Exception | None = None
    glyphs: int = field(init=False)

    def __post_init__(self) -> None:
        self.glyphs = sum(len(line.glyphs) for page in self.pages for line in page.lines)


class Together:
    """A recognizer for many threads: while one has its turn at the network, the others gather and share the next.

    Who is alone waits for nobody. Each page is read as if it were alone; the network sees the same images.

    Parameters
    ----------
    recognizer : Recognizer
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._waiting: list[_Request] = []

    def recognize_pages(self, pages: Sequence[Page]) -> Answers:
        """Read pages, as `Recognizer.recognize_pages` does."""
        return self._finish(self._enter(pages))

    async def recognize_in(self, lane: Lane, pages: Sequence[Page]) -> Answers:
        """The same for an event loop: the network is waited for in a lane, where one thread is enough.

        Raises
        ------
        Busy
            If too many wait there.
        """
        mine = self._enter(pages)
        try:
            return await lane.answer(self._finish, mine)
        except Busy:
            with self._guard:
                self._waiting.remove(mine)
            raise

    def _enter(self, pages: Sequence[Page]) -> _Request:
        mine = _Request(pages)
        with self._guard:
            self._waiting.append(mine)
        return mine

    def _finish(self, mine: _Request) -> Answers:
        with self._turn:
            while mine.answers is None and mine.problem is None:
                self._read(self._gather())
        if mine.problem is not None:
            raise mine.problem
        assert mine.answers is not None
        return mine.answers

    def _gather(self) -> list[_Request]:
        """Who has waited longest, and as many after him as fit."""
        with self._guard:
            count, glyphs = 1, self._waiting[0].glyphs
            while count < len(self._waiting) and glyphs + self._waiting[count].glyphs <= GLYPHS:
                glyphs += self._waiting[count].glyphs
                count += 1
            taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    def _read(self, requests: Sequence[_Request]) -> None:
        try:
            answers = iter(self._recognizer.recognize_pages([page for one in requests for page in one.pages]))
            for one in requests:
                one.answers = [next(answers) for _ in one.pages]
        except Exception as problem:
            if len(requests) == 1:
                requests[0].problem = problem
                return
            for one in requests:  # what fails for one must not fail for the others
                self._read([one])
