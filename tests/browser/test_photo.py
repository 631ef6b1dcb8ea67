"""The Photo tab in a real browser: examples, uploads, and what goes wrong with them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from on_the_page import (
    LAPTOP,
    canvas_of,
    drop_files,
    expect_digit,
    expect_sentence,
    ink_area,
    open_tab,
    read_bars,
)
from PIL import Image
from playwright.sync_api import Page, Route, expect
from written_numbers import number_photo

from app import MAX_UPLOAD
from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import EXAMPLE_PHOTOS, FOLDER, STROKES
from interface.languages import LANGUAGES
from preprocessing import PROBLEMS

OpenPage = Callable[..., Page]


def upload(page: Page, path: Path) -> None:
    page.locator("#photo input[type=file]").set_input_files(path)


def remove(page: Page) -> None:
    page.locator("#photo").get_by_role("button", name="Remove Image").click()


def test_example_photos(laptop: Page) -> None:
    open_tab(laptop, "Photo")
    for name, (digit, _) in sorted(EXAMPLE_PHOTOS.items()):
        laptop.locator(f".gallery-item:has(img[src*='{name}'])").click()
        expect_digit(laptop, digit)
        expect(laptop.locator("#network-input figcaption")).to_have_text(
            [
                texts.STEP_PHOTO,
                texts.STEP_EVENED,
                texts.STEP_INK,
                texts.STEP_CROP,
                texts.STEP_SCALED,
                texts.STEP_IMAGE,
            ]
        )
        assert [bar.digit for bar in read_bars(laptop) if bar.is_best] == [str(digit)]


def test_upload_remove_and_upload_again(phone: Page) -> None:
    open_tab(phone, "Photo")
    upload(phone, FOLDER / "ruled-paper.jpg")
    expect_digit(phone, 7)

    remove(phone)
    expect_sentence(phone, texts.ASK_FOR_PHOTO)
    upload(phone, FOLDER / "chalk.jpg")
    expect_digit(phone, 8)


@pytest.fixture
def blank_photo(tmp_path: Path) -> Path:
    Image.fromarray(np.full((300, 200, 3), 240, np.uint8)).save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


@pytest.fixture
def unreadable_photo(tmp_path: Path) -> Path:
    (tmp_path / "notes.png").write_text("seven")
    return tmp_path / "notes.png"


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    path = tmp_path / "large.png"
    path.write_bytes((FOLDER / "chalk.jpg").read_bytes() + bytes(MAX_UPLOAD * 1_000_000))
    return path


def test_each_tab_has_its_own_answer(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[2])
    expect_digit(laptop, 2)

    open_tab(laptop, "Photo")
    expect_sentence(laptop, texts.ASK_FOR_PHOTO)
    upload(laptop, FOLDER / "chalk.jpg")
    expect_digit(laptop, 8)

    open_tab(laptop, "Draw")
    expect_digit(laptop, 2)
    open_tab(laptop, "Photo")
    expect_digit(laptop, 8)


def test_blank_photo_is_said_to_be_one_and_its_way_shown(laptop: Page, blank_photo: Path) -> None:
    open_tab(laptop, "Photo")
    upload(laptop, blank_photo)

    expect_sentence(laptop, PROBLEMS["blank"])
    captions = [texts.STEP_PHOTO, texts.STEP_EVENED, texts.STEP_INK]
    expect(laptop.locator("#network-input figcaption")).to_have_text(captions)


def test_unreadable_photo_is_explained_and_the_drawing_still_there(laptop: Page, unreadable_photo: Path) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[9])
    expect_digit(laptop, 9)
    area = ink_area(laptop)

    open_tab(laptop, "Photo")
    upload(laptop, unreadable_photo)
    sentence = "notes.png is not a picture that can be read. Use JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF."
    expect_sentence(laptop, sentence)

    open_tab(laptop, "Draw")
    expect_digit(laptop, 9)
    assert ink_area(laptop) == area
    laptop.get_by_role("button", name="Clear").click()
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)


def test_too_large_photo_is_explained_and_the_next_is_read(laptop: Page, large_photo: Path) -> None:
    open_tab(laptop, "Photo")
    upload(laptop, large_photo)
    expect_sentence(laptop, texts.PHOTO_TOO_LARGE.format(name="large.png", size="20.1", limit=20))

    upload(laptop, FOLDER / "chalk.jpg")
    expect_digit(laptop, 8)
    remove(laptop)
    expect(laptop.locator("#answer")).to_contain_text(texts.ASK_FOR_PHOTO)  # or it may come after the sentence below
    upload(laptop, large_photo)
    expect(laptop.locator("#answer .problem")).to_be_visible()


# A file comes in by dragging it there, or by pasting it anywhere on the tab.
GIVE = """async ([selector, event, name, url]) => {
  const content = url ? await (await fetch(url)).arrayBuffer() : new ArrayBuffer(20_000_001);
  const files = new DataTransfer();
  files.items.add(new File([content], name, { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true };
  document.querySelector(selector).dispatchEvent(
    event === "drop"
      ? new DragEvent(event, { ...options, dataTransfer: files })
      : new ClipboardEvent(event, { ...options, clipboardData: files }),
  );
}"""


@pytest.mark.parametrize(("event", "where"), [("drop", "#photo button[aria-dropeffect]"), ("paste", "body")])
def test_photos_come_by_drop_and_paste(laptop: Page, event: str, where: str) -> None:
    open_tab(laptop, "Photo")
    example = laptop.locator(".gallery-item img[src*='chalk']").get_attribute("src")

    laptop.evaluate(GIVE, [where, event, "large.jpg", None])
    expect_sentence(laptop, texts.PHOTO_TOO_LARGE.format(name="large.jpg", size="20.1", limit=20))

    laptop.evaluate(GIVE, [where, event, "chalk.jpg", example])
    expect_digit(laptop, 8)


def test_a_pasted_photo_replaces_the_one_before(laptop: Page) -> None:
    open_tab(laptop, "Photo")
    laptop.locator(".gallery-item img[src*='chalk']").click()
    expect_digit(laptop, 8)
    other = laptop.locator(".gallery-item img[src*='ruled-paper']").get_attribute("src")

    laptop.evaluate(GIVE, ["body", "paste", "ruled-paper.jpg", other])

    expect_digit(laptop, 7)


def test_each_photo_is_read_once_and_what_it_replaces_goes_first(laptop: Page) -> None:
    asked: list[bool] = []  # whether each request has a photo
    laptop.on("request", lambda r: asked.append(bool(r.post_data_json["data"][0])) if "/queue/join" in r.url else None)
    open_tab(laptop, "Photo")
    upload(laptop, FOLDER / "chalk.jpg")
    expect_digit(laptop, 8)
    laptop.locator("#answer summary").click()
    laptop.get_by_role("group", name=texts.REALLY).get_by_role("button", name="3").click()
    expect(laptop.locator("#answer .fixed")).to_have_text("3")

    laptop.route("**/gradio_api/upload*", lambda _: None)  # a slow line
    other = laptop.locator(".gallery-item img[src*='ruled-paper']").get_attribute("src")
    laptop.evaluate(GIVE, ["body", "paste", "ruled-paper.jpg", other])
    expect_sentence(laptop, texts.ASK_FOR_PHOTO)
    laptop.reload()
    laptop.unroute("**/gradio_api/upload*")
    asked.clear()

    open_tab(laptop, "Photo")
    upload(laptop, FOLDER / "chalk.jpg")
    expect_digit(laptop, 8)
    laptop.evaluate(GIVE, ["body", "paste", "ruled-paper.jpg", other])
    expect_digit(laptop, 7)
    laptop.wait_for_timeout(500)
    assert asked == [True, False, True]


def test_a_photo_that_comes_while_another_is_sent_replaces_it(laptop: Page) -> None:
    held: list[Route] = []
    laptop.route("**/upload*", lambda route: route.continue_() if held else held.append(route))
    open_tab(laptop, "Photo")
    expect(laptop.locator(".gallery-item img")).to_have_count(len(EXAMPLE_PHOTOS))
    for name in ("chalk", "pencil-in-shadow", "ruled-paper"):
        url = laptop.locator(f".gallery-item img[src*='{name}']").get_attribute("src")
        laptop.evaluate(GIVE, ["body", "paste", f"{name}.jpg", url])
        laptop.wait_for_timeout(300)
    held[0].continue_()
    expect_digit(laptop, 7)
    laptop.wait_for_timeout(1000)
    expect_digit(laptop, 7)


# ---------------------------------------------------------------- what browsers do not know


@pytest.fixture
def heic_photo(tmp_path: Path) -> Path:
    """A 7, as iPhones save it."""
    import pillow_heif

    pillow_heif.from_pillow(Image.fromarray(number_photo(["7"]))).save(tmp_path / "IMG_1.HEIC")
    return tmp_path / "IMG_1.HEIC"


def test_a_photo_that_the_browser_cannot_show_is_shown_with_the_answer(laptop: Page, heic_photo: Path) -> None:
    open_tab(laptop, "Photo")
    upload(laptop, heic_photo)

    expect_digit(laptop, 7)
    expect(laptop.locator("#photo [data-unshown]")).to_have_attribute("data-unshown", texts.NOT_SHOWN)
    assert laptop.locator("#answer .overlay img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
    remove(laptop)
    upload(laptop, FOLDER / "chalk.jpg")
    expect_digit(laptop, 8)
    expect(laptop.locator("#photo [data-unshown]")).to_have_count(0)


# As it comes where the system does not know HEIC: a name and no type
DROP_UNTYPED = """([name, code]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(code), (c) => c.charCodeAt(0))], name));
  const box = document.querySelector("#photo button[aria-dropeffect]");
  box.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
}"""


def test_a_photo_is_known_by_its_name_alone(laptop: Page, heic_photo: Path) -> None:
    open_tab(laptop, "Photo")
    laptop.locator("#photo input[type=file]").wait_for(state="attached")
    laptop.evaluate(DROP_UNTYPED, [heic_photo.name, base64.b64encode(heic_photo.read_bytes()).decode()])

    expect_digit(laptop, 7)


def test_a_photo_without_a_suffix_is_read(laptop: Page, tmp_path: Path) -> None:
    Image.open(FOLDER / "chalk.jpg").save(tmp_path / "scan", "PNG")
    open_tab(laptop, "Photo")
    drop_files(laptop.locator("#photo"), tmp_path / "scan")
    expect_digit(laptop, 8)
    picture = laptop.locator("#photo img")
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 300


def test_a_pdf_is_explained_in_the_language_of_the_page_and_in_place_of_the_old_answer(
    open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "doc.pdf").write_bytes(b"%PDF-1.4\n")
    page = open_page(**LAPTOP, locale="de-DE")
    german = LANGUAGES["de"]
    open_tab(page, german.PHOTO_TAB)
    drop_files(page.locator("#photo"), FOLDER / "chalk.jpg")
    expect_digit(page, 8)
    drop_files(page.locator("#photo"), tmp_path / "doc.pdf")
    expect(page.locator("#answer .problem")).to_contain_text("doc.pdf ist ein PDF")
    expect(page.locator("#photo [data-unshown]")).to_have_attribute("data-unshown", german.NOT_SHOWN)
    expect(page.get_by_text("Invalid file type")).to_have_count(0)


def test_the_file_chooser_offers_heic(laptop: Page) -> None:
    open_tab(laptop, "Photo")
    with laptop.expect_file_chooser() as chooser:
        laptop.locator("#photo button[aria-dropeffect]").click()

    assert ".heic" in str(chooser.value.element.get_attribute("accept"))
