"""How long from `python app.py` to a page that answers a drawing?"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

from benchmarks.live_app import Visitor, find_event, find_free_port, start_app
from benchmarks.report import Figure, print_report
from interface.examples import digit_drawing

LOOK = 0.02  # seconds between two looks whether the page is there
GIVE_UP = 120  # seconds


def measure_start() -> tuple[float, float]:
    """Start the app once; seconds until the page is there, and until it has read a drawing."""
    port = find_free_port()
    start = time.perf_counter()
    with start_app(port, wait=False):
        event = None
        while event is None:
            try:
                event = find_event(port)
            except (OSError, HTTPException):
                if time.perf_counter() - start > GIVE_UP:
                    raise
                time.sleep(LOOK)
        page = time.perf_counter() - start
        visitor = Visitor(port, event)
        digit = visitor.draw(digit_drawing(7))
        answer = time.perf_counter() - start
        visitor.close()
    assert digit == "7", f"a 7 is read as {digit!r}"
    return page, answer


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="starts that count, after one that does not")
    options = parser.parse_args(argv)

    measure_start()  # brings everything into the disk cache
    pages, answers = zip(*(measure_start() for _ in range(options.runs)), strict=True)
    print_report(
        "Start, warm",
        [
            Figure("`python app.py` to the page", pages, "s"),
            Figure("`python app.py` to the answer to a drawing", answers, "s", "6 s"),
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
