"""Whose turn it is: how many requests may be under way at one provider, and who goes next.

First come, first served. A request that is given up while it waits loses its place and holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

__all__ = ["Turns"]


class Turns:
    """Places at one provider; `most=None` has no end of them."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        # One for each event loop: a semaphore belongs to the one that it was waited for in.
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it until the end of the block."""
        if self._most is None:
            yield
            return
        loop = asyncio.get_running_loop()
        places = self._places.get(loop)
        if places is None:
            places = self._places[loop] = asyncio.Semaphore(self._most)
        async with places:
            yield
