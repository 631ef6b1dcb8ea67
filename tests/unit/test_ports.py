"""Where the page may listen, and the sentences on where it may not."""

from __future__ import annotations

import errno
import itertools
import os
import socket
from collections.abc import Iterator

import pytest

from serving import ports
from serving.ports import PortError, avoid_proxy, check_port, find_free_ports

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind((HERE, 0))
        other.listen()
        yield other.getsockname()[1]


def say(host: str, port: int) -> str:
    with pytest.raises(PortError) as problem:
        check_port(host, port)
    return str(problem.value)


def test_a_taken_port_is_said_to_be_taken_and_free_when_it_is_left(taken: int) -> None:
    assert say(HERE, taken) == f"Port {taken} at {HERE} is taken; choose another with --port."
    assert say("0.0.0.0", taken) == f"Port {taken} at 0.0.0.0 is taken; choose another with --port."
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        free = probe.getsockname()[1]
    check_port(HERE, free)


def test_a_port_is_free_at_once_after_its_server_has_died_with_a_visitor() -> None:
    """The visitor's connection then lingers in TIME_WAIT, which must not be taken for a server."""
    with socket.create_server((HERE, 0)) as server:
        port = server.getsockname()[1]
        visitor = socket.create_connection((HERE, port))
        served, _ = server.accept()
        served.close()  # the side that closes first lingers
        visitor.close()
    check_port(HERE, port)


@pytest.mark.parametrize("port", [0, -1, 65536, 10**9])
def test_what_is_no_port(port: int) -> None:
    assert say(HERE, port) == f"A port is a number from 1 to 65535, not {port}."


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_that_is_not_of_this_computer(host: str) -> None:
    assert say(host, 7860) == f"{host} is no address of this computer; leave --host out, or use --lan."


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "Port 80 is kept for administrators; choose one from 1024 on with --port."),
        (errno.ENOBUFS, "The page cannot be served at here, port 80: no room."),
    ],
)
def test_other_reasons(number: int, sentence: str) -> None:
    assert ports._explain(OSError(number, "no room"), "here", 80) == sentence


def test_the_next_free_port_is_found_from_7860_on() -> None:
    found = list(itertools.islice(find_free_ports(HERE), 2))

    assert 7860 <= found[0] < found[1]
    with socket.create_server((HERE, found[0])):
        assert next(find_free_ports(HERE)) != found[0]


def test_where_no_port_can_be_listened_on_the_reason_is_said() -> None:
    with pytest.raises(PortError, match=r"203\.0\.113\.7 is no address of this computer"):
        next(find_free_ports("203.0.113.7"))


def test_what_is_here_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example.org,127.0.0.1")
    monkeypatch.setenv("no_proxy", "")
    avoid_proxy()
    for name in ("NO_PROXY", "no_proxy"):
        assert os.environ[name] == "intranet.example.org,127.0.0.1,localhost,::1"


def test_the_environment_names_the_first_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", "18860")
    assert next(find_free_ports(HERE)) in range(18860, 18960)
    monkeypatch.setenv("GRADIO_SERVER_PORT", "first")
    with pytest.raises(PortError, match="GRADIO_SERVER_PORT is first, and no number"):
        next(find_free_ports(HERE))
