"""The page as Gradio's Blocks, which answers a request that fails with a sentence instead of a traceback."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.exceptions import InvalidPathError

from interface import texts as english
from interface.languages import ENGLISH, translate
from interface.page_language import find_texts
from serving.lanes import Busy
from serving.limits import NOT_UNDERSTOOD

__all__ = ["CalmBlocks"]


class CalmBlocks(gr.Blocks):
    """Blocks for strangers: whatever they send, the answer is an answer or a sentence.

    Gradio prints a traceback for each request with a value of the wrong type, and the value with it. Here it is a line
    that says what failed and where, and nothing of what was sent.
    """

    async def process_api(self, *values: Any, **named: Any) -> dict[str, Any]:
        """Answer one call, of the page or the API."""
        request = named.get("request")
        texts = find_texts(request) if isinstance(request, gr.Request) else ENGLISH
        try:
            return await super().process_api(*values, **named)
        except gr.Error as problem:
            if problem.message != english.NOT_UPLOADED:
                raise
            raise gr.Error(texts.NOT_UPLOADED, print_exception=False) from None
        except Busy as problem:
            raise gr.Error(translate(str(problem), texts), print_exception=False) from None
        except InvalidPathError:
            raise gr.Error(texts.NOT_UPLOADED, print_exception=False) from None
        except Exception as problem:
            place = traceback.extract_tb(problem.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            print(f"Refused: a call that failed with {type(problem).__name__} at {where}", file=sys.stderr)
            raise gr.Error(translate(NOT_UNDERSTOOD, texts), print_exception=False) from None
