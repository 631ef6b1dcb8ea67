"""Start `python app.py` and talk to it as the page does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx

__all__ = [
    "Visitor",
    "find_event",
    "find_free_port",
    "measure_memory",
    "open_client",
    "read_photo_by_api",
    "start_app",
]

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
ANSWER = '<div class="digit" aria-hidden="true">'  # the digit follows


def find_free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def start_app(port: int, wait: bool = True) -> Iterator[str]:
    """Start the app as a person does; its address.

    Parameters
    ----------
    wait : bool
        Until it says that it is ready.
    """
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            if wait and not any(line.startswith("Draw at") for line in process.stdout):
                raise RuntimeError(f"app.py ended with status {process.wait()}")
            yield f"http://{HOST}:{port}/"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


class Visitor:
    """One page that is open in a browser: a connection that is kept, and a session of its own.

    Parameters
    ----------
    event : int
        The number of what the sketchpad calls; see `find_event`.
    """

    def __init__(self, port: int, event: int, name: str = "benchmark") -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._event = {"fn_index": event, "session_hash": name, "event_data": {}, "trigger_id": None}

    def draw(self, drawing: dict[str, Any], live: bool = False) -> str:
        """Send a drawing as the sketchpad does; the digit that the page would show, "" for none.

        Raises
        ------
        RuntimeError
            If the server answers with anything but 200.
        """
        body = json.dumps({"data": [{**drawing, "live": live}, None], **self._event})
        self._connection.request("POST", "/gradio_api/run/predict", body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise RuntimeError(f"status {response.status}: {text[:200]!r}")
        html = json.loads(text)["data"][0]
        return str(html.partition(ANSWER)[2][:1])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def find_event(port: int, elem_id: str = "sketchpad", event: str = "input") -> int:
    """The number of what the page calls when an element of it has an event."""
    connection = HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", "/config")
    config = json.loads(connection.getresponse().read())
    connection.close()
    [element] = [part["id"] for part in config["components"] if part["props"].get("elem_id") == elem_id]
    [number] = [d["id"] for d in config["dependencies"] if [element, event] in d["targets"]]
    return int(number)


def open_client(port: int) -> httpx.Client:
    """A program's way to the HTTP API; to open one takes 17 ms of the processor, which are not the server's."""
    return httpx.Client(base_url=f"http://{HOST}:{port}/gradio_api", timeout=300)


def read_photo_by_api(client: httpx.Client, photo: bytes) -> str:
    """Upload a JPEG and have it read, as a program does; its text."""
    [path] = client.post("/upload", files={"files": ("photo.jpg", photo)}).raise_for_status().json()
    argument = {"path": path, "meta": {"_type": "gradio.FileData"}}
    call = client.post("/call/recognize_photo", json={"data": [argument]}).raise_for_status().json()["event_id"]
    event, data = client.get(f"/call/recognize_photo/{call}").text.strip().split("\n")[-2:]
    if event != "event: complete":
        raise RuntimeError(f"{event}, {data}")
    return str(json.loads(data.removeprefix("data: "))[0]["text"])


def measure_memory() -> float:
    """MB that the app and its network take together, which this process has started; Linux only."""
    processes: list[int] = []
    for thread in os.listdir("/proc/self/task"):
        with suppress(FileNotFoundError):  # it has ended since
            processes += map(int, Path(f"/proc/self/task/{thread}/children").read_text().split())
    for process in processes:
        processes += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in processes)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
