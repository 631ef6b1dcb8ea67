"""Everything between a pen or a camera and the network: strokes and photos in, 28x28 digits as MNIST made them out.

One path serves the sketchpad, the photo tab, the HTTP API, the command line, the training and the evaluation:

    drawing (ink/strokes.py) ─► strokes ─┐
                                         ├─► rows of pieces (ink/lines.py) ─► glyphs (ink/glyphs.py) ─► (28, 28)
    photo (ink/pictures.py, ink/photo.py) ─► ink parts ─┘

Rows that go up or down are turned level (ink/tilt.py), and found anew.
A glyph is a run of pieces that could be one digit: cropped, its stroke width normalized, scaled to 20x20, its center of
mass in the middle.

Only numpy, OpenCV and Pillow; nothing here is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ink.glyphs import Box, Glyph, Ink, find_glyphs, stroke_width
from ink.lines import Line, find_lines, parts_to_lines
from ink.parts import join_parts
from ink.photo import PROBLEMS, Writing, find_writing
from ink.pictures import PICTURE_SUFFIXES, PhotoError, Picture, read_photo
from ink.strokes import Drawing, DrawingError, drawing_to_ink, drawing_to_parts, render_drawing
from ink.tilt import make_turn, measure_tilt, tilt_sign, turn_level

__all__ = [
    "Box",
    "Drawing",
    "DrawingError",
    "Glyph",
    "Ink",
    "PICTURE_SUFFIXES",
    "PROBLEMS",
    "Page",
    "PhotoError",
    "Picture",
    "Writing",
    "drawing_to_glyphs",
    "drawing_to_ink",
    "drawing_to_page",
    "find_glyphs",
    "find_writing",
    "ink_to_page",
    "photo_to_page",
    "read_photo",
    "stroke_width",
    "writing_to_page",
]


@dataclass(frozen=True, eq=False)
class Page:
    """What is written on a drawing or a photo, as far as the network, which decides what is one digit.

    Attributes
    ----------
    lines : list of Line
        Top to bottom; their pieces and glyphs have their places in pixels of an ink. [] for a blank page.
    scale : float
        Pixels of that ink a unit of what was recognized: a pixel of the photo, a unit of the canvas.
    shape : (height, width) or None
        Of that ink, in its pixels; None where strokes end and paper does not, as on a canvas.
    back : (2, 3) float64 or None
        Where the ink was turned until its rows were level: from a point (x, y, 1) of it to that before.
    find_others : callable
        Makes the other pages that it may be, for where this one has no digits: a photo with a colored ground has some.
        It can be pickled, and so can the page.
    """

    lines: list[Line]
    scale: float = 1.0
    shape: tuple[int, ...] | None = None
    back: np.ndarray | None = None
    find_others: Callable[[], Sequence[Page]] = tuple

    def to_glyph(self) -> Glyph | None:
        """All writing as one sign, its box in pixels of the ink; None for a blank page."""
        pieces = [piece for line in self.lines for piece in line.pieces]
        return join_parts(pieces).to_glyph() if pieces else None

    def is_on_edge(self, glyph: Glyph) -> bool:
        """Whether a sign touches the edge of the photo."""
        if self.shape is None:
            return False
        box = glyph.box
        ends = box.top + box.height >= self.shape[0] or box.left + box.width >= self.shape[1]
        return ends or box.top <= 0 or box.left <= 0

    def place(self, box: Box) -> Box:
        """Where a box of the ink stands, in units of what was recognized."""
        return Box(box.top / self.scale, box.left / self.scale, box.height / self.scale, box.width / self.scale)

    def stand(self, glyph: Glyph) -> tuple[Box, Ink]:
        """Where a sign stands, in units of what was recognized; and its ink, tilted again where that was."""
        box, ink = (glyph.box, glyph.crop) if self.back is None else tilt_sign(glyph, self.back)
        return self.place(box), ink


def ink_to_page(ink: Ink) -> Page:
    """Find the writing in an ink, (H, W) float32, 0 paper ... 1 pen."""
    return Page(find_lines(ink))


def drawing_to_page(drawing: Drawing) -> Page:
    """Find the writing in a drawing; its strokes are the pieces that digits are made of."""
    parts, scale = drawing_to_parts(drawing)
    lines = parts_to_lines(parts)
    slope = measure_tilt(lines)
    if slope == 0:
        return Page(lines, scale)
    turn = make_turn(slope)
    parts, scale = drawing_to_parts(drawing, turn)
    return Page(parts_to_lines(parts), scale, back=np.column_stack([turn.T, np.zeros(2)]))


def photo_to_page(photo: Picture) -> Page:
    """Find the writing on a photo."""
    return writing_to_page(find_writing(photo.rgb), photo.size)


def writing_to_page(writing: Writing, size: tuple[int, int]) -> Page:
    """Find the rows of the writing on a photo of that size, height and width in pixels."""
    scale = max(writing.ink.shape) / max(size)
    page = _find_level_rows(writing.ink, scale)
    return replace(page, find_others=partial(_find_other_pages, writing.find_others, scale))


def _find_level_rows(ink: Ink, scale: float) -> Page:
    """The rows of an ink; turned, where a tilted photo or hand makes them go up or down."""
    page = _find_rows(ink, scale)
    slope = measure_tilt(page.lines)
    if slope == 0:
        return page
    turned, back = turn_level(ink, slope)
    return Page(find_lines(turned), scale, turned.shape, back)


def _find_rows(ink: Ink, scale: float) -> Page:
    return Page(find_lines(ink), scale, ink.shape)


def _find_other_pages(find_inks: Callable[[], list[Ink]], scale: float) -> list[Page]:
    return [_find_rows(ink, scale) for ink in find_inks()]


def drawing_to_glyphs(drawing: Drawing) -> list[Glyph]:
    """Render a drawing and take it for one sign; its box is in canvas units. [] for a blank one."""
    ink, left, top, scale = render_drawing(drawing)
    page = Page([], scale)
    places = [(glyph, page.place(glyph.box)) for glyph in find_glyphs(ink)]
    return [replace(glyph, box=replace(box, top=top + box.top, left=left + box.left)) for glyph, box in places]
