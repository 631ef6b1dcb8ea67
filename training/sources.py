"""UCI's digits, in any form they come in, for training besides MNIST; checked pen strokes and bitmaps out."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from ink.strokes import MAX_COORDINATE, Drawing, DrawingError
from model.dataset import CLASSES, READ_ERRORS, DataError, is_mnist_form
from model.mnist_files import IDX_NAMES
from training.archives import MAX_BYTES, Archive, download_archive, list_members, read_content

__all__ = [
    "BitmapData",
    "PenData",
    "PenDigit",
    "SourceKind",
    "load_optical_digits",
    "load_pen_digits",
    "recognize_source",
]

SourceKind = Literal["mnist", "pen", "optical"]

SIDE = 32  # pixels, of a bitmap
TABLET = 500  # the side of the box to write in, in the tablet's units
HEAD = 2**16  # bytes by which a kind of text is recognized

PEN = Archive(
    title="UCI pen strokes",
    url="https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
    kept_as="uci-pen-digits.zip",
    member="pendigits-orig.tra",
    checksum="42bf4f4adb46ff79f51a62d0acc87715a95b54fe582ef087f0ee71199db771ea",
)
OPTICAL = Archive(
    title="UCI optical digits",
    url="https://archive.ics.uci.edu/static/public/80/optical+recognition+of+handwritten+digits.zip",
    kept_as="uci-optical-digits.zip",
    member="optdigits-orig.tra",
    checksum="e10385248f33425f56c659af3dfe53d136680903993f4fa833ceb8baa8d91b38",
)
KINDS: dict[SourceKind, Archive] = {"pen": PEN, "optical": OPTICAL}
FORMS = (
    "Pass MNIST (mnist.npz, a folder with the four idx files, mnist.json.gz, or a folder of pictures with one "
    "sub-folder a digit), UCI pen strokes (its zip, pendigits-orig.tra, or a .jsonl of drawings) or UCI optical digits "
    "(its zip, optdigits-orig.tra, or an .npz with images and labels)."
)

SEGMENT = re.compile(
    r'[ \t]+DIGIT[ \t]+(\d{1,9})(?:-(\d{1,9}))?[ \t]+\S+[ \t]+"(\d{1,9})"'
)  # its strokes, quality and label
COMMENT = re.compile(r"^[ \t]*\.COMMENT[ \t]+(\d{1,9})[ \t]+(\d{1,9})\b", re.MULTILINE)
BITMAP_ROW = re.compile(rf"^[ \t]*[01]{{{SIDE}}}[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class PenDigit:
    """A digit as its pen wrote it.

    Attributes
    ----------
    strokes : tuple of (n, 2) float64
        The points [x, y] of each stroke, pen-down to pen-up; y downwards.
    label : int
        0 to 9.
    writer : int
        Whose hand it is, a number within its data set.
    """

    strokes: tuple[np.ndarray, ...]
    label: int
    writer: int


@dataclass(frozen=True, eq=False)
class PenData:
    """Digits as pen strokes.

    Attributes
    ----------
    digits : tuple of PenDigit
        In the order of the file.
    name : str
        "UCI pen strokes" if they are, else the name of the file.
    checksum : str
        SHA-256 of labels, writers and strokes: the same for every form of the same digits, wherever on the
        tablet each was written.
    """

    digits: tuple[PenDigit, ...]
    name: str
    checksum: str


@dataclass(frozen=True, eq=False)
class BitmapData:
    """Digits as bitmaps.

    Attributes
    ----------
    images : (N, 32, 32) uint8, 0 paper or 255 pen
    labels : (N,) uint8, 0 to 9
    name : str
        "UCI optical digits" if they are, else the name of the file.
    checksum : str
        SHA-256 of both arrays' bytes: the same for every form of the same digits.
    """

    images: np.ndarray
    labels: np.ndarray
    name: str
    checksum: str


def load_pen_digits(path: Path | None = None) -> PenData:
    """Load UCI's pen strokes, or other digits in one of their forms.

    Parameters
    ----------
    path : Path, optional
        A .jsonl of drawings as the sketchpad sends them, each with "label" and "writer"; UCI's
        pendigits-orig.tra, plain or .Z; or UCI's zip. None downloads the zip, or takes the one downloaded before.

    Raises
    ------
    DataError
        If the data are not there, damaged, or not labeled digits; the message names the file and the cure.

    References
    ----------
    Alpaydin and Alimoglu 1998, Pen-Based Recognition of Handwritten Digits, UCI, https://doi.org/10.24432/C5MG6K
    Guyon et al. 1994, UNIPEN Project of On-Line Data Exchange and Recognizer Benchmarks
    """
    if path is None:
        return _load_download(PEN, load_pen_digits)
    text = _read_text(path, PEN)
    parse = _parse_drawings if text.lstrip().startswith("{") else _parse_unipen
    digits = tuple(parse(text, path))
    if not digits:
        raise DataError(f"{path} has no pen strokes of digits. {PEN.cure}")
    checksum = hashlib.sha256()
    for digit in digits:
        corner = np.concatenate(digit.strokes).min(axis=0)  # training centers a digit; not all forms keep its place
        checksum.update(f"{digit.label} {digit.writer} {[len(stroke) for stroke in digit.strokes]}\n".encode())
        for stroke in digit.strokes:
            checksum.update((stroke - corner).astype("<f8").tobytes())
    return PenData(digits, *_name_data(PEN, path, checksum.hexdigest()))


def load_optical_digits(path: Path | None = None) -> BitmapData:
    """Load UCI's optical digits, or other digits in one of their forms.

    Parameters
    ----------
    path : Path, optional
        An npz file with `images` and `labels`; UCI's optdigits-orig.tra, plain or .Z; or UCI's zip. None downloads
        the zip, or takes the one downloaded before.

    Raises
    ------
    DataError
        If the data are not there, damaged, or not labeled digits; the message names the file and the cure.

    References
    ----------
    Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, UCI, https://doi.org/10.24432/C50P49
    """
    if path is None:
        return _load_download(OPTICAL, load_optical_digits)
    if "images" in list_members(path, OPTICAL.cure):
        images, labels = _check_bitmaps(*_read_npz(path), path)
    else:
        images, labels = _parse_bitmaps(_read_text(path, OPTICAL), path)
    checksum = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    return BitmapData(images, labels, *_name_data(OPTICAL, path, checksum))


def recognize_source(path: Path) -> SourceKind:
    """Say which of the three kinds of data lies at a path, by looking into it.

    Raises
    ------
    DataError
        If it is none of them; the message says what each kind comes as.
    """
    if not path.exists():
        raise DataError(f"There is no file or folder {path}. {FORMS}")
    if is_mnist_form(path):
        return "mnist"
    members = list_members(path, FORMS)
    if any(key in members for key in IDX_NAMES):
        return "mnist"
    if "images" in members:
        return "optical"
    for kind, archive in KINDS.items():
        if archive.member in members:
            return kind
    if not members:
        head = _decode_text(read_content(path, None, FORMS)[:HEAD])
        if head.lstrip().startswith("{") or ".SEGMENT" in head:
            return "pen"
        if BITMAP_ROW.search(head):
            return "optical"
    raise DataError(f"{path} is no data to train on. {FORMS}")


Data = TypeVar("Data", PenData, BitmapData)


def _load_download(archive: Archive, load: Callable[[Path], Data]) -> Data:
    path = download_archive(archive)
    try:
        return load(path)
    except DataError as error:
        raise DataError(f"{error} Or delete {path}: then it is downloaded anew.") from error


def _name_data(archive: Archive, path: Path, checksum: str) -> tuple[str, str]:
    return (archive.title if checksum == archive.checksum else path.resolve().name), checksum


# ---------------------------------------------------------------- files to text and arrays


def _read_text(path: Path, archive: Archive) -> str:
    """Read a file of text as it is, packed, or in UCI's zip."""
    members = list_members(path, archive.cure)
    if members and archive.member not in members:
        raise DataError(f"{path} has no {archive.member} in it. {archive.cure}")
    return _decode_text(read_content(path, members.get(archive.member), archive.cure))


def _decode_text(content: bytes) -> str:
    """What is read of it is ASCII; anything else is for the sentence that refuses it."""
    return content.decode("utf-8-sig", errors="replace")


def _read_npz(path: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename.removesuffix(".npy"): info.file_size for info in archive.infolist()}
        if "labels" not in sizes:
            raise DataError(f"{path} has no array labels; it must have images and labels. {OPTICAL.cure}")
        if max(sizes["images"], sizes["labels"]) > MAX_BYTES:
            raise DataError(f"{path} unpacks to more than {MAX_BYTES // 2**20} MB an array. {OPTICAL.cure}")
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["images"], arrays["labels"]
    except READ_ERRORS as error:
        raise DataError(f"{path} is damaged ({error}). {OPTICAL.cure}") from error


# ---------------------------------------------------------------- text and arrays to digits


def _parse_drawings(text: str, path: Path) -> Iterator[PenDigit]:
    """Parse one JSON object a line: a drawing as the sketchpad sends it, and its label and writer."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"Line {number} of {path}"
        try:
            data = json.loads(line)
            drawing = Drawing.from_json(data)
        except DrawingError as error:
            raise DataError(f"{where} is no drawing of a digit. {error} {PEN.cure}") from error
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where} is no JSON; the file is cut off or damaged. {PEN.cure}") from error
        yield _check_digit(drawing.strokes, data.get("label"), data.get("writer"), where)


def _parse_unipen(text: str, path: Path) -> Iterator[PenDigit]:
    """Parse what begins with .SEGMENT DIGIT 0-1 ? "4", then .COMMENT 4 12 224 (label, writer, number) and strokes."""
    for number, segment in enumerate(re.split(r"^[ \t]*\.SEGMENT\b", text, flags=re.MULTILINE)[1:], 1):
        where = f"Digit {number} in {path}"
        head, comment = SEGMENT.match(segment), COMMENT.search(segment)
        if not head:
            raise DataError(f"{where} has no .SEGMENT DIGIT line with its strokes and its label. {PEN.cure}")
        if not comment:
            raise DataError(f"{where} has no .COMMENT line with its label and writer. {PEN.cure}")
        first, last, label = (int(group or head[1]) for group in head.groups())
        if int(comment[1]) != label:
            raise DataError(f"{where} is labeled {label}, but its .COMMENT says {comment[1]}. {PEN.cure}")
        strokes = tuple(_parse_strokes(segment.split("\n")[1:], where))
        if len(strokes) != last - first + 1:
            raise DataError(
                f"{where} has {len(strokes)} strokes, not {last - first + 1}: the file is cut off or damaged. "
                f"{PEN.cure}"
            )
        yield _check_digit(strokes, label, int(comment[2]), where)


def _parse_strokes(lines: list[str], where: str) -> Iterator[np.ndarray]:
    points: list[list[str]] | None = None  # of the stroke that is being drawn
    for line in map(str.strip, lines):
        if line == ".PEN_UP" and points is not None:
            yield _to_stroke(points, where)
            points = None
        elif line == ".PEN_DOWN" and points is None:
            points = []
        elif points is not None and line and not line.startswith("."):
            points.append(line.split())
        elif line in (".PEN_UP", ".PEN_DOWN") or line and not line.startswith("."):
            raise DataError(f"{where} has {line[:20]} out of place. {PEN.cure}")
    if points is not None:
        raise DataError(f"{where} ends within a stroke: the file is cut off or damaged. {PEN.cure}")


def _to_stroke(points: list[list[str]], where: str) -> np.ndarray:
    """(n, 2) float64; the tablet counts y from the bottom."""
    try:
        stroke = np.array(points, np.float64)
    except ValueError:
        stroke = np.empty(0)
    if stroke.ndim != 2 or stroke.shape[1] != 2 or not (np.abs(stroke) <= MAX_COORDINATE).all():  # false for NaN
        raise DataError(f"{where} has a stroke that is no list of points x y. {PEN.cure}")
    return np.stack([stroke[:, 0], TABLET - stroke[:, 1]], axis=1)


def _check_digit(strokes: tuple[np.ndarray, ...], label: object, writer: object, where: str) -> PenDigit:
    if not strokes:
        raise DataError(f"{where} has no strokes. {PEN.cure}")
    if not isinstance(label, int) or isinstance(label, bool) or not 0 <= label < CLASSES:
        raise DataError(f"{where} has the label {label!r:.40}; it must be a whole number from 0 to 9. {PEN.cure}")
    if not isinstance(writer, int) or isinstance(writer, bool):
        raise DataError(f"{where} has the writer {writer!r:.40}; it must be a whole number. {PEN.cure}")
    return PenDigit(strokes, label, writer)


def _parse_bitmaps(text: str, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Parse, after a header, 32 lines of 32 digits 0 or 1 and a line with the label for each digit."""
    header = text[: row.start()] if (row := BITMAP_ROW.search(text)) else text
    lines = [line.strip() for line in text[len(header) :].split("\n") if line.strip()]
    for start in range(0, len(lines), SIDE + 1):
        rows, label = lines[start : start + SIDE], lines[start + SIDE : start + SIDE + 1]
        if not label or not all(map(BITMAP_ROW.fullmatch, rows)) or not re.fullmatch("[0-9]{1,9}", label[0]):
            raise DataError(
                f"Digit {start // (SIDE + 1) + 1} in {path} is not 32 lines of 32 times 0 or 1 and a line with its "
                f"label: the file is cut off or damaged. {OPTICAL.cure}"
            )
    labels = np.array(lines[SIDE :: SIDE + 1], np.int64)
    counted = re.search(r"^[ \t]*ntot[ \t]*=[ \t]*([0-9]{1,9})", header, re.MULTILINE)
    if counted and int(counted[1]) != len(labels):
        raise DataError(
            f"{path} has {len(labels):,} digits, but its header counts {int(counted[1]):,}: the file is cut off or "
            f"damaged. {OPTICAL.cure}"
        )
    del lines[SIDE :: SIDE + 1]
    pixels = np.frombuffer("".join(lines).encode("ascii"), np.uint8) - ord("0")  # 0 or 1
    return _check_bitmaps(pixels.reshape(-1, SIDE, SIDE) * np.uint8(255), labels, path)


def _check_bitmaps(images: np.ndarray, labels: np.ndarray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.uint8:
        raise DataError(
            f"images in {path} is {images.dtype} {images.shape}; it must be uint8 (N, 32, 32). {OPTICAL.cure}"
        )
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(
            f"labels in {path} is {labels.dtype} {labels.shape}; it must be whole numbers (N,). {OPTICAL.cure}"
        )
    if len(images) != len(labels):
        raise DataError(
            f"{path} has {len(images):,} images, but {len(labels):,} labels; there must be one each. {OPTICAL.cure}"
        )
    if not len(images):
        raise DataError(f"{path} has no bitmaps of digits. {OPTICAL.cure}")
    if ((images != 0) & (images != 255)).any():
        raise DataError(f"images in {path} has other values than 0 for paper and 255 for pen. {OPTICAL.cure}")
    for number in np.flatnonzero(~images.any(axis=(1, 2)))[:1]:
        raise DataError(f"Image {number} in {path} is blank; each must show a digit. {OPTICAL.cure}")
    for number in np.flatnonzero((labels < 0) | (labels >= CLASSES))[:1]:
        raise DataError(
            f"{path} has the label {labels[number]} for image {number}; labels must be 0 to 9. {OPTICAL.cure}"
        )
    return np.ascontiguousarray(images), labels.astype(np.uint8)
