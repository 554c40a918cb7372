"""How often something may be asked: a bucket that fills slowly, and one for each of many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from pointwork.errors import TooMany
from pointwork.runtime.clock import Clock

__all__ = ["Bucket", "Buckets"]

KEPT: Final = 10_000


class Bucket:
    """So many at once, and so many more in each second."""

    def __init__(self, clock: Clock, *, burst: int, per_s: float) -> None:
        self._clock = clock
        self._burst = burst
        self._per_s = per_s
        self._left = float(burst)
        self._seen_us = clock.now_us()

    def take(self) -> None:
        """One more; raises TooMany."""
        now_us = self._clock.now_us()
        passed_s = max(0, now_us - self._seen_us) / 1e6  # a clock that is set back gives nothing, and takes nothing
        self._left = min(self._burst, self._left + passed_s * self._per_s)
        self._seen_us = now_us
        if self._left < 1:
            raise TooMany
        self._left -= 1


class Buckets:
    """A bucket for each of those that were met last."""

    def __init__(self, clock: Clock, *, burst: int, per_s: float, kept: int = KEPT) -> None:
        self._clock = clock
        self._burst = burst
        self._per_s = per_s
        self._kept = kept
        self._known: OrderedDict[Hashable, Bucket] = OrderedDict()

    def take(self, whose: Hashable) -> None:
        """One more of these; raises TooMany."""
        bucket = self._known.pop(whose, None) or Bucket(self._clock, burst=self._burst, per_s=self._per_s)
        self._known[whose] = bucket
        while len(self._known) > self._kept:
            self._known.popitem(last=False)
        bucket.take()
