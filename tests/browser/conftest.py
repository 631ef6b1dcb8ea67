"""The live page in a real Chromium. Without one these tests are left out, and the run says how to get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from on_the_page import LAPTOP, PHONE
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from benchmarks.chromium import HOW_TO_GET, find_chromium, open_chromium
from benchmarks.live_app import find_free_port
from model.card import Card
from model.recognizer import Classify, Recognizer

expect.set_options(timeout=15_000)  # ms; an answer takes 20, but the machine may be busy

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


# What `doubtful_address` answers where one of the ten example drawings is clicked: probabilities, and is_digit.
DOUBTS: dict[int, tuple[dict[int, float], float]] = {
    1: ({1: 1.0}, 1.0),
    3: ({3: 0.495, 8: 0.494, 5: 0.011}, 1.0),
    4: ({4: 0.8, 9: 0.2}, 1.0),
    8: ({8: 0.7, 3: 0.2, 0: 0.1}, 0.2),
}


@pytest.fixture(scope="session")
def doubtful_address(nearest_classify: Classify) -> Iterator[str]:
    """The address of a page whose network says of the ten drawn digits what DOUBTS has."""
    from app import build_app, launch

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        answers = [DOUBTS.get(digit, ({digit: 1.0}, 1.0)) for digit in nearest_classify(images)[0].argmax(axis=1)]
        rows = [[probabilities.get(digit, 0.0) for digit in range(10)] for probabilities, _ in answers]
        return np.array(rows, np.float32), np.array([is_digit for _, is_digit in answers], np.float32)

    page = build_app(Recognizer(classify, Card(threshold=0.5, unsure_ratio=0.15)))
    yield launch(page, port=find_free_port())  # Gradio's own search leaves a socket open at a port that is taken
    page.close(verbose=False)


@pytest.fixture(scope="session")
def compared_address(nearest_classify: Classify, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with two models: right.h5 reads the ten drawn digits, wrong.h5 takes a 1 for a 7."""
    from app import build_app, launch

    def mistake(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, is_digit = nearest_classify(images)
        return probabilities[:, [0, 7, 2, 3, 4, 5, 6, 1, 8, 9]], is_digit

    folder = tmp_path_factory.mktemp("models")
    right, wrong = (
        Recognizer(classify, path=folder / name)
        for classify, name in ((nearest_classify, "right.h5"), (mistake, "wrong.h5"))
    )
    page = build_app(right, wrong)
    yield launch(page, port=find_free_port())
    page.close(verbose=False)


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page in a browser window of its own: open_page(**LAPTOP), open_page(**PHONE, ready=False, at=…).

    At the end of the test, whatever it was about: no error in the console, and no request to another host.
    """
    problems: list[str] = []
    contexts = []

    def open_one(ready: bool = True, at: str = address, **window: object) -> Page:
        context = chromium.new_context(**window)
        contexts.append(context)
        page = context.new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                problems.append(f"console: {message.text}")

        page.on("filechooser", lambda chooser: None)  # asked for only when one is expected, it may come too late
        page.on("console", hear)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("request", lambda request: check_host(request.url, at))
        page.goto(at)
        if ready:
            expect(page.locator("#probabilities svg")).to_be_visible()
        return page

    def check_host(url: str, at: str) -> None:
        place = urlsplit(url)
        if place.netloc not in ("", urlsplit(at).netloc):  # data: and blob: have none
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
