"""Workflows over HTTP: stored as they were sent, every save a version, nobody overwrites anybody unknowingly."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.workshop import chain

DOCUMENT: dict[str, Any] = {
    "name": "Greeting",
    "description": None,
    "version": "2.1",
    "nodes": [{"id": "start", "type": "start", "x-colour": "green"}, {"id": "end", "type": "end"}],
    "edges": [{"source": "start", "target": "end"}],
    "from the future": {"a": [1]},
}
ADDED = {"id", "version_id", "version_number", "draft", "created_at", "updated_at"}


async def create(client: httpx.AsyncClient, document: Any = DOCUMENT) -> dict[str, Any]:
    answer = await client.post("/api/workflows", json=document)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_document_comes_back_as_it_was_sent(client: httpx.AsyncClient) -> None:
    created = await create(client)
    assert {key: value for key, value in created.items() if key not in ADDED} == DOCUMENT
    assert (created["version_number"], created["draft"]) == (1, False)
    answer = await client.get(f"/api/workflows/{created['id']}")
    assert answer.json() == created
    assert (await client.get("/api/workflows")).json() == [
        {
            "id": created["id"],
            "name": "Greeting",
            "description": None,
            "version": "2.1",
            "version_id": created["version_id"],
            "version_number": 1,
            "draft": False,
            "node_count": 2,
            "created_at": created["created_at"],
            "updated_at": created["updated_at"],
        }
    ]


async def test_an_id_of_ones_own(client: httpx.AsyncClient) -> None:
    assert (await create(client, {**DOCUMENT, "id": "mine"}))["id"] == "mine"
    again = await client.post("/api/workflows", json={**DOCUMENT, "id": "mine"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("wanted", ["größe 1", "💡", "a%2Fb", "?x=1#y", "-"])
async def test_any_id_that_fits_into_an_address(client: httpx.AsyncClient, wanted: str) -> None:
    answer = await client.post("/api/workflows", json={**DOCUMENT, "id": wanted})
    assert answer.status_code == 201
    assert (await client.get(answer.headers["location"])).json()["id"] == wanted


@pytest.mark.parametrize("wanted", ["a/b", "..", ".", "a\nb", "a\u0000", "x" * 201])
async def test_an_id_that_does_not(client: httpx.AsyncClient, wanted: str) -> None:
    answer = await client.post("/api/workflows", json={**DOCUMENT, "id": wanted})
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")


async def test_every_save_is_a_version(client: httpx.AsyncClient) -> None:
    first = await create(client)
    url = f"/api/workflows/{first['id']}"
    # What was read is changed and sent back, with all that the server added to it.
    second = (await client.put(url, json={**first, "name": "Second"})).json()
    assert (second["version_number"], second["name"]) == (2, "Second")
    same = (await client.put(url, json=second)).json()
    assert same == second
    third = await client.patch(url, json=[{"op": "replace", "path": "/nodes/0/id", "value": "begin"}])
    assert third.status_code == 200, third.text
    assert third.json()["nodes"][0]["id"] == "begin"
    assert [one["version_number"] for one in (await client.get(f"{url}/versions")).json()] == [3, 2, 1]
    assert (await client.get(f"{url}/versions/1")).json()["name"] == "Greeting"
    restored = (await client.post(f"{url}/versions/1/restore")).json()
    assert (restored["version_number"], restored["name"]) == (4, "Greeting")
    assert (await client.get(f"{url}/versions/9")).status_code == 404


async def test_a_draft_is_replaced(client: httpx.AsyncClient) -> None:
    created = await create(client)
    url = f"/api/workflows/{created['id']}"
    for name in ("a", "b"):
        draft = (await client.put(f"{url}?draft=true", json={**DOCUMENT, "name": name})).json()
        assert (draft["version_number"], draft["draft"], draft["name"]) == (2, True, name)
    saved = (await client.put(url, json={**DOCUMENT, "name": "c"})).json()
    assert (saved["version_number"], saved["draft"]) == (2, False)


@pytest.mark.parametrize("how", ["in the document", "in the address", "patch"])
async def test_nobody_is_overwritten_unknowingly(client: httpx.AsyncClient, how: str) -> None:
    first = await create(client)
    url = f"/api/workflows/{first['id']}"
    theirs = (await client.put(url, json={**first, "name": "Theirs"})).json()
    stale = first["version_id"]
    if how == "in the document":
        answer = await client.put(url, json={**first, "name": "Ours"})
    elif how == "in the address":
        answer = await client.put(f"{url}?version_id={stale}", json={**DOCUMENT, "name": "Ours"})
    else:
        patch = [{"op": "replace", "path": "/name", "value": "Ours"}]
        answer = await client.patch(f"{url}?version_id={stale}", json=patch)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert answer.json()["current"] == theirs  # with which to compare
    assert "version_id" in answer.json()["hint"]
    assert (await client.get(url)).json() == theirs
    # Without one the last write wins.
    assert (await client.put(url, json={**DOCUMENT, "name": "Ours"})).json()["name"] == "Ours"


async def test_a_list_in_pages(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await create(client, {**DOCUMENT, "name": f"Flow {number}"})
    names: list[str] = []
    url: str | None = "/api/workflows?limit=2&q=flow"
    while url:
        answer = await client.get(url)
        names += [one["name"] for one in answer.json()]
        url = answer.links.get("next", {}).get("url")
    assert names == [f"Flow {number}" for number in (4, 3, 2, 1, 0)]
    assert (await client.get("/api/workflows?q=nothing")).json() == []


async def test_versions_in_pages(client: httpx.AsyncClient) -> None:
    created = await create(client)
    for number in range(4):
        await client.put(f"/api/workflows/{created['id']}", json={**DOCUMENT, "name": f"{number}"})
    first = await client.get(f"/api/workflows/{created['id']}/versions?limit=3")
    second = await client.get(first.links["next"]["url"])
    assert [one["version_number"] for one in (*first.json(), *second.json())] == [5, 4, 3, 2, 1]
    assert "next" not in second.links


async def test_forgetting_a_workflow(client: httpx.AsyncClient) -> None:
    created = await create(client)
    url = f"/api/workflows/{created['id']}"
    assert (await client.delete(url)).status_code == 204
    for answer in (await client.get(url), await client.delete(url), await client.post(f"{url}/execute", json={})):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_is_wrong_with_a_document(client: httpx.AsyncClient) -> None:
    half_drawn = chain("start", "end")
    half_drawn["edges"].append({"source": "start", "target": "nowhere"})
    half_drawn["nodes"].append({"id": "odd", "type": "no such type"})
    stored = await create(client, half_drawn)  # may be kept nevertheless
    listed = (await client.get(f"/api/workflows/{stored['id']}/problems")).json()
    assert {"severity", "code", "node", "field", "message", "hint", "fixes"} <= set(listed[0])
    assert {one["node"] for one in listed} >= {"odd"}
    assert (await client.post("/api/workflows/validate", json=half_drawn)).json() == listed
    assert (await client.post("/api/workflows/validate", json=chain("start", "end"))).json() == []
    misshapen = (await client.post("/api/workflows/validate", json={"nodes": [{"id": "a"}]})).json()
    assert [(one["code"], one["node"], one["field"]) for one in misshapen] == [("E-SHAPE", "a", "nodes.0.type")]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"nodes": [{"id": "a", "type": 5}]}, "nodes.0.type"),
        ({"nodes": "none"}, "nodes"),
        ({"name": "x" * 1_000_000}, "name"),
        ({"nodes": [{"id": f"n{number}", "type": "end"} for number in range(10_001)]}, "nodes"),
        ({"id": 7}, "id"),
    ],
)
async def test_a_document_without_the_shape_of_one_is_refused(
    client: httpx.AsyncClient, document: Any, field: str
) -> None:
    answer = await client.post("/api/workflows", json=document)
    assert (answer.status_code, answer.json()["code"]) == (422, "definition")
    assert field in {one["field"] for one in answer.json()["problems"]}
    assert len(answer.content) < 10_000  # what was sent is not sent back


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
async def test_a_document_is_an_object(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post("/api/workflows", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unacceptable")


async def test_a_large_drawing_is_kept(client: httpx.AsyncClient) -> None:
    document = {"nodes": [{"id": f"n{number}", "type": "end"} for number in range(10_000)]}
    assert (await create(client, document))["version_number"] == 1


@pytest.mark.parametrize(
    ("patch", "status"),
    [
        ([{"op": "replace", "path": "/nodes", "value": 5}], 422),  # no longer a document
        ([{"op": "replace", "path": "/nothing/here", "value": 5}], 409),
        ([{"op": "test", "path": "/name", "value": "Other"}], 409),
        ([{"op": "explode", "path": "/name"}], 422),
        ([5], 422),
        ([{"op": "replace", "path": "", "value": 5}], 422),
        ({"name": "New"}, 422),
    ],
)
async def test_a_patch_that_does_not_fit(client: httpx.AsyncClient, patch: Any, status: int) -> None:
    created = await create(client)
    answer = await client.patch(f"/api/workflows/{created['id']}", json=patch)
    assert answer.status_code == status, answer.text
    assert (await client.get(f"/api/workflows/{created['id']}")).json() == created
