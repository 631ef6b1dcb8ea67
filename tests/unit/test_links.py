"""The addresses for others: the one in the network, codes, and the sentences on a public link."""

from __future__ import annotations

import ipaddress
import re

import cv2
import numpy as np
import pytest

from interface import texts
from interface.link import explain_link, say_link, to_status
from serving.links import Links, PublicLink, draw_qr, find_lan_address, is_everywhere

URL = "https://0123456789abcdef01.gradio.live"
LAN = "http://192.168.1.20:7860/"
FAILED = PublicLink("failed", problem="program", file="/home/ada/frpc", source="https://example.org/frpc", said="eek")


def rasterize(svg: str) -> np.ndarray:
    """The modules of a code, 8 pixels each, from the rows that segno draws: `M x y h length`, relative after that."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    modules = np.full((side, side), 255, np.uint8)
    path = re.search(r'stroke="#000"[^>]*d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', svg)
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        values = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            modules[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return modules.repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize("url", [URL, LAN, "https://digits.example.org/a/long/path?with=a-query&and=more"])
def test_a_code_is_read_by_a_camera(url: str) -> None:
    text, *_ = cv2.QRCodeDetector().detectAndDecode(rasterize(draw_qr(url)))

    assert text == url


def test_the_address_in_the_network_is_one_that_others_reach() -> None:
    address = find_lan_address()

    assert address is None or not ipaddress.ip_address(address).is_loopback


def test_who_listens_everywhere() -> None:
    assert [is_everywhere(host) for host in ("0.0.0.0", "::", "127.0.0.1", "192.168.1.20")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_public_link_says_how_long_it_lasts_and_who_may_come() -> None:
    links = Links(public=PublicLink("open", url=URL))
    assert say_link(links) == f"Public: anyone with the link can draw. {URL}\n{texts.LINK['lasts']}"
    assert to_status(links, is_host=False)["access"] == "open_to_all"

    own = Links(has_password=True, public=PublicLink("open", url=URL, server="example.org:7000"))
    assert say_link(own) == f"Visitors are asked for a name and a password. {URL}\n{texts.LINK['lasts_own']}"
    status = to_status(own, is_host=False)
    assert status["access"] == "password"
    assert status["public"]["url"] == URL
    assert status["public"]["qr"] == draw_qr(URL)


@pytest.mark.parametrize("state", ["opening", "interrupted", "broken"])
def test_other_states_have_a_sentence(state: str) -> None:
    keys, values = explain_link(PublicLink(state, url=URL), has_lan=False)
    assert (keys, values) == ([state], {})
    assert texts.LINK[state]


@pytest.mark.parametrize("problem", ["program", "download", "gradio", "server", "ended"])
def test_each_failure_has_its_reason_and_cures(problem: str) -> None:
    links = Links(public=PublicLink("failed", problem=problem, file="/f", source="https://s", server="h:1"))
    sentences = say_link(links)

    assert "{" not in sentences
    assert "--share-server HOST:PORT" in sentences
    assert "--lan" in sentences
    links.lan = LAN
    assert "the address below" in say_link(links)


def test_who_has_started_the_app_learns_which_file_is_missing_and_others_do_not() -> None:
    links = Links(public=FAILED)

    assert "/home/ada/frpc" in say_link(links)
    assert "eek" in say_link(links)
    host, other = (to_status(links, is_host)["public"] for is_host in (True, False))
    assert host["values"]["file"] == "/home/ada/frpc"
    assert other == {"state": "failed", "url": "", "qr": "", "says": ["failed", "ask"], "values": {}}


def test_the_network_has_its_own_code_beside_a_failure() -> None:
    status = to_status(Links(lan=LAN, public=FAILED), is_host=True)

    assert status["lan"] == {"url": LAN, "qr": draw_qr(LAN), "says": ["lan_note"], "values": {}}
    assert to_status(Links(), is_host=True)["lan"] is None
    assert to_status(Links(), is_host=True)["public"] is None
    assert say_link(Links()) == ""
