"""A host and a port in; whether the page can listen there out, and if not, why, in words."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

__all__ = ["PortError", "avoid_proxy", "check_port", "find_free_ports"]

FIRST = 7860  # where Gradio's pages are
FIRST_VARIABLE = "GRADIO_SERVER_PORT"  # the first one elsewhere, as on Hugging Face
TRIED = 100
HIGHEST = 65535


class PortError(ValueError):
    """The page cannot listen there; the message is for the user."""


def avoid_proxy() -> None:
    """Let this process reach itself, as Gradio does when it starts, also where a proxy leads to the internet."""
    names = ("NO_PROXY", "no_proxy")
    known = [place for name in names for place in os.environ.get(name, "").split(",") if place]
    for name in names:
        os.environ[name] = ",".join(dict.fromkeys([*known, "localhost", "127.0.0.1", "::1"]))


def check_port(host: str, port: int) -> None:
    """See whether a port can be listened on, before Gradio does, which takes seconds and calls all reasons one.

    Raises
    ------
    PortError
    """
    if not 1 <= port <= HIGHEST:
        raise PortError(f"A port is a number from 1 to {HIGHEST}, not {port}.")
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if os.name != "nt":  # there it would let two share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror:
        raise PortError(f"{host} is no address of this computer; leave --host out, or use --lan.") from None
    except OSError as problem:
        raise PortError(_explain(problem, host, port)) from None


def _explain(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this computer; leave --host out, or use --lan."
    if problem.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} is kept for administrators; choose one from 1024 on with --port."
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} at {host} is taken; choose another with --port."
    return f"The page cannot be served at {host}, port {port}: {problem.strerror}."


def find_free_ports(host: str) -> Iterator[int]:
    """The ports from 7860 on, or from the environment's, that can be listened on; each is looked at when asked for.

    Raises
    ------
    PortError
        If none can, for the reason that the last of them has.
    """
    found = False
    reason = PortError("")
    text = os.environ.get(FIRST_VARIABLE) or str(FIRST)
    if not text.isdecimal():
        raise PortError(f"{FIRST_VARIABLE} is {text}, and no number; correct it, or choose a port with --port.")
    for port in range(int(text), int(text) + TRIED):
        try:
            check_port(host, port)
        except PortError as problem:
            reason = problem
            continue
        found = True
        yield port
    if not found:
        raise reason
