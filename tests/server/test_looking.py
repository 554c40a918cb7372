"""Watch expressions and differences over HTTP: their shapes, their limits, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.server.test_executions import run

Store = Callable[..., Any]


async def test_expressions_with_their_values_and_problems(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "end"), inputs={"topic": "trains"})
    address = f"/api/executions/{state['execution_id']}/evaluate"
    answer = await client.post(address, json={"expressions": ["inputs.topic", "1 / 0"], "node": "end"})
    assert answer.status_code == 200
    assert answer.json() == {
        "at": state["last_seq"],
        "node": "end",
        "path": [],
        "results": [
            {"expression": "inputs.topic", "value": "trains"},
            {"expression": "1 / 0", "problem": answer.json()["results"][1]["problem"]},
        ],
    }
    assert answer.json()["results"][1]["problem"]["code"] == "expression"
    early = await client.post(address, json={"expressions": ["nodes.start"], "at": 1})
    assert early.json()["results"] == [{"expression": "nodes.start", "value": None}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"expressions": []}, 422),
        ({"expressions": ["1"] * 51}, 422),
        ({"expressions": ["1" * 2_001]}, 422),
        ({"expressions": "1"}, 422),
        ({"expressions": [1]}, 422),
        ({"expressions": ["1"], "at": -1}, 422),
        ({"expressions": ["1"], "at": 10**30}, 422),
        ({"expressions": ["1"], "node": "x" * 201}, 422),
        ({"expressions": ["1"], "nod": "start"}, 422),
        ({"expressions": ["1"], "node": "nobody"}, 404),
        ({"expressions": ["1"], "scope": "../../etc"}, 404),
        ({}, 422),
    ],
)
async def test_what_does_not_fit(client: httpx.AsyncClient, store: Store, body: Any, status: int) -> None:
    state = await run(client, await store("start", "end"))
    answer = await client.post(f"/api/executions/{state['execution_id']}/evaluate", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


async def test_an_expression_is_cleaned_of_secrets_like_everything(
    client: httpx.AsyncClient, store: Store, app: Any
) -> None:
    """A value that is put together again from its parts does not get out either."""
    await client.put("/api/secrets/key", json={"value": "hunter2hunter2"})
    state = await run(client, await store("start", "end"), inputs={"a": "hunter2", "b": "hunter2"})
    answer = await client.post(
        f"/api/executions/{state['execution_id']}/evaluate", json={"expressions": ["inputs.a + inputs.b"]}
    )
    assert answer.status_code == 200
    assert "hunter2hunter2" not in answer.text


async def test_what_changed_between_two_records(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "end"), inputs={"topic": "trains"})
    address = f"/api/executions/{state['execution_id']}/diff"
    found = (await client.get(address, params={"from": 0})).json()
    assert (found["from"], found["to"], found["left_off"]) == (0, state["last_seq"], 0)
    assert {
        "path": [],
        "node_id": None,
        "node": None,
        "field": "status",
        "before": "pending",
        "after": "completed",
    } in (found["changes"])
    last = (await client.get(address, params={"from": state["last_seq"] - 1, "to": state["last_seq"]})).json()
    assert {(one["node"], one["field"]) for one in last["changes"]} == {(None, "status"), (None, "result")}
    few = (await client.get(address, params={"from": 0, "limit": 2})).json()
    assert (len(few["changes"]), few["left_off"]) == (2, len(found["changes"]) - 2)


@pytest.mark.parametrize("query", ["from=-1", "from=x", "from=99", "to=99", "limit=0", "limit=10001"])
async def test_points_that_are_not_there(client: httpx.AsyncClient, store: Store, query: str) -> None:
    state = await run(client, await store("start", "end"))
    answer = await client.get(f"/api/executions/{state['execution_id']}/diff?{query}")
    assert answer.status_code == 422, answer.text


async def test_executions_that_do_not_exist(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/executions/nobody/diff")).status_code == 404
    assert (await client.post("/api/executions/nobody/evaluate", json={"expressions": ["1"]})).status_code == 404
