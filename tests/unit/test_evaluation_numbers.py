"""Sets of numbers: how they are opened and scored, what the report and the list of mistakes say of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from labeled_sets import digit_images, fake_layers, fake_recognizer, write_labeled_folder
from PIL import Image
from written_numbers import number_photo

import evaluate_model
from evaluation.metrics import clustered_interval, edit_distance, wilson_interval
from evaluation.mistakes import _compare_texts
from evaluation.numbers import ScoredNumbers, score_numbers
from evaluation.options import check_options, parse_options
from evaluation.report import readme_table
from evaluation.results import measure_numbers
from evaluation.samples import SetError
from evaluation.scoring import read_set
from evaluation.sets import open_digits, open_labeled

ROWS = {"2024.png": ["2024"], "two.png": ["46", "9"], "807.png": ["807"]}
ANYTHING = 1e-6  # a threshold at which the fake refuses nothing but dots and blocks


def write_numbers(folder: Path, rows: list[tuple[object, ...]], columns: str = "file,label,kind,source") -> Path:
    """A labeled folder of the ten digits, with pictures of ROWS, too."""
    write_labeled_folder(folder, rows, columns)
    for name, lines in ROWS.items():
        Image.fromarray(number_photo(lines, pen=8)).save(folder / name)
    return folder


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two digits and three numbers, the last one labeled wrongly; of two sources."""
    rows = [
        ("7.png", 7, "single", "ann"),
        ("2024.png", "2024", "multi", "ann"),
        ("3.png", 3, "single", "bob"),
        ("two.png", "46 9", "multi", "bob"),
        ("807.png", "8078", "multi", "bob"),
    ]
    return write_numbers(tmp_path / "mixed", rows)


def score(folder: Path, threshold: float = ANYTHING) -> ScoredNumbers:
    return score_numbers(read_set(open_labeled(str(folder))[-1]), fake_recognizer(threshold))


# ---------------------------------------------------------------- opening


def test_a_folder_of_both_kinds_makes_two_sets(mixed: Path) -> None:
    digits, numbers = open_labeled(str(mixed))
    assert (digits.name, numbers.name) == ("mixed", "mixed numbers")
    assert [(s.name, s.label, s.text, s.source) for s in digits.samples] == [
        ("7.png", 7, "", "ann"),
        ("3.png", 3, "", "bob"),
    ]
    assert [(s.name, s.label, s.text, s.source) for s in numbers.samples] == [
        ("2024.png", None, "2024", "ann"),
        ("two.png", None, "469", "bob"),
        ("807.png", None, "8078", "bob"),
    ]
    assert (digits.left_out, numbers.left_out) == ("", "")
    assert [s.label for s in open_digits(str(mixed)).samples] == [7, 3]


def test_without_kinds_several_digits_are_a_number_and_leading_zeros_stay(tmp_path: Path) -> None:
    folder = write_numbers(tmp_path / "a", [("7.png", "7"), ("807.png", "007")], "file,label")
    assert [[(s.label, s.text) for s in each.samples] for each in open_labeled(str(folder))] == [
        [(7, "")],
        [(None, "007")],
    ]


def test_a_number_may_have_one_digit(tmp_path: Path) -> None:
    (numbers,) = open_labeled(str(write_numbers(tmp_path / "a", [("7.png", "7", "multi", "")])))
    assert (numbers.name, numbers.samples[0].text) == ("a numbers", "7")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("807.png", "80?", "multi", "a")], "has the label '80?'; a number must have digits and blanks only"),
        ([("807.png", " ", "multi", "a")], "has the label ''; a number must have digits"),
        ([("807.png", "٣٤", "multi", "a")], "a number must have digits and blanks only"),
        ([("807.png", "807", "single", "a")], "has the label 807; labels must be whole numbers from 0 to 9"),
        ([("807.png", "80 7", "", "a")], "has the label '80 7'; labels must be whole numbers from 0 to 9"),
        ([("no.png", "80", "multi", "a")], "names 1 files that are not there, the first is no.png"),
        ([("807.png", "807", "word", "a")], "is empty (1 of kind word left out)"),
    ],
)
def test_labels_of_numbers_that_cannot_be_used(tmp_path: Path, rows: list[tuple[object, ...]], sentence: str) -> None:
    folder = write_numbers(tmp_path / "a", rows)
    with pytest.raises(SetError) as caught:
        open_labeled(str(folder))
    assert sentence in str(caught.value)


def test_digits_are_asked_for_and_there_are_numbers_only(tmp_path: Path) -> None:
    folder = write_numbers(tmp_path / "a", [("807.png", "807", "multi", "a")])
    with pytest.raises(SetError, match="The set a is empty"):
        open_digits(str(folder))


# ---------------------------------------------------------------- distance and interval


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("2024", "2024", 0),
        ("2024", "", 4),
        ("", "20", 2),
        ("2024", "2O24", 1),
        ("2024", "224", 1),
        ("2024", "20124", 1),
        ("12345", "23456", 2),
        ("0000", "1111", 4),
        ("10", "112", 2),
        ("kitten", "sitting", 3),  # the textbooks' pair
    ],
)
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == distance


def test_mistakes_all_over_the_texts_are_as_sure_as_single_digits() -> None:
    # ten digits each, of which one is wrong: no text differs from the others
    interval = clustered_interval(np.ones(30, int), np.full(30, 10))
    assert interval == pytest.approx(wilson_interval(270, 300))


def test_mistakes_in_whole_texts_are_as_sure_as_texts() -> None:
    errors, sizes = np.zeros(40, int), np.full(40, 5)
    errors[:8] = 5
    low, high = clustered_interval(errors, sizes)
    assert (low, high) == pytest.approx(wilson_interval(32, 40), abs=0.003)  # 39 of 40: of a sample
    assert high - low > 2 * np.subtract(*wilson_interval(160, 200)[::-1])


def test_without_a_mistake_or_without_a_right_digit_texts_are_counted() -> None:
    sizes = np.array([4, 3, 10])
    assert clustered_interval(np.zeros(3, int), sizes) == pytest.approx(wilson_interval(3, 3))
    assert clustered_interval(sizes + 5, sizes) == pytest.approx(wilson_interval(0, 3))
    assert clustered_interval(np.array([1]), np.array([4])) == pytest.approx(wilson_interval(0.75, 1))


def test_interval_of_digits_holds_the_truth_as_often_as_it_says() -> None:
    # texts of 2 to 12 digits, one in ten read badly: 85 % of the digits are right
    generator = np.random.default_rng(4)
    hits, plain_hits, rounds = 0, 0, 400
    for _ in range(rounds):
        sizes = generator.integers(2, 13, 80)
        share = np.where(generator.random(80) < 0.1, 0.4, 0.9)
        errors = sizes - generator.binomial(sizes, share)
        low, high = clustered_interval(errors, sizes)
        hits += low <= 0.85 <= high
        low, high = wilson_interval(int((sizes - errors).sum()), int(sizes.sum()))
        plain_hits += low <= 0.85 <= high
    assert 0.92 <= hits / rounds <= 0.98
    assert plain_hits / rounds < 0.9  # why it is not Wilson's of all digits


# ---------------------------------------------------------------- scoring


def test_rows_are_joined_and_compared(mixed: Path) -> None:
    scored = score(mixed)
    assert scored.truths == ["2024", "469", "8078"]
    assert scored.answers == ["2024", "469", "807"]
    assert scored.errors.tolist() == [0, 0, 1]
    figures = measure_numbers(scored)
    assert (figures["count"], figures["right"], figures["accuracy"]) == (3, 2, pytest.approx(2 / 3, abs=1e-6))
    assert figures["interval"] == pytest.approx(wilson_interval(2, 3), abs=1e-6)
    assert (figures["digits"], figures["wrong_digits"]) == (11, 1)
    assert figures["digit_accuracy"] == pytest.approx(10 / 11, abs=1e-6)
    assert figures["sources"] == {
        "count": 2,
        "macro_accuracy": 0.75,
        "all_right": 1,
        "lowest": {"count": 2, "accuracy": 0.5},
    }
    assert (figures["refused"], figures["nothing_found"]) == (0, 0)
    assert "ann" not in json.dumps(figures)


def test_refused_signs_are_wrong_digits_and_counted(mixed: Path) -> None:
    scored = score(mixed, threshold=2)  # no sign is called a digit
    assert set("".join(scored.answers)) == {"?"}
    figures = measure_numbers(scored)
    assert figures["refused"] == len("".join(scored.answers)) > 0
    assert (figures["right"], figures["wrong_digits"], figures["digit_accuracy"]) == (0, 11, 0)


def test_a_blank_one_has_no_digit_right(tmp_path: Path) -> None:
    folder = write_numbers(tmp_path / "a", [("807.png", "807", "multi", "")])
    Image.new("RGB", (200, 200), "white").save(folder / "807.png")
    figures = measure_numbers(score(folder))
    assert (figures["nothing_found"], figures["wrong_digits"], figures["right"]) == (1, 3, 0)


def test_too_many_digits_make_no_share_below_zero(mixed: Path) -> None:
    scored = score(mixed)
    for sample in scored.read.samples:
        object.__setattr__(sample, "text", "1")
    figures = measure_numbers(scored)
    assert (figures["wrong_digits"], figures["digit_accuracy"], figures["digit_interval"][0]) == (10, 0, 0)


# ---------------------------------------------------------------- the command line


@pytest.fixture
def folder(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(mixed.parent)
    Path("model.h5").write_bytes(b"weights")
    np.savez("mnist.npz", x_test=digit_images(range(10)), y_test=np.arange(10))
    return mixed.parent


def run(*argv: str) -> int:
    options = parse_options([*argv, "--model", "model.h5"])
    check_options(options)
    return evaluate_model.evaluate(options, lambda path: fake_recognizer(ANYTHING), lambda path: fake_layers)


def test_report_of_both_kinds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mixed", "--not-digits", "dots", "--report", "out") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("mixed          2 of 2 right: 100.00 %")
    assert lines[1].startswith(
        "mixed numbers  2 of 3 right: 66.67 % (20.77 to 93.85), mean of 2 sources 75.00 %; of 11 digits 90.91 % ("
    )
    assert lines[1].endswith("), 0 refused")
    report = json.loads(Path("out/report.json").read_text())
    (numbers,) = report["numbers"]
    assert (numbers["name"], numbers["file"], numbers["path_taken"]) == ("mixed numbers", "mixed", "photo")
    low, high = (f"{edge * 100:.2f}" for edge in numbers["digit_interval"])
    row = f"| mixed numbers | 3 | 66.67 % | 20.77 to 93.85 | 75.00 % of 2 | 11 | 90.91 % | {low} to {high} | 0 |"
    assert row in readme_table(report)
    words = Path("out/report.md").read_text(encoding="utf-8")
    assert row in words
    assert "| mixed numbers | mixed | 3 | 0 |  | photo |" in words
    assert report["together"]["sets"] == ["mixed"]


def test_a_report_of_numbers_only(folder: Path) -> None:
    write_numbers(Path("many"), [("807.png", "807", "multi", "")])
    assert run("many", "--not-digits", "dots", "--report", "out") == 0
    words = Path("out/report.md").read_text(encoding="utf-8")
    assert "| many numbers | 1 | 100.00 % |" in words
    assert "## Digits" not in words


def test_mistakes_in_numbers_are_listed_and_drawn(folder: Path) -> None:
    run("mixed", "--report", "out")
    with Path("out/mistakes/mixed numbers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{"name": "807.png", "what": "wrong", "truth": "8078", "answer": "807", "wrong_digits": "1"}]
    with Image.open("out/mistakes/mixed numbers-wrong.png") as sheet:
        assert sheet.size == (336, 184)
        assert (np.asarray(sheet) == (255, 130, 0)).all(axis=2).sum() > 300  # three boxes
    assert Path("out/mistakes/mixed numbers-sources.csv").read_text().splitlines()[1:] == [
        "ann,1,1.0000",
        "bob,2,0.5000",
    ]


def test_long_texts_are_compared_from_their_first_difference() -> None:
    assert _compare_texts("12", "13") == "12 > 13"
    words = _compare_texts("1" * 50 + "234567", "1" * 50 + "34567")
    assert words == "..234567 > ..34567"
    assert len(_compare_texts("1" * 90, "2" * 90)) <= 46


def test_broken_pictures_of_numbers_are_listed_and_not_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mixed/two.png").write_bytes(b"no picture")
    assert run("mixed", "--report", "out") == 2
    out, err = capsys.readouterr()
    assert "1 of 2 right: 50.00 %" in out
    assert "1 broken and not counted" in out
    assert err.startswith("mixed numbers, two.png: two.png is not a picture that can be read.")
    assert 'two.png,"broken: two.png is not' in Path("out/mistakes/mixed numbers.csv").read_text()


@pytest.mark.parametrize(("least", "status"), [("66", 0), ("66.7", 1)])
def test_least_accuracy_is_that_of_whole_texts(
    folder: Path, capsys: pytest.CaptureFixture[str], least: str, status: int
) -> None:
    assert run("mixed", "--min-accuracy", least) == status
    below = "mixed numbers is read at 66.67 %, below the 66.7 % asked for.\n"
    assert capsys.readouterr().err == (below if status else "")


def test_rows_are_made_of_white_on_black_digits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mixed", "mnist.npz", "--rows", "3", "--report", "out") == 0
    lines = capsys.readouterr().out.splitlines()[:-1]
    assert [line.split("  ")[0] for line in lines] == [
        "mixed", "mnist", "mixed numbers", "mnist rows apart", "mnist rows touching"
    ]  # fmt: skip
    assert all(" of 3 right: " in line for line in lines[3:])
    assert len(Path("out/report.md").read_text(encoding="utf-8").split("made of mnist.npz")) == 3


def test_rows_need_white_on_black_digits(folder: Path) -> None:
    with pytest.raises(SetError, match="--rows needs digits to make numbers of, white on black"):
        run("mixed", "--rows", "3")
    with pytest.raises(SetError, match="--rows is -1; it is how many numbers are made"):
        run("mnist.npz", "--rows", "-1")
