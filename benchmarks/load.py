"""Do many visitors at once get their own answers, how soon, beside photos, and in what memory?"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event as EventOfProcesses
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

import httpx
import numpy as np
from PIL import Image

from benchmarks.live_app import (
    Visitor,
    find_event,
    find_free_port,
    measure_memory,
    open_client,
    read_photo_by_api,
    start_app,
)
from benchmarks.photos import NUMBERS, PHONE, photograph
from benchmarks.report import Figure, print_report
from interface.examples import digit_drawing

TOO_MANY = 429  # the status of a request that the limits refuse


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


def send_photos(port: int, number: str, photo: bytes, until: EventOfProcesses, count: Count) -> None:
    """Have a photo read again and again, until the others have drawn enough."""
    with open_client(port) as client:
        while not until.is_set():
            before = time.perf_counter()
            try:
                text = read_photo_by_api(client, photo)
            except (httpx.HTTPError, RuntimeError) as error:
                if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == TOO_MANY:
                    time.sleep(1)  # more than an address may send in a minute: it was asked to wait
                else:
                    count.errors.append(repr(error))
                continue
            count.waits.append(1000 * (time.perf_counter() - before))
            count.mixed_up += text != number


def send_all(
    port: int, photos: Sequence[tuple[str, bytes]], until: EventOfProcesses, counts: Queue[list[Count]]
) -> None:
    """Have each photo sent by a client of its own; a process for them, as drawing clients must not wait for theirs."""
    mine = [Count() for _ in photos]
    threads = [
        threading.Thread(target=send_photos, args=(port, number, photo, until, count))
        for (number, photo), count in zip(photos, mine, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts.put(mine)


def measure(
    port: int, clients: int, seconds: float, live: int, photos: Sequence[tuple[str, bytes]] = ()
) -> list[Count]:
    """Let all clients draw at once, and others send photos meanwhile; what each has seen, those with photos last."""
    event = find_event(port)
    visitors = [Visitor(port, event, f"visitor{number}") for number in range(clients)]
    for digit in range(10):
        visitors[0].draw(digit_drawing(digit))
    counts = [Count() for _ in range(clients)]
    rng = random.Random(1)  # people do not lift their pens together
    drawing = [
        threading.Thread(target=draw_every_second, args=(visitor, n % 10, seconds, live, rng.random(), counts[n]))
        for n, visitor in enumerate(visitors)
    ]
    spawn = multiprocessing.get_context("spawn")
    is_over, sent = spawn.Event(), spawn.Queue()
    sending = spawn.Process(target=send_all, args=(port, photos, is_over, sent))
    sending.start()
    for thread in drawing:
        thread.start()
    for thread in drawing:
        thread.join()
    is_over.set()
    counts += sent.get()
    sending.join()
    for visitor in visitors:
        visitor.close()
    return counts


def measure_growth(port: int, strokes: int, clients: int) -> list[float]:
    """MB after each tenth of so many strokes, which clients draw as fast as they are answered."""
    event = find_event(port)
    visitors = [Visitor(port, event, f"drawer{number}") for number in range(clients)]

    def draw(visitor: Visitor, count: int) -> None:
        for number in range(count):
            visitor.draw(digit_drawing(number % 10))

    memory = []
    for _ in range(10):
        with ThreadPoolExecutor(clients) as threads:
            list(threads.map(draw, visitors, [strokes // 10 // clients] * clients))
        memory.append(measure_memory())
    for visitor in visitors:
        visitor.close()
    return memory


def take_photos(count: int) -> list[tuple[str, bytes]]:
    """Numbers, and photos of 12 megapixels of them as JPEG."""
    rng = np.random.default_rng(1)
    taken = []
    for number in NUMBERS[:count]:
        stream = io.BytesIO()
        Image.fromarray(photograph(number, PHONE, rng)).save(stream, "JPEG", quality=92)
        taken.append((number, stream.getvalue()))
    return [taken[i % len(taken)] for i in range(count)]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status is 1 if an answer was wrong or missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--clients", type=int, default=100, help="drawing at the same time, a stroke a second each")
    parser.add_argument("--seconds", type=float, default=120, help="for how long")
    parser.add_argument("--live", type=int, default=0, help="readings under the moving pen before each pen-up")
    parser.add_argument("--photos", type=int, default=0, help="others who send 12 megapixels again and again")
    parser.add_argument("--strokes", type=int, default=0, help="instead: draw so many, and look at the memory")
    options = parser.parse_args(argv)

    port = find_free_port()
    with start_app(port):
        if options.strokes:
            return report_growth(measure_growth(port, options.strokes, options.clients), options.strokes)
        counts = measure(port, options.clients, options.seconds, options.live, take_photos(options.photos))
        memory = measure_memory()
    drawing, sending = counts[: options.clients], counts[options.clients :]
    errors = [error for count in counts for error in count.errors]
    mixed_up = sum(count.mixed_up for count in counts)
    waits = [wait for count in drawing for wait in count.waits]
    figures = [Figure("stroke sent to answer received", waits, target="p95 250 ms at 100 clients")]
    if options.photos:
        figures.append(
            Figure("12-megapixel photo sent to text received", [w for count in sending for w in count.waits])
        )
    print_report(
        f"Load: {options.clients} clients, {options.live + 1} readings a second each, {options.photos} with photos, "
        f"{options.seconds:.0f} s",
        [*figures, Figure("memory of app and network at the end", [memory], "MB")],
        f"{len(errors)} errors, {mixed_up} answers mixed up; clients and server on the same cores.",
        *sorted(set(errors))[:5],
    )
    return 1 if errors or mixed_up else 0


def report_growth(memory: Sequence[float], strokes: int) -> int:
    """Print what the memory was; the exit status."""
    print_report(
        f"Memory over {strokes:,} strokes",
        [
            Figure("after the first tenth", memory[:1], "MB"),
            Figure("at the end", memory[-1:], "MB"),
            Figure("growth between the two halves", [max(memory[5:]) - max(memory[:5])], "MB", "0 MB"),
        ],
        "Of the app and its network together.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
