"""Requests in, answers out, of a process beside this one, which a module of ours runs in."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["Worker", "answer_requests"]

ROOT = Path(__file__).parents[1]

Outcome = tuple[Any, Exception | None]  # an answer, or what was raised instead


class Worker:
    """A process that answers requests, started at once and ended with this object or this process.

    Use it from one thread at a time. If the process dies, the next request starts another.

    Parameters
    ----------
    module : str
        What `python -m` runs in it; it calls `answer_requests`.
    arguments : str
        On its command line.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-P", "-m", module, *arguments]  # -P: no `model` of the working folder
        self._start()

    def _start(self) -> None:
        self._ready = False
        search_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": search_path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries greet there; what matters comes as an answer
        )
        self._stop = weakref.finalize(self, _stop, self._process)

    @property
    def pid(self) -> int:
        """Of the process that answers at the moment."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Return once it can answer, or raise what has kept it from that."""
        if not self._ready:
            _open(self._receive())
            self._ready = True

    def ask(self, request: Any) -> Any:
        """Return the answer to a request, or raise what was raised there; both can be pickled.

        Raises
        ------
        EOFError, OSError
            If the process has died of it twice.
        """
        try:
            outcome = self._exchange(request)
        except (EOFError, OSError, pickle.UnpicklingError):  # killed, perhaps by the system for want of memory
            self._stop()
            self._start()
            outcome = self._exchange(request)
        return _open(outcome)

    def _exchange(self, request: Any) -> Outcome:
        self.wait_until_ready()
        assert self._process.stdin is not None
        _send(request, self._process.stdin)
        return self._receive()

    def _receive(self) -> Outcome:
        assert self._process.stdout is not None
        outcome: Outcome = pickle.load(self._process.stdout)
        return outcome


def answer_requests(get_ready: Callable[[], Callable[[Any], Any]]) -> int:
    """Be the process of a `Worker`, until there are no more requests; the exit status.

    Parameters
    ----------
    get_ready : callable
        Returns what answers a request, or raises what keeps it from that.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent; this ends when its input does
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    try:
        answer = get_ready()
    except Exception as problem:
        _send((None, problem), answers)
        return 2
    _send((None, None), answers)
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return 0
        try:
            outcome: Outcome = answer(request), None
        except Exception as problem:  # for whoever asked
            outcome = None, problem
        _send(outcome, answers)


def _open(outcome: Outcome) -> Any:
    answer, problem = outcome
    if problem is not None:
        raise problem
    return answer


def _send(message: Any, pipe: BinaryIO | Any) -> None:
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # it has nothing to save
    process.communicate()
