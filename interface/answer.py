"""What the page shows of an answer: the digit in words, the bars, and the steps that led there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import cv2
import numpy as np

from interface import texts
from preprocessing import Glyph

if TYPE_CHECKING:
    import pandas as pd

    from model.recognizer import Prediction

__all__ = ["MARKS", "render_answer", "render_chart", "render_sentence", "render_steps"]

# The chart's colors by mark, all visible on white and on black; the last two digits are the opacity.
MARKS = {
    "best": "#ea580c",
    "other": "#94a3b8",
    "faded": "#94a3b866",  # what is not a digit has bars, too, but they are no answer
}
PICTURE_SIDE = 112  # pixels, 4 times 28


def render_sentence(sentence: str, kind: str = "hint") -> str:
    """A sentence in place of an answer; `kind` is "hint", or "problem" for an error."""
    return f'<div class="{kind}" role="status">{escape(sentence)}</div>'


def render_answer(prediction: Prediction, glyph: Glyph, live: bool = False) -> str:
    """The digit, large, and beside it how sure the network is, in words and in percent; HTML.

    Parameters
    ----------
    live : bool
        The pen is still moving: shown paler, and what is not a digit is not yet said to be none.
    """
    first = int(prediction.probabilities.argmax())
    name, percent = texts.name_digit(first), texts.format_percent(prediction.probability)
    certainty = texts.say_certainty(prediction.probability)
    if prediction.digit is None:
        if live:  # most digits begin as none
            return _arrange("…", kind="live none")
        comment = texts.SOLID if glyph.is_solid else texts.CLOSEST.format(digit=name)
        return _arrange("?", texts.NOT_A_DIGIT, comment, kind="none")
    kind = "live" if live else ""
    if prediction.runner_up is None:
        return _arrange(str(first), f"{certainty} {name}", percent, kind=kind)
    second = prediction.runner_up
    other = texts.format_percent(float(prediction.probabilities[second]))
    return _arrange(
        str(first),
        texts.UNSURE.format(first=first, second=second),
        f"{certainty} {name}, {percent}",
        texts.ALTERNATIVE.format(digit=texts.name_digit(second), probability=other),
        kind=kind,
    )


def _arrange(sign: str, headline: str = "", *comments: str, kind: str = "") -> str:
    """A large sign and the words beside it; `kind` is "live", "none" (no digit), both or ""."""
    lines = "".join(f"<span>{comment}</span>" for comment in comments)
    words = f"<strong>{headline}</strong>{lines}" if headline else ""
    return (
        f'<div class="{f"reading {kind}".strip()}" role="status">'
        f'<div class="digit" aria-hidden="true">{sign}</div><div>{words}</div></div>'
    )


def render_chart(probabilities: np.ndarray | None, is_digit: bool = True) -> pd.DataFrame:
    """The rows of the bar chart, always 0 to 9, the best one marked.

    Parameters
    ----------
    probabilities : (10,) float32, or None for ten empty bars
    is_digit : bool
        False fades the bars: none of them is an answer.
    """
    import pandas as pd

    if probabilities is None:  # every mark at once: Gradio's chart colors only marks that its first value had
        values, marks = np.zeros(10), [*MARKS, *["other"] * (10 - len(MARKS))]
    elif is_digit:
        values, marks = probabilities, ["other"] * 10
        marks[int(probabilities.argmax())] = "best"
    else:
        values, marks = probabilities, ["faded"] * 10
    return pd.DataFrame(
        {
            "digit": [str(digit) for digit in range(10)],
            "probability": [round(float(value), 4) for value in values],
            "mark": marks,
        }
    )


def render_steps(glyphs: Sequence[Glyph], page_height: float = 0, page_width: float = 0) -> str:
    """The way from the page to the network's 28x28, as pictures; HTML.

    Parameters
    ----------
    glyphs : sequence of Glyph
        The first one is shown.
    page_height, page_width : float
        Of the canvas or photo, in the units of the glyphs' boxes.
    """
    if not glyphs:
        return f'<div class="steps empty"><h3>{texts.STEPS_TITLE}</h3><p>{texts.NOTHING_YET}</p></div>'
    glyph = glyphs[0]
    pictures = (
        (texts.STEP_PAGE, _draw_page(glyph, page_height, page_width)),
        (texts.STEP_CROP, _fit(glyph.crop, cv2.INTER_AREA)),
        (texts.STEP_SCALED, _fit(glyph.scaled, cv2.INTER_NEAREST)),
        (texts.STEP_IMAGE, _fit(glyph.image, cv2.INTER_NEAREST)),
    )
    figures = "".join(
        f'<figure><img src="{_to_data_url(picture)}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
        for caption, picture in pictures
    )
    return f'<div class="steps"><h3>{texts.STEPS_TITLE}</h3>{figures}</div>'


def _fit(ink: np.ndarray, interpolation: int) -> np.ndarray:
    """Scale an ink so that its longer side fills a picture; (h, w) uint8."""
    zoom = PICTURE_SIDE / max(ink.shape)
    size = [max(1, round(side * zoom)) for side in ink.shape[::-1]]  # cv2: width first
    return np.rint(cv2.resize(ink, size, interpolation=interpolation) * 255).astype(np.uint8)


def _draw_page(glyph: Glyph, height: float, width: float) -> np.ndarray:
    """The page, small, with the glyph at its place in its bounding box; (h, w, 3) uint8."""
    zoom = PICTURE_SIDE / max(height, width)
    page = np.zeros((max(1, round(height * zoom)), max(1, round(width * zoom)), 3), np.uint8)
    box = glyph.box
    size = (max(1, round(box.width * zoom)), max(1, round(box.height * zoom)))  # cv2: width first
    crop = np.rint(cv2.resize(glyph.crop, size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
    top, left = round(box.top * zoom), round(box.left * zoom)
    rows = slice(max(top, 0), min(top + size[1], page.shape[0]))
    columns = slice(max(left, 0), min(left + size[0], page.shape[1]))
    page[rows, columns] = crop[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
    orange = (12, 88, 234)  # blue, green, red
    cv2.rectangle(page, (left - 2, top - 2), (left + size[0] + 1, top + size[1] + 1), orange, 1)
    return page


def _to_data_url(picture: np.ndarray) -> str:
    png = cv2.imencode(".png", picture)[1]
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
