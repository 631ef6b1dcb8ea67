"""The gate before the login: who waits how long, by whose address, and what is never stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from loops import run_coroutine
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from serving import slow_down
from serving.slow_down import ADDRESSES, FORGIVEN, FREE, LONGEST, WAITING, LoginGate

RIGHT = b"right"


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


async def answer(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """The app: 200 to the right password and to all that is no login."""
    password = dict(scope["headers"]).get(b"password")
    is_wrong = scope["path"].endswith("login") and password != RIGHT
    await send({"type": "http.response.start", "status": 400 if is_wrong else 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def ask(
    app: Any, path: str = "/login", password: bytes = b"wrong", client: str = "198.51.100.1", forwarded: str = ""
) -> Any:
    """A coroutine that sends one request and returns the status."""
    headers = [(b"password", password)]
    if forwarded:
        headers.append((b"x-forwarded-for", forwarded.encode()))
    scope = {"type": "http", "method": "POST", "path": path, "client": (client, 5), "headers": headers}
    scope["scheme"] = "http"
    statuses = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def run() -> int:
        await app(scope, None, send)
        return statuses[0]

    return run()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def gate(time: Time) -> LoginGate:
    return LoginGate(answer, time.read, time.sleep)


def test_wrong_passwords_are_slowed_down_and_in_time_forgiven(gate: LoginGate, time: Time) -> None:
    async def visit() -> None:
        for _ in range(FREE + 7):
            assert await ask(gate) == 400
        assert time.slept == [0] * FREE + [1, 2, 4, 8, 16, LONGEST, LONGEST]
        time.now += FORGIVEN
        assert await ask(gate) == 400
        assert time.slept[-1] == 0

    run_coroutine(visit())


def test_right_passwords_of_a_whole_class_behind_one_address_do_not_wait(gate: LoginGate, time: Time) -> None:
    async def visit() -> None:
        logins = [ask(gate, password=RIGHT) for _ in range(30)]
        assert await asyncio.gather(*logins) == [200] * 30
        assert time.slept == [0] * 30

    run_coroutine(visit())


def test_tries_at_once_wait_for_each_other_and_too_many_are_refused(gate: LoginGate, time: Time) -> None:
    async def visit() -> None:
        statuses = await asyncio.gather(*[ask(gate) for _ in range(WAITING + 5)])
        assert statuses == [400] * WAITING + [429] * 5
        assert sum(time.slept) > LONGEST * (WAITING - FREE - 6)

    run_coroutine(visit())


def test_other_addresses_and_other_requests_do_not_wait(gate: LoginGate, time: Time) -> None:
    async def visit() -> None:
        for _ in range(FREE + 2):
            await ask(gate)
        time.slept.clear()
        assert await ask(gate, client="198.51.100.2", password=RIGHT) == 200
        assert time.slept == [0]
        assert await ask(gate, path="/gradio_api/run/predict") == 200
        assert time.slept == [0]
        assert await ask(gate, path="/digits/login/") == 200  # the app's own answer to that path, after a wait
        assert time.slept[-1] > 0

    run_coroutine(visit())


def test_a_forged_header_does_not_help(gate: LoginGate, time: Time) -> None:
    """The server takes what the proxy has written last, and from a proxy on this computer only."""
    behind = ProxyHeadersMiddleware(gate, "127.0.0.1")

    async def visit() -> None:
        for i in range(FREE + 1):
            await ask(behind, client="127.0.0.1", forwarded=f"10.0.0.{i}, 203.0.113.5")
        assert time.slept[-1] > 0
        time.slept.clear()
        for i in range(FREE + 1):
            await ask(behind, client="198.51.100.9", forwarded=f"10.0.0.{i}")
        assert time.slept[-1] > 0

    run_coroutine(visit())


def test_memory_is_bounded_and_who_waits_is_not_forgotten(
    gate: LoginGate, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_down, "ADDRESSES", 3)

    async def visit() -> None:
        for i in range(10):
            for _ in range(FREE * 8):
                await ask(gate, client=f"198.51.100.{i}")
        assert len(gate._addresses) == 3
        assert all(len(tries.failed) <= FREE + LONGEST for tries in gate._addresses.values())

    run_coroutine(visit())
    assert ADDRESSES == 10_000
