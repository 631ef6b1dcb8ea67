"""Some of what `tests/unit/test_properties.py` sends by the thousand, through the live page's HTTP API."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from strange import drawings, photos
from stranger import Stranger

from serving.limits import NOT_UNDERSTOOD

SOME = settings(
    max_examples=25,
    deadline=None,  # the machine may be busy
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),  # the page is the same for all of them
)


@SOME
@given(drawings)
def test_drawings_are_answered_or_explained(stranger: Stranger, data: Any) -> None:
    answer = stranger.http.post(  # with what is no number, which JSON has not and Python sends all the same
        f"{stranger.api}/run/predict",
        content=json.dumps(stranger.draw_body(data)).encode(),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 200
    assert answer.json()["data"][0].startswith("<div ")


@SOME
@given(photos)
def test_photos_are_answered_or_explained(stranger: Stranger, content: bytes) -> None:
    event, data = stranger.read_file("photo.png", content)

    if event == "complete":
        assert list(data[0]) == ["text", "predictions"]
    else:
        assert event == "error"
        assert data["error"].startswith("photo.png ")
        assert data["error"] != NOT_UNDERSTOOD
