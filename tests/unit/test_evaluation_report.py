"""The command line with a fake recognizer, its report, the mistakes, the README's table, and every bad input."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labeled_sets import LETTER, digit_images, fake_layers, fake_recognizer, write_drawings, write_labeled_folder
from PIL import Image

import evaluate_model
from evaluate_model import evaluate, main
from evaluation.options import check_options, parse_options
from evaluation.report import MARKERS, readme_table, replace_table
from evaluation.samples import SetError
from evaluation.scoring import show_progress
from model.recognizer import DEFAULT_MODEL
from model.row_reader import DEFAULT_READER

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REPORT = ROOT / "model" / "report" / "report.json"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one set of each form, a model's name and its card."""
    monkeypatch.chdir(tmp_path)
    images, labels = digit_images(range(10)), np.arange(10)
    np.savez("mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    write_drawings(Path("pen.jsonl"), [1, 7, 7], writers=[3, 3, 9])
    rows = [("3.png", 3, "single", "ann"), ("5.png", 5, "single", "bob"), ("7.png", 1, "single", "bob")]
    write_labeled_folder(Path("paint"), rows)
    Path("letters.jsonl").write_text("\n".join(json.dumps({**LETTER, "name": name}) for name in "AAO"))
    Path("model.h5").write_bytes(b"weights")
    Path("model.json").write_text('{"reject": {"weights": [1.0], "bias": 0, "threshold": 0.1}, "temperature": 1.5}')
    return tmp_path


def run(*argv: str) -> int:
    """The program with a fake recognizer; the model's file is opened for its checksum only."""
    options = parse_options([*argv, "--model", "model.h5"])
    check_options(options)
    return evaluate(options, lambda path: fake_recognizer(), lambda path: fake_layers)


def run_all(*more: str) -> int:
    return run(
        "mnist.npz", "paint", "strokes=pen.jsonl", "--writers", "3", "--not-digits", "letters.jsonl", "dots",
        "--fit-on", "mnist.npz", "--report", "out", *more,
    )  # fmt: skip


# ---------------------------------------------------------------- report


def test_report_of_several_sets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_all("--threshold-sets", "paint,strokes") == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith("mnist    10 of 10 right: 100.00 % (72.25 to 100.00); 0 refused")
    assert lines[1] == ("paint    2 of 3 right: 66.67 % (20.77 to 93.85), mean of 2 sources 75.00 %; 0 refused")
    assert lines[2].endswith("0 refused, 1 of other writers left out")
    assert lines[3] == "letters  2 of 2 refused: 100.0 %, AUROC 1.000; of those shaped like a digit 1 of 1"
    assert lines[5].startswith("Report: out/report.md; mistakes, not to be published: out/mistakes")

    report = json.loads(Path("out/report.json").read_text())
    assert list(report) == [
        "model", "date", "versions", "seconds", "digits", "numbers", "together", "not_digits", "scores"
    ]  # fmt: skip
    assert report["model"]["checksum"] == hashlib.sha256(b"weights").hexdigest()
    assert report["model"]["reader"]["checksum"] == hashlib.sha256(DEFAULT_READER.read_bytes()).hexdigest()
    assert (report["model"]["temperature"], report["model"]["threshold"]) == (1.5, 0.1)
    assert [figures["name"] for figures in report["digits"]] == ["mnist", "paint", "strokes"]
    assert report["digits"][1]["sources"]["macro_accuracy"] == 0.75
    assert report["digits"][1]["confusion"][1][7] == 1
    assert report["together"]["sets"] == ["paint", "strokes"]
    assert report["together"]["count"] == 5
    assert [figures["name"] for figures in report["not_digits"]] == ["letters", "dots"]
    assert len(report["scores"]) == 6

    words = Path("out/report.md").read_text(encoding="utf-8")
    assert report["model"]["checksum"] in words
    assert report["model"]["reader"]["checksum"] in words
    assert report["digits"][0]["checksum"] in words
    assert "| paint | 3 | 66.67 % | 20.77 to 93.85 | 75.00 % of 2 |" in words
    assert "| letters | 2 | 100.0 % |" in words
    assert "## strokes" in words
    assert "2 sources: mean 75.00 %, 1 of them without a mistake, the lowest 50.00 % of 2." in words
    for figure in re.findall(r"!\[.*?\]\((.*?)\)", words):
        with Image.open(Path("out") / figure) as picture:
            assert min(picture.size) > 300


def test_the_report_names_no_file_and_no_source_of_a_set(folder: Path) -> None:
    run_all()
    for name in ("report.md", "report.json"):
        text = Path("out", name).read_text(encoding="utf-8")
        assert not re.search(r"ann\b|bob|\d\.png|line \d", text)


def test_mistakes_are_listed_and_drawn_and_kept_out_of_git(folder: Path) -> None:
    run_all()
    mistakes = Path("out/mistakes")
    with (mistakes / "paint.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["what"], row["truth"], row["answer"]) == ("7.png", "wrong", "1", "7")
    assert 0.5 < float(row["probability"]) <= 1
    with Image.open(mistakes / "paint-wrong.png") as sheet:
        assert sheet.size == (84, 184)
    assert (mistakes / "paint-sources.csv").read_text().splitlines()[1:] == ["ann,1,1.0000", "bob,2,0.5000"]
    assert "\n*\n" in (mistakes / ".gitignore").read_text()
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "out"], check=True, capture_output=True)
    added = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout.split()
    assert "out/report.md" in added
    assert not [name for name in added if "mistakes" in name]


def test_every_mistake_is_drawn_on_as_many_sheets_as_it_takes(folder: Path) -> None:
    images = np.repeat(digit_images([7]), 200, axis=0)
    np.savez("many.npz", images=images, labels=np.full(200, 1))
    run("many.npz", "--report", "out")
    assert len(Path("out/mistakes/many.csv").read_text().splitlines()) == 1 + 200
    sizes = {}
    for path in Path("out/mistakes").glob("*.png"):
        with Image.open(path) as sheet:
            sizes[path.name] = sheet.size
    assert sizes == {"many-wrong.png": (16 * 84, 12 * 184), "many-wrong-2.png": (8 * 84, 184)}


def test_mnist_by_its_name_is_what_keras_has(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(folder / "keras"))
    Path("keras/datasets").mkdir(parents=True)
    Path("mnist.npz").rename("keras/datasets/mnist.npz")
    assert run("mnist") == 0
    assert capsys.readouterr().out.startswith("mnist  10 of 10 right: 100.00 %")
    write_labeled_folder(Path("mnist"), [("3.png", 3)], columns="file,label")  # a path goes before
    assert run("mnist") == 0
    assert capsys.readouterr().out.startswith("mnist  1 of 1 right: 100.00 %")


def test_a_new_report_leaves_nothing_of_the_old_one(folder: Path) -> None:
    run_all()
    run("mnist.npz", "--report", "out")
    assert [path.name for path in Path("out").glob("confusion-*")] == ["confusion-mnist.png"]
    assert sorted(path.name for path in Path("out/mistakes").iterdir()) == [".gitignore", "mnist.csv"]
    assert "Not digits" not in Path("out/report.md").read_text(encoding="utf-8")


def test_a_report_of_what_is_no_digit_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--not-digits", "letters.jsonl", "--report", "out") == 0
    assert capsys.readouterr().out.startswith("letters  2 of 2 refused: 100.0 %, AUROC –;")
    assert "AUROC: against" not in Path("out/report.md").read_text(encoding="utf-8")


def test_broken_ones_are_listed_and_counted_and_the_rest_is_scored(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("paint/5.png").write_bytes(b"no picture")
    assert run("paint", "--report", "out") == 2
    out, err = capsys.readouterr()
    assert "1 of 2 right: 50.00 %" in out
    assert "1 broken and not counted" in out
    assert err.startswith("paint, 5.png: 5.png is not a picture that can be read.")
    assert err.endswith("1 could not be read and were not counted.\n")
    assert json.loads(Path("out/report.json").read_text())["digits"][0]["broken"] == 1
    words = Path("out/report.md").read_text(encoding="utf-8")
    assert "1 broken and not counted" in words
    assert "5.png" not in words
    assert '5.png,"broken: 5.png is not' in Path("out/mistakes/paint.csv").read_text()


def test_choosing_thresholds_writes_the_card_and_scores_with_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = []
    options = parse_options(
        ["mnist.npz", "pen.jsonl", "--choose-thresholds", "--threshold-sets", "mnist", "--model", "model.h5"]
    )

    def load(path: Path) -> Any:
        threshold = json.loads(path.with_suffix(".json").read_text())["reject"]["threshold"]
        loaded.append(threshold)
        return fake_recognizer(threshold)

    assert evaluate(options, load, lambda path: fake_layers) == 0
    card = json.loads(Path("model.json").read_text())
    assert loaded == [0.1, card["reject"]["threshold"]]
    assert card["reject"]["threshold"] > 0.9
    assert "10 digits of mnist together" in card["unsure"]["chosen_on"]
    assert capsys.readouterr().out.startswith("Thresholds: refused below")


@pytest.mark.parametrize(("least", "status"), [("66", 0), ("66.7", 1)])
def test_least_accuracy(folder: Path, capsys: pytest.CaptureFixture[str], least: str, status: int) -> None:
    assert run("mnist.npz", "paint", "--min-accuracy", least) == status
    below = "paint is read at 66.67 %, below the 66.7 % asked for.\n"
    assert capsys.readouterr().err == (below if status else "")


def test_a_bar_on_a_terminal_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(show_progress(range(5), 5, "Reading a")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(show_progress(range(5), 5, "Reading a")) == [0, 1, 2, 3, 4]
    err = capsys.readouterr().err
    assert re.search(r"\rReading a +█{18}░{12}  60%", err)
    assert err.endswith("\r")


# ---------------------------------------------------------------- README


def test_readme_has_the_tables_of_the_report() -> None:
    report = json.loads(REPORT.read_text(encoding="utf-8"))
    assert replace_table(README, readme_table(report)) == README, "run python evaluate_model.py --update-readme"


def test_report_is_about_the_shipped_network() -> None:
    model = json.loads(REPORT.read_text(encoding="utf-8"))["model"]
    assert model["checksum"] == hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest()
    assert model["reader"]["checksum"] == hashlib.sha256(DEFAULT_READER.read_bytes()).hexdigest()


def test_readme_and_help_have_the_same_options() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "evaluate_model.py", "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    in_help = set(re.findall(r"(?<!\S)--[a-z-]+", done.stdout.split("options:")[1])) - {"--help"}
    table = README.split("| option of `python evaluate_model.py")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(--[a-z-]+)", table, re.MULTILINE)) == in_help


def test_tables_are_put_between_the_markers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_all()
    readme = Path("README.md")
    readme.write_text(f"before\n{MARKERS[0]}\nold\n{MARKERS[1]}\nafter\n")
    monkeypatch.setattr(evaluate_model, "README", readme)
    assert main(["--update-readme", "--report", "out"]) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{MARKERS[0]}\n\n| digits | n |")
    assert text.endswith(f"\n\n{MARKERS[1]}\nafter\n")
    assert "old" not in text
    assert "| mnist | 10 | 100.00 % | 72.25 to 100.00 |  |" in text
    assert main(["--update-readme", "--report", "out"]) == 0
    assert readme.read_text(encoding="utf-8") == text

    capsys.readouterr()
    readme.write_text("no markers\n")
    assert main(["--update-readme", "--report", "out"]) == 2
    assert "The tables have no place in README.md" in capsys.readouterr().err
    assert main(["--update-readme", "--report", "nowhere"]) == 2
    assert "There is no nowhere/report.json; score some sets with --report nowhere first." in capsys.readouterr().err
    Path("out/report.json").write_text("{}")
    assert main(["--update-readme", "--report", "out"]) == 2
    assert "out/report.json is no report of this program" in capsys.readouterr().err


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "Name a set to score"),
        (["mnist.npz", "--min-accuracy", "0.993"], "--min-accuracy is 0.993; it is in percent, say 99.3."),
        (["mnist.npz", "--min-accuracy", "nan"], "--min-accuracy is nan"),
        (["mnist.npz", "--update-readme"], "--update-readme takes its tables from a report; add --report"),
        (["--not-digits", "dots", "--choose-thresholds"], "--choose-thresholds needs sets of digits"),
        (["mnist.npz", "--report", "mnist.npz"], "--report is mnist.npz, which is a file"),
        (["no.npz", "--model", "model.h5"], "There is no file or folder no.npz."),
        (["mnist.npz", "mnist.npz", "--model", "model.h5"], "Two sets are called mnist"),
        (["mnist.npz", "--threshold-sets", "pen", "--model", "model.h5"], "No set of digits is called pen"),
        (["mnist.npz", "--model", "no.h5"], "No model at no.h5"),
        (["mnist.npz", "--model", "model.h5"], "model.h5 is no Keras model that can be loaded"),
    ],
)
def test_bad_input_is_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: list[str], sentence: str
) -> None:
    assert main(argv) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("argv", [["a", "--writers", "three"], ["a", "--writers", ""], ["a", "--min-accuracy", "high"]])
def test_options_that_are_no_numbers(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


def test_a_report_that_cannot_be_written(folder: Path) -> None:
    Path("file").write_text("")
    with pytest.raises(SetError, match="which is a file"):
        run("mnist.npz", "--report", "file")
    with pytest.raises(OSError, match="Not a directory"):
        run("mnist.npz", "--report", "file/out")


def test_sets_may_stand_between_options() -> None:
    options = parse_options(["a", "--model", "m.h5", "b", "--not-digits", "c", "d", "--report", "r", "e"])
    assert (options.sets, options.not_digits) == (["a", "b", "e"], ["c", "d"])


# ---------------------------------------------------------------- as a user starts it


def test_import_is_light_and_silent() -> None:
    heavy = ("keras", "tensorflow", "gradio", "matplotlib")
    code = f"import sys, evaluate_model; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)


def test_a_real_model_from_the_command_line(folder: Path, untrained_model: Path) -> None:
    command = [sys.executable, ROOT / "evaluate_model.py", "mnist.npz", "pen.jsonl", "--not-digits", "dots", "blocks"]
    done = subprocess.run(
        [*command, "--model", untrained_model, "--report", "out"], capture_output=True, text=True, timeout=120
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert "dots    200 of 200 refused: 100.0 %" in done.stdout
    assert "(there is none: the defaults)" in Path("out/report.md").read_text(encoding="utf-8")
    assert len(json.loads(Path("out/report.json").read_text())["scores"]) == 4


def test_a_model_of_another_shape(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]).save("other.h5")
    capfd.readouterr()
    assert main(["mnist.npz", "--model", "other.h5"]) == 2
    assert "other.h5 maps (None, 8, 8, 1) to (None, 3); expected is" in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name, to know when the program reads")
def test_ctrl_c_ends_it_quietly(folder: Path) -> None:
    os.mkfifo("many.jsonl")
    command = [sys.executable, ROOT / "evaluate_model.py", "many.jsonl", "--model", "model.h5"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        open("many.jsonl", "w"),  # returns when the program has opened it, too
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (out, err.strip(), process.returncode) == ("", "", 130)
