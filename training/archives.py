"""A file as it was published, packed or zipped, or its address in; the bytes that were meant out."""

from __future__ import annotations

import http.client
import io
import os
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from model.dataset import READ_ERRORS, DataError
from training.lzw import is_compressed, unpack_compressed

__all__ = ["MAX_BYTES", "Archive", "download_archive", "list_members", "read_content"]

TIMEOUT = 30  # seconds without an answer
MAX_BYTES = 2**27  # of a download, and of a file when it is unpacked; UCI's have 2 MB and 4 MB


@dataclass(frozen=True)
class Archive:
    """A zip file that is published, and the file in it that training takes.

    Attributes
    ----------
    title : str
        What sentences, and the card, call the data.
    url : str
    kept_as : str
        Its name in Keras' folder of data sets.
    member : str
        Without the .Z that it may have.
    checksum : str
        Of the data that training knows by the title.
    """

    title: str
    url: str
    kept_as: str
    member: str
    checksum: str

    @property
    def cure(self) -> str:
        return f"Download {self.url} and pass it with --data."


def list_members(path: Path, cure: str) -> dict[str, str]:
    """List a zip or npz file: the names without folder, .npy and .Z, and as they are; {} for any other file.

    Raises
    ------
    DataError
        If there is no such file, or only a part of one; `cure` ends the message.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}. {cure}")
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                return {}
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except READ_ERRORS as error:
        raise DataError(f"{path} is damaged or cannot be read ({error}). {cure}") from error
    return {name.rpartition("/")[2].removesuffix(".npy").removesuffix(".Z"): name for name in names}


def read_content(path: Path, member: str | None, cure: str) -> bytes:
    """Read a file, or the member of a zip file, and unpack it if `compress` packed it; at most MAX_BYTES.

    Raises
    ------
    DataError
        If it is damaged, or larger; `cure` ends the message.
    """
    try:
        if member is None:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
                content = packed.read(MAX_BYTES + 1)
    except READ_ERRORS as error:
        raise DataError(f"{path} is damaged or cannot be read ({error}). {cure}") from error
    if len(content) > MAX_BYTES:
        raise DataError(f"{path} has more than {MAX_BYTES // 2**20} MB. {cure}")
    if not is_compressed(content):
        return content
    try:
        return unpack_compressed(content, MAX_BYTES)
    except ValueError as error:
        raise DataError(f"{path} is damaged: {error}. {cure}") from error


def download_archive(archive: Archive) -> Path:
    """Download a zip file, or take the one that was downloaded before.

    It is kept in the folder where Keras keeps MNIST: ~/.keras/datasets, or below $KERAS_HOME.

    Raises
    ------
    DataError
        If it cannot be had; the message names the address and the cure.
    """
    folder = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"
    path = folder / archive.kept_as
    if path.is_file():
        return path
    try:
        content = _fetch(archive.url)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is the response, too
        reason = str(error).removeprefix("<urlopen error ").removesuffix(">") or type(error).__name__
        raise DataError(
            f"{archive.title} could not be downloaded from {archive.url} ({reason}). Try again with a "
            "network, download it elsewhere and pass --data PATH, or train with --quick, which needs MNIST alone."
        ) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)
    except OSError as error:
        raise DataError(
            f"{archive.title} cannot be kept in {folder} ({error}). Set KERAS_HOME to a folder that can be written, or "
            f"download {archive.url} elsewhere and pass --data PATH."
        ) from error
    return path


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        content = response.read(MAX_BYTES + 1)
        length = response.headers.get("Content-Length")
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 2**20} MB")
    if length is not None and len(content) != int(length):
        raise ValueError(f"{len(content):,} of {int(length):,} bytes came")
    if not zipfile.is_zipfile(io.BytesIO(content)):  # the page of a captive portal, say
        raise ValueError("what came is no zip file")
    return content


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that no run, interrupted or at the same time, ever sees half a file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
