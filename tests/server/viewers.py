"""Two viewers of one execution over real sockets: one stays, one keeps leaving and coming back with its cursor.

Both must see the same messages in the same order, whatever the workflow does. Workflows are random, and their nodes
log, stream and take their time; questions are answered by whoever watches.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from pointwork.config import Config
from pointwork.nodes import NodeContext, NodeType, Out, node_type
from pointwork.settings import Settings
from pointwork.wiring import App
from pointwork.workflow import JsonObject
from tests.engine.drawings import Work
from tests.properties.generator import draw
from tests.server.workshop import serving

__all__ = ["seen_alike"]

AT_ONCE = 20
LONGEST_S = 60.0  # for one run; more is a hang


def worker(longest_s: float) -> type[NodeType[Any]]:
    """The node type `work`, which takes up to so long."""

    @node_type("work", title="Work", config=Work)
    class Working(NodeType[Work]):
        """Say something, take some time, and hand on."""

        async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
            random = Random(f"{ctx.execution_id}/{ctx.activation}/{ctx.attempt}")
            for piece in range(random.randint(0, 4)):
                ctx.stream(f"{piece} ")
                await asyncio.sleep(random.random() * longest_s)
            if random.random() < 0.2:
                ctx.log(f"half-way at {ctx.activation}")
            if random.random() < 0.1:
                raise RuntimeError("as it happens")
            return Out({"n": random.randint(0, 9)}, ("out",))

    return Working


async def seen_alike(folder: Path, *, runs: int, seed: int, leave_s: float | None, longest_s: float) -> tuple[int, int]:
    """Run so many random workflows; how many messages there were, and how often the second viewer came back.

    It leaves after `leave_s` seconds, or (None) after a random number of messages.
    """
    app = App(Settings(data_dir=folder, database=folder / "pointwork.db"))
    app.nodes.add(worker(longest_s))
    free = asyncio.Semaphore(AT_ONCE)
    totals = [0, 0]
    async with serving(app) as address, httpx.AsyncClient(base_url=f"http://{address}") as client:
        for name in ("first", "second"):  # what `workflow` nodes run
            await _store(client, {"name": name, "nodes": [{"id": "only", "type": "work"}], "edges": []}, name)

        async def one(number: int) -> None:
            async with free, asyncio.timeout(LONGEST_S):
                messages, returns = await _watched(client, address, seed + number, leave_s)
                totals[0] += messages
                totals[1] += returns

        async with asyncio.TaskGroup() as group:
            for number in range(runs):
                group.create_task(one(number))
    return totals[0], totals[1]


async def _store(client: httpx.AsyncClient, document: JsonObject, workflow_id: str | None = None) -> str:
    sent = {**document, "id": workflow_id} if workflow_id else {k: v for k, v in document.items() if k != "id"}
    answer = await client.post("/api/workflows", json=sent)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def _watched(client: httpx.AsyncClient, address: str, seed: int, leave_s: float | None) -> tuple[int, int]:
    document = draw(seed).workflow.model_dump(mode="json", exclude_unset=True)
    workflow_id = await _store(client, document)
    answer = await client.post(
        f"/api/workflows/{workflow_id}/execute", json={"inputs": {"q": "Q", "list": ["a", "b"], "items": [1, 2]}}
    )
    assert answer.status_code == 202, answer.text
    execution_id = answer.json()["execution_id"]
    uri = f"ws://{address}/api/ws/executions/{execution_id}"
    async with asyncio.TaskGroup() as group:
        steady = group.create_task(_steady(client, uri, execution_id))
        coming = group.create_task(_returning(uri, Random(seed), leave_s))
    seen, (returning, returns) = steady.result(), coming.result()
    assert seen == returning, f"seed {seed}"
    assert [message["type"] for message in seen].count("completion") == 1
    assert seen[-1]["type"] == "completion"
    places = [(message["seq"], message["part"]) for message in seen]
    assert places == sorted(set(places))
    return len(seen), returns


async def _steady(client: httpx.AsyncClient, uri: str, execution_id: str) -> list[Any]:
    """Watch from the beginning to the end, and answer what is asked."""
    seen: list[Any] = []
    with suppress(ConnectionClosed):
        async with connect(uri, compression=None) as socket:
            async for text in socket:
                seen.append(json.loads(text))
                if seen[-1]["type"] == "status" and seen[-1]["status"] == "waiting":
                    await _answer(client, execution_id)
    return seen


async def _answer(client: httpx.AsyncClient, execution_id: str) -> None:
    state = (await client.get(f"/api/executions/{execution_id}")).json()
    for asked in state["waiting"]:
        scope = "/".join(asked["path"])
        command = {"type": "answer", "node": asked["node"], "scope": scope, "value": {"choice": "left"}}
        answer = await client.post(f"/api/executions/{execution_id}/commands", json=command)
        assert answer.status_code in (200, 202, 409), answer.text  # 409: an earlier look has seen it too


async def _returning(uri: str, random: Random, leave_s: float | None) -> tuple[list[Any], int]:
    """Leave and come back with the place of the last message, until the last one has been seen."""
    seen: list[Any] = []
    returns = -1
    while not seen or seen[-1]["type"] != "completion":
        returns += 1
        after = f"?after={seen[-1]['seq']}.{seen[-1]['part']}" if seen else ""
        with suppress(ConnectionClosed, TimeoutError):
            # Without a limit, because a client that holds back frames would not see the answer to its own goodbye.
            async with connect(uri + after, compression=None, max_queue=None) as socket, asyncio.timeout(leave_s):
                for _ in range(random.randint(1, 12) if leave_s is None else 1_000_000):
                    seen.append(json.loads(await socket.recv()))
                    if seen[-1]["type"] == "completion":
                        break
    return seen, returns
