"""Where models come from: the providers that the environment names, and those that somebody stored.

What the environment says is not changed from here, and wins over a stored provider of the same name. A key is kept as a
secret; what is shown of it is its name. Each change counts for the next call to a model, without a new start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final

from pointwork.errors import ConfigurationError, Conflict, NotFound, PointworkError, Unacceptable
from pointwork.events import iso
from pointwork.library import (
    ProviderKind,
    ProviderStore,
    SecretKeys,
    SecretStore,
    StoredProvider,
    check_provider_name,
)
from pointwork.models import OPENAI_URL, Endpoint, Known, Models, Provider, ProviderCheck, check_endpoint
from pointwork.models.providers import KNOWN
from pointwork.redaction import Redactor
from pointwork.settings import Settings
from pointwork.workflow import JsonObject

__all__ = ["Providers", "endpoint_named", "secrets_of"]

log = logging.getLogger("pointwork.providers")

OWN: Final = "provider_"  # what a key is called that was sent with its provider
NUMBERS: Final = {
    "silence_s": (1.0, 86_400.0),
    "first_token_s": (1.0, 86_400.0),
    "total_s": (1.0, 86_400.0),
    "max_retries": (0, 10),
    "max_concurrency": (1, 10_000),
}
WHOLE: Final = ("max_retries", "max_concurrency")
OPENAI: Final = Known(
    name="openai", title="OpenAI", kind="openai", base_url=OPENAI_URL, begins=("gpt-", "chatgpt-", "o1", "o3", "o4")
)


class Providers:
    """The providers of one process."""

    def __init__(
        self,
        settings: Settings,
        store: ProviderStore,
        secrets: SecretStore,
        models: Models,
        redactor: Redactor,
        *,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called whenever providers or keys may be others than before."""
        self._settings = settings
        self._store = store
        self._secrets = secrets
        self._models = models
        self._redactor = redactor
        self._changed = changed

    # ------------------------------------------------------------------------------------------- showing

    def list(self) -> list[JsonObject]:
        """All of them, those of the environment first; keys by their names."""
        fixed = _fixed(self._settings)
        return [*fixed.values(), *(self._shown(one, fixed) for one in self._store.list())]

    def get(self, name: str) -> JsonObject:
        """One of them; raises NotFound."""
        fixed = _fixed(self._settings)
        return fixed[name] if name in fixed else self._shown(self._store.get(name), fixed)

    def _shown(self, stored: StoredProvider, fixed: dict[str, JsonObject]) -> JsonObject:
        wrong = f"{stored.name!r} is set in the environment, which wins." if stored.name in fixed else None
        try:
            _provider(self._settings, self._secrets, stored, used=False)
        except PointworkError as error:
            wrong = wrong or str(error)
        return {
            "name": stored.name,
            "kind": stored.kind,
            "base_url": stored.base_url or _known(stored.kind, stored.name).base_url,
            "key": {"secret": stored.secret} if stored.secret else None,
            "options": stored.options,
            "source": "stored",
            "usable": wrong is None,
            "reason": wrong or f"Used for models that are called {stored.name}:…",
            "created_at": iso(stored.created_at_us),
            "updated_at": iso(stored.updated_at_us),
        }

    # ------------------------------------------------------------------------------------------ changing

    async def set(
        self,
        name: str,
        *,
        kind: ProviderKind,
        base_url: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        options: JsonObject | None = None,
    ) -> JsonObject:
        """Store a provider. `key` is stored as a secret, `secret` names one that is there already."""
        self._check(name, options or {}, base_url)
        if key is not None and secret is not None:
            raise Unacceptable("A provider has one key.", hint="Send the key, or the name of a secret.")
        await asyncio.to_thread(self._set, name, kind, base_url, key, secret, options)
        await self.refresh()
        return await asyncio.to_thread(self.get, name)

    def _check(self, name: str, options: JsonObject, base_url: str | None) -> None:
        check_provider_name(name)
        if name in _fixed(self._settings):
            raise Conflict(
                f"The provider {name!r} is set in the environment.",
                hint="Change the variables and start again, or choose another name.",
            )
        for option, value in options.items():
            if option == "models":
                if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                    raise Unacceptable("options.models is not a list of names.", hint='Write ["llama3.2"].')
            elif option not in NUMBERS:
                known = ", ".join(["models", *NUMBERS])
                raise Unacceptable(f"Providers have no option {option[:60]!r}.", hint=f"There are {known}.")
            else:
                least, most = NUMBERS[option]
                if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
                    raise Unacceptable(f"options.{option} is not a number from {least:g} to {most:g}.")
        if self._redactor.data([options, base_url]) != [options, base_url]:
            raise Unacceptable("The options or the address hold a secret.", hint="A key belongs into key.")

    def _set(
        self,
        name: str,
        kind: ProviderKind,
        base_url: str | None,
        key: str | None,
        secret: str | None,
        options: JsonObject | None,
    ) -> None:
        if secret is not None:
            try:
                self._secrets.info(secret)
            except NotFound as error:
                raise Unacceptable(error.message, hint=f"`pointwork secrets set {secret}` stores one.") from error
        if key is not None:
            self._redactor.add(key, OWN + name)
            try:
                Endpoint(api_key=key, key_name="key")
            except ConfigurationError as error:
                raise Unacceptable(error.message, hint=error.hint) from error
        before = next((one for one in self._store.list() if one.name == name), None)
        named = OWN + name if key is not None else secret
        self._store.set(name, kind=kind, base_url=base_url, secret=named, options=options)
        if key is not None:
            self._secrets.set(OWN + name, key)
        elif before is not None and before.secret == OWN + name != secret:
            self._secrets.delete(OWN + name)

    async def delete(self, name: str) -> None:
        """Forget a provider, and its key if that was stored with it."""
        if name in _fixed(self._settings):
            raise Conflict(f"The provider {name!r} is set in the environment.", hint="Unset its variables there.")
        await asyncio.to_thread(self._delete, name)
        await self.refresh()

    def _delete(self, name: str) -> None:
        gone = self._store.delete(name)
        if gone.secret == OWN + name and all(one.secret != gone.secret for one in self._store.list()):
            try:
                self._secrets.delete(OWN + name)
            except NotFound:
                return  # somebody has deleted it already, which is as well

    # -------------------------------------------------------------------------------------------- using

    async def refresh(self) -> None:
        """Let the models know what is stored now. A provider that cannot be used is said to be so in the log."""
        self._models.set_providers(await asyncio.to_thread(self._usable))
        self._changed()

    def _usable(self) -> list[Provider]:
        fixed = _fixed(self._settings)
        found: list[Provider] = []
        for stored in self._store.list():
            if stored.name in fixed:
                continue
            try:
                found.append(_provider(self._settings, self._secrets, stored))
            except PointworkError as error:
                log.warning("The provider %r cannot be used: %s", stored.name, error)
        return found

    async def test(self, name: str) -> ProviderCheck:
        """Ask a provider for the list of its models; raises NotFound."""
        endpoint = await asyncio.to_thread(self._endpoint, name)
        found = await check_endpoint(endpoint)
        return replace(found, message=self._redactor.text(found.message), models=self._redactor.data(found.models))

    def _endpoint(self, name: str) -> Endpoint:
        found = _of_environment(self._settings, name)
        return found or _provider(self._settings, self._secrets, self._store.get(name)).endpoint


def secrets_of(settings: Settings, redactor: Redactor) -> SecretStore:
    """The stored secrets that these settings describe; nothing is opened yet."""
    keys = SecretKeys(settings.data_dir / "secret.key", settings.secret_key, redactor=redactor)
    return SecretStore(settings.database, keys, redactor=redactor)


def endpoint_named(settings: Settings, redactor: Redactor, name: str) -> Endpoint:
    """Where a provider is, be it of the environment or stored, for whoever keeps no stores open; raises NotFound."""
    found = _of_environment(settings, name)
    if found is not None:
        return found
    store, secrets = ProviderStore(settings.database), secrets_of(settings, redactor)
    if not store.path.exists():
        raise NotFound(f"There is no provider {name[:60]!r}.", hint=f"`pointwork providers set {name}` stores one.")
    with ExitStack() as undo:
        for one in (store, secrets):
            one.open()
            undo.callback(one.close)
        return _provider(settings, secrets, store.get(name)).endpoint


def _fixed(settings: Settings) -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {}
    if settings.openai_api_key or settings.openai_base_url:
        url = settings.openai_base_url or OPENAI_URL
        kind = "openai" if Endpoint(base_url=url).is_openai else "openai-compatible"
        key = "OPENAI_API_KEY" if settings.openai_api_key else None
        found["openai"] = _entry("openai", kind, url, key)
    for one in settings.providers:
        key = one.endpoint.key_name if one.endpoint.api_key else None
        found[one.name] = _entry(one.name, one.name, one.endpoint.base_url, key)
    return found


def _of_environment(settings: Settings, name: str) -> Endpoint | None:
    if name == "openai" and (settings.openai_api_key or settings.openai_base_url):
        return Endpoint(base_url=settings.openai_base_url or OPENAI_URL, api_key=settings.openai_api_key)
    return next((one.endpoint for one in settings.providers if one.name == name), None)


def _provider(settings: Settings, secrets: SecretStore, stored: StoredProvider, *, used: bool = True) -> Provider:
    """`used`: its key is read to be used, and not only to see whether it is there."""
    known = _known(stored.kind, stored.name)
    if known.title == OPENAI.title and "openai" in _fixed(settings):
        known = replace(known, begins=())  # bare names go where the environment says
    key = secrets.get(stored.secret, used=used) if stored.secret else None
    options = {name: value for name, value in stored.options.items() if name in NUMBERS}
    options |= {name: int(options[name]) for name in WHOLE if name in options}
    endpoint = Endpoint(
        base_url=stored.base_url or known.base_url,
        api_key=key,
        kind=known.kind,
        key_name=f"secret {stored.secret!r}" if stored.secret else "the provider's key",
        url_name=f"the base_url of provider {stored.name!r}",
        **options,
    )
    suggested = tuple(stored.options.get("models", known.suggested))
    return Provider(known=replace(known, suggested=suggested), endpoint=endpoint)


def _known(kind: ProviderKind, name: str) -> Known:
    """What is known about providers of a kind, under the name that this one has."""
    if kind == "openai-compatible":
        return Known(name=name, title=name, kind="openai", base_url="")
    found = next((one for one in KNOWN if one.name == kind), OPENAI)
    return replace(found, name=name)


def _entry(name: str, kind: str, base_url: str, key: str | None) -> JsonObject:
    more: dict[str, Any] = {"source": "environment", "usable": True, "reason": "Set in the environment."}
    return {
        "name": name,
        "kind": kind,
        "base_url": base_url,
        "key": {"environment": key} if key else None,
        "options": {},
        **more,
        "created_at": None,
        "updated_at": None,
    }
