"""What the history of executions says: digests of each, and how many had which outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pointwork.server import digests
from pointwork.server.digests import one_line
from tests.server.test_executions import run, state_when

Store = Callable[..., Any]
NOTHING_USED = {"model_calls": 0, "tool_calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": None}


async def digest_of(client: httpx.AsyncClient, execution_id: str) -> dict[str, Any]:
    answer = await client.get("/api/executions", params={"digest": True, "q": execution_id})
    [found] = answer.json()
    return found["digest"]


async def test_a_digest_follows_the_execution(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "ask", "end"), inputs={"text": "a\n  refund", "sum": 240})
    waiting = await digest_of(client, state["execution_id"])
    assert waiting == {
        "inputs": {"text": "a refund", "sum": "240"},
        "result": None,
        "question": "Well?",
        "node_id": "ask",
        "hint": None,
        "usage": NOTHING_USED,
    }
    url = f"/api/executions/{state['execution_id']}/commands"
    await client.post(url, json={"type": "answer", "node": "ask", "value": "yes"})
    await state_when(client, state["execution_id"], "completed")
    ended = await digest_of(client, state["execution_id"])
    assert (ended["result"], ended["question"], ended["node_id"]) == ("yes", None, None)
    assert await digest_of(client, state["execution_id"]) == ended


async def test_a_digest_says_where_it_failed(client: httpx.AsyncClient) -> None:
    document = {
        "name": "Price",
        "nodes": [
            {"id": "start", "type": "start", "start_config": {"inputs": [{"name": "price", "type": "number"}]}},
            {"id": "end", "type": "end"},
        ],
        "edges": [{"source": "start", "target": "end"}],
    }
    workflow = (await client.post("/api/workflows", json=document)).json()["id"]
    state = await run(client, workflow)
    digest = await digest_of(client, state["execution_id"])
    assert (digest["node_id"], digest["result"]) == ("start", None)
    assert "price" in digest["hint"]


async def test_of_a_very_long_execution_only_the_ends_are_read(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MOST_RECORDS", 2)
    state = await run(client, await store("start", "end"), inputs={"text": "hi"})
    digest = await digest_of(client, state["execution_id"])
    assert digest == {
        "inputs": {"text": "hi"},
        "result": "hi",
        "question": None,
        "node_id": None,
        "hint": None,
        "usage": None,
    }


async def test_without_asking_there_is_no_digest(client: httpx.AsyncClient, store: Store) -> None:
    await run(client, await store("start", "end"))
    [found] = (await client.get("/api/executions")).json()
    assert "digest" not in found


async def test_history_counts_what_the_list_shows(client: httpx.AsyncClient, store: Store, gate: asyncio.Event) -> None:
    ends = await store("start", "end", name="Ends")
    for _ in range(2):
        await run(client, ends)
    asks = await run(client, await store("start", "ask", name="Asks"))
    counts = {one["status"]: one["count"] for one in (await client.get("/api/history")).json()}
    assert counts == {"completed": 2, "waiting": 1}
    [named] = (await client.get("/api/history", params={"q": "asks"})).json()
    assert (named["status"], named["begins_at"]) == ("waiting", None)
    [row] = (await client.get("/api/executions", params={"q": asks["execution_id"]})).json()
    since = {"since": "2020-01-01T00:00:00Z", "width_s": 31_536_000}
    bars = (await client.get("/api/history", params=since)).json()
    assert sum(bar["count"] for bar in bars) == 3
    assert all(bar["begins_at"] <= row["created_at"] for bar in bars)
    until = {"until": "2020-01-01T00:00:00Z"}
    assert (await client.get("/api/history", params=until)).json() == []
    assert (await client.get("/api/executions", params=until)).json() == []
    assert (await client.get("/api/history", params={"width_s": 0})).status_code == 422
    newest = [one["execution_id"] for one in (await client.get("/api/executions")).json()]
    page = await client.get("/api/executions", params={"order": "oldest", "limit": 2})
    rest = await client.get(page.links["next"]["url"])
    assert [one["execution_id"] for one in page.json() + rest.json()] == newest[::-1]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain", "plain"),
        ({"only": {"one": "  value\n"}}, "value"),
        ({"a": 1, "b": None}, "a: 1, b: null"),
        ([1, "x"], "1, x"),
        ([[1, 2], [3]], "1, 2; 3"),
        (list(range(10)), "0, 1, 2, 3, 4, 5, 6, 7 …"),
        ({"$blob": "d", "bytes": 9, "preview": '"a long'}, '"a long'),
        ("x" * 500, "x" * 159 + "…"),
        ({}, ""),
    ],
)
def test_one_line(value: Any, line: str) -> None:
    assert one_line(value) == line
