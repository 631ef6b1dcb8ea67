"""What the page shows of an answer: the digit in words, the bars, and the steps that led there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import cv2
import numpy as np

from interface import texts
from model.recognizer import Prediction, to_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MARKS", "render_answer", "render_chart", "render_photo", "render_sentence", "render_steps", "shrink_photo"]

# The chart's colors by mark, all visible on white and on black; the last two digits are the opacity.
MARKS = {
    "best": "#ea580c",
    "other": "#94a3b8",
    "faded": "#94a3b866",  # what is not a digit has bars, too, but they are no answer
}
OVERLAY_SIDE = 900  # pixels, the longer side of the photo with boxes
PICTURE_SIDE = 112  # pixels, 4 times 28


def render_sentence(sentence: str, kind: str = "hint") -> str:
    """A sentence in place of an answer; `kind` is "hint", or "problem" for an error."""
    return f'<div class="{kind}" role="status">{escape(sentence)}</div>'


def render_answer(predictions: Sequence[Prediction], selected: int = 0, live: bool = False) -> str:
    """What is written, large, and beside it how sure the network is, in words and in percent; HTML.

    Parameters
    ----------
    predictions : sequence of Prediction
        One or more. Several are a number: its digits are buttons, `data-sign` says which.
    selected : int
        The one that the words are about.
    live : bool
        The pen is still moving: shown paler, and what is not a digit is not yet said to be none.
    """
    prediction = predictions[selected]
    if len(predictions) == 1 and prediction.digit is None and live:  # most digits begin as none
        return _arrange("…", kind="live none")
    headline, *comments = _say(prediction)
    kind = " ".join(filter(None, ("live" if live else "", "none" if prediction.digit is None else "")))
    if len(predictions) == 1:
        return _arrange(texts.name_sign(prediction.digit), headline, *comments, kind=kind)
    place = texts.PLACE.format(number=selected + 1, count=len(predictions))
    return _arrange_number(predictions, selected, f"{place}: {headline}", *comments, live=live)


def _say(prediction: Prediction) -> list[str]:
    """A headline and what is to be added to it."""
    first = int(prediction.probabilities.argmax())
    name, percent = texts.name_digit(first), texts.format_percent(prediction.probability)
    if prediction.digit is None:
        return [texts.NOT_A_DIGIT, texts.SOLID if prediction.glyph.is_solid else texts.CLOSEST.format(digit=name)]
    certainty = texts.say_certainty(prediction.probability)
    if prediction.runner_up is None:
        return [f"{certainty} {name}", percent]
    second = prediction.runner_up
    other = texts.format_percent(float(prediction.probabilities[second]))
    return [
        texts.UNSURE.format(first=first, second=second),
        f"{certainty} {name}, {percent}",
        texts.ALTERNATIVE.format(digit=texts.name_digit(second), probability=other),
    ]


def _arrange_number(
    predictions: Sequence[Prediction], selected: int, headline: str, *comments: str, live: bool = False
) -> str:
    """The digits of a number as buttons, row by row, and words about the selected one."""
    rows = []
    numbered = enumerate(predictions)
    for _, row in groupby(numbered, key=lambda pair: pair[1].row):
        buttons = "".join(_make_button(i, prediction, i == selected) for i, prediction in row)
        rows.append(f"<div>{buttons}</div>")
    text = escape(to_text(predictions), quote=True)
    lines = "".join(f"<span>{comment}</span>" for comment in comments)
    longest = max(sum(1 for _ in row) for _, row in groupby(predictions, key=lambda prediction: prediction.row))
    return (
        f'<div class="reading number{" live" if live else ""}">'
        f'<div class="digits" role="group" aria-label="{texts.DIGITS}" style="--longest: {longest}">'
        f"{''.join(rows)}</div>"
        f'<button type="button" class="copy" data-copy="{text}">{texts.COPY}</button>'
        f'<div role="status"><p class="spoken">{text}</p><strong>{headline}</strong>{lines}</div></div>'
    )


def _make_button(number: int, prediction: Prediction, is_selected: bool) -> str:
    kind = "none" if prediction.digit is None else "unsure" if prediction.runner_up is not None else ""
    return (
        f'<button type="button" class="{kind}" data-sign="{number}" aria-pressed="{str(is_selected).lower()}">'
        f"{texts.name_sign(prediction.digit)}</button>"
    )


def shrink_photo(rgb: np.ndarray) -> str:
    """A photo, (H, W, 3) uint8, as a data: URL of at most 900 pixels: small enough to be sent with each answer."""
    height, width = rgb.shape[:2]
    zoom = min(1.0, OVERLAY_SIDE / max(height, width))
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))  # cv2: width first
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def render_photo(url: str, size: Sequence[float], predictions: Sequence[Prediction], selected: int) -> str:
    """A photo with a box around each sign, a button as in `render_answer`; HTML.

    Parameters
    ----------
    url : str
        As `shrink_photo` makes it.
    size : (height, width)
        Of the photo, in the units of the boxes.
    """
    height, width = size
    boxes = "".join(
        f'<button type="button" class="{"none" if prediction.digit is None else ""}" data-sign="{i}" '
        f'aria-pressed="{str(i == selected).lower()}" aria-label="{texts.name_sign(prediction.digit)}" tabindex="-1" '
        f'style="left: {100 * prediction.box.left / width:.2f}%; top: {100 * prediction.box.top / height:.2f}%; '
        f'width: {100 * prediction.box.width / width:.2f}%; height: {100 * prediction.box.height / height:.2f}%">'
        f"<b>{texts.name_sign(prediction.digit)}</b></button>"
        for i, prediction in enumerate(predictions)
    )
    return f'<div class="overlay"><img src="{url}" alt="{texts.OVERLAY}">{boxes}</div>'


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


def render_steps(
    predictions: Sequence[Prediction], selected: int = 0, page_height: float = 0, page_width: float = 0
) -> str:
    """The way from the page to the network's 28x28, as pictures; HTML.

    Parameters
    ----------
    predictions : sequence of Prediction
        All are on the first picture.
    selected : int
        The one whose steps are shown.
    page_height, page_width : float
        Of the canvas or photo, in the units of the boxes.
    """
    if not predictions:
        return f'<div class="steps empty"><h3>{texts.STEPS_TITLE}</h3><p>{texts.NOTHING_YET}</p></div>'
    glyph = predictions[selected].glyph
    pictures = (
        (texts.STEP_PAGE, _draw_page(predictions, selected, page_height, page_width)),
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


def _draw_page(predictions: Sequence[Prediction], selected: int, height: float, width: float) -> np.ndarray:
    """The page, small, with the signs at their places, the selected one in its bounding box; (h, w, 3) uint8."""
    zoom = PICTURE_SIDE / max(height, width)
    page = np.zeros((max(1, round(height * zoom)), max(1, round(width * zoom)), 3), np.uint8)
    for prediction in predictions:
        _draw_sign(page, prediction, zoom)
    box = predictions[selected].box
    top, left = round(box.top * zoom), round(box.left * zoom)
    size = (max(1, round(box.width * zoom)), max(1, round(box.height * zoom)))
    orange = (12, 88, 234)  # blue, green, red
    cv2.rectangle(page, (left - 2, top - 2), (left + size[0] + 1, top + size[1] + 1), orange, 1)
    return page


def _draw_sign(page: np.ndarray, prediction: Prediction, zoom: float) -> None:
    """Draw a sign's ink at its place, in place."""
    box = prediction.box
    size = (max(1, round(box.width * zoom)), max(1, round(box.height * zoom)))  # cv2: width first
    crop = np.rint(cv2.resize(prediction.glyph.crop, size, interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)
    top, left = round(box.top * zoom), round(box.left * zoom)
    rows = slice(max(top, 0), max(top, min(top + size[1], page.shape[0])))
    columns = slice(max(left, 0), max(left, min(left + size[0], page.shape[1])))
    place = page[rows, columns]
    seen = crop[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
    np.maximum(place, seen, out=place)


def _to_data_url(picture: np.ndarray) -> str:
    png = cv2.imencode(".png", picture)[1]
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
