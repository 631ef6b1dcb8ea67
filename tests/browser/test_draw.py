"""The Draw tab in a real browser: pen, tools, keys, answer and bars."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from on_the_page import (
    Fingers,
    canvas_of,
    expect_digit,
    expect_no_digit,
    expect_sentence,
    ink_area,
    line_width,
    open_tab,
    read_bars,
    to_page,
    wait_for_best_bar,
    wait_for_blank,
    wait_for_ink,
)
from playwright.sync_api import Page, expect

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES

# ---------------------------------------------------------------- drawing


def test_all_ten_digits_with_the_mouse(laptop: Page) -> None:
    for digit, strokes in STROKES.items():
        draw_with_mouse(canvas_of(laptop), strokes)
        expect_digit(laptop, digit)
        laptop.get_by_role("button", name="Clear").click()
        expect_sentence(laptop, texts.ASK_FOR_DRAWING)


def test_all_ten_digits_with_a_finger(phone: Page) -> None:
    fingers = Fingers(phone)
    for digit, strokes in STROKES.items():
        for stroke in strokes:
            fingers.drag(to_page(canvas_of(phone), stroke[::2] + stroke[-1:]))
        expect_digit(phone, digit)
        phone.get_by_role("button", name="Clear").tap()
        expect_sentence(phone, texts.ASK_FOR_DRAWING)


def test_the_first_thing_that_the_pen_does_is_draw(open_page: Callable[..., Page]) -> None:
    page = open_page(ready=False)

    draw_with_mouse(canvas_of(page), STROKES[2])

    wait_for_ink(page)
    expect_digit(page, 2)


def test_the_answer_appears_while_the_pen_is_down_and_settles_when_it_lifts(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[7], lift=False)
    expect_digit(laptop, 7, live=True)
    wait_for_best_bar(laptop, 7)

    laptop.mouse.up()
    expect_digit(laptop, 7)


def test_the_answer_follows_the_pen(laptop: Page) -> None:
    """A 1 becomes a 4 when its first stroke is added."""
    first, second = STROKES[4]
    draw_with_mouse(canvas_of(laptop), [second])
    expect_digit(laptop, 1)
    draw_with_mouse(canvas_of(laptop), [first])
    expect_digit(laptop, 4)


def test_a_stroke_that_leaves_the_pad_is_drawn_to_its_edge(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), [[[200, 80], [200, 200], [200, 300], [210, 600], [600, 600]]])

    expect_digit(laptop, 1)


def test_a_click_is_a_dot_and_no_digit(laptop: Page) -> None:
    canvas_of(laptop).click()

    expect_no_digit(laptop)
    expect(laptop.locator("#answer span")).to_have_text(texts.SOLID)


def test_only_the_first_mouse_button_draws(laptop: Page) -> None:
    canvas_of(laptop).click(button="middle")
    draw_with_mouse(canvas_of(laptop), STROKES[1])

    expect_digit(laptop, 1)
    laptop.get_by_role("button", name="Undo").click()
    wait_for_blank(laptop)
    expect(laptop.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_second_finger_is_ignored(phone: Page) -> None:
    fingers = Fingers(phone)
    one = to_page(canvas_of(phone), STROKES[1][0])
    palm = to_page(canvas_of(phone), [(350, y) for _, y in STROKES[1][0]])
    fingers.put(one[0])
    fingers.move(one[1])
    fingers.put(one[1], palm[1])
    for place in zip(one[2:], palm[2:], strict=True):
        fingers.move(*place)
    fingers.lift()

    expect_digit(phone, 1)
    assert line_width(phone, 200) < 30  # the pen's 16, and no second line at 350
    phone.get_by_role("button", name="Undo").tap()
    wait_for_blank(phone)
    expect(phone.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_page_keeps_still_under_a_drawing_finger(phone: Page) -> None:
    fingers = Fingers(phone)
    upwards = [(200, y) for y in range(380, 20, -20)]

    fingers.drag(to_page(canvas_of(phone), upwards))
    expect_digit(phone, 1)
    assert phone.evaluate("scrollY") == 0

    fingers.drag([(200, y) for y in range(800, 440, -20)])  # and below the pad the same finger scrolls
    phone.wait_for_function("scrollY > 50")


def test_example_drawings(laptop: Page) -> None:
    for digit in reversed(range(10)):
        laptop.get_by_role("button", name=f"Example: {digit}", exact=True).click()
        expect_digit(laptop, digit)
    assert ink_area(laptop) > 1000


# ---------------------------------------------------------------- the answer


def test_bars_stand_in_order_and_the_best_is_marked(laptop: Page) -> None:
    assert [bar.digit for bar in read_bars(laptop)] == list("0123456789")

    for digit in (8, 3, 0):
        laptop.get_by_role("button", name=f"Example: {digit}", exact=True).click()
        expect_digit(laptop, digit)
        bars = wait_for_best_bar(laptop, digit)
        assert [bar.digit for bar in bars] == list("0123456789")
        assert [bar.digit for bar in bars if bar.is_best] == [str(digit)]
        assert max(bars, key=lambda bar: bar.share).digit == str(digit)
        assert sum(bar.share for bar in bars) == pytest.approx(1, abs=0.02)


def test_the_answer_is_said_in_words_and_percent(laptop: Page) -> None:
    laptop.get_by_role("button", name="Example: 8").click()

    expect(laptop.locator("#answer strong")).to_have_text(re.compile(r"^[A-Z][a-z; ]+ an 8$"))
    expect(laptop.locator("#answer span").first).to_have_text(re.compile(r"^(over )?\d+\.\d %$"))


def test_the_steps_to_the_network_are_shown(laptop: Page) -> None:
    pictures = laptop.locator("#network-input img")
    expect(pictures).to_have_count(0)
    laptop.get_by_role("button", name="Example: 5").click()

    expect(pictures).to_have_count(4)
    captions = [texts.STEP_PAGE, texts.STEP_CROP, texts.STEP_SCALED, texts.STEP_IMAGE]
    expect(laptop.locator("#network-input figcaption")).to_have_text(captions)
    for picture in pictures.all():
        expect(picture).to_be_visible()
        assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 20


# ---------------------------------------------------------------- tools and keys


def test_undo_and_clear(laptop: Page) -> None:
    undo, clear = (laptop.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    angle, upright = STROKES[4]
    draw_with_mouse(canvas_of(laptop), [upright])
    expect_digit(laptop, 1)
    area_of_1 = ink_area(laptop)
    draw_with_mouse(canvas_of(laptop), [angle])
    expect_digit(laptop, 4)
    area_of_4 = ink_area(laptop)

    undo.click()
    expect_digit(laptop, 1)
    assert ink_area(laptop) == area_of_1

    clear.click()
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)
    assert ink_area(laptop) == 0
    expect(clear).to_be_disabled()

    undo.click()  # Clear is a step, too
    expect_digit(laptop, 1)
    assert ink_area(laptop) == area_of_1

    draw_with_mouse(canvas_of(laptop), [angle])
    expect_digit(laptop, 4)
    assert ink_area(laptop) == area_of_4

    undo.click()
    undo.click()
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)
    expect(undo).to_be_disabled()


def test_an_example_can_be_undone(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[1])
    expect_digit(laptop, 1)
    laptop.get_by_role("button", name="Example: 8").click()
    expect_digit(laptop, 8)

    laptop.get_by_role("button", name="Undo").click()
    expect_digit(laptop, 1)


def test_keys(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[6])
    expect_digit(laptop, 6)

    laptop.keyboard.press("Delete")
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)
    laptop.keyboard.press("Control+z")
    expect_digit(laptop, 6)
    laptop.keyboard.press("Backspace")
    wait_for_blank(laptop)
    laptop.keyboard.press("Control+z")
    laptop.keyboard.press("Control+z")
    expect_sentence(laptop, texts.ASK_FOR_DRAWING)


def test_keys_leave_the_drawing_alone_on_the_other_tab(laptop: Page) -> None:
    draw_with_mouse(canvas_of(laptop), STROKES[3])
    expect_digit(laptop, 3)

    open_tab(laptop, "Photo")
    laptop.keyboard.press("Delete")
    laptop.keyboard.press("Control+z")

    open_tab(laptop, "Draw")
    expect_digit(laptop, 3)


def test_the_pen_is_as_wide_as_chosen(laptop: Page) -> None:
    pen = laptop.get_by_role("slider", name="Pen width")
    widths = []
    for keys, expected in (("", 16), ("]]", 24), ("[[[[[[[", 4), ("]" * 20, 40)):
        for key in keys:
            laptop.keyboard.press(key)
        expect(pen).to_have_value(str(expected))
        draw_with_mouse(canvas_of(laptop), [[[200, 60], [200, 340]]])
        wait_for_ink(laptop, at_least=200 * expected)
        widths.append(line_width(laptop, 200))
        laptop.keyboard.press("Delete")
        wait_for_blank(laptop)

    assert widths == pytest.approx([16, 24, 4, 40], abs=1.5)


def test_the_slider_changes_the_pen_and_gives_the_keys_back(laptop: Page) -> None:
    laptop.get_by_role("slider", name="Pen width").fill("30")
    draw_with_mouse(canvas_of(laptop), STROKES[1])
    expect_digit(laptop, 1)
    assert line_width(laptop, 200) == pytest.approx(30, abs=2)

    laptop.keyboard.press("Control+z")
    wait_for_blank(laptop)
