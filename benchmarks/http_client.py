"""A process that starts executions over HTTP, on connections that stay open, and says how long each answer took.

It reads no more of an answer than it must, so that the server has the other core for itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from contextlib import AsyncExitStack
from time import perf_counter, process_time

__all__ = ["Client"]

BODY = b'{"inputs": {"name": "Ada"}}'
ENDED_WELL = b'"status":"completed"'


class Client:
    """One connection."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._request = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(BODY)}\r\n\r\n"
        ).encode() + BODY

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def run(self) -> float:
        """Run the workflow once; seconds until all of the answer was there."""
        began = perf_counter()
        self._writer.write(self._request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        body = await self._reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        took = perf_counter() - began
        if not head.startswith(b"http/1.1 200") or ENDED_WELL not in body:
            raise RuntimeError(f"The run did not end well: {body[:500]!r}")
        return took

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


async def load(port: int, path: str, *, clients: int, seconds: float, runs: int = 0) -> dict[str, object]:
    """So many clients, each starting its next run when the last one has ended: for some time, and at least `runs`."""
    connections = [Client(port, path) for _ in range(clients)]
    took: list[float] = []

    async def work(connection: Client) -> None:
        while perf_counter() < began + seconds or len(took) < runs:
            took.append(await connection.run())

    async with AsyncExitStack() as opened:
        for connection in connections:
            await connection.connect()
            opened.push_async_callback(connection.close)
            await connection.run()
        began, cpu = perf_counter(), process_time()
        await asyncio.gather(*map(work, connections))
        lasted = perf_counter() - began
    took.sort()
    return {
        "runs": len(took),
        "runs_per_s": round(len(took) / lasted, 1),
        "p50_ms": round(took[len(took) // 2] * 1e3, 2),
        "p95_ms": round(took[len(took) * 95 // 100] * 1e3, 2),
        "client_cpu": round((process_time() - cpu) / lasted, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("clients", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--runs", type=int, default=0)
    options = parser.parse_args()
    work = load(options.port, options.path, clients=options.clients, seconds=options.seconds, runs=options.runs)
    print(json.dumps(asyncio.run(work)))


if __name__ == "__main__":
    main()
