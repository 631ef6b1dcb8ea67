"""The sketchpad: a Gradio component that sends pen strokes as vectors, ready for the pen at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from interface.page_language import for_each_language, in_page_language

__all__ = ["DRAWING_SCHEMA", "Sketchpad"]

HERE = Path(__file__).parent

DRAWING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Pen strokes on a canvas, y downwards; an empty canvas has no strokes",
    "properties": {
        "width": {"type": "number", "description": "of the canvas, in the unit of the points"},
        "height": {"type": "number"},
        "strokes": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        },
    },
    "required": ["width", "height", "strokes"],
}


class Sketchpad(gr.HTML):
    """A pad to draw on with mouse, finger or pen: square, or wide for numbers, which the browser remembers.

    Its value is a drawing as JSON, `{"width", "height", "strokes": [[[x, y], …], …], "live"}`, or None before the
    first stroke. The `input` event comes up to 12 times a second while the pen moves (`live` is true), and at once
    when it lifts, on Undo and on Clear (`live` is false).

    Parameters
    ----------
    examples : list of {"name": str, "drawing": drawing}
        Offered below the pad; a click draws one.
    """

    def __init__(self, examples: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(
            html_template=in_page_language((HERE / "sketchpad.html").read_text("utf-8")),
            css_template=(HERE / "sketchpad.css").read_text("utf-8"),
            js_on_load=(HERE / "sketchpad.js").read_text("utf-8"),
            apply_default_css=False,
            examples=examples,
            words=for_each_language(lambda texts: dict(texts.SKETCHPAD)),
            **options,
        )

    def api_info(self) -> dict[str, Any]:
        """The JSON schema of a drawing."""
        return DRAWING_SCHEMA

    def example_payload(self) -> dict[str, Any]:
        """A drawing for the API's documentation: a 1."""
        return {"width": 400, "height": 400, "strokes": [[[150, 120], [200, 70], [200, 330]]]}

    def example_value(self) -> dict[str, Any]:
        """The same as `example_payload`."""
        return self.example_payload()
