"""The sketchpad's wide format: for numbers, as wide as its column, and remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from on_the_page import LAPTOP, PHONE, canvas_of, draw_number, expect_digit, expect_number
from playwright.sync_api import Page, expect
from written_numbers import number_drawing

from benchmarks.chromium import draw_with_mouse
from interface.examples import CANVAS, STROKES

OpenPage = Callable[..., Page]

# How far the ink reaches on the canvas, from 0 to 1: left, top, right, bottom; and how much of the canvas it covers.
REACH = """() => {
  const canvas = document.querySelector("#sketchpad canvas");
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const pens = [];
  for (let i = 3; i < data.length; i += 4) if (data[i] > 127) pens.push((i - 3) / 4);
  const columns = pens.map((i) => (i % width) / width);
  const rows = pens.map((i) => Math.floor(i / width) / height);
  const low = (values) => values.reduce((a, b) => Math.min(a, b), 1);
  const high = (values) => values.reduce((a, b) => Math.max(a, b), 0);
  return { left: low(columns), top: low(rows), right: high(columns), bottom: high(rows), area: pens.length };
}"""


def toggle(page: Page) -> None:
    page.get_by_role("button", name="Wide pad").click()
    page.wait_for_function(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )


def draw_wide(page: Page, text: str) -> None:
    """Write a number from edge to edge of the wide pad."""
    box = canvas_of(page).bounding_box()
    assert box
    drawing = number_drawing([text])
    scale = min(box["width"] / drawing.width, box["height"] / drawing.height)
    for stroke in drawing.strokes:
        points = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_wide_pad_fills_its_column_and_reads_a_number(open_page: OpenPage, window: dict) -> None:
    page = open_page(**window)
    toggle(page)

    column = page.locator("#sketchpad").bounding_box()
    canvas = canvas_of(page).bounding_box()
    assert column
    assert canvas
    assert canvas["width"] > 0.9 * column["width"]
    assert canvas["width"] / canvas["height"] == pytest.approx(2.4, abs=0.01)
    ratio = window.get("device_scale_factor", 1)
    assert canvas_of(page).evaluate("canvas => canvas.width") == pytest.approx(canvas["width"] * ratio, abs=1)
    draw_wide(page, "204817")
    expect_number(page, "204817")
    assert page.evaluate("document.documentElement.scrollWidth") == window["viewport"]["width"]


def test_a_drawing_is_kept_whole_when_the_format_changes(laptop: Page) -> None:
    toggle(laptop)
    draw_wide(laptop, "204817")
    expect_number(laptop, "204817")
    wide = laptop.evaluate(REACH)

    toggle(laptop)
    expect_number(laptop, "204817")
    square = laptop.evaluate(REACH)
    assert square["left"] >= 0
    assert square["right"] <= 1
    assert square["right"] - square["left"] > wide["right"] - wide["left"]
    toggle(laptop)
    expect_number(laptop, "204817")


def test_a_digit_keeps_its_place_in_the_middle_and_comes_back_as_it_was(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[8])
    expect_digit(laptop, 8)
    before = laptop.evaluate(REACH)

    toggle(laptop)
    expect_digit(laptop, 8)
    wide = laptop.evaluate(REACH)
    assert (wide["top"], wide["bottom"]) == pytest.approx((before["top"], before["bottom"]), abs=0.02)
    assert (wide["left"] + wide["right"] - 1) * 2.4 == pytest.approx(before["left"] + before["right"] - 1, abs=0.02)
    toggle(laptop)
    laptop.wait_for_function(f"(area) => ({REACH})().area === area", arg=before["area"])
    assert laptop.evaluate(REACH) == before


def test_undo_and_clear_work_across_a_change_of_format(laptop: Page) -> None:
    draw_number(laptop, "17")
    expect_number(laptop, "17")
    toggle(laptop)
    expect_number(laptop, "17")
    laptop.get_by_role("button", name="Undo").click()
    expect_digit(laptop, 1)
    expect(laptop.get_by_role("button", name="Wide pad")).to_have_attribute("aria-pressed", "true")

    laptop.get_by_role("button", name="Clear").click()
    laptop.wait_for_function(f"({REACH})().area === 0")
    toggle(laptop)
    laptop.get_by_role("button", name="Undo").click()
    expect_digit(laptop, 1)


def test_the_browser_remembers_the_format(laptop: Page) -> None:
    toggle(laptop)
    laptop.reload()
    expect(laptop.get_by_role("button", name="Wide pad")).to_have_attribute("aria-pressed", "true")
    canvas = canvas_of(laptop).bounding_box()
    assert canvas
    assert canvas["width"] > 2 * canvas["height"]
    laptop.get_by_role("button", name="Example: 4").click()
    expect_digit(laptop, 4)
    reach = laptop.evaluate(REACH)
    middle = sum(x for x, _ in sum(STROKES[4], [])) / len(sum(STROKES[4], [])) / CANVAS
    assert (reach["left"] + reach["right"]) / 2 == pytest.approx(0.5 + (middle - 0.5) / 2.4, abs=0.05)
