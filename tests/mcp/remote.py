"""The polite server behind HTTP on this machine, with whatever a test wants: sessions, resumption, signing in."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.server.mcpserver import Context
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.mcp.polite import polite


@dataclass
class Remote:
    """A running server. `seen` are (method, path, headers) of its requests."""

    origin: str
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list[Any])
    app: ASGIApp | None = None

    @property
    def url(self) -> str:
        return f"{self.origin}/mcp"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self.seen.append((scope["method"], scope["path"], headers))
        assert self.app is not None
        await self.app(scope, receive, send)

    def count(self, method: str, path: str) -> int:
        return sum((one[0], one[1]) == (method, path) for one in self.seen)


@asynccontextmanager
async def at(app: Any, *, port: int = 0) -> AsyncIterator[Remote]:
    """Serve what `app(origin)` makes."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        remote = Remote(f"http://127.0.0.1:{listening.getsockname()[1]}")
        remote.app = app(remote.origin)
        config = uvicorn.Config(remote, log_level="critical", lifespan="on", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([listening]))  # without taking over the signals of the process
        while not server.started:
            await asyncio.sleep(0)
            assert not task.done()
        try:
            yield remote
        finally:
            server.should_exit = True
            await task


class Events(EventStore):
    """Keeps all events, so that a stream that broke can be taken up again."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Any]] = []

    async def store_event(self, stream_id: str, message: Any) -> str:
        self.kept.append((stream_id, message))
        return str(len(self.kept))

    async def replay_events_after(self, last_event_id: str, send_callback: Any) -> str | None:
        after = int(last_event_id)
        stream = self.kept[after - 1][0]
        for number, (one, message) in enumerate(self.kept[after:], after + 1):
            if one == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def with_sessions(origin: str, **options: Any) -> ASGIApp:
    """Sessions, and a tool during which the stream of the answer breaks."""
    server = polite()

    @server.tool()
    async def interrupted(ctx: Context[Any, Any]) -> str:
        """Answer after the stream broke."""
        await ctx.close_sse_stream()
        return "told after all"

    return server.streamable_http_app(event_store=Events(), retry_interval=10, **options)


class Door(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Lets everybody in who asks properly."""

    def __init__(self) -> None:
        self.clients: dict[str, OAuthClientInformationFull] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.tokens: dict[str, AccessToken] = {}
        self.renewals: dict[str, RefreshToken] = {}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self.clients[client_info.client_id or ""] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        code = AuthorizationCode(
            code=secrets.token_urlsafe(24),
            scopes=params.scopes or [],
            expires_at=time.time() + 60,
            client_id=client.client_id or "",
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        self.codes[code.code] = code
        return f"{params.redirect_uri}?{urlencode({'code': code.code, 'state': params.state or ''})}"

    async def load_authorization_code(self, client: Any, authorization_code: str) -> AuthorizationCode | None:
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(self, client: Any, authorization_code: AuthorizationCode) -> OAuthToken:
        del self.codes[authorization_code.code]
        return self._issued(authorization_code.client_id, authorization_code.scopes, authorization_code.resource)

    async def load_refresh_token(self, client: Any, refresh_token: str) -> RefreshToken | None:
        return self.renewals.get(refresh_token)

    async def exchange_refresh_token(self, client: Any, refresh_token: RefreshToken, scopes: list[str]) -> OAuthToken:
        del self.renewals[refresh_token.token]
        return self._issued(refresh_token.client_id, scopes or refresh_token.scopes, refresh_token.resource)

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.tokens.get(token)

    async def revoke_token(self, token: Any) -> None:
        self.tokens.pop(token.token, None)

    def _issued(self, client: str, scopes: list[str], resource: str | None) -> OAuthToken:
        access, renewal = f"access-{secrets.token_urlsafe(18)}", f"renewal-{secrets.token_urlsafe(18)}"
        self.tokens[access] = AccessToken(token=access, client_id=client, scopes=scopes, resource=resource)
        self.renewals[renewal] = RefreshToken(token=renewal, client_id=client, scopes=scopes, resource=resource)
        return OAuthToken(access_token=access, refresh_token=renewal, expires_in=3_600, scope="use")


def behind(door: Door) -> Any:
    """The polite server, for those who signed in."""

    def made(origin: str) -> ASGIApp:
        settings = AuthSettings(
            issuer_url=AnyHttpUrl(origin),
            resource_server_url=AnyHttpUrl(f"{origin}/mcp"),
            required_scopes=["use"],
            validate_token_resource=True,
            client_registration_options=ClientRegistrationOptions(
                enabled=True, valid_scopes=["use"], default_scopes=["use"]
            ),
        )
        return polite(auth=settings, auth_server_provider=door).streamable_http_app()

    return made
