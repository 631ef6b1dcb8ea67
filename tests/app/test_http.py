"""The HTTP API without a client library, as curl uses it, and what it refuses."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from app import MAX_UPLOAD
from interface.examples import FOLDER, digit_drawing

FILE = {"_type": "gradio.FileData"}  # Gradio's mark of an uploaded file


@pytest.fixture
def api(address: str) -> str:
    return f"{address}gradio_api"


def call(api: str, name: str, argument: Any) -> tuple[str, Any]:
    """POST the argument, then GET the event stream; return the event's name and its data."""
    posted = httpx.post(f"{api}/call/{name}", json={"data": [argument]}, timeout=30)
    posted.raise_for_status()
    stream = httpx.get(f"{api}/call/{name}/{posted.json()['event_id']}", timeout=30).text
    event, data = stream.strip().split("\n")
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def upload(api: str, name: str, content: bytes) -> httpx.Response:
    return httpx.post(f"{api}/upload", files={"files": (name, content)}, timeout=60)


def test_drawing_by_curl(api: str) -> None:
    event, data = call(api, "recognize_drawing", digit_drawing(6))

    assert event == "complete"
    assert data[0]["text"] == "6"
    assert len(data[0]["predictions"][0]["probabilities"]) == 10


def test_malformed_drawing_by_curl(api: str) -> None:
    event, data = call(api, "recognize_drawing", {"width": 400, "height": 400})

    assert event == "error"
    assert data["error"] == 'The drawing has no list of "strokes"; an empty canvas is "strokes": [].'
    assert "Traceback" not in json.dumps(data)


def test_photo_by_curl(api: str) -> None:
    uploaded = upload(api, "chalk.jpg", (FOLDER / "chalk.jpg").read_bytes())
    event, data = call(api, "recognize_photo", {"path": uploaded.json()[0], "meta": FILE})

    assert uploaded.status_code == 200
    assert event == "complete"
    assert data[0]["text"] == "8"


def test_missing_photo_by_curl(api: str) -> None:
    event, data = call(api, "recognize_photo", None)

    assert event == "error"
    assert data["error"] == "There is no photo in the request; upload one first."


@pytest.mark.parametrize("marked", [True, False], ids=["marked as a file", "not marked"])
def test_only_uploaded_files_are_read(api: str, tmp_path: Path, marked: bool) -> None:
    secret = tmp_path / "secret.png"  # a picture that would be read
    Image.open(FOLDER / "chalk.jpg").save(secret)
    mark = {"meta": FILE} if marked else {}

    answers = [
        call(api, "recognize_photo", {"path": str(path), **mark})
        for path in (secret, "/etc/hostname", "/no/such/file", f"{tmp_path}/../{tmp_path.name}/secret.png")
    ]

    assert [event for event, _ in answers] == ["error"] * 4
    sentences = {data["error"] for _, data in answers}
    assert len(sentences) == 1, "the answer tells which files exist"
    assert sentences <= {None, "That file was not uploaded here; upload it first."}


def test_files_of_the_server_are_not_served(api: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")

    for path in (tmp_path / "secret.txt", Path(__file__)):
        answer = httpx.get(f"{api}/file={path}")
        assert answer.status_code == 403
        assert "secret" not in answer.text.replace("secret.txt", "")


def test_upload_over_the_limit_is_refused(api: str) -> None:
    limit = MAX_UPLOAD * 1_000_000

    assert upload(api, "photo.jpg", bytes(limit + 1)).status_code == 413
    assert upload(api, "photo.jpg", bytes(1000)).status_code == 200


def test_documentation_names_both_endpoints_and_nothing_else(api: str) -> None:
    documented = httpx.get(f"{api}/info").json()["named_endpoints"]

    assert sorted(documented) == ["/recognize_drawing", "/recognize_photo"]
    for endpoint in documented.values():
        assert endpoint["description"].startswith("Read a")


# ---------------------------------------------------------------- what the page itself calls


def ask_many(address: str, function: str, **request: Any) -> httpx.Response:
    """Call a function of the table of many photos, as its part in the browser does."""
    config = httpx.get(f"{address}config").json()
    [component] = [part["id"] for part in config["components"] if part["props"].get("elem_id") == "many"]
    fields = {"component_id": component, "fn_name": function, "session_hash": "test"}
    if "files" in request:
        return httpx.post(f"{address}gradio_api/component_server", data=fields, timeout=60, **request)
    return httpx.post(f"{address}gradio_api/component_server", json={**fields, **request}, timeout=60)


def test_one_of_many_photos_is_read_and_refused_where_it_is_too_large(address: str) -> None:
    chalk = (FOLDER / "chalk.jpg").read_bytes()
    answer = ask_many(address, "read_one", files={"file": ("../../chalk.jpg", chalk)}).json()

    assert answer["text"] == "8"
    assert answer["note"] == ""
    assert answer["picture"].startswith("data:image/jpeg;base64,")
    limit = MAX_UPLOAD * 1_000_000
    assert ask_many(address, "read_one", files={"file": ("large.jpg", bytes(limit + 1))}).status_code == 413


@pytest.mark.parametrize("data", [None, "chalk.jpg", {"file": "/etc/hostname"}, {"path": "/etc/hostname"}])
def test_only_what_is_sent_along_is_read(address: str, data: Any) -> None:
    answer = ask_many(address, "read_one", data=data)

    assert answer.json() == {"error": "There is no photo in the request; send one."}


def test_a_table_that_is_none_is_explained(address: str) -> None:
    answer = ask_many(address, "write_table", data=[1])

    assert answer.json() == {"error": 'A table is a list of rows {"file", "text", "lowest_confidence", "error"}.'}


def find_event(address: str, elem_id: str, event: str) -> int:
    """The number of what the page calls when an element of it has an event."""
    config = httpx.get(f"{address}config").json()
    [element] = [part["id"] for part in config["components"] if part["props"].get("elem_id") == elem_id]
    [number] = [d["id"] for d in config["dependencies"] if [element, event] in d["targets"]]
    return number


def test_forty_pages_drawing_at_once_get_their_own_answers(address: str) -> None:
    """What the sketchpad sends does not queue, so here every request has its own thread of the server."""
    number = find_event(address, "sketchpad", "input")

    def draw(page: int) -> str:
        session = {"fn_index": number, "session_hash": f"page{page}", "event_data": {}}
        with httpx.Client(timeout=60) as browser:
            answers = [
                browser.post(f"{address}gradio_api/run/predict", json={"data": [drawing, None], **session})
                for drawing in [{**digit_drawing(page % 10), "live": live} for live in (True, False)]
            ]
        texts = [answer.json()["data"][0] for answer in answers]
        assert [' live"' in text for text in texts] == [True, False]
        return texts[1].split('aria-hidden="true">')[1][0]

    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(draw, range(40)))

    assert answers == [str(page % 10) for page in range(40)]
