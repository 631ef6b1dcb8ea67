"""Pictures and drawings on disk in, the digits on them out: a line a file, JSON Lines, a table, pictures with boxes."""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__":  # Ctrl-C while the imports below run ends as quietly as later
    signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))

import argparse
import io
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import islice
from typing import Any, TextIO

from model.expected import Tally, name_to_digit
from model.output import OutputError, annotate_sheet, check_folder, open_table
from model.recognizer import DEFAULT_MODEL, ModelError, Prediction, Recognizer, to_answer, to_text
from model.sheets import DRAWINGS, Sheet, Source, find_sources, read_in_order
from model.table import Row, to_row, write_rows
from preprocessing import PICTURE_SUFFIXES, PROBLEMS

__all__ = ["main", "predict"]

READERS = min(4, os.cpu_count() or 1)  # threads
BATCH = 16  # sheets the network reads, and that are written, at once

INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
PIPE_CLOSED = 128 + 13  # and where the reader of the output has gone

NO_WRITING = "No writing found."  # on a drawing


def main(argv: Sequence[str] | None = None) -> int:
    """Read the paths in `argv`, write the answers, return the exit status: 2 if something cannot be read."""
    args = parse_arguments(argv)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold any bytes
    try:
        if args.annotate:
            check_folder(args.annotate, args.paths)
        with ExitStack() as stack:
            table, done = open_table(args.csv, args.resume) if args.csv else (None, dict[str, Row]())
            if table is not None:
                stack.enter_context(table)
            tally = Tally(done.values()) if args.expect_from_name else None
            recognizer, _ = Recognizer.load_in_background(args.model)
            return predict(args.paths, recognizer, args.json, args.recursive, table, done, args.annotate, tally)
    except (ModelError, OutputError) as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has seen enough
        return PIPE_CLOSED
    except OSError as error:  # a full disk; what cannot be read is in its own row
        kept = f" {args.csv} has what was done before; --resume goes on." if args.csv else ""
        print(f"The answers cannot be written: {error.strerror}.{kept}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        with suppress(BrokenPipeError):
            sys.stdout.flush()  # no line stays cut in two
        if args.csv:
            print(f"Stopped. {args.csv} has what was done; --resume goes on.", file=sys.stderr)
        return INTERRUPTED


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line: `paths`, and what is to be done with them."""
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
    parser.add_argument(
        "--csv",
        metavar="FILE",
        help="write a table there, with file, text, lowest confidence and error, instead of lines of text; "
        "a file that exists is not touched without --resume",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with the table of --csv: read what is not in it, and again what could not be read",
    )
    parser.add_argument("--recursive", action="store_true", help="also read the folders within folders")
    parser.add_argument(
        "--expect-from-name",
        action="store_true",
        help="pictures are named by their digit, 3.png or 3_b.jpg: say at the end how many are read right, and which "
        "are not",
    )
    parser.add_argument("--annotate", metavar="DIR", help="write each picture there, with boxes around its digits")
    parser.add_argument("--model", metavar="PATH", default=DEFAULT_MODEL, help="default: %(default)s")
    args = parser.parse_args(argv)
    if args.resume and not args.csv:
        parser.error("--resume goes on with a table: name it with --csv FILE")
    return args


def predict(
    paths: Iterable[str],
    recognizer: Recognizer,
    as_json: bool = False,
    recursive: bool = False,
    table: TextIO | None = None,
    done: Collection[str] = (),
    annotate: str | None = None,
    tally: Tally | None = None,
) -> int:
    """Read everything at `paths` and write the answers in that order, a batch at a time.

    Parameters
    ----------
    as_json : bool
        Print JSON Lines, not text.
    recursive : bool
        Also read the folders within folders.
    table : text file, optional
        Its rows go there, and no text is printed.
    done : collection of str
        Names that are left out.
    annotate : str, optional
        The folder for pictures with boxes.
    tally : Tally, optional
        Counts what is read as its name says; printed at the end.

    Returns
    -------
    int
        The exit status: 0, or 2 if anything could not be read.
    """
    paths = list(paths)
    left_out = os.path.realpath(annotate) if annotate else None

    def find() -> Iterator[Source]:
        sources = find_sources(paths, recursive, left_out, keep_photos=annotate is not None)
        return (source for source in sources if source.name not in done)

    progress = Progress(find, as_json or table is None)
    printer = Printer(as_json, is_quiet=table is not None and not as_json, expects=tally is not None)
    written: set[str] = set()
    all_read = True
    pool = ThreadPoolExecutor(READERS)
    try:
        sheets = read_in_order((source.read for source in find()), pool)
        while batch := list(islice(sheets, BATCH)):
            answers = recognizer.recognize_pages([sheet.page for sheet in batch])
            progress.clear()
            if annotate is not None:
                batch = [mark(sheet, answer, annotate, written) for sheet, answer in zip(batch, answers, strict=True)]
            printer.print_batch(batch, answers)
            rows = [to_row(s.name, answer, s.error or "") for s, answer in zip(batch, answers, strict=True)]
            if table is not None:
                write_rows(rows, table)
                table.flush()
            if tally is not None:
                tally.add(rows)
            all_read &= all(sheet.error is None for sheet in batch)
            progress.add(len(batch))
    finally:
        pool.shutdown(cancel_futures=True)
        progress.clear()
    if tally is not None:
        print(*tally.to_lines(), sep="\n", file=sys.stderr if as_json else sys.stdout, flush=True)
    return 0 if all_read else 2


def mark(sheet: Sheet, predictions: Sequence[Prediction], folder: str, written: set[str]) -> Sheet:
    """Write a sheet's picture with boxes; the sheet, with an error where that cannot be done, without its photo."""
    try:
        annotate_sheet(sheet, predictions, folder, written)
    except OutputError as error:
        return replace(sheet, photo=None, error=str(error))
    return replace(sheet, photo=None)


# ---------------------------------------------------------------- how far it is


class Progress:
    """Says on standard error how far it is, where a person sees that and nothing else is printed there.

    Parameters
    ----------
    find : callable
        All that is to be done, found anew.
    prints : bool
        There are answers on standard output.
    """

    def __init__(self, find: Callable[[], Iterable[Source]], prints: bool) -> None:
        self._is_shown = sys.stderr.isatty() and not (prints and sys.stdout.isatty())
        self._total = sum(1 for _ in find()) if self._is_shown else 0
        self._done = 0
        self._start = time.monotonic()

    def add(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        if self._is_shown:
            rate = self._done / max(time.monotonic() - self._start, 1e-3)
            sys.stderr.write(f"\r{self._done:,} of {self._total:,}, {rate:.1f} a second")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, so that another can be printed there."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


# ---------------------------------------------------------------- answers to words


class Printer:
    """Prints answers on standard output, as text or JSON Lines, and errors among text on standard error.

    Parameters
    ----------
    as_json, is_quiet : bool
        Print JSON Lines; print errors only.
    expects : bool
        JSON is to have the digit that a file's name says.
    """

    def __init__(self, as_json: bool, is_quiet: bool, expects: bool) -> None:
        self._as_json = as_json
        self._is_quiet = is_quiet
        self._expects = expects
        self._width = 0  # grows with the longest name so far: nothing waits for the last one

    def print_batch(self, sheets: Sequence[Sheet], answers: Sequence[Sequence[Prediction]]) -> None:
        """Print the answers to some sheets."""
        self._width = max(self._width, *(len(sheet.name) for sheet in sheets))
        for sheet, predictions in zip(sheets, answers, strict=True):
            if self._as_json:
                print(json.dumps(to_json(sheet, predictions, self._expects)))
            elif sheet.error is not None:
                sys.stdout.flush()  # so that both streams together are in order
                print(f"{sheet.name}: {sheet.error}", file=sys.stderr)
            elif not self._is_quiet:
                print(f"{sheet.name:<{self._width}}  {describe(sheet, predictions)}")
        sys.stdout.flush()


def to_json(sheet: Sheet, predictions: Sequence[Prediction], expects: bool) -> dict[str, Any]:
    """A sheet and its answer as `--json` prints them."""
    answer: dict[str, Any] = {"file": sheet.file}
    if sheet.line is not None:
        answer["line"] = sheet.line
    if expects:
        answer["expected"] = name_to_digit(sheet.file)
    if sheet.error is not None:
        return {**answer, "error": sheet.error}
    return {**answer, **to_answer(predictions)}


def describe(sheet: Sheet, predictions: Sequence[Prediction]) -> str:
    """The answer in words; of one sign the percentages of the ten digits, of a number that of each digit's own."""
    if not predictions:
        return PROBLEMS.get(sheet.problem, NO_WRITING)
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
