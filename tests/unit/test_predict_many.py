"""Whole folders on the command line: the table, going on with it, pictures with boxes, memory, Ctrl-C."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from strokes import digit_drawing, digit_picture

from model.output import open_table
from model.recognizer import Recognizer
from model.table import Row, read_csv
from predict import main, predict

ROOT = Path(__file__).parents[2]
ORANGE = (234, 88, 12)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with pictures, at two depths, and one that is none."""
    monkeypatch.chdir(tmp_path)
    Path("photos/deep/er").mkdir(parents=True)
    Path("photos/.hidden").mkdir()
    for digit, path in ((7, "photos/7.png"), (3, "photos/deep/3.jpg"), (5, "photos/deep/er/5.bmp")):
        Image.fromarray(digit_picture(digit, 120, 6)).save(path)
    Image.fromarray(digit_picture(1, 120, 6)).save("photos/.hidden/1.png")
    Image.fromarray(np.full((50, 50, 3), 255, np.uint8)).save("photos/blank.png")
    Path("photos/broken.png").write_text("a shopping list\n")
    return tmp_path


def read_table(path: str | Path) -> list[Row]:
    with open(path, encoding="utf-8-sig", newline="", errors="surrogateescape") as stream:
        return read_csv(stream)


@pytest.fixture
def run(recognizer: Recognizer) -> Callable[..., int]:
    """Run with a table on paths, as `main` does."""

    def run(*paths: str, csv: str = "table.csv", resume: bool = False, **options: Any) -> int:
        table, done = open_table(csv, resume)
        with table:
            return predict(paths, recognizer, table=table, done=done, **options)

    return run


Run = Callable[..., int]


# ---------------------------------------------------------------- folders


@pytest.mark.parametrize("recursive", [False, True])
def test_folders_within_folders_are_read_when_asked(folder: Path, run: Run, recursive: bool) -> None:
    assert run("photos", recursive=recursive) == 2
    files = ["7.png", "blank.png", "broken.png"] + recursive * ["deep/3.jpg", "deep/er/5.bmp"]
    assert [row.file for row in read_table("table.csv")] == [os.path.join("photos", *f.split("/")) for f in files]


def test_folder_that_may_not_be_read_is_an_error_and_the_rest_is_read(folder: Path, run: Run) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    os.chmod("photos/deep", 0)
    assert run("photos", "photos/7.png", recursive=True) == 2
    os.chmod("photos/deep", 0o700)
    rows = read_table("table.csv")
    assert (rows[-2].file, rows[-2].error) == ("photos/deep", "It cannot be opened: Permission denied.")
    assert rows[-1].text == "7"


# ---------------------------------------------------------------- the table


def test_table_has_a_row_a_file_and_nothing_else_is_printed(
    folder: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("some.jsonl").write_text(json.dumps(digit_drawing(2)) + "\n{}\n")
    assert run("photos", "some.jsonl") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[0] for line in err.splitlines()] == ["photos/broken.png", "some.jsonl:2"]
    rows = read_table("table.csv")
    assert [(row.file, row.text) for row in rows] == [
        ("photos/7.png", "7"),
        ("photos/blank.png", ""),
        ("photos/broken.png", ""),
        ("some.jsonl:1", "2"),
        ("some.jsonl:2", ""),
    ]
    assert 0.5 < (rows[0].lowest_confidence or 0) < 1
    assert rows[1].lowest_confidence is None
    assert rows[1].error == ""
    assert rows[2].error.startswith("broken.png is not a picture that can be read.")
    assert Path("table.csv").read_bytes().count(b"\xef\xbb\xbf") == 1


def test_table_and_json_go_together(folder: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("photos/7.png", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "7"
    assert [row.text for row in read_table("table.csv")] == ["7"]


def test_file_whose_name_is_no_text_has_a_row(folder: Path, run: Run) -> None:
    name = os.fsdecode(b"photos/\xff.png")
    Path("photos/7.png").rename(name)
    assert run(name) == 0
    assert [row.file for row in read_table("table.csv")] == [name]
    assert run(name, resume=True) == 0
    assert [row.file for row in read_table("table.csv")] == [name]


def test_table_that_exists_is_not_touched(folder: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("photos/7.png")
    before = Path("table.csv").read_bytes()
    assert main(["photos", "--csv", "table.csv"]) == 2
    assert capsys.readouterr() == ("", "table.csv exists. Go on with it by --resume, or delete it.\n")
    assert Path("table.csv").read_bytes() == before


@pytest.mark.parametrize("options", [[], ["--resume"]])
def test_file_that_is_no_table_is_not_touched(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("list.csv").write_text("milk,2\n")
    assert main(["photos", "--csv", "list.csv", *options]) == 2
    assert capsys.readouterr().err == (
        "list.csv is no table of predict.py: it does not begin with file,text,lowest_confidence,error. "
        "Choose another file, or delete it.\n"
    )
    assert Path("list.csv").read_text() == "milk,2\n"
    assert sorted(path.name for path in Path().iterdir()) == ["list.csv", "photos"]


def test_table_where_none_can_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["photos", "--csv", "nowhere/table.csv"]) == 2
    assert capsys.readouterr() == ("", "nowhere/table.csv cannot be written: No such file or directory.\n")


# ---------------------------------------------------------------- going on


def test_resume_reads_what_is_missing_and_what_had_an_error(folder: Path, run: Run) -> None:
    run("photos")
    Path("photos/7.png").write_text("no longer a picture, but it has been read")
    Image.fromarray(digit_picture(4, 120, 6)).save("photos/broken.png")
    Image.fromarray(digit_picture(6, 120, 6)).save("photos/new.png")
    assert run("photos", resume=True) == 0
    rows = read_table("table.csv")
    assert [(Path(row.file).name, row.text, row.error) for row in rows] == [
        ("7.png", "7", ""),
        ("blank.png", "", ""),
        ("broken.png", "4", ""),
        ("new.png", "6", ""),
    ]
    assert Path("table.csv").read_bytes().count(b"\xef\xbb\xbf") == 1
    assert not Path("table.csv.part").exists()


def test_resume_is_the_same_wherever_the_table_was_cut_off(folder: Path, run: Run) -> None:
    files = ["photos/7.png", "photos/blank.png", "photos/deep/3.jpg"]
    run(*files)
    whole = Path("table.csv").read_bytes()
    header = whole.index(b"\r\n") + 2
    for length in range(header, len(whole), 7):
        Path("table.csv").write_bytes(whole[:length])
        assert run(*files, resume=True) == 0
        assert Path("table.csv").read_bytes() == whole


def test_resume_without_a_table_begins_one(folder: Path, run: Run) -> None:
    assert run("photos/7.png", resume=True) == 0
    assert [row.text for row in read_table("table.csv")] == ["7"]


def test_damaged_table_is_not_gone_on_with(folder: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("photos/7.png")
    with open("table.csv", "a") as table:
        table.write("x,y\r\nphotos/blank.png,,,\r\n")
    assert main(["photos", "--csv", "table.csv", "--resume"]) == 2
    assert "table.csv is damaged in line 3. Choose another file, or delete it.\n" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--resume"]])
def test_a_pipe_is_not_replaced(options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    assert main(["photos", "--csv", "pipe", *options]) == 2
    assert capsys.readouterr().err == "pipe is a device or a pipe. A table needs a file: name another.\n"
    assert Path("pipe").is_fifo()


def test_resume_without_csv_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["photos", "--resume"])
    assert caught.value.code == 2
    assert "error: --resume goes on with a table: name it with --csv FILE" in capsys.readouterr().err


# ---------------------------------------------------------------- pictures with boxes


def test_pictures_with_boxes_have_the_same_places(folder: Path, run: Run) -> None:
    before = {path: path.read_bytes() for path in Path("photos").rglob("*.*") if path.is_file()}
    assert run("photos", recursive=True, annotate="marked") == 2
    pictures = sorted(str(path) for path in Path("marked").rglob("*") if path.is_file())
    assert pictures == ["marked/7.png", "marked/blank.png", "marked/deep/3.jpg", "marked/deep/er/5.bmp.jpg"]
    drawn = np.asarray(Image.open("marked/7.png"))
    assert drawn.shape == (120, 120, 3)
    assert (drawn == ORANGE).all(axis=2).any()
    assert not (np.asarray(Image.open("marked/blank.png")) == ORANGE).all(axis=2).any()
    assert {path: path.read_bytes() for path in before} == before


def test_pictures_with_boxes_in_the_folder_are_not_read_again(folder: Path, run: Run) -> None:
    for name in ("one.csv", "two.csv"):
        run("photos", csv=name, recursive=True, annotate="photos/marked")
    assert read_table("one.csv") == read_table("two.csv")


@pytest.mark.parametrize("place", ["photos", ".", "photos/../photos"])
def test_sources_are_never_written_over(place: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("photos/7.png").read_bytes()
    assert main(["photos/7.png", "--annotate", place]) == 2
    sentence = f"{place} has photos/7.png in it, which must not be written over. Choose another folder.\n"
    assert capsys.readouterr() == ("", sentence)
    assert Path("photos/7.png").read_bytes() == before


def test_second_picture_of_a_name_is_an_error(folder: Path, run: Run) -> None:
    Path("more").mkdir()
    Image.fromarray(digit_picture(8, 120, 6)).save("more/7.png")
    assert run("photos/7.png", "more", annotate="marked") == 2
    assert [row.error for row in read_table("table.csv")] == [
        "",
        "marked/7.png is of another picture of this name. Read their folders one by one.",
    ]


def test_folder_for_pictures_that_cannot_be_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["photos", "--annotate", "photos/7.png"]) == 2
    assert capsys.readouterr() == ("", "The folder photos/7.png cannot be made: File exists.\n")


# ---------------------------------------------------------------- as a user starts it


def test_ctrl_c_keeps_whole_rows_and_resume_goes_on(folder: Path, untrained_model: Path) -> None:
    for number in range(400):
        os.link("photos/7.png", f"photos/deep/{number:03}.png")
    command = [sys.executable, ROOT / "predict.py", "photos/deep", "--csv", "table.csv", "--model", untrained_model]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and (not Path("table.csv").exists() or len(read_table("table.csv")) < 16):
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "Stopped. table.csv has what was done; --resume goes on.\n"
    count = len(read_table("table.csv"))
    assert 16 <= count < 401
    with open("table.csv", encoding="utf-8-sig", newline="") as stream:
        assert all(len(cells) == 4 for cells in csv.reader(stream, strict=True))

    ended = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=60, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")
    files = [row.file for row in read_table("table.csv")]
    assert files == sorted(["photos/deep/3.jpg", *(f"photos/deep/{number:03}.png" for number in range(400))])


def test_a_full_disk_is_a_sentence_and_resume_goes_on(folder: Path, untrained_model: Path) -> None:
    for number in range(40):
        os.link("photos/7.png", f"photos/deep/{number:03}.png")
    command = [sys.executable, ROOT / "predict.py", "photos/deep", "--csv", "table.csv", "--model", untrained_model]
    few_bytes = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (500, resource.RLIM_INFINITY))
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, preexec_fn=few_bytes)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("The answers cannot be written: File too large. table.csv has what was done before;")
    assert ended.stderr.count("\n") == 1

    subprocess.run([*command, "--resume"], timeout=60, check=True)
    assert len(read_table("table.csv")) == 41


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_answers_that_nobody_can_take_are_a_sentence(folder: Path, untrained_model: Path) -> None:
    command = [sys.executable, ROOT / "predict.py", "photos/7.png", "--model", untrained_model]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (2, "The answers cannot be written: No space left on device.\n")


PRESS_CTRL_C_AT = """
import os, runpy, signal, sys

class Impatient:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient())
sys.argv = ["predict.py", "photos"]
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.mark.parametrize("module", ["argparse", "numpy", "model.network"])
def test_ctrl_c_while_it_imports_ends_quietly(module: str, folder: Path) -> None:
    code = PRESS_CTRL_C_AT.format(module=module, script=str(ROOT / "predict.py"))
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nsys.modules.pop({module!r}, None)\n{code}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_progress_is_shown_on_a_terminal_and_taken_away(folder: Path, untrained_model: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, ROOT / "predict.py", "photos", "--recursive", "--csv", "t.csv"]
    ended = subprocess.run([*command, "--model", untrained_model], stdout=theirs, stderr=theirs, timeout=60)
    os.close(theirs)
    seen = os.read(ours, 10_000).decode()
    os.close(ours)
    assert ended.returncode == 2
    assert re.search(r"\r5 of 5, \d+\.\d a second\r\x1b\[K$", seen)
    assert "photos/broken.png: broken.png is not a picture" in seen
