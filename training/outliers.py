"""Pictures that are no digits, made by code alone: a seeded Generator in, (N, 28, 28) as the network sees them out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.nonsense import draw_block, draw_character, draw_doodle, draw_fruit, draw_nonsense, draw_scribble
from training.pens import ink_to_image, render_sign, soften_ink
from training.printed import print_character
from training.signs import HARD_LETTERS, LETTERS, form_sign, parse_signs

__all__ = ["SHARES", "is_upright_line", "make_outliers"]

HARD_SHARE = 0.5  # of the drawn letters
# How often each kind is made; letters most, since they come closest to digits.
SHARES = {
    "letter": 0.34,
    "printed letter": 0.08,
    "printed script": 0.14,
    "scribble": 0.05,
    "nonsense": 0.07,
    "character": 0.12,
    "doodle": 0.08,
    "fruit": 0.07,
    "block": 0.02,
    "torn": 0.015,
    "mixed": 0.05,
    "marked": 0.04,
    "turned": 0.05,
}
THIN = 0.2  # of the deviation along a line; what has less across it is a line, and upright a 1


def make_outliers(
    count: int, generator: np.random.Generator, images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make pictures that are no digits.

    Parameters
    ----------
    images : (M, 28, 28) float32
        Digits to tear, mix and turn.
    labels : (M,)

    Returns
    -------
    (N, 28, 28) float32, and the kinds (N,) str
    """
    makers: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
        "letter": _draw_letter,
        "printed letter": lambda g: print_character(g, "latin"),
        "printed script": lambda g: print_character(g, "script"),
        "scribble": draw_scribble,
        "nonsense": draw_nonsense,
        "character": draw_character,
        "doodle": draw_doodle,
        "fruit": draw_fruit,
        "marked": lambda g: _mark_digit(g, images, labels),
        "block": draw_block,
        "torn": lambda g: _tear_digit(g, images, labels),
        "mixed": lambda g: _mix_digits(g, images, labels),
        "turned": lambda g: _turn_digit(g, images, labels),
    }
    kinds = generator.choice(list(SHARES), count, p=np.array(list(SHARES.values())) / sum(SHARES.values()))
    made = np.zeros((count, 28, 28), np.float32)
    for i, kind in enumerate(kinds):
        while not made[i].any() or is_upright_line(made[i]):
            made[i] = ink_to_image(soften_ink(makers[kind](generator), generator))
    return made, kinds


def is_upright_line(image: np.ndarray) -> bool:
    """Whether a picture would pass for a 1."""
    rows, columns = np.nonzero(image > 0.3)
    if len(rows) < 3:
        return False
    values, vectors = np.linalg.eigh(np.cov(np.stack([rows, columns])))
    thin = values[0] < THIN**2 * values[1] + 0.6  # the pen's own width
    return bool(thin and abs(vectors[0, 1]) > 0.6)


# ---------------------------------------------------------------- letters and signs


def _draw_letter(generator: np.random.Generator) -> np.ndarray:
    signs = parse_signs(HARD_LETTERS if generator.random() < HARD_SHARE else LETTERS)
    strokes = form_sign(signs[generator.integers(len(signs))], generator, 0.35)
    return render_sign(strokes, generator, 1.0)


# ---------------------------------------------------------------- digits made into none


def _enlarge(image: np.ndarray) -> np.ndarray:
    return np.clip(cv2.resize(image, (84, 84), interpolation=cv2.INTER_CUBIC), 0, 1)


def _mark_digit(generator: np.random.Generator, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A digit with a bar above it, or strokes beside it, as letters of other scripts have them."""
    i = int(generator.integers(len(images)))
    while labels[i] in (1, 7):  # with a bar they are still digits
        i = int(generator.integers(len(images)))
    ink = np.pad(_enlarge(images[i]), 12)
    rows, columns = np.nonzero(ink > 0.3)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    drawn = np.rint(ink * 255).astype(np.uint8)
    pen = int(generator.integers(5, 12))
    out = int(generator.integers(6, 20))
    lines = {
        "above": (
            (left - out, top - out // 2),
            (right + out, top - out // 2 + int(generator.integers(-4, 5))),
        ),
        "below": ((left - out, bottom + out), (right + out, bottom + out)),
        "right": ((right + out, top - out // 2), (right + out, bottom + out // 2)),
        "left": ((left - out, top), (left - out, bottom)),
    }
    for name in generator.choice(list(lines), int(generator.integers(1, 3)), replace=False):
        begin, end = (tuple(int(v) for v in point) for point in lines[str(name)])
        cv2.line(drawn, begin, end, 255, pen, cv2.LINE_AA)
    return drawn.astype(np.float32) / 255


def _tear_digit(generator: np.random.Generator, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A half that is no digit itself: a half 8 is a 0, a half 7 a 1."""
    halves = {0: "tb", 2: "lr", 4: "lt", 5: "t", 8: "l"}
    while True:
        i = int(generator.integers(len(images)))
        if int(labels[i]) not in halves:
            continue
        side = generator.choice(list(halves[int(labels[i])]))
        ink, cut = _enlarge(images[i]), int(generator.integers(38, 47))
        return {"t": ink[:cut], "b": ink[cut:], "l": ink[:, :cut], "r": ink[:, cut:]}[str(side)]


def _mix_digits(generator: np.random.Generator, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Halves of two, two over each other, two side by side or above each other."""
    way = generator.random()
    chosen = generator.integers(0, len(images), 2)
    while way < 0.5 and (labels[chosen[0]] == labels[chosen[1]] or 1 in labels[chosen]):
        chosen = generator.integers(0, len(images), 2)  # a 1 over another digit leaves that
    a, b = (_enlarge(images[i]) for i in chosen)
    if way < 0.1:
        a, b = a[10:-10, 10:-10], b[10:-10, 10:-10]
        cut = int(generator.integers(26, 38))
        return np.hstack([a[:, :cut], b[:, cut:]]) if generator.random() < 0.5 else np.vstack([a[:cut], b[cut:]])
    if way < 0.5:
        room = np.zeros((130, 130), np.float32)
        room[20:104, 20:104] = a
        top, left = generator.integers(8, 33, 2)
        room[top : top + 84, left : left + 84] = np.maximum(room[top : top + 84, left : left + 84], b)
        return room
    axis = 1 if way < 0.9 else 0
    a, b = (x[10:-10, _columns(x)] if axis else x[10:-10] for x in (a, b))
    return np.concatenate([a, b], axis=axis)


def _columns(ink: np.ndarray) -> slice:
    used = np.flatnonzero((ink > 0.1).any(axis=0))
    return slice(max(0, int(used[0]) - 2), int(used[-1]) + 3) if len(used) else slice(0, 1)


def _turn_digit(generator: np.random.Generator, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Mirrored, on its side or on its head, where that is no digit."""
    ways = {2: "q", 3: "mqh", 4: "qh", 5: "q", 6: "m", 7: "h", 9: "m"}
    while True:
        i = int(generator.integers(len(images)))
        if int(labels[i]) not in ways:
            continue
        way, ink = generator.choice(list(ways[int(labels[i])])), _enlarge(images[i])
        if way == "m":
            return ink[:, ::-1].copy()
        return np.rot90(ink, 2 if way == "h" else int(generator.choice([1, 3]))).copy()
