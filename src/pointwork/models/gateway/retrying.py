"""Asking again, for SDKs that do not wait as long as a provider asks for.

A request is sent again when the provider was too busy, failed, or could not be reached, and only as long as nothing of
its answer was handed on. The wait is what Retry-After says; without that it doubles each time. When a provider asks for
more than MAX_WAIT_S, its answer is handed on instead: whoever waits so long should know.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

__all__ = ["Retrying", "asked_wait"]

AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
FIRST_WAIT_S, MAX_BACKOFF_S, MAX_WAIT_S = 0.5, 8.0, 120.0


class Retrying(httpx2.AsyncBaseTransport):
    """A transport that asks again, `retries` times at most."""

    def __init__(
        self,
        inner: httpx2.AsyncBaseTransport,
        retries: int,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._inner = inner
        self._retries = retries
        self._sleep = sleep
        self._now = now

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it, again if need be."""
        for attempt in range(self._retries):
            try:
                response = await self._inner.handle_async_request(request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.RemoteProtocolError, httpx2.ReadError):
                await self._sleep(_backoff(attempt))
                continue
            if response.status_code not in AGAIN:
                return response
            asked = asked_wait(response.headers, self._now())
            if asked is not None and asked > MAX_WAIT_S:
                return response
            await response.aclose()
            await self._sleep(_backoff(attempt) if asked is None else asked)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _backoff(attempt: int) -> float:
    return min(FIRST_WAIT_S * 2**attempt, MAX_BACKOFF_S) * random.uniform(0.75, 1.0)


def asked_wait(headers: httpx2.Headers, now: datetime) -> float | None:
    """How many seconds a provider asks to wait; None when it does not say, or says nothing that can be read.

    >>> asked_wait(httpx2.Headers({"retry-after": "7"}), datetime.now(UTC))
    7.0
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if value.isascii() and value.replace(".", "", 1).isdigit():
            return float(value) * unit
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
