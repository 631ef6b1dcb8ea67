"""On a phone: pad and answer in sight on its side, too, targets for fingers, and no zoom while drawing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from on_the_page import PHONE, Fingers, canvas_of, draw_number, expect_digit, expect_number, open_tab, to_page
from playwright.sync_api import Page, expect

from interface import texts
from interface.examples import STROKES

OpenPage = Callable[..., Page]

FINGER = 44  # CSS pixels
EXAMPLE = 36  # ten of them share the width of a phone that is held upright

IN_SIGHT = """(selector) => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && bottom > top;
}"""

# What is smaller than a finger, with its size: what can be touched of it, a frame around it counted in.
SMALL = """([finger, example]) => {
  const all = "button, summary, a[href], input:not([type=file]), textarea, label:has(input[type=file])";
  const isShown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true], .overlay");
  const sizeOf = (e) => {
    const { width, height } = e.getBoundingClientRect();
    const frame = getComputedStyle(e, "::after");
    if (!e.matches(".examples button") || frame.content === "none") return [width, height];
    const [left, right, top, bottom] = [frame.left, frame.right, frame.top, frame.bottom].map(parseFloat);
    return [width - left - right, height - top - bottom];
  };
  return [...document.querySelectorAll(all)].filter(isShown).flatMap((element) => {
    const [width, height] = sizeOf(element);
    const least = element.matches(".examples button") && innerWidth < 640 ? example : finger;
    return width < least - 0.5 || height < finger - 0.5 ? [[element.outerHTML.slice(0, 90), width, height]] : [];
  });
}"""

# What a finger may do besides clicking, by the nearest element around that says so.
TOUCH_ACTION = """(selector) => {
  let element = document.querySelector(selector);
  while (element && getComputedStyle(element).touchAction === "auto") element = element.parentElement;
  return element && getComputedStyle(element).touchAction;
}"""


def on_its_side(width: int, height: int) -> dict:
    return {**PHONE, "viewport": {"width": width, "height": height}}


@pytest.mark.parametrize(("size", "lowest"), [((844, 390), "#probabilities"), ((667, 375), "#answer")])
def test_on_its_side_pad_and_answer_are_in_sight_together(
    open_page: OpenPage, size: tuple[int, int], lowest: str
) -> None:
    """On most with the bars; the smallest phones have the answer alone."""
    page = open_page(**on_its_side(*size))
    fingers = Fingers(page)
    for stroke in STROKES[4]:
        fingers.drag(to_page(canvas_of(page), stroke[::2] + stroke[-1:]))
    expect_digit(page, 4)

    assert page.evaluate("[scrollX, scrollY, visualViewport.scale]") == [0, 0, 1]
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    for part in ("#sketchpad canvas", "#sketchpad .tools", "#answer", lowest):
        assert page.evaluate(IN_SIGHT, part), part
    canvas = canvas_of(page).bounding_box()
    assert canvas
    assert canvas["width"] == pytest.approx(canvas["height"], abs=1)
    assert canvas["width"] > 200

    page.get_by_role("button", name="Wide pad").tap()
    expect_digit(page, 4)
    for part in ("#sketchpad canvas", "#sketchpad .tools", "#answer"):
        assert page.evaluate(IN_SIGHT, part), part


@pytest.mark.parametrize("window", [PHONE, on_its_side(844, 390)], ids=["upright", "on its side"])
def test_everything_is_large_enough_for_a_finger(open_page: OpenPage, window: dict) -> None:
    page = open_page(**window)
    sizes = [FINGER, EXAMPLE]
    draw_number(page, "20")
    expect_number(page, "20")
    assert page.evaluate(SMALL, sizes) == []
    page.locator("#answer summary").tap()
    expect(page.get_by_role("group", name=texts.REALLY)).to_be_visible()
    assert page.evaluate(SMALL, sizes) == []
    open_tab(page, texts.PHOTO_TAB)
    example = page.get_by_role("button", name=texts.PHOTO_EXAMPLE.format(name="chalk"))
    expect(example).to_be_visible()
    assert page.evaluate(SMALL, sizes) == []
    example.tap()
    expect_digit(page, 8)
    assert page.evaluate(SMALL, sizes) == []
    open_tab(page, texts.MANY_TAB)
    assert page.evaluate(SMALL, sizes) == []


def test_fast_taps_and_two_fingers_do_not_zoom(phone: Page) -> None:
    fingers = Fingers(phone)
    dots = to_page(canvas_of(phone), [(120, 200), (280, 200)])
    for _ in range(2):
        fingers.put(dots[0])
        fingers.lift()
    fingers.put(*dots)
    fingers.move(*to_page(canvas_of(phone), [(40, 200), (360, 200)]))
    fingers.lift()

    assert phone.evaluate("[scrollX, scrollY, visualViewport.scale]") == [0, 0, 1]
    actions = [phone.evaluate(TOUCH_ACTION, part) for part in ("#sketchpad canvas", "#sketchpad .tools button")]
    assert actions == ["none", "manipulation"]
