"""Requests that are sent twice and done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI

KEY = {"idempotency-key": "k-1"}
DOCUMENT = {"name": "Twice", "nodes": [{"id": "end", "type": "end"}]}


async def test_sent_twice_and_done_once(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/workflows", json=DOCUMENT, headers=KEY)
    second = await client.post("/api/workflows", json=DOCUMENT, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert second.headers["location"] == first.headers["location"] == f"/api/workflows/{first.json()['id']}"
    assert len((await client.get("/api/workflows")).json()) == 1
    # A reading request has no use for a key, and another address is another request.
    assert (await client.get("/api/workflows", headers=KEY)).status_code == 200
    run = await client.post(f"/api/workflows/{first.json()['id']}/execute", headers=KEY)
    assert run.status_code == 202


async def test_an_answer_without_a_body(client: httpx.AsyncClient) -> None:
    stored = (await client.post("/api/workflows", json=DOCUMENT)).json()
    for _ in range(2):
        answer = await client.delete(f"/api/workflows/{stored['id']}", headers=KEY)
        assert (answer.status_code, answer.content) == (204, b"")


async def test_what_a_request_made_is_found_again(client: httpx.AsyncClient) -> None:
    stored = (await client.post("/api/workflows", json=DOCUMENT)).json()
    run: list[httpx.Response] = []
    for _ in range(2):
        run.append(await client.post(f"/api/workflows/{stored['id']}/execute", headers=KEY))
    execution = f"/api/executions/{run[0].json()['execution_id']}"
    assert [answer.headers["location"] for answer in run] == [execution] * 2
    fork: list[httpx.Response] = []
    for _ in range(2):
        fork.append(await client.post(f"{execution}/fork", json={"at": 1}, headers=KEY))
    assert [answer.headers["location"] for answer in fork] == [f"/api/executions/{fork[0].json()['execution_id']}"] * 2
    # Where nothing is made, there is no place to look for it.
    changed = {**DOCUMENT, "version_id": stored["version_id"]}
    for _ in range(2):
        answer = await client.put(f"/api/workflows/{stored['id']}", json=changed, headers=KEY)
        assert (answer.status_code, "location" in answer.headers) == (200, False)


async def test_a_key_is_for_one_request(client: httpx.AsyncClient) -> None:
    await client.post("/api/workflows", json=DOCUMENT, headers=KEY)
    other = await client.post("/api/workflows", json={**DOCUMENT, "name": "Other"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "unacceptable")
    long = await client.post("/api/workflows", json=DOCUMENT, headers={"idempotency-key": "x" * 300})
    assert long.status_code == 422


async def test_what_was_refused_may_be_sent_again(client: httpx.AsyncClient) -> None:
    url = "/api/workflows/later/execute?wait=30"
    assert (await client.post(url, headers=KEY)).status_code == 404
    await client.post("/api/workflows", json={**DOCUMENT, "id": "later"})
    assert (await client.post(url, headers=KEY)).json()["status"] == "completed"


async def test_the_same_request_meanwhile(
    client: httpx.AsyncClient, store: Callable[..., Any], gate: asyncio.Event
) -> None:
    url = f"/api/workflows/{await store('gate')}/execute?wait=30"
    first = asyncio.create_task(client.post(url, headers=KEY))
    while not (await client.get("/api/executions")).json():
        await asyncio.sleep(0)
    second = await client.post(url, headers=KEY)
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    gate.set()
    answer = await first
    assert (await client.post(url, headers=KEY)).json() == answer.json()
    assert len((await client.get("/api/executions")).json()) == 1


async def test_a_client_that_leaves_before_its_body_has_come(server: FastAPI) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/workflows",
        "raw_path": b"/api/workflows",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"idempotency-key", b"k")],
        "app": server,
    }
    await server(scope, receive, send)  # nothing is done, and the key is still free
