"""Numbers on the page: drawn and photographed, a digit chosen, the number copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from on_the_page import (
    LAPTOP,
    PHONE,
    canvas_of,
    draw_number,
    expect_digit,
    expect_number,
    open_tab,
    read_bars,
    wait_for_best_bar,
)
from PIL import Image
from playwright.sync_api import Page, expect
from written_numbers import number_drawing, number_photo

from benchmarks.chromium import draw_with_mouse
from interface.examples import CANVAS

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_drawn_number_is_read_and_each_digit_has_its_bars(open_page: OpenPage, window: dict) -> None:
    page = open_page(**window)
    draw_number(page, "2074")
    expect_number(page, "2074")
    wait_for_best_bar(page, 2)

    page.locator('#answer .digits [data-sign="2"]').click()

    wait_for_best_bar(page, 7)
    expect(page.locator('#answer .digits [aria-pressed="true"]')).to_have_text("7")
    expect(page.locator("#answer [role=status] strong")).to_contain_text("3 of 4")
    assert max(read_bars(page), key=lambda bar: bar.share).digit == "7"
    assert page.evaluate("document.documentElement.scrollWidth") == window["viewport"]["width"]


def test_another_stroke_makes_a_digit_a_number_and_undo_takes_it_back(laptop: Page) -> None:
    strokes = [(stroke * CANVAS / 400).tolist() for stroke in number_drawing(["17"]).strokes]
    draw_with_mouse(canvas_of(laptop), strokes[:1])
    expect_digit(laptop, 1)
    draw_with_mouse(canvas_of(laptop), strokes[1:])
    expect_number(laptop, "17")
    laptop.get_by_role("button", name="Undo").click()
    expect_digit(laptop, 1)


def test_the_number_is_copied(open_page: OpenPage) -> None:
    page = open_page(**LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    draw_number(page, "907")
    expect_number(page, "907")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "907"


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_page_of_many_rows_stays_low_and_its_boxes_leave_the_writing_in_sight(
    open_page: OpenPage, tmp_path: Path, window: dict
) -> None:
    rows = [f"{(row * 111_111_111 + 1_203_456_789) % 10**10:010}" for row in range(12)]
    Image.fromarray(number_photo(rows, zoom=1)).save(tmp_path / "page.png")
    page = open_page(**window)
    open_tab(page, "Photo")
    page.locator("#photo input[type=file]").set_input_files(tmp_path / "page.png")
    expect(page.locator("#answer .digits > div")).to_have_count(12)

    number = page.locator("#answer .digits").bounding_box()
    assert number
    assert number["height"] < 500
    shares = page.locator("#answer .overlay b").evaluate_all(
        "labels => labels.map(label => label.clientHeight / label.parentElement.clientHeight)"
    )
    assert len(shares) == 120
    assert max(shares) < 0.75  # of the box of the digit in the next row, from which it is about as far away


def test_the_buttons_beside_a_number_are_alike(laptop: Page) -> None:
    draw_number(laptop, "17")
    expect_number(laptop, "17")
    looks = laptop.locator("#answer .tools .tool").evaluate_all(
        "tools => tools.map(tool => [getComputedStyle(tool).fontSize, tool.clientHeight])"
    )
    assert len(looks) == 2
    assert looks[0] == looks[1]


def test_a_photo_of_a_number_has_boxes_that_choose_a_digit(laptop: Page, tmp_path: Path) -> None:
    photo = number_photo(["204", "17"])
    Image.fromarray(photo).save(tmp_path / "number.png")
    open_tab(laptop, "Photo")
    laptop.locator("#photo input[type=file]").set_input_files(tmp_path / "number.png")
    expect_number(laptop, "20417")
    expect(laptop.locator("#answer .digits > div")).to_have_count(2)
    boxes = laptop.locator("#answer .overlay button")
    expect(boxes).to_have_text(list("20417"))

    boxes.nth(4).click()

    wait_for_best_bar(laptop, 7)
    expect(boxes.nth(4)).to_have_attribute("aria-pressed", "true")
    expect(boxes.nth(0)).to_have_attribute("aria-pressed", "false")
    picture = laptop.locator("#answer .overlay img").bounding_box()
    box = boxes.nth(4).bounding_box()
    assert picture is not None
    assert box is not None
    middle = (box["x"] + box["width"] / 2 - picture["x"]) / picture["width"]
    drawing = number_drawing(["204", "17"])
    last = drawing.strokes[-1][:, 0]
    assert middle == pytest.approx((last.min() + last.max()) / 2 / drawing.width, abs=0.02)
