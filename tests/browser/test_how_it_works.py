"""The fold "How it works": the inside of the network for what is drawn, and the story of the model."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from on_the_page import LAPTOP, PHONE, canvas_of, draw_number, expect_digit, expect_number, open_tab, wait_for_best_bar
from playwright.sync_api import Page, Request, expect

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES

OpenPage = Callable[..., Page]


def open_fold(page: Page) -> None:
    page.get_by_role("button", name=texts.HOW_IT_WORKS).click()
    expect(page.locator("#story")).to_contain_text("MNIST")


def read_pictures(page: Page) -> list[str]:
    """The sources of the pictures of the inside: which pixels spoke, and six convolutions."""
    expect(page.locator("#inside img")).to_have_count(7)
    return [str(picture.get_attribute("src")) for picture in page.locator("#inside img").all()]


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_inside_follows_each_stroke(open_page: OpenPage, window: dict) -> None:
    page = open_page(**window)
    open_fold(page)
    expect(page.locator("#inside")).to_have_text(texts.ASK_FOR_SIGN)

    page.evaluate("scrollTo(0, 0)")  # on a phone the fold is below the pad
    angle, upright = STROKES[4]
    draw_with_mouse(canvas_of(page), [upright])
    expect_digit(page, 1)
    expect(page.locator("#inside h3").first).to_have_text(texts.EVIDENCE.format(digit="a 1"))
    of_1 = read_pictures(page)
    draw_with_mouse(canvas_of(page), [angle])
    expect_digit(page, 4)
    expect(page.locator("#inside h3").first).to_have_text(texts.EVIDENCE.format(digit="a 4"))
    of_4 = read_pictures(page)

    assert all(one != other for one, other in zip(of_1, of_4, strict=True))
    expect(page.locator("#inside h3").nth(1)).to_have_text("conv_1: 48 maps of 28 × 28")
    expect(page.locator("#inside h3").nth(2)).to_have_text("conv_2: 96 maps of 14 × 14")
    expect(page.locator("#inside h3").nth(6)).to_have_text("conv_6: 96 maps of 7 × 7")
    for picture in page.locator("#inside img").all():
        width = picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
        assert width >= 190  # of 12 maps of 7 pixels, each twice as large
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#inside")).to_have_text(texts.ASK_FOR_SIGN)
    assert page.evaluate("document.documentElement.scrollWidth") == window["viewport"]["width"]


def test_the_inside_is_of_the_chosen_digit_and_of_the_open_tab(laptop: Page) -> None:
    draw_number(laptop, "2074")
    expect_number(laptop, "2074")
    open_fold(laptop)
    heading = laptop.locator("#inside h3").first
    expect(heading).to_have_text(texts.EVIDENCE.format(digit="a 2"))
    laptop.locator('#answer .digits [data-sign="2"]').click()
    expect(heading).to_have_text(texts.EVIDENCE.format(digit="a 7"))
    open_tab(laptop, "Photo")
    expect(laptop.locator("#inside")).to_have_text(texts.ASK_FOR_SIGN)
    laptop.locator(".gallery-item").first.click()
    expect(heading).to_have_text(texts.EVIDENCE.format(digit="a 4"))


def test_nothing_is_asked_about_the_inside_while_the_fold_is_closed_or_the_pen_moves(laptop: Page) -> None:
    joined: list[str] = []

    def hear(request: Request) -> None:
        if "queue/join" in request.url:  # drawing goes without the queue
            joined.append(request.post_data or "")

    laptop.on("request", hear)
    draw_with_mouse(canvas_of(laptop), STROKES[7])
    expect_digit(laptop, 7)
    wait_for_best_bar(laptop, 7)
    laptop.wait_for_timeout(500)
    assert joined == []

    open_fold(laptop)
    read_pictures(laptop)
    joined.clear()
    draw_with_mouse(canvas_of(laptop), [[[300, 300], [350, 350]]], lift=False)
    laptop.wait_for_timeout(500)
    assert joined == []
    with laptop.expect_request(re.compile("queue/join")):
        laptop.mouse.up()
    laptop.wait_for_timeout(500)
    assert len(joined) == 1


def test_the_story_has_tables_and_figures_and_the_pad_stays_in_sight(laptop: Page) -> None:
    open_fold(laptop)

    expect(laptop.locator("#story tbody th").first).to_have_text(texts.SETS["mnist"])
    expect(laptop.locator("#story figcaption").first).to_have_text(texts.CURVES)
    laptop.locator("#story figure").last.scroll_into_view_if_needed()
    box = laptop.locator("#sketchpad").bounding_box()
    assert box
    assert box["y"] >= 0
    draw_with_mouse(canvas_of(laptop), STROKES[3])
    expect_digit(laptop, 3)
