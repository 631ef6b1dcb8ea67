"""Pictures named by their digit: which names say one, and what `predict.py --expect-from-name` makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from strokes import digit_picture

from model.expected import Tally, name_to_digit
from model.output import open_table
from model.recognizer import Recognizer
from model.table import Row
from predict import main, predict


@pytest.mark.parametrize(
    ("file", "digit"),
    [
        ("3.png", 3), ("3_b.jpg", 3), ("3-2.jpeg", 3), ("0.PNG", 0), ("7 (2).png", 7), ("own/4b.png", 4),
        ("30/5.png", 5), ("9.jsonl:2", 9),
        ("30.png", None), ("2024-05-01.jpg", None), ("img3.png", None), ("own3/a.png", None), ("_3.png", None),
        (".3.png", None), ("٣.png", None), ("3٣.png", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_says_the_one_digit_that_it_begins_with(file: str, digit: int | None) -> None:
    assert name_to_digit(file) == digit


def test_tally_counts_what_is_named_by_its_digit_and_lists_what_is_wrong() -> None:
    tally = Tally([Row("3.png", "3", 0.9)])
    tally.add(
        [Row("own/3_b.jpg", "8", 0.5), Row("5.png", "", None), Row("7.png", "?", 0.0), Row("1.png", "11\n2", 0.9)]
    )
    tally.add([Row("img3.png", "3", 0.9), Row("4.png", "", None, "broken"), Row("list.txt", "", None, "broken")])
    assert tally.to_lines() == [
        "1 of 5 named by their digit are read right: 20.0 %. Not counted: 1 named otherwise, 1 that could not be read.",
        "own/3_b.jpg: 3, read as 8",
        "5.png: 5, nothing found",
        "7.png: 7, not a digit",
        "1.png: 1, read as 11 2",
    ]


def test_tally_without_a_picture_named_by_its_digit() -> None:
    sentence = "No picture that was read is named by its digit, as 3.png and 3_b.jpg are."
    assert Tally().to_lines() == [sentence]
    assert Tally([Row("10.png", "1", 0.9)]).to_lines() == [f"{sentence} Not counted: 1 named otherwise."]


# ---------------------------------------------------------------- on the command line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Right are 7.png and deep/3_b.jpg, wrong are 5.png and 1.png, two are named otherwise, and one is broken."""
    monkeypatch.chdir(tmp_path)
    Path("own/deep").mkdir(parents=True)
    for digit, name in ((7, "7"), (2, "5"), (4, "30"), (4, "img4")):
        Image.fromarray(digit_picture(digit, 120, 6)).save(f"own/{name}.png")
    Image.fromarray(digit_picture(3, 120, 6)).save("own/deep/3_b.jpg")
    Image.fromarray(np.full((50, 50, 3), 255, np.uint8)).save("own/1.png")
    Path("own/8.png").write_text("a shopping list\n")
    return tmp_path


WRONG = ["own/1.png: 1, nothing found", "own/5.png: 5, read as 2"]


def test_accuracy_and_wrong_ones_stand_after_the_answers(
    folder: Path, recognizer: Recognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(["own"], recognizer, tally=Tally()) == 2
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[:5]] == [f"own/{n}.png" for n in ("1", "30", "5", "7", "img4")]
    assert lines[5:] == [
        "1 of 3 named by their digit are read right: 33.3 %. Not counted: 2 named otherwise, 1 that could not be read.",
        *WRONG,
    ]
    assert err.startswith("own/8.png: ")


def test_folders_within_folders_are_compared_too(
    folder: Path, recognizer: Recognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    predict(["own"], recognizer, recursive=True, tally=Tally())
    assert "2 of 4 named by their digit are read right: 50.0 %." in capsys.readouterr().out


def test_json_lines_say_what_is_expected_and_the_sum_is_no_json_line(
    folder: Path, recognizer: Recognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    predict(["own"], recognizer, as_json=True, tally=Tally())
    out, err = capsys.readouterr()
    answers = {answer["file"]: answer for answer in map(json.loads, out.splitlines())}
    assert {file: answer["expected"] for file, answer in answers.items()} == {
        "own/1.png": 1, "own/30.png": None, "own/5.png": 5, "own/7.png": 7, "own/8.png": 8, "own/img4.png": None,
    }  # fmt: skip
    assert answers["own/5.png"]["text"] == "2"
    assert err.splitlines()[1:] == WRONG
    predict(["own/7.png"], recognizer, as_json=True)
    assert "expected" not in json.loads(capsys.readouterr().out)


def test_a_table_that_is_gone_on_with_counts_as_a_whole(
    folder: Path, recognizer: Recognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    for paths in (["own/5.png", "own/8.png"], ["own"]):
        table, done = open_table("table.csv", resume=True)
        with table:
            predict(paths, recognizer, table=table, done=done, tally=Tally(done.values()))
    first, *_, second, _, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("0 of 1 named by their digit")
    assert second.startswith("1 of 3 named by their digit")


def test_option_as_a_user_gives_it(folder: Path, untrained_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["own/7.png", "own/img4.png", "--expect-from-name", "--model", str(untrained_model)]) == 0
    assert " of 1 named by their digit are read right: " in capsys.readouterr().out
    assert main(["own/7.png", "--model", str(untrained_model)]) == 0
    assert "named" not in capsys.readouterr().out
