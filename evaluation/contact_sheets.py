"""Samples and words in; contact sheets of them out, which stay on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from evaluation.samples import Content, Sample
from preprocessing import Drawing, DrawingError, Page, PhotoError, Picture, drawing_to_ink

__all__ = [
    "CELL",
    "WORDS",
    "clear_folder",
    "load_content",
    "place_picture",
    "to_picture",
    "to_seen",
    "write_sheets",
    "write_words",
]

CELL = 84  # pixels, a picture of a digit
WORDS = 16  # pixels, a line of words
COLOR = (160, 0, 0)  # red, green, blue


def clear_folder(folder: Path) -> None:
    """Make a folder for pictures and file names of sets, empty it of older ones, and keep it out of Git."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.png"), *folder.glob("*.csv")):
        old.unlink()  # of sets that this run does not have
    (folder / ".gitignore").write_text("# pictures and names of the evaluation sets: nobody may publish them\n*\n")


def write_sheets(path: Path, cells: Iterable[np.ndarray], columns: int, rows: int) -> None:
    """Put cells (h, w, 3) uint8 of one size into sheets of at most so many columns and rows, which hold them all.

    The first sheet is `path`, "mnist-wrong.png"; more of them are "mnist-wrong-2.png" and so on.
    """
    left, number = iter(cells), 0
    while shown := list(islice(left, columns * rows)):  # all cells of a poor network would take 400 MB
        number += 1
        _write_sheet(path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}"), shown, columns)


def _write_sheet(path: Path, cells: list[np.ndarray], most: int) -> None:
    columns = min(most, len(cells))
    cells = cells + [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    sheet = np.vstack([np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)])
    # cv2 cannot write to every name that a folder may have
    path.write_bytes(cv2.imencode(".png", sheet[..., ::-1])[1].tobytes())


def load_content(sample: Sample) -> Content:
    """Load a sample once more; a gray square where it is gone or changed since it was scored."""
    try:
        return sample.load()
    except (PhotoError, DrawingError):
        return np.full((CELL, CELL), 0.2, np.float32)


def to_picture(content: Content) -> np.ndarray:
    """What a sample looks like, (h, w, 3) uint8."""
    if isinstance(content, Drawing):
        content = drawing_to_ink(content)
    if isinstance(content, Picture):
        return content.rgb
    return np.repeat(np.rint(255 - content * 255).astype(np.uint8)[..., None], 3, axis=2)


def to_seen(page: Page) -> np.ndarray | None:
    """What the network is shown of a page that has one digit on it, (28, 28, 3) uint8; None of a blank one."""
    glyph = page.to_glyph()
    return None if glyph is None else to_picture(glyph.image)


def place_picture(room: np.ndarray, picture: np.ndarray) -> tuple[float, int, int]:
    """Scale a picture into the middle of a room, in place; return the factor, and the row and column it begins in."""
    if not picture.size:
        return 1.0, 0, 0
    zoom = min(room.shape[0] / picture.shape[0], room.shape[1] / picture.shape[1])
    height, width = (max(1, round(edge * zoom)) for edge in picture.shape[:2])
    scaled = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_NEAREST)
    top, left = (room.shape[0] - height) // 2, (room.shape[1] - width) // 2
    room[top : top + height, left : left + width] = scaled
    return zoom, top, left


def write_words(cell: np.ndarray, words: str, line: int = 0, color: tuple[int, int, int] = COLOR) -> None:
    """Along the lower edge of a cell, in place; `line` counts from the lowest up."""
    foot = len(cell) - 5 - line * WORDS
    cv2.putText(cell, words, (2, foot), cv2.FONT_HERSHEY_SIMPLEX, 0.34, color, 1, cv2.LINE_AA)
