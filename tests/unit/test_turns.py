"""A lock is handed on in the order in which threads asked for it, also when one of them gives up."""

import threading
import time

import pytest

from model.turns import Turns


def start_waiting(turns: Turns, name: str, order: list[str]) -> threading.Thread:
    """A thread that notes when it is its turn, and surely waits when this returns."""
    before = len(turns._waiting)

    def enter() -> None:
        with turns:
            order.append(name)

    thread = threading.Thread(target=enter)
    thread.start()
    while len(turns._waiting) == before:
        time.sleep(0.001)
    return thread


def test_turns_come_in_the_order_asked_for() -> None:
    turns, order = Turns(), []
    with turns:
        threads = [start_waiting(turns, name, order) for name in "abcde"]
        assert order == []
    for thread in threads:
        thread.join(5)
    assert "".join(order) == "abcde"


def test_who_gives_back_and_asks_again_comes_after_who_waits() -> None:
    turns, order = Turns(), []
    with turns:
        waiting = start_waiting(turns, "waited", order)
    with turns:
        order.append("again")
    waiting.join(5)
    assert order == ["waited", "again"]


def test_one_at_a_time() -> None:
    turns = Turns()
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            with turns:
                inside += 1
                most = max(most, inside)
                time.sleep(0.0001)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (inside, most) == (0, 1)


def test_an_error_inside_gives_it_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="inside"), turns:
        raise ValueError("inside")
    with turns:
        pass


@pytest.mark.parametrize("is_handed_over", [False, True])
def test_who_is_interrupted_while_waiting_holds_nobody_up(
    is_handed_over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, order = Turns(), []
    turns.__enter__()

    class Interrupted:
        """A lock whose second acquisition, the waiting, is interrupted."""

        def __init__(self) -> None:
            self._count = 0

        def acquire(self) -> None:
            self._count += 1
            if self._count == 2:
                if is_handed_over:
                    turns.__exit__()
                raise KeyboardInterrupt

        def release(self) -> None:
            pass

    with monkeypatch.context() as patched:
        patched.setattr(threading, "Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            turns.__enter__()
    if not is_handed_over:
        waiting = start_waiting(turns, "next", order)
        turns.__exit__()
        waiting.join(5)
        assert order == ["next"]
    with turns:
        order.append("free")
    assert order[-1] == "free"
