"""The page: draw a digit or upload a photo, and see what the network thinks. `python app.py --help`"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what takes long is imported where it is used: there, Ctrl-C ends quietly
    import argparse

    import gradio as gr
    from starlette.middleware import Middleware

    from model.recognizer import Recognizer
    from serving.links import Links
    from serving.tunnel import Tunnel

__all__ = ["build_app", "launch", "main"]

HERE = Path(__file__).parent
EXAMPLES = HERE / "interface" / "examples"
STYLES = ("page.css", "answer.css", "models.css", "inside.css", "access.css")
MAX_UPLOAD = 20  # MB; a phone's 12-megapixel JPEG has 3 to 8
CONCURRENT = 8  # photos or API calls that are taken from the queue at the same time; `serving.lanes` reads them
QUEUE = 200  # waiting at most; who comes then is told to try again
SESSIONS = 1000  # pages whose answers are kept; each takes up to 0.3 MB
INTERRUPTED = 128 + 2  # exit status after Ctrl-C, as shells have it
LOOK_FOR_UPLOADS = 60  # seconds between two looks for uploads that were never read,
DELETE_UPLOADS = 300  # and until these are deleted; what waits in the queue is read before
FORGET_PAGE = 3600  # seconds after which what a closed page has shown is forgotten
DAY = 86_400  # seconds


def build_app(*recognizers: Recognizer, links: Links | None = None) -> gr.Blocks:
    """Build the page and its HTTP API around a recognizer, or several, which a person chooses from or compares.

    The first one also reads what comes through the HTTP API and the many photos.

    Parameters
    ----------
    links : Links, optional
        The addresses for others, which the page then shows.

    Returns
    -------
    gr.Blocks
        Not launched; see `launch`.
    """
    import gradio as gr

    from interface import texts as english
    from interface.announcer import Announcer
    from interface.answer import MARKS, render_chart, render_sentence
    from interface.answers import Answers
    from interface.api import add_api
    from interface.blocks import CalmBlocks
    from interface.connection import Connection
    from interface.drop_guard import DropGuard
    from interface.examples import load_example_drawings
    from interface.inside import FoldWatch
    from interface.link import LinkPanel
    from interface.many import ManyPhotos
    from interface.page_language import EveryLanguage
    from interface.photo import Photo, PhotoGate
    from interface.shown import Kept
    from interface.signs import SignChoice
    from interface.sketchpad import Sketchpad
    from interface.steps import render_steps
    from interface.title import Title
    from serving.lanes import PHOTOS_AT_ONCE, Lanes
    from serving.photos import PhotoReader
    from serving.uploads import Uploads

    lanes = Lanes()
    photos = PhotoReader(PHOTOS_AT_ONCE)
    uploads = Uploads(lambda path: path in map(_resolve, photo.keep_in_cache), photos.read)
    answers = Answers(recognizers, MAX_UPLOAD, uploads, photos, lanes)
    several = len(recognizers) > 1
    texts = EveryLanguage()

    with CalmBlocks(
        title=english.TITLE,
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(LOOK_FOR_UPLOADS, DELETE_UPLOADS),
    ) as page:
        with gr.Row(elem_id="head"):
            Title(elem_id="title")
            if links:
                LinkPanel(links, elem_id="link")
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
                    ManyPhotos(recognizers[0], photos, lanes, MAX_UPLOAD * 1_000_000, elem_id="many")
            with gr.Column(scale=6, min_width=320, elem_id="answer-side"):
                model_choice = gr.Radio(
                    [*answers.names, (texts.SIDE_BY_SIDE, english.SIDE_BY_SIDE)],
                    value=answers.names[0],
                    type="index",
                    label=texts.READ_BY,
                    visible=several,
                    elem_id="model",
                )
                answer = gr.HTML(texts.render(lambda t: render_sentence(t.ASK_FOR_DRAWING)), elem_id="answer")
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
                    x_title=english.CHART_DIGIT,
                    y_title=english.CHART_PROBABILITY,
                    height=230,
                    label=texts.CHART_LABEL,
                    elem_id="probabilities",
                )
                steps = gr.HTML(texts.render(lambda t: render_steps([], texts=t)), elem_id="network-input")
                sign_choice = SignChoice("answer")
                with gr.Accordion(texts.HOW_IT_WORKS, open=False, elem_id="how-it-works") as fold:
                    inside = gr.HTML(texts.render(lambda t: f"<p>{t.ASK_FOR_SIGN}</p>"), elem_id="inside")
                    story = gr.HTML(elem_id="story")
                fold_watch = FoldWatch("answer", "network-input", "how-it-works", "model")
        Announcer("answer", "network-input", "probabilities")
        Connection()
        DropGuard()
        kept = gr.State(Kept(), time_to_live=FORGET_PAGE)

        # No queue: a reading takes 2 ms, and a place in the queue 15. `always_last` is the back-pressure: each page
        # has one request under way and drops all that wait but the newest.
        quickly: dict[str, Any] = {
            "outputs": [answer, chart, steps, kept],
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
            # there is nothing left to do, and looking for it takes four turns of a thread; the choice has its number
            "preprocess": several,
            "postprocess": False,
        }
        now = [kept, model_choice] if several else [kept]
        sketchpad.input(answers.read_drawing, [sketchpad, *now], trigger_mode="always_last", **quickly)
        draw_tab.select(answers.open_draw_tab, now, **quickly)
        photo_tab.select(answers.open_photo_tab, now, **quickly)
        queued = {**quickly, "queue": True, "show_progress": "minimal", "preprocess": True}
        photo.change(answers.read_upload, [photo, *now], **queued)
        sign_choice.input(answers.choose_sign, [sign_choice, *now], trigger_mode="multiple", **quickly)  # drops none
        photo_gate.input(answers.refuse_photo, [photo_gate, *now], **quickly)
        # These wait in the queue: one at a time, for all visitors; of what waits on a page only the newest stays.
        aside: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 1}
        fold_watch.input(answers.show_inside, [fold_watch, *now], inside, trigger_mode="always_last", **aside)
        fold.expand(answers.tell_story, now[1:], story, **aside)
        if several:
            model_choice.input(answers.choose_model, now, **quickly)
            model_choice.input(answers.tell_story, model_choice, story, **aside)
        add_api(recognizers[0], photo, uploads, photos, lanes)
    page.i18n_instance = texts.i18n  # for `launch`
    return page.queue(max_size=QUEUE, default_concurrency_limit=CONCURRENT)


def _resolve(path: str) -> str:
    return str(Path(path).resolve())  # on macOS the folder for temporary files is a link


def launch(
    page: gr.Blocks,
    host: str = "127.0.0.1",
    port: int | None = None,
    accounts: Mapping[str, str] | None = None,
    **options: Any,
) -> str:
    """Serve the page in the background and return its local address.

    Parameters
    ----------
    port : int, optional
        Without one, the first free port from 7860 on.
    accounts : mapping of str to str, optional
        Users and their passwords; without any, everybody may come in.
    options
        Passed on to `gradio.Blocks.launch`.

    Raises
    ------
    PortError
        If it cannot be served there.
    """
    import matplotlib

    from interface import texts
    from interface.install import HEAD, ICON, make_routes
    from serving.passwords import make_check
    from serving.ports import PortError, avoid_proxy, check_port, find_free_ports

    matplotlib.use("agg")  # or Gradio looks for a backend in the first answer, which then takes half a second more
    avoid_proxy()
    if port is not None:
        check_port(host, port)
    for place in find_free_ports(host) if port is None else [port]:
        try:
            page.launch(
                server_name=host,
                server_port=place,
                prevent_thread_lock=True,
                quiet=True,
                ssr_mode=False,
                share=False,  # see serving/tunnel.py
                run_history=False,
                enable_monitoring=False,
                max_file_size=MAX_UPLOAD * 1_000_000,
                footer_links=["api"],
                i18n=page.i18n_instance,
                favicon_path=ICON,
                head=HEAD,
                css_paths=[HERE / "interface" / name for name in STYLES],
                auth=make_check(accounts) if accounts else None,
                auth_message=texts.LOGIN if accounts else None,
                app_kwargs={"routes": make_routes(), "middleware": _list_middleware()},
                state_session_capacity=SESSIONS,
                # a look at the page that it serves, which on a busy machine takes too long and ends the start
                _frontend=False,
                **options,
            )
        except OSError:  # somebody else was quicker
            continue
        return str(page.local_url)
    raise PortError(f"The page cannot be served at {host}; choose another port with --port.")


def _list_middleware() -> list[Middleware]:
    """What each request passes before it comes to Gradio, the first first."""
    from starlette.middleware import Middleware

    from interface.page_language import PageLanguage, say_to_visitor
    from serving.limits import Limits, Sizes
    from serving.slow_down import LoginGate

    return [
        Middleware(Limits, Sizes(upload=MAX_UPLOAD * 1_000_000), say=say_to_visitor),
        Middleware(LoginGate, say=say_to_visitor),
        Middleware(PageLanguage),
    ]


def _open_tunnel(host: str, port: int, links: Links, options: argparse.Namespace, folder: Path) -> Tunnel:
    from gradio import tunneling

    from interface.link import say_link
    from serving.links import PublicLink
    from serving.tunnel import Program, Tunnel

    def tell(link: PublicLink) -> None:
        links.public = link
        print(say_link(links), flush=True)

    program = Program(Path(tunneling.BINARY_PATH), tunneling.BINARY_URL, tunneling.Tunnel.download_binary)
    tunnel = Tunnel(host, port, program, folder, tell, options.share_server)
    tunnel.open()
    return tunnel


def _serve(options: argparse.Namespace, folder: Path) -> int:
    """Serve the page until Ctrl-C; returns the exit status."""
    from model.recognizer import Recognizer
    from serving.links import Links, PublicLink, find_lan_address
    from serving.passwords import VARIABLE, can_others_read, read_accounts
    from serving.ports import check_port

    # taken out of the environment: the tunnel's program has no business with it
    accounts = read_accounts(options.auth, options.auth_file, os.environ.pop(VARIABLE, ""))
    if options.auth_file and can_others_read(options.auth_file):
        print(f"Others on this computer can read {options.auth_file}; chmod 600 keeps it to you.", file=sys.stderr)
    if options.port is not None:
        check_port(options.host, options.port)  # before the seconds that all else takes
    recognizers, loadings = zip(*map(Recognizer.load_in_background, dict.fromkeys(options.model)), strict=True)

    lan = find_lan_address() if options.lan else None
    public = PublicLink("opening", server=str(options.share_server or "")) if options.share else None
    links = Links(bool(accounts), public=public)
    page = build_app(*recognizers, links=links if options.share or lan else None)
    address = launch(page, options.host, options.port, accounts)
    links.lan = f"http://{lan}:{page.server_port}/" if lan else ""
    for loading in loadings:
        loading.result()
    gc.collect()
    gc.freeze()  # a million objects that stay: to look through them again and again took a fifth of the time under load
    tunnel = None
    try:  # once it has said where it is, whoever ends it ends it as usual
        print(f"Draw at {address}", flush=True)
        if links.lan:
            print(f"In this network: {links.lan}", flush=True)
        elif options.lan:
            print("This computer is in no local network; connect it to one and start again.", flush=True)
        tunnel = _open_tunnel(options.host, page.server_port, links, options, folder) if options.share else None
        while True:
            time.sleep(DAY)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending already
        if tunnel:
            tunnel.close()
        page.close(verbose=False)
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Start the page and serve it until Ctrl-C; returns the exit status."""
    try:
        signal.signal(signal.SIGTERM, _interrupt)  # as a container is stopped
        from model.recognizer import ModelError
        from serving.folder import upload_folder
        from serving.options import parse_options
        from serving.passwords import AccountError
        from serving.ports import PortError

        options = parse_options(argv, str(__doc__))
        with upload_folder() as folder:
            os.environ.setdefault("GRADIO_TEMP_DIR", str(folder))
            os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
            try:
                return _serve(options, folder)
            except (AccountError, ModelError, PortError) as problem:
                print(problem, file=sys.stderr)
                return 2
    except KeyboardInterrupt:  # while it still starts
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return INTERRUPTED


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # all is closed; to take TensorFlow apart takes seconds, and a second Ctrl-C would be loud
