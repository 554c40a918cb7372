"""A relay before a server: hands everything on as it is, and remembers what was asked, byte by byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Relay", "relay"]


@dataclass
class Relay:
    """The relay's own address, and the requests that came through it."""

    url: str
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)


@asynccontextmanager
async def relay(server: str) -> AsyncIterator[Relay]:
    """A relay before the server at this address."""
    port, busy = urlsplit(server).port, set[asyncio.Task[None]]()
    found = Relay("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        there, out = await asyncio.open_connection("127.0.0.1", port)
        ways = {asyncio.create_task(_ask(reader, out, found)), asyncio.create_task(_answer(there, writer))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the relay is closed: that is an end like any other
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (out, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()

    accepting = await asyncio.start_server(connected, "127.0.0.1", 0, limit=32 << 20)
    found.url = f"http://127.0.0.1:{accepting.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        accepting.close()
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _ask(reader: asyncio.StreamReader, out: asyncio.StreamWriter, found: Relay) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            out.write(await _read(reader, found))
            await out.drain()


async def _answer(there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await there.read(65_536):
            writer.write(piece)
            await writer.drain()


async def _read(reader: asyncio.StreamReader, found: Relay) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    found.paths.append(first.split(" ")[1])
    found.headers.append(headers)
    found.bodies.append(json.loads(body) if body else None)
    return head + body
