"""The last look at what leaves over HTTP: no answer holds a secret that this process knows.

What executions store is clean already. This is for everything else: documents, results of tools that are tried out,
files, error messages. An answer that is complete is mended as a whole; in one that is streamed each piece by itself,
and as what streams are made of comes from the journal, there is nothing to mend.
"""

from __future__ import annotations

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
                await send(self._start(begin, clean is not body, whole=not message.get("more_body"), size=len(clean)))
            await send({**message, "body": clean})

        await self.app(scope, receive, cleaned)

    def _start(self, start: Message, changed: bool, *, whole: bool, size: int) -> Message:
        headers = [(name, self.redactor.bytes_(value)) for name, value in start["headers"]]
        if changed and whole:
            headers = [(n, str(size).encode() if n.lower() == b"content-length" else v) for n, v in headers]
        return {**start, "headers": headers}
