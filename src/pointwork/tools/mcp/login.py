"""The page that a person signs in on comes back to this machine: a listener for one answer, on loopback, for minutes.

It answers nobody but whoever asks for its own path, and ends with the first answer. What the answer holds is judged by
the library, which compares the state that only this process knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qs, urlsplit

from mcp.shared.auth import AuthorizationCodeResult

from pointwork.errors import ConfigurationError, ToolError

__all__ = ["Listener", "listening"]

PATH: Final = "/callback"
MAX_LINE_BYTES: Final = 16_384
WAIT_S: Final = 300.0
READ_S: Final = 10.0
PAGE: Final = "<!doctype html><title>Pointwork</title><p>{text} You can close this page."


class Listener:
    """Waits for the answer."""

    def __init__(self) -> None:
        self.redirect = ""
        self._answer: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    async def receive(self) -> AuthorizationCodeResult:
        """What the page sent back; raises ToolError when it refused, or nobody answered in time."""
        try:
            async with asyncio.timeout(WAIT_S):
                return await self._answer
        except TimeoutError:
            raise ToolError(f"Nobody signed in within {WAIT_S:g} s.", hint="Try again.") from None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer."""
        try:
            async with asyncio.timeout(READ_S):
                words = (await reader.readline()).decode("latin-1").split()
            status, text = self._take(words[1]) if len(words) == 3 and words[0] == "GET" else ("405 No", "No.")
            body = PAGE.format(text=text).encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # whoever it was has left
        finally:
            writer.close()

    def _take(self, target: str) -> tuple[str, str]:
        parts = urlsplit(target)
        if parts.path != PATH or self._answer.done():
            return "404 Not Found", "There is nothing here."
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if "code" in told:
            result = AuthorizationCodeResult(code=told["code"], state=told.get("state"), iss=told.get("iss"))
            self._answer.set_result(result)
            return "200 OK", "Signed in."
        why = told.get("error_description") or told.get("error") or "it sent no code"
        self._answer.set_exception(ToolError(f"The sign-in page refused: {why[:300]}."))
        return "200 OK", "It was refused."


@asynccontextmanager
async def listening(port: int | None) -> AsyncIterator[Listener]:
    """Listen at `port`, or at any that is free."""
    listener = Listener()
    try:
        server = await asyncio.start_server(listener.serve, "127.0.0.1", port or 0, limit=MAX_LINE_BYTES)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be listened at: {error.strerror}.", hint="Choose another redirect_port."
        ) from error
    async with server:
        listener.redirect = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        yield listener
