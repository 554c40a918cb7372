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


WRONG = [
    ({"value": "perhaps"}, 422, "must choose one of 'yes', 'no'"),
    ({"value": {"comment": "no choice"}}, 422, "must choose one of"),
    ({"value": None}, 422, "must choose one of"),
    ({"value": "yes", "action": "again"}, 422, "was asked something else"),
    ({"value": "yes", "node": "nobody"}, 409, "no such node"),
    ({"value": "yes", "node": "start"}, 409, "does not wait for an answer"),
    ({"value": "yes", "scope": "each[0]"}, 409, "does not wait for an answer"),
    ({"value": "yes", "by": "x" * 201}, 422, "by"),
    ({"value": "yes", "by": None}, 422, "by"),
]


@pytest.mark.parametrize(("body", "status", "says"), WRONG)
async def test_a_wrong_answer_is_refused_and_the_right_one_still_counts(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, says: str
) -> None:
    url = f"/api/executions/{await begin(client, title='Trains', editor='ann')}/commands"
    refused = await client.post(url, json={"type": "answer", "node": "ask", **body})
    assert (refused.status_code, says in refused.json()["detail"]) == (status, True), refused.text
    assert refused.json()["hint"]
    assert len((await client.get("/api/inbox")).json()) == 1
    assert (await client.post(url, json={"type": "answer", "node": "ask", "value": "yes"})).status_code == 200


async def test_of_many_at_once_one_is_heard(client: httpx.AsyncClient) -> None:
    execution = await begin(client, title="Trains", editor="ann")
    url = f"/api/executions/{execution}"
    bodies = [{"type": "answer", "node": "ask", "value": v, "by": f"{v} {n}"} for n in range(5) for v in ("yes", "no")]
    answers = await asyncio.gather(*(client.post(f"{url}/commands", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "conflict"
            assert answer.json()["hint"]
    [heard] = [body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200]
    state = (await client.get(url)).json()
    assert state["node_states"]["ask"]["output"] == {"choice": heard["value"]}
    told = [line["message"] for line in state["logs"] if "was answered by" in line["message"]]
    assert told == [f"Node 'ask' was answered by {heard['by']}."]


async def test_too_late_is_said_to_be_too_late(client: httpx.AsyncClient) -> None:
    execution = await begin(client, title="Trains", editor="ann")
    url = f"/api/executions/{execution}/commands"
    assert (await client.post(url, json={"type": "cancel"})).status_code == 200
    refused = await client.post(url, json={"type": "answer", "node": "ask", "value": "yes"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "has ended (cancelled)" in refused.json()["detail"]
    assert (await client.get("/api/inbox")).json() == []
