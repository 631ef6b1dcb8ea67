"""The live page in a real Chromium. Without one these tests are left out, and the run says how to get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from benchmarks.chromium import HOW_TO_GET, find_chromium, open_chromium

expect.set_options(timeout=15_000)  # ms; an answer takes 20, but the machine may be busy

LAPTOP = {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

OpenPage = Callable[..., Page]

FOUND = find_chromium()
collect_ignore_glob = [] if FOUND else ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixture `address`; the second conftest that does so changes nothing."""
    config.pluginmanager.import_plugin("live")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FOUND is None:
        terminalreporter.write_line(f"The browser tests did not run, there is no Chromium: {HOW_TO_GET}.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = open_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page in a browser window of its own: open_page(**LAPTOP), open_page(**PHONE, ready=False).

    At the end of the test, whatever it was about: no error in the console, and no request to another host.
    """
    problems: list[str] = []
    contexts = []

    def open_one(ready: bool = True, **window: object) -> Page:
        context = chromium.new_context(**window)
        contexts.append(context)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                problems.append(f"console: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("request", lambda request: check_host(request.url))
        page.goto(address)
        if ready:
            expect(page.locator("#probabilities svg")).to_be_visible()
        return page

    def check_host(url: str) -> None:
        place = urlsplit(url)
        if place.netloc not in ("", urlsplit(address).netloc):  # data: and blob: have none
            problems.append(f"request to another host: {url}")

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def laptop(open_page: OpenPage) -> Page:
    """The page at 1366 x 768, light, with a mouse."""
    return open_page(**LAPTOP)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """The page at 390 x 844, dark, with a touch screen."""
    return open_page(**PHONE)
