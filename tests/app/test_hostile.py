"""What no page sends is refused with 4xx or a sentence; no traceback, no file read, nothing left, and the page goes on.

The fixture `stranger` looks after each test that nothing has happened.
"""

from __future__ import annotations

import io
import json
import socket
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from stranger import FILE, Stranger, expect_sentence

from app import MAX_UPLOAD
from interface import texts
from interface.examples import FOLDER, digit_drawing
from serving.forms import NOT_ONE_FILE
from serving.limits import NOT_UNDERSTOOD

JSON = {"content-type": "application/json"}
SECRET = "/etc/passwd"


# ---------------------------------------------------------------- calls


@pytest.mark.parametrize(
    "body",
    [b'{"data": [', b"[" * 100_000, b"[]", b"null", b"\xff\xfe", b'{"data": 5}', b'{"data": [1], "session_hash": 5}'],
    ids=["cut off", "deep", "list", "null", "no text", "no list", "session"],
)
def test_malformed_json(stranger: Stranger, body: bytes) -> None:
    answer = stranger.http.post(f"{stranger.api}/run/predict", content=body, headers=JSON)

    expect_sentence(answer, 400, 422)


@pytest.mark.parametrize("fields", [{"fn_index": 9999}, {"fn_index": -1}, {"fn_index": None}, {"data": []}])
def test_calls_of_functions_that_are_not_there(stranger: Stranger, fields: dict) -> None:
    answer = stranger.call({**stranger.draw_body(), **fields})

    assert expect_sentence(answer, 400, 500) == NOT_UNDERSTOOD


@pytest.mark.parametrize("path", ["run/nothing", "call/nothing", "call/v2/nothing", "queue/join", "component_server"])
def test_addresses_that_are_none(stranger: Stranger, path: str) -> None:
    body = {"data": [1], "fn_index": 9999, "session_hash": "s", "component_id": 9999, "fn_name": "read_one"}

    expect_sentence(stranger.http.post(f"{stranger.api}/{path}", json=body), 400, 404)


ODD = [None, 5, "x", [], {}, {"path": 5}, {"path": SECRET}, {"path": SECRET, "meta": FILE}, {"sign": [], "size": "x"},
       {"url": "http://127.0.0.1:1/"}, {"url": "data:image/png;base64,AAAA"}]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_values_of_the_wrong_type_for_every_function_of_the_page(stranger: Stranger, value: Any) -> None:
    for function in stranger.http.get("/config").json()["dependencies"]:
        data = [value, *[None] * len(function["inputs"])][: len(function["inputs"])]
        answer = stranger.call({"data": data, "fn_index": function["id"], "session_hash": "odd"})
        assert "root:" not in answer.text
        if answer.status_code != 200:
            expect_sentence(answer, 500)


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "1e308", "-1e7", "9" * 5000, "null", '"7"', "[7]", "{}"]
)
def test_coordinates_that_are_none(stranger: Stranger, number: str) -> None:
    drawing = {"width": 400, "height": 400, "strokes": [[[10, 10], ["NUMBER", 20]]]}
    body = json.dumps(stranger.draw_body(drawing)).replace('"NUMBER"', number)
    answer = stranger.http.post(f"{stranger.api}/run/predict", content=body.encode(), headers=JSON)

    if answer.status_code == 200:
        assert '<div class="problem" role="status"' in answer.json()["data"][0]
    else:
        expect_sentence(answer, 400, 422)


def test_a_million_points_and_a_hundred_thousand_strokes(stranger: Stranger) -> None:
    square = {"width": 400, "height": 400}
    points = stranger.call(stranger.draw_body({**square, "strokes": [[[1, 2]] * 1_000_000]}))
    strokes = stranger.call(stranger.draw_body({**square, "strokes": [[[1, 2]]] * 50_000}))

    assert "may have at most 1 MB" in expect_sentence(points, 413)
    assert "The drawing has 50,000 strokes; at most 100 are read." in strokes.json()["data"][0]


# ---------------------------------------------------------------- paths and doors


@pytest.mark.parametrize(
    "path",
    [
        f"/gradio_api/file={SECRET}",
        f"/gradio_api/file/{SECRET}",
        "/gradio_api/file=../../../../../../etc/passwd",
        "/gradio_api/file=%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        f"/gradio_api/file=/{SECRET}",
        "/gradio_api/file=C:\\Windows\\win.ini",
        "/gradio_api/file=a%00b",
        "/gradio_api/file=http://127.0.0.1:1/",
        f"/gradio_api/file={Path(__file__).parents[2] / 'app.py'}",
        f"/gradio_api/file={Path(__file__).parents[2] / 'model' / 'mnist.h5'}",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2f..%2fetc/passwd",
        "/svelte/%2e%2e/x",
        "/static/%00",
        "/gradio_api/custom_component/1/client/x/..%2f..%2fapp.py",
        "/gradio_api/deep_link?session_hash=stranger",
        "/gradio_api/vibe-code/",
        "/monitoring",
        "/app.py",
    ],
)
def test_files_and_doors_are_closed(stranger: Stranger, path: str) -> None:
    stranger.call(stranger.draw_body())  # there is something that could be saved
    answer = stranger.http.get(path)

    assert 400 <= answer.status_code < 500
    assert "root:" not in answer.text


def test_results_of_nobody(stranger: Stranger) -> None:
    for path in ("call/recognize_drawing/nothing", "queue/data?session_hash=nobody"):
        answer = stranger.http.get(f"{stranger.api}/{path}")
        assert "error" in answer.text or answer.status_code == 404


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("name", ["..", "../..", "..\\..", "/", " . "])
def test_names_that_are_none(stranger: Stranger, name: str) -> None:
    answer = stranger.send_file(name, b"x")

    assert (answer.status_code, answer.text) == (400, NOT_ONE_FILE)


@pytest.mark.parametrize(
    "name", ["../../../evil.png", "/etc/evil.png", "..\\evil.png", "a\0b.png", "é" * 200, "<b>.png"]
)
def test_names_with_tricks_stay_in_the_folder(stranger: Stranger, name: str) -> None:
    event, data = stranger.read_file(name, b"x")

    assert event == "error"
    assert data["error"].endswith(
        "is not a picture that can be read. Use JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF."
    )
    assert all(path.resolve().is_relative_to(stranger.uploads) for path in stranger.list_files())


def test_forms_that_are_no_upload(stranger: Stranger) -> None:
    send = stranger.http.post
    url = f"{stranger.api}/upload"
    broken = {"content-type": "multipart/form-data; boundary=b"}
    answers = [
        stranger.send_file("a.png", b"x", field="other"),
        send(url, files=[("files", ("a.png", b"x")), ("files", ("b.png", b"x"))]),
        send(url, files=[("files", ("a.png", b"x"))], data={"more": "x"}),
        send(url, content=b"no form", headers=broken),
        send(url, content=b"no form", headers={"content-type": "multipart/form-data"}),
        send(f"{stranger.api}/component_server", files={"a": ("a.png", b"x")}),
        send(f"{stranger.api}/component_server", content=b"no form", headers=broken),
    ]

    assert [answer.status_code for answer in answers] == [400] * 7


def test_files_that_are_too_large(stranger: Stranger) -> None:
    large = bytes(MAX_UPLOAD * 1_000_000 + 50_000)

    assert f"at most {MAX_UPLOAD} MB" in expect_sentence(stranger.send_file("a.png", large), 413)


def test_an_upload_that_breaks_off_leaves_nothing(stranger: Stranger) -> None:
    address = stranger.http.base_url
    before = stranger.list_files()
    head = (
        f"POST {stranger.api}/upload HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: 1000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    with socket.create_connection((address.host, address.port or 80), timeout=60) as connection:
        connection.sendall(head.encode() + bytes(10_000))
        while stranger.list_files() == before:  # Gradio has begun to write
            stranger.http.get("/theme.css")
    while stranger.list_files() != before:  # and has deleted it again
        stranger.http.get("/theme.css")


def bomb() -> bytes:
    """A PNG of 2 kB that says it has 30,000 x 30,000 pixels."""
    stream = io.BytesIO()
    Image.new("L", (64, 64)).save(stream, "PNG")
    content = bytearray(stream.getvalue())
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def long_stripe() -> bytes:
    """A PNG of 200 kB that really has 61 megapixels."""
    stream = io.BytesIO()
    Image.new("1", (61_000, 1_000)).save(stream, "PNG")
    return stream.getvalue()


NOT_PICTURES = {
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page.png": b"<!DOCTYPE html><script>alert(1)</script>",
    "page.jpg": b"\xff\xd8\xff<script>alert(1)</script>",
    "script.gif": b"GIF89a;<?php system($_GET['c']); ?>",
    "archive.png": zlib.compress(bytes(1_000_000)),
    "bomb.png": bomb(),
    "stripe.png": long_stripe(),
    "none.png": b"",
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_files_that_are_no_picture(stranger: Stranger, name: str) -> None:
    event, data = stranger.read_file(name, NOT_PICTURES[name])

    assert event == "error"
    assert data["error"].startswith(f"{name} ")
    assert data["error"].endswith(".")


@pytest.mark.parametrize("value", [v for v in ODD if v is not None], ids=repr)
def test_photos_that_are_none(stranger: Stranger, value: Any) -> None:
    event, data = stranger.ask("recognize_photo", value)

    assert event == "error"
    assert data["error"] in (texts.NOT_UPLOADED, NOT_UNDERSTOOD)


# ---------------------------------------------------------------- and afterwards


def test_a_photo_is_still_read(stranger: Stranger) -> None:
    event, data = stranger.read_file("chalk.jpg", (FOLDER / "chalk.jpg").read_bytes())

    assert event == "complete"
    assert len(data[0]["predictions"]) == 1
    assert stranger.ask("recognize_drawing", digit_drawing(3))[1][0]["text"] == "3"
