"""What `ink/` says in English of a drawing or photo that cannot be read, the page says in its own language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ink.photo import PROBLEMS
from ink.pictures import PhotoError, read_photo
from ink.strokes import MAX_POINTS, Drawing, DrawingError
from interface import texts
from interface.languages import ENGLISH, LANGUAGES, Texts, translate
from interface.page_language import say_to_visitor
from serving.limits import BUSY, NOT_HERE, NOT_UNDERSTOOD, TOO_LARGE, TOO_OFTEN, TOO_SLOW
from serving.slow_down import TOO_MANY

INK = Path(__file__).parents[2] / "ink"
OTHERS = [language for language in LANGUAGES.values() if language is not ENGLISH]

# What stands for the names in the sentences of `ink/`; anything else is a number
SAMPLES = {
    "name": ["photo 1.png"],
    "path": ["/folder/photo.png"],
    "path.name": ["photo.png"],
    "key": ["width"],
    "document": ["a PDF", "an SVG drawing"],
    "formats": ["JPEG, PNG or AVIF"],
    "expected": ["expected is a list of points [x, y]"],
}


def fill(sentence: ast.expr) -> list[str]:
    """What a literal or an f-string may become."""
    parts = sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]
    filled = [""]
    for part in parts:
        if isinstance(part, ast.Constant):
            values = [str(part.value)]
        else:
            assert isinstance(part, ast.FormattedValue)
            values = SAMPLES.get(ast.unparse(part.value), ["1,000"])
        filled = [before + value for before in filled for value in values]
    return filled


def find_sentences() -> Iterator[str]:
    """Every sentence with which `ink/`, or a process that reads photos, refuses a drawing or photo."""
    for file in (*sorted(INK.glob("*.py")), INK.parent / "serving" / "photos.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            if ast.unparse(node.exc.func) in ("PhotoError", "DrawingError"):
                yield from fill(node.exc.args[0])
    yield from PROBLEMS.values()
    yield "photo 1.png is no longer here; upload it again."  # serving/uploads.py


SENTENCES = list(find_sentences())


def test_the_sentences_are_found() -> None:
    assert len(SENTENCES) >= len(texts.PROBLEMS)
    assert "photo 1.png is empty. Save or send it again." in SENTENCES


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_translated(sentence: str) -> None:
    said = {translate(sentence, language) for language in OTHERS}
    assert len(said) == len(OTHERS)
    assert sentence not in said


@pytest.mark.parametrize("name", texts.ERRORS)
def test_so_is_what_is_said_of_a_choice(name: str) -> None:
    for language in OTHERS:
        assert translate(getattr(texts, name), language) == getattr(language, name)


def test_so_is_what_the_gate_says() -> None:
    said = (BUSY, TOO_OFTEN, TOO_LARGE, TOO_SLOW, NOT_UNDERSTOOD, NOT_HERE, TOO_MANY)
    assert tuple(texts.REFUSALS.values()) == said
    for sentence in said:
        filled = sentence.format(seconds=30, limit=20)
        assert len({translate(filled, language) for language in LANGUAGES.values()}) == len(LANGUAGES)


def test_a_refusal_is_in_the_language_of_whoever_is_refused() -> None:
    scope = {"type": "http", "headers": [(b"accept-language", b"en"), (b"cookie", b"language=de")]}
    assert say_to_visitor(scope, TOO_OFTEN.format(seconds=12)) == LANGUAGES["de"].REFUSALS["too_often"].format(
        seconds=12
    )


def test_the_problems_of_photos_have_the_same_keys() -> None:
    assert {key: texts.PROBLEMS[key] for key in PROBLEMS} == PROBLEMS


def error_of_file(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(PhotoError) as raised:
        read_photo(path)
    return str(raised.value)


def test_names_and_formats_stay_and_the_rest_is_german(tmp_path: Path) -> None:
    german = LANGUAGES["de"]

    empty = error_of_file(tmp_path / "1,000.png", b"")
    assert translate(empty, german) == "1,000.png ist leer. Speichere oder sende die Datei noch einmal."
    pdf = error_of_file(tmp_path / "this or that.pdf", b"%PDF-1.7")
    assert translate(pdf, german) == (
        "this or that.pdf ist ein PDF, kein Bild. Speichere es als JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC oder AVIF "
        "und versuche es noch einmal."
    )


def test_numbers_are_written_as_the_language_does() -> None:
    with pytest.raises(DrawingError) as raised:
        Drawing.from_json({"width": 1, "height": 1, "strokes": [[[1, 1]] * (MAX_POINTS + 1)]})
    said = translate(str(raised.value), LANGUAGES["es"])
    assert said == "El dibujo tiene 10.001 puntos; se leen como máximo 10.000."


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_what_is_not_ours_stays_as_it_is(language: Texts) -> None:
    assert translate("Out of memory: 7", language) == "Out of memory: 7"


def test_english_stays_english() -> None:
    assert [translate(sentence, ENGLISH) for sentence in SENTENCES] == SENTENCES
