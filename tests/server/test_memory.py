"""The routes of memory, in the order in which somebody would use them; no agent's id opens another's memory."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from pointwork.wiring import App

ODD = "work flow/nöde 😀%2F/facts"


async def add(client: httpx.AsyncClient, fact: str, agent: str = "a", **more: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/memory/{quote(agent, safe='')}/facts", json={"fact": fact, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_fact_is_added_found_changed_and_forgotten(client: httpx.AsyncClient) -> None:
    kept = await add(client, "Python was created by Guido van Rossum", metadata={"topic": "python"})
    assert (kept["content"], kept["kind"], kept["metadata"]) == (
        "Python was created by Guido van Rossum", "fact", {"topic": "python"},
    )  # fmt: skip
    assert (await add(client, "python was created by guido van rossum"))["id"] == kept["id"]
    found = await client.post("/api/memory/a/recall", json={"query": "Who created Python?", "n_results": 3})
    [hit] = found.json()
    assert hit.keys() == {"id", "content", "score", "why", "kind", "created_at", "metadata"}
    assert (hit["id"], hit["content"]) == (kept["id"], kept["content"])
    assert hit["score"] > 0.3
    assert "words" in hit["why"] or "meaning" in hit["why"]
    changed = await client.put(f"/api/memory/a/facts/{kept['id']}", json={"fact": "Python is by Guido"})
    assert changed.json()["supersedes"] == kept["id"]
    history = (await client.get(f"/api/memory/a/facts/{changed.json()['id']}")).json()
    assert [one["content"] for one in history] == ["Python is by Guido", "Python was created by Guido van Rossum"]
    gone = await client.delete(f"/api/memory/a/facts/{changed.json()['id']}", params={"by": "me", "reason": "wrong"})
    assert gone.status_code == 204
    assert (await client.get("/api/memory/a/facts")).json() == []
    [line] = (await client.get("/api/memory/a/audit")).json()
    assert line.keys() == {"at", "action", "memory_id", "by", "reason"}
    assert (line["action"], line["by"], line["reason"]) == ("forget", "me", "wrong")


async def test_everything_that_is_remembered_is_listed(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await add(client, f"Fact {number}", ODD)
    status = (await client.get("/api/memory")).json()
    assert status["agents"][0].keys() == {"agent_id", "memories", "facts", "turns", "latest_at"}
    assert [(one["agent_id"], one["facts"]) for one in status["agents"]] == [(ODD, 5)]
    path = f"/api/memory/{quote(ODD, safe='')}/facts"
    first = (await client.get(path, params={"limit": 3})).json()
    rest = (await client.get(path, params={"before": first[-1]["id"]})).json()
    assert [one["content"] for one in first + rest] == [f"Fact {number}" for number in (4, 3, 2, 1, 0)]
    assert [one["content"] for one in (await client.get(path, params={"query": "FACT 3"})).json()] == ["Fact 3"]


async def test_an_id_counts_only_under_the_agent_whose_it_is(client: httpx.AsyncClient) -> None:
    id = (await add(client, "A secret of a", "a"))["id"]
    await add(client, "Something of a/b", "a/b")
    for method, more in (("GET", {}), ("DELETE", {}), ("PUT", {"json": {"fact": "mine"}})):
        answer = await client.request(method, f"/api/memory/b/facts/{id}", **more)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    for agent in ("b", "a/b"):
        for question in ("A secret of a", id):
            body = {"query": question, "n_results": 1_000_000, "min_score": 0}
            found = await client.post(f"/api/memory/{quote(agent, safe='')}/recall", json=body)
            assert "A secret of a" not in [one["content"] for one in found.json()]
    assert len((await client.get("/api/memory/a/facts")).json()) == 1


async def test_what_is_for_one_user_is_not_recalled_for_another(client: httpx.AsyncClient) -> None:
    await add(client, "Ann's code is 4711", user_id="ann")
    for user, expected in (("ann", 1), ("bob", 0), ("", 0)):
        found = await client.post("/api/memory/a/recall", json={"query": "the code 4711", "user_id": user})
        assert len(found.json()) == expected, user


async def test_export_and_import_carry_everything_and_twice_is_once(client: httpx.AsyncClient, app: Any) -> None:
    await add(client, "One")
    await add(client, "Two", "b", user_id="ann")
    from pointwork.memory import Scope

    app.memory.service.said(Scope(agent_id="a"), "Hello", "Hi", lasting=True)
    lines = (await client.get("/api/memory/export")).text
    assert [next(iter(json.loads(line))) for line in lines.splitlines()] == [
        "format", "memory", "memory", "memory", "turn",
    ]  # fmt: skip
    for agent in ("a", "b"):
        assert (await client.delete(f"/api/memory/{agent}")).status_code == 204
    assert (await client.get("/api/memory")).json()["agents"] == []
    assert (await client.post("/api/memory/import", content=lines)).json() == {"memories": 3, "turns": 1}
    assert (await client.post("/api/memory/import", content=lines)).json() == {"memories": 0, "turns": 0}
    assert (await client.get("/api/memory/export")).text == lines
    assert "Two" not in (await client.get("/api/memory/export", params={"agent_id": "a"})).text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"no json", "Line 2 is not JSON"),
        (b'{"thing": {}}', "Line 2 is no memory"),
        (b'{"memory": {"agent_id": "a", "text": ""}}', "Line 2: A memory is empty"),
        (b'{"memory": {"agent_id": "", "text": "x"}}', "Line 2: agent_id is empty"),
        (b'{"memory": {"agent_id": "a", "text": "x", "odd": 1}}', "Line 2: It has fields that nobody knows: odd"),
        (b'{"memory": {"agent_id": "a", "text": "x", "kind": "odd"}}', "Line 2: 'odd' is no kind"),
        (b'{"memory": {"agent_id": "a", "text": "x", "importance": "high"}}', "Line 2: importance is a number"),
        (b'{"memory": {"agent_id": "a", "text": "x", "created_at_us": 1e99}}', "Line 2: created_at_us is a whole"),
        (b'{"memory": {"agent_id": "a", "text": "x", "metadata": []}}', "Line 2: metadata is an object"),
        (b'{"turn": {"agent_id": "a", "user_message": 5}}', "Line 2: user_message is text"),
    ],
)
async def test_a_file_with_a_fault_is_not_read_at_all(client: httpx.AsyncClient, line: bytes, why: str) -> None:
    head = b'{"format": "pointwork-memory", "version": 1}\n'
    good = b'\n{"memory": {"agent_id": "a", "text": "good"}}'
    answer = await client.post("/api/memory/import", content=head + line + good)
    assert answer.status_code in (400, 422), answer.text
    assert why in answer.json()["detail"]
    assert (await client.get("/api/memory")).json()["agents"] == []
    for wrong in (b"", b'{"format": "pointwork-memory", "version": 2}'):
        assert (await client.post("/api/memory/import", content=wrong)).status_code in (400, 422)


async def test_the_conversation_is_shown_and_cleared(client: httpx.AsyncClient, app: Any) -> None:
    from pointwork.memory import Scope

    app.memory.service.said(Scope(agent_id=ODD, user_id="ann"), "Hello", "Hi", lasting=True)
    path = f"/api/memory/{quote(ODD, safe='')}/conversation"
    [turn] = (await client.get(path)).json()
    assert (turn["user_id"], turn["user_message"], turn["assistant_message"]) == ("ann", "Hello", "Hi")
    assert (await client.get(path, params={"after": turn["seq"]})).json() == []
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).json() == []
    assert (await client.get("/api/memory")).json()["agents"][0]["memories"] == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"fact": ""}, {"fact": " \n"}, {"fact": 5}, {"fact": "x", "importance": 2}, {"fact": "x", "metadata": []},
     {"fact": "x", "odd": 1}, {"fact": "x" * ((1 << 20) + 1)}, {"fact": "x", "user_id": "u" * 1_001}],
)  # fmt: skip
async def test_facts_that_cannot_be_stored_are_refused_with_the_reason(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post("/api/memory/a/facts", json=body)
    assert answer.status_code in (400, 413, 422)
    assert answer.json()["detail"] or answer.json()["errors"]


@pytest.mark.parametrize("n", [0, -1, 1_000_000])
@pytest.mark.parametrize("query", ["", "  ", "nothing like it", "x" * 100_000, "\x00", "'; DROP TABLE memories"])
async def test_any_question_has_an_answer(client: httpx.AsyncClient, query: str, n: int) -> None:
    await add(client, "Trains run on rails")
    answer = await client.post("/api/memory/a/recall", json={"query": query, "n_results": n})
    assert answer.status_code == 200, answer.text
    assert answer.json() == []


async def test_health_says_by_what_memories_are_found(client: httpx.AsyncClient, app: Any) -> None:
    found = (await client.get("/health")).json()
    assert found["embedder"] == app.memory.chosen.embedder.name
    warnings = [problem["code"] for problem in found["problems"]]
    assert ("W-EMBEDDER" in warnings) == bool(app.memory.chosen.warning)


async def test_finding_by_words_alone_is_said_everywhere(tmp_path: Any) -> None:
    from pointwork.server import create_app
    from pointwork.settings import Settings
    from pointwork.wiring import App

    app = App(Settings(data_dir=tmp_path, database=tmp_path / "p.db", embedder="lexical"))
    server = create_app(app)
    async with (
        server.router.lifespan_context(server),
        httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1:8000") as client,
    ):
        problems = (await client.get("/health")).json()["problems"]
        assert "W-EMBEDDER" in [problem["code"] for problem in problems]
        assert "words" in (await client.get("/api/memory")).json()["warning"]


async def test_what_is_forgotten_is_in_no_answer_that_is_kept(client: httpx.AsyncClient, app: App) -> None:
    key = {"idempotency-key": "once"}
    first = await client.post("/api/memory/a/facts", json={"fact": "The canary-0815 sings"}, headers=key)
    again = await client.post("/api/memory/a/facts", json={"fact": "The canary-0815 sings"}, headers=key)
    assert first.json()["id"] == again.json()["id"]
    await client.delete(f"/api/memory/a/facts/{first.json()['id']}")
    for file in app.memory.store.path.parent.glob("*.db*"):
        assert b"canary-0815" not in file.read_bytes(), file.name


async def test_a_file_larger_than_other_bodies_is_read(client: httpx.AsyncClient) -> None:
    lines = [b'{"format": "pointwork-memory", "version": 1}']
    lines += [b'{"memory": {"agent_id": "big", "text": "%d %s"}}' % (number, b"x" * 200_000) for number in range(15)]
    answer = await client.post("/api/memory/import", content=b"\n".join(lines))
    assert answer.json() == {"memories": 15, "turns": 0}


async def test_editing_an_older_version_replaces_what_holds_now(client: httpx.AsyncClient) -> None:
    url = "/api/memory/a/facts"
    first = (await client.post(url, json={"fact": "Rome", "workflow_id": "w"})).json()
    await client.put(f"{url}/{first['id']}", json={"fact": "Oslo"})
    edited = (await client.put(f"{url}/{first['id']}", json={"fact": "Bonn"})).json()
    assert [one["content"] for one in (await client.get(url)).json()] == ["Bonn"]
    assert edited["workflow_id"] == "w"


@pytest.mark.parametrize("name", ["user_id", "session_id", "workflow_id"])
async def test_half_a_character_is_nobodys_name(client: httpx.AsyncClient, name: str) -> None:
    half = b'{"fact": "x", "query": "x", "%s": "\\ud800"}' % name.encode()
    for body, path in (
        (half.replace(b'"query": "x", ', b""), "facts"),
        (half.replace(b'"fact": "x", ', b""), "recall"),
    ):
        answer = await client.post(f"/api/memory/a/{path}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
