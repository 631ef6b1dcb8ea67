"""What a person does and sees on the page, for the browser tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import CDPSession, Locator, Page, expect
from written_numbers import number_drawing

from benchmarks.chromium import draw_with_mouse
from interface import texts
from interface.answer import MARKS
from interface.examples import CANVAS

LAPTOP = {"viewport": {"width": 1366, "height": 768}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

Points = Sequence[Sequence[float]]  # [x, y] on a canvas of CANVAS x CANVAS


class Bar(NamedTuple):
    """A bar of the chart: the digit that stands below it, its height as a share of the whole, and its mark."""

    digit: str
    share: float
    is_best: bool


def canvas_of(page: Page) -> Locator:
    return page.locator("#sketchpad canvas")


def expect_digit(page: Page, digit: int, live: bool = False) -> None:
    """Wait until the answer is this digit, under the moving pen (`live`) or settled."""
    reading = page.locator("#answer .reading.live" if live else "#answer .reading:not(.live)")
    expect(reading.locator(".digit")).to_have_text(str(digit))


def draw_number(page: Page, text: str) -> None:
    drawing = number_drawing([text])
    scale = CANVAS / max(drawing.width, drawing.height)
    draw_with_mouse(canvas_of(page), [(stroke * scale).tolist() for stroke in drawing.strokes])


def expect_number(page: Page, text: str) -> None:
    """Wait until the answer is this number, its digits in the order in which they are read."""
    buttons = page.locator("#answer .number:not(.live) .digits button")
    expect(buttons).to_have_text(list(text))


def expect_sentence(page: Page, sentence: str) -> None:
    """Wait until a sentence stands in place of an answer, and the bars are empty."""
    expect(page.locator("#answer").get_by_role("status")).to_have_text(sentence)
    expect(page.locator("#answer .digit")).to_have_count(0)
    page.wait_for_function(f"({BARS})().every(bar => bar.share < 0.001)")


def expect_no_digit(page: Page) -> None:
    """Wait until it is said in words that this is not a digit, and the bars stand faded."""
    expect(page.locator("#answer .reading.none:not(.live) strong")).to_have_text(texts.NOT_A_DIGIT)
    page.wait_for_function(f"""() => {{
      const bars = ({BARS})();
      const total = bars.reduce((sum, bar) => sum + bar.share, 0);
      return total > 0.98 && bars.every((bar) => bar.fill === "{MARKS["faded"]}");
    }}""")


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")


# From left to right; the number below a bar is the axis label nearest to its middle.
BARS = """() => {
  const middle = (e) => { const r = e.getBoundingClientRect(); return (r.left + r.right) / 2; };
  const chart = document.querySelector("#probabilities");
  const labels = [...chart.querySelectorAll(".role-axis-label text")].filter((e) => /^[0-9]$/.test(e.textContent));
  const height = chart.querySelector(".role-frame .background").getBoundingClientRect().height;
  return [...chart.querySelectorAll(".role-mark path")]
    .sort((a, b) => middle(a) - middle(b))
    .map((bar) => ({
      digit: labels.find((label) => Math.abs(middle(label) - middle(bar)) < 4)?.textContent,
      share: bar.getBoundingClientRect().height / height,
      fill: bar.getAttribute("fill"),
    }));
}"""


def read_bars(page: Page) -> list[Bar]:
    """The bars from left to right."""
    return [Bar(bar["digit"], bar["share"], bar["fill"] == MARKS["best"]) for bar in page.evaluate(BARS)]


def wait_for_best_bar(page: Page, digit: int) -> list[Bar]:
    """Wait until this digit's bar is the marked and highest one; return all. The chart is drawn after the answer."""
    best = f'{{ digit: "{digit}", fill: "{MARKS["best"]}" }}'
    page.wait_for_function(f"""() => {{
      const best = {best};
      const bars = ({BARS})();
      const highest = bars.reduce((a, b) => (a.share > b.share ? a : b));
      return highest.digit === best.digit && highest.fill === best.fill;
    }}""")
    return read_bars(page)


# ---------------------------------------------------------------- what is on the canvas

# The pixels of the pen, in units of the canvas: how many, and from where to where in the row at `y`, if any.
INK = """([side, y]) => {
  const canvas = document.querySelector("#sketchpad canvas");
  const scale = canvas.width / side;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const isPen = (column, row) => data[4 * (row * canvas.width + column) + 3] > 127;
  let area = 0;
  const columns = [];
  for (let row = 0; row < canvas.height; row++)
    for (let column = 0; column < canvas.width; column++) {
      if (!isPen(column, row)) continue;
      area++;
      if (row === Math.round(y * scale)) columns.push(column);
    }
  return { area: area / scale / scale, left: columns[0] / scale, right: (columns.at(-1) + 1) / scale };
}"""


def ink_area(page: Page) -> float:
    """How much of the canvas the pen covers, in its units squared."""
    return page.evaluate(INK, [CANVAS, 0])["area"]


def line_width(page: Page, y: float) -> float:
    """How wide all ink together is in the row at `y`, in units of the canvas."""
    row = page.evaluate(INK, [CANVAS, y])
    return row["right"] - row["left"]


def wait_for_ink(page: Page, at_least: float = 1) -> None:
    page.wait_for_function(f"(argument) => ({INK})(argument).area >= {at_least}", arg=[CANVAS, 0])


def wait_for_blank(page: Page) -> None:
    page.wait_for_function(f"(argument) => ({INK})(argument).area === 0", arg=[CANVAS, 0])


# ---------------------------------------------------------------- files


def drop_files(place: Locator, *files: Path) -> None:
    """Drag files from a folder of the desktop to the middle of a place; the browser sees a real drag."""
    box = place.bounding_box()
    assert box, "the place is not on the page"
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    devtools = place.page.context.new_cdp_session(place.page)
    for kind in ("dragEnter", "dragOver", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, **point, "data": data})
        place.page.wait_for_timeout(100)
    devtools.detach()


# ---------------------------------------------------------------- fingers


class Fingers:
    """Fingers on a touch screen, at points of the page in CSS pixels; the browser sees real touches."""

    def __init__(self, page: Page) -> None:
        self._devtools: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: Sequence[float]) -> None:
        touches = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def put(self, *points: Sequence[float]) -> None:
        """All fingers that are down now, the new ones last."""
        self._send("touchStart", *points)

    def move(self, *points: Sequence[float]) -> None:
        self._send("touchMove", *points)

    def lift(self) -> None:
        self._send("touchEnd")

    def drag(self, points: Points) -> None:
        """One finger, along the points."""
        self.put(points[0])
        for point in points[1:]:
            self.move(point)
        self.lift()


def to_page(canvas: Locator, points: Points) -> list[tuple[float, float]]:
    """From points on the canvas to points of the page, in CSS pixels."""
    box = canvas.bounding_box()
    assert box, "the canvas is not on the page"
    scale = box["width"] / CANVAS
    return [(box["x"] + x * scale, box["y"] + y * scale) for x, y in points]
