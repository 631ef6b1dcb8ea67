"""Photos read in processes beside the page: as in this one, at a low priority, and again when such a process dies."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from in_worker import die, die_once, meet, raise_error
from PIL import Image
from written_numbers import number_photo

from model.worker import Worker
from preprocessing import Page, PhotoError, find_writing, read_photo, writing_to_page
from serving.photos import NICE, PhotoReader


@pytest.fixture(scope="module", autouse=True)
def _helpers() -> Iterator[None]:
    """The processes find what they are asked here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
        yield


@pytest.fixture(scope="module")
def reader(_helpers: None) -> PhotoReader:
    return PhotoReader(1)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "number.png"
    Image.fromarray(number_photo(["204", "17"])).save(path)
    return path


@pytest.fixture
def worker() -> Worker:
    return Worker("serving.photos")


def assert_same(page: Page, expected: Page) -> None:
    assert (page.scale, page.shape) == (expected.scale, expected.shape)
    assert [list(line.glyphs) for line in page.lines] == [list(line.glyphs) for line in expected.lines]
    for line, wanted in zip(page.lines, expected.lines, strict=True):
        for run, glyph in line.glyphs.items():
            assert glyph.box == wanted.glyphs[run].box
            np.testing.assert_array_equal(glyph.image, wanted.glyphs[run].image)


# ---------------------------------------------------------------- photos


def test_a_photo_is_read_as_in_this_process(reader: PhotoReader, photo: Path) -> None:
    picture = reader.read(str(photo))
    writing, page = reader.find_writing(picture, "number.png")

    expected = read_photo(photo)
    wanted = find_writing(expected.rgb)
    np.testing.assert_array_equal(picture.rgb, expected.rgb)
    np.testing.assert_array_equal(writing.ink, wanted.ink)
    np.testing.assert_array_equal(writing.evened, wanted.evened)
    assert len(page.lines) == 2
    assert_same(page, writing_to_page(wanted, expected.size))


def test_what_else_may_be_the_writing_is_found_there_too(reader: PhotoReader, tmp_path: Path) -> None:
    rgb = np.full((300, 300, 3), (250, 250, 250), np.uint8)
    rgb[40:260, 40:260] = (20, 90, 200)  # a ground
    rgb[80:220, 140:160] = (250, 220, 0)  # a 1 on it
    Image.fromarray(rgb).save(tmp_path / "ground.png")
    picture = reader.read(tmp_path / "ground.png")

    others = reader.find_writing(picture, "ground.png")[1].find_others()

    expected = writing_to_page(find_writing(picture.rgb), picture.size).find_others()
    assert len(others) == len(expected) > 0
    for page, wanted in zip(others, expected, strict=True):
        assert_same(page, wanted)


def test_what_is_no_photo_is_the_same_sentence(reader: PhotoReader, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_bytes(b"seven")
    with pytest.raises(PhotoError) as here:
        read_photo(tmp_path / "notes.png")
    with pytest.raises(PhotoError) as there:
        reader.read(tmp_path / "notes.png")
    assert str(there.value) == str(here.value)


def test_a_photo_that_kills_two_processes_is_a_sentence_and_the_next_is_read(
    reader: PhotoReader, photo: Path, tmp_path: Path
) -> None:
    deaths = tmp_path / "deaths"
    with pytest.raises(PhotoError, match=r"^huge\.png could not be read here, .* Save it smaller and try again\.$"):
        reader._run("huge.png", die, str(deaths))
    assert deaths.read_text() == "xx"
    assert reader.read(photo).size == (read_photo(photo)).size


@pytest.mark.skipif(not hasattr(os, "nice"), reason="there is no priority to be seen")
def test_photos_have_the_lowest_priority(reader: PhotoReader) -> None:
    assert reader._run("photo", os.nice, 0) == min(os.nice(0) + NICE, 19)


def test_as_many_are_read_at_once_as_was_said(tmp_path: Path) -> None:
    reader = PhotoReader(2)
    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(partial(reader._run, "photo", meet, str(tmp_path)), "ab"))


def test_one_process_serves_many_threads_one_after_the_other(reader: PhotoReader, photo: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        sizes = list(threads.map(lambda _: reader.read(photo).size, range(8)))
        processes = set(threads.map(lambda _: reader._run("photo", os.getpid), range(8)))
    assert sizes == [read_photo(photo).size] * 8
    assert len(processes) == 1
    assert processes != {os.getpid()}


# ---------------------------------------------------------------- the process


def test_an_error_is_raised_here_and_the_process_goes_on(worker: Worker) -> None:
    first = worker.ask((os.getpid, ()))
    assert first == worker.pid
    with pytest.raises(ZeroDivisionError):
        worker.ask((divmod, (1, 0)))
    for kind in (EOFError, OSError):  # as a broken pipe raises them
        with pytest.raises(kind):
            worker.ask((raise_error, (kind,)))
    assert worker.ask((os.getpid, ())) == first


def test_who_dies_once_is_asked_again(worker: Worker, tmp_path: Path) -> None:
    assert worker.ask((die_once, (str(tmp_path / "deaths"),))) == "alive"


def test_after_a_second_death_the_next_request_is_answered(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(EOFError):
        worker.ask((die, (str(tmp_path / "deaths"),)))
    assert worker.ask((divmod, (7, 2))) == (3, 1)


def test_an_answer_that_cannot_be_pickled_kills_nobody(worker: Worker) -> None:
    with pytest.raises((EOFError, pickle.PicklingError, TypeError)):
        worker.ask((threading.Lock, ()))
    assert worker.ask((divmod, (7, 2))) == (3, 1)


def test_ctrl_c_is_left_to_the_page(worker: Worker) -> None:
    assert worker.ask((signal.getsignal, (signal.SIGINT,))) == signal.SIG_IGN
