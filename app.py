"""The page: draw a digit or upload a photo, and see what the network thinks. `python app.py --help`"""

from __future__ import annotations

import argparse
import math
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interface import texts
from model.recognizer import DEFAULT_MODEL, ModelError, Prediction, Recognizer, to_answer
from preprocessing import Drawing, DrawingError, PhotoError, read_photo

if TYPE_CHECKING:
    import gradio as gr
    import pandas as pd

__all__ = ["build_app", "launch", "main"]

HERE = Path(__file__).parent
EXAMPLES = HERE / "interface" / "examples"
MAX_UPLOAD = 20  # MB; a phone's 12-megapixel JPEG has 3 to 8
CONCURRENT = 4  # photos or API calls that are read at the same time; more wait in the queue
QUEUE = 200  # waiting at most; who comes then is told to try again
INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
DELETE_UPLOADS = 3600  # seconds until an upload is deleted, and between two looks for old ones

# HTML of the answer, rows of the chart, HTML of the steps; and what they are of, for when another digit is chosen
Answer = tuple[str, "pd.DataFrame", str, "Shown | None"]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a page shows: predictions, the size of what they were read from (height, width), and the photo as a URL."""

    predictions: list[Prediction]
    size: tuple[float, ...]
    photo: str = ""


def build_app(recognizer: Recognizer) -> gr.Blocks:
    """Build the page and its HTTP API around a recognizer.

    Returns
    -------
    gr.Blocks
        Not launched; see `launch`.
    """
    import gradio as gr

    from interface.answer import (
        MARKS,
        render_answer,
        render_chart,
        render_photo,
        render_sentence,
        render_steps,
        shrink_photo,
    )
    from interface.examples import load_example_drawings
    from interface.photo import Photo, PhotoGate
    from interface.signs import SignChoice
    from interface.sketchpad import Sketchpad

    def show(shown: Shown | None, if_blank: str = "", selected: int = 0, live: bool = False) -> Answer:
        if shown is None or not shown.predictions:
            return render_sentence(if_blank), render_chart(None), render_steps([]), None
        best = shown.predictions[selected]
        answer = render_answer(shown.predictions, selected, live)
        if shown.photo:
            answer += render_photo(shown.photo, shown.size, shown.predictions, selected)
        return (
            answer,
            render_chart(best.probabilities, best.digit is not None),
            render_steps(shown.predictions, selected, *shown.size),
            shown,
        )

    def explain(problem: Exception | str) -> Answer:
        return render_sentence(str(problem), "problem"), render_chart(None), render_steps([]), None

    def show_drawing(data: dict[str, Any] | None) -> Answer:
        if data is None:
            return show(None, texts.ASK_FOR_DRAWING)
        try:
            drawing = Drawing.from_json(data)
        except DrawingError as problem:
            return explain(problem)
        if_blank = texts.OFF_CANVAS if drawing.strokes else texts.ASK_FOR_DRAWING
        shown = Shown(recognizer.recognize_drawing(drawing), (drawing.height, drawing.width))
        return show(shown, if_blank, live=data.get("live") is True)

    def show_photo(path: str | None) -> Answer:
        if path is None:
            return show(None, texts.ASK_FOR_PHOTO)
        try:
            picture = read_photo(path)
        except PhotoError as problem:
            return explain(problem)
        predictions = recognizer.recognize_photo(picture)
        photo = shrink_photo(picture.rgb) if len(predictions) > 1 else ""
        return show(Shown(predictions, picture.size, photo), texts.NO_WRITING)

    def choose_sign(choice: dict[str, Any], shown: Shown | None) -> Answer:
        count = len(shown.predictions) if shown else 0
        number = choice.get("sign") if isinstance(choice, dict) else None
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < count:
            raise gr.Error(texts.NO_SUCH_SIGN, print_exception=False)
        return show(shown, selected=number)

    def refuse_photo(file: dict[str, Any]) -> Answer:
        size = math.ceil(file["size"] / 100_000) / 10  # MB; not "20.0 MB, at most 20"
        return explain(texts.PHOTO_TOO_LARGE.format(name=file["name"], size=size, limit=MAX_UPLOAD))

    def recognize_drawing(drawing: dict[str, Any]) -> dict[str, Any]:
        """Read a drawing: {"width", "height", "strokes": [[[x, y], …], …]}, y downwards, in any unit.

        Answers {"text", "predictions": [{"digit", "runner_up", "probability", "probabilities", "is_digit", "row",
        "box"}]}, the digits in reading order; the text has a line a row, and "?" for what is not a digit.
        The digit is null where it doesn't look like one; the runner-up is the second digit of "4 or 9?", else null.
        A box is [top, left, height, width] in the drawing's unit. A blank drawing has the text "" and no predictions.
        """
        try:
            return to_answer(recognizer.recognize_drawing(Drawing.from_json(drawing)))
        except DrawingError as problem:
            raise gr.Error(str(problem), print_exception=False) from None

    def recognize_photo(photo: str | None) -> dict[str, Any]:
        """Read an image file: dark on light or light on dark, in any size up to 60 megapixels.

        Answers {"text", "predictions": [{"digit", "runner_up", "probability", "probabilities", "is_digit", "row",
        "box"}]}, the digits in reading order; the text has a line a row, and "?" for what is not a digit.
        The digit is null where it doesn't look like one; the runner-up is the second digit of "4 or 9?", else null.
        A box is [top, left, height, width] in pixels of the upright photo. No writing gives the text "" and no
        predictions.
        """
        if photo is None:
            raise gr.Error("There is no photo in the request; upload one first.", print_exception=False)
        try:
            return to_answer(recognizer.recognize_photo(read_photo(photo)))
        except PhotoError as problem:
            raise gr.Error(str(problem), print_exception=False) from None

    with gr.Blocks(
        title=texts.TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(DELETE_UPLOADS, DELETE_UPLOADS),
    ) as page:
        gr.HTML(f"<h1>{texts.TITLE}</h1><p>{texts.INTRODUCTION}</p>", elem_id="title")
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=320), gr.Tabs():
                with gr.Tab(texts.DRAW_TAB, id="draw") as draw_tab:
                    sketchpad = Sketchpad(load_example_drawings(), elem_id="sketchpad")
                with gr.Tab(texts.PHOTO_TAB, id="photo-tab") as photo_tab:
                    photo = Photo(
                        label=texts.PHOTO_LABEL,
                        placeholder=texts.PHOTO_PLACEHOLDER,
                        height=400,
                        buttons=["fullscreen"],
                        elem_id="photo",
                    )
                    photo_gate = PhotoGate("photo", MAX_UPLOAD * 1_000_000)
                    gr.Examples(sorted(map(str, EXAMPLES.glob("*.jpg"))), photo, label=texts.PHOTO_EXAMPLES)
            with gr.Column(scale=6, min_width=320):
                answer = gr.HTML(render_sentence(texts.ASK_FOR_DRAWING), elem_id="answer")
                chart = gr.BarPlot(
                    render_chart(None),
                    x="digit",
                    y="probability",
                    color="mark",
                    color_map=MARKS,
                    colors_in_legend=[],
                    sort=[str(digit) for digit in range(10)],
                    y_lim=[0, 1],
                    y_axis_format=".0%",
                    x_title="Digit",
                    y_title="Probability",
                    height=230,
                    label=texts.CHART_LABEL,
                    elem_id="probabilities",
                )
                steps = gr.HTML(render_steps([]), elem_id="network-input")
                sign_choice = SignChoice("answer", texts.COPIED)
        shown = gr.State(None, time_to_live=DELETE_UPLOADS)

        # No queue: a reading takes 2 ms, and a place in the queue 15. `always_last` is the back-pressure: each page
        # has one request under way and drops all that wait but the newest.
        quickly: dict[str, Any] = {
            "outputs": [answer, chart, steps, shown],
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        sketchpad.input(show_drawing, sketchpad, trigger_mode="always_last", **quickly)
        draw_tab.select(show_drawing, sketchpad, **quickly)
        photo_tab.select(show_photo, photo, **quickly)
        photo.change(show_photo, photo, **{**quickly, "queue": True, "show_progress": "minimal"})
        sign_choice.input(choose_sign, [sign_choice, shown], trigger_mode="always_last", **quickly)
        photo_gate.input(refuse_photo, photo_gate, **quickly)
        gr.api(recognize_drawing, api_name="recognize_drawing")
        gr.on([], recognize_photo, photo, gr.JSON(visible=False), api_name="recognize_photo")
    return page.queue(max_size=QUEUE, default_concurrency_limit=CONCURRENT)


def launch(page: gr.Blocks, host: str = "127.0.0.1", port: int | None = None, **options: Any) -> str:
    """Serve the page in the background and return its local address.

    Parameters
    ----------
    port : int, optional
        Without one, the first free port from 7860 on.
    options
        Passed on to `gradio.Blocks.launch`.

    Raises
    ------
    OSError
        If it cannot be served there.
    """
    page.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=MAX_UPLOAD * 1_000_000,
        footer_links=["api"],
        css_paths=[HERE / "interface" / "page.css"],
        **options,
    )
    return str(page.local_url)


def _read_auth(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError("expected is user:password, both not empty")
    return user, password


def _is_free(host: str, port: int) -> bool:
    """Look before Gradio does, which takes seconds and calls a slow start a taken port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name != "nt":  # there it would let two share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for the whole network")
    parser.add_argument("--port", type=int, help="port to listen on; without it the first free one from 7860 on")
    parser.add_argument("--share", action="store_true", help="also make a public Gradio link")
    parser.add_argument("--auth", type=_read_auth, metavar="USER:PASSWORD", help="ask visitors for these")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="the network to read with")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Start the page and serve it until Ctrl-C; returns the exit status."""
    options = _parse(argv)
    if options.port is not None and not _is_free(options.host, options.port):
        print(f"Port {options.port} at {options.host} is taken; choose another with --port.", file=sys.stderr)
        return 2
    try:
        recognizer, loading = Recognizer.load_in_background(options.model)
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        page = build_app(recognizer)
        try:
            address = launch(page, options.host, options.port, auth=options.auth, share=options.share)
        except OSError as problem:
            print(f"The page cannot be served at {options.host}: {problem}", file=sys.stderr)
            return 2
        loading.result()
    except ModelError as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # while it still starts; later, Gradio's block_thread ends in peace
        return INTERRUPTED
    print(f"Draw at {address}", flush=True)
    if page.share_url:
        print(f"Anyone with this link can draw, for up to a week: {page.share_url}", flush=True)
    elif options.share:
        print("The public link could not be made (see above); the address on this computer works.", flush=True)
    page.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())
