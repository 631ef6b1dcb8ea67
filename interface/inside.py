"""What happens inside a network for the sign that is shown: which pixels spoke for it, and its layers, as pictures."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import Any

import cv2
import gradio as gr
import numpy as np

from interface.languages import ENGLISH, Texts
from interface.steps import to_jpeg_url, to_png_url
from model.inside import LayerOutput
from model.recognizer import Prediction, Recognizer

__all__ = ["FoldWatch", "color_signed", "paint_evidence", "render_inside", "tile_maps"]

HERE = Path(__file__).parent
COLUMNS = 12  # maps beside each other: 29 pixels each on a phone
ZOOM = 2  # pixels a value: JPEG keeps colors at half of that. As PNG the maps of one digit take 550 kB, so 70
GAP = 2  # pixels between two maps
EVIDENCE_SIDE = 224  # pixels, 8 times 28
STRONGEST = 8  # units of a dense layer that are shown
BRIGHTEST = 99.5  # percent of a layer's values; a few beyond it would leave all others dark
LEAST_EVIDENCE = 0.05  # of the logarithm of the odds; less colors nothing
FOR, AGAINST = np.array([12, 88, 234]), np.array([246, 130, 59])  # orange and blue; blue, green, red
BETWEEN = (139, 116, 100)  # the page's gray; blue, green, red
INK = np.array([170, 170, 170])  # a pixel that speaks neither for nor against


def render_inside(recognizer: Recognizer, prediction: Prediction, texts: Texts = ENGLISH) -> str:
    """Which pixels spoke for a sign's most probable digit, and what the network's layers make of it; HTML."""
    digit = texts.name_digit(int(prediction.probabilities.argmax()))
    evidence = paint_evidence(prediction.glyph.image, recognizer.weigh_pixels(prediction))
    pictures = [_figure("evidence", texts.EVIDENCE.format(digit=digit), to_png_url(evidence), texts.EVIDENCE_NOTE)]
    layers = recognizer.look_inside(prediction.glyph)
    pictures += [_render_layer(layer, texts) for layer in layers]
    note = "" if layers else f"<p>{texts.NO_LAYERS}</p>"
    return "".join(pictures) + note


def _render_layer(layer: LayerOutput, texts: Texts) -> str:
    name = escape(layer.name)
    if layer.values.ndim == 1:
        return f'<div class="units"><h3>{texts.UNITS.format(name=name)}</h3>{_render_units(layer.values, texts)}</div>'
    height, width, count = layer.values.shape
    title = texts.MAPS.format(name=name, count=count, height=height, width=width)
    return _figure("maps", title, to_jpeg_url(tile_maps(layer.values)[..., ::-1]), texts.MAPS_NOTE)


def _render_units(values: np.ndarray, texts: Texts) -> str:
    """The strongest units of a dense layer as bars."""
    strongest = np.argsort(-np.abs(values), kind="stable")[:STRONGEST]
    highest = max(float(np.abs(values).max()), 1e-9)
    named = [(texts.UNIT.format(number=unit + 1), float(values[unit])) for unit in strongest]
    rows = "".join(
        f'<li class="{"for" if value >= 0 else "against"}"><span>{name}</span>'
        f'<i style="--share: {abs(value) / highest:.3f}"></i><span>{texts.format_number(value, 2)}</span></li>'
        for name, value in named
    )
    active = texts.ACTIVE.format(active=int((values > 0).sum()), count=len(values))
    return f"<ol>{rows}</ol><p>{active}</p>"


def _figure(kind: str, title: str, url: str, note: str) -> str:
    return (
        f'<figure class="{kind}"><h3>{title}</h3><img src="{url}" alt="{title}">'
        f"<figcaption>{note}</figcaption></figure>"
    )


def color_signed(values: np.ndarray) -> np.ndarray:
    """Values of -1 ... 1, of any shape, as colors, (…, 3) float: from blue over black to orange; blue, green, red."""
    strength = np.clip(np.abs(values), 0, 1)[..., None]
    return strength * np.where(values[..., None] >= 0, FOR, AGAINST)


def tile_maps(values: np.ndarray) -> np.ndarray:
    """The maps of a convolution side by side, row after row, all on one scale.

    Parameters
    ----------
    values : (h, w, C) float32

    Returns
    -------
    (H, W, 3) uint8
        Blue, green, red; gray between the maps.
    """
    height, width, count = values.shape
    scale = max(float(np.percentile(np.abs(values), BRIGHTEST)), 1e-9)
    columns = min(count, COLUMNS)
    down, right = height * ZOOM + GAP, width * ZOOM + GAP
    tiled = np.full((math.ceil(count / columns) * down - GAP, columns * right - GAP, 3), BETWEEN, np.uint8)
    colors = np.rint(color_signed(values / scale)).astype(np.uint8)  # (h, w, C, 3)
    large = colors.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    for number in range(count):
        top, left = number // columns * down, number % columns * right
        tiled[top : top + height * ZOOM, left : left + width * ZOOM] = large[:, :, number]
    return tiled


def paint_evidence(image: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """An image with each pixel of the pen colored by what it speaks for, as `model.inside.weigh_pixels` has it.

    Parameters
    ----------
    image, evidence : (28, 28) float32

    Returns
    -------
    (224, 224, 3) uint8
    """
    share = np.clip(evidence / max(float(np.abs(evidence).max()), LEAST_EVIDENCE), -1, 1)
    colors = image[..., None] * ((1 - np.abs(share))[..., None] * INK + color_signed(share))
    small = np.rint(np.minimum(colors, 255)).astype(np.uint8)
    return cv2.resize(small, (EVIDENCE_SIDE, EVIDENCE_SIDE), interpolation=cv2.INTER_NEAREST)


class FoldWatch(gr.HTML):
    """Tells when a fold is to be filled for the answer that is shown; itself it shows nothing.

    The `input` event has `{"sign": number of the chosen one, "count": int}` as the value. It comes when the fold is
    opened, and a little after each change of the answer or the steps while it is open; not while the pen moves.

    Parameters
    ----------
    answer, steps, fold, model : str
        The element ids of the answer, of the strip of steps, of the fold, and of the choice of a model if there is one.
    """

    def __init__(self, answer: str, steps: str, fold: str, model: str, **options: Any) -> None:
        super().__init__(
            js_on_load=(HERE / "inside.js").read_text("utf-8"),
            answer=answer,
            steps=steps,
            fold=fold,
            model=model,
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
