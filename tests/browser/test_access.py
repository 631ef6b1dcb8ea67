"""For those who see little or nothing, or use no mouse: axe finds nothing serious, all has keys and words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from on_the_page import (
    LAPTOP,
    PHONE,
    canvas_of,
    draw_number,
    expect_digit,
    expect_number,
    expect_sentence,
    open_tab,
)
from playwright.sync_api import Page, expect

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import FOLDER, STROKES

OpenPage = Callable[..., Page]

WINDOWS = {
    "laptop, light": LAPTOP,
    "laptop, dark": {**LAPTOP, "color_scheme": "dark"},
    "phone, light": {**PHONE, "color_scheme": "light"},
    "phone, dark": PHONE,
}
SERIOUS = ("serious", "critical")

# Colors are compared once what moves has come to rest.
RUN_AXE = """async () => {
  for (const animation of document.getAnimations()) animation.finish();
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => ({ id, impact, html, why: failureSummary })));
}"""


def find_problems(page: Page) -> list[dict[str, str]]:
    """What axe-core calls serious or critical on the page as it is; no rule and no element is left out."""
    page.evaluate(f"window.axe || {{}} && {AXE_SCRIPT}")
    return [problem for problem in page.evaluate(RUN_AXE) if problem["impact"] in SERIOUS]


# ---------------------------------------------------------------- axe


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_axe_finds_nothing_serious_on_any_tab(open_page: OpenPage, window: dict, tmp_path: Path) -> None:
    page = open_page(**window)
    assert find_problems(page) == []
    draw_number(page, "20")
    expect_number(page, "20")
    page.locator("#answer summary").click()
    page.get_by_role("button", name=texts.HOW_IT_WORKS).click()
    expect(page.locator("#inside img").first).to_be_visible()
    expect(page.locator("#story table").first).to_be_visible()
    assert find_problems(page) == []

    open_tab(page, texts.PHOTO_TAB)
    expect_sentence(page, texts.ASK_FOR_PHOTO)
    example = page.get_by_role("button", name=texts.PHOTO_EXAMPLE.format(name="chalk"))
    expect(example).to_be_visible()
    assert find_problems(page) == []
    example.click()
    expect_digit(page, 8)
    assert find_problems(page) == []

    open_tab(page, texts.MANY_TAB)
    assert find_problems(page) == []
    (tmp_path / "notes.png").write_text("seven")
    page.locator("#many [data-source=files]").set_input_files([FOLDER / "chalk.jpg", tmp_path / "notes.png"])
    expect(page.locator("#many tbody tr")).to_have_count(2)
    expect(page.locator("#many progress")).to_be_hidden()
    assert find_problems(page) == []


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["light", "dark"])
def test_axe_finds_nothing_serious_with_models_side_by_side(
    open_page: OpenPage, compared_address: str, window: dict
) -> None:
    page = open_page(at=compared_address, **window)
    page.locator("#model").get_by_label(texts.SIDE_BY_SIDE).check()
    page.get_by_role("button", name="Example: 1").click()
    expect(page.locator("#answer .models .reading:not(.live)")).to_have_count(2)
    assert find_problems(page) == []


# ---------------------------------------------------------------- what screen readers hear

LISTEN = """() => {
  window.heard = [];
  const region = document.getElementById("announcement");
  new MutationObserver(() => window.heard.push(region.textContent.trim())).observe(region, { childList: true });
}"""


def listen(page: Page) -> Page:
    """Begin to listen; `heard` of the page's window are the announcements."""
    expect(page.locator("#announcement")).to_have_attribute("role", "status")
    page.evaluate(LISTEN)
    return page


@pytest.fixture
def listened(laptop: Page) -> Page:
    return listen(laptop)


def wait_for_words(page: Page, count: int) -> list[str]:
    """Wait until so many announcements were heard; all of them."""
    page.wait_for_function("(count) => window.heard.length >= count", arg=count)
    return page.evaluate("window.heard")


def test_the_answer_is_announced_once_when_the_pen_lifts(listened: Page) -> None:
    draw_with_mouse(canvas_of(listened), STROKES[7], lift=False)
    expect_digit(listened, 7, live=True)
    assert listened.evaluate("window.heard") == []

    listened.mouse.up()
    [words] = wait_for_words(listened, 1)
    assert "a 7, " in words
    assert words.endswith("%")

    listened.get_by_role("button", name="Clear").click()
    assert wait_for_words(listened, 2) == [words, texts.ASK_FOR_DRAWING]


def test_the_same_answer_to_another_drawing_is_announced_again(open_page: OpenPage, doubtful_address: str) -> None:
    page = listen(open_page(at=doubtful_address, **LAPTOP))
    for count in (1, 2):
        draw_with_mouse(canvas_of(page), [[[x + 4 * count, y] for x, y in STROKES[1][0]]])
        words = wait_for_words(page, count)
    assert words == ["Almost certainly a 1, 100.0 %"] * 2


def test_of_a_number_all_is_announced_and_each_digit_that_is_chosen(listened: Page) -> None:
    draw_number(listened, "17")
    expect_number(listened, "17")
    listened.wait_for_function("window.heard.at(-1)?.startsWith('17, 1 of 2: ')")
    listened.locator('#answer .digits [data-sign="1"]').click()
    listened.wait_for_function("window.heard.at(-1)?.startsWith('17, 2 of 2: ')")


def test_the_chart_has_a_text_form(laptop: Page) -> None:
    laptop.get_by_role("button", name="Example: 6").click()
    expect_digit(laptop, 6)
    table = laptop.get_by_role("table", name=texts.CHART_LABEL)
    expect(table.get_by_role("rowheader")).to_have_text([str(digit) for digit in range(10)])
    cells = table.get_by_role("cell").all_text_contents()
    assert len(cells) == 10
    assert all(cell.endswith(" %") for cell in cells)
    percents = [float(cell.split()[-2]) for cell in cells]
    assert percents.index(max(percents)) == 6
    expect(laptop.locator("#probabilities")).to_have_attribute("aria-hidden", "true")  # not read twice


# ---------------------------------------------------------------- keys alone


def press_until(page: Page, key: str, selector: str) -> None:
    """Press a key until the focus is on an element; at most as often as the page has stops."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} does not reach {selector}")


def test_a_drawing_is_made_read_corrected_undone_and_cleared_with_keys(laptop: Page) -> None:
    press_until(laptop, "Tab", '[aria-label="Example: 4"]')
    laptop.keyboard.press("Enter")
    expect_digit(laptop, 4)
    press_until(laptop, "Tab", "#answer summary")
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("group", name=texts.REALLY)).to_be_visible()
    press_until(laptop, "Tab", '[data-fix="9"]')
    laptop.keyboard.press("Enter")
    expect(laptop.locator("#answer .fixed")).to_have_text("9")
    press_until(laptop, "Shift+Tab", "[data-tool=clear]")
    laptop.keyboard.press("Enter")
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)
    press_until(laptop, "Shift+Tab", "[data-tool=undo]")
    laptop.keyboard.press("Enter")
    expect_digit(laptop, 4)


def test_a_digit_of_a_number_is_chosen_with_keys(laptop: Page) -> None:
    draw_number(laptop, "20")
    expect_number(laptop, "20")
    press_until(laptop, "Tab", '#answer .digits [data-sign="0"]')
    laptop.keyboard.press("ArrowRight")
    expect(laptop.locator('#answer .digits [data-sign="1"]')).to_have_attribute("aria-pressed", "true")


def test_photos_are_uploaded_and_examples_chosen_with_keys(laptop: Page) -> None:
    press_until(laptop, "Tab", '[data-tab-id="photo-tab"]')
    laptop.keyboard.press("Enter")
    expect_sentence(laptop, texts.ASK_FOR_PHOTO)
    press_until(laptop, "Tab", "#photo button.upload-container")
    with laptop.expect_file_chooser() as chooser:
        laptop.keyboard.press("Enter")
    chooser.value.set_files(FOLDER / "ruled-paper.jpg")
    expect_digit(laptop, 7)
    press_until(laptop, "Tab", f'[aria-label="{texts.PHOTO_EXAMPLE.format(name="chalk")}"]')
    laptop.keyboard.press("Enter")
    expect_digit(laptop, 8)


def test_many_photos_are_chosen_with_keys(laptop: Page) -> None:
    press_until(laptop, "Tab", '[data-tab-id="many"]')
    laptop.keyboard.press("Enter")
    press_until(laptop, "Tab", "#many [data-source=files]")
    with laptop.expect_file_chooser() as chooser:
        laptop.keyboard.press("Enter")
    chooser.value.set_files(FOLDER / "chalk.jpg")
    expect(laptop.get_by_role("textbox", name="Text on chalk.jpg")).to_have_value("8")


# What has the focus: its name, how thick the line around it is, and whether it is drawn at all
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const seen = element.matches("input[type=file]") ? element.parentElement : element;
  const { outlineStyle, outlineWidth } = getComputedStyle(seen);
  const { width, height } = seen.getBoundingClientRect();
  return { name: seen.outerHTML.slice(0, 80), isSeen: outlineStyle !== "none" && width * height > 0,
    width: parseFloat(outlineWidth) };
}"""


@pytest.mark.parametrize("tab", [texts.DRAW_TAB, texts.PHOTO_TAB, texts.MANY_TAB])
def test_the_focus_is_visible_wherever_it_goes(laptop: Page, tab: str) -> None:
    laptop.get_by_role("button", name="Example: 4").click()
    expect_digit(laptop, 4)
    open_tab(laptop, tab)
    laptop.evaluate("document.activeElement.blur()")
    stops = []
    for _ in range(60):
        laptop.keyboard.press("Tab")
        if (stop := laptop.evaluate(FOCUS)) is None:
            break
        stops.append(stop)
    assert len(stops) >= 3
    assert [stop for stop in stops if not stop["isSeen"] or stop["width"] < 2] == []
