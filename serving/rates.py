"""How often something may happen: token buckets, one a key, in bounded memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

__all__ = ["Bucket", "Buckets", "Rate"]

MAX_KEYS = 10_000  # buckets of a kind; each takes about 300 bytes


@dataclass(frozen=True)
class Rate:
    """So many a minute in the long run, and so many at once after a rest."""

    per_minute: float
    at_once: int


@dataclass(slots=True)
class Bucket:
    """What one key may still do: tokens at a time in seconds."""

    tokens: float
    time: float


class Buckets:
    """Counts by key; the key that was not seen for longest is forgotten when there are too many.

    A forgotten key begins anew with a full bucket: memory is bounded, and whoever invents keys gains no more than he
    has by inventing them. Use it from one thread, as the event loop is.

    Parameters
    ----------
    rate : Rate
    max_keys : int
    clock : callable
        Seconds; a test brings its own.
    """

    def __init__(self, rate: Rate, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._clock = clock
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._buckets

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: Hashable) -> int:
        """Take a token of a key: 0, or the seconds after which there is one again."""
        now, per_second = self._clock(), self._rate.per_minute / 60
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rate.at_once, now)
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.tokens = min(self._rate.at_once, bucket.tokens + (now - bucket.time) * per_second)
        bucket.time = now
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / per_second)
        bucket.tokens -= 1
        return 0
