"""What providers say of themselves: the lists of their models, asked for in the background and remembered for a while.

Nobody waits for a provider here unless they want to: what is known is there at once, and what is being asked says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pointwork.models.check import ProviderCheck, check_endpoint
from pointwork.models.endpoint import Endpoint

__all__ = ["Lists"]

FRESH_S: Final = 60.0
PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Known:
    endpoint: Endpoint
    check: ProviderCheck
    at: float


class Lists:
    """The lists of one process, by the names of providers."""

    def __init__(self, *, fresh_s: float = FRESH_S, now: Callable[[], float] = time.monotonic) -> None:
        self._fresh_s = fresh_s
        self._now = now
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}

    def get(self, name: str, endpoint: Endpoint) -> ProviderCheck | None:
        """What the provider said last; None when it was not asked yet. It may be older than a minute."""
        known = self._known.get(name)
        return known.check if known is not None and known.endpoint == endpoint else None

    def is_asking(self, name: str) -> bool:
        """Whether an answer is awaited."""
        return name in self._asking

    async def look(
        self, endpoints: Mapping[str, Endpoint], *, wait_s: float = 0.0, patience_s: Mapping[str, float] | None = None
    ) -> None:
        """Ask those whose lists are old or unknown; return after `wait_s` at the latest, and let the others go on.

        `patience_s` says for how long one is given time to answer, where that is not PATIENCE_S.
        """
        patience_s = patience_s or {}
        for name, endpoint in endpoints.items():
            if name in self._asking or self._is_fresh(name, endpoint):
                continue
            task = asyncio.ensure_future(self._ask(name, endpoint, patience_s.get(name, PATIENCE_S)))
            self._asking[name] = task
        if self._asking and wait_s > 0:
            await asyncio.wait(list(self._asking.values()), timeout=wait_s)

    def _is_fresh(self, name: str, endpoint: Endpoint) -> bool:
        known = self._known.get(name)
        return known is not None and known.endpoint == endpoint and self._now() - known.at < self._fresh_s

    async def _ask(self, name: str, endpoint: Endpoint, patience_s: float) -> None:
        try:
            check = await check_endpoint(endpoint, timeout_s=patience_s)
            self._known[name] = _Known(endpoint, check, self._now())
        finally:
            self._asking.pop(name, None)

    async def close(self) -> None:
        """Ask nobody any more."""
        tasks, self._asking = list(self._asking.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
