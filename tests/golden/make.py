"""Make the golden pictures and the glyphs found in them anew: python tests/golden/make.py --write."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]  # the project, and its tests

from golden_cases import CASES, GLYPHS, PICTURES, encode_case  # noqa: E402

from model.recognizer import Prediction, Recognizer, to_text  # noqa: E402
from preprocessing import read_photo  # noqa: E402

__all__ = ["main", "to_strip"]


def main(argv: Sequence[str] | None = None) -> int:
    """Make and read all cases and say which are read wrong; with --write, replace pictures and glyphs."""
    parser = argparse.ArgumentParser(prog="make.py", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace what is in pictures/ and glyphs/")
    options = parser.parse_args(argv)
    recognizer = Recognizer.load()
    pictures: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            path = Path(folder) / case.file
            path.write_bytes(encode_case(case))
            predictions = recognizer.recognize_photo(read_photo(path))
            answer = to_text(predictions)
            if answer != case.scene.text or case.fails:
                print(f"{case.name}: {case.scene.text!r} is read as {answer!r}; known: {case.fails or 'no'}")
            if case.is_kept:
                pictures[PICTURES / case.file] = path.read_bytes()
            if predictions and not case.fails:
                strip = cv2.imencode(".png", to_strip(predictions))[1]
                pictures[GLYPHS / f"{case.name}.png"] = strip.tobytes()
    if options.write:
        for place in (PICTURES, GLYPHS):
            place.mkdir(exist_ok=True)
            for old in place.iterdir():
                old.unlink()
        for path, content in pictures.items():
            path.write_bytes(content)
    return 0


def to_strip(predictions: Sequence[Prediction]) -> np.ndarray:
    """The 28 x 28 of each sign beside each other, white on black: (28, 28 N) uint8."""
    return np.hstack([np.rint(prediction.glyph.image * 255).astype(np.uint8) for prediction in predictions])


if __name__ == "__main__":
    sys.exit(main())
