"""The tunnel, with a program in the place of Gradio's that says what that says: a link, and all ways to lose it."""

from __future__ import annotations

import http.server
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import PATIENCE, wait_for_end

from serving.keeper import NOT_STARTED
from serving.links import PublicLink
from serving.tunnel import KEEPER, Program, ShareServer, Tunnel, read_share_server

SERVER = ShareServer("share.example.org", 7000, "http")
OPEN = "echo '2026/11/27 [I] [control.go:178] [x] start proxy success: http://one.example.org'"
AGAIN = "echo '[x] start proxy success: http://two.example.org'"
LOST = "echo '[W] [service.go:131] try to reconnect to server...'"
STAY = "exec sleep 600"


class Watched:
    """A tunnel, and what it tells."""

    def __init__(self, folder: Path, script: str | None, **options: Any) -> None:
        self.program = folder / "frpc"
        if script is not None:
            self.program.write_text(f'#!/bin/sh\necho $$ > {folder}/pid\necho "$@" > {folder}/arguments\n{script}\n')
            self.program.chmod(0o755)
        self.folder = folder
        self.told: queue.Queue[PublicLink] = queue.Queue()
        install = options.pop("install", lambda: None)
        program = Program(self.program, "https://example.org/frpc", install)
        self.tunnel = Tunnel("0.0.0.0", 7860, program, folder, self.told.put, **{"server": SERVER, **options})
        self.tunnel.open()

    def hear(self) -> PublicLink:
        return self.told.get(timeout=PATIENCE)

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    watched: list[Watched] = []

    def start(script: str | None, **options: Any) -> Watched:
        watched.append(Watched(tmp_path, script, **options))
        return watched[-1]

    yield start
    for one in watched:
        one.tunnel.close()
        one.tunnel._thread.join(PATIENCE)


def test_the_link_comes_goes_and_comes_back_as_another(watch: Callable[..., Watched], tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    watched = watch(f"{OPEN}\nread x < {go}\n{LOST}\nread x < {go}\n{AGAIN}\n{STAY}")

    assert watched.hear() == PublicLink("open", "http://one.example.org", server="share.example.org:7000")
    go.write_text("go\n")
    interrupted = watched.hear()
    assert (interrupted.state, interrupted.url) == ("interrupted", "http://one.example.org")
    assert "reconnect" in interrupted.said
    go.write_text("go\n")
    assert watched.hear() == PublicLink("open", "http://two.example.org", server="share.example.org:7000")

    os.kill(watched.pid, signal.SIGKILL)
    assert watched.hear().state == "broken"


def test_the_program_is_told_where_the_page_is_and_ends_with_the_tunnel(watch: Callable[..., Watched]) -> None:
    watched = watch(f"{OPEN}\n{STAY}")
    watched.hear()
    arguments = (watched.folder / "arguments").read_text()

    assert arguments.startswith("http -n ")
    assert "-l 7860 -i 127.0.0.1" in arguments
    assert "--server_addr share.example.org:7000" in arguments
    assert "tls" not in arguments
    watched.tunnel.close()
    wait_for_end(watched.pid)
    assert watched.told.empty()  # it is no news that what was closed is closed


@pytest.mark.parametrize(
    ("script", "problem", "said"),
    [
        ("echo '[E] login to server failed: dial tcp: i/o timeout'", "server", "dial tcp"),
        ("echo '[W] [x] start error: no more links today'", "server", "no more links"),
        ("echo 'cannot execute: wrong libraries' >&2; exit 1", "ended", "wrong libraries"),
        ("exit 0", "ended", ""),
    ],
)
def test_a_program_that_gets_no_link(watch: Callable[..., Watched], script: str, problem: str, said: str) -> None:
    failed = watch(script).hear()

    assert (failed.state, failed.problem, failed.url) == ("failed", problem, "")
    assert said in failed.said


def test_one_that_says_nothing_is_given_up(watch: Callable[..., Watched]) -> None:
    watched = watch(STAY, patience=0.5)

    failed = watched.hear()
    assert (failed.state, failed.problem) == ("failed", "server")
    watched.tunnel._thread.join(PATIENCE)
    assert watched.told.empty()


def test_a_program_that_may_not_be_run_is_named_with_its_source(watch: Callable[..., Watched], tmp_path: Path) -> None:
    (tmp_path / "frpc").write_bytes(b"\x7fELF, but not for this processor")
    failed = watch(None).hear()

    assert (failed.state, failed.problem) == ("failed", "program")
    assert failed.file == str(tmp_path / "frpc")
    assert failed.source == "https://example.org/frpc"


def test_a_program_that_is_deleted_as_soon_as_it_is_there(watch: Callable[..., Watched]) -> None:
    failed = watch(None).hear()

    assert (failed.state, failed.problem) == ("failed", "program")


def test_a_download_that_fails_is_told_apart_from_one_that_is_damaged(
    watch: Callable[..., Watched], tmp_path: Path
) -> None:
    def fail() -> None:
        raise httpx.ConnectError("no internet")

    def damage() -> None:
        (tmp_path / "frpc").write_bytes(b"half")
        raise ValueError("another checksum")

    assert watch(None, install=fail).hear().problem == "download"
    assert watch(None, install=damage).hear().problem == "program"
    assert not (tmp_path / "frpc").exists()  # or it would be run the next time


class Directory(http.server.BaseHTTPRequestHandler):
    """Gradio's service, which names a server."""

    answer: Any = None

    def do_GET(self) -> None:
        body = json.dumps(self.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def directory() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Directory) as service:
        thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{service.server_port}/"
        service.shutdown()
        thread.join()


def test_without_a_server_of_ones_own_gradios_is_asked_for(watch: Callable[..., Watched], directory: str) -> None:
    Directory.answer = [{"host": "gradio.example.org", "port": 7000, "root_ca": "a certificate"}]
    watched = watch(f"{OPEN}\n{STAY}", server=None, directory=directory)

    assert watched.hear() == PublicLink("open", "https://one.example.org")
    certificate = watched.folder / "share-server.pem"
    assert certificate.read_text() == "a certificate"
    arguments = (watched.folder / "arguments").read_text()
    assert f"--tls_enable --tls_trusted_ca_file {certificate}" in arguments


@pytest.mark.parametrize("answer", [[], {}, [{"host": "x"}], [{"host": "x", "port": "y", "root_ca": ""}], "closed"])
def test_a_service_that_answers_nonsense(watch: Callable[..., Watched], directory: str, answer: Any) -> None:
    Directory.answer = answer

    assert watch(STAY, server=None, directory=directory).hear().problem == "gradio"


def test_a_program_does_not_outlive_an_app_that_is_killed(tmp_path: Path) -> None:
    """Or its link would lead to whatever listens on that port next."""
    app = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE); time.sleep(600)"
    program = ["sh", "-c", f"echo $$ > {tmp_path}/pid; echo up; {STAY}"]
    command = [sys.executable, "-c", app, sys.executable, "-I", str(KEEPER), *program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == "up\n"
        killed.kill()
        killed.wait()
        wait_for_end(int((tmp_path / "pid").read_text()))


def test_the_keeper_tells_a_program_that_cannot_be_started_from_one_that_fails(tmp_path: Path) -> None:
    for program, status in (([tmp_path / "nothing"], NOT_STARTED), (["sh", "-c", "exit 3"], 3)):
        command = [sys.executable, "-I", str(KEEPER), *map(str, program)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as keeper:
            assert keeper.wait(PATIENCE) == status


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("share.example.org:7000", ShareServer("share.example.org", 7000, "http")),
        ("https://share.example.org:7000/", ShareServer("share.example.org", 7000, "https")),
    ],
)
def test_a_share_server_is_read(text: str, server: ShareServer) -> None:
    assert read_share_server(text) == server


@pytest.mark.parametrize(
    "text", ["", "share.example.org", "share:port", ":7000", "ftp://x:1", "x:70000", "x:7000/path", "[x:7000"]
)
def test_what_is_no_share_server(text: str) -> None:
    with pytest.raises(ValueError, match="expected is HOST:PORT|Port|Invalid IPv6"):
        read_share_server(text)
