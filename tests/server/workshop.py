"""Documents and node types that the tests of the server are about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from pointwork.config import Config
from pointwork.nodes import NodeContext, NodeType, Suspend, node_type
from pointwork.server import create_app
from pointwork.server.serve import Server, listen
from pointwork.wiring import App
from pointwork.workflow import JsonObject


@node_type("gate", title="Gate")
class Gate(NodeType[Config]):
    """Says that it is there, and works until the test opens it."""

    opened: asyncio.Event

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        ctx.log("at the gate")
        await Gate.opened.wait()
        return inputs.get("value", "through")


@node_type("ask", title="Ask")
class Ask(NodeType[Config]):
    """Waits for an answer."""

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        return Suspend({"kind": "human", "question": "Well?", "schema": {"type": "string"}})


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """Serve on a port of this machine; the address as `127.0.0.1:PORT`."""
    listening = listen("127.0.0.1", 0)
    server = Server(create_app(app))
    task = asyncio.create_task(server._serve([listening]))  # without taking over the signals of the process
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done()
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task


async def visit(
    server: Any, path: str, *, deaf: bool = False, headers: Sequence[tuple[bytes, bytes]] = ()
) -> list[Any]:
    """Open a socket without a network; all that is sent over it until it is closed. `deaf`: it breaks at once."""
    sent: list[Any] = []
    coming = [{"type": "websocket.connect"}]

    async def receive() -> Any:
        while not coming:
            if sent[-1]["type"] != "websocket.accept":
                return {"type": "websocket.disconnect", "code": sent[-1].get("code", 1006)}
            await asyncio.sleep(0)
        return coming.pop()

    async def send(message: Any) -> None:
        sent.append(message)
        if deaf and message["type"] == "websocket.send":
            raise OSError("the client has left")

    path, _, query = path.partition("?")
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "subprotocols": [],
        "app": server,
    }
    await server(scope, receive, send)
    return sent


def chain(*types: str, name: str = "Chain") -> JsonObject:
    """A document: nodes of these types one behind the other, each with its type as id."""
    return {
        "name": name,
        "nodes": [{"id": kind, "type": kind} for kind in types],
        "edges": [{"source": one, "target": other} for one, other in pairwise(types)],
    }
