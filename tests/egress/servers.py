"""Servers on this machine that answer with exactly these bytes, and names that a test decides about."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pointwork.egress import Egress, Origin

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Names:
    """A resolver: what each name stands for, and what was asked. A list of lists is used up, one for each question."""

    known: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    asked: list[str] = field(default_factory=list[str])
    later: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    async def __call__(self, host: str, port: int) -> list[str]:
        again = host in self.asked
        self.asked.append(host)
        if again and host in self.later:
            return self.later[host]
        if host not in self.known:
            raise OSError("Name or service not known")
        return self.known[host]


@dataclass
class Server:
    """A running server and the requests that it got, as bytes."""

    origin: Origin
    requests: list[bytes] = field(default_factory=list[bytes])

    @property
    def url(self) -> str:
        return f"{self.origin}/"


def reply(body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole answer, as it is sent. `headers` are lines."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers.splitlines()]
    return "\r\n".join((*lines, "", "")).encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return reply(status=status, headers=f"Location: {location}")


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serving(
    answer: bytes | Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", name: str | None = None
) -> AsyncIterator[Server]:
    """A server that gives this answer to everybody, or does what the handler does."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            request = await read_request(reader)
            server.requests.append(request)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(request, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            tasks.discard(task)
            writer.close()

    listening = await asyncio.start_server(serve, host, 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server = Server(Origin("https" if tls else "http", name or host, port))
    try:
        yield server
    finally:
        listening.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def reaching(*servers: Server, names: Names | None = None, **options: object) -> AsyncIterator[Egress]:
    """A client that may reach these servers of this machine, and what is public."""
    egress = Egress({server.origin for server in servers}, resolve=names or Names(), **options)  # type: ignore[arg-type]
    try:
        yield egress
    finally:
        await egress.close()
