"""Paths in; what is written at each of them, picture by picture and drawing by drawing, as far as the network, out."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from preprocessing import (
    PICTURE_SUFFIXES,
    Drawing,
    DrawingError,
    Page,
    PhotoError,
    Picture,
    drawing_to_page,
    find_writing,
    read_photo,
    writing_to_page,
)

__all__ = ["AHEAD", "DRAWINGS", "Sheet", "Source", "find_sources", "read_drawing", "read_in_order", "read_picture"]

DRAWINGS = ".jsonl"
AHEAD = 16  # pictures and drawings that are read while the network is loading or busy; a picture takes 3 MB


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture, or a drawing and its line in its file: its writing, or why there is none to be had.

    Attributes
    ----------
    file : str
        As it was given, or found in a folder that was given.
    line : int or None
        Of a drawing, from 1.
    page : Page
    problem : str
        As in `Writing`: why there is no writing on a photo.
    error : str or None
        A sentence, where it cannot be read.
    within : str
        A picture's path from the folder that was given; its name where it was given itself.
    photo : Picture or None
        Where it was asked for.
    """

    file: str
    line: int | None = None
    page: Page = field(default_factory=lambda: Page([]))
    problem: str = ""
    error: str | None = None
    within: str = ""
    photo: Picture | None = None

    @property
    def name(self) -> str:
        """The file, and the line of a drawing."""
        return name_source(self.file, self.line)


@dataclass(frozen=True)
class Source:
    """What is to become a sheet of that name."""

    name: str
    read: Callable[[], Sheet]


def name_source(file: str, line: int | None = None) -> str:
    """The file's name as it was given, and the line of a drawing."""
    return file if line is None else f"{file}:{line}"


def find_sources(
    paths: Iterable[str], recursive: bool = False, left_out: str | None = None, keep_photos: bool = False
) -> Iterator[Source]:
    """Find each picture and each drawing at `paths`, in order; nothing is read yet.

    Parameters
    ----------
    recursive : bool
        Also the pictures in the folders within a folder.
    left_out : str, optional
        A folder within them that is not looked into.
    keep_photos : bool
        Sheets of pictures are to have their photos.
    """
    for path in paths:
        try:
            if not os.path.exists(path):
                yield _fail(path, "There is no file or folder of this name.")
            elif os.path.isdir(path):
                found = False
                for within in _find_pictures(path, "", recursive, left_out):
                    found = True
                    file = os.path.join(path, within)
                    yield Source(file, partial(read_picture, file, within, keep_photos))
                if not found:
                    hint = "" if recursive else "; add --recursive for its sub-folders"
                    yield _fail(path, f"There are no pictures in this folder{hint}.")
            elif path.lower().endswith(DRAWINGS):
                yield from _find_drawings(path)
            else:
                yield Source(path, partial(read_picture, path, os.path.basename(path), keep_photos))
        except (OSError, ValueError) as error:  # no permission, a name that no file can have
            reason = error.strerror if isinstance(error, OSError) else error
            place = error.filename if isinstance(error, OSError) and error.filename else path
            yield _fail(str(place), f"It cannot be opened: {reason}.")


def _fail(file: str, error: str) -> Source:
    return Source(file, partial(Sheet, file, error=error))


def _find_pictures(folder: str, within: str, recursive: bool, left_out: str | None) -> Iterator[str]:
    """Paths from `folder` of the pictures in `within` it, by name, those in its sub-folders last."""
    with os.scandir(os.path.join(folder, within)) as scan:
        entries = sorted((entry for entry in scan if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.lower().endswith(PICTURE_SUFFIXES) and entry.is_file():
            yield os.path.join(within, entry.name)
    for entry in entries if recursive else []:
        if entry.is_dir(follow_symlinks=False) and os.path.realpath(entry.path) != left_out:
            yield from _find_pictures(folder, os.path.join(within, entry.name), recursive, left_out)


def _find_drawings(file: str) -> Iterator[Source]:
    with open(file, "rb") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                yield Source(name_source(file, number), partial(read_drawing, file, number, text))


def read_picture(file: str, within: str = "", keep_photo: bool = False) -> Sheet:
    """Read a picture file as far as the network: its writing, or its error."""
    try:
        photo = read_photo(file)
    except PhotoError as error:
        return Sheet(file, error=str(error), within=within)
    writing = find_writing(photo.rgb)
    page = writing_to_page(writing, photo.size)
    return Sheet(file, page=page, problem=writing.problem, within=within, photo=photo if keep_photo else None)


def read_drawing(file: str, line: int, text: bytes) -> Sheet:
    """Read a drawing from its line of JSON as far as the network: its strokes, or its error."""
    try:
        drawing = Drawing.from_json(json.loads(text))
    except DrawingError as error:
        return Sheet(file, line, error=str(error))
    except (ValueError, RecursionError):
        return Sheet(file, line, error="This line is not JSON; expected is one drawing a line.")
    return Sheet(file, line, drawing_to_page(drawing))


def read_in_order(calls: Iterable[Callable[[], Sheet]], pool: ThreadPoolExecutor) -> Iterator[Sheet]:
    """Run the calls in the pool, at most AHEAD before their turn, and yield what they return in order."""
    running: deque[Future[Sheet]] = deque()
    for call in calls:
        running.append(pool.submit(call))
        if len(running) == AHEAD:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
