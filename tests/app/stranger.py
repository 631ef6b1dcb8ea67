"""A page for strangers' requests, and what must be true after each: a sentence, no traceback, nothing on disk, and on.

The conftest of `app` loads this file as a plugin of pytest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.live_app import find_event, find_free_port
from interface.examples import digit_drawing
from model.recognizer import Classify, Recognizer

TIMEOUT = 120  # seconds; an answer takes 0.02, but the machine may be busy
FILE = {"_type": "gradio.FileData"}  # Gradio's mark of an uploaded file


class Stranger:
    """Somebody who sends what no page sends, and looks at what comes of it.

    Parameters
    ----------
    port : int
    uploads : Path
        The page's folder for what is uploaded.
    """

    def __init__(self, port: int, uploads: Path) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT)
        self.api = "/gradio_api"
        self.uploads = uploads
        self.draw = find_event(port)
        self._kept = self.list_files()

    def list_files(self) -> set[Path]:
        return {path for path in self.uploads.rglob("*") if path.is_file()}

    def call(self, body: Any) -> httpx.Response:
        """Call a function as the page does."""
        return self.http.post(f"{self.api}/run/predict", json=body)

    def draw_body(self, *drawing: Any, **fields: Any) -> dict[str, Any]:
        """What the sketchpad sends; a drawing other than a 1, or other fields."""
        data = [*(drawing or (digit_drawing(1),)), None]
        return {"data": data, "fn_index": self.draw, "session_hash": "stranger", **fields}

    def ask(self, name: str, argument: Any) -> tuple[str, Any]:
        """Call an endpoint of the API: the name of the event and its data."""
        posted = self.http.post(f"{self.api}/call/{name}", json={"data": [argument]})
        posted.raise_for_status()
        stream = self.http.get(f"{self.api}/call/{name}/{posted.json()['event_id']}").text
        event, data = stream.strip().split("\n")[-2:]
        return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))

    def send_file(self, name: str, content: bytes, field: str = "files") -> httpx.Response:
        return self.http.post(f"{self.api}/upload", files={field: (name, content)})

    def read_file(self, name: str, content: bytes) -> tuple[str, Any]:
        """Upload a file and have it read through the API."""
        uploaded = self.send_file(name, content)
        assert uploaded.status_code == 200, uploaded.text
        [path] = uploaded.json()
        self._kept.add(Path(path))  # what was not refused stays until it is old
        return self.ask("recognize_photo", {"path": path, "meta": FILE})

    def expect_nothing_happened(self, printed: str) -> None:
        """No traceback, nothing new on disk, and the next drawing is read."""
        assert "Traceback" not in printed
        assert self.list_files() <= self._kept
        answer = self.call(self.draw_body())
        assert answer.status_code == 200, answer.text
        assert 'aria-hidden="true">1</div>' in answer.json()["data"][0]


def expect_sentence(answer: httpx.Response, *statuses: int) -> str:
    """It is refused, in words."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:200]}"
    said = answer.json()
    sentence = said.get("error") or said.get("detail")
    assert isinstance(sentence, str)
    assert len(sentence.split()) > 2
    return sentence


@pytest.fixture(scope="module")  # the folder is that of the whole process, other pages of the tests have their own
def _stranger(nearest_classify: Classify, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    from app import build_app, launch

    uploads = tmp_path_factory.mktemp("uploads")
    port = find_free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(uploads))  # Gradio looks at it while the page is built and started
        page = build_app(Recognizer(nearest_classify))
        launch(page, port=port)
        stranger = Stranger(port, uploads)
        yield stranger
        stranger.http.close()
        page.close(verbose=False)


@pytest.fixture
def stranger(_stranger: Stranger, capfd: pytest.CaptureFixture[str]) -> Iterator[Stranger]:
    """Afterwards nothing may have happened."""
    yield _stranger
    _stranger.expect_nothing_happened("".join(capfd.readouterr()))
