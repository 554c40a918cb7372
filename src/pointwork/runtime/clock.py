"""Time as the runtime sees it, so that tests can have their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "SystemClock", "Timer", "micros", "sleep"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What time it is, and calling back later."""

    def now_us(self) -> int:
        """Microseconds since 1970, UTC."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...


class SystemClock:
    """The clock of the machine and of the running event loop."""

    def now_us(self) -> int:
        return time.time_ns() // 1_000

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)


def micros(iso: str) -> int:
    """A time as text in microseconds since 1970; without an offset it is UTC.

    >>> micros("2023-11-14T22:13:20.123456Z")
    1700000000123456
    """
    time = datetime.fromisoformat(iso)
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


async def sleep(clock: Clock, seconds: float) -> None:
    """Wait on a clock."""
    over = asyncio.Event()
    timer = clock.call_later(seconds, over.set)
    try:
        await over.wait()
    finally:
        timer.cancel()
