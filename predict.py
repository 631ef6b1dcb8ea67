"""Pictures and drawings on disk in, the digits on them out: one line a file, or JSON Lines."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from model.recognizer import DEFAULT_MODEL, ModelError, Prediction, Recognizer, to_answer, to_text
from preprocessing import (
    PICTURE_SUFFIXES,
    Drawing,
    DrawingError,
    Page,
    PhotoError,
    drawing_to_page,
    photo_to_page,
    read_photo,
)

__all__ = ["main", "predict"]

DRAWINGS = ".jsonl"
READERS = min(4, os.cpu_count() or 1)  # threads; a 60 megapixel picture needs a few hundred MB in each
AHEAD = 64  # pictures and drawings that are read while the network is loading or busy
BATCH = 16  # sheets the network reads, and that are printed, at once

INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
PIPE_CLOSED = 128 + 13  # and where the reader of the output has gone


BLANK = Page([])


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture, or a drawing and its line in its file: its writing, or why there is none to be had."""

    file: str
    line: int | None = None
    page: Page = BLANK
    error: str | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Read the paths in `argv`, print the answers, return the exit status: 2 if something cannot be read."""
    args = parse_arguments(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold any bytes
    try:
        recognizer, _ = Recognizer.load_in_background(args.model)
        return predict(args.paths, recognizer, as_json=args.json)
    except ModelError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has seen enough
        return PIPE_CLOSED
    except KeyboardInterrupt:
        with suppress(BrokenPipeError):
            sys.stdout.flush()  # no line stays cut in two
        return INTERRUPTED


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line: `paths`, `json` and `model`."""
    parser = argparse.ArgumentParser(
        prog="predict.py",
        description="Say which digits are on pictures and drawings, and how probable each of the ten is.",
        epilog="Exit status: 0, or 2 if anything could not be read; the rest is read all the same.",
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help=f"a picture; a folder, for the pictures directly in it ({' '.join(PICTURE_SUFFIXES)}); "
        f"or a {DRAWINGS} file with a drawing on each line, as the sketchpad sends them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines (default: a line of text)")
    parser.add_argument("--model", metavar="PATH", default=DEFAULT_MODEL, help="default: %(default)s")
    return parser.parse_args(argv)


def predict(paths: Iterable[str], recognizer: Recognizer, as_json: bool = False) -> int:
    """Read everything at `paths` and print the answers in that order, a batch at a time.

    Returns
    -------
    int
        The exit status: 0, or 2 if anything could not be read.
    """
    all_read = True
    name_width = 0  # grows with the longest name so far: nothing waits for the last one
    pool = ThreadPoolExecutor(READERS)
    try:
        sheets = read_in_order(find_sheets(paths), pool)
        while batch := list(islice(sheets, BATCH)):
            answers = recognizer.recognize_pages([sheet.page for sheet in batch])
            name_width = max(name_width, *(len(name_sheet(sheet)) for sheet in batch))
            for sheet, predictions in zip(batch, answers, strict=True):
                all_read &= sheet.error is None
                if as_json:
                    print(json.dumps(to_json(sheet, predictions)))
                elif sheet.error is None:
                    print(f"{name_sheet(sheet):<{name_width}}  {describe(predictions)}")
                else:
                    sys.stdout.flush()  # so that both streams together are in order
                    print(f"{name_sheet(sheet)}: {sheet.error}", file=sys.stderr)
            sys.stdout.flush()
    finally:
        pool.shutdown(cancel_futures=True)
    return 0 if all_read else 2


# ---------------------------------------------------------------- paths to sheets


def find_sheets(paths: Iterable[str]) -> Iterator[Callable[[], Sheet]]:
    """For each picture and each drawing at `paths`, in order, the call that reads it."""
    for path in paths:
        try:
            if not os.path.exists(path):
                yield partial(Sheet, path, error="There is no file or folder of this name.")
            elif os.path.isdir(path):
                yield from _find_pictures(path)
            elif path.lower().endswith(DRAWINGS):
                yield from _find_drawings(path)
            else:
                yield partial(read_picture, path)
        except (OSError, ValueError) as error:  # no permission, a name that no file can have
            reason = error.strerror if isinstance(error, OSError) else error
            yield partial(Sheet, path, error=f"It cannot be opened: {reason}.")


def _find_pictures(folder: str) -> Iterator[Callable[[], Sheet]]:
    names = sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name.lower().endswith(PICTURE_SUFFIXES) and not entry.name.startswith(".") and entry.is_file()
    )
    if not names:
        yield partial(Sheet, folder, error="There are no pictures in this folder; sub-folders are not read.")
    for name in names:
        yield partial(read_picture, os.path.join(folder, name))


def _find_drawings(file: str) -> Iterator[Callable[[], Sheet]]:
    with open(file, "rb") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                yield partial(read_drawing, file, number, text)


def read_picture(file: str) -> Sheet:
    """Read a picture file as far as the network: its writing, or its error."""
    try:
        return Sheet(file, page=photo_to_page(read_photo(file)))
    except PhotoError as error:
        return Sheet(file, error=str(error))


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


# ---------------------------------------------------------------- answers to words


def to_json(sheet: Sheet, predictions: Sequence[Prediction]) -> dict[str, Any]:
    """A sheet and its answer as `--json` prints them."""
    answer: dict[str, Any] = {"file": sheet.file}
    if sheet.line is not None:
        answer["line"] = sheet.line
    if sheet.error is not None:
        return {**answer, "error": sheet.error}
    return {**answer, **to_answer(predictions)}


def name_sheet(sheet: Sheet) -> str:
    """The file's name as it was given, and the line of a drawing."""
    return sheet.file if sheet.line is None else f"{sheet.file}:{sheet.line}"


def describe(predictions: Sequence[Prediction]) -> str:
    """The answer in words; of one sign the percentages of the ten digits, of a number that of each digit's own."""
    if not predictions:
        return "blank"
    if len(predictions) == 1:
        shares = "  ".join(f"{n}: {100 * p:5.1f}%" for n, p in enumerate(predictions[0].probabilities))
        return f"{_say(predictions[0]):<11}  {shares}"
    shares = "  ".join(f"{_say(p)}: {100 * p.probability:.1f}%" for p in predictions)
    return f"{to_text(predictions).replace(chr(10), ' '):<11}  {shares}"


def _say(prediction: Prediction) -> str:
    if prediction.digit is None:
        return "not a digit"
    return (
        f"{prediction.digit} or {prediction.runner_up}?" if prediction.runner_up is not None else f"{prediction.digit}"
    )


if __name__ == "__main__":
    # all is printed and flushed by now; an ordinary exit would tear down a model that may be still loading
    os._exit(main(sys.argv[1:]))
