"""`VirtualClock`: time that passes only when a test says so; what was to happen meanwhile then happens, in order."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["VirtualClock"]


@dataclass(order=True)
class _Timer:
    """What will happen at a time; among equal times, in the order in which it was asked for."""

    at_us: int
    number: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """A `Clock` for the runtime.

    >>> clock = VirtualClock()
    >>> timer = clock.call_later(2.5, lambda: print("now"))
    >>> clock.advance(2)
    >>> clock.pending
    [0.5]
    >>> clock.advance(0.5)
    now
    """

    def __init__(self, now_us: int = 1_700_000_000_000_000) -> None:
        self._now_us = now_us
        self._timers: list[_Timer] = []
        self._asked = 0

    def now_us(self) -> int:
        return self._now_us

    def call_later(self, seconds: float, callback: Callable[[], None]) -> _Timer:
        self._asked += 1
        timer = _Timer(self._now_us + round(seconds * 1e6), self._asked, callback)
        heapq.heappush(self._timers, timer)
        return timer

    @property
    def pending(self) -> list[float]:
        """In how many seconds something will happen, the next first."""
        return [(timer.at_us - self._now_us) / 1e6 for timer in sorted(self._timers) if not timer.cancelled]

    def advance(self, seconds: float) -> None:
        """Let time pass. Each callback sees the time that it was to be called at."""
        until_us = self._now_us + round(seconds * 1e6)
        while self._timers and self._timers[0].at_us <= until_us:
            timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                self._now_us = max(self._now_us, timer.at_us)
                timer.callback()
        self._now_us = until_us

    def set_back(self, seconds: float) -> None:
        """Set the clock back, as an administrator or a time server may; what is pending keeps its distance."""
        self._now_us -= round(seconds * 1e6)
        for timer in self._timers:
            timer.at_us -= round(seconds * 1e6)
