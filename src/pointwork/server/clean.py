"""The last look at what leaves over HTTP: no answer holds a secret that this process knows.

What executions store is clean already. This is for everything else: documents, results of tools that are tried out,
files, error messages. An answer that is complete is mended as a whole; in one that is streamed each piece by itself,
and as what streams are made of comes from the journal, there is nothing to mend.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pointwork.redaction import Redactor

__all__ = ["Clean"]


class Clean:
    """The layer that hides secrets in answers."""

    def __init__(self, app: ASGIApp, *, redactor: Redactor) -> None:
        self.app = app
        self.redactor = redactor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.redactor.active:
            await self.app(scope, receive, send)
            return
        start: Message | None = None  # held until it is known how long the body is

        async def cleaned(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body = message.get("body", b"")
            clean = self.redactor.bytes_(body)
            if start is not None:
                begin, start = start, None
                length = None if message.get("more_body") else len(clean)
                await send({**begin, "headers": self._headers(begin["headers"], length=length)})
            await send({**message, "body": clean})

        await self.app(scope, receive, cleaned)

    def _headers(self, headers: Iterable[tuple[bytes, bytes]], *, length: int | None) -> list[tuple[bytes, bytes]]:
        """The headers, with the length of the body as it is now; without one when it is not known."""
        found: list[tuple[bytes, bytes]] = []
        for name, value in headers:
            if name.lower() != b"content-length":
                found.append((name, self.redactor.bytes_(value)))
            elif length is not None:
                found.append((name, str(length).encode()))
        return found
