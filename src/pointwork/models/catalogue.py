"""Which client answers for which model name, and what can be used now.

The rule: `offline-demo` is always itself; `provider:model` goes to that provider and nowhere else; a bare name goes to
the provider whose models are called so, or to the endpoint that OPENAI_… names. With nothing configured at all the
labelled demo model answers, or nobody does if the operator forbids that. No name is ever answered by another provider
than the one that it means. The library behind is loaded by the first call that needs it, in a thread, so that neither
the start nor the event loop waits for it.
"""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Protocol, cast

from pointwork.errors import ModelUnavailable
from pointwork.models.client import ModelClient, ModelDelta, ModelRequest
from pointwork.models.endpoint import KEY_NAME, OPENAI_URL, URL_NAME, Endpoint
from pointwork.models.offline_demo import OFFLINE_DEMO, OfflineDemo
from pointwork.models.providers import KNOWN, Known, Provider
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


class _Renamed:
    """A client that knows the model by another name than the agent."""

    def __init__(self, client: ModelClient, model: str) -> None:
        self._client = client
        self._model = model

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        async with aclosing(self._client.stream(replace(request, model=self._model))) as deltas:
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
        providers: Sequence[Provider] = (),
    ) -> None:
        """Settings as they come from the environment, where empty means absent; see `Endpoint` for the times.

        `api_key` and `base_url` are OpenAI's, or those of a compatible server that all bare names go to.
        """
        key, url = (api_key or "").strip(), (base_url or "").strip() or OPENAI_URL
        self._endpoint: _Lazy | None = None
        if key or url != OPENAI_URL:
            self._endpoint = _Lazy(
                Endpoint(base_url=url, api_key=key, silence_s=silence_s, total_s=total_s, max_retries=max_retries)
            )
        self._fixed = tuple(providers)
        self._others = {provider.name: _Lazy(provider.endpoint) for provider in providers}
        self._known = {provider.name: provider.known for provider in providers}
        self._gone: list[_Lazy] = []  # providers that were taken away; what they are asked now, they still answer
        self._demo = OfflineDemo()
        self._demo_allowed = offline_demo

    def set_providers(self, providers: Sequence[Provider]) -> None:
        """From now on these are there, beside those that were given at the beginning. What goes on, goes on."""
        found = {provider.name: provider for provider in self._fixed}
        for provider in providers:
            found.setdefault(provider.name, provider)
        others: dict[str, _Lazy] = {}
        for name, provider in found.items():
            there = self._others.get(name)
            kept = there is not None and there.endpoint == provider.endpoint
            others[name] = there if there is not None and kept else _Lazy(provider.endpoint)
        self._gone += [lazy for lazy in self._others.values() if lazy not in others.values()]
        self._others = others
        self._known = {name: provider.known for name, provider in found.items()}

    @property
    def in_use(self) -> str:
        """What answers for a name like `gpt-4o-mini`, for people."""
        also = f"; {', '.join(self._others)}" if self._others else ""
        if self._endpoint is not None:
            return f"as named, at {self._endpoint.endpoint.base_url}{also}"
        if self._others:
            return ", ".join(self._others)
        return OFFLINE_DEMO if self._demo_allowed else "none"

    def client(self, name: str) -> ModelClient:
        """The client that answers for this model; raises ModelUnavailable when there is none.

        `provider:model` goes to that provider; a bare name to the one whose models are called so, else to OpenAI or the
        server at OPENAI_BASE_URL. Only when nothing at all is configured, the demo model stands in.
        """
        if name == OFFLINE_DEMO:
            return self._demo
        prefix, separator, model = name.partition(":")
        if separator and prefix in self._others:
            return _Renamed(self._others[prefix], model)
        known = next((one for one in KNOWN if one.name == prefix), None) if separator else None
        if known is not None:
            return _Renamed(self._of(known, name), model)
        if prefix == "openai" and separator and self._endpoint is not None:
            return _Renamed(self._endpoint, model)
        if self._endpoint is not None and not self._endpoint.endpoint.is_openai:
            return self._endpoint  # every bare name, whatever it looks like
        there = (*self._known.values(), *KNOWN)
        owner = next((one for one in there if name.startswith(one.begins)), None) if not separator else None
        if owner is not None and (owner.name in self._others or self._endpoint is not None or self._others):
            return self._of(owner, name)
        if self._endpoint is not None:
            return self._endpoint
        if self._demo_allowed and not self._others:
            return self._demo
        raise self._unavailable(name)

    def least_cost_usd(self, name: str, tokens: int) -> float | None:
        """What a prompt of so many tokens costs at least; None when no price is known. Slow when first called."""
        client, model = self.client(name), name
        if isinstance(client, _Renamed):
            client, model = client._client, client._model
        if not isinstance(client, _Lazy):
            return None
        from pointwork.models.prices import least_cost_usd

        return least_cost_usd(client.endpoint.base_url, model, tokens)

    def _of(self, known: Known, name: str) -> ModelClient:
        found = self._others.get(known.name)
        if found is None:
            raise ModelUnavailable(
                f"The model {name!r} is one of {known.title}, which is not set up.", hint=known.how_to
            )
        return found

    def _unavailable(self, name: str) -> ModelUnavailable:
        if not self._others:
            return ModelUnavailable(
                f"The model {name!r} is not configured, and the offline demo model may not stand in for it.",
                hint=HOW_TO,
            )
        there = ", ".join(f"{provider}:…" for provider in self._others)
        return ModelUnavailable(
            f"No provider that is set up has a model {name!r}. There are: {there}.",
            hint=f"Write the provider before the name, or set {KEY_NAME} for models of OpenAI.",
        )

    def available(self) -> list[ModelInfo]:
        """What can be used now, and why the rest cannot."""
        if self._endpoint is None:
            provider, usable = "openai", False
            reason = f"Not configured. {HOW_TO}"
            if self._demo_allowed and not self._others:
                reason += f" Until then {OFFLINE_DEMO} answers for it."
        else:
            provider = "openai" if self._endpoint.endpoint.is_openai else "openai-compatible"
            usable, reason = True, f"Sent to {self._endpoint.endpoint.base_url}, as is every other name."
        found = [ModelInfo(name=name, provider=provider, available=usable, reason=reason) for name in SUGGESTED]
        own = [one for name, one in self._known.items() if all(name != known.name for known in KNOWN)]
        for known in (*own, *(self._known.get(one.name, one) for one in KNOWN)):
            there = self._others.get(known.name)
            why = f"Sent to {there.endpoint.base_url}." if there else f"{known.title} is not set up. {known.how_to}"
            found += [
                ModelInfo(name=f"{known.name}:{name}", provider=known.name, available=there is not None, reason=why)
                for name in known.suggested
            ]
        demo = "Built in: passes arithmetic to tools and says of everything else that it does not understand it."
        return [*found, ModelInfo(name=OFFLINE_DEMO, provider="pointwork", available=True, reason=demo)]

    async def close(self) -> None:
        """Give up connections; another request would open new ones."""
        gone, self._gone = self._gone, []
        for lazy in (self._endpoint, *self._others.values(), *gone):
            if lazy is not None and lazy.loaded is not None:
                loaded, lazy.loaded = lazy.loaded, None
                await loaded.close()
