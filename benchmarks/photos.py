"""How long from a photo's file to its number, how many photos a second are read from a folder, and in what memory?"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

import cv2
import numpy as np
from PIL import Image

from benchmarks.report import Figure, print_report
from interface.examples import CANVAS, STROKES
from model.recognizer import Recognizer, to_text
from preprocessing import read_photo

ROOT = Path(__file__).parents[1]
PHONE = 3000, 4000  # pixels, height and width: 12 megapixels
UPLOAD = 400, 400
NUMBERS = ("2024", "317", "58", "90416", "7", "1066")
NOISE = 3.0  # gray levels, the deviation of the camera's noise
LOOK = 0.1  # seconds between two looks at the memory


def photograph(number: str, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A number with a ballpoint on paper that is lit from one side, (H, W, 3) uint8."""
    height, width = shape
    side = min(height * 0.6, width * 0.8 / len(number))  # of a digit's canvas
    ink = np.zeros(shape, np.uint8)
    for position, digit in enumerate(number):
        corner = ((width - side * len(number)) / 2 + position * side, (height - side) / 2)
        for stroke in STROKES[int(digit)]:
            points = np.rint((np.array(stroke) * side / CANVAS + corner) * 16).astype(np.int32)
            cv2.polylines(ink, [points], False, 255, max(2, round(side / 20)), cv2.LINE_AA, shift=4)
    light = np.linspace(rng.uniform(200, 240), rng.uniform(120, 200), width, dtype=np.float32)
    gray = light * (1 - ink.astype(np.float32) / 255 * 0.7) + rng.normal(0, NOISE, shape).astype(np.float32)
    return np.clip(gray[..., None] * np.array([1, 0.97, 0.88], np.float32), 0, 255).astype(np.uint8)


def write_photos(folder: Path, shape: tuple[int, int], suffix: str) -> None:
    """Write a photo of each number; the name starts with it."""
    rng = np.random.default_rng(1)
    for number in NUMBERS:
        Image.fromarray(photograph(number, shape, rng)).save(folder / f"{number}-{shape[1]}{suffix}", quality=92)


def measure_answers(recognizer: Recognizer, files: Sequence[Path], count: int) -> tuple[list[float], list[float], int]:
    """Read files, one after the other: milliseconds to their pixels, to the answer, and how many are read right."""
    pixels, answers, right = [], [], 0
    for turn in range(-len(files), count):  # the first round, imports and first calls, does not count
        file = files[turn % len(files)]
        start = time.perf_counter()
        photo = read_photo(file)
        read = time.perf_counter()
        text = to_text(recognizer.recognize_photo(photo))
        if turn >= 0:
            pixels.append(1000 * (read - start))
            answers.append(1000 * (time.perf_counter() - start))
            right += text == file.name.split("-")[0]
    return pixels, answers, right


def measure_folder(folder: Path, table: Path) -> tuple[float, list[float]]:
    """Run predict.py on a folder: seconds, imports included, and its memory in MB over time, [] but on Linux."""
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "predict.py"), str(folder), "--csv", str(table)]
    memory = []
    with subprocess.Popen(command) as process:
        status = Path(f"/proc/{process.pid}/statm")
        while process.poll() is None:
            if status.exists():
                memory.append(int(status.read_text().split()[1]) * 4096 / 2**20)
            time.sleep(LOOK)
    assert process.returncode == 0, f"predict.py ended with {process.returncode}"
    return time.perf_counter() - start, memory


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--photos", type=int, default=1000, help="in the folder")
    parser.add_argument("--answers", type=int, default=60, help="to photos of either size")
    options = parser.parse_args(argv)

    recognizer, loading = Recognizer.load_in_background()  # as the app does
    loading.result()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "photos"
        folder.mkdir()
        write_photos(folder, PHONE, ".jpg")
        write_photos(Path(name), UPLOAD, ".png")
        large = measure_answers(recognizer, sorted(folder.iterdir()), options.answers)
        small = measure_answers(recognizer, sorted(Path(name).glob("*.png")), options.answers)
        originals = sorted(folder.iterdir())
        for number in range(len(originals), options.photos):  # copies by another name
            original = originals[number % len(originals)]
            (folder / f"{original.stem}-{number:05}.jpg").hardlink_to(original)
        seconds, memory = measure_folder(folder, Path(name) / "table.csv")
        with open(Path(name) / "table.csv", encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    right = sum(row["text"].strip('="') == Path(row["file"]).name.split("-")[0] for row in rows)
    half = len(memory) // 2
    figures = [
        Figure("12-megapixel JPEG to its pixels", large[0]),
        Figure("12-megapixel JPEG to the answer", large[1], target="350 ms"),
        Figure("400 x 400 PNG to the answer", small[1], target="30 ms"),
        Figure("photos of 12 megapixels a second, `predict.py --csv`", [len(rows) / seconds], "a second", "6 a second"),
    ]
    if half:
        growth = max(memory[half:]) - max(memory[:half])
        figures += [Figure("its memory, at most", [max(memory)], "MB"), Figure("its growth", [growth], "MB", "0 MB")]
    print_report(
        "Photos",
        figures,
        f"{large[2]} and {small[2]} of {options.answers} photos of either size are read right, and "
        f"{right:,} of {len(rows):,} in the folder. The growth is from the first half of the run to the second.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
