"""What waits for a person: listed, for whom, and answered once by somebody who is named."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

NODES: list[dict[str, Any]] = [
    {"id": "start", "type": "start"},
    {
        "id": "ask",
        "type": "human",
        "human_config": {
            "question": "Publish {{ title }}?",
            "choices": ["yes", "no"],
            "assignee": "{{ editor }}",
            "deadline_s": 3600,
        },
    },
    {"id": "end", "type": "end"},
]
EDGES = [{"source": "start", "target": "ask"}, {"source": "ask", "target": "end"}]


async def begin(client: httpx.AsyncClient, **inputs: str) -> str:
    document = {"id": "publish", "name": "Publish", "nodes": NODES, "edges": EDGES}
    assert (await client.post("/api/workflows", json=document)).is_success
    answer = await client.post("/api/workflows/publish/execute?wait=30", json={"inputs": inputs})
    assert answer.json()["status"] == "waiting", answer.text
    return answer.json()["execution_id"]


async def test_what_waits_is_listed_and_answered_once(client: httpx.AsyncClient) -> None:
    execution = await begin(client, title="Trains", editor="ann")
    [entry] = (await client.get("/api/inbox")).json()
    assert (entry["execution_id"], entry["node"], entry["kind"], entry["assignee"]) == (
        execution, "ask", "human", "ann",
    )  # fmt: skip
    assert entry["request"]["question"] == "Publish Trains?"
    assert entry["since"] < entry["deadline"]
    for query, count in (("assignee=ann", 1), ("assignee=bob", 0), ("workflow_id=publish", 1), ("workflow_id=x", 0)):
        assert len((await client.get(f"/api/inbox?{query}")).json()) == count, query
    url = f"/api/executions/{execution}/commands"
    body = {"type": "answer", "node": "ask", "value": "yes"}
    both = await asyncio.gather(
        client.post(url, json={**body, "by": "ann"}), client.post(url, json={**body, "value": "no", "by": "bob"})
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert (await client.get("/api/inbox")).json() == []
    state = (await client.get(f"/api/executions/{execution}")).json()
    winner = "ann" if both[0].is_success else "bob"
    assert any(f"was answered by {winner}." in line["message"] for line in state["logs"])
    assert state["result"]["choice"] == ("yes" if winner == "ann" else "no")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "cursor=nonsense", "assignee=" + "x" * 201])
async def test_what_cannot_be_asked(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/inbox?{query}")).status_code in (400, 422)


async def test_a_name_too_long_is_nobody(client: httpx.AsyncClient) -> None:
    body = {"type": "answer", "node": "ask", "value": "yes", "by": "x" * 201}
    assert (await client.post("/api/executions/any/commands", json=body)).status_code == 422
