"""Where handlers wait at their next call while their execution is paused, until it goes on or they are let through."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pointwork.runtime.driver import Driver

__all__ = ["Gate"]


class Gate:
    """The gate of one execution."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._held: list[asyncio.Future[bool]] = []  # in the order in which they came

    async def wait(self) -> None:
        """Wait for as long as handlers are to hold."""
        while self._driver.hold and not self._driver.closed:
            waiter = self._driver.changed()
            self._held.append(waiter)
            try:
                if await waiter:
                    return
            finally:
                self._held.remove(waiter)

    @property
    def holds(self) -> bool:
        """Whether a handler waits here."""
        return any(not waiter.done() for waiter in self._held)

    def let_through(self) -> bool:
        """Let the one that came first make one call; false when nobody waits."""
        for waiter in self._held:
            if not waiter.done():
                waiter.set_result(True)
                return True
        return False
