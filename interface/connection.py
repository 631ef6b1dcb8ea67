"""Keeps a page alive while its server is away: what it sends waits, and a banner says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from interface.page_language import for_each_language

__all__ = ["Connection"]

HERE = Path(__file__).parent


class Connection(gr.HTML):
    """Holds what cannot reach the server until it can; itself it shows nothing but a banner while that lasts.

    A server that was started anew is taken for the same if its page is the same: the event `server-renewed` of the
    document tells of it, since it has forgotten what is shown.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            js_on_load=(HERE / "connection.js").read_text("utf-8"),
            lost=for_each_language(lambda texts: str(texts.CONNECTION_LOST)),
            back=for_each_language(lambda texts: str(texts.CONNECTION_BACK)),
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
