"""MNIST as the course's json.gz and as a folder of pictures, written and read, shown, and what may be wrong with it."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.dataset import DataError, load_mnist, main
from model.digit_folder import write_digit_folder
from tests.unit.test_train_model import draw_digits

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def arrays():
    (x_train, y_train), (x_test, y_test) = draw_digits(33, seed=1), draw_digits(12, seed=2)
    order = np.random.default_rng(0).permutation(33)
    return {"x_train": x_train[order], "y_train": y_train[order], "x_test": x_test, "y_test": y_test}


@pytest.fixture(scope="module")
def npz(tmp_path_factory, arrays):
    path = tmp_path_factory.mktemp("npz") / "digits.npz"
    np.savez(path, **arrays)
    return path


def assert_same(data, arrays):
    for key, array in arrays.items():
        np.testing.assert_array_equal(getattr(data, key), array)


def refusal(path):
    with pytest.raises(DataError) as caught:
        load_mnist(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


# ---------------------------------------------------------------- json.gz


def to_lists(arrays, divisor=256):
    images = [(arrays[key].reshape(-1, 784) / divisor).tolist() for key in ("x_train", "x_test")]
    labels = [arrays[key].tolist() for key in ("y_train", "y_test")]
    return [[images[0][:20], labels[0][:20]], [images[0][20:], labels[0][20:]], [images[1], labels[1]]]


def write_lists(path, lists):
    path.write_bytes(gzip.compress(json.dumps(lists).encode()))
    return path


@pytest.mark.parametrize("divisor", [255, 256])
def test_the_course_file_gives_the_images_that_were_divided(tmp_path, arrays, npz, divisor):
    data = load_mnist(write_lists(tmp_path / "mnist.json.gz", to_lists(arrays, divisor)))
    assert_same(data, arrays)
    assert data.checksum == load_mnist(npz).checksum


def test_the_course_file_may_be_unpacked(tmp_path, arrays):
    (tmp_path / "mnist.json").write_text(json.dumps(to_lists(arrays)))
    assert_same(load_mnist(tmp_path / "mnist.json"), arrays)


def change(lists, where, value):
    for index in where[:-1]:
        lists = lists[index]
    lists[where[-1]] = value


@pytest.mark.parametrize(
    ("where", "value", "expected"),
    [
        ((1,), 5, 'The list "validation" of * is no pair of images and labels'),
        ((2,), [[]], 'The list "test" of * is no pair'),
        ((0, 0, 3), [0.0] * 783, 'The list "train" of * has 783 numbers for image 3; there must be 784'),
        ((0, 0, 3), "seven", "has no list of numbers for image 3"),
        ((0, 0, 3, 9), "seven", "something other than numbers"),
        ((0, 0, 3, 9), [0.0], "something other than numbers"),
        ((1, 0, 2, 9), 1.5, 'The list "validation" of * has a number out of 0 to 1 in image 2'),
        ((1, 0, 2, 9), -0.1, "out of 0 to 1 in image 2"),
        ((1, 0, 2, 9), None, "out of 0 to 1 in image 2"),
        ((2, 1, 4), 10, 'The list "test" of * has the label 10 for image 4; labels must be 0 to 9'),
        ((2, 1, 4), "3", "has the label '3' for image 4"),
        ((2, 1, 4), True, "has the label True for image 4"),
        ((0, 1), [1, 2], 'The list "train" of * has 20 images, but 2 labels'),
    ],
)
def test_a_course_file_that_is_malformed_names_the_list_and_the_image(tmp_path, arrays, where, value, expected):
    lists = to_lists(arrays)
    change(lists, where, value)
    path = write_lists(tmp_path / "wrong.json.gz", lists)
    assert expected.replace("*", str(path)) in refusal(path)


@pytest.mark.parametrize("lists", [[], {}, 5, [[[], []], [[], []]]])
def test_json_that_is_not_three_lists(tmp_path, lists):
    assert 'three lists ("train", "validation", "test")' in refusal(write_lists(tmp_path / "wrong.json.gz", lists))


def test_a_course_file_without_test_images(tmp_path, arrays):
    path = write_lists(tmp_path / "short.json.gz", [*to_lists(arrays)[:2], [[], []]])
    assert "x_test in" in refusal(path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "no JSON"])
def test_a_course_file_that_is_damaged(tmp_path, arrays, damage):
    path = write_lists(tmp_path / "wrong.json.gz", to_lists(arrays))
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-50]
    elif damage == "flipped":
        content[300:340] = bytes(40)
    elif damage == "empty":
        content = b""
    else:
        content = gzip.compress(b"[[[[0.0, 0.1")
    path.write_bytes(content)
    assert re.search("is damaged or cannot be read|is no JSON text, or cut off", refusal(path))


# ---------------------------------------------------------------- idx, one of four named


def test_one_idx_file_stands_for_the_four_beside_it(tmp_path, arrays):
    names = {"x_train": "train-images-idx3", "y_train": "train-labels-idx1", "x_test": "t10k-images-idx3"}
    for key, name in (names | {"y_test": "t10k-labels-idx1"}).items():
        shape = b"".join(length.to_bytes(4, "big") for length in arrays[key].shape)
        content = bytes([0, 0, 8, arrays[key].ndim]) + shape + arrays[key].tobytes()
        (tmp_path / f"{name}-ubyte").write_bytes(content)
    assert_same(load_mnist(tmp_path / "train-images-idx3-ubyte"), arrays)


# ---------------------------------------------------------------- pictures


@pytest.fixture
def folder(tmp_path, arrays):
    write_digit_folder(arrays, tmp_path / "pictures")
    return tmp_path / "pictures"


def test_pictures_come_back_as_they_were_and_in_their_order(folder, arrays, npz):
    data = load_mnist(folder)
    assert_same(data, arrays)
    assert data.checksum == load_mnist(npz).checksum
    assert data.name == "pictures"


def test_names_without_leading_zeros_keep_their_order(folder, arrays):
    for path in folder.rglob("*.png"):
        path.rename(path.with_name(f"{int(path.stem)}.png"))
    assert_same(load_mnist(folder), arrays)


def test_one_picture_in_seven_is_for_the_test_where_all_are_together(folder, arrays):
    data = load_mnist(folder / "train")
    is_test = np.arange(33) % 7 == 0
    np.testing.assert_array_equal(data.x_test, arrays["x_train"][is_test])
    np.testing.assert_array_equal(data.y_train, arrays["y_train"][~is_test])


def test_other_pictures_go_the_way_of_a_photo(folder, arrays):
    plain = load_mnist(folder).x_train
    path = next((folder / "train").rglob("00000.png"))
    large = cv2.copyMakeBorder(cv2.resize(255 - plain[0], (200, 200)), 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    assert cv2.imwrite(str(path), cv2.cvtColor(large, cv2.COLOR_GRAY2BGR))
    image = load_mnist(folder).x_train[0]
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) == 19  # 20 pixels, white on black as MNIST
    assert image.max() > 200
    np.testing.assert_array_equal(load_mnist(folder).x_train[1:], plain[1:])


def test_hidden_files_and_notes_are_left_out(folder, arrays):
    (folder / "train" / "3" / ".DS_Store").touch()
    (folder / "train" / ".cache").mkdir()
    (folder / "train" / "3" / "notes.txt").touch()
    assert_same(load_mnist(folder), arrays)


def test_a_picture_that_cannot_be_read_is_named(folder):
    (folder / "train" / "3" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(DataError, match=r"train/3/broken\.png cannot be used: broken\.png is damaged or cut off"):
        load_mnist(folder)


def test_a_picture_without_writing_is_named(folder):
    cv2.imwrite(str(folder / "train" / "3" / "white.png"), np.full((90, 90), 255, np.uint8))
    with pytest.raises(DataError, match=r"No writing was found on .*white\.png; take it out"):
        load_mnist(folder)


def test_folders_that_are_named_otherwise(folder):
    (folder / "test" / "ten").mkdir()
    with pytest.raises(DataError, match=r"test has a sub-folder ten, which is no digit"):
        load_mnist(folder)


def test_a_folder_without_a_test(folder):
    (folder / "test").rename(folder / "validation")
    assert "has train, but no test" in refusal(folder)


def test_an_empty_folder(tmp_path):
    assert "has no pictures in sub-folders 0 to 9, nor MNIST's four idx files" in refusal(tmp_path)


# ---------------------------------------------------------------- the command line


def test_export_and_back(tmp_path, npz, arrays, capsys):
    assert main(["--data", str(npz), "--export", str(tmp_path / "new")]) == 0
    assert "Writing 45 pictures" in capsys.readouterr().out
    assert_same(load_mnist(tmp_path / "new"), arrays)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_export_into_a_folder_that_is_not_empty_is_refused(tmp_path, npz, capsys):
    (tmp_path / "mine").touch()
    assert main(["--data", str(npz), "--export", str(tmp_path)]) == 2
    assert f"{tmp_path} exists already; name a new folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_export_that_fails_leaves_nothing(tmp_path, arrays):
    with pytest.raises(ValueError, match="shorter"):
        write_digit_folder(arrays | {"y_test": arrays["y_test"][:-1]}, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_show_draws_samples_and_explains_the_numbers(tmp_path, npz, arrays, capsys):
    assert main(["--data", str(npz), "--show", str(tmp_path / "sheets" / "samples.png")]) == 0
    picture = cv2.imread(str(tmp_path / "sheets" / "samples.png"))
    assert min(picture.shape[:2]) > 500
    assert picture.std() > 10
    text = capsys.readouterr().out
    assert "digits.npz: 33 images to train on, 12 to test with." in text
    assert "(33, 28, 28)" in text
    for digit in range(10):
        counts = [(arrays[key] == digit).sum() for key in ("y_train", "y_test")]
        assert re.search(rf"^ +{digit} +{counts[0]} +{counts[1]}$", text, re.MULTILINE)
    assert f"Mean {arrays['x_train'].mean() / 255:.4f}:" in text
    assert f"Deviation {arrays['x_train'].std() / 255:.4f}:" in text


def test_show_writes_no_picture_of_an_unknown_kind(tmp_path, npz, capsys):
    assert main(["--data", str(npz), "--show", str(tmp_path / "samples.xyz")]) == 2
    assert "could not be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_it_runs_as_a_module_and_asks_what_to_do():
    command = [sys.executable, "-m", "model.dataset"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "say what to do: --show or --export DIR" in done.stderr
