"""Everything between a pen or a camera and the network: strokes and photos in, 28x28 digits as MNIST made them out.

One path serves the sketchpad, the photo tab, the HTTP API, the command line, the training and the evaluation:

    drawing or photo -> ink -> glyphs (crop, stroke width, 20x20, center of mass) -> (28, 28)
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

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
]

Ink: TypeAlias = np.ndarray  # (H, W) float32, 0 paper ... 1 pen

# Pillow's warnings on odd files are not for our users; what it cannot read, it raises. Set here, once: a filter
# for the length of a call would not be thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")

SIDE = 28  # pixels, the image the network reads
BOX = 20  # pixels, the longer side of the digit in it (LeCun et al. 1998)
PAPER = 0.02  # ink at or below this is paper

# Stroke width in pixels of the 20x20 box, measured on 5,000 MNIST training images with `stroke_width`:
# 5 % are under 1.8, the median is 2.5, 5 % are over 3.9. What lies between stays as it is.
MIN_STROKE, MEDIAN_STROKE, MAX_STROKE = 1.8, 2.5, 3.9
SOLID = 0.5  # a glyph whose stroke is wider than this share of its longer side is a dot or a block, not writing

FINE = 80  # pixels, the longer side at which distances are measured when a crop is smaller
DRAWING_SIDE = 160  # pixels, the longer side of a rendered drawing: 8 times the 20x20 box
DOT = 0.015  # share of the canvas; strokes that extend less are one dot, not a tiny digit
MAX_POINTS = 100_000  # in one drawing
MAX_COORDINATE = 1e6  # canvas units, either way

PHOTO_SIDE = 1000  # pixels, the longer side at which a photo is read
MAX_PHOTO_PIXELS = 60_000_000  # decoded; 180 MB as RGB. Phones take 12 to 50 megapixels
MIN_CONTRAST = 0.06  # of full range: less than this between pen and paper is paper grain
SURROUNDINGS_SIDE = 200  # pixels, enough to see paper and light
WIDEST_PEN = 0.25  # share of the photo's longer side
FLARE = 16  # gray levels, added before dividing, so that noise in a dark channel of colored paper is no pen
MIN_PART = 0.15  # share of the largest part's longer side; smaller parts are dust
EDGE_SHARE = 0.1  # ink inside needs this share of the strongest ink, or what touches the edge is the writing


class DrawingError(ValueError):
    """A drawing is not `{"width", "height", "strokes"}` as the sketchpad sends it; the message is for the user."""


class PhotoError(ValueError):
    """A picture file cannot be read; the message is for the user."""


@dataclass(frozen=True)
class Box:
    """A rectangle in the units of what was recognized: pixels of an ink or photo, canvas units of a drawing."""

    top: float
    left: float
    height: float
    width: float


@dataclass(frozen=True, eq=False)
class Glyph:
    """One written sign and its way to the network.

    Attributes
    ----------
    box : Box
        Where it stands.
    crop : (h, w) float32
        Its ink, cropped to the bounding box, before anything is changed.
    scaled : (h, w) float32
        Its ink with MNIST's stroke width, the longer side 20 pixels.
    image : (28, 28) float32 in [0, 1]
        `scaled` with its center of mass in the middle: what the network reads.
    is_solid : bool
        True for a dot or a block: there is no stroke in it.
    """

    box: Box
    crop: Ink
    scaled: Ink
    image: np.ndarray
    is_solid: bool


@dataclass(frozen=True, eq=False)
class Drawing:
    """Pen strokes on a canvas, y downwards: what the sketchpad sends.

    Attributes
    ----------
    width, height : float
        Of the canvas, in the unit of the points.
    strokes : tuple of (n, 2) float64
        The points [x, y] of each stroke, pen-down to pen-up.
    """

    width: float
    height: float
    strokes: tuple[np.ndarray, ...]

    @classmethod
    def from_json(cls, data: Any) -> Drawing:
        """Check and convert a drawing as decoded from JSON; other keys, and numbers after x and y, are ignored.

        Raises
        ------
        DrawingError
            If the form is wrong; the message says where, and what is expected.
        """
        if not isinstance(data, dict):
            raise DrawingError('A drawing is an object {"width": …, "height": …, "strokes": [[[x, y], …], …]}.')
        width, height = (_read_side(data, key) for key in ("width", "height"))
        strokes = data.get("strokes")
        if not isinstance(strokes, list):
            raise DrawingError('The drawing has no list of "strokes"; an empty canvas is "strokes": [].')
        points = sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
        if points > MAX_POINTS:
            raise DrawingError(f"The drawing has {points:,} points; at most {MAX_POINTS:,} are read.")
        return cls(width, height, tuple(_read_stroke(s, i) for i, s in enumerate(strokes, 1) if s != []))


def _read_side(data: dict[str, Any], key: str) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_COORDINATE:
        raise DrawingError(f'The drawing\'s "{key}" must be a number above 0 and up to {MAX_COORDINATE:,.0f}.')
    return float(value)


def _read_stroke(stroke: Any, number: int) -> np.ndarray:
    expected = "expected is a list of points [x, y]"
    if not isinstance(stroke, list):
        raise DrawingError(f"Stroke {number} of the drawing is no list; {expected}.")
    try:
        points = np.array(stroke)
    except ValueError:  # points of unequal length
        raise DrawingError(f"Stroke {number} of the drawing has points of unequal length; {expected}.") from None
    if points.ndim != 2 or points.shape[1] < 2 or points.dtype.kind not in "iuf":
        raise DrawingError(f"Stroke {number} of the drawing holds something other than numbers; {expected}.")
    points = points[:, :2].astype(np.float64)
    if not (np.abs(points) <= MAX_COORDINATE).all():  # also false for NaN
        raise DrawingError(
            f"Stroke {number} of the drawing has a coordinate that is no number or beyond {MAX_COORDINATE:,.0f}."
        )
    return points


# ---------------------------------------------------------------- drawings


def drawing_to_ink(drawing: Drawing) -> Ink:
    """Render a drawing's strokes, as far as they lie on the canvas, antialiased and with MNIST's median pen.

    The ink is the bounding box of the strokes and the pen around them, at most 160 pixels high or wide whatever
    the canvas, so that a tiny drawing is as sharp as a huge one. A blank drawing gives a (0, 0) ink.

    Returns
    -------
    (H, W) float32
    """
    return _render_drawing(drawing)[0]


def drawing_to_glyphs(drawing: Drawing) -> list[Glyph]:
    """Render a drawing and find its glyphs; their boxes are in canvas units. [] for a blank one."""
    ink, left, top, scale = _render_drawing(drawing)
    return [replace(glyph, box=_move_box(glyph.box, scale, top, left)) for glyph in find_glyphs(ink)]


def _move_box(box: Box, scale: float, top: float = 0.0, left: float = 0.0) -> Box:
    """From pixels of a rendering at `scale` whose corner lies at (top, left) back to the units it was made from."""
    return Box(top + box.top / scale, left + box.left / scale, box.height / scale, box.width / scale)


def _render_drawing(drawing: Drawing) -> tuple[Ink, float, float, float]:
    """Return (ink, left, top, scale): the ink's corner in canvas units, and its pixels a canvas unit."""
    segments = [_clip_to_canvas(stroke, drawing.width, drawing.height) for stroke in drawing.strokes]
    lines = np.concatenate(segments) if segments else np.empty((0, 2, 2))  # (n, 2 ends, x y)
    if not len(lines):
        return np.zeros((0, 0), np.float32), 0.0, 0.0, 1.0
    corner, far = lines.min(axis=(0, 1)), lines.max(axis=(0, 1))
    extent = float((far - corner).max())
    is_dot = extent < DOT * max(drawing.width, drawing.height)
    # the pen is MEDIAN_STROKE of the 20 pixels that drawing and pen fill together; a dot is all pen
    pen = DRAWING_SIDE * (1.0 if is_dot else MEDIAN_STROKE / BOX)  # pixels
    scale = 1.0 if is_dot else (DRAWING_SIDE - pen) / extent  # pixels a canvas unit
    corner = corner - pen / 2 / scale
    width, height = np.ceil((far - corner) * scale + pen / 2).astype(int)
    ink = np.zeros((height, width), np.uint8)
    fixed = np.rint(((lines - corner) * scale - 0.5) * 16).astype(np.int32)  # pixel centers, 4 fractional bits
    cv2.polylines(ink, list(fixed), False, 255, max(1, round(pen)), cv2.LINE_AA, shift=4)
    return ink.astype(np.float32) / 255, float(corner[0]), float(corner[1]), scale


def _clip_to_canvas(points: np.ndarray, width: float, height: float) -> np.ndarray:
    """Cut a stroke at the edges of the canvas: what nobody saw being drawn is not read.

    Parameters
    ----------
    points : (n, 2) float64

    Returns
    -------
    (m, 2, 2) float64
        The visible line segments; a stroke of one point is a segment without length.

    References
    ----------
    Liang and Barsky 1984, A New Concept and Method for Line Clipping.
    """
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    start, step = points[:-1], np.diff(points, axis=0)
    enter, leave = np.zeros(len(start)), np.ones(len(start))
    for axis, size in ((0, width), (1, height)):
        for p, q in ((-step[:, axis], start[:, axis]), (step[:, axis], size - start[:, axis])):
            with np.errstate(divide="ignore", invalid="ignore"):
                at = q / p
            enter = np.where(p < 0, np.maximum(enter, at), enter)
            leave = np.where(p > 0, np.minimum(leave, at), leave)
            leave = np.where((p == 0) & (q < 0), -1.0, leave)  # parallel to the edge and outside
    seen = enter <= leave
    ends = np.stack([start + enter[:, None] * step, start + leave[:, None] * step], axis=1)
    return ends[seen]


# ---------------------------------------------------------------- photos


def read_photo(path: str | Path) -> np.ndarray:
    """Read a picture file as a person sees it: turned upright (EXIF), 8 bits, transparent parts as paper.

    Returns
    -------
    (H, W, 3) uint8, RGB

    Raises
    ------
    PhotoError
        If the file is missing, no picture, broken, or over 60 megapixels.
    """
    path = Path(path)
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PHOTO_PIXELS:
                raise PhotoError(
                    f"{path.name} has {picture.width} x {picture.height} pixels; at most "
                    f"{MAX_PHOTO_PIXELS // 1_000_000} megapixels are read. Save it smaller and try again."
                )
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _to_rgb(picture)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise PhotoError(f"{path} is a folder, not a picture.") from None
    except PermissionError:
        raise PhotoError(f"{path.name} may not be read; check its permissions.") from None
    except UnidentifiedImageError:
        raise PhotoError(f"{path.name} is not a picture that can be read. Use JPEG, PNG, WebP, GIF or BMP.") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"{path.name} has too many pixels. Save it smaller and try again.") from None
    except Exception:  # on damaged data Pillow's decoders raise nearly anything: SyntaxError, struct.error, …
        raise PhotoError(f"{path.name} is damaged or cut off. Save or send it again.") from None


def _to_rgb(picture: Image.Image) -> np.ndarray:
    """Any Pillow mode to (H, W, 3) uint8."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):  # 16 bits and more: Pillow would cut them off
        levels = np.nan_to_num(np.asarray(picture, dtype=np.float32))
        top = 65535 if picture.mode.startswith("I;16") else max(float(levels.max(initial=0)), 1.0)
        gray = np.clip(levels / top * 255, 0, 255).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=2)
    if not picture.has_transparency_data:
        return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    # transparent means paper: white, or black under light ink, which would vanish on white
    picture = picture.convert("RGBA")
    rgba = np.asarray(picture.reduce(math.ceil(max(picture.size) / PHOTO_SIDE))).astype(np.float32)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    ink_lightness = float((color * alpha).sum() / max(float(alpha.sum()) * 3, 1.0))
    most_transparent = int(np.asarray(picture.getchannel("A")).min())
    paper = Image.new("RGB", picture.size, "black" if ink_lightness > 127 > most_transparent else "white")
    paper.paste(picture, mask=picture)
    return np.asarray(paper)


def photo_to_ink(rgb: np.ndarray) -> Ink:
    """Take the paper and its light off a photo: what is left is the writing, dark on light or light on dark.

    Parameters
    ----------
    rgb : (H, W, 3) uint8

    Returns
    -------
    (h, w) float32
        The whole photo, reduced to at most 1,000 pixels; all paper if no writing stands out.
    """
    rgb = _reduce(rgb, PHOTO_SIDE)
    if _is_light_on_dark(rgb):
        rgb = 255 - rgb
    return _keep_writing(_separate_pen(_darkness(rgb)))


def photo_to_glyphs(rgb: np.ndarray) -> list[Glyph]:
    """Find the glyphs of a photo; their boxes are in pixels of the photo given. [] if there is no writing."""
    ink = photo_to_ink(rgb)
    scale = max(ink.shape) / max(rgb.shape[:2])
    return [replace(glyph, box=_move_box(glyph.box, scale)) for glyph in find_glyphs(ink)]


def _reduce(image: np.ndarray, side: int) -> np.ndarray:
    """Shrink an image whose longer side is over `side` pixels to that."""
    height, width = image.shape[:2]
    zoom = side / max(height, width)
    if zoom >= 1:
        return image
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _is_light_on_dark(rgb: np.ndarray) -> bool:
    """Tell the polarity: pen strokes are the rare, strong deviations from the surroundings' median."""
    gray = _reduce(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), SURROUNDINGS_SIDE)
    window = max(3, max(gray.shape) // 2 | 1)
    deviation = gray.astype(np.float32) - cv2.medianBlur(gray, min(window, 255))
    return float((deviation**3).mean()) > 0


def _darkness(rgb: np.ndarray) -> np.ndarray:
    """How much darker than the paper around it each pixel is, in its strongest color: (H, W) float32, 0 ... 1.

    The paper is what a closing wider than any pen leaves; dividing by it takes shadows away, since light multiplies.
    """
    small = _reduce(rgb, SURROUNDINGS_SIDE)
    small = cv2.medianBlur(small, 3)
    width = max(3, int(max(small.shape[:2]) * WIDEST_PEN) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc), (0, 0), width / 4)
    paper = cv2.resize(paper, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    ratio = (rgb.astype(np.float32) + FLARE) / (paper.astype(np.float32) + FLARE)
    return np.clip(1 - ratio.min(axis=2), 0, 1)


def _separate_pen(darkness: np.ndarray) -> Ink:
    """Split pen from paper at Otsu's threshold, with a soft edge; all paper if the two hardly differ.

    References
    ----------
    Otsu 1979, A Threshold Selection Method from Gray-Level Histograms.
    """
    levels = np.rint(darkness * 255).astype(np.uint8)
    threshold = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
    pen = darkness > threshold
    if not pen.any() or pen.all() or darkness[pen].mean() - darkness[~pen].mean() < MIN_CONTRAST:
        return np.zeros(darkness.shape, np.float32)
    return np.clip(darkness / max(threshold, 1 / 255) - 0.5, 0, 1).astype(np.float32)  # 0.5 at the threshold


def _keep_writing(ink: Ink) -> Ink:
    """Remove dust and what comes in from the photo's edge: table, shadow, binding."""
    pen = (ink > PAPER).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(pen, connectivity=8)
    if count <= 1:
        return ink
    height, width = ink.shape
    left, top, w, h = (stats[:, i] for i in (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    strength = np.bincount(labels.ravel(), ink.ravel(), count)
    strength[0] = 0
    on_edge = (left == 0) | (top == 0) | (left + w == width) | (top + h == height)
    candidates = np.where(on_edge, 0, strength) if (strength * ~on_edge).max() > EDGE_SHARE * strength.max() else strength
    main = int(candidates.argmax())
    size = np.maximum(w, h)
    keep = (size >= MIN_PART * size[main]) & ((candidates > 0) | (not on_edge.any()))
    keep[main], keep[0] = True, False
    return np.where(keep[labels], ink, 0).astype(np.float32)


# ---------------------------------------------------------------- ink to glyphs


def find_glyphs(ink: Ink) -> list[Glyph]:
    """Find the written sign in an ink and normalize it as MNIST's digits were.

    Its bounding box is scaled to 20 pixels with the aspect kept, its stroke width brought to MNIST's range, and
    its center of mass put on the middle of 28x28. An MNIST image comes out as it went in.

    Parameters
    ----------
    ink : (H, W) float32, 0 paper ... 1 pen

    Returns
    -------
    list of Glyph
        In reading order: at present all ink is taken for one sign. [] if the ink is blank.

    References
    ----------
    LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, section III.A.
    """
    box = _bounding_box(ink)
    if box is None:
        return []
    top, left, height, width = box
    crop = ink[top : top + height, left : left + width]
    stroke = stroke_width(crop)
    is_solid = stroke > SOLID * max(height, width)
    scaled = _scale_to_box(crop if is_solid else _normalize_stroke(crop, stroke))
    return [Glyph(Box(top, left, height, width), crop, scaled, _center_mass(scaled), is_solid)]


def stroke_width(crop: Ink) -> float:
    """Measure the stroke width of a glyph: twice the median distance to paper along the strokes' middle lines.

    Parameters
    ----------
    crop : (h, w) float32

    Returns
    -------
    float
        In pixels of `crop`.
    """
    fine, zoom = _zoom_to_fine(crop)
    return _measure_stroke(_distance_to_paper(fine)) / zoom


def _zoom_to_fine(crop: Ink) -> tuple[Ink, float]:
    """Enlarge a small crop, so that distances in it are good to a tenth of a pixel; return it and the factor."""
    zoom = max(1.0, FINE / max(crop.shape))
    if zoom == 1.0:
        return crop, zoom
    return np.clip(cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), 0, 1), zoom


def _distance_to_paper(ink: Ink) -> np.ndarray:
    """Distance of each pen pixel to the nearest paper, in pixels; the crop's edge counts as paper. (h+2, w+2)"""
    pen = cv2.copyMakeBorder((ink >= 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.distanceTransform(pen, cv2.DIST_L2, 5)


def _middle_lines(distance: np.ndarray) -> np.ndarray:
    """Mask of the pixels that are farther from paper than, or as far as, all eight neighbors."""
    return (distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))


def _measure_stroke(distance: np.ndarray) -> float:
    ridge = distance[_middle_lines(distance)]
    return 2 * float(np.median(ridge)) if len(ridge) else 1.0  # fainter than half everywhere: a hairline


def _normalize_stroke(crop: Ink, stroke: float) -> Ink:
    """Thicken or thin the strokes of a crop until they have MNIST's width once its longer side is 20 pixels.

    Widths that MNIST has stay; others get the nearest of them. Done before the reduction to 20x20, where thin
    strokes would fade away and thick ones close their loops.
    """
    side = max(crop.shape)
    target = min(max(stroke * BOX / side, MIN_STROKE), MAX_STROKE)
    if target == stroke * BOX / side:
        return crop
    # side + wanted - stroke is the side afterwards, and wanted is `target` twentieths of that
    wanted = target * (side - stroke) / (BOX - target)
    fine, zoom = _zoom_to_fine(crop)
    change = (wanted - stroke) * zoom / 2  # pixels that the pen's edge moves outwards
    if change > 0:
        margin = math.ceil(change) + 1
        room = cv2.copyMakeBorder(fine, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
        pen = room >= min(0.5, room.max())
        paper_distance = cv2.distanceTransform((~pen).astype(np.uint8), cv2.DIST_L2, 5)
        grown = np.clip(change + 1 - paper_distance, 0, 1)
    else:
        inner = _distance_to_paper(fine)
        thinned = np.clip(inner + change, 0, 1)
        # where the stroke is thinner than usual nothing would be left: keep its middle line at its own width
        lost = _middle_lines(inner) & (inner + change < wanted * zoom / 2) & (inner > stroke * zoom / 5)
        to_middle = cv2.distanceTransform((~lost).astype(np.uint8), cv2.DIST_L2, 5)
        kept = np.clip(wanted * zoom / 2 - to_middle, 0, 1) * (inner > 0)
        grown = np.maximum(thinned, kept)
    box = _bounding_box(grown)
    if box is None:
        return crop
    top, left, height, width = box
    return grown[top : top + height, left : left + width].astype(np.float32)


def _bounding_box(ink: Ink) -> tuple[int, int, int, int] | None:
    """(top, left, height, width) of the pixels that are not paper; None if all are."""
    pen = ink > PAPER
    rows, columns = np.flatnonzero(pen.any(axis=1)), np.flatnonzero(pen.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left


def _scale_to_box(crop: Ink) -> Ink:
    """Scale so that the longer side is 20 pixels, antialiased; a crop of that size stays as it is."""
    height, width = crop.shape
    zoom = BOX / max(height, width)
    if zoom == 1:
        return crop
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    scaled = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    return np.clip(scaled, 0, 1)


def _center_mass(scaled: Ink) -> np.ndarray:
    """Place on 28x28 by whole pixels, so that the center of mass is as near to (14, 14) as MNIST's is."""
    height, width = scaled.shape
    mass = scaled.sum(dtype=np.float64)
    row = float(scaled.sum(axis=1) @ np.arange(height)) / mass
    column = float(scaled.sum(axis=0) @ np.arange(width)) / mass
    top = min(max(round(SIDE / 2 - row), 0), SIDE - height)
    left = min(max(round(SIDE / 2 - column), 0), SIDE - width)
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = scaled
    return image
