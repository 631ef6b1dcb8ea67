"""The server goes away and comes back: the page says so, draws on, and answers the newest drawing by itself."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from on_the_page import (
    LAPTOP,
    PHONE,
    canvas_of,
    expect_digit,
    expect_number,
    expect_sentence,
    ink_area,
    open_tab,
    wait_for_ink,
)
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from written_numbers import number_photo

from benchmarks.chromium import draw_with_mouse
from benchmarks.live_app import find_free_port
from interface import texts
from interface.examples import FOLDER, STROKES

OpenPage = Callable[..., Page]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The page; the browser may write of requests that failed into its console, but no error of ours."""
    errors: list[str] = []
    context = chromium.new_context(**LAPTOP)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    expect(page.locator("#probabilities svg")).to_be_visible()
    yield page
    context.close()
    assert errors == []


def expect_lost(page: Page) -> None:
    expect(page.locator(".connection")).to_have_text(texts.CONNECTION_LOST)


def expect_back(page: Page) -> None:
    """Gradio's own way would be a red message and a page that is loaded anew."""
    expect(page.locator(".connection")).not_to_have_text(texts.CONNECTION_LOST)
    expect(page.get_by_text("Connection Lost")).to_have_count(0)


def test_without_a_network_one_draws_on_and_the_newest_drawing_is_answered_when_it_is_back(page: Page) -> None:
    page.evaluate("window.isTheSame = true")
    angle, upright = STROKES[4]
    page.context.set_offline(True)
    expect_lost(page)  # at once: the browser knows
    draw_with_mouse(canvas_of(page), [upright])
    draw_with_mouse(canvas_of(page), [angle])
    wait_for_ink(page, at_least=2000)
    expect_sentence(page, texts.ASK_FOR_DRAWING)

    page.context.set_offline(False)
    expect_digit(page, 4)
    expect_back(page)
    expect(page.locator(".connection")).to_be_hidden()
    assert page.evaluate("window.isTheSame")  # it was not loaded anew
    page.get_by_role("button", name="Undo").click()
    expect_digit(page, 1)


@pytest.mark.parametrize("status", [404, 502], ids=["tunnel", "proxy"])
def test_what_a_proxy_says_for_a_server_that_is_away_is_a_lost_connection(page: Page, status: int) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html; charset=utf-8", body="<html>Bad gateway</html>")

    page.route("**/gradio_api/**", answer)
    draw_with_mouse(canvas_of(page), STROKES[7])
    expect_lost(page)
    page.unroute("**/gradio_api/**")
    expect_digit(page, 7)
    expect_back(page)


def test_a_photo_waits_for_the_connection_and_is_read(page: Page) -> None:
    open_tab(page, texts.PHOTO_TAB)
    expect_sentence(page, texts.ASK_FOR_PHOTO)
    page.context.set_offline(True)
    page.locator("#photo input[type=file]").set_input_files(FOLDER / "ruled-paper.jpg")
    expect_lost(page)
    page.context.set_offline(False)
    expect_digit(page, 7)


def test_many_photos_wait_for_the_connection_and_go_on(page: Page) -> None:
    open_tab(page, texts.MANY_TAB)
    page.context.set_offline(True)
    page.locator("#many [data-source=files]").set_input_files([FOLDER / "chalk.jpg", FOLDER / "blue-pen.jpg"])
    expect_lost(page)
    page.context.set_offline(False)
    expect(page.locator("#many tbody textarea")).to_have_count(2)
    texts_read = [field.input_value() for field in page.locator("#many tbody textarea").all()]
    assert texts_read == ["8", "4"]


def test_a_request_that_hangs_in_a_dead_network_is_given_up(page: Page) -> None:
    page.route("**/gradio_api/**", lambda _: None)  # never answered
    draw_with_mouse(canvas_of(page), STROKES[7])
    expect(page.locator(".connection")).to_have_text(texts.CONNECTION_LOST, timeout=60_000)
    page.unroute("**/gradio_api/**")
    answer = page.locator("#answer .reading:not(.live) .digit")
    expect(answer).to_have_text("7", timeout=60_000)


def test_a_page_that_is_loaded_anew_has_its_drawing(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.get_by_role("button", name="Wide pad").tap()
    page.get_by_role("button", name="Example: 5").tap()
    expect_digit(page, 5)
    area = ink_area(page)

    page.reload()
    expect_digit(page, 5)
    expect(page.get_by_role("button", name="Wide pad")).to_have_attribute("aria-pressed", "true")
    assert ink_area(page) == area
    page.get_by_role("button", name="Clear").tap()
    expect_sentence(page, texts.ASK_FOR_DRAWING)
    page.reload()
    expect_sentence(page, texts.ASK_FOR_DRAWING)
    assert ink_area(page) == 0


# ---------------------------------------------------------------- the app, killed and started again


@contextmanager
def running_app(port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`python app.py` at a port, until it is killed; it reads what it is given with the shipped network."""
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert any(line.startswith("Draw at") for line in process.stdout)
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


@contextmanager
def new_answer(page: Page) -> Iterator[None]:
    """Do something, and wait until the answer has been rendered anew."""
    menu = page.locator("#answer summary")
    menu.evaluate("menu => menu.dataset.isOld = true")
    yield
    expect(page.locator("#answer summary:not([data-is-old])")).to_be_visible()


def correct_to(page: Page, fix: str) -> None:
    page.locator("#answer summary").click()
    page.get_by_role("group", name=texts.REALLY).get_by_role("button", name=fix, exact=True).click()


def test_the_app_is_killed_and_started_again_and_the_page_goes_on(chromium: Browser) -> None:
    port = find_free_port()
    context = chromium.new_context(**LAPTOP)
    page = context.new_page()
    with running_app(port):
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#probabilities svg")).to_be_visible()
        page.evaluate("window.isTheSame = true")
        draw_with_mouse(canvas_of(page), [STROKES[4][1]])
        expect_digit(page, 1)
    draw_with_mouse(canvas_of(page), [STROKES[4][0]])
    expect_lost(page)
    with running_app(port):
        expect_digit(page, 4)
        expect_back(page)
        assert page.evaluate("window.isTheSame")
        correct_to(page, "9")
        expect(page.locator("#answer .fixed")).to_have_text("9")  # the new server knows what is shown
    with running_app(port):  # while nothing is done on the page
        with new_answer(page):  # the server has forgotten the drawing, and is sent it
            correct_to(page, "7")
        expect_digit(page, 4)
        correct_to(page, "7")
        expect(page.locator("#answer .fixed")).to_have_text("7")
    page.get_by_role("button", name="Undo").click()
    expect_lost(page)
    with running_app(port, "--auth", "ada:secret"):  # another page: it asks for a password first
        expect(page.get_by_label("password")).to_be_visible()
    context.close()


def test_a_new_server_is_sent_the_photo_again_upload_or_example(chromium: Browser, tmp_path: Path) -> None:
    Image.fromarray(number_photo(["204"])).save(tmp_path / "number.png")
    port = find_free_port()
    context = chromium.new_context(**LAPTOP)
    page = context.new_page()
    with running_app(port):
        page.goto(f"http://127.0.0.1:{port}/")
        open_tab(page, texts.PHOTO_TAB)
        page.locator("#photo input[type=file]").set_input_files(tmp_path / "number.png")
        expect_number(page, "204")
    with running_app(port):
        last = page.locator("#answer .digits [data-sign='2']")
        with new_answer(page):
            last.click()
        expect_number(page, "204")
        last.click()
        expect(last).to_have_attribute("aria-pressed", "true")
        page.locator(".gallery-item:has(img[src*='ruled-paper'])").click()
        expect_digit(page, 7)
        correct_to(page, "2")
        expect_digit(page, 2)
    with running_app(port):
        with new_answer(page):
            correct_to(page, "1")
        expect_digit(page, 7)
        correct_to(page, "1")
        expect(page.locator("#answer .fixed")).to_have_text("1")
    context.close()


def test_what_a_server_refuses_is_said(page: Page) -> None:
    draw_with_mouse(canvas_of(page), STROKES[7])
    expect_digit(page, 7)
    error = {"error": texts.NO_SUCH_SIGN}
    page.route("**/run/predict*", lambda route: route.fulfill(status=500, json=error))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".connection")).to_have_text(texts.NO_SUCH_SIGN)
