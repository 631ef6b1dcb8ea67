"""Scribbles, doodles, fruit, made-up characters and blocks: a Generator in, a picture (H, W) float32 in [0, 1] out."""

from __future__ import annotations

import cv2
import numpy as np

from training.pens import render_sign
from training.signs import smooth_curve

__all__ = ["draw_block", "draw_character", "draw_doodle", "draw_fruit", "draw_nonsense", "draw_scribble"]


def draw_scribble(generator: np.random.Generator) -> np.ndarray:
    way = generator.random()
    if way < 0.5:  # a smooth walk
        count = int(generator.integers(6, 30))
        points = generator.normal(0, 1, (count, 2)) * np.exp(generator.normal(0, 0.4, 2))
        return render_sign([smooth_curve(points)], generator, 0.5)
    t = np.linspace(0, 1, 200)[:, None]
    turns = generator.uniform(2, 9)
    if way < 0.75:  # to and fro, wandering
        sway = np.sin(2 * np.pi * turns * t + generator.normal(0, 0.5)) * generator.uniform(0.5, 1.5)
        angle = generator.uniform(0, np.pi)
        line = np.hstack([t * generator.uniform(0.2, 3), sway])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return render_sign([line @ turn + np.cumsum(generator.normal(0, 0.02, line.shape), axis=0)], generator)
    # loops and spirals
    radius = (
        1
        + generator.choice([-1, 1]) * generator.uniform(0.35, 1) * t
        + 0.15 * np.cumsum(generator.normal(0, 0.1, t.shape), axis=0)
    )
    around = 2 * np.pi * turns * t
    drift = t * generator.normal(0, 1.5, 2)
    return render_sign([np.hstack([np.cos(around), np.sin(around)]) * radius + drift], generator)


def draw_nonsense(generator: np.random.Generator) -> np.ndarray:
    """Several strokes that belong to nothing: lines, arcs, and those of made-up characters."""
    straight = generator.random() < 0.5
    strokes: list[np.ndarray] = []
    joined = 0.7 if generator.random() < 0.5 else 0.0  # made-up characters hang together
    for _ in range(int(generator.integers(3 if straight else 2, 5 if joined else 8))):
        start = generator.uniform(0, 1, 2)
        if strokes and generator.random() < joined:
            before = strokes[generator.integers(len(strokes))]
            start = before[generator.integers(len(before))]
        if straight:
            angle = generator.choice([0, 0, np.pi / 2, np.pi / 2, np.pi / 4, 3 * np.pi / 4]) + generator.normal(0, 0.1)
            length = generator.uniform(0.2, 1)
            strokes.append(np.stack([start, start + length * np.array([np.cos(angle), np.sin(angle)])]))
        else:
            steps = generator.normal(0, 0.35, (int(generator.integers(1, 5)), 2))
            path = np.vstack([start, start + np.cumsum(steps, axis=0)])
            strokes.append(smooth_curve(path) if generator.random() < 0.6 else path)
    return render_sign(strokes, generator)


def draw_character(generator: np.random.Generator) -> np.ndarray:
    """A made-up character: two to four strokes that meet on a small grid, some round, with loops and dots."""
    columns, rows = generator.integers(2, 4, 2)
    strokes: list[np.ndarray] = []
    corners = 0
    count = int(generator.integers(2, 5))
    while len(strokes) < count or corners < 3:
        path = generator.integers(0, (columns, rows), (int(generator.integers(2, 5)), 2)).astype(float)
        path = path[np.r_[True, (np.diff(path, axis=0) != 0).any(axis=1)]]
        if len(path) < 2:
            continue
        corners += len(path) - 1
        path = path + generator.normal(0, 0.08, path.shape)
        strokes.append(smooth_curve(path) if generator.random() < 0.4 else path)
    if generator.random() < 0.25:
        t = np.linspace(0, 2 * np.pi, 20)[:, None]
        circle = generator.uniform(0.15, 0.5) * np.hstack([np.cos(t), np.sin(t)])
        strokes.append(generator.uniform(0, 1, 2) * (columns - 1, rows - 1) + circle)
    if generator.random() < 0.15:
        strokes.append(generator.uniform(-0.3, 1.3, (1, 2)) * (columns - 1, rows - 1))
    return render_sign(strokes, generator)


def _closed_curve(generator: np.random.Generator, radius: float, center: np.ndarray) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 60)
    around = 1 + sum(generator.normal(0, 0.25 / k) * np.cos(k * t + generator.uniform(0, 6.28)) for k in (2, 3, 4, 5))
    return center + radius * (around * np.stack([np.cos(t), np.sin(t)])).T * np.exp(generator.normal(0, 0.2, 2))


def draw_doodle(generator: np.random.Generator) -> np.ndarray:
    """A closed form with parts in and on it: faces, fruit, wheels, houses."""
    middle = np.zeros(2)
    if generator.random() < 0.7:
        outline = _closed_curve(generator, 1, middle)
    else:
        corners = int(generator.integers(3, 7))
        t = np.linspace(0, 2 * np.pi, corners + 1) + generator.uniform(0, 6.28)
        outline = np.stack([np.cos(t), np.sin(t)], axis=1) * np.exp(generator.normal(0, 0.3, 2))
    strokes = [outline]
    for _ in range(int(generator.integers(1, 6))):
        way, at = generator.random(), generator.uniform(-0.6, 0.6, 2)
        if way < 0.35:
            strokes.append(_closed_curve(generator, generator.uniform(0.05, 0.5), at))
        elif way < 0.6:
            strokes.append(np.stack([at, at + generator.normal(0, 0.5, 2)]))
        elif way < 0.8:
            strokes.append(
                smooth_curve(at + np.vstack([np.zeros(2), np.cumsum(generator.normal(0, 0.4, (3, 2)), axis=0)]))
            )
        else:  # from the outline outwards: stem, ear, ray, leg
            edge = outline[generator.integers(len(outline))]
            strokes.append(np.stack([edge, edge * generator.uniform(1.2, 1.8) + generator.normal(0, 0.15, 2)]))
    return render_sign(strokes, generator)


def draw_fruit(generator: np.random.Generator) -> np.ndarray:
    """A round form, dented above or below, with a stem, a leaf or both: no 0."""
    t = np.linspace(0, 2 * np.pi, 80) - np.pi / 2
    above, below = generator.uniform(0.05, 0.45), generator.choice([0, generator.uniform(0, 0.3)])
    width = generator.uniform(0.15, 0.5)
    radius = 1 - above * np.exp(-((t + np.pi / 2) ** 2) / (2 * width**2))
    radius -= above * np.exp(-((t - 1.5 * np.pi) ** 2) / (2 * width**2)) + below * np.exp(-((t - np.pi / 2) ** 2) / 0.1)
    for k in (2, 3, 4):
        radius = radius + generator.normal(0, 0.06) * np.cos(k * t + generator.uniform(0, 6.28))
    outline = radius[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1) * np.exp(generator.normal(0, 0.15, 2))
    opening = int(generator.integers(0, 6))
    outline = np.roll(outline[:-1], int(generator.integers(80)), axis=0)[opening:]
    top = np.array([0.0, outline[np.abs(outline[:, 0]).argsort()[:6], 1].min()])
    way = generator.random()
    strokes = [outline]
    if way < 0.9:
        lean = generator.normal(0, 0.25)
        stem = top + np.array([[0, generator.uniform(0, 0.35)], [lean / 2, -0.2], [lean, -generator.uniform(0.2, 0.7)]])
        strokes.append(smooth_curve(stem))
    if way > 0.5:
        side = generator.choice([-1, 1])
        size = generator.uniform(0.2, 0.6)
        leaf = np.array([[0, 0], [0.5, -0.5], [1, -0.4], [0.6, 0.1], [0, 0]]) * [side * size, size]
        strokes.append(smooth_curve(top + [0, -generator.uniform(0, 0.3)] + leaf))
    return render_sign(strokes, generator, 0.8)


def draw_block(generator: np.random.Generator) -> np.ndarray:
    """Filled forms, whole and eaten into."""
    ink = np.zeros((96, 96), np.uint8)
    for _ in range(int(generator.integers(1, 4))):
        form = 48 + 30 * _closed_curve(generator, 0.9, generator.uniform(-0.3, 0.3, 2))
        if generator.random() < 0.4:
            form = cv2.boxPoints(((48, 48), tuple(generator.uniform(15, 80, 2)), generator.uniform(-20, 20)))
        cv2.fillPoly(ink, [np.rint(form).astype(np.int32)], 255)
    if generator.random() < 0.5:
        noise = cv2.GaussianBlur(generator.normal(0, 1, ink.shape).astype(np.float32), (0, 0), generator.uniform(1, 6))
        ink = np.where(noise > noise.std() * generator.uniform(-0.2, 1.2), ink, 0).astype(np.uint8)
    return ink.astype(np.float32) / 255
