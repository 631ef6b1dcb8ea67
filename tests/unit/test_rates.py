"""Token buckets: so many at once, so many a minute, in bounded memory."""

from __future__ import annotations

from serving.rates import Buckets, Rate


class Clock:
    """Seconds, which a test sets."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_so_many_at_once_and_then_so_many_a_minute() -> None:
    clock = Clock()
    buckets = Buckets(Rate(per_minute=30, at_once=3), clock=clock)

    assert [buckets.take("ada") for _ in range(5)] == [0, 0, 0, 2, 2]  # a token in two seconds
    clock.seconds += 1
    assert buckets.take("ada") == 1
    clock.seconds += 1
    assert [buckets.take("ada"), buckets.take("ada")] == [0, 2]
    clock.seconds += 3600  # a rest fills it, and no more
    assert [buckets.take("ada") for _ in range(4)] == [0, 0, 0, 2]


def test_keys_do_not_share() -> None:
    buckets = Buckets(Rate(per_minute=1, at_once=1), clock=Clock())

    assert [buckets.take(key) for key in ("ada", "bob", "ada")] == [0, 0, 60]
    assert "ada" in buckets
    assert "eve" not in buckets


def test_the_key_that_rests_longest_is_forgotten() -> None:
    buckets = Buckets(Rate(per_minute=60, at_once=2), max_keys=2, clock=Clock())

    for key in ("ada", "bob", "ada", "eve"):
        buckets.take(key)

    assert len(buckets) == 2
    assert "bob" not in buckets
    assert buckets.take("ada") == 1  # not begun anew


def test_ten_thousand_strangers_take_no_more_memory_than_that() -> None:
    buckets = Buckets(Rate(per_minute=60, at_once=2), max_keys=100, clock=Clock())

    for number in range(10_000):
        assert buckets.take(number) == 0

    assert len(buckets) == 100
