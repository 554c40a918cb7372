"""Signing in where a server asks for it: OAuth 2.1 with PKCE, by the library, with what it learns kept as a secret.

A person signs in once, by `pointwork mcp login NAME`; see `login`. From then on tokens are taken from the store of
secrets and renewed without anybody. When that does not work any more, the call fails and names the command; a server
process never opens a page. Every token is hidden in everything that this process writes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl, BaseModel

from pointwork.errors import NotFound, ToolError
from pointwork.redaction import Redactor
from pointwork.tools.mcp.config import HttpEntry
from pointwork.tools.mcp.references import Vault, resolved

__all__ = ["authorization", "secret_name", "sign_in"]

EARLY_S: Final = 30.0  # a token is renewed so long before it runs out, if it lives much longer
Show = Callable[[str], Awaitable[None]]
Receive = Callable[[], Awaitable[AuthorizationCodeResult]]


class _Kept(BaseModel):
    """What is kept about a server."""

    tokens: OAuthToken | None = None
    expires_at: float | None = None
    client: OAuthClientInformationFull | None = None
    metadata: OAuthMetadata | None = None
    resource: ProtectedResourceMetadata | None = None
    issuer: str | None = None


def secret_name(server: str) -> str:
    """The secret that what is known about signing in is kept under."""
    return f"mcp_oauth_{server}"


class _Storage:
    """What the library keeps and finds again."""

    def __init__(self, server: str, vault: Vault, redactor: Redactor, *, at_once: bool = True) -> None:
        """`at_once`: keep what is learnt as soon as it is; otherwise only by `finish`."""
        self.at_once = at_once
        self.name = secret_name(server)
        self._vault = vault
        self._redactor = redactor
        self.kept = _Kept()
        self.provider: OAuthClientProvider | None = None

    async def load(self) -> bool:
        """Whether somebody has signed in."""
        try:
            await asyncio.to_thread(self._vault.info, self.name)
        except NotFound:
            return False
        self.kept = _Kept.model_validate_json(await asyncio.to_thread(self._vault.get, self.name))
        self._hide()
        return self.kept.tokens is not None

    async def get_tokens(self) -> OAuthToken | None:
        assert self.provider is not None
        context = self.provider.context
        context.token_expiry_time = self.kept.expires_at
        context.oauth_metadata = self.kept.metadata
        context.protected_resource_metadata = self.kept.resource
        context.auth_server_url = self.kept.issuer
        return self.kept.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        assert self.provider is not None
        context = self.provider.context
        self.kept.tokens = tokens
        expires_in = tokens.expires_in
        self.kept.expires_at = None if expires_in is None else time.time() + expires_in - min(EARLY_S, expires_in / 2)
        context.token_expiry_time = self.kept.expires_at
        self.kept.metadata = context.oauth_metadata
        self.kept.resource = context.protected_resource_metadata
        self.kept.issuer = context.auth_server_url
        await self._store()

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.kept.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.kept.client = client_info
        await self._store()

    async def _store(self) -> None:
        self._hide()
        if self.at_once:
            await self._write()

    async def finish(self) -> bool:
        """Keep what was learnt; false when nobody signed in."""
        if self.kept.tokens is None:
            return False
        await self._write()
        return True

    async def _write(self) -> None:
        await asyncio.to_thread(self._vault.set, self.name, self.kept.model_dump_json(exclude_none=True))

    def _hide(self) -> None:
        tokens, client = self.kept.tokens, self.kept.client
        for value in (
            tokens.access_token if tokens else None,
            tokens.refresh_token if tokens else None,
            client.client_secret if client else None,
        ):
            if value:
                self._redactor.add(value, self.name)


async def authorization(server: str, entry: HttpEntry, vault: Vault, redactor: Redactor) -> httpx2.Auth | None:
    """What signs requests, if somebody has signed in to this server."""
    storage = _Storage(server, vault, redactor)
    if any(name.lower() == "authorization" for name in entry.headers) or not await storage.load():
        return None

    async def no_page(url: str) -> None:
        raise ToolError("It wants somebody to sign in again.", hint=f"Do so with: pointwork mcp login {server}")

    async def no_answer() -> AuthorizationCodeResult:
        raise ToolError("Nobody can sign in here.")

    return _provider(entry, storage, no_page, no_answer, redirect="http://127.0.0.1/callback")


def sign_in(
    server: str, entry: HttpEntry, vault: Vault, redactor: Redactor, *, redirect: str, show: Show, receive: Receive
) -> tuple[httpx2.Auth, Callable[[], Awaitable[bool]]]:
    """What signs requests after a person has agreed: `show` is given the page, `receive` waits for what it sends back.

    The second value keeps what came of it, once it has worked; it says whether there was anything. Until then what was
    kept before stays as it is.
    """
    storage = _Storage(server, vault, redactor, at_once=False)
    if entry.oauth.client_id is not None:
        storage.kept.client = _registered(entry, vault, redactor, redirect)
    return _provider(entry, storage, show, receive, redirect=redirect), storage.finish


def _registered(entry: HttpEntry, vault: Vault, redactor: Redactor, redirect: str) -> OAuthClientInformationFull:
    given = {"client_id": entry.oauth.client_id or "", "client_secret": entry.oauth.client_secret or ""}
    found = resolved(given, vault, redactor)
    return OAuthClientInformationFull(
        client_id=found["client_id"],
        client_secret=found["client_secret"] or None,
        redirect_uris=[AnyUrl(redirect)],
        token_endpoint_auth_method="client_secret_post" if found["client_secret"] else "none",
    )


def _provider(
    entry: HttpEntry,
    storage: _Storage,
    show: Show,
    receive: Receive,
    *,
    redirect: str,
) -> OAuthClientProvider:
    options: dict[str, Any] = {"scope": entry.oauth.scope} if entry.oauth.scope else {}
    provider = OAuthClientProvider(
        entry.url,
        OAuthClientMetadata(
            client_name="Pointwork",
            redirect_uris=[AnyUrl(redirect)],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            token_endpoint_auth_method="none",
            **options,
        ),
        storage,
        redirect_handler=show,
        callback_handler=receive,
    )
    storage.provider = provider
    return provider
