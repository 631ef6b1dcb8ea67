"""A seed in; drawings of dots, blocks and scribbles out, as a hand leaves them on the sketchpad.

They must always be refused. Nothing here is shared with the training's own outliers, so that the figure is honest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from evaluation.samples import Sample
from preprocessing import Drawing

__all__ = ["MADE", "make_drawings"]

COUNT = 200  # of each kind
SEED = 20_241
CANVAS = 400.0  # units, the sketchpad's side
STEP = 4.0  # units between the points that a moving pen sends
TREMBLE = 0.8  # units, standard deviation of a hand


def make_drawings(kind: str, count: int = COUNT, seed: int = SEED) -> list[Sample]:
    """Draw `count` of a kind, always the same for a seed.

    Parameters
    ----------
    kind : str
        One of MADE.
    """
    generator = np.random.default_rng([seed, sorted(MADE).index(kind)])
    drawings = [_to_drawing(MADE[kind](generator)) for _ in range(count)]
    return [Sample(str(index), partial(_return, drawing)) for index, drawing in enumerate(drawings)]


def _return(drawing: Drawing) -> Drawing:
    return drawing


def _to_drawing(strokes: list[np.ndarray]) -> Drawing:
    """Whole units and within the canvas, as the sketchpad sends them."""
    points = [np.clip(np.rint(stroke), 0, CANVAS).tolist() for stroke in strokes]
    return Drawing.from_json({"width": CANVAS, "height": CANVAS, "strokes": points})


def _draw_dot(generator: np.random.Generator) -> list[np.ndarray]:
    """A tap: one point, or a few within two units of it."""
    middle = generator.uniform(10, CANVAS - 10, 2)
    count = int(generator.integers(1, 7))
    return [middle + generator.uniform(-2, 2, (count, 2)) * (count > 1)]


def _draw_block(generator: np.random.Generator) -> list[np.ndarray]:
    """A rectangle, an ellipse or a triangle that is about as wide as high, filled by going to and fro."""
    size = _choose_size(generator, 0.7)
    corner = generator.uniform(0, CANVAS - size)
    form = generator.choice(["rectangle", "ellipse", "triangle"])
    # the rendered pen is an eighth of the block: rows half of that apart leave no paper between them
    across = np.linspace(0.0, 1.0, int(generator.integers(17, 30)))
    points = []
    for number, at in enumerate(across):
        if form == "rectangle":
            half = 0.5
        elif form == "ellipse":
            half = float(np.sqrt(max(at * (1 - at), 0.0)))
        else:
            half = at / 2
        ends = np.array([[0.5 - half, at], [0.5 + half, at]])
        points.append(ends[:: 1 if number % 2 else -1])
    path = np.concatenate(points)
    if generator.random() < 0.5:
        path = path[:, ::-1]  # columns instead of rows
    return [_tremble(_walk(corner + path * size), generator)]


def _choose_size(generator: np.random.Generator, narrowest: float) -> np.ndarray:
    """Width and height, the shorter one at least `narrowest` of the longer one."""
    size = generator.uniform(60, 300) * np.array([1.0, generator.uniform(narrowest, 1.0)])
    return size if generator.random() < 0.5 else size[::-1]


def _draw_scribble(generator: np.random.Generator) -> list[np.ndarray]:
    """To and fro, loops beside loops, a tangle, or hatching both ways; each too often for any digit.

    None is over half as long again as wide: narrow ones are thick strokes, and those are a 1.
    """
    kind = generator.choice(["zigzag", "coil", "tangle", "hatching"])
    size = _choose_size(generator, 0.67)
    corner = generator.uniform(0, CANVAS - size)
    if kind == "zigzag":
        turns = int(generator.integers(7, 20))
        path = np.stack([np.arange(turns) % 2 + generator.normal(0, 0.12, turns), np.linspace(0, 1, turns)], axis=1)
        strokes = [_turn(path, generator)]
    elif kind == "coil":
        loops = generator.uniform(4, 9)
        angle = np.linspace(0, 2 * np.pi * loops, int(40 * loops)) + generator.uniform(0, 2 * np.pi)
        radius = generator.uniform(0.2, 0.3) * (1 + 0.4 * np.sin(angle * generator.uniform(0.2, 0.45)))
        along = np.linspace(0.2, 0.8, len(angle))  # loops on one spot would be a 0
        strokes = [_turn(np.stack([along + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1), generator)]
    elif kind == "tangle":
        turns = int(generator.integers(16, 30))  # of ten, one tangle in ten was an 8 to the eye
        strokes = [_round_corners(generator.uniform(0, 1, (turns, 2)))]
    else:
        strokes = []
        for axis in (0, 1):
            for at in np.linspace(0, 1, int(generator.integers(4, 8))):
                line = np.array([[0.0, at], [1.0, at]]) + generator.normal(0, 0.06, (2, 2))
                strokes.append(line[:, ::-1] if axis else line)
    return [_tremble(_walk(corner + stroke * size), generator) for stroke in strokes]


def _turn(path: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Turn a path (n, 2) in the unit square about its middle, by any angle."""
    angle = generator.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (path - 0.5) @ turn.T + 0.5


def _round_corners(path: np.ndarray) -> np.ndarray:
    """Cut the corners of a path four times, which makes it a curve (Chaikin 1974)."""
    for _ in range(4):
        before, after = path[:-1], path[1:]
        path = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
    return path


def _walk(path: np.ndarray) -> np.ndarray:
    """Points every STEP along a path (n, 2)."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.linspace(0, lengths[-1], max(2, int(lengths[-1] / STEP)))
    return np.stack([np.interp(at, lengths, path[:, axis]) for axis in (0, 1)], axis=1)


def _tremble(points: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return points + generator.normal(0, TREMBLE, points.shape)


MADE: dict[str, Callable[[np.random.Generator], list[np.ndarray]]] = {
    "dots": _draw_dot,
    "blocks": _draw_block,
    "scribbles": _draw_scribble,
}
