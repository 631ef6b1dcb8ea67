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
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from model.recognizer import DEFAULT_MODEL, ModelError, Prediction, Recognizer, to_answer, to_text
from preprocessing import (
    Drawing,
    DrawingError,
    Glyph,
    PhotoError,
    drawing_to_glyphs,
    photo_to_glyphs,
    read_photo,
)

__all__ = ["main", "predict"]

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")  # taken from a folder
DRAWINGS = ".jsonl"
READERS = min(4, os.cpu_count() or 1)  # threads; a 60 megapixel picture needs a few hundred MB in each
AHEAD = 256  # pictures and drawings that are read while the network is loading or busy
BATCH = 16  # pages the network reads, and that are printed, at once

INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
PIPE_CLOSED = 128 + 13  # and where the reader of the output has gone


@dataclass(frozen=True, eq=False)
class Page:
    """A picture, or a drawing and its line in its file: its glyphs, or why there are none to be had."""

    file: str
    line: int | None = None
    glyphs: Sequence[Glyph] = ()
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
        help=f"a picture; a folder, for the pictures directly in it ({' '.join(PICTURES)}); "
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
        pages = read_in_order(find_pages(paths), pool)
        while batch := list(islice(pages, BATCH)):
            answers = recognizer.recognize_glyphs([page.glyphs for page in batch])
            name_width = max(name_width, *(len(name_page(page)) for page in batch))
            for page, predictions in zip(batch, answers, strict=True):
                all_read &= page.error is None
                if as_json:
                    print(json.dumps(to_json(page, predictions)))
                elif page.error is None:
                    print(f"{name_page(page):<{name_width}}  {describe(predictions)}")
                else:
                    sys.stdout.flush()  # so that both streams together are in order
                    print(f"{name_page(page)}: {page.error}", file=sys.stderr)
            sys.stdout.flush()
    finally:
        pool.shutdown(cancel_futures=True)
    return 0 if all_read else 2


# ---------------------------------------------------------------- paths to pages


def find_pages(paths: Iterable[str]) -> Iterator[Callable[[], Page]]:
    """For each picture and each drawing at `paths`, in order, the call that reads it."""
    for path in paths:
        try:
            if not os.path.exists(path):
                yield partial(Page, path, error="There is no file or folder of this name.")
            elif os.path.isdir(path):
                yield from _find_pictures(path)
            elif path.lower().endswith(DRAWINGS):
                yield from _find_drawings(path)
            else:
                yield partial(read_picture, path)
        except (OSError, ValueError) as error:  # no permission, a name that no file can have
            reason = error.strerror if isinstance(error, OSError) else error
            yield partial(Page, path, error=f"It cannot be opened: {reason}.")


def _find_pictures(folder: str) -> Iterator[Callable[[], Page]]:
    names = sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name.lower().endswith(PICTURES) and not entry.name.startswith(".") and entry.is_file()
    )
    if not names:
        yield partial(Page, folder, error="There are no pictures in this folder; sub-folders are not read.")
    for name in names:
        yield partial(read_picture, os.path.join(folder, name))


def _find_drawings(file: str) -> Iterator[Callable[[], Page]]:
    with open(file, "rb") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                yield partial(read_drawing, file, number, text)


def read_picture(file: str) -> Page:
    """Read a picture file as far as the network: its glyphs, or its error."""
    try:
        glyphs = photo_to_glyphs(read_photo(file))
    except PhotoError as error:
        return Page(file, error=str(error))
    # a crop is a view into the whole photo's ink, 4 MB that nobody here looks at again
    return Page(file, glyphs=[replace(glyph, crop=glyph.scaled) for glyph in glyphs])


def read_drawing(file: str, line: int, text: bytes) -> Page:
    """Read a drawing from its line of JSON as far as the network: its glyphs, or its error."""
    try:
        drawing = Drawing.from_json(json.loads(text))
    except DrawingError as error:
        return Page(file, line, error=str(error))
    except (ValueError, RecursionError):
        return Page(file, line, error="This line is not JSON; expected is one drawing a line.")
    return Page(file, line, drawing_to_glyphs(drawing))


def read_in_order(calls: Iterable[Callable[[], Page]], pool: ThreadPoolExecutor) -> Iterator[Page]:
    """Run the calls in the pool, at most AHEAD before their turn, and yield what they return in order."""
    running: deque[Future[Page]] = deque()
    for call in calls:
        running.append(pool.submit(call))
        if len(running) == AHEAD:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


# ---------------------------------------------------------------- answers to words


def to_json(page: Page, predictions: Sequence[Prediction]) -> dict[str, Any]:
    """A page and its answer as `--json` prints them."""
    answer: dict[str, Any] = {"file": page.file}
    if page.line is not None:
        answer["line"] = page.line
    if page.error is not None:
        return {**answer, "error": page.error}
    return {**answer, **to_answer(predictions)}


def name_page(page: Page) -> str:
    """The file's name as it was given, and the line of a drawing."""
    return page.file if page.line is None else f"{page.file}:{page.line}"


def describe(predictions: Sequence[Prediction]) -> str:
    """The answer in words, and the percentages of the ten digits of each sign."""
    if not predictions:
        return "blank"
    answer = _say(predictions[0]) if len(predictions) == 1 else to_text(predictions)
    shares = ("  ".join(f"{n}: {100 * p:5.1f}%" for n, p in enumerate(q.probabilities)) for q in predictions)
    return f"{answer:<11}  {'  |  '.join(shares)}"


def _say(prediction: Prediction) -> str:
    if prediction.digit is None:
        return "not a digit"
    return (
        f"{prediction.digit} or {prediction.runner_up}?" if prediction.runner_up is not None else f"{prediction.digit}"
    )


if __name__ == "__main__":
    # all is printed and flushed by now; an ordinary exit would tear down a model that may be still loading
    os._exit(main(sys.argv[1:]))
