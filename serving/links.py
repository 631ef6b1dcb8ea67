"""The addresses under which others reach the page: found, drawn as QR codes, and kept up to date for who asks."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from threading import Lock
from typing import Literal

__all__ = ["Links", "PublicLink", "draw_qr", "find_lan_address", "is_everywhere"]

ELSEWHERE = ("192.0.2.1", 9)  # reserved for documentation; nothing is sent there
MARGIN = 4  # modules of white around a code, as the standard has it


@dataclass(frozen=True)
class PublicLink:
    """The public link at one moment.

    Attributes
    ----------
    state : str
        "opening"; "open"; "interrupted" while the tunnel tries to come back; "failed" where there never was a link;
        "broken" where there is one no more.
    url : str
        "" where there is none.
    problem : str
        Of one that failed: "program" (it cannot be run), "download" (it cannot be had), "gradio" (the service does not
        answer), "server" (the server cannot be reached, or refuses), "ended".
    file, source : str
        Of the problems "program" and "download": where the program belongs, and whence it comes.
    server : str
        The share server that was asked for, as HOST:PORT; "" for Gradio's.
    said : str
        The last that the program said, which may be for experts.
    """

    state: Literal["opening", "open", "interrupted", "failed", "broken"]
    url: str = ""
    problem: str = ""
    file: str = ""
    source: str = ""
    server: str = ""
    said: str = ""


class Links:
    """What is known of the addresses, from any thread.

    Parameters
    ----------
    has_password : bool
        Whether visitors are asked for one.
    lan : str
        The address in the local network; "" for none. It may be known only when the page is served.
    public : PublicLink or None
        None where none was asked for.
    """

    def __init__(self, has_password: bool = False, lan: str = "", public: PublicLink | None = None) -> None:
        self.has_password = has_password
        self.lan = lan
        self._public = public
        self._lock = Lock()

    @property
    def public(self) -> PublicLink | None:
        """As it is now."""
        with self._lock:
            return self._public

    @public.setter
    def public(self, link: PublicLink) -> None:
        with self._lock:
            self._public = link


def is_everywhere(host: str) -> bool:
    """Whether who listens there is reached from the whole network."""
    return host in ("0.0.0.0", "::", "[::]")


def find_lan_address() -> str | None:
    """The address of this computer in its local network, without asking anybody; None where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)  # of UDP this only chooses the way
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith(("127.", "0.")) else address


def draw_qr(text: str) -> str:
    """A QR code as SVG, black on white as cameras need it, also on a dark page, and as large as its place."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return str(code.svg_inline(border=MARGIN, omitsize=True, dark="#000", light="#fff"))
