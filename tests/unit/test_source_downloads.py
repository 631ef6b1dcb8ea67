"""Downloads of UCI's digits from a server of our own: kept, not repeated, and every way they fail."""

import http.server
import threading
from dataclasses import replace

import pytest
from source_files import LABELS, UNIPEN, UNIPEN_PACKED, images_to_text, zip_files

from model.dataset import DataError
from training import archives, sources
from training.sources import load_optical_digits, load_pen_digits


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of UCI's zip files; what it answers with can be changed, and what it was asked is counted."""

    class Handler(http.server.BaseHTTPRequestHandler):
        content, missing, asked = b"", 0, 0

        def do_GET(self):
            Handler.asked += 1
            self.send_response(200 if Handler.content else 404)
            self.send_header("Content-Length", str(len(Handler.content) + Handler.missing))
            self.end_headers()
            self.wfile.write(Handler.content)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{listening.server_port}/uci.zip"
        for name in ("PEN", "OPTICAL"):
            monkeypatch.setattr(sources, name, replace(getattr(sources, name), url=url))
        yield Handler
        listening.shutdown()
        thread.join()


def test_download_is_kept_beside_mnist_and_not_repeated(tmp_path, server, images, jsonl, npz):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra.Z": UNIPEN_PACKED}).read_bytes()
    assert load_pen_digits().checksum == load_pen_digits().checksum == load_pen_digits(jsonl).checksum
    text = images_to_text(images, LABELS)
    server.content = zip_files(tmp_path / "b.zip", {"optdigits-orig.tra": text}).read_bytes()
    assert load_optical_digits().checksum == load_optical_digits().checksum == load_optical_digits(npz).checksum
    assert server.asked == 2
    kept = sorted(path.name for path in (tmp_path / "keras" / "datasets").iterdir())
    assert kept == ["uci-optical-digits.zip", "uci-pen-digits.zip"]


def failure(load):
    with pytest.raises(DataError) as caught:
        load()
    return str(caught.value)


@pytest.mark.parametrize("load", [load_pen_digits, load_optical_digits])
@pytest.mark.parametrize(
    ("content", "missing", "reason"),
    [
        (b"", 0, "404"),
        (b"<html>Please log in</html>", 0, "no zip file"),
        (b"PK\x03\x04" + bytes(100), 0, "no zip file"),
        (b"PK\x03\x04" + bytes(100), 50, "104 of 154 bytes came"),
        (bytes(2000), 0, "it has more than"),
    ],
)
def test_download_that_fails_names_the_address_and_the_cure(
    tmp_path, monkeypatch, server, load, content, missing, reason
):
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    server.content, server.missing = content, missing
    sentence = failure(load)
    for part in ("could not be downloaded from http://127.0.0.1", reason, "--data PATH", "--quick"):
        assert part in sentence
    assert not list(tmp_path.glob("keras/datasets/*"))


def test_download_without_a_network(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(sources, "PEN", replace(sources.PEN, url="http://127.0.0.1:9/uci.zip"))
    sentence = failure(load_pen_digits)
    assert "UCI pen strokes could not be downloaded from http://127.0.0.1:9/uci.zip" in sentence
    assert "refused" in sentence
    assert "<" not in sentence


def test_download_that_cannot_be_kept(tmp_path, monkeypatch, server):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra": UNIPEN}).read_bytes()
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    sentence = failure(load_pen_digits)
    assert f"cannot be kept in {tmp_path / 'file' / 'datasets'}" in sentence
    assert "Set KERAS_HOME" in sentence


def test_download_that_turns_out_damaged_names_what_to_delete(tmp_path, server):
    server.content = zip_files(tmp_path / "a.zip", {"pendigits-orig.tra": UNIPEN[:-30]}).read_bytes()
    path = tmp_path / "keras" / "datasets" / "uci-pen-digits.zip"
    assert f"Or delete {path}: then it is downloaded anew." in failure(load_pen_digits)
