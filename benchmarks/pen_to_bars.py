"""How soon after pen-up do the bars show the answer, and how often do they change while the pen moves?

In headless Chromium on the cores that also serve the page; beside it Gradio's own Sketchpad and Label with the same
recognizer. A time ends with the last change of the page to its final state; the screen shows it with the next frame.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the project, when this runs as a script

import numpy as np

from benchmarks.chromium import draw_in_square, draw_with_mouse, open_chromium
from benchmarks.live_app import HOST, find_free_port, start_app
from benchmarks.report import Figure, print_report
from interface.examples import STROKES
from model.recognizer import Recognizer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAUSE = 8  # ms between two moves of the mouse; a stroke of 30 points takes a third of a second, as by hand
QUIET = 250  # ms without a change: the page is in its final state
STOCK_QUIET = 2000  # ms; its answers come late, and move for a while
LONG = 4  # times the 8 is gone round to count the updates

# Notes when the pen is lifted, and whenever what stands in an element changes, in ms of the page's clock.
RECORD = """(parts) => {
  window.record = { up: 0, down: 0, changes: {} };
  document.addEventListener("pointerdown", (event) => { record.down = event.timeStamp; }, true);
  document.addEventListener("pointerup", (event) => { record.up = event.timeStamp; }, true);
  for (const [name, [selector, shown]] of Object.entries(parts)) {
    const element = document.querySelector(selector);
    const look = new Function("element", `return ${shown}`);
    let last = look(element);
    record.changes[name] = [];
    new MutationObserver(() => {
      const now = look(element);
      if (now === last) return;
      last = now;
      record.changes[name].push(performance.now());
    }).observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
  }
}"""
BARS = """[...element.querySelectorAll('.role-mark path')].map((bar) => bar.getAttribute('d')).sort().join()"""
PARTS = {
    "bars": ["#probabilities", BARS],
    "answer": ["#answer", "element.innerHTML"],
    "steps": ["#network-input", "element.querySelector('img')?.src"],
}
STOCK_PARTS = {"answer": ["#stock-answer", "element.querySelector('[data-testid=label-output-value]')?.innerText"]}


def wait_until_quiet(page: Page) -> dict[str, Any]:
    """Wait until nothing recorded has changed for QUIET ms, and return the record."""
    page.wait_for_function(
        "(quiet) => performance.now() - Math.max(record.up, ...Object.values(record.changes).flat()) > quiet",
        arg=QUIET,
    )
    record: dict[str, Any] = page.evaluate("record")
    return record


def last_change(record: dict[str, Any]) -> float:
    """Ms from pen-up to the last change of anything.

    Raises
    ------
    AssertionError
        If nothing has changed since.
    """
    wait = max((change for changes in record["changes"].values() for change in changes), default=0.0) - record["up"]
    assert wait > 0, "nothing has changed since the pen was lifted"
    return float(wait)


def measure_page(browser: Browser, address: str, count: int) -> tuple[list[float], list[float]]:
    """Draw on our page; ms from pen-up to the final answer and bars, and updates a second under the moving pen."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(address)
    page.locator("#probabilities svg").wait_for()
    canvas = page.locator("#sketchpad canvas")
    draw_with_mouse(canvas, STROKES[3], PAUSE)
    page.evaluate(RECORD, PARTS)

    waits: list[float] = []
    for number in range(count):
        page.keyboard.press("Delete")
        page.wait_for_timeout(QUIET)
        draw_with_mouse(canvas, STROKES[number % 10], PAUSE)
        wait = last_change(wait_until_quiet(page))
        shown = page.locator("#answer .digit").inner_text()
        assert shown == str(number % 10), f"a {number % 10} is read as {shown}"
        waits.append(wait)

    rates = []
    for _ in range(5):
        page.keyboard.press("Delete")
        page.wait_for_timeout(QUIET)
        draw_with_mouse(canvas, [STROKES[8][0] * LONG], PAUSE)
        record = wait_until_quiet(page)
        shown_while_down = [t for t in record["changes"]["steps"] if record["down"] < t < record["up"]]
        rates.append(1000 * len(shown_while_down) / (record["up"] - record["down"]))
    page.close()
    return waits, rates


# ---------------------------------------------------------------- Gradio's own parts


def serve_stock_page(port: int) -> None:
    """The least that one would write with Gradio's own parts: Sketchpad in, Label out."""
    import gradio as gr

    recognizer, _ = Recognizer.load_in_background()  # as our page does

    def read(drawing: dict[str, Any] | None) -> dict[str, float]:
        if not drawing or not drawing["layers"]:
            return {}
        ink = drawing["layers"][0][..., 3].astype(np.float32) / 255  # the composite is opaque
        predictions = recognizer.recognize(ink)
        return {str(n): float(p) for n, p in enumerate(predictions[0].probabilities)} if predictions else {}

    with gr.Blocks(analytics_enabled=False) as page:
        sketchpad = gr.Sketchpad(elem_id="stock-sketchpad", height=500)
        label = gr.Label(elem_id="stock-answer")
        sketchpad.change(read, sketchpad, label)
    page.launch(server_name=HOST, server_port=port, quiet=True, ssr_mode=False)


@contextmanager
def start_stock_page() -> Iterator[str]:
    """Serve it from a process of its own; its address."""
    port = find_free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve_stock_page, args=(port,), daemon=True)
    process.start()
    try:
        yield f"http://{HOST}:{port}/"
    finally:
        process.terminate()
        process.join()


def open_when_served(page: Page, address: str, seconds: float = 60) -> None:
    """Open a page whose server is still starting."""
    from playwright.sync_api import Error

    end = time.monotonic() + seconds
    while True:
        try:
            page.goto(address)
            return
        except Error:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def measure_stock_page(browser: Browser, address: str, count: int) -> list[float]:
    """Draw on the stock page; ms from pen-up to the digit in the label, whose bars are still moving then."""
    page = browser.new_page(viewport={"width": 1366, "height": 1000})
    open_when_served(page, address)
    sketchpad = page.locator("#stock-sketchpad")
    brush, clear = sketchpad.get_by_label("Brush"), sketchpad.get_by_label("Clear canvas")
    brush.wait_for()
    page.wait_for_timeout(STOCK_QUIET)
    box = sketchpad.locator("canvas").first.bounding_box()
    assert box
    side = 0.6 * min(box["width"], box["height"])  # the sheet is in the middle of the canvas, and smaller
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    page.evaluate(RECORD, STOCK_PARTS)
    shown = page.get_by_test_id("label-output-value")
    single = [strokes for strokes in STROKES.values() if len(strokes) == 1]  # it reads between two strokes, too

    waits: list[float] = []
    for number in range(count + 1):
        brush.click()  # without it the pen does nothing, again after each Clear
        page.wait_for_timeout(QUIET)
        draw_in_square(page, single[number % len(single)], left, top, side, PAUSE)
        shown.wait_for()
        waits.append(last_change(page.evaluate("record")))
        page.wait_for_timeout(STOCK_QUIET)
        clear.click()
        shown.wait_for(state="detached")
    page.close()
    return waits[1:]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--strokes", type=int, default=60, help="on our page")
    parser.add_argument("--stock-strokes", type=int, default=15, help="on the page of Gradio's own parts")
    options = parser.parse_args(argv)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = open_chromium(playwright)
        except FileNotFoundError as problem:
            print(problem, file=sys.stderr)
            return 2
        with start_app(port := find_free_port()):
            waits, rates = measure_page(browser, f"http://{HOST}:{port}/", options.strokes)
        with start_stock_page() as address:
            stock_waits = measure_stock_page(browser, address, options.stock_strokes)
        chromium = browser.version
        browser.close()
    ratio = np.median(stock_waits) / np.median(waits)
    print_report(
        "Pen to bars",
        [
            Figure("pen-up to the final answer and bars", waits, target="40 ms, p95 80 ms"),
            Figure("updates a second under the moving pen", rates, "/s", "8 /s"),
            Figure("stock Sketchpad and Label: pen-up to the changed label", stock_waits),
        ],
        f"The stock parts take {ratio:.0f} times as long, and show nothing while the pen moves.",
        f"Headless Chromium {chromium}, server on the same cores.",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
