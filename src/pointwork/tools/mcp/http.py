"""Messages by Streamable HTTP, through the guard.

Sessions, resumption and reconnecting are the library's; this file gives it a way out that is bounded. Every request is
judged and dialled by `pointwork.egress`. The address in the configuration is the operator's word: when it is written as
one of this machine or of a private network, exactly that origin may be reached, by this server's entry alone. A name
that looks public gets no such exception, whatever it is resolved to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2
from mcp.client.streamable_http import streamable_http_client

from pointwork.egress import Egress, Origin, Target
from pointwork.egress.addresses import address_of
from pointwork.errors import EgressRefused

# The library logs every address at INFO, with its query, where people write keys.
logging.getLogger("httpx2").setLevel(logging.WARNING)

__all__ = ["MAX_BODY_BYTES", "HttpPipes", "allowed_for"]

MAX_BODY_BYTES: Final = 16 << 20  # of one answer that is no stream of events
MAX_EVENT_BYTES: Final = 16 << 20
CONNECT_S, READ_S = 10.0, 3_600.0  # calls have limits of their own
PAUSE_EVERY_BYTES, PAUSE_S = 1 << 20, 0.05  # a flood is read no faster


def allowed_for(url: str, allowed: Collection[Origin]) -> frozenset[Origin]:
    """What may be reached for a server at this address.

    >>> sorted(map(str, allowed_for("http://127.0.0.1:9000/mcp", ())))
    ['http://127.0.0.1:9000']
    >>> allowed_for("https://mcp.example.com/mcp", ())
    frozenset()
    """
    target = Target.read(url)
    try:
        target.check(())
    except EgressRefused:
        host = target.origin.host
        if address_of(host) is not None or "." not in host or host.endswith((".localhost", ".local", ".internal")):
            return frozenset({*allowed, target.origin})
    return frozenset(allowed)


class HttpPipes:
    """The way to one server. `status` is the last HTTP status that told of an error."""

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        *,
        allowed: Collection[Origin],
        auth: httpx2.Auth | None = None,
    ) -> None:
        self.url = url
        self.headers = headers
        self.auth = auth
        self.allowed = allowed_for(url, allowed)
        self.status: int | None = None
        self.forgotten = False  # whether the server said that it knows no such session

    def explained(self, name: str) -> str:
        """What the last HTTP status says about why it does not work."""
        if self.status in (401, 403):
            return f"It wants to know who asks (HTTP {self.status}). Sign in: pointwork mcp login {name}"
        return f"Its last answer had the HTTP status {self.status}." if self.status is not None else ""

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[tuple[Any, Any]]:
        """What the library reads from and writes to; the session is ended afterwards."""
        egress = Egress(self.allowed)
        try:
            async with (
                httpx2.AsyncClient(
                    transport=_Bounded(egress.transport(), self),
                    headers=self.headers,
                    auth=self.auth,
                    timeout=httpx2.Timeout(CONNECT_S, read=READ_S),
                    trust_env=False,
                    follow_redirects=False,
                ) as client,
                streamable_http_client(self.url, http_client=client, max_sse_event_size=MAX_EVENT_BYTES) as streams,
            ):
                yield streams
        finally:
            await egress.close()


class _Bounded(httpx2.AsyncBaseTransport):
    """Another transport, whose answers have limits, and which keeps no cookie."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, pipes: HttpPipes) -> None:
        self._inner = inner
        self._pipes = pipes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"  # so that the limit is one of what is read
        answer = await self._inner.handle_async_request(request)
        if answer.status_code >= 400:
            self._pipes.status = answer.status_code
            self._pipes.forgotten |= answer.status_code == 404 and "mcp-session-id" in request.headers
        kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() != "set-cookie"]
        events = answer.headers.get("content-type", "").lower().startswith("text/event-stream")
        if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            await answer.aclose()
            raise httpx2.RemoteProtocolError("The server packed its answer although it was asked not to.")
        return httpx2.Response(
            answer.status_code,
            headers=kept,
            stream=_Paced(answer, None if events else MAX_BODY_BYTES),
            extensions=answer.extensions,
        )


class _Paced(httpx2.AsyncByteStream):
    def __init__(self, answer: httpx2.Response, most: int | None) -> None:
        self._answer = answer
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = since = 0
        assert isinstance(self._answer.stream, httpx2.AsyncByteStream)
        async for piece in self._answer.stream:
            read += len(piece)
            since += len(piece)
            if self._most is not None and read > self._most:
                raise httpx2.ReadError(f"The server sent more than {self._most:,} bytes.")
            if since >= PAUSE_EVERY_BYTES:
                since = 0
                await asyncio.sleep(PAUSE_S)
            yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()
