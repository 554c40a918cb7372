"""kill -9 of a server in front of its viewers: they come back with their cursor and see the whole story, once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.crash.kills import ROOT

KILLS = 3
ROUNDS = 120
SLOW = {"id": "wait", "type": "delay", "parent": "each", "delay_config": {"seconds": 0.03}}
SUM = {"tool_name": "calculator", "arguments": {"expression": "{{item}} * 2"}}
DOCUMENT = {
    "name": "Rounds",
    "nodes": [
        {"id": "each", "type": "loop", "loop_config": {"loop_type": "for_each", "items_source": "items"}},
        SLOW,
        {"id": "double", "type": "tool", "parent": "each", "tool_config": SUM},
    ],
    "edges": [{"source": "wait", "target": "double"}],
}


class Server:
    """`pointwork serve` on a port and a data folder of its own; after each death it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pointwork", "serve", "--port", str(self.port)),
            cwd=ROOT,
            stdout=PIPE,
            env={**os.environ, "POINTWORK_DATA_DIR": str(self.folder)},
        )
        assert self.process.stdout is not None
        while b"Pointwork" not in (line := await self.process.stdout.readline()):
            assert line

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.communicate()

    def call(self, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@asynccontextmanager
async def serving(folder: Path) -> Any:
    server = Server(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


async def watch(server: Server, execution_id: str, view: str, *, stays: bool) -> list[Any]:
    """All messages until the server says that this was all; a restless viewer leaves every 100 ms and comes back."""
    seen: list[Any] = []
    while True:
        cursor = ".".join(str(seen[-1][key]) for key in ("seq", "part") if key in seen[-1]) if seen else "0"
        address = f"ws://127.0.0.1:{server.port}/api/ws/executions/{execution_id}?view={view}&after={cursor}"
        with suppress(OSError, InvalidHandshake, TimeoutError):
            async with connect(address, compression=None) as viewer:
                try:
                    async with asyncio.timeout(None if stays else 0.1):
                        while True:
                            seen.append(json.loads(await viewer.recv()))
                except ConnectionClosed as closed:
                    if closed.rcvd is not None and closed.rcvd.code == 1000:
                        return seen
        await asyncio.sleep(0.02)  # it is being started again


@pytest.mark.parametrize("view", ["records", "messages"])
async def test_viewers_of_a_server_that_dies(tmp_path: Path, view: str) -> None:
    chance = random.Random(view)
    async with serving(tmp_path) as server:
        stored = await asyncio.to_thread(server.call, "/api/workflows", DOCUMENT)
        begun = await asyncio.to_thread(
            server.call, f"/api/workflows/{stored['id']}/execute", {"inputs": {"items": list(range(ROUNDS))}}
        )
        execution_id = begun["execution_id"]
        viewers = [asyncio.create_task(watch(server, execution_id, view, stays=stays)) for stays in (True, False)]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.1, 0.8))
            await server.kill()
            await server.start()
        staying, restless = await asyncio.gather(*viewers)
        afterwards = await watch(server, execution_id, view, stays=True)
        state = await asyncio.to_thread(server.call, f"/api/executions/{execution_id}")
    assert staying == restless == afterwards
    places = [(message["seq"], message.get("part", 0)) for message in staying]
    assert places == sorted(set(places))
    assert places[-1][0] == state["last_seq"]
    assert state["status"] == "completed"
    assert [float(result["result"]) for result in state["result"]["results"]] == [2.0 * n for n in range(ROUNDS)]
