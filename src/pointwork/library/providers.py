"""Stored settings of model providers: what kind, where, and under which name of a secret the key lies.

A key is never here. Whoever sends one gets it stored as a secret; this only remembers what that is called.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import orjson

from pointwork.db import BUSY_TIMEOUT_S, Pool, load_queries, migrate, transaction
from pointwork.errors import NotFound, Unacceptable
from pointwork.workflow import JsonObject

__all__ = ["ProviderKind", "ProviderStore", "StoredProvider", "check_provider_name"]

ProviderKind: TypeAlias = Literal[
    "openai", "anthropic", "google", "groq", "mistral", "ollama", "openrouter", "openai-compatible"
]

SQL = load_queries("pointwork.library", "secrets.sql")
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,49}\Z", re.ASCII)  # what can stand before the colon of a model's name


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProvider:
    """One provider. `secret` names the secret that holds its key. Times are microseconds since 1970."""

    name: str
    kind: ProviderKind
    base_url: str | None
    secret: str | None
    options: JsonObject
    created_at_us: int
    updated_at_us: int


class ProviderStore:
    """The providers in the database at `path`."""

    def __init__(
        self,
        path: Path | str,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self._now_us = now_us
        self._pool = Pool(self.path, synchronous="FULL", busy_timeout_s=busy_timeout_s)

    def open(self) -> None:
        """Create the database or bring it up to date."""
        migrate(self.path)
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    def list(self) -> Sequence[StoredProvider]:
        """All of them, by name."""
        if not self.path.exists():  # asking makes no database
            return []
        with self._pool.connection() as connection:
            return [_provider(row) for row in connection.execute(SQL["list_providers"])]

    def get(self, name: str) -> StoredProvider:
        """One of them; raises NotFound."""
        with self._pool.connection() as connection:
            return _found(connection, name)

    def set(
        self,
        name: str,
        *,
        kind: ProviderKind,
        base_url: str | None = None,
        secret: str | None = None,
        options: JsonObject | None = None,
    ) -> StoredProvider:
        """Store a provider, in place of the old one if there is one; raises Unacceptable for what cannot work."""
        check_provider_name(name)
        if base_url is not None:
            _check_url(base_url)
        elif kind == "openai-compatible":
            raise Unacceptable(
                f"The provider {name!r} has no address.",
                hint="Give base_url, for example http://127.0.0.1:8080/v1; most end in /v1.",
            )
        values = {
            "name": name,
            "kind": kind,
            "base_url": base_url,
            "secret": secret,
            "options": orjson.dumps(options or {}).decode(),
            "now": self._now_us(),
        }
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["set_provider"], values)
            return _found(connection, name)

    def delete(self, name: str) -> StoredProvider:
        """Forget a provider; returns what it was. Raises NotFound."""
        with self._pool.connection() as connection, transaction(connection):
            found = _found(connection, name)
            connection.execute(SQL["delete_provider"], {"name": name})
        return found


def check_provider_name(name: str) -> None:
    """Raises Unacceptable for a name that could not stand before the name of a model."""
    if not NAME.match(name):
        raise Unacceptable(
            f"A provider cannot be called {name[:60]!r}.",
            hint="Use up to 50 lower-case letters, digits and hyphens, and begin with a letter.",
        )


def _check_url(url: str) -> None:
    """Users, passwords and queries have no place in it: an address is shown and logged."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits, parts = False, urlsplit("")
    if not fits or parts.query or parts.fragment or "@" in parts.netloc or not url.isprintable() or " " in url:
        raise Unacceptable(
            "base_url is not an http or https URL made of host, port and path alone.",
            hint="For example http://127.0.0.1:11434/v1. A key belongs into key.",
        )


def _found(connection: sqlite3.Connection, name: str) -> StoredProvider:
    row = connection.execute(SQL["get_provider"], {"name": name}).fetchone()
    if row is None:
        raise NotFound(f"There is no provider {name[:60]!r}.", hint="`pointwork providers list` shows what there is.")
    return _provider(row)


def _provider(row: tuple[Any, ...]) -> StoredProvider:
    name, kind, base_url, secret, options, created_at_us, updated_at_us = row
    return StoredProvider(
        name=name,
        kind=kind,
        base_url=base_url,
        secret=secret,
        options=orjson.loads(options),
        created_at_us=created_at_us,
        updated_at_us=updated_at_us,
    )
