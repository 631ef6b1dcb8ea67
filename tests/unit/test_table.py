"""Answers to rows of a table, the table to CSV and back, and boxes on pictures."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from model.recognizer import Prediction
from model.table import COLUMNS, Row, TableError, draw_boxes, lowest_confidence, read_csv, to_row, write_csv, write_rows
from preprocessing import Box, Glyph

EMPTY = np.zeros((28, 28), np.float32)
ORANGE, GRAY = (234, 88, 12), (100, 116, 139)


def predict(digit: int | None, probability: float = 0.9, row: int = 0, box: Box | None = None) -> Prediction:
    probabilities = np.full(10, (1 - probability) / 9, np.float32)
    probabilities[digit or 0] = probability
    place = box or Box(40, 30, 50, 20)
    return Prediction(digit, probabilities, 1.0, place, Glyph(place, EMPTY, EMPTY, EMPTY, False), None, row)


def write(*rows: Row) -> str:
    stream = io.StringIO(newline="")
    write_csv(rows, stream)
    return stream.getvalue()


def read(text: str) -> list[Row]:
    return read_csv(io.StringIO(text, newline=""))


def cells(*rows: Row) -> list[list[str]]:
    """What a spreadsheet gets to see, without the header."""
    return list(csv.reader(io.StringIO(write(*rows), newline="")))[1:]


# ---------------------------------------------------------------- rows


def test_lowest_confidence_is_that_of_the_least_sure_digit() -> None:
    assert lowest_confidence([predict(1, 0.99), predict(2, 0.625), predict(3, 0.8)]) == 0.625


def test_what_is_no_digit_has_no_confidence_however_probable_its_digit() -> None:
    assert lowest_confidence([predict(1, 0.99), predict(None, 0.95)]) == 0


def test_blank_page_has_nothing_to_be_sure_of() -> None:
    assert lowest_confidence([]) is None
    assert to_row("a.jpg", []) == Row("a.jpg", "", None, "")


def test_row_has_the_text_line_by_line() -> None:
    signs = [predict(0), predict(None), predict(4, 0.75, row=1)]
    assert to_row("a.jpg", signs[:1] + signs[2:]) == Row("a.jpg", "0\n4", 0.75)
    assert to_row("a.jpg", signs) == Row("a.jpg", "0?\n4", 0.0)
    assert to_row("b.jpg", [], "It is damaged.") == Row("b.jpg", "", None, "It is damaged.")


# ---------------------------------------------------------------- CSV


def test_csv_is_a_header_and_a_line_a_row() -> None:
    rows = [Row("a.jpg", "2024", 0.98765), Row("b, c.jpg", "", None), Row("d.jpg", "", None, 'It is "damaged".')]
    assert write(*rows) == (
        'file,text,lowest_confidence,error\r\na.jpg,2024,0.987650,\r\n"b, c.jpg",,,\r\nd.jpg,,,"It is ""damaged""."\r\n'
    )


@pytest.mark.parametrize("text", ["007", "00", "0123456789", "1234567890123456", "0" * 40])
def test_text_that_a_spreadsheet_would_change_is_a_formula_for_itself(text: str) -> None:
    ((_, cell, _, _),) = cells(Row("a.jpg", text, 0.5))
    assert cell == f'="{text}"'
    assert read(write(Row("a.jpg", text, 0.5))) == [Row("a.jpg", text, 0.5)]


@pytest.mark.parametrize("text", ["0", "7", "2024", "123456789012345", "0?7", "07\n08", ""])
def test_other_text_stands_as_it_is(text: str) -> None:
    ((_, cell, _, _),) = cells(Row("a.jpg", text, 0.5))
    assert cell == text


@pytest.mark.parametrize("name", ["=1+2.png", "+1.png", "-rf.png", "@SUM(A1).png", "\tx.png", "\rx.png", '="007"'])
def test_names_and_errors_are_no_formulas(name: str) -> None:
    ((file, _, _, error),) = cells(Row(name, "7", 0.5, f"{name} is damaged."))
    assert file == f"'{name}"
    assert error == f"'{name} is damaged."


def test_any_row_comes_back_as_it_was_written() -> None:
    names = [
        "a.jpg",
        "=a",
        "'=a",
        "''=a",
        "'a",
        '="07"',
        '\'="07"',
        "007",
        "ä 数 🖋.png",
        'a"b,c\r\nd',
        "\n",
        "\udcff.png",
    ]
    rows = [Row(name, "07\n08", 0.25, error) for name in names for error in ("", name)]
    assert read(write(*rows)) == rows


def test_file_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        write_csv([Row("ä.jpg", "7", 0.5)], stream)
    assert path.read_bytes() == "\ufefffile,text,lowest_confidence,error\r\nä.jpg,7,0.500000,\r\n".encode()
    with open(path, encoding="utf-8-sig", newline="") as stream:
        assert read_csv(stream) == [Row("ä.jpg", "7", 0.5)]


def test_rows_may_come_one_by_one() -> None:
    rows = [Row("a.jpg", "1", 0.5), Row("b.jpg", "02", 0.5)]
    stream = io.StringIO(newline="")
    write_csv(rows[:1], stream)
    write_rows(rows[1:], stream)
    assert stream.getvalue() == write(*rows)


def test_table_that_is_cut_off_anywhere_has_the_rows_before() -> None:
    rows = [Row("a, b.jpg", "07\r\n08", 0.5), Row('c"d.jpg', "007", 0.5), Row("e.jpg", "", None, "It is\r\ndamaged.")]
    whole = write(*rows)
    ends = [len(write(*rows[:count])) for count in range(4)]
    for length in range(ends[0], len(whole) + 1):
        assert read(whole[:length]) == rows[: sum(length >= end for end in ends) - 1]


@pytest.mark.parametrize(
    "text", ["a shopping list\n", "file,text\r\n", "file;text;lowest_confidence;error\n", "file,te"]
)
def test_table_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(TableError, match=f"^is no table of predict.py: it does not begin with {','.join(COLUMNS)}$"):
        read(text)


@pytest.mark.parametrize("line", ["a.jpg,7", "a.jpg,7,high,", "a.jpg,7,0.5,,", '"a"b,7,0.5,', ""])
def test_damaged_table_is_refused_with_its_line(line: str) -> None:
    good = write(Row("a.jpg", "07", 0.5))
    with pytest.raises(TableError, match=r"^is damaged in line 3$"):
        read(f"{good}{line}\r\nb.jpg,8,0.5,\r\n")


def test_empty_file_is_an_empty_table() -> None:
    assert read("") == []


# ---------------------------------------------------------------- pictures with boxes


def colors(picture: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(color) for color in np.unique(picture.reshape(-1, 3), axis=0).tolist()}


def test_box_surrounds_its_sign_and_leaves_it_alone() -> None:
    picture = np.full((300, 400, 3), 250, np.uint8)
    drawn = draw_boxes(picture, (300, 400), [predict(7, box=Box(100, 150, 80, 40))])
    assert drawn.dtype == np.uint8
    assert (picture == 250).all()  # the picture that was given
    rows, columns = np.nonzero((drawn == ORANGE).all(axis=2))
    assert 95 < rows.max() - 80 < 105
    assert 140 < columns.min() < 150
    assert 190 < columns.max() < 200
    assert (drawn[100:180, 150:190] == 250).all()
    assert GRAY not in colors(drawn)


def test_box_of_what_is_no_digit_is_gray() -> None:
    drawn = draw_boxes(np.zeros((300, 400, 3), np.uint8), (300, 400), [predict(None)])
    assert GRAY in colors(drawn)
    assert ORANGE not in colors(drawn)


def test_signs_have_different_letters() -> None:
    picture = np.full((300, 400, 3), 250, np.uint8)
    drawn = [draw_boxes(picture, (300, 400), [predict(digit)]) for digit in range(10)]
    assert len({one.tobytes() for one in drawn}) == 10


@pytest.mark.parametrize("zoom", [0.25, 0.5, 2.0])
def test_boxes_fit_a_picture_that_is_smaller_than_its_file(zoom: float) -> None:
    size = (1200, 1600)
    shape = (round(1200 * zoom), round(1600 * zoom), 3)
    drawn = draw_boxes(np.full(shape, 250, np.uint8), size, [predict(7, box=Box(400, 600, 320, 160))])
    rows, columns = np.nonzero((drawn == ORANGE).all(axis=2))
    edges = np.array([rows.max(), columns.min(), columns.max()]) / zoom
    np.testing.assert_allclose(edges, (720, 600, 760), atol=25)


@pytest.mark.parametrize("box", [Box(0, 0, 50, 50), Box(-20, -20, 400, 400), Box(45, 45, 5, 5)])
@pytest.mark.parametrize("shape", [(50, 50, 3), (1, 50, 3), (1, 1, 3)])
def test_boxes_at_the_edge_and_on_tiny_pictures(box: Box, shape: tuple[int, int, int]) -> None:
    assert draw_boxes(np.zeros(shape, np.uint8), shape[:2], [predict(5, box=box)]).shape == shape
