"""The gate before the page, with a little application behind it instead of Gradio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from loops import run_coroutine

from serving import limits
from serving.forms import BROKEN_OFF, NOT_ONE_FILE
from serving.limits import BUSY, NEW_SESSIONS, NOT_UNDERSTOOD, PER_SESSION, UPLOADS, Limits, Sizes

SIZES = Sizes(text=1_000_000, upload=2_000_000)
CALL = "/gradio_api/run/predict"
END = {"type": "http.disconnect"}


def open_gate(app: Callable[..., Awaitable[None]]) -> Limits:
    """At a moment at which the time stands still."""
    return Limits(app, SIZES, clock=lambda: 100.0)


class Answered(NamedTuple):
    """What a client sees."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def sentence(self) -> str:
        """Of a refusal, where Gradio's page and its Python client look for it."""
        said = json.loads(self.body)
        assert said["error"] == said["detail"]
        return said["error"]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what came."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def ask(gate: Limits, *pieces: bytes | dict, path: str = CALL, method: str = "POST", **scope: Any) -> Answered:
    """Send a request, its body in pieces; a dict is a message of the server's as it is."""
    messages = [
        piece if isinstance(piece, dict) else {"type": "http.request", "body": piece, "more_body": i < len(pieces) - 1}
        for i, piece in enumerate(pieces or (b"",))
    ]
    sent: list[dict] = []

    async def receive() -> dict:
        return messages.pop(0) if messages else END

    async def send(message: dict) -> None:
        sent.append(message)

    about = {"type": "http", "method": method, "path": path, "headers": [], "client": ("9.9.9.9", 1), **scope}
    run_coroutine(gate(about, receive, send))
    start, *rest = sent
    assert not rest[-1].get("more_body")
    assert start["type"] == "http.response.start"
    return Answered(start["status"], dict(start["headers"]), b"".join(message["body"] for message in rest))


def call_of(session: str) -> bytes:
    return json.dumps({"data": [{"strokes": []}], "fn_index": 1, "session_hash": session}).encode()


FORM = [(b"content-type", b"multipart/form-data; boundary=b")]


def form_of(name: str = "a.png", field: str = "files", content: bytes = b"x") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


# ---------------------------------------------------------------- sizes


def test_a_call_passes_unchanged_and_in_one_piece() -> None:
    body = call_of("ada")

    assert ask(open_gate(echo), body[:10], body[10:]) == Answered(200, {}, body)


def test_what_is_too_large_is_refused_whether_it_says_so_or_not() -> None:
    gate = open_gate(echo)
    told = ask(gate, b"", headers=[(b"content-length", b"1000001")])
    untold = ask(gate, b"x" * 600_000, b"x" * 600_000)

    for answer in (told, untold):
        assert answer.status == 413
        assert answer.sentence == "A request may have at most 1 MB, and this one has more. Send less at once."
    assert ask(gate, b"", headers=[(b"content-length", b"-1")]).status == 413
    assert ask(gate, b"x" * 1_000_000).status == 200


def test_a_body_that_does_not_come_or_breaks_off_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.01)

    async def never() -> dict:
        await asyncio.Event().wait()
        return END

    async def wait_for_ever() -> list[dict]:
        sent: list[dict] = []

        async def send(message: dict) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": CALL, "headers": [], "client": None}
        await open_gate(echo)(scope, never, send)
        return sent

    assert run_coroutine(wait_for_ever())[0]["status"] == 408
    broken = ask(open_gate(echo), {"type": "http.request", "body": b"{", "more_body": True}, END)
    assert (broken.status, broken.sentence) == (400, BROKEN_OFF)


# ---------------------------------------------------------------- rates


def test_a_session_may_do_twice_what_a_page_does_and_no_more() -> None:
    gate = open_gate(echo)
    answers = [ask(gate, call_of("ada")).status for _ in range(PER_SESSION.at_once)]
    refused = ask(gate, call_of("ada"))

    assert set(answers) == {200}
    assert refused.status == 429
    assert refused.headers[b"retry-after"] == b"1"
    assert refused.sentence == "That was too much at once from here. What you have stays; go on in 1 s."
    assert ask(gate, call_of("bob")).status == 200  # beside her, at the same address
    assert PER_SESSION.per_minute / 60 >= 2 * 12  # drawings a second under a moving pen


def test_a_class_behind_one_address_is_not_refused() -> None:
    """Thirty phones load the page, a hundred files each, and draw twelve times."""
    gate = open_gate(echo)
    phones = [f"phone{number}" for number in range(30)]

    for phone in phones:
        assert all(ask(gate, path=f"/assets/{i}.js", method="GET").status == 200 for i in range(100))
        assert ask(gate, path="/", method="GET").status == 200
        assert all(ask(gate, call_of(phone)).status == 200 for _ in range(12))


def test_whoever_invents_sessions_is_stopped() -> None:
    gate = open_gate(echo)
    answers = [ask(gate, call_of(f"s{number}")).status for number in range(NEW_SESSIONS.at_once + 5)]

    assert answers[: NEW_SESSIONS.at_once] == [200] * NEW_SESSIONS.at_once
    assert 429 in answers
    assert ask(gate, call_of("s0")).status == 200  # who is known goes on
    assert ask(gate, call_of("elsewhere"), client=("8.8.8.8", 1)).status == 200


def test_uploads_have_a_rate_of_their_own() -> None:
    gate = open_gate(echo)
    body = form_of() + b"--b--"
    answers = [ask(gate, body, path="/gradio_api/upload", headers=FORM).status for _ in range(UPLOADS.at_once + 1)]

    assert answers == [200] * UPLOADS.at_once + [429]


def test_too_many_requests_under_way_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNDER_WAY", 2)
    inner: list[Answered] = []

    async def nest(scope: Any, receive: Any, send: Any) -> None:
        if scope["depth"] < 3:
            reply: list[dict] = []

            async def keep(message: dict) -> None:
                reply.append(message)

            await gate({**scope, "depth": scope["depth"] + 1}, receive, keep)
            inner.append(reply[0]["status"])
        await echo(scope, receive, send)

    gate = open_gate(nest)
    assert ask(gate, method="GET", depth=1).status == 200
    assert inner == [429, 200]
    assert ask(gate, method="GET", depth=3).status == 200  # nothing is under way any more


# ---------------------------------------------------------------- uploads


def upload(app: Callable[..., Awaitable[None]], *pieces: bytes | dict) -> Answered:
    return ask(open_gate(app), *pieces, path="/gradio_api/upload", headers=FORM)


async def read_form(scope: Any, receive: Any, send: Any) -> None:
    """As Gradio does: it deletes what it has written at this exception alone."""
    from starlette.formparsers import MultiPartException

    try:
        await echo(scope, receive, send)
    except MultiPartException as problem:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": problem.message.encode()})


def test_an_upload_passes_in_its_pieces() -> None:
    body = form_of(content=b"y" * 1000) + b"--b--"

    assert upload(read_form, body[:50], body[50:500], body[500:]).body == body


@pytest.mark.parametrize(
    "body",
    [
        form_of(field="other"),
        form_of(name=""),
        form_of(name=".."),
        form_of(name="a/../.."),
        form_of(name="..\x00"),
        form_of() + form_of("b.png"),
        b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n',
        b"no form at all",
    ],
    ids=["other field", "no name", "folder above", "path", "nothing but NUL", "two files", "no file", "no form"],
)
def test_an_upload_is_one_file_with_a_name(body: bytes) -> None:
    answer = upload(read_form, body + b"--b--")

    assert (answer.status, answer.body.decode()) == (400, NOT_ONE_FILE)


def test_an_upload_without_a_boundary_is_refused() -> None:
    answer = ask(open_gate(echo), b"x", path="/upload", headers=[(b"content-type", b"multipart/form-data")])

    assert (answer.status, answer.sentence) == (400, NOT_ONE_FILE)


def test_an_upload_that_breaks_off_or_grows_too_large_ends_as_a_broken_form() -> None:
    first = {"type": "http.request", "body": form_of(), "more_body": True}
    large = {"type": "http.request", "body": bytes(2_100_000), "more_body": True}

    assert upload(read_form, first, END).body.decode() == BROKEN_OFF
    assert b"2 MB is the maximum allowed size" in upload(read_form, first, large).body


# ---------------------------------------------------------------- what Gradio fails on


def test_a_failure_is_a_sentence_and_a_line_without_what_was_sent(capsys: pytest.CaptureFixture[str]) -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("the drawing")

    answer = ask(open_gate(fail), call_of("ada"))

    assert (answer.status, answer.sentence) == (400, NOT_UNDERSTOOD)
    assert capsys.readouterr().err == "Refused: POST '/gradio_api/run/predict' (KeyError)\n"


def test_a_failure_in_the_middle_of_an_answer_ends_it() -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError

    assert ask(open_gate(fail), method="GET") == Answered(200, {}, b"half")


@pytest.mark.parametrize(("status", "sentence"), [(503, BUSY), (422, NOT_UNDERSTOOD)])
def test_what_gradio_says_in_figures_becomes_a_sentence(status: int, sentence: str) -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"Queue is full. Max size is 200."})

    answer = ask(open_gate(refuse), method="GET")

    assert (answer.status, answer.sentence) == (status, sentence)


@pytest.mark.parametrize(
    "path", ["deep_link", "process_recording", "proxy=http://example.com", "vibe-edit/", "dev/reload", "stream/a/close"]
)
def test_doors_that_the_page_does_not_use_are_closed(path: str) -> None:
    for prefix in ("/gradio_api/", "/"):
        answer = ask(open_gate(echo), path=prefix + path)
        assert (answer.status, answer.sentence) == (404, "There is nothing at this address.")
    behind_proxy = ask(open_gate(echo), path="/digits/gradio_api/" + path, root_path="/digits")
    assert behind_proxy.status == 404


def test_what_is_no_request_passes() -> None:
    seen = []

    async def live(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    run_coroutine(open_gate(live)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
