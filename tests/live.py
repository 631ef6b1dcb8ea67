"""A live page for the tests: `address` starts it once a run, in this process, with the shipped model.

The conftests of `app` and `browser` load this file as a plugin of pytest, so that both use the same page.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the running page, with a slash at the end."""
    from app import build_app, launch
    from benchmarks.live_app import find_free_port
    from model.recognizer import Recognizer

    recognizer, loading = Recognizer.load_in_background()  # as `python app.py` does
    page = build_app(recognizer)
    loading.result()
    yield launch(page, port=find_free_port())
    page.close(verbose=False)
