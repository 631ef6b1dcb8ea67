"""The strip of steps: from a drawing or a photo to the 28x28 pixels that the network reads, as small pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from interface.languages import ENGLISH, Texts
from model.recognizer import Prediction
from preprocessing import Box, Ink, Picture, Writing

__all__ = ["PhotoWay", "find_way", "render_steps", "shrink", "to_jpeg_url", "to_png_url"]

PICTURE_SIDE = 112  # pixels, 4 times 28
WAY_SIDE = (
    168  # pixels, the longer side of what is left of a photo: sharp on a phone, and encoded in half a millisecond
)
SHRUNK_SIDE = 900  # pixels; shrinking 12 megapixels costs 10 ms, so both small sizes are made of this one
CHOSEN = (12, 88, 234)  # the page's orange; blue, green, red
OTHER = (139, 116, 100)  # its gray


@dataclass(frozen=True, eq=False)
class PhotoWay:
    """The way from a photo to its ink, small.

    Attributes
    ----------
    photo, evened : str
        As data: URLs: the photo as it came, and with its light evened, in gray.
    ink : (h, w) uint8
        What is left of it: 0 paper, 255 pen.
    """

    photo: str
    evened: str
    ink: np.ndarray


def find_way(picture: Picture, writing: Writing, predictions: Sequence[Prediction] = ()) -> tuple[PhotoWay, np.ndarray]:
    """Make small pictures of a photo on its way to ink: that of the signs that were read, or all where there are none.

    Returns
    -------
    PhotoWay
    (h, w, 3) uint8
        The photo at 900 pixels at most, for larger pictures of it.
    """
    photo = shrink(picture.rgb, SHRUNK_SIDE)
    zoom = max(writing.ink.shape) / max(picture.size)
    read = _gather_ink(predictions, writing.ink.shape, zoom) if predictions else writing.ink
    ink = np.rint(shrink(read, WAY_SIDE) * 255).astype(np.uint8)
    evened = to_jpeg_url(shrink(writing.evened, WAY_SIDE))
    return PhotoWay(to_jpeg_url(shrink(photo, WAY_SIDE)), evened, ink), photo


def _gather_ink(predictions: Sequence[Prediction], shape: tuple[int, ...], zoom: float) -> Ink:
    """The ink of signs, each at its place; `zoom` is pixels of it a unit of their boxes."""
    ink = np.zeros(shape, np.float32)
    for prediction in predictions:
        _put(ink, prediction.ink, round(prediction.box.top * zoom), round(prediction.box.left * zoom))
    return ink


def _put(page: np.ndarray, sign: np.ndarray, top: int, left: int) -> None:
    """Draw a sign with its corner there, in place, as far as it lies on the page."""
    rows = slice(max(top, 0), max(top, 0, min(top + sign.shape[0], page.shape[0])))
    columns = slice(max(left, 0), max(left, 0, min(left + sign.shape[1], page.shape[1])))
    place = page[rows, columns]
    seen = sign[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    np.maximum(place, seen, out=place)


def shrink(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture whose longer side is at most `side` pixels; (h, w) or (h, w, 3), of any type."""
    height, width = picture.shape[:2]
    zoom = side / max(height, width)
    if zoom >= 1:
        return picture
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def to_jpeg_url(picture: np.ndarray) -> str:
    """A picture, (h, w) or (h, w, 3) uint8, as a data: URL."""
    bgr = picture if picture.ndim == 2 else np.ascontiguousarray(picture[..., ::-1])
    jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def render_steps(
    predictions: Sequence[Prediction],
    selected: int = 0,
    size: tuple[float, float] = (0, 0),
    way: PhotoWay | None = None,
    texts: Texts = ENGLISH,
) -> str:
    """The way from the page to the network's 28x28, as pictures; HTML.

    Parameters
    ----------
    predictions : sequence of Prediction
        All are on the picture of the page. Without any, the way of a photo shows where the writing was lost.
    selected : int
        The one whose steps are shown.
    size : (height, width)
        Of the canvas or photo, in the units of the boxes.
    way : PhotoWay, optional
        Of a photo; a drawing is ink from the start.
    """
    boxes = [prediction.box for prediction in predictions]
    steps: list[tuple[str, str]] = []
    if way is not None:
        ink = to_png_url(_draw_boxes(way.ink, boxes, selected, size))
        steps = [(texts.STEP_PHOTO, way.photo), (texts.STEP_EVENED, way.evened), (texts.STEP_INK, ink)]
    elif predictions:
        steps = [(texts.STEP_PAGE, to_png_url(_draw_page(predictions, selected, size)))]
    if predictions:
        glyph = predictions[selected].glyph
        steps += [
            (texts.STEP_CROP, to_png_url(_fit(glyph.crop, cv2.INTER_AREA))),
            (texts.STEP_SCALED, to_png_url(_fit(glyph.scaled, cv2.INTER_NEAREST))),
            (texts.STEP_IMAGE, to_png_url(_fit(glyph.image, cv2.INTER_NEAREST))),
        ]
    if not steps:
        return f'<div class="steps empty"><h2>{texts.STEPS_TITLE}</h2><p>{texts.NOTHING_YET}</p></div>'
    figures = "".join(
        f'<figure><img src="{url}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        for caption, url in steps
    )
    kind = "steps" if way is None else "steps photo"
    return f'<div class="{kind}"><h2>{texts.STEPS_TITLE}</h2>{figures}</div>'


def _fit(ink: np.ndarray, interpolation: int) -> np.ndarray:
    """Scale an ink so that its longer side fills a picture; (h, w) uint8."""
    zoom = PICTURE_SIDE / max(ink.shape)
    size = [max(1, round(side * zoom)) for side in ink.shape[::-1]]  # cv2: width first
    return np.rint(cv2.resize(ink, size, interpolation=interpolation) * 255).astype(np.uint8)


def _draw_page(predictions: Sequence[Prediction], selected: int, size: tuple[float, float]) -> np.ndarray:
    """The page, small, with the signs at their places, the selected one in its bounding box; (h, w, 3) uint8."""
    height, width = size
    zoom = PICTURE_SIDE / max(height, width)
    page = np.zeros((max(1, round(height * zoom)), max(1, round(width * zoom))), np.uint8)
    for prediction in predictions:
        _draw_sign(page, prediction, zoom)
    return _draw_boxes(page, [predictions[selected].box], 0, size)


def _draw_boxes(ink: np.ndarray, boxes: Sequence[Box], selected: int, size: tuple[float, float]) -> np.ndarray:
    """An ink, (h, w) uint8, of a page of that size with boxes around its signs; (h, w, 3) uint8."""
    page = cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR)
    zoom = max(page.shape[:2]) / max(*size, 1)
    for number in sorted(range(len(boxes)), key=lambda number: number == selected):  # the selected one on top
        box = boxes[number]
        top, left = round(box.top * zoom), round(box.left * zoom)
        bottom, right = top + max(1, round(box.height * zoom)), left + max(1, round(box.width * zoom))
        cv2.rectangle(page, (left - 2, top - 2), (right + 1, bottom + 1), CHOSEN if number == selected else OTHER, 1)
    return page


def _draw_sign(page: np.ndarray, prediction: Prediction, zoom: float) -> None:
    """Draw a sign's ink at its place, in place."""
    box = prediction.box
    size = (max(1, round(box.width * zoom)), max(1, round(box.height * zoom)))  # cv2: width first
    sign = np.rint(cv2.resize(prediction.ink, size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
    _put(page, sign, round(box.top * zoom), round(box.left * zoom))


def to_png_url(picture: np.ndarray) -> str:
    """A picture, (h, w), (h, w, 3) or (h, w, 4) uint8, colors as cv2 has them, as a data: URL."""
    png = cv2.imencode(".png", picture)[1]
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
