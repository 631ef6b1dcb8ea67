"""Nothing leaves the computer, and no photo stays on it: what the whole page asks for, and the files of its server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from on_the_page import LAPTOP, canvas_of, expect_digit, open_tab
from playwright.sync_api import Browser, Page, expect

from benchmarks.chromium import draw_with_mouse
from benchmarks.live_app import find_free_port
from interface import texts
from interface.examples import FOLDER, STROKES
from model.recognizer import Classify, Recognizer


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def private_address(uploads: Path, nearest_classify: Classify) -> Iterator[str]:
    """The address of a page whose uploads come into a folder of its own, as `python app.py` makes one."""
    from app import build_app, launch

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(uploads))
        page = build_app(Recognizer(nearest_classify))
        yield launch(page, port=find_free_port())
        page.close(verbose=False)


@pytest.fixture
def window(chromium: Browser, private_address: str) -> Iterator[tuple[Page, list[str]]]:
    """The page, and the hosts that it asks for anything, as they come."""
    context = chromium.new_context(**LAPTOP)
    page = context.new_page()
    hosts: list[str] = []
    page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: hosts.append(urlsplit(socket.url).netloc))
    page.goto(private_address)
    expect(page.locator("#probabilities svg")).to_be_visible()
    yield page, hosts
    context.close()


@pytest.fixture
def own_photo(tmp_path: Path) -> Path:
    """Of an 8, and none of the examples: with other bytes at its end."""
    path = tmp_path / "my eight #1.jpg"
    path.write_bytes((FOLDER / "chalk.jpg").read_bytes() + os.urandom(8))
    return path


def find_files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_every_part_of_the_page_asks_its_own_server_and_nobody_else(
    window: tuple[Page, list[str]], private_address: str, own_photo: Path
) -> None:
    page, hosts = window
    draw_with_mouse(canvas_of(page), STROKES[3])
    expect_digit(page, 3)
    page.get_by_role("button", name=texts.HOW_IT_WORKS).click()
    expect(page.locator("#inside img").first).to_be_visible()

    open_tab(page, texts.PHOTO_TAB)
    page.locator("#photo input[type=file]").set_input_files(own_photo)
    expect_digit(page, 8)
    open_tab(page, texts.MANY_TAB)
    page.locator("#many input[data-source=files]").set_input_files(own_photo)
    expect(page.locator("#many tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Use via API").click()
    expect(page.get_by_text("recognize_drawing").first).to_be_visible()

    assert len(hosts) > 20
    own = urlsplit(private_address).netloc
    assert [host for host in hosts if host not in ("", own)] == []  # data: and blob: have none


def test_a_photo_is_gone_from_the_server_and_still_on_the_page(
    window: tuple[Page, list[str]], own_photo: Path, uploads: Path
) -> None:
    page, _ = window
    examples = find_files(uploads)
    assert len(examples) == 4
    open_tab(page, texts.PHOTO_TAB)

    page.locator("#photo input[type=file]").set_input_files(own_photo)
    expect_digit(page, 8)
    assert find_files(uploads) == examples
    picture = page.locator("#photo img")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 480

    open_tab(page, texts.MANY_TAB)
    page.locator("#many input[data-source=files]").set_input_files(own_photo)
    expect(page.locator("#many tbody textarea")).to_have_value("8")
    assert find_files(uploads) == examples

    open_tab(page, texts.PHOTO_TAB)
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    page.locator("#photo").get_by_role("button", name="Remove Image").click()
    expect(picture).to_have_count(0)
    expect(page.locator("#answer")).to_contain_text(texts.ASK_FOR_PHOTO)  # or the 8 below may be the one of before
    page.locator("#photo input[type=file]").set_input_files(own_photo)  # the same again
    expect_digit(page, 8)
    assert find_files(uploads) == examples


def test_an_example_stays_for_the_next_visitor(window: tuple[Page, list[str]], uploads: Path) -> None:
    page, _ = window
    examples = find_files(uploads)
    open_tab(page, texts.PHOTO_TAB)
    page.locator("#photo input[type=file]").set_input_files(FOLDER / "chalk.jpg")  # named and made as the example
    expect_digit(page, 8)

    for name, digit in (("ruled-paper", 7), ("chalk", 8), ("ruled-paper", 7)):
        page.locator(f".gallery-item:has(img[src*='{name}'])").click()
        expect_digit(page, digit)
    assert find_files(uploads) == examples
