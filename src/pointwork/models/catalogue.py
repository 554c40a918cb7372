"""Which client answers for which model name, and what can be used now.

The rule: `offline-demo` is always itself; with an endpoint configured, every other name goes there; without one the
labelled demo model answers, or nobody does if the operator forbids that. The library behind the endpoint is loaded by
the first call that needs it, in a thread, so that neither the start nor the event loop waits for it.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Protocol, cast

from pointwork.errors import ModelUnavailable
from pointwork.models.client import ModelClient, ModelDelta, ModelRequest
from pointwork.models.endpoint import KEY_NAME, OPENAI_URL, URL_NAME, Endpoint
from pointwork.models.offline_demo import OFFLINE_DEMO, OfflineDemo
from pointwork.workflow import JsonObject

__all__ = ["ModelInfo", "Models"]

SUGGESTED = ("gpt-4o-mini", "gpt-4o")  # what forms offer; any other name that the endpoint knows can be typed
HOW_TO = f"Set {KEY_NAME}, or {URL_NAME} for another OpenAI-compatible server, and start again."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One line of the list of models. `reason` says why it can be used, or why not and what to do."""

    name: str
    provider: str
    available: bool
    reason: str

    def to_dict(self) -> JsonObject:
        return asdict(self)


class _Loaded(ModelClient, Protocol):
    async def close(self) -> None: ...


class _Lazy:
    """The client of an endpoint; its library is imported by the first request."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.loaded: _Loaded | None = None
        self._lock = threading.Lock()

    def _load(self) -> _Loaded:
        with self._lock:
            if self.loaded is None:
                module = importlib.import_module("pointwork.models.gateway")
                self.loaded = cast("_Loaded", module.Gateway(self.endpoint))
            return self.loaded

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        client = self.loaded or await asyncio.to_thread(self._load)
        async with aclosing(client.stream(request)) as deltas:
            async for delta in deltas:
                yield delta


class Models:
    """The models that this process can use; what `ctx.resource(Models)` gives."""

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        offline_demo: bool = True,
        silence_s: float = 300.0,
        total_s: float = 1_800.0,
        max_retries: int = 2,
    ) -> None:
        """Settings as they come from the environment, where empty means absent; see `Endpoint` for the times."""
        key, url = (api_key or "").strip(), (base_url or "").strip() or OPENAI_URL
        self._endpoint: _Lazy | None = None
        if key or url != OPENAI_URL:
            self._endpoint = _Lazy(
                Endpoint(base_url=url, api_key=key, silence_s=silence_s, total_s=total_s, max_retries=max_retries)
            )
        self._demo = OfflineDemo()
        self._demo_allowed = offline_demo

    @property
    def in_use(self) -> str:
        """What answers for a name like `gpt-4o-mini`, for people."""
        if self._endpoint is not None:
            return f"as named, at {self._endpoint.endpoint.base_url}"
        return OFFLINE_DEMO if self._demo_allowed else "none"

    def client(self, name: str) -> ModelClient:
        """The client that answers for this model; raises ModelUnavailable when there is none."""
        if name == OFFLINE_DEMO:
            return self._demo
        if self._endpoint is not None:
            return self._endpoint
        if self._demo_allowed:
            return self._demo
        raise ModelUnavailable(
            f"The model {name!r} is not configured, and the offline demo model may not stand in for it.", hint=HOW_TO
        )

    def available(self) -> list[ModelInfo]:
        """What can be used now, and why the rest cannot."""
        if self._endpoint is None:
            provider, usable = "openai", False
            reason = f"Not configured. {HOW_TO}"
            if self._demo_allowed:
                reason += f" Until then {OFFLINE_DEMO} answers for it."
        else:
            provider = "openai" if self._endpoint.endpoint.is_openai else "openai-compatible"
            usable, reason = True, f"Sent to {self._endpoint.endpoint.base_url}, as is every other name."
        found = [ModelInfo(name=name, provider=provider, available=usable, reason=reason) for name in SUGGESTED]
        demo = "Built in: passes arithmetic to tools and says of everything else that it does not understand it."
        return [*found, ModelInfo(name=OFFLINE_DEMO, provider="pointwork", available=True, reason=demo)]

    async def close(self) -> None:
        """Give up connections; another request would open new ones."""
        if self._endpoint is not None and self._endpoint.loaded is not None:
            loaded, self._endpoint.loaded = self._endpoint.loaded, None
            await loaded.close()
