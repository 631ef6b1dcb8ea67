"""What a person chooses in the answer, a digit of the number, and what they put in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from interface.page_language import for_each_language

__all__ = ["SignChoice"]

HERE = Path(__file__).parent


class SignChoice(gr.HTML):
    """Tells of clicks on the digits of an answer, and of keys pressed there; itself it shows nothing.

    The `input` event has `{"sign": number from 0 on, "fix": "0" … "9", "?", "remove" or None, "count": int}` as the
    value. While the answer has the focus, digits correct the chosen sign, Delete and Backspace remove it, and the
    arrows choose its neighbors.

    Parameters
    ----------
    answer : str
        The element id of the HTML with buttons that have `data-sign`, `data-fix` in a menu with `data-selected`, or
        `data-copy` for the text to copy.
    """

    def __init__(self, answer: str, **options: Any) -> None:
        super().__init__(
            js_on_load=(HERE / "signs.js").read_text("utf-8"),
            answer=answer,
            copied=for_each_language(lambda texts: str(texts.COPIED)),
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
