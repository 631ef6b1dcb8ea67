"""The command line: paths in, lines or JSON out, every error on its way; also as a user starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from strokes import digit_drawing, digit_picture

from model.card import Card
from model.recognizer import Classify, Recognizer
from model.sheets import AHEAD, Sheet, read_in_order, read_picture
from predict import BATCH, main, predict

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with some of everything."""
    monkeypatch.chdir(tmp_path)
    for digit in (7, 3):
        Image.fromarray(digit_picture(digit, 120, 6)).save(f"{digit}.png")
    Image.fromarray(np.full((50, 50, 3), 255, np.uint8)).save("blank.png")
    Path("list.txt").write_text("a shopping list\n")
    drawings = [json.dumps({**digit_drawing(n), "label": n}) for n in (2, 5)]
    dot = json.dumps({"width": 400, "height": 400, "strokes": [[[200, 200]]]})
    blank = json.dumps({"width": 400, "height": 400, "strokes": []})
    Path("some.jsonl").write_text("\n".join([drawings[0], "", '{"width": 400}', blank, dot, "[1, 2", drawings[1]]))
    return tmp_path


@pytest.fixture
def answers(recognizer: Recognizer, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[Any]]]:
    """Run with `--json` on paths: the exit status and the decoded lines."""

    def run(*paths: str) -> tuple[int, list[Any]]:
        status = predict(paths, recognizer, as_json=True)
        out, err = capsys.readouterr()
        assert err == ""
        return status, [json.loads(line) for line in out.splitlines()]

    return run


Answers = Callable[..., tuple[int, list[Any]]]


def run(*args: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "predict.py", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **more)


# ---------------------------------------------------------------- JSON


def test_json_of_a_picture(folder: Path, answers: Answers) -> None:
    status, (line,) = answers("7.png")
    assert status == 0
    assert list(line) == ["file", "text", "predictions"]
    assert (line["file"], line["text"]) == ("7.png", "7")
    (prediction,) = line["predictions"]
    assert list(prediction) == ["digit", "runner_up", "probability", "probabilities", "is_digit", "row", "box"]
    assert (prediction["digit"], prediction["runner_up"]) == (7, None)
    assert prediction["probability"] == max(prediction["probabilities"]) > 0.5
    assert len(prediction["probabilities"]) == 10
    top, left, height, width = prediction["box"]
    assert 15 < top < 35 < 60 < height < 90
    assert 25 < left < 45 < width < 60


def test_json_of_drawings_has_their_lines(folder: Path, answers: Answers) -> None:
    status, lines = answers("some.jsonl")
    assert status == 2
    assert [line["file"] for line in lines] == ["some.jsonl"] * 6
    assert [(line["line"], line.get("text")) for line in lines] == [
        (1, "2"), (3, None), (4, ""), (5, "?"), (6, None), (7, "5"),
    ]  # fmt: skip
    assert lines[0]["predictions"][0]["digit"] == 2
    assert lines[1] == {
        "file": "some.jsonl",
        "line": 3,
        "error": 'The drawing\'s "height" must be a number above 0 and up to 1,000,000.',
    }
    assert lines[2] == {"file": "some.jsonl", "line": 4, "text": "", "predictions": []}
    assert (lines[3]["predictions"][0]["digit"], lines[3]["predictions"][0]["is_digit"]) == (None, 0)
    assert lines[4]["error"] == "This line is not JSON; expected is one drawing a line."


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\xfd", b"[" * 100_000, b"1" * 5000, b"7", b"null", b"NaN", b'{"width": 1e400}']
)
def test_any_line_is_an_answer_or_an_error(line: bytes, tmp_path: Path, answers: Answers) -> None:
    path = tmp_path / "odd.JSONL"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(digit_drawing(4)).encode() + b"\r\n" + line + b"\r\n")
    status, (good, bad) = answers(str(path))
    assert status == 2
    assert good["text"] == "4"
    assert (list(bad), bad["line"]) == (["file", "line", "error"], 2)


def test_errors_stand_where_their_files_do_and_the_rest_is_read(folder: Path, answers: Answers) -> None:
    status, lines = answers("3.png", "nothing.png", "list.txt", "blank.png", "nul\0", "7.png")
    assert status == 2
    assert [line["file"] for line in lines] == [
        "3.png",
        "nothing.png",
        "list.txt",
        "blank.png",
        "nul\0",
        "7.png",
    ]
    assert [line.get("text") for line in lines] == ["3", None, None, "", None, "7"]
    assert lines[1] == {"file": "nothing.png", "error": "There is no file or folder of this name."}
    assert lines[2]["error"].startswith("list.txt is not a picture that can be read.")


def test_folder_gives_its_pictures_by_name(folder: Path, answers: Answers) -> None:
    (folder / "deeper.png").mkdir()
    Image.fromarray(digit_picture(1, 80, 4)).save(folder / "deeper.png" / "1.png")
    Image.fromarray(digit_picture(9, 80, 4)).save(folder / "10.JPG")
    (folder / "._7.png").write_text("what macOS leaves behind")
    for path in (".", f"{folder}{os.sep}"):
        status, lines = answers(path)
        assert status == 0
        assert [(line["file"], line["text"]) for line in lines] == [
            (os.path.join(path, "10.JPG"), "9"),
            (os.path.join(path, "3.png"), "3"),
            (os.path.join(path, "7.png"), "7"),
            (os.path.join(path, "blank.png"), ""),
        ]


def test_folder_without_pictures_is_an_error(tmp_path: Path, answers: Answers) -> None:
    assert answers(str(tmp_path)) == (
        2,
        [
            {
                "file": str(tmp_path),
                "error": "There are no pictures in this folder; add --recursive for its sub-folders.",
            }
        ],
    )


def test_file_without_drawings_is_no_answer(tmp_path: Path, answers: Answers) -> None:
    (tmp_path / "none.jsonl").write_text("\n\n")
    assert answers(str(tmp_path / "none.jsonl")) == (0, [])


def test_order_is_kept_over_many_batches(tmp_path: Path, answers: Answers) -> None:
    written = [index % 10 for index in range(2 * AHEAD + BATCH + 3)]
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps(digit_drawing(digit)) + "\n" for digit in written))
    status, lines = answers(str(path))
    assert status == 0
    assert [(line["line"], line["text"]) for line in lines] == [(n, str(d)) for n, d in enumerate(written, 1)]


# ---------------------------------------------------------------- text


def test_plain_lines_are_aligned_and_say_it_in_words(
    folder: Path, recognizer: Recognizer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predict(["7.png", "list.txt", "blank.png", "some.jsonl"], recognizer) == 2
    out, err = capsys.readouterr()
    lines = out.splitlines()
    names = ["7.png", "blank.png", "some.jsonl:1", "some.jsonl:4", "some.jsonl:5", "some.jsonl:7"]
    assert [line[:12].rstrip() for line in lines] == names
    assert [line[14:25].rstrip() for line in lines] == ["7", "No writing", "2", "No writing", "not a digit", "5"]
    for line in (lines[0], lines[2], lines[4], lines[5]):
        shares = re.findall(r"(\d): +([\d.]+)%", line)
        assert [int(digit) for digit, _ in shares] == list(range(10))
        assert sum(float(share) for _, share in shares) == pytest.approx(100, abs=0.5)
    assert len({len(line) for line in (lines[0], lines[2], lines[4], lines[5])}) == 1
    assert [line.split(": ")[0] for line in err.splitlines()] == ["list.txt", "some.jsonl:3", "some.jsonl:6"]


@pytest.mark.parametrize(
    ("card", "words", "text"),
    [
        (Card(), "3", "3"),
        (Card(unsure_ratio=0.0), "3 or 1?", "3"),  # any second probability is too near to the first
        (Card(threshold=1.0), "not a digit", "?"),
    ],
)
def test_doubts_are_said_in_text_and_json(
    folder: Path, nearest_classify: Classify, capsys: pytest.CaptureFixture[str], card: Card, words: str, text: str
) -> None:
    recognizer = Recognizer(nearest_classify, card)
    assert predict(["3.png"], recognizer) == 0
    assert predict(["3.png"], recognizer, as_json=True) == 0
    line, answer = capsys.readouterr().out.splitlines()
    assert line[7:18].rstrip() == words
    assert line[18:].startswith("  0:")
    (prediction,) = json.loads(answer)["predictions"]
    assert json.loads(answer)["text"] == text
    assert prediction["digit"] == (None if text == "?" else 3)
    assert prediction["runner_up"] == (1 if "or" in words else None)
    assert 0.5 < prediction["is_digit"] < 1


# ---------------------------------------------------------------- memory


def test_reading_stays_a_bounded_way_ahead() -> None:
    started = []

    def read(number: int) -> Sheet:
        started.append(number)
        return Sheet(str(number))

    with ThreadPoolExecutor(2) as pool:
        sheets = read_in_order((partial(read, n) for n in range(5 * AHEAD)), pool)
        for n in range(2 * AHEAD):
            assert next(sheets).file == str(n)
            assert len(started) <= n + AHEAD
        assert [sheet.file for sheet in sheets] == [str(n) for n in range(2 * AHEAD, 5 * AHEAD)]


def test_sheet_does_not_hold_on_to_its_photo(tmp_path: Path) -> None:
    picture = np.full((900, 900, 3), 255, np.uint8)
    picture[:300, :300] = digit_picture(6, 300, 14)
    Image.fromarray(picture).save(tmp_path / "large.png")
    (line,) = read_picture(str(tmp_path / "large.png")).page.lines
    (piece,) = line.pieces
    for ink in (piece.ink, line.glyphs[0, 1].crop):
        assert (ink if ink.base is None else ink.base).size < 300 * 300


# ---------------------------------------------------------------- as a user starts it


def test_only_json_reaches_standard_output_and_nothing_standard_error(folder: Path, untrained_model: Path) -> None:
    done = run("--json", "--model", untrained_model, "7.png", "some.jsonl", "nothing.png")
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [
        "7.png",
        *["some.jsonl"] * 6,
        "nothing.png",
    ]
    assert len(json.loads(done.stdout.splitlines()[0])["predictions"]) == 1
    assert (done.stderr, done.returncode) == ("", 2)


def test_plain_run_with_a_model(folder: Path, untrained_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["blank.png", "3.png", "--model", str(untrained_model)]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["blank.png", "3.png"]
    assert err == ""


def test_closed_pipe_ends_quietly(folder: Path, untrained_model: Path) -> None:
    command = [sys.executable, ROOT / "predict.py", "--model", untrained_model, *["7.png"] * 200]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"7.png")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 128 + signal.SIGPIPE


def test_interrupt_ends_quietly_and_keeps_what_is_printed(folder: Path, untrained_model: Path) -> None:
    command = [sys.executable, ROOT / "predict.py", "--json", "--model", untrained_model, *["7.png"] * 5000]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        lines = (first + process.stdout.read()).splitlines()
        assert process.stderr.read() == b""
    assert process.returncode == 130
    assert 0 < len(lines) < 5000
    assert {json.loads(line)["file"] for line in lines} == {"7.png"}


def test_help_shows_the_defaults_without_delay() -> None:
    done = run("--help", env={**os.environ, "COLUMNS": "300"})
    assert done.returncode == 0
    for words in (
        "--json",
        "--model PATH",
        str(ROOT / "model" / "mnist.h5"),
        ".jsonl",
        ".jpg .jpeg .png",
        ".heic",
        "or 2 if anything",
    ):
        assert words in done.stdout


def test_missing_and_damaged_models(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["7.png", "--model", "none.h5"]) == 2
    assert capsys.readouterr() == ("", "No model at none.h5; run python train_model.py\n")
    assert main(["7.png", "--json", "--model", "list.txt"]) == 2
    assert capsys.readouterr() == (
        "",
        "list.txt is no Keras model that can be loaded; run python train_model.py\n",
    )


def test_no_path_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "PATH" in capsys.readouterr().err
