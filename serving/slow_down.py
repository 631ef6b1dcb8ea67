"""Wrong passwords in; how long their address has to wait for its next try, and a gate that lets it wait."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from serving.addresses import Say, name_address, say_as_it_is

__all__ = ["TOO_MANY", "LoginGate"]

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

FREE = 10  # wrong passwords of an address that cost it nothing: a school has one address, and thirty phones
LONGEST = 30  # seconds; many proxies give up after 60
FORGIVEN = 600  # seconds after which a wrong password counts no more: then 150 an hour at most, not thousands
WAITING = 60  # tries of an address that wait at the same time; a class that logs in has thirty
ALL_WAITING = 1000  # of all addresses
ADDRESSES = 10_000  # remembered, about 1 kB each
TOO_MANY = "Too many tries to log in from your network at once. Wait a minute and try again."


@dataclass
class _Tries:
    """Of one address."""

    failed: list[float] = field(default_factory=list)  # when; only as many as matter
    waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class LoginGate:
    """Lets tries to log in through one after the other, per address, and later the more of them were wrong.

    The first ten wrong ones cost nothing; after these a try waits 1, 2, 4 … 30 seconds before it is looked at. Ten
    minutes later a wrong one is forgotten. Right ones are not counted, and who is logged in is never stopped.

    Parameters
    ----------
    app : ASGI application
        Answers `POST …/login` with 400 where the password is wrong.
    clock, sleep
        For tests.
    say : callable
        A sentence as the visitor whose request has this scope is to read it.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        say: Say = say_as_it_is,
    ) -> None:
        self._app = app
        self._clock = clock
        self._sleep = sleep
        self._say = say
        self._waiting = 0
        self._addresses: OrderedDict[str, _Tries] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Pass on everything but tries to log in, and these in their time."""
        is_login = scope["type"] == "http" and scope["method"] == "POST" and _is_login(scope["path"])
        if not is_login:
            return await self._app(scope, receive, send)
        tries = self._find(name_address(scope))
        if tries.waiting >= WAITING or self._waiting >= ALL_WAITING:
            return await _refuse(send, self._say(scope, TOO_MANY))
        tries.waiting += 1
        self._waiting += 1
        try:
            async with tries.turn:
                await self._sleep(self._wait_for(tries))
                await self._try(tries, scope, receive, send)
        finally:
            tries.waiting -= 1
            self._waiting -= 1
        return None

    async def _try(self, tries: _Tries, scope: Scope, receive: Any, send: Send) -> None:
        async def hear(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 400:
                tries.failed.append(self._clock())
                del tries.failed[: -FREE - LONGEST]
            await send(message)

        await self._app(scope, receive, hear)

    def _wait_for(self, tries: _Tries) -> float:
        """Seconds that the next try waits."""
        now = self._clock()
        tries.failed = [moment for moment in tries.failed if now - moment < FORGIVEN]
        over = len(tries.failed) - FREE
        return min(2.0**over, LONGEST) if over >= 0 else 0

    def _find(self, address: str) -> _Tries:
        tries = self._addresses.setdefault(address, _Tries())
        self._addresses.move_to_end(address)
        if len(self._addresses) > ADDRESSES:
            idle = next((name for name, other in self._addresses.items() if not other.waiting), None)
            if idle not in (None, address):
                del self._addresses[str(idle)]
        return tries


def _is_login(path: str) -> bool:
    return path.rstrip("/").endswith("/login")


async def _refuse(send: Send, sentence: str) -> None:
    body = json.dumps({"detail": sentence}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"60")]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
