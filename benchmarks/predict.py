"""How long does `python predict.py FOLDER --json` take for a thousand small pictures, all included?"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

import numpy as np
from PIL import Image

from benchmarks.report import Figure, print_report
from interface.examples import Paper, digit_drawing, photograph

ROOT = Path(__file__).parents[1]
SIDE = 100, 75  # pixels, height and width


def write_pictures(folder: Path, count: int) -> None:
    """Write pictures of the ten digits on white paper, each a little different; the name starts with the digit."""
    rng = np.random.default_rng(1)
    for number in range(count):
        pen = int(rng.integers(10, 24))
        paper = Paper((250, 250, 250), (30, 30, 40), pen, shadow=0.0, noise=0.0, tilt=float(rng.uniform(-8, 8)))
        photo = photograph(digit_drawing(number % 10), paper, rng)
        Image.fromarray(photo).resize(SIDE[::-1]).save(folder / f"{number % 10}-{number:05}.png")


def measure_run(folder: Path, count: int) -> tuple[float, int]:
    """Run it once; seconds, and how many pictures are read right."""
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "predict.py"), str(folder), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == count, f"{len(answers)} answers for {count} pictures"
    return seconds, sum(answer["text"] == Path(answer["file"]).name[0] for answer in answers)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--pictures", type=int, default=1000, help="in the folder")
    parser.add_argument("--runs", type=int, default=3, help="that count, after one that does not")
    options = parser.parse_args(argv)

    with tempfile.TemporaryDirectory() as name:
        write_pictures(Path(name), options.pictures)
        measure_run(Path(name), options.pictures)  # brings everything into the disk cache
        seconds, right = zip(*(measure_run(Path(name), options.pictures) for _ in range(options.runs)), strict=True)
    print_report(
        f"{options.pictures:,} pictures of {SIDE[1]} x {SIDE[0]} pixels",
        [Figure("`python predict.py FOLDER --json`", seconds, "s", "15 s")],
        f"{min(right):,} of {options.pictures:,} are read right.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
