"""Who runs and who waits: four calls at the same time, within the memory that four ordinary ones may use together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

__all__ = ["AT_ONCE", "FULL", "MAX_QUEUE", "SHARE_BYTES", "Turns"]

AT_ONCE, MAX_QUEUE = 4, 32
SHARE_BYTES = 512 << 20  # of memory for each of the four; a call that may use more takes the place of several
FULL = f"{MAX_QUEUE} calls wait for the sandbox already. Try again later."


@dataclass(slots=True, weakref_slot=True)
class _Line:
    """Of one event loop."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Turns:
    """The calls of one sandbox."""

    def __init__(self) -> None:
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    @property
    def is_full(self) -> bool:
        """So many wait that nobody else should."""
        return self._line.waiting >= MAX_QUEUE

    @property
    def _line(self) -> _Line:
        return self._lines.setdefault(asyncio.get_running_loop(), _Line())

    @asynccontextmanager
    async def turn(self, memory_bytes: int) -> AsyncIterator[None]:
        """Wait until there is room for a call that may use so much memory; it is kept until the end of the block."""
        line, shares, held = self._line, max(1, min(AT_ONCE, -(-memory_bytes // SHARE_BYTES))), 0
        line.waiting += 1
        try:
            try:
                async with line.first:  # one after the other, so that no two wait for each other's half
                    while held < shares:
                        await line.free.acquire()
                        held += 1
            finally:
                line.waiting -= 1
            yield
        finally:
            for _ in range(held):
                line.free.release()
