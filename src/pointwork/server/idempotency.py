"""Requests with an `Idempotency-Key`: sent twice, done once, answered alike.

What was done is answered again for a day. What was refused was not done, and may be sent again with the same key.
Requests that bring secrets, memories or answers by a link are no part of this: they come to the same when they are sent
twice, and of what is in them not even a checksum is kept, so that what is forgotten is not here either.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pointwork.errors import PointworkError
from pointwork.library import Answer, Idempotency
from pointwork.server.problems import problem_of

__all__ = ["Idempotent"]

CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORGOTTEN: Final = ("/api/secrets", "/api/providers", "/api/memory", "/api/answers")
REPEATED: Final = {"idempotent-replayed": "true"}


class Idempotent:
    """The layer that remembers answers."""

    def __init__(self, app: ASGIApp, *, store: Idempotency) -> None:
        self.app = app
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = dict(scope["headers"]).get(b"idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] not in CHANGING or scope["path"].startswith(FORGOTTEN):
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        await self._once(key.decode("latin-1"), body, scope, receive, send)

    async def _once(self, key: str, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        route = f"{scope['method']} {scope['path']}"
        request_hash = hashlib.sha256(scope["query_string"] + b"\n" + body).hexdigest()
        try:
            known = await asyncio.to_thread(self.store.begin, key, route=route, request_hash=request_hash)
        except PointworkError as error:
            await problem_of(error)(scope, receive, send)
            return
        if known is not None:
            await _repeated(known)(scope, receive, send)
            return
        status = 500
        location: str | None = None
        chunks: list[bytes] = []

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def watched(message: Message) -> None:
            nonlocal status, location
            if message["type"] == "http.response.start":
                status = message["status"]
                location = Headers(raw=message["headers"]).get("location")
            else:
                chunks.append(message.get("body", b""))
                if not message.get("more_body"):
                    await self._note(key, route, Answer(status, b"".join(chunks), location))
            await send(message)

        try:
            await self.app(scope, again, watched)
        except BaseException:
            await asyncio.to_thread(self.store.abandon, key, route=route)
            raise

    async def _note(self, key: str, route: str, answer: Answer) -> None:
        """Before the client hears the answer, so that it cannot come back too early."""
        if answer.status < 400:
            await asyncio.to_thread(self.store.finish, key, answer, route=route)
        else:
            await asyncio.to_thread(self.store.abandon, key, route=route)


def _repeated(answer: Answer) -> Response:
    headers = dict(REPEATED) if answer.location is None else {**REPEATED, "location": answer.location}
    return Response(answer.body, answer.status, headers, "application/json" if answer.body else None)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, whose size was checked before; None when the client has left."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)
