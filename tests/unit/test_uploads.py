"""Uploads are read once and then deleted, also where several visitors send the same photo; and their folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interface.examples import FOLDER
from preprocessing import PhotoError
from serving.folder import LOCK, PREFIX, YOUNG, upload_folder
from serving.uploads import AT_MOST, REMEMBERED, Uploads

ROOT = Path(__file__).parents[2]
NAME = "0123456789abcdef" * 4  # as of a checksum


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """As Gradio keeps it: in a folder that is named after what is in it."""
    path = tmp_path / NAME / "chalk.jpg"
    path.parent.mkdir()
    shutil.copy(FOLDER / "chalk.jpg", path)
    return path


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(clock: Clock) -> Uploads:
    return Uploads(lambda path: "example" in path, clock=clock)


def test_a_photo_is_gone_when_it_is_read(uploads: Uploads, photo: Path) -> None:
    assert uploads.read(str(photo)).size == (640, 480)
    assert not photo.exists()


def test_nothing_is_deleted_that_is_no_upload(uploads: Uploads, tmp_path: Path) -> None:
    """The upload folder has other files, and their paths can be asked for, too."""
    (tmp_path / "in-use").touch()

    with pytest.raises(PhotoError):
        uploads.read(str(tmp_path / "in-use"))
    assert (tmp_path / "in-use").exists()


def test_an_example_stays(uploads: Uploads, photo: Path) -> None:
    example = photo.rename(photo.with_name("example.jpg"))

    uploads.read(str(example))
    assert example.exists()


def test_what_is_no_photo_is_gone_too(uploads: Uploads, photo: Path) -> None:
    photo.write_text("seven")

    for _ in range(2):
        with pytest.raises(PhotoError, match=r"^chalk\.jpg is not a picture"):
            uploads.read(str(photo))
        assert not photo.exists()


def test_thirty_pupils_with_the_same_photo_are_all_answered(uploads: Uploads, photo: Path) -> None:
    start = threading.Barrier(30)

    def read(_: int) -> tuple[float, float]:
        start.wait()
        return uploads.read(str(photo)).size

    with ThreadPoolExecutor(30) as pupils:
        assert list(pupils.map(read, range(30))) == [(640, 480)] * 30
    assert not photo.exists()


def test_what_was_read_is_forgotten_after_a_minute(uploads: Uploads, photo: Path, clock: Clock) -> None:
    uploads.read(str(photo))
    clock.now = REMEMBERED + 1

    with pytest.raises(PhotoError, match=r"^chalk\.jpg is no longer here; upload it again\.$"):
        uploads.read(str(photo))
    assert not photo.parent.exists()


def test_what_is_asked_for_again_is_remembered_for_another_minute(uploads: Uploads, photo: Path, clock: Clock) -> None:
    """A second upload of the same photo is deleted by the first to read it, while others wait in the queue."""
    for clock.now in (0, REMEMBERED - 1, 2 * REMEMBERED - 2):
        assert uploads.read(str(photo)).size == (640, 480)


def test_memory_is_bounded(uploads: Uploads, tmp_path: Path) -> None:
    for i in range(AT_MOST + 5):
        (tmp_path / f"{i}.jpg").write_bytes(b"none")
        with pytest.raises(PhotoError):
            uploads.read(str(tmp_path / f"{i}.jpg"))

    assert len(uploads._read) == AT_MOST


# ---------------------------------------------------------------- the folder


def test_the_folder_is_for_this_user_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with upload_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "abc").mkdir()
        (folder / "abc" / "photo.jpg").write_bytes(b"jpeg")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_app_has_left_goes_with_the_next_start_and_what_is_in_use_stays(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from serving.folder import upload_folder\n"
        "with upload_folder(Path(sys.argv[1])) as folder: print(folder, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        left = Path(other.stdout.readline().strip())
        with upload_folder(tmp_path):
            assert left.exists()
        other.kill()
        other.wait()
    assert left.exists()

    with upload_folder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_is_just_being_made_stays(tmp_path: Path) -> None:
    new, old = tmp_path / f"{PREFIX}new", tmp_path / f"{PREFIX}old"
    for folder in (new, old):
        folder.mkdir()
    long_ago = os.stat(old).st_mtime - 2 * YOUNG
    os.utime(old, (long_ago, long_ago))

    with upload_folder(tmp_path) as folder:
        assert sorted(tmp_path.iterdir()) == sorted([new, folder])
        assert (folder / LOCK).exists()
