"""Loaders of MNIST on small files that the tests make, and the sentence for each way they can be wrong."""

import gzip
import re
import struct
import zipfile

import numpy as np
import pytest

from model.dataset import DataError, images_through_preprocessing, load_mnist, split_validation
from preprocessing import find_glyphs

IDX_FILES = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}


@pytest.fixture
def arrays():
    generator = np.random.default_rng(0)
    return {
        "x_train": generator.integers(0, 256, (12, 28, 28), np.uint8),
        "y_train": np.arange(12, dtype=np.uint8) % 10,
        "x_test": generator.integers(0, 256, (4, 28, 28), np.uint8),
        "y_test": np.array([9, 0, 5, 2], np.uint8),
    }


def to_idx(array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.fixture
def npz(tmp_path, arrays):
    np.savez_compressed(tmp_path / "digits.npz", **arrays)
    return tmp_path / "digits.npz"


@pytest.fixture
def idx_folder(tmp_path, arrays):
    folder = tmp_path / "idx"
    folder.mkdir()
    for key, name in IDX_FILES.items():
        (folder / name).write_bytes(to_idx(arrays[key]))
    return folder


def assert_holds(data, arrays):
    for key, array in arrays.items():
        loaded = getattr(data, key)
        assert loaded.dtype == np.uint8
        np.testing.assert_array_equal(loaded, array)


def test_npz(npz, arrays):
    data = load_mnist(npz)
    assert_holds(data, arrays)
    assert data.name == "digits.npz"
    assert re.fullmatch("[0-9a-f]{64}", data.checksum)


def test_npz_with_labels_of_another_integer_type(tmp_path, npz, arrays):
    np.savez(tmp_path / "long.npz", **arrays | {"y_train": arrays["y_train"].astype(np.int64)})
    data = load_mnist(tmp_path / "long.npz")
    assert_holds(data, arrays)
    assert data.checksum == load_mnist(npz).checksum


def test_idx_files(idx_folder, npz, arrays):
    data = load_mnist(idx_folder)
    assert_holds(data, arrays)
    assert data.name == "idx"
    assert data.checksum == load_mnist(npz).checksum  # the same digits, whatever the form


def test_idx_files_packed_and_with_dots_in_their_names(tmp_path, arrays):
    for key, name in IDX_FILES.items():
        dotted = name.replace("-idx", ".idx")
        (tmp_path / f"{dotted}.gz").write_bytes(gzip.compress(to_idx(arrays[key])))
    assert_holds(load_mnist(tmp_path), arrays)


def test_another_label_is_another_checksum(tmp_path, npz, arrays):
    arrays["y_test"][0] = 8
    np.savez(tmp_path / "other.npz", **arrays)
    assert load_mnist(tmp_path / "other.npz").checksum != load_mnist(npz).checksum


# ---------------------------------------------------------------- sentences


def refusal(path):
    with pytest.raises(DataError) as caught:
        load_mnist(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_missing_path(tmp_path):
    sentence = refusal(tmp_path / "nowhere.npz")
    assert "no file or folder" in sentence
    assert "nowhere.npz" in sentence
    assert "--data" in sentence


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and no more"])
def test_file_that_is_no_npz(tmp_path, content):
    (tmp_path / "text.npz").write_bytes(content)
    sentence = refusal(tmp_path / "text.npz")
    assert "text.npz is no complete npz file" in sentence
    assert "mnist.npz" in sentence


def test_npz_cut_off(npz):
    npz.write_bytes(npz.read_bytes()[:-200])
    assert "digits.npz is no complete npz file" in refusal(npz)


def test_npz_with_flipped_bytes(npz):
    content = bytearray(npz.read_bytes())
    content[500:600] = bytes(100)
    npz.write_bytes(content)
    sentence = refusal(npz)
    assert "digits.npz is damaged" in sentence
    assert "Download mnist.npz anew" in sentence


def test_npz_with_pickled_objects(tmp_path, arrays):
    np.savez(tmp_path / "objects.npz", **arrays | {"y_test": np.array([object()] * 4)})
    assert "objects.npz is damaged" in refusal(tmp_path / "objects.npz")


def test_npz_whose_header_claims_more_than_there_is(tmp_path, arrays):
    path = tmp_path / "claims.npz"
    np.savez(path, **arrays)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["x_test.npy"] = members["x_test.npy"].replace(b"(4, 28, 28), }", b"(9, 28, 28), }")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert "claims.npz is damaged" in refusal(path)


def test_npz_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path, npz):
    path = tmp_path / "bomb.npz"
    content = bytearray(npz.read_bytes())
    entry = content.index(b"PK\x01\x02")  # the first one in the directory at the end; its unpacked size is at + 24
    content[entry + 24 : entry + 28] = struct.pack("<I", 2**31)
    path.write_bytes(content)
    assert "bomb.npz unpacks to more than 1024 MB" in refusal(path)


def test_npz_without_an_array(tmp_path, arrays):
    del arrays["y_train"]
    np.savez(tmp_path / "part.npz", **arrays)
    sentence = refusal(tmp_path / "part.npz")
    assert "part.npz has no array y_train" in sentence
    assert "x_train, y_train, x_test, y_test" in sentence


@pytest.mark.parametrize(
    ("key", "wrong", "expected"),
    [
        ("x_train", np.zeros((12, 784), np.uint8), "must be uint8 (N, 28, 28)"),
        ("x_train", np.zeros((12, 32, 32), np.uint8), "must be uint8 (N, 28, 28)"),
        ("x_test", np.zeros((4, 28, 28), np.float32), "x_test in * is float32"),
        ("y_train", np.zeros(12, np.float64), "y_train in * is float64"),
        ("y_train", np.zeros((12, 10), np.uint8), "must be whole numbers (N,)"),
        ("y_train", np.zeros(11, np.uint8), "has 12 images, but y_train has 11 labels"),
        ("y_test", np.array([1, 2, 10, 3]), "has the label 10 for image 2; labels must be 0 to 9"),
        ("y_test", np.array([1, -1, 2, 3]), "has the label -1 for image 1"),
        ("x_test", np.zeros((0, 28, 28), np.uint8), "x_test in * is empty"),
    ],
)
def test_arrays_that_are_no_labeled_digits(tmp_path, arrays, key, wrong, expected):
    path = tmp_path / "wrong.npz"
    np.savez(path, **arrays | {key: wrong})
    assert expected.replace("*", str(path)) in refusal(path)


def test_folder_without_one_of_the_files(idx_folder):
    (idx_folder / IDX_FILES["y_test"]).unlink()
    sentence = refusal(idx_folder)
    assert f"{idx_folder} has no t10k-labels-idx1-ubyte (or .gz)" in sentence
    assert "four idx files" in sentence


@pytest.mark.parametrize("change", [-1, 1])
def test_idx_file_that_is_too_short_or_too_long(idx_folder, arrays, change):
    path = idx_folder / IDX_FILES["x_train"]
    content = to_idx(arrays["x_train"])
    path.write_bytes(content[:change] if change < 0 else content + bytes(change))
    assert f"{path} has {9408 + change:,} bytes of data, not 9,408" in refusal(idx_folder)


@pytest.mark.parametrize("content", [b"", b"\0\0\x08\x01\0\0\0\x02ab", b"<html>Not found</html>"])
def test_file_that_is_no_idx_file_of_images(idx_folder, content):
    path = idx_folder / IDX_FILES["x_train"]
    path.write_bytes(content)
    assert f"{path} is no idx file of bytes with 3 axes" in refusal(idx_folder)


def test_idx_file_that_claims_more_than_memory(idx_folder):
    path = idx_folder / IDX_FILES["x_train"]
    path.write_bytes(bytes([0, 0, 8, 3]) + b"\xff" * 12)
    assert "has 0 bytes of data" in refusal(idx_folder)


@pytest.mark.parametrize("damage", ["cut", "flipped", "plain"])
def test_packed_idx_file_that_is_damaged(idx_folder, arrays, damage):
    plain = idx_folder / IDX_FILES["x_test"]
    content = bytearray(gzip.compress(to_idx(arrays["x_test"])))
    if damage == "cut":
        content = content[:-20]
    elif damage == "flipped":
        content[300:340] = bytes(40)
    else:
        content = plain.read_bytes()
    plain.unlink()
    path = plain.with_name(f"{plain.name}.gz")
    path.write_bytes(content)
    assert f"{path} is damaged or cannot be read" in refusal(idx_folder)


# ---------------------------------------------------------------- split and preprocessing


def test_split_keeps_apart_as_many_as_asked_and_loses_none():
    train, validation = split_validation(60_000, 10_000, seed=3)
    assert len(validation) == 10_000
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(60_000))


def test_split_follows_the_seed():
    splits = [split_validation(100, 20, seed)[1] for seed in (3, 3, 4)]
    np.testing.assert_array_equal(splits[0], splits[1])
    assert not np.array_equal(splits[0], splits[2])


@pytest.mark.parametrize(("size", "count"), [(5, 0), (5, 5), (1, 0)])
def test_split_that_would_leave_one_side_empty_is_refused(size, count):
    with pytest.raises(DataError, match=f"have {size} training images: too few"):
        split_validation(size, count, seed=0)


def test_images_go_through_preprocessing_and_blank_ones_stay_blank():
    images = np.zeros((2, 28, 28), np.uint8)
    images[0, 2:12, 3:6] = 255  # off center, and not 20 pixels high
    prepared = images_through_preprocessing(images)
    assert prepared.shape == (2, 28, 28)
    assert prepared.dtype == np.float32
    np.testing.assert_array_equal(prepared[0], find_glyphs(images[0].astype(np.float32) / 255)[0].image)
    assert prepared[0].any(axis=1).sum() == 20
    assert not prepared[1].any()
