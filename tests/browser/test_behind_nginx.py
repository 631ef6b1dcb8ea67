"""The page below a path of a site, behind nginx with the configuration of deploy/."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from on_the_page import LAPTOP, canvas_of, expect_digit, open_tab
from playwright.sync_api import Page, expect

from app import MAX_UPLOAD
from benchmarks.chromium import draw_with_mouse
from benchmarks.live_app import find_free_port
from interface import texts
from interface.examples import STROKES
from model.recognizer import Classify, Recognizer

OpenPage = Callable[..., Page]

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"
HOW_TO_GET = "There is no nginx: apt install nginx-light, or set NGINX to its path."

# Around the server of deploy/nginx.conf: one process, which returns once it listens, and writes into its folder only.
AROUND = """
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


def find_nginx() -> str:
    nginx = os.environ.get("NGINX") or shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx, HOW_TO_GET
    return nginx


@pytest.fixture(scope="module")
def proxied_address(nearest_classify: Classify, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page behind nginx, with a slash at the end."""
    from app import build_app, launch

    folder = tmp_path_factory.mktemp("nginx")
    port, app_port = find_free_port(), find_free_port()
    server = CONFIGURATION.read_text("utf-8")
    icon = "location = /favicon.ico { return 204; }"  # of the site: browsers ask for it whatever the page says
    for written, here in (
        ("listen 80;", f"listen 127.0.0.1:{port}; {icon}"),
        ("127.0.0.1:7860", f"127.0.0.1:{app_port}"),
    ):
        assert written in server
        server = server.replace(written, here)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, server=server), "utf-8")
    nginx = [find_nginx(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    page = build_app(Recognizer(nearest_classify))
    launch(page, port=app_port, root_path="/digits")
    subprocess.run(nginx, check=True, timeout=60)
    yield f"http://127.0.0.1:{port}/digits/"
    subprocess.run([*nginx, "-s", "stop"], check=True, timeout=60)
    page.close(verbose=False)


def test_drawings_photos_and_streams_come_through(open_page: OpenPage, proxied_address: str) -> None:
    """Nothing is asked of the site beyond the path, or the console would have an error."""
    page = open_page(at=proxied_address, ready=False, **LAPTOP)
    expect(page.locator("#probabilities svg")).to_be_visible(
        timeout=60_000
    )  # the first one loads all of Gradio's files
    draw_with_mouse(canvas_of(page), STROKES[4])
    expect_digit(page, 4)
    page.get_by_role("button", name=texts.HOW_IT_WORKS).click()
    expect(page.locator("#inside img").first).to_be_visible()
    open_tab(page, texts.PHOTO_TAB)
    page.get_by_role("button", name=texts.PHOTO_EXAMPLE.format(name="chalk")).click()
    expect(page.locator("#network-input figcaption").first).to_have_text(texts.STEP_PHOTO)

    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["url"] == f"{proxied_address}manifest.json"
    assert found["manifest"]["startUrl"] == proxied_address
    for icon in found["manifest"]["icons"]:
        assert icon["url"].startswith(f"{proxied_address}pwa_icon/")
        assert httpx.get(icon["url"]).status_code == 200


def test_the_address_without_a_slash_leads_there(proxied_address: str) -> None:
    answer = httpx.get(proxied_address.removesuffix("/"))
    assert (answer.status_code, answer.headers["location"]) == (301, "/digits/")


def test_uploads_as_large_as_the_page_takes_come_through(proxied_address: str) -> None:
    def upload(megabytes: int) -> int:
        files = {"files": ("photo.jpg", bytes(megabytes * 1_000_000))}
        return httpx.post(f"{proxied_address}gradio_api/upload", files=files, timeout=120).status_code

    assert upload(MAX_UPLOAD) == 200
    assert upload(MAX_UPLOAD + 3) == 413
