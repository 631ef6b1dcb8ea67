"""What is known of the addresses of the page in; a button and a panel with links and QR codes out, and sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from interface.languages import ENGLISH
from interface.page_language import for_each_language, in_page_language
from serving.links import Links, PublicLink, draw_qr

__all__ = ["LinkPanel", "explain_link", "say_link", "to_status"]

HERE = Path(__file__).parent
GRADIOS = "gradio.live"  # the server, where no other is asked for
LOCAL = ("127.0.0.1", "::1", "localhost")


def explain_link(public: PublicLink, has_lan: bool, is_host: bool = True) -> tuple[list[str], dict[str, str]]:
    """What has become of a public link, and the cure where it has not come to be.

    Parameters
    ----------
    is_host : bool
        Whether it is said to who has started the app: others learn of a failure, but not which files are missing.

    Returns
    -------
    list of str
        Keys of sentences in `texts.LINK`, in their order.
    dict
        What stands in their braces.
    """
    if public.state == "open":
        return ["lasts_own" if public.server else "lasts"], {}
    if public.state != "failed":
        return [public.state], {}
    if not is_host:
        return ["failed", "ask"], {}
    values = {"file": public.file, "source": public.source, "server": public.server or GRADIOS}
    return ["failed", public.problem, "cure", "cure_has_lan" if has_lan else "cure_lan"], values


def say_link(links: Links) -> str:
    """The same as text, for the terminal, which is in English; "" while there is nothing to say."""
    public = links.public
    if public is None or public.state == "opening":
        return ""
    keys, values = explain_link(public, bool(links.lan))
    sentences = " ".join(ENGLISH.LINK[key].format(**values) for key in keys)
    if public.state == "open":
        return f"{ENGLISH.LINK[_name_access(links)]} {public.url}\n{sentences}"
    return f"{sentences}\n({public.said})" if public.said else sentences


def to_status(links: Links, is_host: bool) -> dict[str, Any]:
    """What the page shows of the links.

    Returns
    -------
    dict
        `{"access", "public", "lan"}`: a key of `texts.LINK`; `{"state", "url", "qr", "says", "values"}` or None, as
        `explain_link` has the last two; `{"url", "qr", "says", "values"}` or None. A code is SVG, "" for none.
    """
    public, lan = links.public, links.lan
    status: dict[str, Any] = {
        "access": _name_access(links),
        "public": None,
        "lan": {"url": lan, "qr": draw_qr(lan), "says": ["lan_note"], "values": {}} if lan else None,
    }
    if public:
        says, values = explain_link(public, bool(lan), is_host)
        url = public.url if public.state in ("open", "interrupted") else ""
        qr = draw_qr(url) if url else ""
        status["public"] = {"state": public.state, "url": url, "qr": qr, "says": says, "values": values}
    return status


def _name_access(links: Links) -> str:
    return "password" if links.has_password else "open_to_all"


class LinkPanel(gr.HTML):
    """A button "Share", and the panel that it opens, large enough for a projector.

    Parameters
    ----------
    links : Links
        Asked again as long as the page is looked at and something may change.
    """

    def __init__(self, links: Links, **options: Any) -> None:
        def ask(_: Any, request: gr.Request) -> dict[str, Any]:
            host = request.client.host if request.client else ""
            return to_status(links, is_host=host in LOCAL)

        super().__init__(
            html_template=in_page_language((HERE / "link.html").read_text("utf-8")),
            css_template=(HERE / "link.css").read_text("utf-8"),
            js_on_load=(HERE / "link.js").read_text("utf-8"),
            apply_default_css=False,
            server_functions=[ask],
            words=for_each_language(lambda texts: texts.LINK),
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
