"""Two models on the page: one is chosen, or both answer the same drawing side by side."""

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
    expect_sentence,
    open_tab,
    wait_for_best_bar,
)
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from written_numbers import number_photo

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES

OpenPage = Callable[..., Page]


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def page(request: pytest.FixtureRequest, open_page: OpenPage, compared_address: str) -> Page:
    return open_page(at=compared_address, **request.param)


def choose_model(page: Page, name: str) -> None:
    page.locator("#model").get_by_label(name, exact=True).check()


def show_example(page: Page, digit: int) -> None:
    page.get_by_role("button", name=f"Example: {digit}", exact=True).click()


def models(page: Page) -> Locator:
    return page.locator("#answer .models section")


def expect_digits(page: Page, *digits: str) -> None:
    expect(models(page).locator(".reading:not(.live) .digit")).to_have_text(list(digits))


def test_one_model_alone_offers_no_choice(laptop: Page) -> None:
    expect(laptop.locator("#model")).to_have_count(0)
    expect(laptop.get_by_text(texts.SIDE_BY_SIDE)).to_have_count(0)


def test_another_model_reads_the_same_drawing(page: Page) -> None:
    show_example(page, 1)
    expect_digit(page, 1)
    choose_model(page, "wrong.h5")
    expect_digit(page, 7)
    wait_for_best_bar(page, 7)
    show_example(page, 4)
    expect_digit(page, 4)
    show_example(page, 1)
    expect_digit(page, 7)
    choose_model(page, "right.h5")
    expect_digit(page, 1)


def test_side_by_side_both_answer_the_same_drawing(page: Page) -> None:
    choose_model(page, texts.SIDE_BY_SIDE)
    expect_sentence_alone(page)
    show_example(page, 1)

    expect_digits(page, "1", "7")
    expect(models(page).locator("h3")).to_have_text(["right.h5", "wrong.h5"])
    expect(page.locator("#probabilities")).to_be_hidden()
    for model, digit in zip(models(page).all(), (1, 7), strict=True):
        bars = model.locator(".bars i")
        assert bars.count() == 10
        heights = [bar.bounding_box() for bar in bars.all()]
        assert max(range(10), key=lambda i: heights[i]["height"] if heights[i] else 0) == digit
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == page.viewport_size["width"]

    choose_model(page, "right.h5")
    expect(models(page)).to_have_count(0)
    expect_digit(page, 1)
    wait_for_best_bar(page, 1)
    page.get_by_role("button", name="Clear").click()
    expect_sentence(page, texts.ASK_FOR_DRAWING)


def expect_sentence_alone(page: Page) -> None:
    expect(page.locator("#answer").get_by_role("status")).to_have_text(texts.ASK_FOR_DRAWING)


def test_side_by_side_answers_follow_the_pen(open_page: OpenPage, compared_address: str) -> None:
    page = open_page(at=compared_address, **LAPTOP)
    choose_model(page, texts.SIDE_BY_SIDE)
    draw_with_mouse(canvas_of(page), STROKES[1], lift=False)
    expect(models(page).locator(".reading.live .digit")).to_have_text(["1", "7"])
    page.mouse.up()
    expect_digits(page, "1", "7")


def test_a_correction_stays_with_its_model(open_page: OpenPage, compared_address: str) -> None:
    page = open_page(at=compared_address, **LAPTOP)
    choose_model(page, "wrong.h5")
    draw_number(page, "214")
    expect_number(page, "274")
    page.locator('#answer .digits [data-sign="1"]').click()
    page.keyboard.press("1")
    expect_number(page, "214")
    choose_model(page, "right.h5")
    expect_number(page, "214")
    expect(page.locator("#answer .fixed")).to_have_count(0)
    choose_model(page, "wrong.h5")
    expect(page.locator("#answer .fixed")).to_have_text("1")


def test_a_sign_is_chosen_side_by_side_on_a_photo(open_page: OpenPage, compared_address: str, tmp_path: Path) -> None:
    page = open_page(at=compared_address, **LAPTOP)
    choose_model(page, texts.SIDE_BY_SIDE)
    Image.fromarray(number_photo(["214"])).save(tmp_path / "number.png")
    open_tab(page, "Photo")
    page.locator("#photo input[type=file]").set_input_files(tmp_path / "number.png")
    expect(models(page).locator(".digits button")).to_have_text([*"214", *"274"])
    models(page).nth(0).locator('.digits [data-sign="1"]').click()

    words = models(page).locator("[role=status] strong")
    expect(words.nth(0)).to_contain_text("2 of 3")
    expect(words.nth(1)).to_contain_text("a 7")
