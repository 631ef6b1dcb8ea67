"""Files that are dragged to the page: real drags, whose files a page can have only as long as the drop lasts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from on_the_page import canvas_of, drop_files, expect_digit, expect_sentence, ink_area, open_tab
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from written_numbers import number_photo

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import FOLDER, STROKES

CHALK, RULED = FOLDER / "chalk.jpg", FOLDER / "ruled-paper.jpg"  # an 8 and a 7


def photo_of(page: Page) -> Locator:
    return page.locator("#photo")


def expect_rows(page: Page, count: int) -> None:
    expect(page.locator("#many tbody tr")).to_have_count(count)


def test_a_photo_that_is_dropped_on_another_is_read(laptop: Page) -> None:
    open_tab(laptop, texts.PHOTO_TAB)
    for file, digit in ((CHALK, 8), (RULED, 7), (CHALK, 8), (RULED, 7)):
        drop_files(photo_of(laptop), file)
        expect_digit(laptop, digit)
        expect(photo_of(laptop).get_by_role("img", name=texts.PHOTO_SHOWN)).to_be_visible()


def test_a_photo_is_dropped_where_another_was_pasted_by_the_button(laptop: Page) -> None:
    laptop.context.grant_permissions(["clipboard-read"])
    open_tab(laptop, texts.PHOTO_TAB)
    photo_of(laptop).get_by_role("button", name="Paste from clipboard").last.click()
    drop_files(photo_of(laptop), CHALK)
    expect_digit(laptop, 8)


def test_a_folder_on_the_photo_box_is_explained(laptop: Page, tmp_path: Path) -> None:
    open_tab(laptop, texts.PHOTO_TAB)
    (tmp_path / "class 5b").mkdir()
    drop_files(photo_of(laptop), tmp_path / "class 5b")
    expect_sentence(laptop, texts.PROBLEMS["folder"].format(name="class 5b"))


# ---------------------------------------------------------------- beside the boxes


def test_a_drop_beside_the_boxes_leaves_page_and_drawing_alone(laptop: Page) -> None:
    laptop.evaluate("window.isTheSame = true")
    draw_with_mouse(canvas_of(laptop), STROKES[2])
    expect_digit(laptop, 2)
    area = ink_area(laptop)
    drop_files(canvas_of(laptop), CHALK)
    drop_files(laptop.locator("#answer"), CHALK)
    open_tab(laptop, texts.PHOTO_TAB)
    drop_files(laptop.locator("#head"), CHALK)
    expect_sentence(laptop, texts.ASK_FOR_PHOTO)

    open_tab(laptop, texts.DRAW_TAB)
    expect_digit(laptop, 2)
    assert ink_area(laptop) == area
    assert laptop.evaluate("window.isTheSame")
    assert len(laptop.context.pages) == 1


def test_a_drop_beside_the_box_for_many_photos_adds_to_the_table(laptop: Page) -> None:
    open_tab(laptop, texts.MANY_TAB)
    drop_files(laptop.locator("#many .box"), CHALK)
    expect_rows(laptop, 1)
    expect(laptop.locator("#many .box.over")).to_have_count(0)
    for count, place in enumerate(("#many tbody tr", "#head"), 2):
        drop_files(laptop.locator(place).first, RULED)
        expect_rows(laptop, count)
    assert len(laptop.context.pages) == 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with photos, of which a browser lists the last one first."""
    (tmp_path / "a" / "z").mkdir(parents=True)
    for name in ("z/1.png", "c.png", "b.png"):
        Image.fromarray(np.ascontiguousarray(number_photo(["1"]))).save(tmp_path / "a" / name)
    return tmp_path / "a"


def test_a_folder_is_read_by_name_dropped_or_chosen(laptop: Page, folder: Path) -> None:
    open_tab(laptop, texts.MANY_TAB)
    names = ["a/b.png", "a/c.png", "a/z/1.png"]
    drop_files(laptop.locator("#many .box"), folder)
    expect(laptop.locator("#many td.file")).to_have_text(names)
    laptop.get_by_role("button", name=texts.MANY["clear"]).click()
    laptop.locator("#many [data-source=folder]").set_input_files(folder)
    expect(laptop.locator("#many td.file")).to_have_text(names)
