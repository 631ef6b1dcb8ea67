"""Find Chromium, open it, and draw in it: for the benchmarks and for tests/browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interface.examples import CANVAS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Playwright

__all__ = ["HOW_TO_GET", "draw_in_square", "draw_with_mouse", "find_chromium", "open_chromium"]

Strokes = Sequence[Sequence[Sequence[float]]]  # [x, y] on a canvas of CANVAS x CANVAS

HOW_TO_GET = "apt install chromium, or python -m playwright install chromium, or set CHROMIUM to its path"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",  # it is root's in a container
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """The path of the first of $CHROMIUM, a system's Chromium or Chrome, and Playwright's own; None without any."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    if installed := next(filter(None, map(shutil.which, NAMES)), None):
        return installed
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def open_chromium(playwright: Playwright) -> Browser:
    """Start it without a window.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    path = find_chromium()
    if path is None:
        raise FileNotFoundError(f"There is no Chromium; {HOW_TO_GET}.")
    return playwright.chromium.launch(executable_path=path, args=SWITCHES)


def draw_with_mouse(canvas: Locator, strokes: Strokes, pause: float = 0, lift: bool = True) -> None:
    """Draw strokes with the mouse, from edge to edge of a square canvas; `pause` and `lift` as in `draw_in_square`."""
    box = canvas.bounding_box()
    assert box, "the canvas is not on the page"
    draw_in_square(canvas.page, strokes, box["x"], box["y"], box["width"], pause, lift)


def draw_in_square(
    page: Page, strokes: Strokes, left: float, top: float, side: float, pause: float = 0, lift: bool = True
) -> None:
    """Draw strokes with the mouse in a square of the page, given in CSS pixels.

    Parameters
    ----------
    strokes : list of (n, 2)
        Points [x, y] on a canvas of CANVAS x CANVAS.
    pause : float
        Between two moves, in ms.
    lift : bool
        False leaves the button pressed after the last stroke.
    """
    scale = side / CANVAS
    for number, stroke in enumerate(strokes, 1):
        points = [(left + x * scale, top + y * scale) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
            if pause:
                page.wait_for_timeout(pause)
        if lift or number < len(strokes):
            page.mouse.up()
