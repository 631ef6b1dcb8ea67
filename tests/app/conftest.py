"""The live page, and Gradio's own client for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file

Call = Callable[[Any], dict[str, Any]]


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures `address`, which the second conftest that does so does not change, and `stranger`."""
    config.pluginmanager.import_plugin("live")
    config.pluginmanager.import_plugin("stranger")


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[Client]:
    """As the README shows it."""
    client = Client(address, verbose=False, analytics_enabled=False)
    yield client
    client.close()


@pytest.fixture(scope="session")
def recognize_drawing(client: Client) -> Call:
    """Send a drawing, return the answer."""
    return lambda drawing: client.predict(drawing, api_name="/recognize_drawing")


@pytest.fixture(scope="session")
def recognize_photo(client: Client) -> Call:
    """Upload a file and send it, or None; return the answer."""

    def recognize(path: Path | None) -> dict[str, Any]:
        return client.predict(path and handle_file(path), api_name="/recognize_photo")

    return recognize
