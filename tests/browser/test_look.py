"""How the page looks: everything in sight on laptop and phone, and the pen visible in light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from on_the_page import canvas_of, expect_digit, expect_no_digit, expect_sentence, open_tab, wait_for_ink
from playwright.sync_api import Page

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES

OpenPage = Callable[..., Page]

IN_SIGHT = """(selector) => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && bottom > top && scrollY === 0;
}"""


def page_size(page: Page) -> list[int]:
    return page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")


def test_a_laptop_shows_everything_without_scrolling(laptop: Page) -> None:
    assert page_size(laptop) == [1366, 768]
    draw_with_mouse(canvas_of(laptop), STROKES[8])
    expect_digit(laptop, 8)

    assert page_size(laptop) == [1366, 768]
    for part in ("#sketchpad", "#answer", "#probabilities", "#network-input"):
        assert laptop.evaluate(IN_SIGHT, part), part

    open_tab(laptop, "Photo")
    expect_sentence(laptop, texts.ASK_FOR_PHOTO)
    assert page_size(laptop) == [1366, 768]
    laptop.locator(".gallery-item").first.click()
    expect_digit(laptop, 4)
    assert page_size(laptop) == [1366, 768]
    for part in ("#photo", "#answer", "#probabilities", "#network-input"):
        assert laptop.evaluate(IN_SIGHT, part), part


def test_a_phone_shows_pad_answer_and_bars_without_scrolling(phone: Page) -> None:
    assert page_size(phone)[0] == 390
    phone.get_by_role("button", name="Example: 8").tap()
    expect_digit(phone, 8)

    assert page_size(phone)[0] == 390
    for part in ("#sketchpad", "#answer", "#probabilities"):
        assert phone.evaluate(IN_SIGHT, part), part

    open_tab(phone, "Photo")
    expect_sentence(phone, texts.ASK_FOR_PHOTO)
    phone.locator(".gallery-item").first.tap()
    expect_digit(phone, 4)
    assert page_size(phone)[0] == 390


# Red, green, blue of the pen's darkest pixel in the middle of the canvas, and of the paper below it.
COLORS = """() => {
  const canvas = document.querySelector("#sketchpad canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let most = 3;
  for (let i = 3; i < data.length; i += 4) if (data[i] > data[most]) most = i;
  const paper = getComputedStyle(canvas).backgroundColor.match(/[0-9.]+/g).map(Number);
  return { pen: [...data.slice(most - 3, most)], paper: paper.slice(0, 3), opaque: data[most] };
}"""


def luminance(color: list[int]) -> float:
    """WCAG's relative luminance, 0 black … 1 white."""
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def pen_contrast(page: Page) -> float:
    """Between pen and paper, 1 … 21; above 1 if the paper is lighter, below if the pen is."""
    colors = page.evaluate(COLORS)
    assert colors["opaque"] == 255
    return (luminance(colors["paper"]) + 0.05) / (luminance(colors["pen"]) + 0.05)


@pytest.mark.parametrize("height", [830, 844, 858])
def test_the_pad_is_as_sharp_as_the_screen_at_any_size(open_page: OpenPage, height: int) -> None:
    page = open_page(
        viewport={"width": 390, "height": height}
    )  # a new canvas is 300 x 150: about as wide as these pads
    page.wait_for_function("""() => {
      const { width, height, clientWidth } = document.querySelector("#sketchpad canvas");
      return width === clientWidth && height === width;
    }""")


def test_the_pen_is_visible_in_light_and_dark(laptop: Page, phone: Page) -> None:
    for page in (laptop, phone):
        page.get_by_role("button", name="Example: 8").click()
        wait_for_ink(page)

    assert pen_contrast(laptop) > 7  # dark on light
    assert pen_contrast(phone) < 1 / 7  # light on dark


def test_a_drawing_follows_a_change_from_light_to_dark(laptop: Page) -> None:
    laptop.get_by_role("button", name="Example: 8").click()
    wait_for_ink(laptop)
    before = laptop.evaluate(COLORS)

    laptop.evaluate("document.body.classList.add('dark')")

    laptop.wait_for_function(f"(before) => ({COLORS})().pen.join() !== before", arg=",".join(map(str, before["pen"])))
    assert pen_contrast(laptop) < 1 / 7


TEXT_COLORS = """(selector) => {
  const element = document.querySelector(selector);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  const behind = [];
  for (let e = element; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
  const flatten = (colors) => {
    for (const color of ["#fff", ...colors]) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  return { paper: flatten(behind), text: flatten([...behind, getComputedStyle(element).color]) };
}"""


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_words_are_readable(request: pytest.FixtureRequest, size: str) -> None:
    page: Page = request.getfixturevalue(size)  # light, dark
    hints = ["#answer .hint", "#network-input p"]
    page.locator(hints[0]).wait_for()
    colors = {part: page.evaluate(TEXT_COLORS, part) for part in hints}
    page.get_by_role("button", name="Example: 5").click()
    expect_digit(page, 5)
    answers = ["#answer .digit", "#answer strong", "#answer span", "#network-input figcaption"]
    colors |= {part: page.evaluate(TEXT_COLORS, part) for part in answers}
    page.get_by_role("button", name="Clear").click()
    canvas_of(page).click()  # a dot
    expect_no_digit(page)
    page.wait_for_function("getComputedStyle(document.querySelector('#answer .none')).opacity === '1'")  # it fades in
    no_answer = ["#answer .none .digit", "#answer .none strong", "#answer .none span"]
    colors |= {part: page.evaluate(TEXT_COLORS, part) for part in no_answer}

    for part, color in colors.items():
        dark, light = sorted([luminance(color["text"]), luminance(color["paper"])])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, part  # WCAG AA
