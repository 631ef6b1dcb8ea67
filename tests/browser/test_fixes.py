"""A wrong digit is corrected by hand: with the mouse, a finger, and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from on_the_page import (
    LAPTOP,
    canvas_of,
    draw_number,
    expect_digit,
    expect_number,
    ink_area,
    open_tab,
    wait_for_blank,
)
from PIL import Image
from playwright.sync_api import Page, expect
from written_numbers import number_photo

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES

OpenPage = Callable[..., Page]


@pytest.fixture
def number(open_page: OpenPage) -> Page:
    """The page on which somebody has drawn 2074."""
    page = open_page(**LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    draw_number(page, "2074")
    expect_number(page, "2074")
    return page


def expect_copied(page: Page, text: str) -> None:
    """Wait until Copy would copy this text, and see that it does."""
    expect(page.locator("#answer [data-copy]")).to_have_attribute("data-copy", text)
    page.locator("#answer [data-copy]").click()
    expect(page.get_by_role("button", name=texts.COPIED)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text


def open_menu(page: Page) -> None:
    page.locator("#answer summary").click()
    expect(page.get_by_role("group", name=texts.REALLY)).to_be_visible()


def choose(page: Page, name: str) -> None:
    page.get_by_role("group", name=texts.REALLY).get_by_role("button", name=name, exact=True).click()


def test_a_digit_is_corrected_with_the_mouse_and_copied(number: Page) -> None:
    number.locator('#answer .digits [data-sign="3"]').click()
    open_menu(number)
    choose(number, "9")

    expect_number(number, "2079")
    expect(number.locator("#answer .digits .fixed")).to_have_text("9")
    expect(number.locator("#answer [role=status] strong")).to_have_text("4 of 4: a 9, corrected by you")
    expect(number.get_by_role("group", name=texts.REALLY)).to_be_hidden()
    expect_copied(number, "2079")

    open_menu(number)
    choose(number, "4")
    expect_number(number, "2074")
    expect(number.locator("#answer .fixed")).to_have_count(0)


def test_keys_correct_and_remove_and_leave_the_drawing_alone(number: Page) -> None:
    area = ink_area(number)
    number.locator('#answer .digits [data-sign="0"]').focus()
    for key, text in (("7", "7074"), ("ArrowRight", "7074"), ("Delete", "774"), ("Backspace", "774"), ("0", "7074")):
        number.keyboard.press(key)
        expect(number.locator("#answer [data-copy]")).to_have_attribute("data-copy", text)
        focused = '#answer .digits [data-sign="{}"]'.format(0 if key == "7" else 1)
        expect(number.locator(focused)).to_be_focused()

    assert ink_area(number) == area
    number.keyboard.press("Control+z")  # undoes a stroke
    expect(number.locator("#answer .fixed")).to_have_count(0)


def test_a_single_digit_is_corrected_with_keys_alone(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[1])
    expect_digit(laptop, 1)
    laptop.locator("#answer summary").focus()
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("group", name=texts.REALLY)).to_be_visible()
    laptop.keyboard.press("Escape")
    expect(laptop.get_by_role("group", name=texts.REALLY)).to_be_hidden()
    laptop.keyboard.press("7")

    expect_digit(laptop, 7)
    expect(laptop.locator("#answer .digit .fixed")).to_have_attribute("title", texts.FIXED)
    expect(laptop.locator("#answer summary")).to_be_focused()
    laptop.keyboard.press("1")
    expect_digit(laptop, 1)
    expect(laptop.locator("#answer .fixed")).to_have_count(0)


def test_a_finger_corrects_a_digit(phone: Page) -> None:
    phone.get_by_role("button", name="Example: 4").tap()
    expect_digit(phone, 4)
    phone.locator("#answer summary").tap()
    menu = phone.get_by_role("group", name=texts.REALLY)
    for button in menu.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["width"] >= 44  # CSS pixels, a fingertip
        assert box["height"] >= 44
        assert 0 <= box["x"] <= 390 - box["width"]
    menu.get_by_role("button", name="9").tap()

    expect_digit(phone, 9)


def test_a_new_stroke_undoes_corrections(number: Page) -> None:
    number.locator('#answer .digits [data-sign="1"]').click()
    number.keyboard.press("8")
    expect_number(number, "2874")
    number.locator("#sketchpad [data-tool=undo]").click()
    expect(number.locator("#answer .fixed")).to_have_count(0)
    number.locator("#sketchpad [data-tool=clear]").click()
    wait_for_blank(number)


def test_corrections_outlive_a_look_at_the_other_tab(number: Page, tmp_path: Path) -> None:
    number.locator('#answer .digits [data-sign="1"]').click()
    number.keyboard.press("8")
    expect_number(number, "2874")
    Image.fromarray(number_photo(["17"])).save(tmp_path / "number.png")

    open_tab(number, "Photo")
    number.locator("#photo input[type=file]").set_input_files(tmp_path / "number.png")
    expect_number(number, "17")
    boxes = number.locator("#answer .overlay button")
    boxes.nth(1).click()
    number.keyboard.press("1")
    expect(boxes).to_have_text(list("11"))
    expect(boxes.nth(1)).to_be_focused()

    open_tab(number, "Draw")
    expect_number(number, "2874")
    open_tab(number, "Photo")
    expect_number(number, "11")
