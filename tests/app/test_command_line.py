"""`python app.py` as a person starts it: every option, every way it can go wrong, and its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from processes import wait_for_end

from interface import texts
from model.recognizer import DEFAULT_MODEL
from serving.slow_down import FREE

APP = Path(__file__).parents[2] / "app.py"
STARTED = 120  # seconds at most; 4 on a machine with nothing else to do


def run(*options: object) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    command = [sys.executable, APP, *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=STARTED, check=False)


@contextmanager
def start(*options: object, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Start it, and end it afterwards if it is still there."""
    command = [sys.executable, APP, *map(str, options)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
        start_new_session=True,  # a group of processes, as in a terminal
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_address(process: subprocess.Popen[str]) -> str:
    """Wait for the line with the address; what was printed before it is left out."""
    assert process.stdout
    for line in process.stdout:
        if line.startswith("Draw at "):
            return line.removeprefix("Draw at ").strip()
    raise AssertionError(f"ended with status {process.wait()}: {process.stderr and process.stderr.read()}")


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """As a terminal does: every process of the group gets the signal."""
    os.killpg(process.pid, signal.SIGINT)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_help_names_every_option() -> None:
    ended = run("--help")

    assert ended.returncode == 0
    for option in ("--host", "--port", "--lan", "--share", "--share-server HOST:PORT", "--auth USER:PASSWORD"):
        assert option in ended.stdout
    for option in ("--auth-file FILE", "--model"):
        assert option in ended.stdout
    for default in ("127.0.0.1", "mnist.h5"):
        assert default in ended.stdout
    assert "default: None" not in ended.stdout
    assert ended.stderr == ""


def test_no_model(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.h5"

    ended = run("--model", missing)

    assert ended.returncode == 2
    assert ended.stderr == f"No model at {missing}; run python train_model.py\n"
    assert ended.stdout == ""


def test_damaged_model(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.h5"
    damaged.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(1000))

    ended = run("--model", damaged, "--port", find_free_port())

    assert ended.returncode == 2
    assert ended.stderr == f"{damaged} is no Keras model that can be loaded; run python train_model.py\n"
    assert ended.stdout == ""


def test_each_of_several_models_must_be_there_and_be_one(tmp_path: Path) -> None:
    missing, damaged = tmp_path / "nothing.h5", tmp_path / "damaged.h5"
    damaged.write_bytes(bytes(1000))

    for wrong, sentence in (
        (missing, f"No model at {missing}; run python train_model.py\n"),
        (damaged, f"{damaged} is no Keras model that can be loaded; run python train_model.py\n"),
    ):
        ended = run("--model", DEFAULT_MODEL, "--model", wrong, "--port", find_free_port())
        assert (ended.returncode, ended.stderr, ended.stdout) == (2, sentence, "")


def test_taken_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run("--port", port)

    assert ended.returncode == 2
    assert ended.stderr == f"Port {port} at 127.0.0.1 is taken; choose another with --port.\n"
    assert ended.stdout == ""


@pytest.mark.parametrize("login", ["ada", ":secret", "ada:", ""])
def test_login_without_user_or_password(login: str) -> None:
    ended = run("--auth", login)

    assert ended.returncode == 2
    assert ended.stderr.endswith("error: argument --auth: expected is user:password, both not empty\n")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--share-server", "example.org"], "error: argument --share-server: expected is HOST:PORT"),
        (["--lan", "--host", "192.0.2.7"], "error: --lan listens on all addresses; leave --host out, or --lan"),
        (["--port", "0"], "A port is a number from 1 to 65535, not 0."),
        (["--auth-file", "no/such/file"], "no/such/file cannot be read: No such file or directory."),
        (["--auth", "ada:1", "--auth", "ada:2"], "There are two passwords for ada; leave one out."),
    ],
)
def test_what_cannot_be_done_is_said_with_the_cure(options: list[str], sentence: str) -> None:
    ended = run(*options)

    assert ended.returncode == 2
    assert sentence in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_login_is_asked_for_and_ctrl_c_ends_quietly() -> None:
    port = find_free_port()
    with start("--auth", "ada:se:cret", "--auth", "bo:other", "--port", port) as process:
        address = read_address(process)
        assert address == f"http://127.0.0.1:{port}/"
        drawing = {"data": [{"width": 1, "height": 1, "strokes": []}]}
        with httpx.Client(base_url=address, timeout=60) as visitor:
            for path in ("config", "gradio_api/info"):
                assert visitor.get(path).status_code == 401
            assert visitor.post("gradio_api/call/recognize_drawing", json=drawing).status_code == 401
            for _ in range(FREE):
                wrong = visitor.post("login", data={"username": "ada", "password": "other"})
                assert wrong.status_code == 400
            slowed = visitor.post("login", data={"username": "eve", "password": ""})
            assert slowed.status_code in (400, 422)
            assert slowed.elapsed.total_seconds() >= 1
            right = visitor.post("login", data={"username": "ada", "password": "se:cret"})
            assert right.status_code == 200
            assert visitor.get("config").status_code == 200
            assert visitor.post("gradio_api/call/recognize_drawing", json=drawing).status_code == 200

        press_ctrl_c(process)
        _, errors = process.communicate(timeout=STARTED)

    assert process.returncode in (0, 130)
    assert errors == ""


PRESS_CTRL_C_AT = """
import os, signal, sys, app

class Impatient:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            os.killpg(0, signal.SIGINT)

sys.meta_path.insert(0, Impatient())
sys.exit(app.main([]))
"""


@pytest.mark.parametrize("module", ["numpy", "gradio"])
def test_ctrl_c_while_starting_ends_quietly(module: str) -> None:
    """Before anything is there; and while Gradio is being imported, and the model is loading behind it."""
    command = [sys.executable, "-c", PRESS_CTRL_C_AT, module]
    ended = subprocess.run(
        command,
        cwd=APP.parent,
        capture_output=True,
        text=True,
        timeout=STARTED,
        check=False,
        start_new_session=True,  # Ctrl-C reaches every process of the group, but not this one
    )

    assert ended.returncode == 130
    assert (ended.stdout, ended.stderr) == ("", "")


def test_share_link_that_cannot_be_made(tmp_path: Path) -> None:
    """Neither Gradio's service nor the program that makes the tunnel can be had; the local page answers."""
    nowhere = f"http://127.0.0.1:{find_free_port()}"
    offline = {"HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere, "NO_PROXY": "127.0.0.1", "HF_HOME": str(tmp_path)}
    with start("--share", "--port", find_free_port(), **offline) as process:
        address = read_address(process)
        assert httpx.get(address, timeout=60).status_code == 200
        sentences = process.stdout.readline()
        press_ctrl_c(process)
        _, errors = process.communicate(timeout=STARTED)

    assert sentences.startswith(f"{texts.LINK['failed']} The program that makes it could not be downloaded.")
    assert str(tmp_path / "gradio" / "frpc") in sentences
    assert "--lan" in sentences
    assert errors == ""


NO_NETWORK = "This computer is in no local network; connect it to one and start again.\n"
TUNNEL = """#!/bin/sh
echo $$ > "$(dirname "$0")/pid"
echo "$@" > "$(dirname "$0")/arguments"
echo "2026/11/27 [I] [control.go:178] [x] start proxy success: http://one.example.org"
exec sleep 600
"""


def test_killed_while_shared_it_starts_again_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    """With a program that says what Gradio's does; the tunnel goes with the app, and the password is nowhere."""
    from gradio.tunneling import BINARY_FILENAME

    program = tmp_path / "gradio" / "frpc" / BINARY_FILENAME
    program.parent.mkdir(parents=True)
    program.write_text(TUNNEL)
    program.chmod(0o755)
    accounts = tmp_path / "accounts"
    accounts.write_text("ada:secret\n")
    accounts.chmod(0o600)
    port = find_free_port()
    options = ["--share-server", "https://example.org:7000", "--lan", "--auth-file", accounts, "--port", port]

    with socket.create_server(("127.0.0.1", 0)) as internet:
        proxy = f"http://127.0.0.1:{internet.getsockname()[1]}"
        environment = {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "NO_PROXY": "127.0.0.1",
            "HF_HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "DIGITS_AUTH": "bo:hidden",
        }
        with start(*options, **environment) as process:
            assert read_address(process) == f"http://localhost:{port}/"
            place, _, lan = process.stdout.readline().partition("http")
            assert place in ("In this network: ", NO_NETWORK)
            if lan:
                assert httpx.get(f"http{lan.strip()}", timeout=60).status_code == 200
            assert process.stdout.readline() == f"{texts.LINK['password']} https://one.example.org\n"
            assert process.stdout.readline() == f"{texts.LINK['lasts_own']}\n"
            tunnel = int((program.parent / "pid").read_text())
            for running in (process.pid, tunnel):
                assert b"secret" not in Path(f"/proc/{running}/cmdline").read_bytes()
            assert b"hidden" not in Path(f"/proc/{tunnel}/environ").read_bytes()
            process.kill()
            said = "".join(process.communicate(timeout=STARTED))
        wait_for_end(tunnel)
        assert len(list(tmp_path.glob("handwritten-digits-*"))) == 1

        with start(*options, **environment) as process:
            address = read_address(process)
            assert len(list(tmp_path.glob("handwritten-digits-*"))) == 1
            for user, password in (("ada", "secret"), ("bo", "hidden")):
                login = httpx.post(f"{address}login", data={"username": user, "password": password}, timeout=60)
                assert login.status_code == 200
            process.send_signal(signal.SIGTERM)
            said += "".join(process.communicate(timeout=STARTED))
        assert process.returncode == 0

        internet.setblocking(False)
        with pytest.raises(BlockingIOError):
            internet.accept()
    assert "secret" not in said
    assert list(tmp_path.glob("handwritten-digits-*")) == []
