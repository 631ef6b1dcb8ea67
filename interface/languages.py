"""Four languages: the tables of sentences in, and `Texts`, the page's words and numbers in one of them, out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from interface import texts as english

__all__ = ["ENGLISH", "LANGUAGES", "Texts", "choose_language", "translate"]

LOCALES = Path(__file__).with_name("locales")
NAMES = {"en": "English", "zh-CN": "中文", "de": "Deutsch", "es": "Español"}  # by code, as browsers have it
NUMBER = re.compile(r"\d{1,3}(,\d{3})+|\d+(\.\d+)?")  # as English sentences have them
NO_SENTENCES = ("ENGLISH_ONLY", "ERRORS", "CERTAIN_FROM")  # constants about sentences
FREE = ("name", "first", "last", "others")  # fields that are never a number, whatever they look like


@dataclass(frozen=True)
class Texts:
    """The page in one language: each constant of `interface.texts` is an attribute, `texts.DRAW_TAB`.

    Attributes
    ----------
    code : str
        As browsers and `<html lang>` have it.
    name : str
        Of the language, in itself.
    table : mapping of str to str, list or dict
        The sentences by their names; what is not translated yet is in English.
    """

    code: str
    name: str
    table: Mapping[str, Any] = field(repr=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        if not name.isupper() or name not in self.table:
            raise AttributeError(f"There is no sentence {name}.")
        return self.table[name]

    def name_digit(self, digit: int) -> str:
        """ "a 7", "an 8"."""
        return str(self.EIGHT if digit == 8 else self.DIGIT.format(digit=digit))

    def say_certainty(self, probability: float, digit: int) -> str:
        """ "Very likely a 7"."""
        place = next(i for i, lowest in enumerate(english.CERTAIN_FROM) if probability >= lowest)
        return str(self.CERTAINTY[place].format(digit=self.name_digit(digit)))

    def ask_which(self, first: int, second: int) -> str:
        """ "4 or 9?"."""
        return str((self.OR_EIGHT if second == 8 else self.UNSURE).format(first=first, second=second))

    def format_number(self, number: float, decimals: int = 0) -> str:
        """ "1,234.5", with the signs of the language."""
        signs = str.maketrans({",": self.THOUSANDS, ".": self.DECIMAL})
        return f"{number:,.{decimals}f}".translate(signs)

    def format_share(self, share: float, decimals: int = 1) -> str:
        """ "99.8 %"."""
        return str(self.PERCENT.format(number=self.format_number(100 * share, decimals)))

    def format_percent(self, probability: float) -> str:
        """ "99.8 %"; never a rounded-up 100 or a rounded-down 0."""
        if 0.999 <= probability < 1:
            return str(self.OVER.format(percent=self.format_share(0.999)))
        if 0 < probability < 0.001:
            return str(self.UNDER.format(percent=self.format_share(0.001)))
        return self.format_share(probability)


def _load(code: str) -> Texts:
    """The sentences of a language, filled up with English ones."""
    table = {name: value for name, value in vars(english).items() if name.isupper() and name not in NO_SENTENCES}
    if code != "en":
        translated = json.loads((LOCALES / f"{code}.json").read_text("utf-8"))
        for name, value in translated.items():
            table[name] = {**table.get(name, {}), **value} if isinstance(value, dict) else value
    return Texts(code, NAMES[code], table)


LANGUAGES = {code: _load(code) for code in NAMES}
ENGLISH = LANGUAGES["en"]


@lru_cache(maxsize=256)  # browsers ask for few different ones, and ask with each stroke
def choose_language(chosen: str | None, accepted: str) -> Texts:
    """The language that a person has chosen, else the first of those that their browser asks for, else English.

    Parameters
    ----------
    chosen : str or None
        A code; one that we do not have is none.
    accepted : str
        As HTTP's Accept-Language: "de-AT,de;q=0.9,en;q=0.5". Of a language every variety does.
    """
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    wanted = []
    for place, entry in enumerate(accepted.split(",")):
        code, _, quality = entry.partition(";q=")
        weight = float(quality) if re.fullmatch(r"[01](\.\d+)?", quality) else 1.0
        wanted.append((-weight, place, code.strip().partition("-")[0].lower()))
    ours = {code.partition("-")[0]: texts for code, texts in LANGUAGES.items()}
    return next((ours[code] for weight, _, code in sorted(wanted) if weight and code in ours), ENGLISH)


def translate(sentence: str, texts: Texts) -> str:
    """What an error says, in another language; it is made in English, where nobody knows who will read it."""
    if texts is ENGLISH:
        return sentence
    for name, key, pattern in _patterns():
        if match := pattern.fullmatch(sentence):
            template = texts.table[name][key] if key else texts.table[name]
            fields = {field: _localize(field, value, texts) for field, value in match.groupdict().items()}
            return str(template.format(**fields))
    return sentence


@cache
def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    """What the sentences of errors look like: the name of each, its key if it has one, and a group for each field."""
    plain = [(name, "", getattr(ENGLISH, name)) for name in english.ERRORS]
    problems = [("PROBLEMS", key, template) for key, template in ENGLISH.PROBLEMS.items()]
    refusals = [("REFUSALS", key, template) for key, template in ENGLISH.REFUSALS.items()]
    return [(name, key, _to_pattern(template)) for name, key, template in [*problems, *refusals, *plain]]


def _to_pattern(template: str) -> re.Pattern[str]:
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(text))
        if name is not None:
            parts.append(f"(?P<{name}>.+)")
    return re.compile("".join(parts), re.DOTALL)


def _localize(name: str, value: str, texts: Texts) -> str:
    """A number in an English sentence, as another language writes it."""
    if name in FREE or not NUMBER.fullmatch(value):
        return value
    decimals = len(value.partition(".")[2])
    return texts.format_number(float(value.replace(",", "")), decimals)
