"""The panel with the links in a real browser: what a class sees on the projector, and what the teacher hears of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from on_the_page import LAPTOP, PHONE, canvas_of, expect_digit
from playwright.sync_api import Locator, Page, expect

from benchmarks.chromium import draw_with_mouse
from benchmarks.live_app import find_free_port
from interface import texts
from interface.examples import STROKES
from model.recognizer import Classify, Recognizer
from serving.links import Links, PublicLink

OpenPage = Callable[..., Page]

PUBLIC = "https://0123456789abcdef01.gradio.live"
LAN = "http://192.168.1.20:7860/"
FAILED = PublicLink("failed", problem="program", file="/home/ada/frpc", source="https://example.org/frpc")


@pytest.fixture(scope="module")
def links() -> Links:
    return Links()


@pytest.fixture(scope="module")
def shared_address(links: Links, nearest_classify: Classify) -> Iterator[str]:
    """The address of a page that shows these links."""
    from app import build_app, launch

    page = build_app(Recognizer(nearest_classify), links=links)
    yield launch(page, port=find_free_port())
    page.close(verbose=False)


@pytest.fixture
def opening(links: Links) -> Links:
    """The links while the public one is being made, and none in the network."""
    links.public, links.lan, links.has_password = PublicLink("opening"), "", False
    return links


def open_panel(page: Page) -> Locator:
    page.locator("#link button.open").click()
    panel = page.locator("#link dialog")
    expect(panel).to_be_visible()
    return panel


def look_again(page: Page) -> None:
    """Come back to the page, which then asks at once what is new; else it may take ten seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def read_code(picture: Locator) -> str:
    """What a phone's camera reads off the screen."""
    image = cv2.imdecode(np.frombuffer(picture.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    return cv2.QRCodeDetector().detectAndDecode(image)[0]


def test_the_page_does_not_wait_for_the_link_and_hears_when_it_comes_and_breaks(
    open_page: OpenPage, shared_address: str, opening: Links
) -> None:
    page = open_page(**LAPTOP, at=shared_address)
    panel = open_panel(page)
    expect(panel.locator(".note")).to_have_text(texts.LINK["opening"])
    panel.get_by_role("button", name=texts.LINK["close"]).click()
    draw_with_mouse(canvas_of(page), STROKES[7])
    expect_digit(page, 7)

    opening.public = PublicLink("open", url=PUBLIC)
    expect(page.locator("#link [role=status]")).to_have_text(f"{texts.LINK['lasts']} {PUBLIC}")
    open_panel(page)
    expect(panel.get_by_role("link", name=PUBLIC)).to_have_attribute("href", PUBLIC)
    expect(panel.locator(".access")).to_have_text(texts.LINK["open_to_all"])
    expect(panel.locator(".note")).to_have_text(texts.LINK["lasts"])

    opening.public = PublicLink("interrupted", url=PUBLIC)
    look_again(page)
    expect(page.locator("#link button.open")).to_have_text(texts.LINK["button_failed"])
    opening.public = PublicLink("broken", problem="ended")
    look_again(page)
    expect(panel.locator(".note")).to_have_text(texts.LINK["broken"])
    expect(panel.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_codes_are_read_by_a_camera_in_light_and_dark(
    open_page: OpenPage, shared_address: str, opening: Links, window: dict
) -> None:
    opening.public, opening.lan = PublicLink("open", url=PUBLIC), LAN
    page = open_page(**window, at=shared_address)
    panel = open_panel(page)

    for url in (PUBLIC, LAN):
        picture = panel.get_by_role("img", name=texts.LINK["qr"].format(url=url))
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        assert read_code(picture) == url
        box = picture.bounding_box()
        assert box["width"] >= 250
    assert panel.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")


def test_the_link_is_copied(open_page: OpenPage, shared_address: str, opening: Links) -> None:
    opening.public = PublicLink("open", url=PUBLIC)
    page = open_page(**LAPTOP, at=shared_address, permissions=["clipboard-read", "clipboard-write"])
    panel = open_panel(page)

    panel.get_by_role("button", name=texts.LINK["copy"]).click()
    expect(panel.get_by_role("button", name=texts.LINK["copied"])).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").rstrip("/") == PUBLIC


def test_a_failure_is_in_sight_with_its_cures_and_the_network_instead(
    open_page: OpenPage, shared_address: str, opening: Links
) -> None:
    opening.public, opening.lan, opening.has_password = FAILED, LAN, True
    page = open_page(**LAPTOP, at=shared_address)
    expect(page.locator("#link button.open")).to_have_text(texts.LINK["button_failed"])

    panel = open_panel(page)
    for part in ("/home/ada/frpc", "https://example.org/frpc", "--share-server HOST:PORT", "the address below works"):
        expect(panel).to_contain_text(part)
    expect(panel.locator(".access")).to_have_text(texts.LINK["password"])
    assert read_code(panel.get_by_role("img")) == LAN


def test_the_panel_is_for_the_keyboard_too_and_takes_no_room(
    open_page: OpenPage, shared_address: str, opening: Links
) -> None:
    page = open_page(**LAPTOP, at=shared_address)
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(size) == [1366, 768]

    page.locator("#link button.open").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name=texts.LINK["title"])
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#link button.open")).to_be_focused()


def test_a_page_that_is_not_shared_has_no_such_button(laptop: Page) -> None:
    expect(laptop.locator("#link")).to_have_count(0)
