"""The page: draw a digit or upload a photo, and see what the network thinks. `python app.py --help`"""

from __future__ import annotations

import argparse
import math
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interface import texts
from model.recognizer import DEFAULT_MODEL, ModelError, Recognizer
from preprocessing import Drawing, DrawingError, PhotoError, find_writing, read_photo, writing_to_page

if TYPE_CHECKING:
    import gradio as gr
    import pandas as pd

    from interface.shown import Kept, Shown

__all__ = ["build_app", "launch", "main"]

HERE = Path(__file__).parent
EXAMPLES = HERE / "interface" / "examples"
MAX_UPLOAD = 20  # MB; a phone's 12-megapixel JPEG has 3 to 8
CONCURRENT = 4  # photos or API calls that are read at the same time; more wait in the queue
QUEUE = 200  # waiting at most; who comes then is told to try again
INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
DELETE_UPLOADS = 3600  # seconds until an upload is deleted, and between two looks for old ones

# HTML of the answer, rows of the chart, HTML of the steps; and what is kept for when another digit is chosen
Answer = tuple[str, "pd.DataFrame", str, "Kept"]


def build_app(recognizer: Recognizer) -> gr.Blocks:
    """Build the page and its HTTP API around a recognizer.

    Returns
    -------
    gr.Blocks
        Not launched; see `launch`.
    """
    import gradio as gr

    from interface.answer import MARKS, render_chart, render_sentence
    from interface.api import add_api
    from interface.examples import load_example_drawings
    from interface.many import ManyPhotos
    from interface.photo import Photo, PhotoGate
    from interface.shown import Kept, NoSuchSign, Shown, explain, render, show_photo
    from interface.signs import SignChoice
    from interface.sketchpad import Sketchpad
    from interface.steps import render_steps

    def answer_with(shown: Shown, tab: str, kept: Kept, selected: int = 0, live: bool = False) -> Answer:
        return *render(shown, selected, live), kept.put(tab, shown)

    def read_drawing(data: dict[str, Any] | None, kept: Kept) -> Answer:
        if data is None:
            return answer_with(explain(texts.ASK_FOR_DRAWING, "hint"), "draw", kept)
        try:
            drawing = Drawing.from_json(data)
        except DrawingError as problem:
            return answer_with(explain(problem), "draw", kept)
        if_blank = texts.OFF_CANVAS if drawing.strokes else texts.ASK_FOR_DRAWING
        predictions = recognizer.recognize_drawing(drawing)
        shown = Shown(predictions, (drawing.height, drawing.width), sentence=if_blank)
        return answer_with(shown, "draw", kept, live=data.get("live") is True)

    def read_upload(path: str | None, kept: Kept) -> Answer:
        if path is None:
            return answer_with(explain(texts.ASK_FOR_PHOTO, "hint"), "photo", kept)
        try:
            picture = read_photo(path)
        except PhotoError as problem:
            return answer_with(explain(problem), "photo", kept)
        writing = find_writing(picture.rgb)
        [predictions] = recognizer.recognize_pages([writing_to_page(writing, picture.size)])
        return answer_with(show_photo(picture, writing, predictions, Path(path).name), "photo", kept)

    def refuse_photo(file: dict[str, Any], kept: Kept) -> Answer:
        size = f"{math.ceil(file['size'] / 100_000) / 10:.1f}"  # MB; not "20.0 MB, at most 20"
        sentence = texts.PHOTO_TOO_LARGE.format(name=file["name"], size=size, limit=MAX_UPLOAD)
        return answer_with(explain(sentence), "photo", kept)

    def open_tab(tab: str, sentence: str) -> Callable[[Kept], Answer]:
        """Show what the tab has shown before, corrections and all."""
        return lambda kept: answer_with(kept.shown.get(tab) or explain(sentence, "hint"), tab, kept)

    def choose_sign(choice: dict[str, Any], kept: Kept) -> Answer:
        try:
            shown, number = kept.get(kept.tab).choose(choice)
        except NoSuchSign as problem:
            raise gr.Error(str(problem), print_exception=False) from None
        return answer_with(shown, kept.tab, kept, number)

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
                with gr.Tab(texts.MANY_TAB, id="many"):
                    ManyPhotos(recognizer, MAX_UPLOAD * 1_000_000, elem_id="many")
            with gr.Column(scale=6, min_width=320, elem_id="answer-side"):
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
        kept = gr.State(Kept(), time_to_live=DELETE_UPLOADS)

        # No queue: a reading takes 2 ms, and a place in the queue 15. `always_last` is the back-pressure: each page
        # has one request under way and drops all that wait but the newest.
        quickly: dict[str, Any] = {
            "outputs": [answer, chart, steps, kept],
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        sketchpad.input(read_drawing, [sketchpad, kept], trigger_mode="always_last", **quickly)
        draw_tab.select(open_tab("draw", texts.ASK_FOR_DRAWING), kept, **quickly)
        photo_tab.select(open_tab("photo", texts.ASK_FOR_PHOTO), kept, **quickly)
        photo.change(read_upload, [photo, kept], **{**quickly, "queue": True, "show_progress": "minimal"})
        sign_choice.input(choose_sign, [sign_choice, kept], trigger_mode="always_last", **quickly)
        photo_gate.input(refuse_photo, [photo_gate, kept], **quickly)
        add_api(recognizer, photo)
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
