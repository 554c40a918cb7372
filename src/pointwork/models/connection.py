"""The way to one provider: its library is imported by the first request, its places are shared, its models renamed.

Loading takes seconds, so it happens in a thread, and neither the start nor the event loop waits for it.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol, cast

from pointwork.models.client import ModelClient, ModelDelta, ModelRequest
from pointwork.models.endpoint import Endpoint
from pointwork.models.turns import Turns

__all__ = ["Connection", "Renamed"]


class _Loaded(ModelClient, Protocol):
    async def close(self) -> None: ...


class Connection:
    """The client of an endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.loaded: _Loaded | None = None
        self._turns = Turns(endpoint.max_concurrency)
        self._lock = threading.Lock()

    def _load(self) -> _Loaded:
        with self._lock:
            if self.loaded is None:
                module = importlib.import_module("pointwork.models.gateway")
                self.loaded = cast("_Loaded", module.Gateway(self.endpoint))
            return self.loaded

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, piece by piece, once there is a place for the request."""
        async with self._turns.turn():
            client = self.loaded or await asyncio.to_thread(self._load)
            async with aclosing(client.stream(request)) as deltas:
                async for delta in deltas:
                    yield delta

    async def close(self) -> None:
        """Give up the connections; another request opens new ones."""
        if self.loaded is not None:
            loaded, self.loaded = self.loaded, None
            await loaded.close()


class Renamed:
    """A client that knows the model by another name than the agent."""

    def __init__(self, client: Connection, model: str) -> None:
        self.client = client
        self.model = model

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, piece by piece."""
        async with aclosing(self.client.stream(replace(request, model=self.model))) as deltas:
            async for delta in deltas:
                yield delta
