"""Keeps a page when a file is dropped where nothing takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

__all__ = ["DropGuard"]

HERE = Path(__file__).parent


class DropGuard(gr.HTML):
    """Lets go of files that are dropped beside the boxes, on any tab; itself it shows nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(js_on_load=(HERE / "drop_guard.js").read_text("utf-8"), visible="hidden", **options)

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
