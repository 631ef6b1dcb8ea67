"""The page can be installed on a phone: the browser finds manifest and icons, and has nothing to object."""

from __future__ import annotations

import io
import json

from PIL import Image
from playwright.sync_api import Page, expect

from interface import texts


def test_the_browser_takes_the_page_for_an_app(phone: Page) -> None:
    expect(phone.locator("link[rel=manifest]")).to_have_attribute("href", "manifest.json")
    devtools = phone.context.new_cdp_session(phone)
    found = devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    assert json.loads(found["data"])["name"] == texts.TITLE
    for icon in found["manifest"]["icons"]:
        answer = phone.request.get(icon["url"])
        side = int(icon["sizes"].split("x")[0])
        assert Image.open(io.BytesIO(answer.body())).size == (side, side)
    objections = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in objections] == ["in-incognito"]  # as every window of a test is
