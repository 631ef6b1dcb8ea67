"""What a phone or a desktop needs to install the page: its manifest, and the icon. `python -m interface.install`

The icon `interface/icon.png` is drawn by this module; running it draws it anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from interface.examples import AIMS, curve_through
from interface.languages import ENGLISH, Texts

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["HEAD", "ICON", "draw_icon", "make_manifest", "make_routes"]

ICON = Path(__file__).with_name("icon.png")
ICON_SIDE = 512  # pixels, the largest that is asked for; Gradio serves smaller ones at pwa_icon/SIDE
DIGIT = 8
ORANGE, WHITE = (234, 88, 12), (255, 255, 255)
PEN = 46  # pixels of the icon
POINTS = 200  # of each stroke: smooth at this size
ZOOM = 1.35  # the digit's height is then 63 % of the icon: within the middle circle, whatever a phone cuts off
PRECISION = 4  # bits of a pixel's fraction, for cv2
THEME_COLOR = "#ea580c"  # of the bar above an installed page; the icon's

# Gradio's page looks for manifest and icon at the host's root, which is not the app's behind a proxy with a path.
HEAD = f"""
<script>document.querySelector("link[rel=manifest]")?.setAttribute("href", "manifest.json");</script>
<link rel="icon" href="favicon.ico">
<link rel="apple-touch-icon" href="pwa_icon/180">
<meta name="theme-color" content="{THEME_COLOR}">
"""


def draw_icon(side: int = ICON_SIDE) -> np.ndarray:
    """A white 8 on orange, from edge to edge; (side, side, 3) uint8, red, green, blue."""
    icon = np.full((side, side, 3), ORANGE, np.uint8)
    strokes = [np.array(curve_through(aims, POINTS)) for aims in AIMS[DIGIT]]
    points = np.concatenate(strokes)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2  # x, y
    for stroke in strokes:
        at = (stroke - middle) * ZOOM * side / ICON_SIDE + side / 2
        fixed = np.rint(at * 2**PRECISION).astype(np.int32)
        cv2.polylines(icon, [fixed], False, WHITE, max(1, round(PEN * side / ICON_SIDE)), cv2.LINE_AA, PRECISION)
    return icon


def make_manifest(texts: Texts = ENGLISH) -> dict[str, Any]:
    """The web app manifest; all its addresses are relative to its own, so that it serves any path."""
    icons = [
        {"src": f"pwa_icon/{side}", "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, ICON_SIDE)
        for purpose in ("any", "maskable")
    ]
    return {
        "name": texts.TITLE,
        "short_name": texts.SHORT_TITLE,
        "lang": texts.code,
        "description": texts.INTRODUCTION,
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": THEME_COLOR,
        "icons": icons,
    }


def make_routes() -> list[BaseRoute]:
    """Routes that go before Gradio's: the manifest, whose own has addresses that no proxy's path is part of."""
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from interface.page_language import find_texts

    def answer(request: Request) -> JSONResponse:
        return JSONResponse(
            make_manifest(find_texts(request)),
            media_type="application/manifest+json",
            headers={"vary": "Accept-Language, Cookie"},
        )

    return [Route("/manifest.json", answer)]


def main() -> int:
    """Draw the icon anew."""
    cv2.imwrite(str(ICON), np.ascontiguousarray(draw_icon()[..., ::-1]), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(ICON)
    return 0


if __name__ == "__main__":
    sys.exit(main())
