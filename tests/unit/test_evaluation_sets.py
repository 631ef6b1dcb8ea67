"""Every form of a set: what is read of it, and the sentence where it cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from labeled_sets import LETTER, digit_images, write_drawings, write_labeled_folder
from PIL import Image
from strokes import digit_drawing, digit_picture

from evaluation.made import MADE, make_drawings
from evaluation.samples import SetError, content_to_page
from evaluation.scoring import read_set
from evaluation.sets import check_names, choose_sets, open_digits, open_others
from preprocessing import Drawing


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    path = tmp_path / "mnist.npz"
    images, labels = digit_images(range(10)), np.arange(10, dtype=np.uint8)
    np.savez(path, x_train=images[:4], y_train=labels[:4], x_test=images[4:], y_test=labels[4:])
    return path


# ---------------------------------------------------------------- forms


def test_mnist_gives_its_test_images_as_ink(mnist: Path) -> None:
    given = open_digits(str(mnist))
    assert (given.name, given.file, given.path_taken) == ("mnist", "mnist.npz", "ink")
    assert [sample.label for sample in given.samples] == [4, 5, 6, 7, 8, 9]
    ink = given.samples[0].load()
    assert isinstance(ink, np.ndarray)
    assert (ink.dtype, ink.shape, ink.max()) == (np.float32, (28, 28), 1)
    assert len(given.checksum or "") == 64


def test_mnist_gives_its_training_images_to_fit_on(mnist: Path) -> None:
    assert [sample.label for sample in open_digits(str(mnist), for_training=True).samples] == [0, 1, 2, 3]


@pytest.mark.parametrize(("inverted", "route"), [(False, "ink"), (True, "photo")])
def test_images_and_labels_of_either_polarity(tmp_path: Path, inverted: bool, route: str) -> None:
    images = np.pad(digit_images([4, 7, 1]), ((0, 0), (6, 6), (4, 4)))
    np.savez(tmp_path / "a.npz", images=255 - images if inverted else images, labels=np.array([4, 7, 1]))
    given = open_digits(str(tmp_path / "a.npz"))
    assert given.path_taken == route
    assert [sample.label for sample in given.samples] == [4, 7, 1]
    pages = read_set(given).pages
    assert [len(page.lines) for page in pages] == [1, 1, 1]
    # either way the same digit: dark outside, ink in the middle rows
    images = [page.to_glyph().image for page in pages]
    assert all(image[:3].max() == 0 < image[14].max() for image in images)


def test_color_images_are_photos(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.stack([digit_picture(3), digit_picture(5)]), labels=np.array([3, 5]))
    given = open_digits(str(tmp_path / "a.npz"))
    assert given.path_taken == "photo"
    assert len(read_set(given).pages[0].lines) == 1


def test_labeled_folder_scores_single_ones_and_knows_sources(tmp_path: Path) -> None:
    rows = [("7.png", 7, "single", "a"), ("3.png", " 3 ", "single", "b"), ("1.png", "l", "letter", "b")]
    given = open_digits(str(write_labeled_folder(tmp_path / "paint", rows)))
    assert (given.name, given.left_out, given.path_taken) == ("paint", "1 of kind letter", "photo")
    assert [(s.name, s.label, s.source) for s in given.samples] == [("7.png", 7, "a"), ("3.png", 3, "b")]
    assert given.checksum is None


def test_labeled_folder_needs_no_kind_and_no_source(tmp_path: Path) -> None:
    given = open_digits(str(write_labeled_folder(tmp_path / "paint", [("7.png", 7)], "file,label")))
    assert [(s.label, s.source) for s in given.samples] == [(7, "")]


def test_folder_with_a_sub_folder_a_digit(tmp_path: Path) -> None:
    for digit in (0, 7):
        (tmp_path / str(digit)).mkdir()
        Image.fromarray(digit_picture(digit)).save(tmp_path / str(digit) / "one.png")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "7" / "note.txt").write_text("no picture")
    samples = open_digits(f"mine={tmp_path}").samples
    assert [(s.name, s.label) for s in samples] == [("0/one.png", 0), ("7/one.png", 7)]


def test_drawings_of_all_or_some_writers(tmp_path: Path) -> None:
    path = write_drawings(tmp_path / "pen.jsonl", [1, 2, 3, 4], writers=[3, 8, 3, 9])
    assert [s.label for s in open_digits(str(path)).samples] == [1, 2, 3, 4]
    some = open_digits(str(path), writers=(3, 9))
    assert ([s.label for s in some.samples], some.left_out) == ([1, 3, 4], "1 of other writers")
    assert [s.name for s in some.samples] == ["line 1", "line 3", "line 4"]
    assert [s.label for s in open_digits(str(path), writers=(3, 9), for_training=True).samples] == [2]


def test_drawings_that_name_no_writers_are_taken_whole(tmp_path: Path) -> None:
    path = write_drawings(tmp_path / "pen.jsonl", [1, 2])
    assert len(open_digits(str(path), writers=(3,)).samples) == 2


def test_others_know_letters_that_look_like_digits(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=digit_images([0, 1, 2]), names=np.array(["O", "A", "z"]))
    assert [s.is_digit_shaped for s in open_others(str(tmp_path / "a.npz")).samples] == [True, False, True]
    lines = [json.dumps({**LETTER, "name": name}) for name in "AS"]
    (tmp_path / "b.jsonl").write_text("\n".join(lines))
    assert [s.is_digit_shaped for s in open_others(str(tmp_path / "b.jsonl")).samples] == [False, True]


def test_others_in_a_folder_and_without_names(tmp_path: Path) -> None:
    Image.fromarray(digit_picture(8)).save(tmp_path / "B.png")
    Image.fromarray(digit_picture(8)).save(tmp_path / "tree.JPG")
    samples = open_others(str(tmp_path)).samples
    assert [(s.name, s.label, s.is_digit_shaped) for s in samples] == [("B.png", None, True), ("tree.JPG", None, False)]
    np.savez(tmp_path / "a.npz", images=digit_images([0]))
    assert open_others(f"x={tmp_path / 'a.npz'}").samples[0].name == "0"


# ---------------------------------------------------------------- made sets


@pytest.mark.parametrize("kind", MADE)
def test_made_drawings_are_what_a_sketchpad_sends_and_always_the_same(kind: str) -> None:
    first, again, other = (make_drawings(kind, 20, seed) for seed in (1, 1, 2))
    for one, same in zip(first, again, strict=True):
        drawing, twin = one.load(), same.load()
        assert isinstance(drawing, Drawing)
        assert isinstance(twin, Drawing)
        assert all((a == b).all() for a, b in zip(drawing.strokes, twin.strokes, strict=True))
        assert all((stroke == np.rint(stroke)).all() for stroke in drawing.strokes)
        assert all(stroke.min() >= 0 and stroke.max() <= drawing.width for stroke in drawing.strokes)
        assert len(content_to_page(drawing).lines) == 1
    assert any(len(a.load().strokes[0]) != len(b.load().strokes[0]) for a, b in zip(first, other, strict=True))


def test_dots_and_most_blocks_have_no_stroke_in_them() -> None:
    def solid(kind: str) -> float:
        return float(
            np.mean([content_to_page(sample.load()).to_glyph().is_solid for sample in make_drawings(kind, 100)])
        )

    assert solid("dots") == 1
    assert solid("blocks") > 0.8
    assert solid("scribbles") < 0.3


def test_a_made_set_is_opened_by_its_name() -> None:
    given = open_others("scribbles")
    assert (given.name, given.file, given.checksum, len(given.samples)) == ("scribbles", "made here", None, 200)


# ---------------------------------------------------------------- names


def test_names_are_given_or_taken_from_the_file(mnist: Path, tmp_path: Path) -> None:
    assert open_digits(f"my set={mnist}").name == "my set"
    odd = tmp_path / "a=b (2).npz"
    odd.write_bytes(mnist.read_bytes())
    assert open_digits(str(odd)).name == "a_b__2_"


def test_a_name_may_be_given_once(mnist: Path) -> None:
    with pytest.raises(SetError, match=r"Two sets are called Mnist \(mnist.npz and mnist.npz\); name them"):
        check_names([open_digits(str(mnist)), open_digits(f"Mnist={mnist}")])


def test_sets_are_chosen_by_name(mnist: Path) -> None:
    sets = [open_digits(f"{name}={mnist}") for name in "abc"]
    assert [each.name for each in choose_sets(["c", "a"], sets)] == ["c", "a"]
    assert choose_sets([], sets) == sets
    with pytest.raises(SetError, match="No set of digits is called d; there are a, b, c"):
        choose_sets(["a", "d"], sets)


# ---------------------------------------------------------------- bad input


def refused(path: Path, opener: Callable[[str], object] = open_digits) -> str:
    with pytest.raises(SetError) as caught:
        opener(str(path))
    return str(caught.value)


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.npz") == f"There is no file or folder {tmp_path / 'no.npz'}."
    with pytest.raises(SetError, match="There is no file or folder no.npz"):
        open_digits("a=no.npz")
    with pytest.raises(SetError, match="A set cannot be called 'a/b'"):
        open_digits("a/b=no.npz")


@pytest.mark.parametrize("name", ["a.png", "a.txt", "a"])
def test_a_file_of_another_kind(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("hello")
    assert "is no set of digits. Expected is one of labeled digits: an .npz" in refused(tmp_path / name)
    assert "cannot be scored. Expected is what is no digit" in refused(tmp_path / name, open_others)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"images": np.zeros((2, 5, 5), np.uint8)}, "has the arrays images; labeled digits are x_test and y_test"),
        ({"images": np.zeros((2, 5, 5)), "labels": [1, 2]}, "is float64 (2, 5, 5); images must be uint8"),
        ({"images": np.zeros((2, 25), np.uint8), "labels": [1, 2]}, "is uint8 (2, 25); images must be uint8"),
        ({"images": np.zeros((2, 5, 0), np.uint8), "labels": [1, 2]}, "images must be uint8"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": [1]}, "it must be 2 whole numbers, one an image"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": [1.0, 2.0]}, "it must be 2 whole numbers"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": [1, 10]}, "labels must be whole numbers from 0 to 9"),
        ({"images": np.zeros((2, 5, 5), np.uint8), "labels": [-1, 1]}, "Image 0 in"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, int)}, "The set a is empty"),
    ],
)
def test_arrays_that_are_no_labeled_images(tmp_path: Path, arrays: dict[str, np.ndarray], sentence: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    assert sentence in refused(tmp_path / "a.npz")


def test_arrays_of_others_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, pictures=np.zeros((2, 5, 5), np.uint8))
    assert "has the arrays pictures; what is no digit must be called images" in refused(path, open_others)
    np.savez(path, images=np.zeros((2, 5, 5), np.uint8), names=np.array(["a"]))
    assert "it must be 2 texts, one an image" in refused(path, open_others)
    np.savez(path, images=np.zeros((0, 5, 5), np.uint8))
    assert "The set a is empty" in refused(path, open_others)


def test_a_damaged_npz(tmp_path: Path, mnist: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"PK and no more")
    assert "is no complete npz file" in refused(path)
    content = bytearray(mnist.read_bytes())
    content[400:3000] = b"\x55" * 2600
    path.write_bytes(content)
    assert "is damaged (" in refused(path)
    np.savez(path, images=np.array([{"an": "object"}]), labels=np.array([1]))
    assert "is damaged (" in refused(path)


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [
        ([("7.png",)], "file", "has no column label; it must have file and label"),
        ([("7.png", 7)], "name,label", "has no column file"),
        ([("7.png", 10, "single", "a")], "file,label,kind,source", "has the label 10; labels must be whole numbers"),
        ([("7.png", "seven", "single", "a")], "file,label,kind,source", "Line 2 of"),
        ([("7.png",)], "file,label", "has the label ''"),
        (
            [("7.png", 7, "single", "a"), ("no.png", 7, "single", "a"), ("nor.png", 7, "single", "a")],
            "file,label,kind,source",
            "names 2 files that are not there, the first is no.png; put them into the folder",
        ),
        ([("7.png", "l", "letter", "a")], "file,label,kind,source", "is empty (1 of kind letter left out)"),
        ([], "file,label,kind,source", "The set a is empty: there is nothing in a to score"),
    ],
)
def test_labels_that_cannot_be_used(
    tmp_path: Path, rows: list[tuple[object, ...]], columns: str, sentence: str
) -> None:
    assert sentence in refused(write_labeled_folder(tmp_path / "a", rows, columns))


def test_labels_that_are_no_text(tmp_path: Path) -> None:
    folder = write_labeled_folder(tmp_path / "a", [])
    (folder / "labels.csv").write_bytes(b"file,label\n\xff\xfe\n")
    assert "is no CSV text in UTF-8" in refused(folder)
    (folder / "labels.csv").write_bytes(b"")
    assert "has no column file" in refused(folder)


def test_folders_that_are_no_set(tmp_path: Path) -> None:
    assert "has no labels.csv (columns: file, label, kind, source) and no sub-folders 0 to 9" in refused(tmp_path)
    assert "is empty" in refused(tmp_path, open_others)
    (tmp_path / "7").mkdir()
    assert "is empty" in refused(tmp_path)
    (tmp_path / "10").mkdir()
    assert "has a sub-folder 10; there may be 0 to 9 only" in refused(tmp_path)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({**digit_drawing(3), "label": 10}, "Line 2 of"),
        ({**digit_drawing(3), "label": "3"}, "has the label '3'"),
        ({**digit_drawing(3), "label": True}, "has the label True"),
        (digit_drawing(3), 'has no "label"'),
    ],
)
def test_drawings_with_bad_labels(tmp_path: Path, line: dict[str, object], sentence: str) -> None:
    assert sentence in refused(write_drawings(tmp_path / "a.jsonl", [1], extra=[json.dumps(line)]))


def test_writers_that_are_missing(tmp_path: Path) -> None:
    extra = [json.dumps({"label": 2, **digit_drawing(2)})]
    path = write_drawings(tmp_path / "a.jsonl", [1], writers=[3], extra=extra)
    with pytest.raises(SetError, match='has no "writer", but others have'):
        open_digits(str(path), writers=(3,))
    path = write_drawings(tmp_path / "a.jsonl", [1], writers=[3])
    with pytest.raises(SetError, match="is empty .1 of other writers left out"):
        open_digits(str(path), writers=(4,))


def test_broken_samples_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = write_labeled_folder(tmp_path / "a", [(f"{n}.png", n, "single", "") for n in (3, 5, 7)])
    (folder / "5.png").write_bytes((folder / "5.png").read_bytes()[:200])
    read = read_set(open_digits(str(folder)))
    assert [sample.name for sample in read.samples] == ["3.png", "7.png"]
    assert read.broken == [("5.png", "5.png is damaged or cut off. Save or send it again.")]

    path = write_drawings(tmp_path / "b.jsonl", [1], extra=["[1, 2", '{"label": 4, "width": 3}', "[]", "", "null"])
    read = read_set(open_digits(str(path)))
    assert [sample.label for sample in read.samples] == [1]
    assert [name for name, _ in read.broken] == ["line 2", "line 3", "line 4", "line 6"]


def test_a_set_of_broken_samples_only(tmp_path: Path) -> None:
    folder = write_labeled_folder(tmp_path / "a", [("5.png", 5, "single", "")])
    (folder / "5.png").write_bytes(b"no picture")
    with pytest.raises(SetError, match=r"None of the 1 samples of a can be read; the first is 5.png: 5.png is not a"):
        read_set(open_digits(str(folder)))
