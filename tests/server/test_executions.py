"""Executions over HTTP: start, wait, look, command, fork, forget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pointwork.wiring import App
from pointwork.workflow import Workflow
from tests.server.workshop import chain

Store = Callable[..., Any]


async def run(client: httpx.AsyncClient, workflow: str, *, wait: float | None = 30, **body: Any) -> dict[str, Any]:
    query = f"?wait={wait}" if wait is not None else ""
    answer = await client.post(f"/api/workflows/{workflow}/execute{query}", json=body)
    assert answer.status_code == (202 if wait is None else 200), answer.text
    return answer.json()


async def state_when(client: httpx.AsyncClient, execution_id: str, status: str) -> dict[str, Any]:
    """The state, once the execution has this status."""
    async with asyncio.timeout(30):
        while True:
            state = (await client.get(f"/api/executions/{execution_id}")).json()
            if state["status"] == status:
                return state
            await asyncio.sleep(0)


async def test_running_and_waiting_for_the_end(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "end", variables={"tone": "dry"})
    state = await run(client, workflow, inputs={"text": "hi"})
    assert (state["status"], state["result"], state["workflow_id"]) == ("completed", {"text": "hi"}, workflow)
    assert state["variables"] == {"tone": "dry", "text": "hi"}
    assert {key: node["status"] for key, node in state["node_states"].items()} == {
        "start": "completed",
        "end": "completed",
    }
    assert state["logs"][0]["message"] == "Execution of 'Chain' started"
    assert (await client.get(f"/api/executions/{state['execution_id']}")).json() == state


async def test_a_document_runs_without_being_stored(client: httpx.AsyncClient) -> None:
    body = {"document": {**chain("start", "end"), "id": "mine"}, "inputs": {"text": "hi"}}
    answer = await client.post("/api/workflows/test?wait=30", json=body)
    state = answer.json()
    assert (answer.status_code, state["status"], state["result"]) == (200, "completed", {"text": "hi"})
    assert state["workflow_id"] is None
    assert (await client.get("/api/workflows")).json() == []
    listed = (await client.get("/api/executions")).json()
    assert [(row["execution_id"], row["workflow_name"]) for row in listed] == [(state["execution_id"], "Chain")]
    begun = await client.post("/api/workflows/test", json=body)
    assert (begun.status_code, begun.json()["workflow_id"]) == (202, None)
    assert begun.headers["location"] == f"/api/executions/{begun.json()['execution_id']}"
    await state_when(client, begun.json()["execution_id"], "completed")


async def test_a_document_that_cannot_run_is_refused_before_anything_is_stored(client: httpx.AsyncClient) -> None:
    document = {"name": "Odd", "nodes": [{"id": "odd", "type": "no such type"}], "edges": []}
    answer = await client.post("/api/workflows/test", json={"document": document})
    assert (answer.status_code, answer.json()["problems"][0]["node"]) == (422, "odd")
    assert (await client.get("/api/executions")).json() == []


async def test_running_answers_at_once(client: httpx.AsyncClient, store: Store, gate: asyncio.Event) -> None:
    workflow = await store("start", "gate", "end")
    answer = await client.post(f"/api/workflows/{workflow}/execute", json={"workflow_id": workflow})
    begun = answer.json()
    assert answer.status_code == 202
    assert (begun["status"], begun["workflow_id"], begun["version"]) == ("running", workflow, 1)
    assert answer.headers["location"] == f"/api/executions/{begun['execution_id']}"
    state = await state_when(client, begun["execution_id"], "running")
    assert state["completed_at"] is None
    gate.set()
    assert (await state_when(client, begun["execution_id"], "completed"))["result"] == "through"


async def test_a_body_may_be_missing(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "end")
    answer = await client.post(f"/api/workflows/{workflow}/execute?wait=30")
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")


async def test_waiting_no_longer_than_asked(client: httpx.AsyncClient, store: Store, gate: asyncio.Event) -> None:
    state = await run(client, await store("start", "gate"), wait=0)
    assert state["status"] == "running"
    gate.set()
    await state_when(client, state["execution_id"], "completed")


async def test_waiting_ends_when_a_person_is_asked(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "ask", "end"))
    assert (state["status"], state["waiting"][0]["node"]) == ("waiting", "ask")
    url = f"/api/executions/{state['execution_id']}/commands"
    wrong = await client.post(url, json={"type": "answer", "node": "ask", "value": 5})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unacceptable")
    right = await client.post(url, json={"type": "answer", "node": "ask", "value": "yes"})
    assert right.status_code == 200, right.text
    state = await state_when(client, state["execution_id"], "completed")
    assert state["result"] == "yes"
    again = await client.post(url, json={"type": "answer", "node": "ask", "value": "no"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_an_id_of_ones_own(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "end")
    assert (await run(client, workflow, execution_id="mine-1"))["execution_id"] == "mine-1"
    again = await client.post(f"/api/workflows/{workflow}/execute", json={"execution_id": "mine-1"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_the_version_that_runs(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "end", name="First")
    await client.put(f"/api/workflows/{workflow}", json={"name": "Second", "nodes": [{"id": "end", "type": "end"}]})
    draft = {"name": "Draft", "nodes": [{"id": "odd", "type": "no such type"}]}
    await client.put(f"/api/workflows/{workflow}?draft=true", json=draft)
    assert (await run(client, workflow))["workflow_name"] == "Second"
    assert (await run(client, workflow, version=1))["workflow_name"] == "First"
    broken = await client.post(f"/api/workflows/{workflow}/execute", json={"version": 3})
    assert (broken.status_code, broken.json()["code"]) == (422, "definition")
    assert broken.json()["problems"][0]["node"] == "odd"
    missing = await client.post(f"/api/workflows/{workflow}/execute", json={"version": 4})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"workflow_id": "another"}, None),
        ({"nodes": []}, "nodes"),  # a run names a stored workflow, it never brings one
        ({"budget": {"usd": 1}}, "budget.usd"),  # what is not obeyed is refused, not ignored
        ({"inputs": []}, "inputs"),
        ({"version": 0}, "version"),
        ({"execution_id": "../etc"}, "execution_id"),
        ({"breakpoints": [{"when": "before"}]}, "breakpoints.0.node"),
    ],
)
async def test_a_body_that_does_not_fit(
    client: httpx.AsyncClient, store: Store, body: dict[str, Any], field: str | None
) -> None:
    answer = await client.post(f"/api/workflows/{await store('start', 'end')}/execute", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")
    assert [one["field"] for one in answer.json()["problems"]] == ([field] if field else [])
    assert (await client.get("/api/executions")).json() == []


WRONG_POINTS = [
    ({"node": "edn"}, "no breakpoint at 'edn'", "Did you mean 'end'?"),
    ({"node": "end", "hits": 0}, "greater than or equal to 1", ""),
    ({"node": "end", "condition": "x >"}, "The condition of the breakpoint at 'end' cannot be read", ""),
]


@pytest.mark.parametrize(("point", "detail", "hint"), WRONG_POINTS)
async def test_a_breakpoint_that_could_never_hold(
    client: httpx.AsyncClient, store: Store, point: dict[str, Any], detail: str, hint: str
) -> None:
    workflow = await store("start", "end")
    body = {"execution_id": "mine", "breakpoints": [{"node": "start"}, point]}
    refused = await client.post(f"/api/workflows/{workflow}/execute", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unacceptable")
    assert detail in refused.json()["detail"]
    assert hint in refused.json()["hint"]
    assert (await client.get("/api/executions")).json() == []
    state = await run(client, workflow, execution_id="mine", breakpoints=[{"node": "end"}])  # the id is still free
    command = {"type": "set_breakpoints", "breakpoints": [point]}
    answer = await client.post("/api/executions/mine/commands", json=command)
    assert (answer.status_code, answer.json()["detail"].split(":")[-1]) == (
        422, refused.json()["detail"].split(":")[-1],
    )  # fmt: skip
    after = (await client.get("/api/executions/mine")).json()
    assert (after["last_seq"], after["breakpoints"]) == (state["last_seq"], state["breakpoints"])


@pytest.mark.parametrize(
    ("kind", "status"), [("answer", 409), ("retry", 409), ("override", 404), ("override of a fork", 404)]
)
async def test_a_command_for_a_node_that_does_not_exist(
    client: httpx.AsyncClient, store: Store, kind: str, status: int
) -> None:
    state = await run(client, await store("start", "ask", "end"))
    url = f"/api/executions/{state['execution_id']}"
    command = {"type": kind.split()[0], "node": "aks", **({"output": 1} if "override" in kind else {})}
    if kind.endswith("fork"):
        answer = await client.post(f"{url}/fork", json={"at": 1, "override": command})
    else:
        answer = await client.post(f"{url}/commands", json=command)
    assert answer.status_code == status
    assert "this workflow has no such node" in answer.json()["detail"]
    assert answer.json()["hint"] == "Did you mean 'ask'?"
    assert len((await client.get("/api/executions")).json()) == 1


async def test_a_retry_at_the_end_of_a_node_that_does_not_exist(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "end"))
    url = f"/api/executions/{state['execution_id']}/commands"
    for node, detail, hint in (
        ("ent", "did not run in this execution: this workflow has no such node.", "Did you mean 'end'?"),
        ("end", "did not run in this execution.", "which nodes ran, and where"),
    ):
        answer = await client.post(url, json={"type": "retry", "node": node, "scope": "loop[7]"})
        assert answer.status_code == 404
        assert answer.json()["detail"].endswith(detail)
        assert hint in answer.json()["hint"]


async def test_breakpoints_stepping_and_the_past(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "end"), breakpoints=[{"node": "end"}])
    assert (state["status"], state["paused"]["node_id"]) == ("paused", "end")
    url = f"/api/executions/{state['execution_id']}"
    answer = await client.post(f"{url}/commands", json={"type": "step"})
    assert answer.json()["execution_id"] == state["execution_id"]
    await client.post(f"{url}/commands", json={"type": "resume"})
    ended = await state_when(client, state["execution_id"], "completed")
    past = (await client.get(f"{url}?at={state['last_seq']}")).json()
    assert past == state
    assert (await client.get(f"{url}?at=1")).json()["last_seq"] == 1
    assert ended["last_seq"] > state["last_seq"]
    over = await client.post(f"{url}/commands", json={"type": "pause"})
    assert (over.status_code, over.json()["code"]) == (409, "conflict")


async def test_cancelling(client: httpx.AsyncClient, store: Store, gate: asyncio.Event) -> None:
    begun = await run(client, await store("start", "gate"), wait=None)
    url = f"/api/executions/{begun['execution_id']}"
    still = await client.delete(url)
    assert (still.status_code, still.json()["code"]) == (409, "conflict")
    assert (await client.post(f"{url}/commands", json={"type": "cancel"})).status_code == 200
    state = await state_when(client, begun["execution_id"], "cancelled")
    assert state["node_states"]["gate"]["status"] == "cancelled"
    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404


async def test_forking_with_another_output(client: httpx.AsyncClient, store: Store) -> None:
    workflow = await store("start", "ask", "end")
    state = await run(client, workflow)
    url = f"/api/executions/{state['execution_id']}/fork"
    override = {"type": "override", "node": "ask", "output": "made up"}
    answer = await client.post(url, json={"at": state["last_seq"], "override": override})
    assert answer.status_code == 201, answer.text
    fork = await state_when(client, answer.json()["execution_id"], "completed")
    assert (fork["result"], fork["origin"]) == (
        "made up",
        {"execution_id": state["execution_id"], "seq": state["last_seq"]},
    )
    assert (await client.post(url, json={"at": 999})).status_code == 422
    assert (await client.post(url, json={"at": 0})).status_code == 422
    named = await client.post(url, json={"at": state["last_seq"], "version": 1, "execution_id": "fork-1"})
    assert named.json()["execution_id"] == "fork-1"
    assert (await client.post(url, json={"at": 2, "version": 7})).status_code == 404


async def test_forking_what_was_never_stored(client: httpx.AsyncClient, app: App) -> None:
    execution_id = await app.runtime.start(Workflow.load(chain("start", "ask")), {})
    answer = await client.post(f"/api/executions/{execution_id}/fork", json={"at": 1, "version": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_retrying_a_node_of_a_failed_execution(client: httpx.AsyncClient, store: Store) -> None:
    state = await run(client, await store("start", "condition", "end"))  # a condition without its field
    assert (state["status"], state["node_states"]["condition"]["status"]) == ("failed", "failed")
    assert state["error"]
    url = f"/api/executions/{state['execution_id']}/commands"
    answer = (await client.post(url, json={"type": "retry", "node": "condition"})).json()
    assert answer["execution_id"] != state["execution_id"]
    again = await state_when(client, answer["execution_id"], "failed")
    assert again["origin"]["execution_id"] == state["execution_id"]


@pytest.mark.parametrize(
    "body", [{}, {"type": "explode"}, {"type": "answer"}, [], "pause", {"type": "override", "node": "a"}]
)
async def test_a_command_that_is_none(client: httpx.AsyncClient, store: Store, body: Any) -> None:
    state = await run(client, await store("start", "end"))
    answer = await client.post(f"/api/executions/{state['execution_id']}/commands", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")


async def test_a_list_in_pages(client: httpx.AsyncClient, store: Store) -> None:
    one, other = await store("start", "end", name="One"), await store("start", "condition", name="Other")
    ids = [(await run(client, one))["execution_id"] for _ in range(3)]
    failed = (await run(client, other))["execution_id"]

    async def listed(query: str) -> list[str]:
        found: list[str] = []
        url: str | None = f"/api/executions?{query}"
        while url:
            answer = await client.get(url)
            assert answer.status_code == 200, answer.text
            found += [entry["execution_id"] for entry in answer.json()]
            url = answer.links.get("next", {}).get("url")
        return found

    assert await listed("limit=2") == [failed, *reversed(ids)]
    assert await listed(f"workflow_id={one}") == ids[::-1]
    assert await listed("status=failed") == [failed]
    assert await listed("status=failed,completed&limit=1") == [failed, *reversed(ids)]
    assert await listed("q=other") == [failed]
    assert await listed("since=2001-01-01") == [failed, *reversed(ids)]
    assert await listed("since=2999-01-01T00:00:00Z") == []
    entry = (await client.get("/api/executions?status=failed")).json()[0]
    assert (entry["status"], entry["workflow_name"], entry["version"]) == ("failed", "Other", 1)
    assert entry["completed_at"]
    assert entry["error"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "cursor=!!!", "cursor=W10", "since=yesterday", f"q={'x' * 201}"]
)
async def test_a_list_that_cannot_be_made(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/executions?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/events"),
        ("POST", "/commands"),
        ("POST", "/fork"),
    ],
)
async def test_an_execution_that_nobody_knows(client: httpx.AsyncClient, method: str, path: str) -> None:
    body = {"/commands": {"type": "pause"}, "/fork": {"at": 1}}.get(path)
    for execution_id in ("unknown", "%00", "%F0%9F%92%A9", "a" * 2_000):
        answer = await client.request(method, f"/api/executions/{execution_id}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text


async def test_going_down_does_not_wait_for_those_who_wait(
    client: httpx.AsyncClient, store: Store, gate: asyncio.Event, server: Any
) -> None:
    workflow = await store("start", "gate")
    waiting = asyncio.create_task(run(client, workflow, wait=3_000, execution_id="long"))
    while not server.state.waits._open:
        await asyncio.sleep(0)
    server.state.waits.end()
    assert (await waiting)["status"] == "running"
    assert (await run(client, workflow, wait=3_000))["status"] == "running"  # from now on nobody waits
    gate.set()
    await state_when(client, "long", "completed")


@pytest.mark.parametrize(
    "command",
    [
        {"type": "answer", "node": "n", "valeu": {"choice": "yes"}},
        {"type": "resume", "bogus": 1},
        {"type": "set_breakpoints", "breakpoints": [{"node": "n", "wehn": "after"}]},
    ],
)
async def test_a_slip_of_the_pen_is_no_command(client: httpx.AsyncClient, command: dict[str, Any]) -> None:
    answer = await client.post("/api/executions/any/commands", json=command)
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")
    assert "Unexpected keyword argument" in answer.json()["detail"]
