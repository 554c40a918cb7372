"""The pace of a replay: records come with the distances in time that they had, divided by a speed.

A night in which a run waited for somebody is no night in its replay: no wait is longer than `LONGEST_S`. What comes
live is late already, so from there on nothing is held back, unless it is to be slower than it was.
"""

from __future__ import annotations

import asyncio
from typing import Final

from pointwork.errors import Unacceptable
from pointwork.runtime.clock import Clock

__all__ = ["LONGEST_S", "MAX_SPEED", "Pace", "read_speed"]

LONGEST_S: Final = 2.0
MAX_SPEED: Final = 1_000.0


class Pace:
    """One replay. A speed of 2 is twice as fast as it was, 0.5 half as fast; raises Unacceptable for what is none."""

    def __init__(self, clock: Clock, speed: float) -> None:
        if not 0 < speed <= MAX_SPEED:
            raise _no_speed(f"{speed:g}")
        self.speed = speed
        self._clock = clock
        self._at_us: int | None = None  # when the last record was written
        self._shown_us = 0  # when it was its turn here
        self._over = asyncio.Event()
        self._ended = False

    def now_us(self) -> int:
        """What time it is in the replay."""
        now_us = self._clock.now_us()
        if self._at_us is None:
            return now_us
        return min(now_us, self._at_us + round((now_us - self._shown_us) * self.speed))

    async def reach(self, at_us: int) -> None:
        """Wait until it is the turn of a record that was written then. The first one need not wait."""
        if self._at_us is not None and not self._ended:
            distance_s = min((at_us - self._at_us) / 1e6 / self.speed, LONGEST_S)
            passed_s = (self._clock.now_us() - self._shown_us) / 1e6
            if distance_s > passed_s:
                await self._sleep(distance_s - passed_s)
        self.skip(at_us)

    def skip(self, at_us: int) -> None:
        """A record that was written then is not shown, or at once."""
        self._at_us = at_us
        self._shown_us = self._clock.now_us()

    def end(self) -> None:
        """Wait no more."""
        self._ended = True
        self._over.set()

    async def _sleep(self, seconds: float) -> None:
        self._over.clear()
        timer = self._clock.call_later(seconds, self._over.set)
        try:
            await self._over.wait()
        finally:
            timer.cancel()


def read_speed(text: str) -> float:
    """A speed that somebody wrote; 0 is at once. Raises Unacceptable.

    >>> read_speed("0.5"), read_speed("0")
    (0.5, 0.0)
    """
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= MAX_SPEED:
        raise _no_speed(repr(text[:40]))
    return speed


def _no_speed(what: str) -> Unacceptable:
    return Unacceptable(
        f"{what} is not a speed for a replay.",
        hint=f"1 is as fast as it was, 4 four times as fast; {MAX_SPEED:g} is the most.",
    )
