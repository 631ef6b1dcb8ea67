"""Who is answered when: drawings in quick lanes, photos and huge drawings in a slow one, beside them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, get_type_hints

from serving.limits import BUSY

__all__ = ["PHOTOS_AT_ONCE", "Busy", "Lane", "Lanes", "is_huge", "name_types"]

QUICK = 4  # drawings of programs at a time; more threads would only take turns
WAITING = 200  # in a lane at most, those that are being answered included
PHOTOS_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)  # half of the cores, for the other half is for drawings
HUGE_STROKES, HUGE_POINTS = 30, 3_000  # a number of ten digits has fewer; what has more may take seconds


class Busy(Exception):
    """A lane is full; the message is for the user."""


class Lane:
    """Threads that answer one after the other what comes in, and refuse it when too much waits.

    Parameters
    ----------
    threads : int
        That answer at the same time.
    waiting : int
        At most, those that are being answered included.
    """

    def __init__(self, name: str, threads: int, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, name)
        self._waiting = waiting
        self._count = 0  # changed by the event loop alone

    async def answer(self, function: Callable[..., Any], *inputs: Any) -> Any:
        """Call a function in this lane and wait for what it returns.

        Raises
        ------
        Busy
            If too many wait.
        """
        if self._count >= self._waiting:
            raise Busy(BUSY)
        self._count += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *inputs)
        finally:
            self._count -= 1


class Lanes:
    """The lanes of a page: `network`, where its drawings wait for their turn; `quick` and `slow`."""

    def __init__(self) -> None:
        self.network = Lane("network", 1)
        self.quick = Lane("quick", QUICK)
        self.slow = Lane("slow", PHOTOS_AT_ONCE)

    def quickly(self, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """A function whose first argument is a drawing, to be awaited in the lane that the drawing belongs to."""

        @wraps(function)
        async def answer(drawing: Any, *others: Any) -> Any:
            lane = self.slow if is_huge(drawing) else self.quick
            return await lane.answer(function, drawing, *others)

        return name_types(answer)

    def slowly(self, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """A function, to be awaited in the slow lane."""

        @wraps(function)
        async def answer(*inputs: Any) -> Any:
            return await self.slow.answer(function, *inputs)

        return name_types(answer)


def is_huge(drawing: Any) -> bool:
    """Whether reading a drawing, as decoded from JSON and not checked, may take seconds."""
    strokes = drawing.get("strokes") if isinstance(drawing, dict) else None
    if not isinstance(strokes, list):
        return False
    points = sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
    return len(strokes) > HUGE_STROKES or points > HUGE_POINTS


def name_types(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function's annotations be types, not text: for its gr.Request Gradio evaluates them in each call."""
    function.__annotations__ = get_type_hints(function)
    return function
