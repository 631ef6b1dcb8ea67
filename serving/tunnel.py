"""A local port in, a public link out: Gradio's tunnel, run beside the page and watched as long as it lives.

`Blocks.launch(share=True)` waits for the link, up to a minute, before it goes on, hangs where the program dies, takes
no notice when the tunnel breaks, and has visitors load Gradio's page from its makers' server. Hence our own.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from serving.keeper import NOT_STARTED
from serving.links import PublicLink, is_everywhere

__all__ = ["Program", "ShareServer", "Tunnel", "read_share_server"]

DIRECTORY = "https://api.gradio.app/v3/tunnel-request"  # which of Gradio's servers is to be used
PATIENCE = 30  # seconds for each step to the link, as Gradio has it
ENDING = 5  # seconds for the tunnel to end by itself
LOCALHOST = "127.0.0.1"
KEEPER = Path(__file__).with_name("keeper.py")
OPENED = re.compile(r"start proxy success: (\S+)")
REFUSED = ("login to server failed", "start error")
INTERRUPTED = ("try to reconnect to server", "reconnect to server error")


@dataclass(frozen=True)
class Program:
    """Gradio's tunnel program: where it lies, whence it comes, and how it gets there."""

    path: Path
    source: str
    install: Callable[[], Any]


@dataclass(frozen=True)
class ShareServer:
    """Where a tunnel ends, the scheme of the links there, and the certificate by which it is known, if it has one."""

    host: str
    port: int
    scheme: str
    certificate: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read_share_server(text: str) -> ShareServer:
    """Read `HOST:PORT`, or with the scheme of its links `https://HOST:PORT`; without, it is http.

    Raises
    ------
    ValueError
    """
    place = urlsplit(text if "://" in text else f"http://{text}")
    if place.scheme not in ("http", "https") or not place.hostname or not place.port or place.path.strip("/"):
        raise ValueError("expected is HOST:PORT, or https://HOST:PORT")
    return ShareServer(place.hostname, place.port, place.scheme)


class _Failed(Exception):
    """There is no link, for a reason that `PublicLink.problem` names."""


class Tunnel:
    """Makes the link in a thread of its own, and tells what becomes of it.

    Parameters
    ----------
    host, port : str, int
        Where the page listens, on this computer.
    program : Program
    folder : Path
        For the certificate of Gradio's server.
    tell : function
        Called with each new `PublicLink`, from other threads.
    server : ShareServer, optional
        Without one, Gradio's.
    directory : str
        The URL that names Gradio's server.
    patience : float
        Seconds for the program to come to a link.
    """

    def __init__(
        self,
        host: str,
        port: int,
        program: Program,
        folder: Path,
        tell: Callable[[PublicLink], None],
        server: ShareServer | None = None,
        directory: str = DIRECTORY,
        patience: float = PATIENCE,
    ) -> None:
        self._place = (LOCALHOST if is_everywhere(host) else host, port)
        self._program = program
        self._folder = folder
        self._tell = tell
        self._server = server
        self._directory = directory
        self._patience = patience
        self._link = PublicLink("opening", server=str(server or ""))
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def open(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the tunnel, and tell nothing more."""
        with self._lock:
            self._closed = True
            process = self._process
        if process:
            _end(process)

    def _run(self) -> None:
        try:
            _install(self._program)
            server = self._server or _find_gradios_server(self._directory, self._folder)
            self._watch(server)
        except _Failed as problem:
            self._report(state="failed", problem=str(problem))

    def _watch(self, server: ShareServer) -> None:
        command = [sys.executable, "-I", str(KEEPER), *_make_command(self._program.path, *self._place, server)]
        with self._lock:
            if self._closed:
                return
            self._process = process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # which tells the keeper how long we live
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C is for us, not for the tunnel
            )
        impatience = threading.Timer(self._patience, self._give_up, [process])
        impatience.daemon = True
        impatience.start()
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                self._hear(line.strip(), server)
                if self._link.state == "open":
                    impatience.cancel()
        impatience.cancel()
        _end(process)
        if self._link.state in ("open", "interrupted"):
            self._report(state="broken", problem="ended")
        elif process.wait() == NOT_STARTED:
            raise _Failed("program")
        elif self._link.state == "opening":
            raise _Failed("ended")

    def _hear(self, line: str, server: ShareServer) -> None:
        if not line:
            return
        opened = OPENED.search(line)
        if opened:
            url = urlsplit(opened[1])._replace(scheme=server.scheme).geturl()
            self._report(state="open", url=url)
            return
        self._link = replace(self._link, said=line)
        if self._link.state == "open" and any(sign in line for sign in INTERRUPTED):
            self._report(state="interrupted")
        elif self._link.state == "opening" and any(sign in line for sign in REFUSED):
            self._report(state="failed", problem="server")

    def _give_up(self, process: subprocess.Popen[str]) -> None:
        if self._link.state == "opening":
            self._report(state="failed", problem="server")
        _end(process)

    def _report(self, **changes: Any) -> None:
        said = "" if changes["state"] in ("open", "opening") else self._link.said
        places = {}
        if changes.get("problem") in ("program", "download"):
            places = {"file": str(self._program.path), "source": self._program.source}
        with self._lock:
            self._link = replace(self._link, **{"said": said, **places, **changes})
            if self._closed:
                return
        self._tell(self._link)


def _install(program: Program) -> None:
    import httpx

    try:
        program.install()
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _Failed("download") from None
    except Exception:  # no place for it, another checksum than it should have, a processor that there is none for
        program.path.unlink(missing_ok=True)  # Gradio leaves it there, and would run it the next time
        raise _Failed("program") from None
    if not program.path.exists():
        raise _Failed("program")


def _find_gradios_server(directory: str, folder: Path) -> ShareServer:
    import httpx

    try:
        [answer, *_] = httpx.get(directory, timeout=PATIENCE).raise_for_status().json()
        certificate = folder / "share-server.pem"
        certificate.write_text(answer["root_ca"], "utf-8")
        return ShareServer(str(answer["host"]), int(answer["port"]), "https", certificate)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, OSError):
        raise _Failed("gradio") from None


def _make_command(program: Path, host: str, port: int, server: ShareServer) -> list[str]:
    """As Gradio 6.31 runs it."""
    command = [str(program), "http", "-n", secrets.token_urlsafe(32), "-l", str(port), "-i", host]
    command += ["--uc", "--sd", "random", "--ue", "--server_addr", str(server), "--disable_log_color"]
    if server.certificate:
        command += ["--tls_enable", "--tls_trusted_ca_file", str(server.certificate)]
    return command


def _end(process: subprocess.Popen[str]) -> None:
    """Let go of the keeper, which then ends the program and itself."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        process.kill()
