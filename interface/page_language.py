"""Which language a page is in, the one chosen on it before or the browser's: for Gradio's parts, ours, and answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from interface.languages import ENGLISH, LANGUAGES, Texts, choose_language, translate

if TYPE_CHECKING:
    from gradio.i18n import I18nData
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["EveryLanguage", "PageLanguage", "find_texts", "for_each_language", "in_page_language", "say_to_visitor"]

COOKIE = "language"  # title.js sets it
# Our templates have `${words.…}`, of all languages that they are given; without `PageLanguage`, it may be one we lack.
PICK_WORDS = '${(words = words[navigator.language] ?? words.en) && ""}'
# Gradio asks the browser for its language, and nobody else can tell it.
TELL_GRADIO = '<script>Object.defineProperty(navigator, "language", {{ get: () => "{code}" }});</script>'
# Properties that it does not translate, by the sentences in them
ELSE_ENGLISH = {"title": "TITLE", "auth_message": "LOGIN", "x_title": "CHART_DIGIT", "y_title": "CHART_PROBABILITY"}

Words = TypeVar("Words")


def find_texts(request: gr.Request | HTTPConnection) -> Texts:
    """The words for whoever has sent a request."""
    return choose_language(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


def say_to_visitor(scope: Mapping[str, Any], sentence: str) -> str:
    """A sentence in English in the language of whoever has sent the request of this scope."""
    return translate(sentence, find_texts(HTTPConnection(dict(scope))))


def for_each_language(find: Callable[[Texts], Words]) -> dict[str, Words]:
    """Some words in all languages, by code: for our parts, which choose in the browser."""
    return {code: find(texts) for code, texts in LANGUAGES.items()}


def in_page_language(template: str) -> str:
    """The HTML template of a part of ours whose `words` are in all languages, to use those of the page."""
    return PICK_WORDS + template


class EveryLanguage:
    """What Gradio's components are given to show: `texts.DRAW_TAB` is it in all languages, and the browser chooses.

    Attributes
    ----------
    i18n : gr.I18n
        Has all that was asked for, for `launch`.
    """

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, str]] = {code: {} for code in LANGUAGES}
        self.i18n = gr.I18n(**self._tables)

    def __getattr__(self, name: str) -> I18nData:
        return self._add(name, for_each_language(lambda texts: str(getattr(texts, name))))

    def render(self, render: Callable[[Texts], str]) -> str:
        """HTML for the first value of a `gr.HTML`."""
        html = for_each_language(render)
        return str(self._add(f"HTML-{len(self._tables['en'])}", html))

    def _add(self, key: str, words: dict[str, str]) -> I18nData:
        for code, table in self._tables.items():
            table[key] = words[code]
        return self.i18n(key)


class PageLanguage:
    """Middleware that says in the page, before anything else, which language it is in.

    Everything on it follows: by `navigator.language` Gradio and our parts choose.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_html(message):
                start = message  # kept until the length is known
                return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            page = _set_language(body.decode(), find_texts(HTTPConnection(scope))).encode()
            headers = MutableHeaders(raw=start["headers"])
            headers["content-length"] = str(len(page))
            headers.add_vary_header("Accept-Language, Cookie")
            await send({**start, "headers": headers.raw})
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, send_page)


def _is_html(message: Any) -> bool:
    return MutableHeaders(raw=list(message["headers"])).get("content-type", "").startswith("text/html")


def _set_language(page: str, texts: Texts) -> str:
    if "<gradio-app" not in page:
        return page
    page = page.replace('lang="en"', f'lang="{texts.code}"', 1)
    page = page.replace("<head>", "<head>" + TELL_GRADIO.format(code=texts.code), 1)
    for key, name in ELSE_ENGLISH.items():
        page = page.replace(_to_json(key, getattr(ENGLISH, name)), _to_json(key, getattr(texts, name)))
    return page


def _to_json(key: str, value: str) -> str:
    """A property as the page has it."""
    return f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False)}"
