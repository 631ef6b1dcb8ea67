"""Everything between a pen or a camera and the network: strokes and photos in, 28x28 digits as MNIST made them out.

One path serves the sketchpad, the photo tab, the HTTP API, the command line, the training and the evaluation:

    drawing (ink/strokes.py) ─┐
                              ├─► ink ─► glyphs (ink/glyphs.py): crop, stroke width, 20x20, center of mass ─► (28, 28)
    photo   (ink/photo.py)  ──┘

Only numpy, OpenCV and Pillow; nothing here is learned.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ink.glyphs import Box, Glyph, Ink, find_glyphs, stroke_width
from ink.photo import PhotoError, photo_to_ink, read_photo
from ink.strokes import Drawing, DrawingError, drawing_to_ink, render_drawing

__all__ = [
    "Box",
    "Drawing",
    "DrawingError",
    "Glyph",
    "Ink",
    "PhotoError",
    "drawing_to_glyphs",
    "drawing_to_ink",
    "find_glyphs",
    "photo_to_glyphs",
    "photo_to_ink",
    "read_photo",
    "stroke_width",
]


def drawing_to_glyphs(drawing: Drawing) -> list[Glyph]:
    """Render a drawing and find its glyphs; their boxes are in canvas units. [] for a blank one."""
    ink, left, top, scale = render_drawing(drawing)
    return [replace(glyph, box=_move_box(glyph.box, scale, top, left)) for glyph in find_glyphs(ink)]


def photo_to_glyphs(rgb: np.ndarray) -> list[Glyph]:
    """Find the glyphs of a photo; their boxes are in pixels of the photo given. [] if there is no writing."""
    ink = photo_to_ink(rgb)
    scale = max(ink.shape) / max(rgb.shape[:2])
    return [replace(glyph, box=_move_box(glyph.box, scale)) for glyph in find_glyphs(ink)]


def _move_box(box: Box, scale: float, top: float = 0.0, left: float = 0.0) -> Box:
    """From pixels of a rendering at `scale` whose corner lies at (top, left) back to the units it was made from."""
    return Box(top + box.top / scale, left + box.left / scale, box.height / scale, box.width / scale)
