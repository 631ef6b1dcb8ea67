"""What the page says when the network is unsure, or when it is no digit at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from on_the_page import (
    LAPTOP,
    PHONE,
    canvas_of,
    expect_digit,
    expect_no_digit,
    expect_sentence,
    read_bars,
    wait_for_best_bar,
)
from playwright.sync_api import Page, expect
from strokes import OTHER_HANDS, OTHER_SIGNS

from benchmarks.chromium import draw_with_mouse
from interface import texts

OpenPage = Callable[..., Page]


def clear(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    expect_sentence(page, texts.ASK_FOR_DRAWING)


# ---------------------------------------------------------------- the shipped network


@pytest.mark.parametrize("name", ["A", "@", "smiley", "block", "scribble"])
def test_what_is_no_digit_is_said_to_be_none(laptop: Page, name: str) -> None:
    draw_with_mouse(canvas_of(laptop), OTHER_SIGNS[name])

    expect_no_digit(laptop)
    clear(laptop)


def test_ten_digits_of_other_hands(laptop: Page) -> None:
    for name in (
        "0 slashed",
        "1 hooked",
        "1 with a foot",
        "2 looped",
        "3 flat-topped",
        "4 closed",
        "6 straight-backed",
        "7 crossed",
        "8 of two rings",
        "9 with a curved tail",
    ):
        draw_with_mouse(canvas_of(laptop), OTHER_HANDS[name])
        expect_digit(laptop, int(name[0]))
        clear(laptop)


def test_a_digit_after_an_a_has_its_colors_again(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), OTHER_SIGNS["A"])
    expect_no_digit(laptop)
    laptop.get_by_role("button", name="Example: 5").click()

    expect_digit(laptop, 5)
    wait_for_best_bar(laptop, 5)


# ---------------------------------------------------------------- a network of doubts


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def page(request: pytest.FixtureRequest, open_page: OpenPage, doubtful_address: str) -> Page:
    return open_page(at=doubtful_address, **request.param)


def show_example(page: Page, digit: int) -> None:
    page.get_by_role("button", name=f"Example: {digit}", exact=True).click()


def test_two_digits_are_named_where_the_network_is_unsure(page: Page) -> None:
    show_example(page, 4)

    expect_digit(page, 4)
    expect(page.locator("#answer strong")).to_have_text("4 or 9?")
    expect(page.locator("#answer span")).to_have_text(["Probably a 4, 80.0 %", "or a 9, 20.0 %"])
    bars = wait_for_best_bar(page, 4)
    assert [bars[4].share, bars[9].share] == pytest.approx([0.8, 0.2], abs=0.02)


def test_bars_of_what_is_no_digit_stay(page: Page) -> None:
    show_example(page, 8)

    expect_no_digit(page)
    expect(page.locator("#answer span")).to_have_text("If it had to be one: an 8")
    shares = {bar.digit: bar.share for bar in read_bars(page)}
    assert [shares[digit] for digit in "830"] == pytest.approx([0.7, 0.2, 0.1], abs=0.02)


def test_nothing_is_said_of_no_digit_while_the_pen_is_down(page: Page) -> None:
    canvas = canvas_of(page)
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()  # a dot, so far

    expect(page.locator("#answer .reading.live .digit")).to_have_text("…")
    expect(page.locator("#answer strong")).to_have_count(0)
    page.mouse.up()
    expect_no_digit(page)


PLACES = """() => ["#sketchpad", "#answer", "#probabilities", "#network-input"].map((part) => {
  const { top, left, width } = document.querySelector(part).getBoundingClientRect();
  return [top, left, width].map(Math.round).join();
}).join(" ")"""


def test_nothing_moves_between_the_answers(page: Page) -> None:
    expect_sentence(page, texts.ASK_FOR_DRAWING)
    places = {"no drawing": page.evaluate(PLACES)}
    for digit in (1, 4, 3):
        show_example(page, digit)
        expect_digit(page, digit)
        places[f"{digit}"] = page.evaluate(PLACES)
    show_example(page, 8)
    expect_no_digit(page)
    places["no digit"] = page.evaluate(PLACES)

    assert len(set(places.values())) == 1, places
