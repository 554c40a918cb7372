"""The guard as a transport of `httpx2`, for libraries that speak HTTP themselves: MCP.

Importing this module imports the HTTP library; it is imported on first use.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

import httpcore2
import httpx2

from pointwork.egress.addresses import Target
from pointwork.errors import EgressFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pointwork.egress.client import Egress

__all__ = ["GuardedTransport", "guarded_client"]

TIMEOUT_S: Final = 30.0
# From the most special to the least, as the first that fits is taken.
ERRORS: Final[tuple[tuple[type[Exception], type[httpx2.TransportError]], ...]] = (
    (httpcore2.ConnectTimeout, httpx2.ConnectTimeout),
    (httpcore2.ReadTimeout, httpx2.ReadTimeout),
    (httpcore2.WriteTimeout, httpx2.WriteTimeout),
    (httpcore2.PoolTimeout, httpx2.PoolTimeout),
    (httpcore2.ConnectError, httpx2.ConnectError),
    (httpcore2.ReadError, httpx2.ReadError),
    (httpcore2.WriteError, httpx2.WriteError),
    (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.LocalProtocolError, httpx2.LocalProtocolError),
    (httpcore2.TimeoutException, httpx2.TimeoutException),
    (httpcore2.NetworkError, httpx2.NetworkError),
    (httpcore2.ProtocolError, httpx2.ProtocolError),
)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends requests through the guard: what may not be reached raises EgressRefused."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        target = Target.read(str(request.url))
        target.check(self._egress.allowed)
        origin = target.origin
        inner = httpcore2.Request(
            request.method,
            httpcore2.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target.path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _translated():
            answer = await self._egress.pool().handle_async_request(inner)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for piece in self._answer.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the lower library as those of the upper one, which its users know."""
    try:
        yield
    except EgressFailed as error:
        raise httpx2.ConnectError(str(error)) from error
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        kind = next(upper for lower, upper in ERRORS if isinstance(error, lower))
        raise kind(str(error)) from error


def guarded_client(egress: Egress, options: dict[str, Any]) -> httpx2.AsyncClient:
    """A client whose every request goes through the guard; `options` cannot take it away."""
    settled = {
        "timeout": TIMEOUT_S,
        "follow_redirects": False,
        **options,
        "transport": GuardedTransport(egress),
        "trust_env": False,
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        "mounts": None,
        "proxy": None,
    }
    return httpx2.AsyncClient(**settled)
