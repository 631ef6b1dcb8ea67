"""The examples to click: the digits as strokes, and photos of them on made-up paper. `python -m interface.examples`

The photos in `interface/examples/` are what this module makes of the strokes; running it makes them anew.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

__all__ = ["CANVAS", "Paper", "STROKES", "curve_through", "digit_drawing", "load_example_drawings", "photograph"]

FOLDER = Path(__file__).with_name("examples")

CANVAS = 400  # pixels, both sides
POINTS = 30  # in each stroke, about what a browser sends in a third of a second

# Each stroke by the few points that a hand aims at; a smooth curve is laid through them.
AIMS: dict[int, list[list[tuple[int, int]]]] = {
    0: [[(212, 82), (158, 108), (132, 190), (146, 276), (196, 316), (252, 284), (272, 200), (252, 112), (205, 84)]],
    1: [[(216, 80), (212, 140), (206, 200), (201, 260), (196, 322)]],
    2: [[(136, 136), (160, 94), (208, 80), (252, 108), (250, 164), (208, 226), (156, 284), (128, 314),
         (180, 308), (232, 310), (282, 312)]],
    3: [[(142, 106), (184, 80), (240, 90), (254, 138), (222, 178), (182, 190), (236, 200), (268, 248),
         (242, 302), (184, 318), (134, 292)]],
    4: [[(184, 84), (166, 140), (144, 196), (136, 216), (180, 220), (232, 214), (284, 208)],
        [(246, 90), (242, 160), (236, 240), (228, 322)]],
    5: [[(168, 88), (160, 130), (152, 178), (186, 166), (236, 178), (262, 226), (246, 286), (196, 316), (138, 300)],
        [(168, 88), (210, 86), (264, 80)]],
    6: [[(240, 82), (190, 118), (154, 184), (144, 254), (172, 310), (228, 312), (260, 264), (236, 214), (186, 216),
         (152, 254)]],
    7: [[(132, 96), (190, 92), (240, 90), (266, 90), (246, 140), (220, 200), (198, 260), (182, 322)]],
    8: [[(252, 112), (214, 82), (166, 98), (158, 144), (200, 184), (250, 230), (252, 288), (204, 320), (156, 292),
         (158, 240), (200, 192), (244, 150), (252, 112)]],
    9: [[(252, 118), (210, 86), (160, 106), (148, 158), (182, 196), (230, 178), (254, 122), (250, 180), (240, 250),
         (226, 322)]],
}  # fmt: skip


def curve_through(aims: list[tuple[int, int]], count: int = POINTS) -> list[list[float]]:
    """Lay a curve through points and return `count` of it, evenly spaced along it, to a tenth of a pixel.

    References
    ----------
    Catmull and Rom 1974, A Class of Local Interpolating Splines.
    """
    p = np.array(aims, float)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])  # one more before and after
    t = np.linspace(0, 1, 20, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    dense = np.concatenate([*pieces, p[-2:-1]])
    along = np.concatenate([[0], np.hypot(*np.diff(dense, axis=0).T).cumsum()])
    at = np.linspace(0, along[-1], count)
    return [[round(float(np.interp(s, along, dense[:, axis])), 1) for axis in (0, 1)] for s in at]


STROKES: dict[int, list[list[list[float]]]] = {
    digit: [curve_through(aims) for aims in strokes] for digit, strokes in AIMS.items()
}


def digit_drawing(digit: int, scale: float = 1.0) -> dict[str, Any]:
    """The drawing of a digit as the sketchpad sends it, on a canvas `scale` times as large."""
    strokes = [[[x * scale, y * scale] for x, y in stroke] for stroke in STROKES[digit]]
    return {"width": CANVAS * scale, "height": CANVAS * scale, "strokes": strokes}


def load_example_drawings() -> list[dict[str, Any]]:
    """The ten digits for the sketchpad: `{"name", "drawing"}` each."""
    return [{"name": str(digit), "drawing": digit_drawing(digit)} for digit in STROKES]


@dataclass(frozen=True)
class Paper:
    """What a made-up photo shows: colors as (red, green, blue), widths and distances in pixels of the photo."""

    paper: tuple[int, int, int]
    pen: tuple[int, int, int]
    pen_width: int
    ruled: int = 0  # between two lines; 0 for blank paper
    shadow: float = 0.4  # of the light is missing in the darkest corner
    noise: float = 4.0  # gray levels
    tilt: float = 0.0  # degrees, counterclockwise


EXAMPLE_PHOTOS: dict[str, tuple[int, Paper]] = {
    "blue-pen": (4, Paper((246, 240, 222), (44, 62, 150), 9, tilt=6)),
    "chalk": (8, Paper((52, 66, 60), (226, 228, 220), 15, shadow=0.25, noise=7)),
    "pencil-in-shadow": (3, Paper((236, 236, 232), (120, 118, 116), 6, shadow=0.6, tilt=-8)),
    "ruled-paper": (7, Paper((250, 250, 244), (30, 30, 34), 10, ruled=52, shadow=0.3)),
}


def photograph(drawing: dict[str, Any], paper: Paper, rng: np.random.Generator) -> np.ndarray:
    """Write a drawing on made-up paper and light it from one corner; (640, 480, 3) uint8."""
    height, width, margin = 640, 480, 0.2
    zoom = (1 - 2 * margin) * width / drawing["width"]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), paper.tilt, 1.0)
    corner = np.array([margin * width, (height - zoom * drawing["height"]) / 2])
    sheet = np.full((height, width, 3), paper.paper, np.float32)
    if paper.ruled:
        sheet[paper.ruled :: paper.ruled] -= np.array([70, 50, 10], np.float32)
    coverage = np.zeros((height, width), np.uint8)
    for stroke in drawing["strokes"]:
        points = (np.array(stroke) * zoom + corner) @ turn[:, :2].T + turn[:, 2]
        cv2.polylines(coverage, [np.rint(points * 16).astype(np.int32)], False, 255, paper.pen_width, cv2.LINE_AA, 4)
    grain = rng.normal(1, 0.12, coverage.shape).astype(np.float32)  # paper takes the pen unevenly
    ink = np.clip(cv2.GaussianBlur(coverage, (0, 0), 1.0).astype(np.float32) / 255 * grain, 0, 1)[..., None]
    sheet += (np.array(paper.pen, np.float32) - sheet) * ink
    down, right = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 1 - paper.shadow * np.clip(0.65 * right + 0.55 * down - 0.2, 0, 1) ** 1.5
    noise = rng.normal(0, paper.noise, sheet.shape)
    return np.clip(sheet * light[..., None] + noise, 0, 255).astype(np.uint8)


def main() -> int:
    """Make the example photos anew."""
    FOLDER.mkdir(exist_ok=True)
    rng = np.random.default_rng(20261121)
    for name, (digit, paper) in EXAMPLE_PHOTOS.items():
        photo = photograph(digit_drawing(digit), paper, rng)
        Image.fromarray(photo).save(FOLDER / f"{name}.jpg", quality=82)
        print(FOLDER / f"{name}.jpg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
