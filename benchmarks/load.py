"""Do many visitors at once get their own answers, and how soon?"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

from benchmarks.live_app import Visitor, find_event, find_free_port, start_app
from benchmarks.report import Figure, print_report
from interface.examples import digit_drawing


@dataclass
class Count:
    """What one client has seen: milliseconds of each answer, wrong answers, failures."""

    waits: list[float] = field(default_factory=list)
    mixed_up: int = 0
    errors: list[str] = field(default_factory=list)


def draw_every_second(visitor: Visitor, digit: int, seconds: float, live: int, offset: float, count: Count) -> None:
    """Draw the digit once a second; a stroke is `live` readings under the moving pen and one when it lifts."""
    drawing = digit_drawing(digit)
    start = time.perf_counter() + offset
    for stroke in range(round(seconds)):
        time.sleep(max(0.0, start + stroke - time.perf_counter()))
        for reading in range(live + 1):
            if reading:
                time.sleep(0.08)  # as the sketchpad does
            before = time.perf_counter()
            try:
                answer = visitor.draw(drawing, live=reading < live)
            except (OSError, HTTPException, RuntimeError) as error:
                count.errors.append(repr(error))
                visitor.close()
                continue
            count.waits.append(1000 * (time.perf_counter() - before))
            count.mixed_up += answer != str(digit)


def measure(port: int, clients: int, seconds: float, live: int) -> list[Count]:
    """Let all clients draw at once; what each has seen."""
    event = find_event(port)
    visitors = [Visitor(port, event, f"visitor{number}") for number in range(clients)]
    for digit in range(10):
        visitors[0].draw(digit_drawing(digit))
    counts = [Count() for _ in visitors]
    rng = random.Random(1)  # people do not lift their pens together
    threads = [
        threading.Thread(target=draw_every_second, args=(visitor, n % 10, seconds, live, rng.random(), counts[n]))
        for n, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for visitor in visitors:
        visitor.close()
    return counts


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status is 1 if an answer was wrong or missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--clients", type=int, default=25, help="drawing at the same time, a stroke a second each")
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--live", type=int, default=0, help="readings under the moving pen before each pen-up")
    options = parser.parse_args(argv)

    port = find_free_port()
    with start_app(port):
        counts = measure(port, options.clients, options.seconds, options.live)
    waits = [wait for count in counts for wait in count.waits]
    errors = [error for count in counts for error in count.errors]
    mixed_up = sum(count.mixed_up for count in counts)
    print_report(
        f"Load: {options.clients} clients, {options.live + 1} readings a second each, {options.seconds:.0f} s",
        [Figure("stroke sent to answer received", waits, target="p95 150 ms")],
        f"{len(errors)} errors, {mixed_up} answers mixed up; clients and server on the same cores.",
        *sorted(set(errors))[:5],
    )
    return 1 if errors or mixed_up else 0


if __name__ == "__main__":
    sys.exit(main())
