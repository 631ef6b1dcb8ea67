"""The served page says which language it is in; what programs ask for stays as it is."""

from __future__ import annotations

import re

import httpx
import pytest

from interface.languages import LANGUAGES


def get_page(address: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers=headers, timeout=30)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_says_its_language_before_gradio_asks(address: str, code: str) -> None:
    page = get_page(address, **{"accept-language": f"fr, {code};q=0.9, en;q=0.1"})

    assert page.headers["vary"] == "Accept-Language, Cookie"
    assert re.search(r'<html\s+lang="(.*?)"', page.text).group(1) == code
    told = page.text.index(f'Object.defineProperty(navigator, "language", {{ get: () => "{code}" }})')
    assert told < page.text.index("<script type=")
    texts = LANGUAGES[code]
    for key, value in (("title", texts.TITLE), ("x_title", texts.CHART_DIGIT), ("y_title", texts.CHART_PROBABILITY)):
        assert f'"{key}":"{value}"' in page.text


def test_the_choice_of_a_person_comes_first(address: str) -> None:
    page = get_page(address, **{"accept-language": "de", "cookie": "other=1; language=es"})
    assert '<html\n\tlang="es"' in page.text


@pytest.mark.parametrize("cookie", ["language=", 'language="><script>', "language=xx", "language", "=;;\x80"])
def test_an_odd_cookie_is_none(address: str, cookie: str) -> None:
    page = httpx.get(address, headers=[(b"cookie", cookie.encode("latin-1"))], timeout=30)
    assert page.status_code == 200
    assert '<html\n\tlang="en"' in page.text


def test_files_and_answers_to_programs_are_not_touched(address: str) -> None:
    german = {"accept-language": "de"}
    page = get_page(address)
    [script] = re.findall(r'src="\./(assets/index-.*?\.js)"', page.text)
    assert get_page(address + script, **german).content == get_page(address + script).content
    info = f"{address}gradio_api/info"
    assert get_page(info, **german).content == get_page(info).content
    posted = httpx.post(f"{address}gradio_api/call/recognize_drawing", json={"data": [7]}, headers=german, timeout=30)
    event = posted.json()["event_id"]
    answer = httpx.get(f"{address}gradio_api/call/recognize_drawing/{event}", headers=german, timeout=30)
    assert "A drawing is an object" in answer.text
