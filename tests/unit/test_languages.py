"""Every sentence of the page is there in every language, and numbers are written as it writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from interface import texts
from interface.languages import ENGLISH, LANGUAGES, LOCALES, NO_SENTENCES, Texts, choose_language
from interface.page_language import ELSE_ENGLISH

ROOT = Path(__file__).parents[2]
TRANSLATED = [code for code in LANGUAGES if code != "en"]

# What may be the same as in English: signs and names, and words that German and Spanish have from the same root
SIGNS = {
    *("BAR", "HOW_LIKELY", "CLAUSES", "FULL_STOP", "BETWEEN", "SPACE", "ALTERNATIVE", "DECIMAL", "THOUSANDS"),
    *("DATA.MNIST", "MANY.text"),
}


def flatten(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each sentence of a table by its name, with a key or place behind it where it is one of several."""
    for name, value in table.items():
        if isinstance(value, str):
            yield name, value
        else:
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            yield from ((f"{name}.{key}", sentence) for key, sentence in inner)


def read_english() -> dict[str, str]:
    """All sentences that are to be translated."""
    kept = {name: value for name, value in vars(texts).items() if name.isupper() and name not in NO_SENTENCES}
    return {name: value for name, value in flatten(kept) if name not in texts.ENGLISH_ONLY}


def read_locale(code: str) -> dict[str, str]:
    return dict(flatten(json.loads((LOCALES / f"{code}.json").read_text("utf-8"))))


def find_fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.fixture(params=TRANSLATED)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_language_has_each_sentence_and_no_other(code: str) -> None:
    assert set(read_locale(code)) == set(read_english())


def test_translations_fill_in_the_same(code: str) -> None:
    translated = read_locale(code)
    for name, sentence in read_english().items():
        assert find_fields(translated[name]) == find_fields(sentence), name


def test_nothing_is_left_in_english(code: str) -> None:
    translated = read_locale(code)
    same = {name for name, sentence in read_english().items() if translated[name] == sentence}
    assert same - SIGNS == set()


def test_nothing_is_empty_but_the_space_that_chinese_has_not(code: str) -> None:
    assert [name for name, sentence in read_locale(code).items() if not sentence] == ["SPACE"] * (code == "zh-CN")


def test_what_stands_in_attributes_of_our_templates_ends_none(code: str) -> None:
    for name, sentence in read_locale(code).items():
        if name.partition(".")[0] in ("SKETCHPAD", "MANY", "LINK", "TITLE", "INTRODUCTION", "LANGUAGE"):
            assert not re.search(r'["<>&`$\\]', sentence), name


def test_every_sentence_is_used_and_every_used_one_is_there() -> None:
    code = "".join(path.read_text("utf-8") for path in [ROOT / "app.py", *(ROOT / "interface").glob("*.py")])
    used = set(re.findall(r"\b(?:texts|english|self|t|ENGLISH)\.([A-Z][A-Z_0-9]+)\b", code)) - {"GRADIO_CACHE"}
    used |= set(ELSE_ENGLISH.values())
    there = {name for name in vars(texts) if name.isupper()}
    named = {*texts.ERRORS, *texts.ENGLISH_ONLY, "ENGLISH_ONLY"}
    assert used - there == set()
    assert there - used - named == set()


def test_browser_side_uses_the_words_that_are_there() -> None:
    for part, words in (("sketchpad", texts.SKETCHPAD), ("many", {**texts.MANY, "fixed": "", "too_large": ""})):
        code = "".join((ROOT / "interface" / f"{part}.{kind}").read_text("utf-8") for kind in ("html", "js"))
        assert set(re.findall(r"\bwords\.(\w+)", code)) - {"en"} == set(words)


# ---------------------------------------------------------------- what a sentence becomes


SAID = {
    "en": "Very likely an 8; 3 or 8?; 4 or 9?; 1,234.5; 99.8 %; over 99.9 %; under 0.1 %",
    "de": "Sehr wahrscheinlich eine 8; 3 oder 8?; 4 oder 9?; 1.234,5; 99,8 %; über 99,9 %; unter 0,1 %",
    "es": "Muy probablemente un 8; ¿3 u 8?; ¿4 o 9?; 1.234,5; 99,8 %; más del 99,9 %; menos del 0,1 %",
    "zh-CN": "很可能是 8; 3 还是 8？; 4 还是 9？; 1,234.5; 99.8%; 超过 99.9%; 不到 0.1%",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_grammar_and_numbers(code: str) -> None:
    language = LANGUAGES[code]
    said = [language.say_certainty(0.95, 8), language.ask_which(3, 8), language.ask_which(4, 9)]
    said += [language.format_number(1234.5, 1)]
    said += [language.format_percent(probability) for probability in (0.998, 0.9995, 0.0004)]
    assert "; ".join(said).replace("\u00a0", " ") == SAID[code]  # a percent sign stays on its line


def test_what_is_not_translated_yet_is_in_english() -> None:
    incomplete = Texts("xx", "X", {**ENGLISH.table, "TITLE": "Titel"})
    assert (incomplete.TITLE, incomplete.DRAW_TAB) == ("Titel", texts.DRAW_TAB)
    with pytest.raises(AttributeError, match="There is no sentence NO_SUCH"):
        _ = incomplete.NO_SUCH


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (None, "fr-FR,fr;q=0.9,es;q=0.8,en;q=0.7", "es"),
        (None, "en;q=0.3, zh-Hans-CN;q=0.8", "zh-CN"),
        (None, "ZH", "zh-CN"),
        (None, "de;q=0, es;q=0.1", "es"),
        (None, "fr,*;q=0.1", "en"),
        (None, ";;q=x,,=;q=9,de;q=nan", "de"),
        ("es", "de", "es"),
        ("zh-CN", "de", "zh-CN"),
        ("klingon", "de", "de"),
        ("../../etc/passwd", "", "en"),
    ],
)
def test_the_choice_comes_before_what_the_browser_asks_for(chosen: str | None, accepted: str, code: str) -> None:
    assert choose_language(chosen, accepted).code == code
