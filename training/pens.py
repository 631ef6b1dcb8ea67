"""Pen strokes in, 28x28 digits as other hands, pens and programs would have drawn them out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ink.glyphs import BOX
from preprocessing import find_glyphs
from training.signs import DIGITS, form_sign, parse_signs

__all__ = [
    "Strokes",
    "distort_strokes",
    "draw_digit",
    "draw_pen",
    "ink_to_image",
    "render_sign",
    "render_strokes",
    "resample_strokes",
    "soften_ink",
    "vary_drawing",
    "vary_image",
]

SIDE = 96  # pixels, the longer side of a rendered drawing
PENS = (1.2, 5.0)  # pixels of the 20x20 box; what find_glyphs thickens or thins is among them
WIDEST_PEN = 3.2  # pixels, likewise; a wider one fills what tells a sign from a digit
STEP = 0.04  # of the longer side, between points after resampling
CURSIVE = 0.25  # of all digits lean as in cursive writing
BACKWARD = 0.06  # of all digits lean to the other side, as left hands and tilted sheets have them
TAILS_BEFORE = (0, 2, 3, 6, 7, 8, 9)  # digits that stay themselves with a tail
TAILS_AFTER = {2: 0.35, 3: 0.2, 4: 0.3, 5: 0.12, 7: 0.3, 9: 0.15}  # and its greatest length
NARROWEST = 0.4  # the shorter side to the longer of a digit other than 1
WITHOUT_BAR = 0.1  # of the crossed 7s lose their bar; few, since such a 7 is often another hand's hooked 1
PEN_ROOM = 0.26  # of the digit's shorter side: a wider pen fills its loops

Strokes = Sequence[np.ndarray]  # each (n, 2), x and y, y downwards


def vary_drawing(strokes: Strokes, label: int, generator: np.random.Generator, vary_parts: bool = True) -> np.ndarray:
    """Draw a digit anew: its parts, its form, its pen and how it was stored vary.

    Parameters
    ----------
    strokes : sequence of (n, 2) arrays
    label : int
        0 ... 9: a 1 may get a foot or another hook, a 7 a bar.

    Returns
    -------
    (28, 28) float32
    """
    strokes = resample_strokes(strokes)
    if vary_parts and label in VARY_PARTS:
        strokes = VARY_PARTS[label](strokes, generator)
    strokes = distort_strokes(_add_tails(strokes, label, generator), generator)
    pen = draw_pen(generator)
    if label != 1:  # loops stay open, and an 8 is no line
        strokes, aspect = _widen_narrow(strokes)
        pen = min(pen, PEN_ROOM * aspect * BOX)
    ink = render_strokes(strokes, pen, generator)
    return ink_to_image(soften_ink(ink, generator))


def draw_digit(generator: np.random.Generator) -> tuple[np.ndarray, int]:
    """Draw one of DIGITS, and vary it as `vary_drawing` does: (28, 28) float32, and its label."""
    label = int(generator.integers(10))
    strokes = form_sign(parse_signs(DIGITS)[label], generator, 0.2)
    return vary_drawing(strokes, label, generator, vary_parts=False), label


def vary_image(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Take a bitmap digit, (H, W) float32, through another aspect, slant, size and softness; (28, 28) float32."""
    zoom = 64 / max(image.shape)
    fine = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    aspect, angle = generator.normal(0, (0.18, np.deg2rad(5)))
    slant = _draw_slant(generator, 0.12)
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ [[1, slant], [0, 1]]
    matrix = 0.75 * matrix @ np.diag([np.exp(aspect / 2), np.exp(-aspect / 2)])
    center = np.array([48, 48]) - matrix @ (np.array(fine.shape[::-1]) / 2)
    warped = cv2.warpAffine(fine, np.column_stack([matrix, center]), (96, 96), flags=cv2.INTER_LINEAR)
    return ink_to_image(soften_ink(np.clip(warped, 0, 1), generator))


def ink_to_image(ink: np.ndarray) -> np.ndarray:
    """What find_glyphs makes of an ink; zeros if it is blank."""
    glyphs = find_glyphs(ink)
    return glyphs[0].image if glyphs else np.zeros((28, 28), np.float32)


def _widen_narrow(strokes: Strokes) -> tuple[list[np.ndarray], float]:
    """Stretch a drawing that is too narrow or flat; return it and the shorter side to the longer."""
    points = np.concatenate(list(strokes))
    size = np.maximum(np.ptp(points, axis=0), 1e-3)
    factor = np.maximum(1.0, NARROWEST * size.max() / size)
    size = size * factor
    across, along = np.linalg.eigvalsh(np.cov((points * factor).T))  # of a slanting digit less than its box
    return [stroke * factor for stroke in strokes], float(min(size.min() / size.max(), (across / along) ** 0.5 * 1.2))


def draw_pen(generator: np.random.Generator, widest: float = PENS[1]) -> float:
    """A pen's width in pixels of the 20x20 box."""
    return float(np.exp(generator.uniform(np.log(PENS[0]), np.log(widest))))


# ---------------------------------------------------------------- form


def resample_strokes(strokes: Strokes) -> list[np.ndarray]:
    """Center, scale the longer side to 1, and put points at even distances: what was fast is as fine as the rest."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    size = max((high - low).max(), 1e-9)
    return [_resample((np.asarray(stroke, np.float64) - (low + high) / 2) / size) for stroke in strokes]


def _resample(stroke: np.ndarray) -> np.ndarray:
    lengths = np.hypot(*np.diff(stroke, axis=0).T) if len(stroke) > 1 else np.zeros(0)
    total = lengths.sum()
    if total == 0:
        return stroke[:1]
    at = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.linspace(0, total, max(2, int(np.ceil(total / STEP)) + 1))
    return np.stack([np.interp(wanted, at, stroke[:, axis]) for axis in (0, 1)], axis=1)


def distort_strokes(strokes: Strokes, generator: np.random.Generator, strength: float = 1.0) -> list[np.ndarray]:
    """Rotate, slant, widen and bend; at times angular, shaky, or on a coarse grid as in pixel art.

    Parameters
    ----------
    strokes : sequence of (n, 2) arrays
        Of size 1, as `resample_strokes` leaves them.
    """
    angle = generator.normal(0, np.deg2rad(7) * strength)
    slant = _draw_slant(generator, 0.2 * strength)
    aspect = generator.normal(0, 0.12 * strength)
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ [[1, slant], [0, 1]]
    matrix = matrix @ np.diag([np.exp(aspect), np.exp(-aspect)])
    waves = generator.normal(0, 1, (2, 3, 2)) * [[[3.0], [6.0], [10.0]]]  # (axis, wave, x y), radians a unit
    phases = generator.uniform(0, 2 * np.pi, (2, 3))
    heights = generator.normal(0, 1, (2, 3)) * np.array([0.05, 0.03, 0.012]) * strength
    style = generator.random()
    shake = generator.choice([0, 0.008, 0.016], p=[0.7, 0.2, 0.1])
    distorted = []
    for stroke in strokes:
        bent = stroke + np.stack(
            [(heights[axis] * np.sin(stroke @ waves[axis].T + phases[axis])).sum(axis=1) for axis in (0, 1)],
            axis=1,
        )
        bent = bent @ matrix.T
        if style < 0.08 and len(bent) > 2:  # angular, as drawn with few mouse moves
            tolerance = generator.uniform(0.02, 0.07)
            bent = cv2.approxPolyDP(bent.astype(np.float32)[:, None], tolerance, False)[:, 0].astype(np.float64)
        elif style < 0.13:  # pixel art
            bent = _snap_to_grid(bent, cells=int(generator.integers(7, 15)))
        elif shake:
            bent = bent + generator.normal(0, shake, bent.shape)
        distorted.append(bent)
    return distorted


def _draw_slant(generator: np.random.Generator, deviation: float) -> float:
    """How far the top leans to the left, columns a row: cursive hands lean to the right, up to 40 degrees."""
    way = generator.random()
    if way < CURSIVE:
        return float(generator.uniform(-0.8, 0.0))
    if way < CURSIVE + BACKWARD:
        return float(generator.uniform(0.0, 0.6))
    return float(generator.normal(0, deviation))


def _add_tails(strokes: list[np.ndarray], label: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Let the pen come in with a curve, and swing out or curl at the end, as cursive hands do."""
    strokes = list(strokes)
    if label in TAILS_BEFORE and generator.random() < 0.2 and len(strokes[0]) > 4:
        strokes[0] = _prolong(strokes[0][::-1], generator, 0.2)[::-1]
    if label in TAILS_AFTER and generator.random() < 0.3 and len(strokes) == 1 and len(strokes[0]) > 4:
        strokes[0] = _prolong(strokes[0], generator, TAILS_AFTER[label])
    return strokes


def _prolong(stroke: np.ndarray, generator: np.random.Generator, longest: float) -> np.ndarray:
    """Go on from the end along an arc that bends either way, and maybe back."""
    length = generator.uniform(0.05, longest)
    steps = max(2, int(length / (STEP / 2)))
    ahead = stroke[-1] - stroke[-4]
    bend = np.linspace(generator.normal(0, 1.5), generator.normal(0, 1.5), steps) * (STEP / 2) * 6
    angles = np.arctan2(ahead[1], ahead[0]) + np.cumsum(bend)
    way = np.cumsum(np.stack([np.cos(angles), np.sin(angles)], axis=1) * STEP / 2, axis=0)
    return np.concatenate([stroke, stroke[-1] + way])


def _snap_to_grid(stroke: np.ndarray, cells: int) -> np.ndarray:
    """Move points to a grid's nodes, and go along its rows and columns."""
    nodes = np.rint(stroke * cells)
    nodes = nodes[np.r_[True, (np.diff(nodes, axis=0) != 0).any(axis=1)]]
    corners = np.stack([nodes[1:, 0], nodes[:-1, 1]], axis=1)  # across, then down
    path = np.empty((2 * len(nodes) - 1, 2))
    path[::2], path[1::2] = nodes, corners
    return path / cells


def _vary_one(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Lengthen, shorten or leave out the hook before the top; put a foot under it at times."""
    first = strokes[0]
    top = int(first[:, 1].argmin())
    if 1 < top < len(first) // 2:  # it begins with a hook
        factor = generator.uniform(0.3, 1.3) if generator.random() < 0.8 else 0.0
        hook = first[top] + factor * (first[:top] - first[top])
        strokes = [np.concatenate([hook, first[top:]]), *strokes[1:]]
    elif generator.random() < 0.3:  # it has none
        length, angle = generator.uniform(0.1, 0.45), generator.uniform(0.2, 1.2)
        begin = first[top] + length * np.array([-np.cos(angle), np.sin(angle)])
        strokes = [np.concatenate([np.linspace(begin, first[top], 8), first[top:]]), *strokes[1:]]
    if len(strokes) == 1 and generator.random() < 0.25:
        last = strokes[0]
        bottom = last[last[:, 1].argmax()]
        left, right = generator.uniform(0.12, 0.45, 2)
        foot = bottom + np.array([[-left, generator.normal(0, 0.02)], [right, generator.normal(0, 0.02)]])
        strokes = [*strokes, _resample(foot)]
    return strokes


def _vary_seven(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Put a bar through a 7 that has none, or leave it out of one that has it."""
    heights = [np.ptp(stroke[:, 1]) for stroke in strokes]
    if len(strokes) == 2 and heights[0] > 0.7 and heights[1] < 0.35 and generator.random() < WITHOUT_BAR:
        return strokes[:1]
    if len(strokes) == 1 and heights[0] > 0.7 and generator.random() < 0.35:
        stroke = strokes[0]
        below = stroke[stroke[:, 1].argmin() :]
        at = below[np.abs(below[:, 1] - generator.uniform(-0.12, 0.12)).argmin()]
        left, right = generator.uniform(0.12, 0.35, 2)
        tilt = generator.normal(0, 0.06)
        return [*strokes, _resample(at + np.array([[-left, tilt], [right, -tilt]]))]
    return strokes


def _vary_zero(strokes: list[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
    """Cross a 0 out, as programmers do, at times."""
    if generator.random() > 0.1:
        return strokes
    points = np.concatenate(strokes)
    half = np.ptp(points, axis=0) / 2 * generator.uniform(0.6, 1.2)
    return [
        *strokes,
        _resample(points.min(axis=0) / 2 + points.max(axis=0) / 2 + np.array([[1, -1], [-1, 1]]) * half),
    ]


VARY_PARTS = {0: _vary_zero, 1: _vary_one, 7: _vary_seven}


# ---------------------------------------------------------------- pen and picture


def render_strokes(
    strokes: Strokes, pen: float, generator: np.random.Generator | None = None, side: int = SIDE
) -> np.ndarray:
    """Render strokes of any size, the longer side of drawing and pen `side` pixels.

    Parameters
    ----------
    pen : float
        Pixels of the 20x20 box.
    generator : numpy.random.Generator, optional
        Varies the pen a little from stroke to stroke, and its ends.

    Returns
    -------
    (H, W) float32 in [0, 1]
    """
    points = np.concatenate(list(strokes))
    low, high = points.min(axis=0), points.max(axis=0)
    width = side * pen / BOX
    scale = (side - width) / max((high - low).max(), 1e-9)
    margin = int(np.ceil(width))
    columns, rows = (np.ceil((high - low) * scale).astype(int) + 2 * margin + 1).tolist()
    ink = np.zeros((rows, columns), np.uint8)
    varies = generator is not None and generator.random() < 0.4
    for stroke in strokes:
        fixed = np.rint(((stroke - low) * scale + margin) * 16).astype(np.int32)
        if len(fixed) == 1:
            fixed = np.repeat(fixed, 2, axis=0)
        thickness = width * np.exp(generator.normal(0, 0.15)) if varies and generator is not None else width
        cv2.polylines(ink, [fixed], False, 255, max(1, round(thickness)), cv2.LINE_AA, shift=4)
    return ink.astype(np.float32) / 255


def render_sign(strokes: Strokes, generator: np.random.Generator, strength: float = 1.2) -> np.ndarray:
    """Distort and render strokes that are no digit, of any size: (H, W) float32 in [0, 1]."""
    strokes = distort_strokes(resample_strokes(strokes), generator, strength)
    return render_strokes(strokes, draw_pen(generator, WIDEST_PEN), generator)


def soften_ink(ink: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Store an ink as scanners, cameras and small canvases do: blurred, in few pixels, or with a hard edge."""
    way = generator.random()
    if way < 0.4:
        return ink
    if way < 0.55:
        blurred = cv2.GaussianBlur(ink, (0, 0), generator.uniform(0.5, 2.5) * max(ink.shape) / 100)
        return np.clip((blurred / max(blurred.max(), 1e-6) - 0.5) * generator.uniform(1, 4) + 0.5, 0, 1)
    longer = int(generator.integers(12, 33))  # 16 pixels: USPS; 20: MNIST; 32: UCI
    zoom = longer / max(ink.shape)
    size = tuple(max(1, round(length * zoom)) for length in ink.shape[::-1])  # cv2: width first
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    small = small / max(small.max(), 1e-6)
    if way < 0.75 and longer >= 16:
        return (small > generator.uniform(0.3, 0.5)).astype(np.float32)
    return np.clip(small * generator.uniform(1, 1.6), 0, 1)
