"""The live stream over real sockets, as clients of all kinds use and misuse it."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import websockets
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from pointwork.errors import JournalError
from pointwork.events import LogWritten
from pointwork.server import serve, stream_feed
from pointwork.wiring import App
from pointwork.workflow import Workflow
from tests.server.workshop import chain, serving, visit


async def begin(address: str, *types: str, wait: float | None = None) -> str:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        stored = (await client.post("/api/workflows", json=chain(*types))).json()
        query = f"?wait={wait}" if wait is not None else ""
        answer = await client.post(f"/api/workflows/{stored['id']}/execute{query}", json={})
        return answer.json()["execution_id"]


def stream(address: str, execution_id: str, query: str = "", **options: Any) -> connect:
    return connect(f"ws://{address}/api/ws/executions/{execution_id}{query}", compression=None, **options)


async def everything(socket: ClientConnection) -> list[Any]:
    """All messages until the server closes."""
    found: list[Any] = []
    with suppress(ConnectionClosed):
        while True:
            value = json.loads(await socket.recv())
            found += value["events"] if value["type"] == "batch" else [value]
    return found


async def watch_execution(uri: str) -> list[str]:
    """The example of the first version's documentation, printing into a list."""
    lines: list[str] = []
    async with websockets.connect(uri) as websocket:
        while True:
            message = await websocket.recv()
            data = json.loads(message)
            if data["type"] == "node_update":
                lines.append(f"Node {data['node_id']}: {data['node_state']['status']}")
            elif data["type"] == "log":
                lines.append(f"LOG: {data['log']['message']}")
            elif data["type"] == "completion":
                lines.append(f"Completed: {data['result']['result']}")
                break
    return lines


async def test_the_documented_client_live_and_late(address: str, gate: asyncio.Event) -> None:
    execution_id = await begin(address, "start", "gate", "end")
    uri = f"ws://{address}/api/ws/executions/{execution_id}"
    live = asyncio.create_task(watch_execution(uri))
    async with stream(address, execution_id) as socket:
        async for text in socket:
            if json.loads(text).get("log", {}).get("message") == "at the gate":
                gate.set()
    assert await live == [
        "LOG: Execution of 'Chain' started",
        "Node start: running",
        "LOG: Node 'start' started",
        "Node start: completed",
        "LOG: Node 'start' completed",
        "Node gate: running",
        "LOG: Node 'gate' started",
        "LOG: at the gate",
        "Node gate: completed",
        "LOG: Node 'gate' completed",
        "Node end: running",
        "LOG: Node 'end' started",
        "Node end: completed",
        "LOG: Node 'end' completed",
        "LOG: Execution completed",
        "Completed: through",
    ]
    assert await watch_execution(uri) == await live


async def test_views_batches_and_cursors(address: str) -> None:
    execution_id = await begin(address, "start", "end", wait=30)
    async with stream(address, execution_id) as socket:
        messages = await everything(socket)
        assert (socket.close_code, messages[-1]["type"]) == (1000, "completion")
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        state = (await client.get(f"/api/executions/{execution_id}")).json()
    assert [message["log"] for message in messages if message["type"] == "log"] == state["logs"]
    async with stream(address, execution_id, "?batch=1") as socket:
        assert await everything(socket) == messages
    cursor = f"{messages[4]['seq']}.{messages[4]['part']}"
    async with stream(address, execution_id, f"?after={cursor}") as socket:
        assert await everything(socket) == messages[5:]
    async with stream(address, execution_id, "?view=records&batch=0") as socket:
        records = [json.loads(text) async for text in socket]
    assert [record["seq"] for record in records] == list(range(1, 7))
    async with stream(address, execution_id, "?after=6") as socket:
        assert await everything(socket) == []
        assert socket.close_code == 1000


async def test_ping_is_answered(address: str, gate: asyncio.Event) -> None:
    execution_id = await begin(address, "start", "gate")
    async with stream(address, execution_id, "?after=999") as socket:
        for ping in ("ping", '{"type": "ping"}', '{"type":"ping","n":1}'):
            await socket.send(ping)
            assert json.loads(await socket.recv()) == {"type": "pong"}
        await socket.send('{"type": "hello from the future"}')  # means nothing, and does no harm
        await socket.send("[1, 2]")
        await socket.send("ping")
        assert json.loads(await socket.recv()) == {"type": "pong"}
    gate.set()


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("garbage", 1003),
        ('{"type": "ping"', 1003),
        (b"\x00\xff", 1003),
        ("x" * 1_000_000, 1009),
        (b"x" * 1_000_000, 1009),
    ],
)
async def test_what_cannot_be_read_ends_the_stream(
    address: str, gate: asyncio.Event, message: str | bytes, code: int
) -> None:
    execution_id = await begin(address, "start", "gate")
    async with stream(address, execution_id, "?after=999") as socket:
        with suppress(ConnectionClosed):
            await socket.send(message)
        assert await everything(socket) == []
        assert socket.close_code == code
    gate.set()
    async with stream(address, execution_id) as socket:  # and nobody else notices
        assert (await everything(socket))[-1]["type"] == "completion"


@pytest.mark.parametrize("query", ["?after=x", "?after=1.x", "?view=all", "?batch=2", "?after=-5"])
async def test_an_address_that_does_not_fit(address: str, query: str) -> None:
    async with stream(address, "any", query) as socket:
        [message] = await everything(socket)
        assert (message["type"], message["code"], socket.close_code) == ("error", "unacceptable", 1008)


async def test_an_execution_that_nobody_knows(address: str, app: App) -> None:
    async with stream(address, "unknown") as socket:
        [message] = await everything(socket)
        assert (message["type"], message["code"], message["execution_id"]) == ("error", "not_found", "unknown")
        assert socket.close_code == 4404


async def test_the_client_may_be_there_first(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client, stream(address, "early") as socket:
        await client.post("/api/workflows", json={**chain("start", "end"), "id": "w"})
        await client.post("/api/workflows/w/execute", json={"execution_id": "early"})
        assert (await everything(socket))[-1]["type"] == "completion"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),  # scripts
        ("http://{address}", True),
        ("http://localhost:3000", True),  # the web app while it is developed
        ("http://evil.example", False),
        ("http://127.0.0.1:1", False),
        ("null", False),
        ("", False),
    ],
)
async def test_pages_of_others_may_not_watch(address: str, origin: str | None, allowed: bool) -> None:
    execution_id = await begin(address, "start", "end", wait=30)
    headers = {} if origin is None else {"Origin": origin.format(address=address)}
    if allowed:
        async with stream(address, execution_id, additional_headers=headers) as socket:
            assert (await everything(socket))[-1]["type"] == "completion"
        return
    with pytest.raises(InvalidStatus) as refused:
        async with stream(address, execution_id, additional_headers=headers):
            pass
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["code"] == "foreign_origin"


async def test_many_come_and_go(address: str, gate: asyncio.Event) -> None:
    execution_id = await begin(address, "start", "gate")

    async def visit(number: int) -> None:
        reader, writer = await raw_socket(address, execution_id, f"?batch={number % 2}")
        if number % 3:
            await reader.readexactly(1)
        if number % 5:
            writer.close()
        else:
            writer.transport.abort()

    async with stream(address, execution_id) as steady:
        for _ in range(5):
            await asyncio.gather(*(visit(number) for number in range(100)))
        gate.set()
        seen = await everything(steady)
    assert seen[-1]["type"] == "completion"
    async with httpx.AsyncClient(base_url=f"http://{address}") as client, asyncio.timeout(30):
        while (await client.get("/health")).json()["sockets"]["viewers"]:
            await asyncio.sleep(0)


async def raw_socket(
    address: str, execution_id: str, query: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that has opened the stream and does nothing by itself."""
    host, port = address.split(":")
    plain = sockets.socket()
    plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)  # what the kernel holds back shall not be much
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=plain, limit=1_024)
    head = [
        f"GET /api/ws/executions/{execution_id}{query} HTTP/1.1",
        f"Host: {address}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def frames_of(reader: asyncio.StreamReader) -> list[tuple[int, bytes]]:
    """Opcode and payload of all frames until the connection ends."""
    found: list[tuple[int, bytes]] = []
    while True:
        try:
            first, size = await reader.readexactly(2)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return found
        if size == 126:
            [size] = struct.unpack(">H", await reader.readexactly(2))
        elif size == 127:
            [size] = struct.unpack(">Q", await reader.readexactly(8))
        found.append((first & 15, await reader.readexactly(size)))
        if first & 15 == 8:
            return found


async def test_a_client_that_stops_reading_is_sent_away_with_its_cursor(
    address: str, app: App, gate: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_feed, "QUEUE_FRAMES", 100)
    execution_id = await begin(address, "start", "gate")
    reader, writer = await raw_socket(address, execution_id)
    async with stream(address, execution_id) as other:
        seen = [json.loads(await other.recv()) for _ in range(8)]  # live, and so is the one who does not read
        driver = app.runtime.drivers[execution_id]

        async def fast() -> None:
            async for text in other:
                seen.append(json.loads(text))

        reading = asyncio.create_task(fast())
        while (await _viewers(address)) == 2:
            for _ in range(20):
                driver.note(LogWritten("INFO", "x" * 30_000))
            await asyncio.sleep(0)
        gate.set()
        await reading
    assert seen[-1]["type"] == "completion"  # the other one missed nothing
    frames = await frames_of(reader)
    writer.close()
    opcode, payload = frames[-1]
    assert (opcode, struct.unpack(">H", payload[:2])[0]) == (8, 1013)
    cursor = payload[2:].decode().rpartition("after=")[2]
    received = [json.loads(text) for opcode, text in frames if opcode == 1]
    assert cursor == f"{received[-1]['seq']}.{received[-1]['part']}"
    assert received == seen[: len(received)]
    async with stream(address, execution_id, f"?after={cursor}") as socket:
        assert await everything(socket) == seen[len(received) :]


async def _viewers(address: str) -> int:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        return (await client.get("/health")).json()["sockets"]["viewers"]


async def test_an_execution_of_a_script_is_live_here_too(address: str, app: App, gate: asyncio.Event) -> None:
    """Another process (here: another application on the same folder) runs it; this server shows it."""
    other = App(app.settings)
    other.nodes = app.nodes
    other.runtime.registry = app.nodes
    await other.open()
    execution_id = await other.runtime.start(Workflow.load(chain("start", "gate", "end")), {})
    async with stream(address, execution_id) as socket:
        seen = []
        async for text in socket:
            seen.append(json.loads(text))
            if seen[-1].get("log", {}).get("message") == "at the gate":
                gate.set()
    assert seen[-1]["type"] == "completion"
    await other.close()


async def test_going_down_sends_everybody_home(app: App, gate: asyncio.Event) -> None:
    async with serving(app) as address:
        execution_id = await begin(address, "start", "gate")
        socket = await stream(address, execution_id)
        await socket.recv()
    await everything(socket)
    assert socket.close_code == 1012


async def test_a_client_that_has_left_is_no_error(server: FastAPI, store: Any, client: httpx.AsyncClient) -> None:
    workflow = await store("start", "end")
    await client.post(f"/api/workflows/{workflow}/execute?wait=30", json={"execution_id": "x"})
    sent = await visit(server, "/api/ws/executions/x", deaf=True)
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send"]


async def test_a_journal_that_fails_is_told(server: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> AsyncIterator[Any]:
        raise JournalError("The disk is full.")
        yield

    monkeypatch.setattr(server.state.hub, "watch", broken)
    _, told, closed = await visit(server, "/api/ws/executions/x?view=records")
    assert json.loads(told["text"])["code"] == "journal"
    assert closed["code"] == 1011


async def test_a_client_that_does_not_answer_pings_is_cut_off(
    app: App, gate: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "PING_S", 0.01)
    async with serving(app) as address:
        execution_id = await begin(address, "start", "gate")
        reader, writer = await raw_socket(address, execution_id)  # reads, but answers nothing
        frames = await frames_of(reader)
        assert 9 in {opcode for opcode, _ in frames}  # it was asked
        assert not [payload for opcode, payload in frames if b'"completion"' in payload]
        async with asyncio.timeout(30):
            while await _viewers(address):
                await asyncio.sleep(0)
        writer.close()
        gate.set()
