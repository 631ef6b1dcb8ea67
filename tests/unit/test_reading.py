"""Pieces to digits: with made-up scores, with the drawn digits' likeness, and with the shipped network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from written_numbers import number_drawing, number_ink, number_photo

from ink.glyphs import Glyph
from ink.lines import Line, find_lines
from model.card import Card
from model.ctc import SIGNS
from model.division import choose_runs
from model.reading import read_pages
from model.recognizer import Prediction, Recognizer, to_text
from preprocessing import Drawing, Picture


def line_of(*widths: int) -> Line:
    """A row of bars of these widths and the same height, far apart."""
    ink = np.zeros((60, 40 * len(widths)), np.float32)
    for i, width in enumerate(widths):
        ink[10:50, 40 * i + 5 : 40 * i + 5 + width] = 1
    (line,) = find_lines(ink)
    return line


# ---------------------------------------------------------------- the best division


@pytest.mark.parametrize(
    ("scores", "runs"),
    [
        ({(0, 1): 0.9, (1, 2): 0.9, (2, 3): 0.9}, [(0, 1), (1, 2), (2, 3)]),
        ({(0, 1): 0.2, (1, 2): 0.2, (2, 3): 0.9, (0, 2): 0.9}, [(0, 2), (2, 3)]),
        ({(0, 1): 0.8, (1, 2): 0.1, (2, 3): 0.9, (0, 2): 0.3}, [(0, 2), (2, 3)]),
        ({(0, 1): 0.001, (1, 2): 0.001, (2, 3): 0.001}, [(0, 1), (1, 2), (2, 3)]),
    ],
)
def test_most_of_the_ink_goes_to_what_looks_like_digits(
    scores: dict[tuple[int, int], float], runs: list[tuple[int, int]]
) -> None:
    line = line_of(6, 6, 6)
    glyphs = dict(line.glyphs)
    glyphs.setdefault((0, 2), glyphs[0, 1])
    assert choose_runs(Line(line.pieces, line.height, glyphs), scores) == runs


def test_pieces_count_by_their_ink() -> None:
    line = line_of(20, 4)
    glyphs = dict(line.glyphs) | {(0, 2): line.glyphs[0, 1]}
    scores = {(0, 1): 0.99, (1, 2): 0.7, (0, 2): 0.7}  # of two digits that counted alike, the one would win
    assert choose_runs(Line(line.pieces, line.height, glyphs), scores) == [(0, 1), (1, 2)]


def test_a_crumb_that_looks_like_no_digit_does_not_come_off() -> None:
    line = line_of(20, 2)
    glyphs = dict(line.glyphs) | {(0, 2): line.glyphs[0, 1]}
    scores = {(0, 1): 0.99, (1, 2): 0.01, (0, 2): 0.5}  # by its ink alone it would hardly count
    assert choose_runs(Line(line.pieces, line.height, glyphs), scores) == [(0, 2)]


# ---------------------------------------------------------------- what vouches for what


def predict_all(is_digit: list[float], threshold: float = 0.8, least: float = 1.0) -> list[Prediction]:
    """Bars that look as much like a digit as said, in a row; what is none surely is a 1 as probably as `least`."""
    answers = iter(is_digit)

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = [next(answers, 0.0) for _ in images]
        probabilities = np.full((len(images), 10), (1 - least) / 9, np.float32)
        probabilities[:, 1] = least
        probabilities[np.array(found) >= threshold] = np.eye(10)[1]
        return probabilities, np.array(found, np.float32)

    ink = np.zeros((60, 40 * len(is_digit)), np.float32)
    for i in range(len(is_digit)):
        ink[10:50, 40 * i + 5 : 40 * i + 11] = 1
    return Recognizer(classify, Card(threshold=threshold)).recognize(ink)


def test_sure_digits_vouch_for_a_doubtful_one_beside_them() -> None:
    assert to_text(predict_all([0.9, 0.7, 0.9])) == "111"
    assert to_text(predict_all([0.7])) == "?"
    assert to_text(predict_all([0.9, 0.9, 0.9, 0.05])) == "111?"


@pytest.mark.parametrize(("least", "text"), [(0.5, "1111"), (0.45, "1111"), (0.35, "111?")])
def test_a_doubtful_one_must_be_one_digit_more_probably_than_others(least: float, text: str) -> None:
    assert to_text(predict_all([0.9, 0.9, 0.9, 0.3], least=least)) == text
    assert to_text(predict_all([0.9, 0.9, 0.9, 0.85], least=least)) == "1111"  # a sure digit needs no more


def test_three_sure_digits_make_a_number_of_what_is_mostly_none() -> None:
    assert to_text(predict_all([0.95, 0.95, 0.95, 0.1, 0.1, 0.1, 0.1])) == "111????"
    assert to_text(predict_all([0.95, 0.95, 0.1, 0.1, 0.1])) == "?"  # a sign of several strokes, or a word


# ---------------------------------------------------------------- the reader of rows


class Reader:
    """Says the same of every strip, step by step, and remembers the strips."""

    def __init__(self, *labels: int, certainty: float = 0.999) -> None:
        self.seen: list[np.ndarray] = []
        self._labels, self._certainty = labels, certainty

    def __call__(self, strips: Sequence[np.ndarray]) -> list[np.ndarray]:
        self.seen += strips
        return [self._say(strip.shape[1] // 2) for strip in strips]

    def _say(self, count: int) -> np.ndarray:
        steps = np.full((count, SIGNS), (1 - self._certainty) / (SIGNS - 1))
        classes = np.zeros(count, int)
        places = np.linspace(0, count, 2 * len(self._labels) + 1).astype(int)[1::2]
        classes[places] = np.array(self._labels) + 1
        steps[np.arange(count), classes] = self._certainty
        return np.log(steps).astype(np.float32)


def bridged_bars(with_one: bool = False, right: int = 76) -> np.ndarray:
    """Two bars with a bridge between them, 40 high and up to `right` wide; beside them perhaps another bar."""
    ink = np.zeros((60, 150), np.float32)
    ink[10:50, 10:16] = ink[10:50, right - 6 : right] = 1
    ink[28:32, 10:right] = 1
    if with_one:
        ink[10:50, 110:116] = 1
    return ink


def read_bars(ink: np.ndarray, reader: Reader | None, is_digit: float = 0.4) -> list[Prediction]:
    """What looks upright and thin is a 1 beyond doubt, all else a 7 that is hardly a digit."""

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        thin = np.array([np.count_nonzero(image.max(axis=0) > 0.3) < 8 for image in images])
        probabilities = np.full((len(images), 10), 0.02, np.float32)
        probabilities[:, 7] = 0.82
        probabilities[thin] = 0.999 * np.eye(10, dtype=np.float32)[1] + 0.0001
        return probabilities, np.where(thin, 0.99, is_digit).astype(np.float32)

    return Recognizer(classify, Card(threshold=0.8), read_strips=reader).recognize(ink)


def test_what_is_not_cut_is_not_read_again() -> None:
    boxes = []

    def read(glyphs: Sequence[Glyph]) -> tuple[np.ndarray, np.ndarray]:
        boxes.extend(glyph.box for glyph in glyphs)
        return np.full((len(glyphs), 10), 0.1, np.float32), np.full(len(glyphs), 0.4, np.float32)

    lines = find_lines(bridged_bars(with_one=True))
    read_pages([lines], read)
    assert len(boxes) > len(lines[0].glyphs)  # the wide piece was cut
    bar = lines[0].glyphs[1, 2].box
    assert boxes.count(bar) == 1


@pytest.mark.parametrize(("with_one", "text"), [(False, "42"), (True, "421")])
def test_a_reader_of_rows_tells_touching_digits(with_one: bool, text: str) -> None:
    reader = Reader(4, 2)
    predictions = read_bars(bridged_bars(with_one), reader)
    assert to_text(predictions) == text
    assert [len(prediction.probabilities) for prediction in predictions] == [10] * len(text)
    assert predictions[0].probabilities[4] > 0.99
    boxes = [prediction.box for prediction in predictions]
    assert boxes[0].left + boxes[0].width <= boxes[1].left + 1
    assert {strip.shape[0] for strip in reader.seen} == {28}


def test_a_narrow_piece_is_a_number_beside_others_alone() -> None:
    doubtful = Reader(4, 2, certainty=0.995)
    assert to_text(read_bars(bridged_bars(False, right=50), doubtful)) == "?"  # it may be a letter
    assert to_text(read_bars(bridged_bars(True, right=50), doubtful)) == "421"


@pytest.mark.parametrize(("right", "text"), [(40, "?"), (50, "42")])
def test_nothing_beside_it_only_what_is_surely_a_number_and_not_too_narrow_is_one(right: int, text: str) -> None:
    assert to_text(read_bars(bridged_bars(False, right=right), Reader(4, 2, certainty=0.9999))) == text


@pytest.mark.parametrize(("certainty", "text"), [(0.9995, "421"), (0.98, "71")])
def test_what_looks_more_like_one_digit_is_no_number(certainty: float, text: str) -> None:
    """A 7 with a score of 0.8: of 42 the reader is surer, or less sure."""
    assert to_text(read_bars(bridged_bars(True), Reader(4, 2, certainty=certainty), is_digit=0.98)) == text


@pytest.mark.parametrize(("others", "text"), [(True, "31"), (False, "7")])
def test_of_a_doubtful_sign_of_a_number_the_reader_is_heard_too(others: bool, text: str) -> None:
    """The network takes it for a 7 with 0.82; the reader is surer of a 3. Alone it is no number."""
    predictions = read_bars(bridged_bars(others, right=50), Reader(3), is_digit=0.9)
    assert to_text(predictions) == text
    assert predictions[0].probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert predictions[0].probabilities[7] == pytest.approx(0.41 if others else 0.82, abs=0.01)


def test_what_may_be_one_of_two_digits_makes_no_letter_of_its_neighbors() -> None:
    """Three signs close to each other; the one in the middle is surely a digit, but perhaps a 3, and perhaps an 8."""
    ink = np.zeros((60, 100), np.float32)
    for left in (10, 20, 30):
        ink[10:50, left : left + 8] = 1
    unsure, surely_none = (0.5, 0.95), (0.5, 0.1)

    def read(middle: tuple[float, float]) -> str:
        best, is_digit = middle

        def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            probabilities = np.zeros((len(images), 10), np.float32)
            probabilities[:, 1] = 1
            likeness = np.full(len(images), 0.99 if len(images) == 1 else 0.05, np.float32)
            if len(images) > 1:
                runs = [(a, b) for a in range(3) for b in range(a + 1, 4)]
                for i, (a, b) in enumerate(runs[: len(images)]):
                    if b == a + 1:
                        likeness[i] = 0.99
                    if (a, b) == (1, 2):
                        probabilities[i, 1], probabilities[i, 3], probabilities[i, 8] = 0, best, 1 - best
                        likeness[i] = is_digit
            else:
                likeness[:] = 0.01  # all of it as one sign
            return probabilities, likeness

        return to_text(Recognizer(classify, Card(threshold=0.8)).recognize(ink))

    assert read(unsure) == "131"
    assert read(surely_none) == "?"


def test_what_it_reads_as_one_digit_is_not_cut() -> None:
    assert to_text(read_bars(bridged_bars(True), Reader(4, 2), is_digit=0.9)) == "421"
    assert to_text(read_bars(bridged_bars(True), Reader(7), is_digit=0.9)) == "71"


@pytest.mark.parametrize("reader", [Reader(4, 10), Reader(), Reader(4, 2, certainty=0.8)])
def test_what_it_is_not_sure_of_is_cut_as_without_it(reader: Reader) -> None:
    assert to_text(read_bars(bridged_bars(True), reader)) == to_text(read_bars(bridged_bars(True), None))
    assert reader.seen


def test_it_is_not_asked_about_what_is_sure() -> None:
    ink = np.zeros((60, 60), np.float32)
    ink[10:50, 10:16] = 1
    reader = Reader(4)

    def classify(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.eye(10, dtype=np.float32)[np.ones(len(images), int)], np.ones(len(images), np.float32)

    assert to_text(Recognizer(classify, read_strips=reader).recognize(ink)) == "1"
    assert reader.seen == []


# ---------------------------------------------------------------- the shipped network


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load()


@pytest.mark.parametrize("text", ["10", "2024", "31415", "907", "8008132", "112233", "6543"])
def test_drawn_numbers(shipped: Recognizer, text: str) -> None:
    assert to_text(shipped.recognize_drawing(number_drawing([text]))) == text


@pytest.mark.parametrize("rows", [["12", "345"], ["2024", "1987", "305"]])
@pytest.mark.parametrize("slope", [-0.15, 0.15])
def test_rows_are_read_one_below_the_other(shipped: Recognizer, rows: list[str], slope: float) -> None:
    predictions = shipped.recognize_drawing(number_drawing(rows, slope))
    assert to_text(predictions) == "\n".join(rows)
    assert [prediction.row for prediction in predictions] == [i for i, row in enumerate(rows) for _ in row]


@pytest.mark.parametrize("text", ["2024", "907", "6543"])
def test_numbers_on_photos_with_their_boxes(shipped: Recognizer, text: str) -> None:
    photo = number_photo([text])
    predictions = shipped.recognize_photo(Picture(photo))
    assert to_text(predictions) == text
    lefts = [prediction.box.left for prediction in predictions]
    assert lefts == sorted(lefts)
    for prediction in predictions:
        box = prediction.box
        rows, columns = (slice(round(a), round(a + b)) for a, b in ((box.top, box.height), (box.left, box.width)))
        assert photo[rows, columns].min() < 100


@pytest.mark.parametrize("text", ["38", "83", "382", "3825"])
def test_touching_digits_beside_others_are_cut(shipped: Recognizer, text: str) -> None:
    touching = number_ink([text], width=34)
    assert len(find_lines(touching)[0].pieces) == 1
    one = number_ink(["1"])
    height = max(one.shape[0], touching.shape[0])
    inks = [np.pad(ink, ((0, height - ink.shape[0]), (0, 0))) for ink in (one, touching)]
    assert to_text(shipped.recognize(np.concatenate(inks, axis=1))).split() in ([f"1{text}"], ["1", text])


def test_one_piece_as_wide_as_a_digit_is_a_number_where_that_is_certain(shipped: Recognizer) -> None:
    assert to_text(shipped.recognize(number_ink(["38"], width=30))) == "38"


def test_ruled_lines_and_a_table_s_edge_are_no_digits(shipped: Recognizer) -> None:
    plain = number_photo(["2024"])
    height, width = plain.shape[:2]
    paper = np.full((height, width), 235.0)
    paper[40::90] *= 0.6
    paper[41::90] *= 0.6
    paper[-30:] = 40
    assert to_text(shipped.recognize_photo(Picture(number_photo(["2024"], paper)))) == "2024"


def test_a_digit_beside_letters_is_a_number_with_question_marks(shipped: Recognizer) -> None:
    drawing = number_drawing(["222"])
    letter = np.array([[0.0, 60], [20, 0], [40, 60]]) + (240, 85)
    bar = np.array([[7.0, 40], [33, 40]]) + (240, 85)
    text = to_text(shipped.recognize_drawing(Drawing(400, 250, (*drawing.strokes, letter, bar))))
    assert text == "222?"
