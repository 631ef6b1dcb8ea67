"""The page: draw a digit or upload a photo, and see what the network thinks. `python app.py --help`"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interface import texts
from model.recognizer import DEFAULT_MODEL, ModelError, Recognizer

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["build_app", "launch", "main"]

HERE = Path(__file__).parent
EXAMPLES = HERE / "interface" / "examples"
STYLES = ("page.css", "answer.css", "models.css", "inside.css")
MAX_UPLOAD = 20  # MB; a phone's 12-megapixel JPEG has 3 to 8
CONCURRENT = 4  # photos or API calls that are read at the same time; more wait in the queue
QUEUE = 200  # waiting at most; who comes then is told to try again
INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
DELETE_UPLOADS = 3600  # seconds until an upload is deleted, and between two looks for old ones


def build_app(*recognizers: Recognizer) -> gr.Blocks:
    """Build the page and its HTTP API around a recognizer, or several, which a person chooses from or compares.

    The first one also reads what comes through the HTTP API and the many photos.

    Returns
    -------
    gr.Blocks
        Not launched; see `launch`.
    """
    import gradio as gr

    from interface.answer import MARKS, render_chart, render_sentence
    from interface.answers import Answers
    from interface.api import add_api
    from interface.examples import load_example_drawings
    from interface.inside import FoldWatch
    from interface.many import ManyPhotos
    from interface.photo import Photo, PhotoGate
    from interface.shown import Kept
    from interface.signs import SignChoice
    from interface.sketchpad import Sketchpad
    from interface.steps import render_steps

    answers = Answers(recognizers, MAX_UPLOAD)
    several = len(recognizers) > 1

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
                    ManyPhotos(recognizers[0], MAX_UPLOAD * 1_000_000, elem_id="many")
            with gr.Column(scale=6, min_width=320, elem_id="answer-side"):
                model_choice = gr.Radio(
                    [*answers.names, texts.SIDE_BY_SIDE],
                    value=answers.names[0],
                    type="index",
                    label=texts.READ_BY,
                    visible=several,
                    elem_id="model",
                )
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
                with gr.Accordion(texts.HOW_IT_WORKS, open=False, elem_id="how-it-works") as fold:
                    inside = gr.HTML(f"<p>{texts.ASK_FOR_SIGN}</p>", elem_id="inside")
                    story = gr.HTML(elem_id="story")
                fold_watch = FoldWatch("answer", "network-input", "how-it-works", "model")
        kept = gr.State(Kept(), time_to_live=DELETE_UPLOADS)

        # No queue: a reading takes 2 ms, and a place in the queue 15. `always_last` is the back-pressure: each page
        # has one request under way and drops all that wait but the newest.
        quickly: dict[str, Any] = {
            "outputs": [answer, chart, steps, kept],
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        now = [kept, model_choice] if several else [kept]
        sketchpad.input(answers.read_drawing, [sketchpad, *now], trigger_mode="always_last", **quickly)
        draw_tab.select(answers.open_draw_tab, now, **quickly)
        photo_tab.select(answers.open_photo_tab, now, **quickly)
        photo.change(answers.read_upload, [photo, *now], **{**quickly, "queue": True, "show_progress": "minimal"})
        sign_choice.input(answers.choose_sign, [sign_choice, *now], trigger_mode="multiple", **quickly)  # drops none
        photo_gate.input(answers.refuse_photo, [photo_gate, *now], **quickly)
        # These wait in the queue: one at a time, for all visitors; of what waits on a page only the newest stays.
        aside: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 1}
        fold_watch.input(answers.show_inside, [fold_watch, *now], inside, trigger_mode="always_last", **aside)
        fold.expand(answers.tell_story, now[1:], story, **aside)
        if several:
            model_choice.input(answers.choose_model, now, **quickly)
            model_choice.input(answers.tell_story, model_choice, story, **aside)
        add_api(recognizers[0], photo)
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
        css_paths=[HERE / "interface" / name for name in STYLES],
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
    parser.add_argument(
        "--model",
        type=Path,
        action="append",
        default=argparse.SUPPRESS,  # the help would call it None
        metavar="PATH",
        help=f"the network to read with; several are compared on the page (default: {DEFAULT_MODEL})",
    )
    return parser.parse_args(argv, argparse.Namespace(model=None))


def main(argv: Sequence[str] | None = None) -> int:
    """Start the page and serve it until Ctrl-C; returns the exit status."""
    options = _parse(argv)
    if options.port is not None and not _is_free(options.host, options.port):
        print(f"Port {options.port} at {options.host} is taken; choose another with --port.", file=sys.stderr)
        return 2
    try:
        paths = list(dict.fromkeys(options.model or [DEFAULT_MODEL]))
        recognizers, loadings = zip(*map(Recognizer.load_in_background, paths), strict=True)
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        page = build_app(*recognizers)
        try:
            address = launch(page, options.host, options.port, auth=options.auth, share=options.share)
        except OSError as problem:
            print(f"The page cannot be served at {options.host}: {problem}", file=sys.stderr)
            return 2
        for loading in loadings:
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
