"""How long does the server take from a drawing as JSON to probabilities and their pictures, step by step?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

from benchmarks.report import Figure, print_report
from interface.answer import render_answer, render_chart
from interface.examples import digit_drawing
from interface.steps import render_steps
from model.recognizer import Recognizer
from preprocessing import Drawing, drawing_to_page


def measure_steps(recognizer: Recognizer, text: str) -> tuple[list[float], int | None]:
    """Read one drawing; the time at its start and after each step in seconds, and the digit."""
    times = [time.perf_counter()]
    drawing = Drawing.from_json(json.loads(text))
    times.append(time.perf_counter())
    page = drawing_to_page(drawing)
    times.append(time.perf_counter())
    [[prediction]] = recognizer.recognize_pages([page])
    times.append(time.perf_counter())
    render_answer([prediction])
    render_chart(prediction.probabilities)
    render_steps([prediction], 0, (drawing.height, drawing.width))
    times.append(time.perf_counter())
    return times, prediction.digit


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--drawings", type=int, default=1000, help="how many, each digit as often as the others")
    options = parser.parse_args(argv)

    recognizer, loading = Recognizer.load_in_background()  # as the app does
    loading.result()
    texts = [json.dumps(digit_drawing(digit)) for digit in range(10)]
    for text in texts:  # imports and first calls
        measure_steps(recognizer, text)
    runs = []
    for number in range(options.drawings):
        times, digit = measure_steps(recognizer, texts[number % 10])
        assert digit == number % 10, f"a {number % 10} is read as {digit}"
        runs.append([1000 * seconds for seconds in times])
    parsed, rendered, classified, shown = ([t[i] - t[i - 1] for t in runs] for i in range(1, 5))
    print_report(
        "Server, one drawing",
        [
            Figure("parse the JSON", parsed),
            Figure("strokes to 28 x 28", rendered),
            Figure("28 x 28 to probabilities", classified),
            Figure("**drawing to probabilities**", [t[3] - t[0] for t in runs], target="5 ms"),
            Figure("words, bars and pictures of it", shown),
            Figure("all together", [t[4] - t[0] for t in runs]),
        ],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
