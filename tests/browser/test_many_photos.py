"""Many photos at once: files and folders in, a table that fills, corrected and downloaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from on_the_page import LAPTOP, PHONE, canvas_of, expect_digit, open_tab
from PIL import Image
from playwright.sync_api import Dialog, Page, Route, expect
from written_numbers import number_photo

from app import MAX_UPLOAD
from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.examples import STROKES
from interface.languages import LANGUAGES
from interface.many import MAX_FILES
from model.table import Row, read_csv
from preprocessing import PROBLEMS

OpenPage = Callable[..., Page]

NUMBERS = ["204", "17", "0907", "81"]


@pytest.fixture
def sheets(tmp_path: Path) -> list[Path]:
    """Photos of NUMBERS, a blank one, and a file that is none."""
    folder = tmp_path / "class 5b"
    folder.mkdir()
    for number, text in enumerate(NUMBERS):
        Image.fromarray(number_photo([text])).save(folder / f"{number} is {text}.png")
    Image.fromarray(np.full((300, 200, 3), 240, np.uint8)).save(folder / "8 blank.png")
    (folder / "9 notes.txt").write_text("seven")
    return sorted(folder.iterdir())


def choose(page: Page, *files: Path, source: str = "files") -> None:
    page.locator(f"#many [data-source={source}]").set_input_files(files)


def fields(page: Page) -> list[str]:
    return page.locator("#many textarea").evaluate_all("fields => fields.map((field) => field.value)")


def expect_rows(page: Page, texts: Sequence[str]) -> None:
    expect(page.locator("#many tbody tr")).to_have_count(len(texts))
    assert fields(page) == list(texts)


def download(page: Page, kind: str, path: Path) -> Path:
    with page.expect_download() as event:
        page.locator(f"#many [data-do={kind}]").click()
    event.value.save_as(path)
    return path


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_many_photos_become_a_table_that_is_corrected_and_downloaded(
    open_page: OpenPage, sheets: list[Path], tmp_path: Path, window: dict
) -> None:
    page = open_page(**window)
    open_tab(page, texts.MANY_TAB)
    expect(page.locator("#answer")).to_be_hidden()
    choose(page, *sheets)
    expect_rows(page, [*NUMBERS, "", ""])
    expect(page.locator("#many .progress span")).to_have_text("5 read; 1 could not be read")
    expect(page.locator("#many .note")).to_have_text(PROBLEMS["blank"])
    expect(page.locator("#many .error")).to_contain_text("9 notes.txt is not a picture")
    assert page.evaluate("document.documentElement.scrollWidth") == window["viewport"]["width"]

    page.get_by_label("Text on 1 is 17.png").fill("11")
    expect(page.locator("#many .fixed")).to_have_attribute("title", texts.FIXED)

    table = download(page, "csv", tmp_path / "digits.csv")
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = read_csv(stream)
    assert [row.file for row in rows] == [sheet.name for sheet in sheets]
    assert [row.text for row in rows] == ["204", "11", "0907", "81", "", ""]
    assert all(row.lowest_confidence and 0.5 < row.lowest_confidence <= 1 for row in rows[:4])
    assert rows[4] == Row("8 blank.png", "", None)
    assert rows[5].error.startswith("9 notes.txt is not a picture")

    answers = json.loads(download(page, "json", tmp_path / "digits.json").read_text())
    assert [answer.get("text") for answer in answers] == ["204", "11", "0907", "81", "", None]
    assert list(answers[0]) == ["file", "text", "predictions"]
    assert [p["digit"] for p in answers[0]["predictions"]] == [2, 0, 4]
    assert answers[1]["corrected"] is True
    assert list(answers[5]) == ["file", "error"]


def test_where_numbers_have_a_comma_the_csv_is_for_such_spreadsheets(
    open_page: OpenPage, sheets: list[Path], tmp_path: Path
) -> None:
    page = open_page(**LAPTOP, locale="de-DE")
    open_tab(page, LANGUAGES["de"].MANY_TAB)
    choose(page, sheets[0])
    expect_rows(page, ["204"])
    lines = download(page, "csv", tmp_path / "digits.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "file;text;lowest_confidence;error"
    assert lines[1].startswith("0 is 204.png;204;0,9")


@pytest.mark.parametrize("window", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_all_of_a_long_number_is_in_sight(open_page: OpenPage, tmp_path: Path, window: dict) -> None:
    number = "31415926535897932384626433832795"
    Image.fromarray(number_photo([number], zoom=2)).save(tmp_path / "pi.png")
    page = open_page(**window)
    open_tab(page, texts.MANY_TAB)
    choose(page, tmp_path / "pi.png")
    expect_rows(page, [number])
    hidden = "field => [field.scrollHeight - field.clientHeight, field.scrollWidth - field.clientWidth]"
    field = page.locator("#many textarea")
    assert field.evaluate(hidden) == [0, 0]
    field.fill(f"{number}\n12\n345\n6")
    assert field.evaluate(hidden) == [0, 0]


def test_corrections_are_lost_only_after_a_question_until_they_are_downloaded(
    laptop: Page, sheets: list[Path], tmp_path: Path
) -> None:
    answers = [False, True]
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if answers.pop(0):
            dialog.accept()
        else:
            dialog.dismiss()

    laptop.on("dialog", answer)
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, sheets[0])
    expect_rows(laptop, ["204"])
    laptop.locator("#many textarea").fill("999")
    clear = laptop.get_by_role("button", name="Clear table")
    clear.click()
    expect_rows(laptop, ["999"])  # No
    clear.click()
    expect(laptop.locator("#many table")).to_be_hidden()  # Yes
    assert asked == ["confirm"] * 2

    choose(laptop, sheets[0])
    expect_rows(laptop, ["204"])
    answers.extend([True])
    laptop.reload()
    assert asked[2:] == ["beforeunload"]
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, sheets[0])
    expect_rows(laptop, ["204"])
    laptop.locator("#many textarea").fill("999")
    download(laptop, "csv", tmp_path / "digits.csv")
    clear.click()
    expect(laptop.locator("#many table")).to_be_hidden()
    assert len(asked) == 3


def test_doubtful_ones_come_first_by_one_click_and_go_back_by_another(
    open_page: OpenPage, doubtful_address: str, tmp_path: Path
) -> None:
    page = open_page(**LAPTOP, at=doubtful_address)
    open_tab(page, texts.MANY_TAB)
    for text in ("2", "4", "3", "0"):  # its network is unsure of a 4, and more so of a 3
        Image.fromarray(number_photo([text])).save(tmp_path / f"{text}.png")
    (tmp_path / "9.png").write_text("")
    choose(page, *(tmp_path / f"{text}.png" for text in ("2", "4", "3", "9", "0")))
    expect_rows(page, ["2", "4", "3", "", "0"])

    sort = page.get_by_role("button", name="Doubtful first")
    sort.click()
    expect_rows(page, ["", "3", "4", "2", "0"])
    expect(page.locator("#many .doubtful")).to_have_text(["49.5 %", "80.0 %"])
    choose(page, tmp_path / "3.png")  # takes its place
    expect_rows(page, ["", "3", "3", "4", "2", "0"])
    sort.click()
    expect_rows(page, ["2", "4", "3", "", "0", "3"])


def test_a_folder_is_read_without_what_is_no_picture(laptop: Page, sheets: list[Path]) -> None:
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, sheets[0].parent, source="folder")

    expect(laptop.locator("#many tbody tr")).to_have_count(5)
    expect(laptop.locator("#many td.file").first).to_contain_text("class 5b/")
    assert sorted(fields(laptop)) == sorted([*NUMBERS, ""])


def test_cancel_keeps_what_is_done(laptop: Page, sheets: list[Path]) -> None:
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, *(sheets[:4] * 40))
    expect(laptop.locator("#many tbody tr").nth(2)).to_be_visible()
    laptop.get_by_role("button", name="Cancel").click()

    expect(laptop.get_by_role("button", name="Cancel")).to_be_hidden()
    count = laptop.locator("#many tbody tr").count()
    assert 3 <= count < 160
    expect(laptop.locator("#many .progress span")).to_have_text(f"Stopped: {count} of 160 read")
    assert fields(laptop) == (NUMBERS * 40)[:count]

    choose(laptop, sheets[1])
    expect(laptop.locator("#many tbody tr")).to_have_count(count + 1)
    laptop.get_by_role("button", name="Clear table").click()
    expect(laptop.locator("#many table")).to_be_hidden()


def hold_readings(page: Page, count: int) -> list[Route]:
    """Keep the next photos waiting for the server, until `continue_()` lets each of them go."""
    held: list[Route] = []
    page.route("**/component_server/**", lambda route: held.append(route) if len(held) < count else route.continue_())
    return held


def test_a_cleared_table_stays_empty_when_photos_under_way_are_read(laptop: Page, sheets: list[Path]) -> None:
    held = hold_readings(laptop, 2)
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, *sheets[:1])
    choose(laptop, *sheets[1:4])
    expect(laptop.locator("#many .progress span")).to_have_text("0 of 4")
    laptop.locator("#many [data-do=clear]").evaluate("button => button.click()")  # it is hidden until there are rows
    choose(laptop, sheets[2])
    expect_rows(laptop, ["0907"])
    expect(laptop.locator("#many .progress span")).to_have_text("1 read")
    assert len(held) == 2
    for route in held:
        with laptop.expect_response("**/component_server/**"):
            route.continue_()
    laptop.wait_for_timeout(500)
    expect_rows(laptop, ["0907"])
    expect(laptop.locator("#many .progress span")).to_have_text("1 read")


def test_photos_that_are_chosen_after_cancel_are_counted_without_those_left_out(
    laptop: Page, sheets: list[Path]
) -> None:
    held = hold_readings(laptop, 2)
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, *sheets[:4])
    laptop.get_by_role("button", name="Cancel").click()
    expect(laptop.locator("#many .progress span")).to_have_text("0 of 4")
    choose(laptop, *sheets[2:4])
    expect(laptop.locator("#many .progress span")).to_have_text("0 of 4")  # two of them are others
    for route in held:
        route.continue_()
    expect_rows(laptop, NUMBERS)
    expect(laptop.locator("#many .progress span")).to_have_text("4 read")


def test_drawing_goes_on_while_photos_are_read(laptop: Page, sheets: list[Path]) -> None:
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, *(sheets[:4] * 40))
    expect(laptop.locator("#many tbody tr").first).to_be_visible()
    open_tab(laptop, texts.DRAW_TAB)
    draw_with_mouse(canvas_of(laptop), STROKES[3])
    expect_digit(laptop, 3)
    open_tab(laptop, texts.MANY_TAB)
    expect(laptop.get_by_role("button", name="Cancel")).to_be_visible()
    laptop.get_by_role("button", name="Cancel").click()
    expect(laptop.get_by_role("button", name="Cancel")).to_be_hidden()


def test_too_many_and_too_large_files_are_explained(laptop: Page, sheets: list[Path], tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(sheets[0].read_bytes() + bytes(MAX_UPLOAD * 1_000_000))
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, large)
    sentence = texts.PHOTO_TOO_LARGE.format(name="large.png", size="20.1", limit=MAX_UPLOAD)
    expect(laptop.locator("#many .error")).to_have_text(sentence)

    choose(laptop, *([sheets[1]] * (MAX_FILES + 3)))
    laptop.get_by_role("button", name="Cancel").click()
    expect(laptop.locator("#many").get_by_role("alert")).to_contain_text("At most 500 photos fit in the table; 4 were")


def test_a_picture_becomes_large_by_a_click(laptop: Page, sheets: list[Path]) -> None:
    open_tab(laptop, texts.MANY_TAB)
    choose(laptop, sheets[0])
    picture = laptop.get_by_role("button", name="0 is 204.png, larger or smaller")
    small = picture.locator("img").bounding_box()
    picture.click()
    large = picture.locator("img").bounding_box()
    assert small
    assert large
    assert large["width"] > 2 * small["width"]
