"""Lanes and shared calls of the network: everybody gets his own answer, and what is too much is refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from loops import run_coroutine

from model.recognizer import Classify, Prediction, Recognizer
from preprocessing import Drawing, drawing_to_page
from serving.lanes import HUGE_POINTS, HUGE_STROKES, Busy, Lane, Lanes, is_huge
from serving.limits import BUSY
from serving.together import Together


def digits_of(predictions: list[Prediction]) -> list[int | None]:
    return [prediction.digit for prediction in predictions]


class SlowNetwork:
    """A classifier that waits until it may go on, and counts the images of each call."""

    def __init__(self, classify: Classify) -> None:
        self.go_on = threading.Event()
        self.calls: list[int] = []
        self._classify = classify

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.calls.append(len(images))
        assert self.go_on.wait(60)
        return self._classify(images)


def test_who_comes_while_the_network_is_busy_shares_the_next_call(
    nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]
) -> None:
    network = SlowNetwork(nearest_classify)
    together = Together(Recognizer(network))
    pages = [drawing_to_page(drawn_digit(digit)) for digit in (1, 2, 3, 6, 7)]  # of one stroke each

    with ThreadPoolExecutor(5) as threads:
        answers = [threads.submit(together.recognize_pages, [page]) for page in pages]
        while len(together._waiting) < 4:  # one is being read
            threading.Event().wait(0.001)
        network.go_on.set()
        read = [digits_of(answer.result()[0]) for answer in answers]

    assert read == [[1], [2], [3], [6], [7]]
    assert network.calls == [1, 4]


def test_more_than_fit_into_a_call_wait_for_the_one_after(
    nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]
) -> None:
    network = SlowNetwork(nearest_classify)
    together = Together(Recognizer(network))
    page = drawing_to_page(drawn_digit(7))

    with ThreadPoolExecutor(13) as threads:
        answers = [threads.submit(together.recognize_pages, [page]) for _ in range(13)]
        while len(together._waiting) < 12:
            threading.Event().wait(0.001)
        network.go_on.set()
        read = [digits_of(answer.result()[0]) for answer in answers]

    assert read == [[7]] * 13
    assert network.calls == [1, 8, 4]


def test_two_share_a_call_that_is_not_filled_up(
    nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]
) -> None:
    network = SlowNetwork(nearest_classify)
    together = Together(Recognizer(network))
    page = drawing_to_page(drawn_digit(7))

    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(together.recognize_pages, [page]) for _ in range(3)]
        while len(together._waiting) < 2:
            threading.Event().wait(0.001)
        network.go_on.set()
        read = [digits_of(answer.result()[0]) for answer in answers]

    assert read == [[7]] * 3
    assert network.calls == [1, 2]


def test_what_fails_for_one_does_not_for_the_others(drawn_digit: Callable[[int], Drawing]) -> None:
    pages = [drawing_to_page(drawn_digit(digit)) for digit in (1, 2, 3, 6, 7)]
    may_go = threading.Event()

    class Fragile(Recognizer):
        def recognize_pages(self, given: list) -> list:  # type: ignore[override]
            assert may_go.wait(60)
            if any(page is pages[1] for page in given):
                raise ValueError("the second page")
            return [[id(page)] for page in given]

    together = Together(Fragile(lambda images: (images, images)))
    with ThreadPoolExecutor(5) as threads:
        answers = [threads.submit(together.recognize_pages, [page]) for page in pages]
        while len(together._waiting) < 4:
            threading.Event().wait(0.001)
        may_go.set()

        for number in (0, 2, 3, 4):
            assert answers[number].result() == [[id(pages[number])]]
        with pytest.raises(ValueError, match="the second page"):
            answers[1].result()


def test_pages_with_nothing_on_them_are_answered(recognizer: Recognizer) -> None:
    blank = drawing_to_page(Drawing(400, 400, ()))

    assert Together(recognizer).recognize_pages([blank, blank]) == [[], []]
    assert Together(recognizer).recognize_pages([]) == []


def test_an_event_loop_waits_in_a_lane_of_one_thread(
    nearest_classify: Classify, drawn_digit: Callable[[int], Drawing]
) -> None:
    network = SlowNetwork(nearest_classify)
    together, lane = Together(Recognizer(network)), Lane("network", threads=1)
    pages = [drawing_to_page(drawn_digit(digit)) for digit in (1, 2, 3)]

    async def crowd() -> list[list[list[Prediction]]]:
        waiting = [asyncio.create_task(together.recognize_in(lane, [page])) for page in pages]
        while not network.calls:
            await asyncio.sleep(0.001)
        network.go_on.set()
        return list(await asyncio.gather(*waiting))

    assert [digits_of(answers[0]) for answers in run_coroutine(crowd())] == [[1], [2], [3]]
    assert sum(network.calls) == 3


def test_who_is_refused_by_the_lane_leaves_nothing_behind(recognizer: Recognizer) -> None:
    together = Together(recognizer)

    with pytest.raises(Busy):
        run_coroutine(together.recognize_in(Lane("full", threads=1, waiting=0), []))

    assert together._waiting == []


# ---------------------------------------------------------------- lanes


def test_a_full_lane_refuses_with_a_sentence_and_takes_the_next_when_there_is_room() -> None:
    lane = Lane("narrow", threads=1, waiting=2)
    may_go = threading.Event()

    async def crowd() -> list[object]:
        first = [asyncio.create_task(lane.answer(may_go.wait, 60)) for _ in range(2)]
        await asyncio.sleep(0)  # both are in the lane
        refused = await asyncio.gather(lane.answer(int), return_exceptions=True)
        may_go.set()
        return [*refused, *(await asyncio.gather(*first)), await lane.answer(int, "7")]

    problem, *answers = run_coroutine(crowd())
    assert isinstance(problem, Busy)
    assert str(problem) == BUSY
    assert answers == [True, True, 7]


def test_huge_drawings_and_photos_have_a_lane_of_their_own() -> None:
    lanes = Lanes()

    def name_thread(drawing: object) -> str:
        return threading.current_thread().name.partition("_")[0]

    small = {"strokes": [[[1, 2]] * 300] * 3}
    huge = {"strokes": [[[1, 2]] * 300] * 30}
    assert run_coroutine(lanes.quickly(name_thread)(small)) == "quick"
    assert run_coroutine(lanes.quickly(name_thread)(huge)) == "slow"
    assert run_coroutine(lanes.slowly(name_thread)("photo.jpg")) == "slow"
    assert lanes.quickly(name_thread).__name__ == "name_thread"  # as Gradio names what it calls


@pytest.mark.parametrize("drawing", [None, 5, "x", [], {}, {"strokes": 5}, {"strokes": [5, "x", None]}])
def test_what_is_no_drawing_is_not_huge(drawing: object) -> None:
    assert not is_huge(drawing)


def test_what_is_huge() -> None:
    assert not is_huge({"strokes": [[[0, 0]]] * HUGE_STROKES})
    assert is_huge({"strokes": [[[0, 0]]] * (HUGE_STROKES + 1)})
    assert not is_huge({"strokes": [[[0, 0]] * HUGE_POINTS]})
    assert is_huge({"strokes": [[[0, 0]] * (HUGE_POINTS + 1)]})
