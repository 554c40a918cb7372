"""The log of an execution over HTTP: pages of records, server-sent events, large values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pointwork.server import sse
from tests.server.workshop import chain

Store = Callable[..., Any]
SSE = {"accept": "text/event-stream"}


async def finished(client: httpx.AsyncClient, workflow: str, **inputs: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/workflows/{workflow}/execute?wait=30", json={"inputs": inputs})
    assert answer.json()["status"] == "completed", answer.text
    return answer.json()


def parsed(text: str) -> list[tuple[str, Any]]:
    """The events of a stream of them, each with its id."""
    head, *blocks = text.removesuffix("\n\n").split("\n\n")
    assert head == "retry: 1000"
    found: list[tuple[str, Any]] = []
    for block in blocks:
        name, data = block.split("\n")
        found.append((name.removeprefix("id: "), json.loads(data.removeprefix("data: "))))
    return found


async def test_records_in_pages(client: httpx.AsyncClient, store: Store) -> None:
    state = await finished(client, await store("start", "end"))
    url: str | None = f"/api/executions/{state['execution_id']}/events?limit=2"
    records: list[Any] = []
    while url:
        answer = await client.get(url)
        assert answer.status_code == 200
        records += answer.json()
        url = answer.links.get("next", {}).get("url")
    assert [record["seq"] for record in records] == list(range(1, state["last_seq"] + 1))
    assert [record["event"]["type"] for record in records] == [
        "ExecutionStarted",
        *("NodeStarted", "NodeCompleted") * 2,
        "ExecutionFinished",
    ]
    assert records[0]["at"] == state["started_at"]
    assert set(records[0]) == {"execution_id", "seq", "at", "event"}
    behind = (await client.get(f"/api/executions/{state['execution_id']}/events?after=4.1")).json()
    assert [record["seq"] for record in behind] == [4, 5, 6]


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1.2.3", "after=9999999999", "limit=0", "view=all"])
async def test_a_page_that_cannot_be_made(client: httpx.AsyncClient, store: Store, query: str) -> None:
    state = await finished(client, await store("start", "end"))
    answer = await client.get(f"/api/executions/{state['execution_id']}/events?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")


async def test_server_sent_events_go_on_where_they_were(client: httpx.AsyncClient, store: Store) -> None:
    state = await finished(client, await store("start", "end"))
    url = f"/api/executions/{state['execution_id']}/events"
    answer = await client.get(url, headers=SSE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["cache-control"] == "no-cache"
    everything = parsed(answer.text)
    assert [value for _, value in everything] == (await client.get(url)).json()
    assert [name for name, _ in everything] == [str(number) for number in range(1, 7)]
    rest = await client.get(url, headers={**SSE, "last-event-id": "4"})
    assert parsed(rest.text) == everything[4:]
    assert (await client.get(url, headers={**SSE, "last-event-id": "6"})).status_code == 204  # a browser stops here
    messages = parsed((await client.get(f"{url}?view=messages", headers=SSE)).text)
    assert messages[-1][1]["type"] == "completion"
    assert messages[-1][0] == f"{messages[-1][1]['seq']}.{messages[-1][1]['part']}"
    behind = parsed((await client.get(f"{url}?view=messages&after={messages[3][0]}", headers=SSE)).text)
    assert behind == messages[4:]


async def test_server_sent_events_are_live(address: str, gate: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        stored = (await client.post("/api/workflows", json=chain("start", "gate"))).json()
        begun = (await client.post(f"/api/workflows/{stored['id']}/execute", json={})).json()
        seen: list[str] = []
        async with client.stream("GET", f"/api/executions/{begun['execution_id']}/events", headers=SSE) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line[6:])["event"]["type"])
                if seen[-1:] == ["LogWritten"]:
                    gate.set()  # only now it goes on, so all behind this is live
        assert seen[-3:] == ["LogWritten", "NodeCompleted", "ExecutionFinished"]


async def test_leaving_the_stream_early(address: str, gate: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        stored = (await client.post("/api/workflows", json=chain("start", "gate"))).json()
        begun = (await client.post(f"/api/workflows/{stored['id']}/execute", json={})).json()
        async with client.stream("GET", f"/api/executions/{begun['execution_id']}/events", headers=SSE) as stream:
            await anext(stream.aiter_lines())
        async with asyncio.timeout(30):
            while (await client.get("/health")).json()["sockets"]["viewers"]:
                await asyncio.sleep(0)


async def test_a_quiet_stream_is_kept_alive(address: str, gate: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_S", 0)
    async with httpx.AsyncClient(base_url=f"http://{address}") as client:
        stored = (await client.post("/api/workflows", json=chain("start", "gate"))).json()
        begun = (await client.post(f"/api/workflows/{stored['id']}/execute", json={})).json()
        async with client.stream("GET", f"/api/executions/{begun['execution_id']}/events", headers=SSE) as stream:
            async for line in stream.aiter_lines():
                if line == ": alive":
                    break
    gate.set()


async def test_large_values_are_references(client: httpx.AsyncClient, store: Store) -> None:
    text = "x" * 100_000
    state = await finished(client, await store("start", "end"), text=text)
    url = f"/api/executions/{state['execution_id']}"
    reference = state["node_states"]["end"]["output"]
    found = reference if "$blob" in reference else reference["text"]
    assert found["bytes"] >= 100_000
    blob = await client.get(f"/api/blobs/{found['$blob']}")
    assert (blob.status_code, blob.headers["content-type"]) == (200, "application/json")
    assert "immutable" in blob.headers["cache-control"]
    assert text in json.dumps(blob.json())
    full = (await client.get(f"{url}?full=1")).json()
    assert full["node_states"]["end"]["output"] == {"text": text}
    shown = (await client.get(f"{url}/events")).text
    assert len(shown) < 20_000
    assert text in (await client.get(f"{url}/events?full=1")).text


@pytest.mark.parametrize("digest", ["0" * 64, "unknown", "..%2F..%2Fetc%2Fpasswd", "%00"])
async def test_a_large_value_that_nobody_knows(client: httpx.AsyncClient, digest: str) -> None:
    answer = await client.get(f"/api/blobs/{digest}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
