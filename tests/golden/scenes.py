"""A number, and what to write it with and on, in; a made-up photo of it out: paper, pen, light, camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from strokes import OTHER_HANDS, STROKES

__all__ = ["Scene", "photograph"]

Color = tuple[int, int, int]  # red, green, blue


@dataclass(frozen=True)
class Scene:
    """What a photo shows. Lengths are in heights of a digit but for those of the camera, which are in pixels.

    The text has a line a row. Of the hands that write a digit chance takes one; `hands` names them instead.
    """

    text: str
    hands: tuple[str, ...] = ()
    # paper
    paper: Color = (244, 242, 234)
    texture: float = 0.015  # of the paper's light, standard deviation
    smudges: float = 0.0  # likewise, but in spots
    lines: str = ""  # "ruled", "squared"
    line_color: Color = (150, 175, 205)
    line_distance: float = 0.9
    cells: float = 0.0  # thickness of the walls of boxes, one for each digit, as a form has them
    is_on_line: bool = False  # whether the first row stands on a line; else chance says where they are
    # pen
    pen: Color = (38, 42, 58)
    width: float = 0.07
    grain: float = 0.0  # share of the stroke that leaves no trace, as a pencil's or chalk
    dryness: float = 0.0  # share of the pen's color that is missing where it is palest, as a dry brush leaves it
    gap: float = 0.28
    row_gap: float = 0.5
    # table: what is around the sheet, and on which sides it shows: left, right, top, bottom
    table: Color | None = None
    sides: str = "lrtb"
    # light
    falloff: float = 0.2  # of the light, from one corner to the other
    shadow: float = 0.0  # of the light, on one side of an edge
    softness: float = 0.3  # of that edge
    bars: float = 0.0  # of the light, in bars a quarter as wide as a digit is high, as of blinds
    lamp: float = 0.0  # of full range, the reflection of a lamp beside the middle, half as wide as a digit is high
    # camera
    height: int = 84  # pixels, of a digit
    room: float = 0.7  # around the writing
    tilt: float = 0.0  # degrees, counterclockwise
    perspective: float = 0.0  # of its height, by which the right edge of the paper looks shorter than the left
    blur: float = 0.6  # pixels
    noise: float = 2.5  # gray levels


def photograph(scene: Scene, generator: np.random.Generator) -> np.ndarray:
    """Write, light and photograph; (H, W, 3) uint8, RGB."""
    strokes, extent = _write(scene, generator)
    angle = math.radians(scene.tilt)
    turned = (
        abs(extent[0] * math.cos(angle)) + abs(extent[1] * math.sin(angle)),
        abs(extent[0] * math.sin(angle)) + abs(extent[1] * math.cos(angle)),
    )
    size = tuple(round((side + 2 * scene.room) * scene.height) for side in turned)  # width, height
    # what is photographed is larger than the photo, so that the corners of a tilted one are filled
    margin = round(0.45 * max(size)) if scene.tilt or scene.perspective else 0
    world = (size[1] + 2 * margin, size[0] + 2 * margin)
    foot = world[0] / 2 + (1 - extent[1] / 2) * scene.height  # of the first row
    surface = _lay_sheet(scene, world, foot, margin, generator)
    if scene.cells:
        walls = _draw(replace(scene, width=scene.cells), _box(strokes), extent, world, generator)[..., None]
        surface += (np.array(scene.line_color, np.float32) - surface) * walls
    pen = _draw(scene, strokes, extent, world, generator)[..., None]
    surface += (np.array(scene.pen, np.float32) - surface) * pen
    photo = cv2.warpPerspective(
        surface, _aim(scene, world, margin), size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    photo *= _shine(scene, size, generator)[..., None]
    photo += _reflect(scene, size)[..., None]
    photo = cv2.GaussianBlur(photo, (0, 0), scene.blur)
    photo += scene.noise * generator.standard_normal(photo.shape, np.float32)
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8)


def _write(scene: Scene, generator: np.random.Generator) -> tuple[list[np.ndarray], tuple[float, float]]:
    """Strokes (n, 2) of x and y in heights of a digit, from (0, 0) on, and the width and height of all together."""
    strokes, top, widest = [], 0.0, 0.0
    hands = iter(scene.hands)
    for row in scene.text.split("\n"):
        left = 0.0
        for digit in row:
            known = [STROKES[int(digit)], *(hand for name, hand in OTHER_HANDS.items() if name[0] == digit)]
            chosen = OTHER_HANDS[next(hands)] if scene.hands else known[generator.integers(len(known))]
            sign = [np.array(stroke) for stroke in chosen]
            low, high = (edge(np.concatenate(sign), axis=0) for edge in (np.min, np.max))
            slant, zoom = generator.normal(0, 0.06), generator.uniform(0.93, 1.07) / (high[1] - low[1])
            sign = [(stroke - (low[0], (low[1] + high[1]) / 2)) * zoom for stroke in sign]
            sign = [stroke - np.outer(stroke[:, 1], (slant, 0)) for stroke in sign]
            start = min(stroke[:, 0].min() for stroke in sign)
            middle = top + 0.5 + generator.normal(0, 0.03)
            strokes += [stroke + (left - start, middle) for stroke in sign]
            left = max(stroke[:, 0].max() for stroke in strokes[-len(sign) :]) + scene.gap
        widest, top = max(widest, left - scene.gap), top + 1 + scene.row_gap
    return strokes, (max(widest, 1.0), top - scene.row_gap)


def _box(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """The walls of boxes in which each digit of one row stands alone."""
    spans: list[list[float]] = []
    for low, high in sorted((stroke[:, 0].min(), stroke[:, 0].max()) for stroke in strokes):
        if spans and low < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], high)
        else:
            spans.append([low, high])
    between = [(one[1] + other[0]) / 2 for one, other in pairwise(spans)]
    walls = [spans[0][0] - 0.15, *between, spans[-1][1] + 0.15]
    upright = [np.array([(x, -0.15), (x, 1.15)]) for x in walls]
    return [*upright, *(np.array([(walls[0], y), (walls[-1], y)]) for y in (-0.15, 1.15))]


def _draw(
    scene: Scene, strokes: list[np.ndarray], extent: tuple[float, float], world: tuple[int, int],
    generator: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """How much of the paper the pen covers, its writing in the middle: (H, W) float32, 0 ... 1."""
    fine = 2  # times as large, since cv2 draws whole pixels
    coverage = np.zeros((world[0] * fine, world[1] * fine), np.uint8)
    corner = np.array([world[1], world[0]]) / 2 - np.array(extent) * scene.height / 2
    thick = max(1, round(scene.width * scene.height * fine))
    for stroke in strokes:
        points = np.rint((stroke * scene.height + corner) * fine * 16).astype(np.int32)  # 4 fractional bits
        cv2.polylines(coverage, [points], False, 255, thick, cv2.LINE_AA, shift=4)
    pen = cv2.resize(coverage, world[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if scene.grain:
        grain = cv2.GaussianBlur(generator.standard_normal(world, np.float32), (0, 0), 0.8)
        pen *= np.clip(1 - scene.grain + 1.5 * grain * scene.grain, 0, 1)
    if scene.dryness:
        flow = cv2.GaussianBlur(generator.standard_normal(world, np.float32), (0, 0), scene.height / 5)
        pen *= 1 - scene.dryness * np.clip(0.3 + flow / flow.std(), 0, 1)
    return pen


def _lay_sheet(
    scene: Scene, world: tuple[int, int], foot: float, margin: int, generator: np.random.Generator
) -> np.ndarray:
    """The blank sheet, and the table where it shows: (H, W, 3) float32."""
    sheet = np.full((*world, 3), scene.paper, np.float32)
    distance, thick = scene.line_distance * scene.height, max(1, round(0.02 * scene.height))
    for axis in {"": (), "ruled": (0,), "squared": (0, 1)}[scene.lines]:
        lanes = sheet if axis == 0 else sheet.transpose(1, 0, 2)
        first = generator.uniform(0, distance)
        if scene.is_on_line and axis == 0:
            first = foot % distance
        for start in np.arange(first, len(lanes), distance):
            lanes[int(start) : int(start) + thick] = scene.line_color
    sheet *= 1 + scene.texture * generator.standard_normal((*world, 1), np.float32)
    if scene.smudges:
        spots = cv2.GaussianBlur(generator.standard_normal(world, np.float32), (0, 0), scene.height / 4)
        sheet *= 1 + scene.smudges * (spots / spots.std())[..., None]
    if scene.table:
        edge = margin + round(0.35 * scene.room * scene.height)  # of the sheet
        rows, columns = np.mgrid[: world[0], : world[1]]
        outside = np.zeros(world, bool)
        for side, beyond in (
            ("l", columns < edge),
            ("r", columns >= world[1] - edge),
            ("t", rows < edge),
            ("b", rows >= world[0] - edge),
        ):
            if side in scene.sides:
                outside |= beyond
        wood = (
            np.array(scene.table, np.float32) * (1 + 0.12 * np.sin(rows / scene.height * 9 + columns / 300))[..., None]
        )
        sheet[outside] = wood[outside].astype(np.float32)
    return sheet


def _aim(scene: Scene, world: tuple[int, int], margin: int) -> np.ndarray:
    """From the world to the photo, about the middle of both: tilted, its right edge farther away."""
    height, width = world
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), scene.tilt, 1.0), (0, 0, 1)])
    inset = scene.perspective / 2 * height
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = corners + np.array([[0, 0], [0, inset], [0, -inset], [0, 0]], np.float32)
    away = cv2.getPerspectiveTransform(corners, seen)
    middle = away @ (width / 2, height / 2, 1)
    shift = (width / 2, height / 2) - middle[:2] / middle[2] - margin
    return np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ away @ turn


def _shine(scene: Scene, size: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    """The light on the photo, (H, W) float32, at most 1: less to one corner, and behind the edge of a shadow."""
    down, right = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j].astype(np.float32)
    light = 1 - scene.falloff * np.clip(0.5 + 0.3 * right + 0.3 * down, 0, 1)
    if scene.shadow:
        angle = generator.uniform(-0.6, 0.6)
        across = right * math.cos(angle) + down * math.sin(angle) - generator.uniform(-0.3, 0.3)
        light *= 1 - scene.shadow / (1 + np.exp(np.clip(-4 * across / scene.softness, -50, 50)))
    if scene.bars:
        rows, columns = np.indices(size[::-1], np.float32) / scene.height
        across = rows + 0.4 * columns + generator.uniform(0, 1)
        light *= 1 - scene.bars * cv2.GaussianBlur(
            (across % 0.7 < 0.27).astype(np.float32), (0, 0), 0.02 * scene.height
        )
    return light


def _reflect(scene: Scene, size: tuple[int, ...]) -> np.ndarray:
    """What a lamp adds to the photo, (H, W) float32 or 0."""
    if not scene.lamp:
        return np.zeros(size[::-1], np.float32)
    rows, columns = np.indices(size[::-1], np.float32) / scene.height
    away = (columns - columns.max() * 0.55) ** 2 + (rows - rows.max() * 0.4) ** 2
    return np.asarray(255 * scene.lamp * np.exp(-away / (2 * 0.25**2)), np.float32)
