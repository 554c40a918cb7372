"""What every request passes first: is it from here, is it small enough; and what every response carries.

Bodies are counted, not believed: a chunked one is read here up to the limit. Headers forbid pages to load anything
from elsewhere, to be framed, or to guess types.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pointwork.server.access import is_own_host, is_own_origin
from pointwork.server.problems import problem

__all__ = ["MAX_BODY_BYTES", "MAX_UPLOAD_BYTES", "Guard"]

MAX_BODY_BYTES: Final = 2 << 20
MAX_UPLOAD_BYTES: Final = 25 << 20
MAX_MEMORY_BYTES: Final = 64 << 20
MOST_BYTES: Final = {"/api/files": MAX_UPLOAD_BYTES, "/api/memory/import": MAX_MEMORY_BYTES}
POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """Lets in what belongs here."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str] = ()) -> None:
        self.app = app
        self.origins = frozenset(origin.lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        refusal = self._refusal(headers)
        if scope["type"] == "websocket":
            await (self.app(scope, receive, send) if refusal is None else _deny(refusal, scope, receive, send))
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        most = MOST_BYTES.get(scope["path"], MAX_BODY_BYTES)
        if refusal is None:
            refusal = _too_large(headers, most)
        if refusal is None and headers.get(b"transfer-encoding"):
            body = await _read(receive, most)
            refusal = _refuse_size(most) if body is None else None
            receive = _replay(body or b"", receive)
        await (self.app if refusal is None else refusal)(scope, receive, with_headers)

    def _refusal(self, headers: MutableMapping[bytes, bytes]) -> Response | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not is_own_host(host):
            hint = "Use http://127.0.0.1 or http://localhost; there are no accounts yet, so nobody else is let in."
            return problem(403, "foreign_host", f"This server does not answer for {host[:100]!r}.", hint=hint)
        origin = headers.get(b"origin")
        if origin is not None and not is_own_origin(origin.decode("latin-1"), host, self.origins):
            name = origin.decode("latin-1")[:100]
            hint = "Add it to POINTWORK_ORIGINS if that page is yours."
            return problem(403, "foreign_origin", f"Pages of {name!r} may not use this server.", hint=hint)
        return None


async def _deny(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a socket before it is accepted: with the reason where the server can tell it, else with 4403."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 4403, "reason": "not allowed"})
        return
    headers = [*refusal.raw_headers, *HEADERS]
    await send({"type": "websocket.http.response.start", "status": refusal.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": bytes(refusal.body)})


def _too_large(headers: MutableMapping[bytes, bytes], most: int) -> Response | None:
    length = headers.get(b"content-length", b"0")
    return _refuse_size(most) if not length.isdigit() or int(length[:20]) > most else None


def _refuse_size(most: int) -> Response:
    limit = f"{most >> 20} MiB"
    return problem(413, "too_large", f"The body is larger than {limit}.", hint="Send large values as files.")


async def _read(receive: Receive, most: int) -> bytes | None:
    """The whole body; None when it is too large."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    first: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
