"""The page in the language of the browser, or in another one that a person chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from on_the_page import LAPTOP, PHONE, expect_digit, ink_area, wait_for_best_bar, wait_for_ink
from playwright.sync_api import Locator, Page, expect

from interface.examples import FOLDER
from interface.languages import ENGLISH, LANGUAGES

OpenPage = Callable[..., Page]

LOCALES = {"en": "en-GB", "zh-CN": "zh-CN", "de": "de-AT", "es": "es-MX"}  # as browsers ask
OTHERS = [code for code in LANGUAGES if code != "en"]


def choice_of(page: Page) -> Locator:
    return page.locator("#title select")


def draw_example(page: Page, digit: int) -> None:
    page.locator("#sketchpad .examples button").nth(digit).click()


def find_english(page: Page) -> list[str]:
    """What of two words or more can be read on the page and is an English sentence of ours."""
    shown = page.locator("body").inner_text()
    sentences: list[str] = []
    for value in ENGLISH.table.values():
        sentences += [value] if isinstance(value, str) else value.values() if isinstance(value, dict) else value
    return [sentence for sentence in sentences if " " in sentence.strip() and sentence in shown]


@pytest.mark.parametrize("code", OTHERS)
def test_all_is_in_the_language_of_the_browser(
    open_page: OpenPage, doubtful_address: str, tmp_path: Path, code: str
) -> None:
    page, texts = open_page(at=doubtful_address, locale=LOCALES[code], **LAPTOP), LANGUAGES[code]
    (tmp_path / "hello.png").write_bytes(b"hello")

    # labels, tabs and hints
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page).to_have_title(texts.TITLE)
    expect(page.locator("#title h1")).to_have_text(texts.TITLE)
    expect(choice_of(page)).to_have_value(code)
    expect(page.get_by_role("tab")).to_have_text([texts.DRAW_TAB, texts.PHOTO_TAB, texts.MANY_TAB])
    expect(page.locator("#sketchpad canvas")).to_have_attribute("aria-label", texts.SKETCHPAD["canvas"])
    expect(page.locator("#answer")).to_contain_text(texts.ASK_FOR_DRAWING)
    expect(page.locator("#network-input p")).to_have_text(texts.NOTHING_YET)
    expect(page.locator("#probabilities")).to_contain_text(texts.CHART_LABEL)
    expect(page.locator("#probabilities .role-axis-title")).to_have_text([texts.CHART_DIGIT, texts.CHART_PROBABILITY])
    assert find_english(page) == []

    # answers
    draw_example(page, 3)
    expect(page.locator("#answer strong")).to_have_text(texts.ask_which(3, 8))
    words = texts.HOW_LIKELY.format(words=texts.say_certainty(0.495, 3), probability=texts.format_percent(0.495))
    alternative = texts.ALTERNATIVE.format(digit=texts.name_digit(8), probability=texts.format_percent(0.494))
    expect(page.locator("#answer [role=status] span")).to_have_text([words, alternative])
    captions = [texts.STEP_PAGE, texts.STEP_CROP, texts.STEP_SCALED, texts.STEP_IMAGE]
    expect(page.locator("#network-input figcaption")).to_have_text(captions)
    draw_example(page, 8)
    expect(page.locator("#answer strong")).to_have_text(texts.NOT_A_DIGIT)
    page.locator("#how-it-works button").first.click()
    expect(page.locator("#inside h3").first).to_have_text(texts.EVIDENCE.format(digit=texts.name_digit(8)))
    expect(page.locator("#story")).to_contain_text(texts.NO_REPORT)
    assert find_english(page) == []

    # what cannot be read
    page.get_by_role("tab", name=texts.PHOTO_TAB, exact=True).click()
    expect(page.locator("#answer")).to_contain_text(texts.ASK_FOR_PHOTO)
    page.locator("#photo input[type=file]").set_input_files(tmp_path / "hello.png")
    problem = texts.PROBLEMS["no_picture"].partition("{others}")[0].format(name="hello.png")
    expect(page.locator("#answer .problem")).to_contain_text(problem)
    assert find_english(page) == []

    # many photos
    page.get_by_role("tab", name=texts.MANY_TAB, exact=True).click()
    page.locator("#many [data-source=files]").set_input_files([tmp_path / "hello.png", FOLDER / "chalk.jpg"])
    count = (texts.MANY["done"] + texts.MANY["failed"]).format(done=1, failed=1)
    expect(page.locator("#many .progress span")).to_have_text(count)
    expect(page.locator("#many th")).to_have_text(
        [texts.MANY[key] for key in ("picture", "file", "text", "confidence")]
    )
    expect(page.locator("#many .error")).to_contain_text(problem)
    expect(page.locator("#many .confidence").filter(has_text="%")).to_contain_text(texts.DECIMAL)
    assert find_english(page) == []


def test_a_language_that_we_lack_gets_english(open_page: OpenPage, doubtful_address: str) -> None:
    page = open_page(at=doubtful_address, locale="fr-FR", **LAPTOP)

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("tab")).to_have_text([ENGLISH.DRAW_TAB, ENGLISH.PHOTO_TAB, ENGLISH.MANY_TAB])


def test_another_language_is_remembered_and_keeps_the_drawing(open_page: OpenPage, doubtful_address: str) -> None:
    page = open_page(at=doubtful_address, locale="en-US", **LAPTOP)
    draw_example(page, 1)
    expect_digit(page, 1)
    area = ink_area(page)

    choice_of(page).select_option("de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    german = LANGUAGES["de"]
    expect(page.locator("#answer strong")).to_have_text(german.say_certainty(1.0, 1))
    wait_for_best_bar(page, 1)
    wait_for_ink(page)
    assert ink_area(page) == pytest.approx(area, rel=0.01)
    expect(choice_of(page)).to_have_value("de")
    page.get_by_role("button", name=german.SKETCHPAD["undo"]).click()
    expect(page.locator("#answer")).to_contain_text(german.ASK_FOR_DRAWING)

    other = page.context.new_page()
    other.goto(doubtful_address)
    expect(other.get_by_role("tab").first).to_have_text(german.DRAW_TAB)
    choice_of(other).select_option("en")
    expect(other.get_by_role("tab").first).to_have_text(ENGLISH.DRAW_TAB)
    expect(other.locator("#answer")).to_contain_text(ENGLISH.ASK_FOR_DRAWING)


def test_a_table_is_not_lost_without_a_question(open_page: OpenPage, doubtful_address: str) -> None:
    page, asked = open_page(at=doubtful_address, locale="en-US", **LAPTOP), []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("tab", name=ENGLISH.MANY_TAB, exact=True).click()
    page.locator("#many [data-source=files]").set_input_files(FOLDER / "chalk.jpg")
    expect(page.locator("#many tbody tr")).to_have_count(1)

    choice_of(page).select_option("es")
    expect(choice_of(page)).to_have_value("en")
    expect(page.locator("#many tbody tr")).to_have_count(1)
    assert asked == [ENGLISH.MANY["lose"]]
    assert page.context.cookies() == []


CUT_OFF = """() => [...document.querySelectorAll("button, .tool, select, [role=tab]")]
  .filter((e) => e.offsetParent && e.textContent.trim())
  .filter((e) => e.closest("#title, #sketchpad, #answer, #many, [role=tablist]"))
  .filter((e) => {
    const box = e.getBoundingClientRect();
    return e.scrollWidth > e.clientWidth + 1 || box.left < 0 || box.right > innerWidth;
  })
  .map((e) => e.textContent.trim())"""


@pytest.mark.parametrize(
    ("code", "window"), [*((code, PHONE) for code in LANGUAGES), ("de", LAPTOP)], ids=[*LANGUAGES, "de-laptop"]
)
def test_long_words_have_room(open_page: OpenPage, doubtful_address: str, code: str, window: dict[str, Any]) -> None:
    page, texts = open_page(at=doubtful_address, locale=LOCALES[code], **window), LANGUAGES[code]
    draw_example(page, 3)
    expect(page.locator("#answer strong")).to_have_text(texts.ask_which(3, 8))
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = page.evaluate(
        """() => ["#title h1", "#title select"].map((s) => document.querySelector(s).offsetHeight)"""
    )
    assert heights[0] <= heights[1] * 1.2, "the title takes two lines"

    page.get_by_role("tab", name=texts.MANY_TAB, exact=True).click()
    page.locator("#many [data-source=files]").set_input_files(FOLDER / "chalk.jpg")
    expect(page.locator("#many tbody tr")).to_have_count(1)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
