"""The time that one attempt may take. It stands still while the attempt is held because the execution is paused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pointwork.runtime.clock import Clock, Timer

__all__ = ["TimeLimit"]


class TimeLimit:
    """Cancels what runs inside `async with` when its time is up; that then raises TimeoutError."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._left_us = round(seconds * 1e6)
        self._since_us = 0
        self._timer: Timer | None = None
        self._timeout = asyncio.timeout(None)
        self._holders = 0  # steps of the attempt that are held

    @property
    def expired(self) -> bool:
        return self._timeout.expired()

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._run()

    async def __aexit__(self, *error: object) -> None:
        self._stop()
        await self._timeout.__aexit__(*error)  # type: ignore[arg-type]

    @asynccontextmanager
    async def standing_still(self) -> AsyncIterator[None]:
        """Time does not count within."""
        self._holders += 1
        self._stop()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._run()

    def _run(self) -> None:
        self._since_us = self._clock.now_us()
        self._timer = self._clock.call_later(max(0.0, self._left_us / 1e6), self._expire)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left_us -= self._clock.now_us() - self._since_us

    def _expire(self) -> None:
        self._timer = None
        self._timeout.reschedule(0)  # long ago
