"""Which client answers for which model name, and what can be used now.

The rule: `offline-demo` is always itself; `provider:model` goes to that provider and nowhere else; a bare name goes to
the provider whose models are called so, or to the endpoint that OPENAI_… names. With nothing configured at all the
labelled demo model answers, or nobody does if the operator forbids that. No name is ever answered by another provider
than the one that it means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from pointwork.errors import ModelUnavailable
from pointwork.models.client import ModelClient
from pointwork.models.connection import Connection, Renamed
from pointwork.models.endpoint import KEY_NAME, OPENAI_URL, URL_NAME, Endpoint
from pointwork.models.listing import ModelInfo, Offer, listed
from pointwork.models.live import Lists
from pointwork.models.offline_demo import OFFLINE_DEMO, OfflineDemo
from pointwork.models.providers import KNOWN, OLLAMA, Known, Provider

__all__ = ["Models"]

SUGGESTED = ("gpt-4o-mini", "gpt-4o")  # what forms offer; any other name that the endpoint knows can be typed
FINE_TUNED = "ft"  # models of OpenAI that somebody has trained further are called `ft:…:…`
FIND_S: Final = 0.3  # Ollama is on this machine, or it is not
HOW_TO = f"Set {KEY_NAME}, or {URL_NAME} for another OpenAI-compatible server, and start again."


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
        max_concurrency: int | None = None,
        providers: Sequence[Provider] = (),
        find_ollama: bool = False,
    ) -> None:
        """Settings as they come from the environment, where empty means absent; see `Endpoint` for the times.

        `api_key` and `base_url` are OpenAI's, or those of a compatible server that all bare names go to.
        `find_ollama`: Ollama may be used where it listens by default on this machine, without being set up.
        """
        key, url = (api_key or "").strip(), (base_url or "").strip() or OPENAI_URL
        self._endpoint: Connection | None = None
        if key or url != OPENAI_URL:
            self._endpoint = Connection(
                Endpoint(
                    base_url=url,
                    api_key=key,
                    silence_s=silence_s,
                    total_s=total_s,
                    max_retries=max_retries,
                    max_concurrency=max_concurrency,
                )
            )
        self._fixed = tuple(providers)
        self._others = {provider.name: Connection(provider.endpoint) for provider in providers}
        self._known = {provider.name: provider.known for provider in providers}
        self._near = Connection(Endpoint(base_url=OLLAMA.base_url, url_name=OLLAMA.url_name)) if find_ollama else None
        self._lists = Lists()
        self._gone: list[Connection] = []  # providers that were taken away; what they are asked now, they still answer
        self._demo = OfflineDemo()
        self._demo_allowed = offline_demo

    def set_providers(self, providers: Sequence[Provider]) -> None:
        """From now on these are there, beside those that were given at the beginning. What goes on, goes on."""
        found = {provider.name: provider for provider in self._fixed}
        for provider in providers:
            found.setdefault(provider.name, provider)
        others: dict[str, Connection] = {}
        for name, provider in found.items():
            there = self._others.get(name)
            kept = there is not None and there.endpoint == provider.endpoint
            others[name] = there if there is not None and kept else Connection(provider.endpoint)
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

        >>> type(Models().client("offline-demo")).__name__
        'OfflineDemo'
        """
        if name == OFFLINE_DEMO:
            return self._demo
        prefix, separator, model = name.partition(":")
        if separator and (there := self._named(prefix)) is not None:
            return Renamed(there, model)
        known = next((one for one in KNOWN if one.name == prefix), None) if separator else None
        if known is not None:
            return self._of(known, name)
        if self._endpoint is not None and not self._endpoint.endpoint.is_openai:
            return self._endpoint  # every bare name, whatever it looks like
        owner = None if separator else self._owner(name)
        if owner is not None and (self._endpoint is not None or self._others):
            return self._of(owner, name)
        if self._endpoint is not None and (not separator or prefix == FINE_TUNED):
            return self._endpoint
        if self._demo_allowed and self._endpoint is None and not self._others:
            return self._demo
        raise self._unavailable(name)

    def prices(self, name: str, tokens: int) -> tuple[float, float] | None:
        """US dollars for a prompt of so many tokens, and for each token of its answer; None when no price is known.

        Slow when first called.
        """
        client, model = self.client(name), name
        if isinstance(client, Renamed):
            client, model = client.client, client.model
        if not isinstance(client, Connection):
            return None
        from pointwork.models.prices import prices

        return prices(client.endpoint.base_url, model, tokens)

    def _named(self, provider: str) -> Connection | None:
        """The provider that is there under this name."""
        if provider in self._others:
            return self._others[provider]
        if provider == OLLAMA.name:
            return self._near
        return self._endpoint if provider == "openai" else None

    def _owner(self, name: str) -> Known | None:
        """The provider whose models are called so; raises ModelUnavailable when several are."""
        there = [one for one in self._known.values() if name.startswith(one.begins)]
        usual = next((one for one in KNOWN if name.startswith(one.begins)), None)
        if len(there) < 2:
            return there[0] if there else usual
        if usual is not None and usual.name in self._known:
            return usual
        raise ModelUnavailable(
            f"Several providers have models like {name!r}: {', '.join(one.name for one in there)}.",
            hint=f"Write which one is meant, for example {there[0].name}:{name}.",
        )

    def _of(self, known: Known, name: str) -> ModelClient:
        found = self._others.get(known.name)
        if found is None:
            raise ModelUnavailable(
                f"The model {name!r} is one of {known.title}, which is not set up.", hint=known.how_to
            )
        return found

    def _unavailable(self, name: str) -> ModelUnavailable:
        if self._endpoint is None and not self._others:
            return ModelUnavailable(
                f"The model {name!r} is not configured, and the offline demo model may not stand in for it.",
                hint=HOW_TO,
            )
        there = ", ".join(f"{provider}:…" for provider in self._endpoints())
        near = self._alike(name)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        return ModelUnavailable(
            f"No provider that is set up has a model {name!r}. There are: {there}.",
            hint=f"{meant}Write the provider before the name, or set {KEY_NAME} for models of OpenAI.",
        )

    def _alike(self, name: str) -> list[str]:
        """Names that there are, or would be, and that look like this one."""
        prefix, separator, model = name.partition(":")
        if separator:
            providers = dict.fromkeys(("openai", *self._others, *(one.name for one in KNOWN)))
            return [f"{one}:{model}" for one in get_close_matches(prefix, providers, 2, 0.5)]
        there = {info.name.partition(":")[2]: info.name for info in self.available() if ":" in info.name}
        return [there[one] for one in get_close_matches(name, there, 2, 0.8)]

    # ------------------------------------------------------------------------------------------- the list

    async def look(self, *, wait_s: float = 0.0) -> None:
        """Ask the providers for their lists, if that is more than a minute ago; `available` has them then.

        Returns after `wait_s` seconds at the latest; answers that come later are there the next time.
        """
        endpoints = self._endpoints()
        found = self._near is not None and endpoints[OLLAMA.name] is self._near.endpoint
        await self._lists.look(endpoints, wait_s=wait_s, patience_s={OLLAMA.name: FIND_S} if found else None)

    def _endpoints(self) -> Mapping[str, Endpoint]:
        found = {} if self._endpoint is None else {"openai": self._endpoint.endpoint}
        found |= {name: one.endpoint for name, one in self._others.items()}
        if self._near is not None:
            found.setdefault(OLLAMA.name, self._near.endpoint)
        return found

    def available(self) -> list[ModelInfo]:
        """What can be used now, and why the rest cannot."""
        demo = "Built in: passes arithmetic to tools and says of everything else that it does not understand it."
        last = ModelInfo(name=OFFLINE_DEMO, provider="pointwork", available=True, reason=demo)
        return [*listed(self._offers(), self._lists), last]

    def _offers(self) -> Iterator[Offer]:
        kind, endpoint = "openai", None
        if self._endpoint is None:
            reason = f"Not configured. {HOW_TO}"
            if self._demo_allowed and not self._others:
                reason += f" Until then {OFFLINE_DEMO} answers for it."
        else:
            endpoint = self._endpoint.endpoint
            kind = "openai" if endpoint.is_openai else "openai-compatible"
            reason = f"Sent to {endpoint.base_url}, as is every other name."
        if "openai" not in self._others:
            yield Offer(name="openai", kind=kind, before="", suggested=SUGGESTED, reason=reason, endpoint=endpoint)
        own = [one for name, one in self._known.items() if all(name != known.name for known in KNOWN)]
        for known in (*own, *(self._known.get(one.name, one) for one in KNOWN)):
            there = self._named(known.name)
            yield Offer(
                name=known.name,
                kind=known.name,
                before=f"{known.name}:",
                suggested=known.suggested,
                reason=f"Sent to {there.endpoint.base_url}."
                if there
                else f"{known.title} is not set up. {known.how_to}",
                endpoint=there.endpoint if there else None,
                found=there is not None and there is self._near,
            )

    async def close(self) -> None:
        """Give up connections; another request would open new ones."""
        await self._lists.close()
        gone, self._gone = self._gone, []
        for one in (self._endpoint, self._near, *self._others.values(), *gone):
            if one is not None:
                await one.close()
