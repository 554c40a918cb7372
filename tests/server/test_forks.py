"""Forks over HTTP: from where there can be one, of forks and of running runs, and to another version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.server.test_executions import run, state_when
from tests.server.workshop import chain

Store = Callable[..., Any]


async def fork(client: httpx.AsyncClient, execution: str, at: int, *, status: int = 201, **body: Any) -> Any:
    """Fork it; what is answered."""
    answer = await client.post(f"/api/executions/{execution}/fork", json={"at": at, **body})
    assert answer.status_code == status, answer.text
    return answer.json()


async def told(client: httpx.AsyncClient, execution: str) -> list[Any]:
    """The events of an execution."""
    return [record["event"] for record in (await client.get(f"/api/executions/{execution}/events?limit=1000")).json()]


def seq_of(events: list[Any], kind: str, node: str) -> int:
    return next(at for at, event in enumerate(events, 1) if (event["type"], event.get("node")) == (kind, node))


@pytest.mark.parametrize(("at", "status"), [(0, 422), (-1, 422), (7, 422), (10**30, 422), ("x", 422), (6, 409)])
async def test_where_there_is_no_fork(client: httpx.AsyncClient, store: Store, at: Any, status: int) -> None:
    state = await run(client, await store("start", "end"))
    assert state["last_seq"] == 6
    refused = await fork(client, state["execution_id"], at, status=status)
    assert refused["detail"]
    assert refused["hint"]
    assert len((await client.get("/api/executions")).json()) == 1  # nothing is left of it


async def test_the_last_record_of_a_run_that_waits_asks_again(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "ask", "end"))
    begun = await fork(client, state["execution_id"], state["last_seq"])
    waits = await state_when(client, begun["execution_id"], "waiting")
    assert waits["waiting"][0]["request"] == state["waiting"][0]["request"]
    answer = {"type": "answer", "node": "ask", "value": "in the fork"}
    assert (await client.post(f"/api/executions/{begun['execution_id']}/commands", json=answer)).status_code == 200
    assert (await state_when(client, begun["execution_id"], "completed"))["result"] == "in the fork"
    assert (await client.get(f"/api/executions/{state['execution_id']}")).json()["status"] == "waiting"


async def test_a_link_to_the_original_does_not_answer_the_fork(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "ask", "end"))
    begun = await fork(client, state["execution_id"], state["last_seq"])
    await state_when(client, begun["execution_id"], "waiting")
    made = (await client.post(f"/api/executions/{state['execution_id']}/links", json={"node": "ask"})).json()
    link = made["url"].replace("/answer/", "/api/answers/")
    assert (await client.post(link, json={"value": "here"})).status_code == 200
    await state_when(client, state["execution_id"], "completed")
    assert (await client.get(f"/api/executions/{begun['execution_id']}")).json()["status"] == "waiting"


async def test_a_fork_of_a_fork_of_a_fork(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "end"), inputs={"topic": "trains"})
    ids = [state["execution_id"]]
    for _ in range(3):
        begun = await fork(client, ids[-1], 3)
        assert begun["origin"] == {"execution_id": ids[-1], "seq": 3}
        found = await state_when(client, begun["execution_id"], "completed")
        assert (found["result"], found["origin"]) == ({"topic": "trains"}, begun["origin"])
        ids.append(begun["execution_id"])
    shared = [(await told(client, one))[1:3] for one in ids]
    assert shared.count(shared[0]) == 4
    assert (await client.delete(f"/api/executions/{ids[1]}")).status_code == 204  # one in the middle may go
    assert (await client.get(f"/api/executions/{ids[2]}")).json()["status"] == "completed"


async def test_a_fork_of_what_still_runs(client: httpx.AsyncClient, store: Store, gate: asyncio.Event) -> None:
    begun = await run(client, await store("start", "gate", "end"), wait=None)
    origin = begun["execution_id"]
    events: list[Any] = []
    async with asyncio.timeout(30):
        while not any(event["type"] == "LogWritten" for event in events):
            events = await told(client, origin)
    early = await fork(client, origin, seq_of(events, "NodeCompleted", "start"))
    late = await fork(client, origin, len(events))
    gate.set()
    for one in (origin, early["execution_id"], late["execution_id"]):
        assert (await state_when(client, one, "completed"))["result"] == "through"
    assert not any("fork" in str(event) for event in await told(client, origin))


@pytest.mark.parametrize("taken", ["again", "mine", "x/../y", "", "x" * 101])
async def test_ids_that_a_fork_cannot_have(client: httpx.AsyncClient, store: Store, taken: str) -> None:
    state = await run(client, await store("start", "end"), execution_id="mine")
    await fork(client, state["execution_id"], 1, execution_id="again")
    status = 409 if taken in ("again", "mine") else 422
    await fork(client, state["execution_id"], 1, status=status, execution_id=taken)


# ---------------------------------------------------------------------------------------------------- versions


def drawn(*types: str, **config: Any) -> dict[str, Any]:
    """A document whose middle may be configured."""
    document = chain(*types)
    for node in document["nodes"]:
        if node["id"] in config:
            node.update(config[node["id"]])
    return document


async def second_version(client: httpx.AsyncClient, workflow: str, document: dict[str, Any]) -> None:
    answer = await client.put(f"/api/workflows/{workflow}", json=document)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version_number"] == 2


MENDED = [
    pytest.param({**drawn("start", "ask", "end"), "description": "Newer"}, [], id="only words"),
    pytest.param(drawn("start", "ask", "condition"), [], id="what comes later is another"),
    pytest.param(drawn("start", "ask"), [], id="what comes later is gone"),
    pytest.param({**drawn("start", "ask", "end"), "name": "Renamed", "variables": {"x": 1}}, [], id="around it"),
    pytest.param(drawn("start", "end"), ["ask"], id="gone"),
    pytest.param(drawn("start", "ask", "end", ask={"type": "gate"}), ["ask"], id="another type"),
    pytest.param(drawn("ask", "end"), ["start"], id="the first is gone"),
    pytest.param(drawn("a", "b", "end", a={"type": "start"}, b={"type": "ask"}), ["start", "ask"], id="all"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "changed"), MENDED)
async def test_another_version(
    client: httpx.AsyncClient, store: Store, document: dict[str, Any], changed: list[str]
) -> None:
    workflow = await store("start", "ask", "end")
    state = await run(client, workflow, inputs={"value": 1})
    await second_version(client, workflow, document)
    found = await fork(client, state["execution_id"], state["last_seq"], status=409 if changed else 201, version=2)
    if changed:
        assert found["code"] == "conflict"
        assert found["detail"] == (f"The other version changed what has already run: {', '.join(map(repr, changed))}.")
        assert len((await client.get("/api/executions")).json()) == 1
        early = await fork(client, state["execution_id"], 1, version=2)  # nothing has run by then
        assert (await client.get(f"/api/executions/{early['execution_id']}")).status_code == 200
        return
    waits = await state_when(client, found["execution_id"], "waiting")
    rows = {row["execution_id"]: row["version"] for row in (await client.get("/api/executions")).json()}
    assert (rows[state["execution_id"]], rows[found["execution_id"]]) == (1, 2)
    assert set(waits["node_states"]) == {node["id"] for node in document["nodes"]}
    assert waits["origin"] == {"execution_id": state["execution_id"], "seq": state["last_seq"]}


async def test_a_fork_back_to_the_version_it_came_from(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "ask", "end")
    state = await run(client, workflow)
    await second_version(client, workflow, drawn("start", "ask", "gate"))
    newer = await fork(client, state["execution_id"], state["last_seq"], version=2)
    waits = await state_when(client, newer["execution_id"], "waiting")
    older = await fork(client, newer["execution_id"], waits["last_seq"], version=1)
    found = await state_when(client, older["execution_id"], "waiting")
    assert set(found["node_states"]) == {"start", "ask", "end"}
    same = await fork(client, newer["execution_id"], waits["last_seq"])  # without a version the plan stays
    assert set((await state_when(client, same["execution_id"], "waiting"))["node_states"]) == {"start", "ask", "gate"}


async def test_another_version_with_an_output_by_hand(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "ask", "end")
    state = await run(client, workflow)
    await second_version(client, workflow, drawn("start", "ask", "last", last={"type": "end"}))
    override = {"type": "override", "node": "ask", "output": "by hand"}
    begun = await fork(client, state["execution_id"], state["last_seq"], version=2, override=override)
    found = await state_when(client, begun["execution_id"], "completed")
    assert (found["result"], found["node_states"]["last"]["status"]) == ("by hand", "completed")


async def test_a_version_that_cannot_run_is_refused_before_anything_is_stored(
    client: httpx.AsyncClient, store: Store
) -> None:
    workflow = await store("start", "ask", "end")
    state = await run(client, workflow)
    broken = drawn("start", "ask", "end")
    broken["edges"].append({"source": "ask", "target": "nobody"})
    await second_version(client, workflow, broken)
    refused = await fork(client, state["execution_id"], state["last_seq"], status=422, version=2)
    assert refused["code"] == "definition"
    assert len((await client.get("/api/executions")).json()) == 1


async def test_a_plain_retry_keeps_the_version(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "condition", "end")
    state = await run(client, workflow)
    assert state["status"] == "failed"
    await second_version(client, workflow, drawn("start", "end"))
    command = {"type": "retry", "node": "condition"}
    again = (await client.post(f"/api/executions/{state['execution_id']}/commands", json=command)).json()
    found = await state_when(client, again["execution_id"], "failed")
    assert found["node_states"]["condition"]["status"] == "failed"
