"""The time that one attempt may take. It stands still while the attempt is held because the execution is paused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pointwork.runtime.clock import Clock
from pointwork.runtime.timers import Countdown

__all__ = ["TimeLimit"]


class TimeLimit:
    """Cancels what runs inside `async with` when its time is up; that then raises TimeoutError."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._countdown = Countdown(clock, seconds, self._expire, still=True)
        self._timeout = asyncio.timeout(None)
        self._holders = 0  # steps of the attempt that are held

    @property
    def expired(self) -> bool:
        return self._timeout.expired()

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._countdown.run()

    async def __aexit__(self, *error: object) -> None:
        self._countdown.stop()
        await self._timeout.__aexit__(*error)  # type: ignore[arg-type]

    @asynccontextmanager
    async def standing_still(self) -> AsyncIterator[None]:
        """Time does not count within."""
        self._holders += 1
        self._countdown.stop()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._countdown.run()

    def _expire(self) -> None:
        self._timeout.reschedule(0)  # long ago
