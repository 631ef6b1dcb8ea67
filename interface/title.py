"""The head of the page: its title, what it is, and a choice of languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from interface.languages import LANGUAGES, Texts
from interface.page_language import for_each_language, in_page_language

__all__ = ["Title"]

HERE = Path(__file__).parent


def _find_words(texts: Texts) -> dict[str, str]:
    return {"title": texts.TITLE, "introduction": texts.INTRODUCTION, "language": texts.LANGUAGE}


class Title(gr.HTML):
    """Title and introduction in the language of the page, and a choice of another one.

    The browser remembers it in a cookie, so that answers are in it, too, and loads the page anew.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            html_template=in_page_language((HERE / "title.html").read_text("utf-8")),
            js_on_load=(HERE / "title.js").read_text("utf-8"),
            words=for_each_language(_find_words),
            languages=[{"code": code, "name": texts.name} for code, texts in LANGUAGES.items()],
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
