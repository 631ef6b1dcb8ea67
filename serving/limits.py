"""The gate before the page: whatever is too large, too often or not for this page is refused with a sentence.

`Limits` is an ASGI middleware. It reads no drawing and logs none: of a request it looks at address, path, size and the
name of the session.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from serving.addresses import Say, name_address, say_as_it_is
from serving.forms import BROKEN_OFF, UploadForm
from serving.rates import Buckets, Rate

__all__ = ["BUSY", "DEFAULT", "NOT_UNDERSTOOD", "Limits", "Sizes"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A class shares one public address, so an address may do what forty phones do: each sends 12 drawings a second at most,
# and waits for an answer before the next. Two cores answer about a hundred a second; the rest is for pages that load.
PER_ADDRESS = Rate(per_minute=24_000, at_once=4_000)
PER_SESSION = Rate(per_minute=1_500, at_once=300)  # twice what a page sends; scripts without a session share one
NEW_SESSIONS = Rate(per_minute=240, at_once=240)  # of an address; each takes 9 ms, a class that reloads thrice has 120
UPLOADS = Rate(per_minute=300, at_once=120)  # of an address; 2 cores read 300 photos of 12 megapixels a minute
UNDER_WAY = 400  # requests of one address; a page holds two or three open
PATIENCE = 30  # seconds without a byte until a body is given up
MAX_SESSION_NAME = 64  # characters; Gradio's have 10 to 36
SLACK = 16_000  # bytes that a form has around its file

# Doors of Gradio's that no part of this page uses: some write to disk, some run programs, some call other hosts
CLOSED = re.compile(
    r"/(gradio_api/)?(deep_link|dev/|monitoring|process_recording|profiling|proxy=|run-history|runs|stream/"
    r"|undo-vibe-edit|vibe-)"
)
FREE = ("/assets/", "/static/", "/svelte/", "/theme.css", "/favicon.ico")  # a page loads about a hundred of these

BUSY = "Too many are drawing at the moment. Your drawing is kept; try again in a few seconds."
TOO_OFTEN = "That was too much at once from here. What you have stays; go on in {seconds} s."
TOO_LARGE = "A request may have at most {limit} MB, and this one has more. Send less at once."
# Gradio answers 413 to a form whose refusal has its own words for it
FORM_TOO_LARGE = "File size exceeded: {limit} MB is the maximum allowed size. Save it smaller and try again."
TOO_SLOW = "The rest of the request did not come within {seconds} s. Send it again."
NOT_UNDERSTOOD = "The page sends no such request. Reload it and try again."
NOT_HERE = "There is nothing at this address."


@dataclass(frozen=True)
class Sizes:
    """How large a request may be, in bytes.

    Attributes
    ----------
    text : int
        JSON: 10,000 points of a drawing take up to 150,000 bytes, a table of 500 photos less.
    upload : int
        A file.
    """

    text: int = 1_000_000
    upload: int = 20_000_000


DEFAULT = Sizes()


class Refusal(Exception):
    """A request is refused; the message is for the user."""

    def __init__(self, status: int, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


# What Gradio says in figures, and FastAPI in terms of its own: that the queue is full, that a call has no such form
REPLACED = {503: Refusal(503, BUSY, 5), 422: Refusal(422, NOT_UNDERSTOOD)}


class Limits:
    """Refuses what is too much, and turns what Gradio fails on into a sentence instead of a traceback.

    Parameters
    ----------
    app : ASGI application
    sizes : Sizes
    clock : callable
        Seconds; a test brings its own.
    say : callable
        A sentence as the visitor whose request has this scope is to read it.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        sizes: Sizes = DEFAULT,
        clock: Callable[[], float] = time.monotonic,
        say: Say = say_as_it_is,
    ) -> None:
        self._app = app
        self._sizes = sizes
        self._say = say
        self._addresses = Buckets(PER_ADDRESS, clock=clock)
        self._sessions = Buckets(PER_SESSION, clock=clock)
        self._new_sessions = Buckets(NEW_SESSIONS, clock=clock)
        self._uploads = Buckets(UPLOADS, clock=clock)
        self._under_way: Counter[str] = Counter()
        logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it reports each odd form to the console

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, partial(self._say, scope))
        address = name_address(scope)
        self._under_way[address] += 1
        try:
            checked = await self._check(scope, receive, address)
            await self._app(scope, checked, answer.send)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except Exception as problem:  # unknown functions, sessions, components: Gradio raises KeyError and others
            _report(scope, problem)
            await answer.refuse(Refusal(400, NOT_UNDERSTOOD))
        finally:
            self._under_way[address] -= 1
            if self._under_way[address] == 0:
                del self._under_way[address]

    async def _check(self, scope: Mapping[str, Any], receive: Receive, address: str) -> Receive:
        """Refuse a request, or return what its body is to be read from."""
        path = _local_path(scope)
        if CLOSED.match(path):
            raise Refusal(404, NOT_HERE)
        if not path.startswith(FREE):
            self._take(self._addresses, address)
        if self._under_way[address] > UNDER_WAY:
            raise Refusal(429, TOO_OFTEN.format(seconds=1), 1)
        if scope["method"] != "POST":
            return receive
        headers = dict(scope["headers"])
        content_type = headers.get(b"content-type", b"")
        is_form = content_type.lower().startswith(b"multipart/")
        limit = self._sizes.upload + SLACK if is_form else self._sizes.text
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limit:
            raise self._too_large(is_form)
        if is_form:
            is_upload = path.rstrip("/").endswith("/upload")
            if is_upload:
                self._take(self._uploads, address)
            self._count_session("", address)
            return self._read_form(receive, limit, content_type if is_upload else None)
        body = await self._read_text(receive, limit)
        self._count_session(find_session(body), address)
        return _replay(body, receive)

    def _count_session(self, session: str, address: str) -> None:
        key = address, session
        if session and key not in self._sessions:
            self._take(self._new_sessions, address)
        self._take(self._sessions, key)

    def _take(self, buckets: Buckets, key: Any) -> None:
        seconds = buckets.take(key)
        if seconds:
            raise Refusal(429, TOO_OFTEN.format(seconds=seconds), seconds)

    def _too_large(self, is_form: bool) -> Refusal:
        limit = (self._sizes.upload if is_form else self._sizes.text) // 1_000_000
        return Refusal(413, TOO_LARGE.format(limit=limit))

    async def _read_text(self, receive: Receive, limit: int) -> bytes:
        """A body that is no form, whole."""
        body = bytearray()
        while True:
            message = await _receive_in_time(receive)
            if message["type"] != "http.request":
                raise Refusal(400, BROKEN_OFF)
            body += message.get("body", b"")
            if len(body) > limit:
                raise self._too_large(False)
            if not message.get("more_body"):
                return bytes(body)

    def _read_form(self, receive: Receive, limit: int, upload: bytes | None) -> Receive:
        """Hand a form on, piece by piece; of an upload `upload` is the content type.

        What is refused on the way is refused by the exception at which Gradio deletes the part that it has on disk.
        """
        from starlette.formparsers import MultiPartException

        form = None if upload is None else _open_form(upload)
        size = 0
        is_whole = False

        async def read_on() -> Message:
            nonlocal size, is_whole
            if is_whole:
                return await receive()
            try:
                message = await _receive_in_time(receive)
            except Refusal as refusal:
                raise MultiPartException(str(refusal)) from None
            if message["type"] != "http.request":
                raise MultiPartException(BROKEN_OFF)
            size += len(message.get("body", b""))
            if size > limit:
                raise MultiPartException(FORM_TOO_LARGE.format(limit=self._sizes.upload // 1_000_000))
            if form is not None:
                form.feed(message.get("body", b""))
            is_whole = not message.get("more_body")
            return message

        return read_on


class _Answer:
    """Sends an answer, and knows how far it has come."""

    def __init__(self, send: Send, say: Callable[[str], str]) -> None:
        self._send = send
        self._say = say
        self._is_begun = self._is_done = self._is_replaced = False

    async def send(self, message: Message) -> None:
        if self._is_replaced:
            return
        if message["type"] == "http.response.start":
            refusal = REPLACED.get(message["status"])
            if refusal is not None:
                await self.refuse(refusal)
                self._is_replaced = True
                return
            self._is_begun = True
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self._is_done = True
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a sentence, as Gradio's page and client look for it; an answer that has begun is ended."""
        if self._is_done:
            return
        self._is_done = True
        if self._is_begun:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        sentence = self._say(str(refusal))
        body = json.dumps({"error": sentence, "detail": sentence}, ensure_ascii=False).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if refusal.wait:
            headers.append((b"retry-after", str(refusal.wait).encode()))
        await self._send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def find_session(body: bytes) -> str:
    """The name of the session in a call, as JSON; "" where there is none that Gradio would take."""
    found = re.findall(rb'"session_hash"\s*:\s*"([^"\\]*)"', body)  # decoding it all would take as long as Gradio does
    if not found:
        return ""
    if len(found[-1]) > MAX_SESSION_NAME:
        raise Refusal(400, NOT_UNDERSTOOD)
    return str(found[-1].decode("utf-8", "replace"))


def _local_path(scope: Mapping[str, Any]) -> str:
    """The path below the prefix that a proxy may have put before it."""
    return str(scope["path"]).removeprefix(scope.get("root_path") or "")


def _open_form(content_type: bytes) -> UploadForm:
    from starlette.formparsers import MultiPartException

    try:
        return UploadForm(content_type)
    except MultiPartException as problem:
        raise Refusal(400, problem.message) from None


async def _receive_in_time(receive: Receive) -> Message:
    try:
        return await asyncio.wait_for(receive(), PATIENCE)
    except TimeoutError:
        raise Refusal(408, TOO_SLOW.format(seconds=PATIENCE)) from None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand over a body that has been read; afterwards what comes, the end of the connection."""
    is_read = False

    async def replay() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _report(scope: Mapping[str, Any], problem: Exception) -> None:
    """One line for whoever runs the app, without anything of what was sent."""
    print(f"Refused: {scope['method']} {_local_path(scope)!r:.80} ({type(problem).__name__})", file=sys.stderr)
