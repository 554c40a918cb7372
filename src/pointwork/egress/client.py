"""The way out: the one HTTP client that tools, nodes and MCP servers may use.

Rules of this file: each hop of a request is read, judged and dialled anew; redirects are followed here and nowhere
else. Nothing of the environment (proxies, `.netrc`) is used and no cookie is kept. What a caller put into headers for
one server does not go to another. Every amount has a limit: hops, seconds, bytes before and after unpacking.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pointwork.egress.addresses import Origin, Target
from pointwork.egress.bodies import ACCEPTED, read_body
from pointwork.errors import EgressFailed, EgressRefused

if TYPE_CHECKING:
    import httpcore2
    import httpx2

    from pointwork.egress.dialling import Resolve

__all__ = ["MAX_BODY_BYTES", "Egress", "EgressResponse"]

MAX_BODY_BYTES: Final = 1 << 20
MAX_SENT_BYTES: Final = 8 << 20
TIMEOUT_S: Final = 10.0
CONNECT_S: Final = 3.0  # to one address; then the next is tried
MAX_HOPS: Final = 4
MAX_CONNECTIONS: Final = 64  # at one time, of this process; more requests wait
MAX_HEADERS: Final = 64
MAX_HEADER_BYTES: Final = 16_384
USER_AGENT: Final = "Pointwork"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*\Z")
# What frames a message and belongs to the client that sends it.
OURS: Final = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
# What goes along to another server; everything else may be a secret that was meant for the first.
HARMLESS: Final = frozenset({"accept", "accept-language", "content-type", "user-agent"})


@dataclass(frozen=True, slots=True)
class EgressResponse:
    """An answer. `url` is where it came from after redirects; names in `headers` are in lower case; `truncated` says
    that the body was longer than what was asked for."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


class Egress:
    """Makes requests to public servers, and to those that the operator `allowed`. Use it in one event loop.

    `resolve` finds the addresses of a name (host, port) and `ssl_context` says whom to trust; both are for tests and
    for operators with an authority of their own.

    >>> asyncio.run(Egress().request("GET", "http://169.254.169.254/"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    pointwork.errors.EgressRefused: 'http://169.254.169.254/' is not reached: its address is link-local. ...
    """

    def __init__(
        self,
        allowed: Collection[Origin] = (),
        *,
        resolve: Resolve | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.allowed = frozenset(allowed)
        self._resolve = resolve
        self._ssl_context = ssl_context
        self._pools: dict[frozenset[Origin], httpcore2.AsyncConnectionPool] = {}

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        timeout_s: float = TIMEOUT_S,
        max_hops: int = MAX_HOPS,
        also: Origin | None = None,
    ) -> EgressResponse:
        """Ask, follow at most `max_hops` redirects, and read at most `max_bytes` of the answer.

        `also` is one more origin that may be reached, for addresses that the operator configured. Raises
        EgressRefused for what may not be reached or sent, EgressFailed when there is no answer within `timeout_s`
        seconds or none that can be read. An HTTP status that tells of an error is an answer.
        """
        verb = method.upper()
        if verb not in METHODS:
            raise EgressRefused(f"{method[:20]!r} is not a method.", hint=f"Use {', '.join(sorted(METHODS))}.")
        if body is not None and len(body) > MAX_SENT_BYTES:
            raise EgressRefused(f"A body of {len(body):,} bytes is too long; {MAX_SENT_BYTES:,} are the limit.")
        allowed = self.allowed if also is None else self.allowed | {also}
        ask = _Ask(verb, Target.read(url), _checked(headers or {}), body)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._follow(ask, allowed, max_bytes, max_hops)
        except TimeoutError as error:
            raise EgressFailed(f"{ask.target.shown} did not answer within {timeout_s:g} s.") from error

    async def _follow(self, ask: _Ask, allowed: frozenset[Origin], max_bytes: int, max_hops: int) -> EgressResponse:
        for _ in range(max_hops + 1):
            ask.target.check(allowed)
            async with self._sent(ask, allowed) as answer:
                headers = _headers(answer.headers)
                location = headers.get("location")
                if answer.status in REDIRECTS and location is not None:
                    ask = ask.redirected(answer.status, location)
                    continue
                encoding = "" if ask.method == "HEAD" else headers.get("content-encoding", "")
                data, more = await read_body(answer.aiter_stream(), encoding=encoding, max_bytes=max_bytes)
                return EgressResponse(str(ask.target), answer.status, headers, data, more)
        raise EgressFailed(f"More than {max_hops} redirects in a row.", hint="The address may lead in a circle.")

    @asynccontextmanager
    async def _sent(self, ask: _Ask, allowed: frozenset[Origin]) -> AsyncIterator[httpcore2.Response]:
        import httpcore2

        origin = ask.target.origin
        request = httpcore2.Request(
            ask.method,
            httpcore2.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=ask.target.path),
            headers=ask.wire_headers(),
            content=ask.body or b"",
            extensions={"timeout": {"connect": CONNECT_S}},
        )
        try:
            answer = await self.pool(allowed).handle_async_request(request)
            try:
                yield answer
            finally:
                await answer.aclose()
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise EgressFailed(f"{ask.target.shown} gave no answer that can be read: {error}.") from error

    def pool(self, allowed: frozenset[Origin] | None = None) -> httpcore2.AsyncConnectionPool:
        """The connections that reach what is public and what is `allowed`; each serves one request."""
        import httpcore2

        from pointwork.egress.dialling import GuardedBackend, system_resolver

        allowed = self.allowed if allowed is None else allowed
        if allowed not in self._pools:
            self._resolve = self._resolve or system_resolver()
            self._ssl_context = self._ssl_context or httpcore2.default_ssl_context()
            self._pools[allowed] = httpcore2.AsyncConnectionPool(
                ssl_context=self._ssl_context,
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=0,
                network_backend=GuardedBackend(self._resolve, {(one.host, one.port) for one in allowed}),
            )
        return self._pools[allowed]

    def transport(self) -> httpx2.AsyncBaseTransport:
        """For libraries that bring their own use of HTTP: a transport of `httpx2` with the same guard on each request.

        It follows no redirects and sets no limit to bodies and times: whoever uses it does.
        """
        from pointwork.egress.transport import GuardedTransport

        return GuardedTransport(self)

    def client(self, **options: Any) -> httpx2.AsyncClient:
        """A client of `httpx2` on `transport()`, without proxies, redirects and cookies; `options` are its others."""
        from pointwork.egress.transport import guarded_client

        return guarded_client(self, options)

    async def close(self) -> None:
        """Close all connections."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()


@dataclass(frozen=True, slots=True)
class _Ask:
    """One hop of a request."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes | None

    def redirected(self, status: int, location: str) -> _Ask:
        """The next hop; raises EgressRefused when it must not be taken."""
        target = self.target.joined(location)
        before, after = self.target.origin, target.origin
        if before.scheme == "https" and after.scheme == "http":
            raise EgressRefused(f"{self.target.shown} leads to {target.shown}, which is not encrypted.")
        method, body, headers = self.method, self.body, self.headers
        if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
            method, body = "GET", None
            headers = {name: value for name, value in headers.items() if name != "content-type"}
        if before != after:
            if method not in ("GET", "HEAD", "OPTIONS"):
                raise EgressRefused(
                    f"{self.target.shown} leads to {str(after)!r}, another server, which is sent nothing.",
                    hint="Send it to that server yourself, if it is meant to have it.",
                )
            headers = {name: value for name, value in headers.items() if name in HARMLESS}
        return _Ask(method, target, headers, body)

    def wire_headers(self) -> list[tuple[bytes, bytes]]:
        origin = self.target.origin
        host = str(origin).partition("://")[2]
        sent = {"host": host, "user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": ACCEPTED, **self.headers}
        if self.body is not None or self.method in ("POST", "PUT", "PATCH"):
            sent["content-length"] = str(len(self.body or b""))
        return [(name.encode(), value.encode()) for name, value in sent.items()]


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a caller, with their names in lower case; raises EgressRefused for what must not be sent."""
    if len(headers) > MAX_HEADERS or sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADER_BYTES:
        raise EgressRefused(
            f"These headers are too long; {MAX_HEADERS} with {MAX_HEADER_BYTES:,} characters are the limit."
        )
    found: dict[str, str] = {}
    for given, value in headers.items():
        name = given.lower()
        if not TOKEN.match(given) or name in OURS:
            raise EgressRefused(f"The header {given[:80]!a} cannot be set.", hint="Leave it out.")
        if not VALUE.match(value):  # the value is not repeated: it may be a secret
            raise EgressRefused(f"The value of the header {given[:80]!r} holds control characters.", hint="Mend it.")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise EgressRefused(f"The value of the header {given[:80]!r} holds half a character.") from error
        found[name] = value.strip()
    return found


def _headers(pairs: Collection[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names to values; those sent more than once are joined, as HTTP says."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("utf-8", "replace")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
