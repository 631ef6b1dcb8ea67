"""Tells screen readers the answer, once it is settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

__all__ = ["Announcer"]

HERE = Path(__file__).parent


class Announcer(gr.HTML):
    """Says each settled answer in a region that screen readers listen to; itself it shows nothing.

    Parameters
    ----------
    answer, steps, chart : str
        The element ids of the answer, of the strip of steps, and of the chart, whose bars the answer has as a table.
    """

    def __init__(self, answer: str, steps: str, chart: str, **options: Any) -> None:
        super().__init__(
            js_on_load=(HERE / "announcer.js").read_text("utf-8"),
            answer=answer,
            steps=steps,
            chart=chart,
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
