"""Files that come and go: uploads, what a run reads and writes, what is left when it is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from pointwork.server.guard import MAX_UPLOAD_BYTES

READ = {"tool_name": "file_reader", "arguments": {"file_path": "{{ inputs.report.name }}"}}
WRITE = {
    "tool_name": "file_writer",
    "arguments": {"file_path": "out/answer.html", "content": "<script>alert(1)</script>"},
}


def reading_and_writing() -> dict[str, Any]:
    nodes = [
        {"id": "start", "type": "start"},
        {"id": "read", "type": "tool", "tool_config": READ},
        {"id": "write", "type": "tool", "tool_config": WRITE},
        {"id": "end", "type": "end", "inputs": [{"name": "content", "source_node": "read", "source_field": "content"}]},
    ]
    names = [node["id"] for node in nodes]
    edges = [{"source": one, "target": other} for one, other in pairwise(names)]
    return {"name": "Files", "nodes": nodes, "edges": edges}


@pytest.fixture
async def workflow_id(client: httpx.AsyncClient) -> str:
    return (await client.post("/api/workflows", json=reading_and_writing())).json()["id"]


async def upload(client: httpx.AsyncClient, name: str = "report.txt", content: bytes = b"all is well") -> Any:
    answer = await client.post("/api/files", params={"name": name}, content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_run_reads_what_was_uploaded_and_leaves_what_it_wrote(
    client: httpx.AsyncClient, workflow_id: str, tmp_path: Path
) -> None:
    given = await upload(client)
    assert given == {"$file": given["$file"], "name": "report.txt", "bytes": 11}
    run = (
        await client.post(f"/api/workflows/{workflow_id}/execute?wait=30", json={"inputs": {"report": given}})
    ).json()
    assert run["status"] == "completed", run
    assert run["result"]["content"] == "all is well"
    files = f"/api/executions/{run['execution_id']}/files"
    listed = (await client.get(files)).json()
    assert [(file["name"], file["bytes"]) for file in listed] == [("out/answer.html", 25), ("report.txt", 11)]
    got = await client.get(f"{files}/out/answer.html")
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''answer.html"
    assert got.headers["x-content-type-options"] == "nosniff"

    seq = (await client.get(f"/api/executions/{run['execution_id']}/events")).json()[-1]["seq"]
    fork = (await client.post(f"/api/executions/{run['execution_id']}/fork", json={"at": seq - 1})).json()
    assert len((await client.get(f"/api/executions/{fork['execution_id']}/files")).json()) == 2

    assert (await client.delete(f"/api/executions/{run['execution_id']}")).status_code == 204
    assert (await client.get(files)).status_code == 404
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [fork["execution_id"]]
    assert (await client.delete(f"/api/files/{given['$file']}")).status_code == 204
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_files_of_one_name_do_not_hide_each_other(client: httpx.AsyncClient, store: Callable[..., Any]) -> None:
    workflow = await store("start", "end")
    one, two = await upload(client, content=b"1"), await upload(client, content=b"22")
    inputs = {"files": [one, {"$file": two["$file"]}, one]}
    run = (await client.post(f"/api/workflows/{workflow}/execute?wait=30", json={"inputs": inputs})).json()
    assert run["result"]["files"] == [one, {**two, "name": "report-2.txt"}, one]
    listed = (await client.get(f"/api/executions/{run['execution_id']}/files")).json()
    assert [(file["name"], file["bytes"]) for file in listed] == [("report-2.txt", 2), ("report.txt", 1)]


@pytest.mark.parametrize("file_id", ["0" * 32, "../../pointwork.db", "", "x", "..", "%2e%2e"])
async def test_a_file_that_is_not_there_starts_nothing(
    file_id: str, client: httpx.AsyncClient, store: Callable[..., Any]
) -> None:
    workflow = await store("start", "end")
    body = {"inputs": {"a": {"$file": file_id}}, "execution_id": "mine"}
    assert (await client.post(f"/api/workflows/{workflow}/execute", json=body)).status_code == 404
    assert (await client.get("/api/executions/mine")).status_code == 404
    assert (await client.delete(f"/api/files/{file_id or 'x'}")).status_code in (404, 405)


async def test_a_run_that_is_there_already_gets_no_files(client: httpx.AsyncClient, store: Callable[..., Any]) -> None:
    workflow = await store("start", "end")
    path = f"/api/workflows/{workflow}/execute?wait=30"
    assert (await client.post(path, json={"execution_id": "mine"})).status_code == 200
    body = {"inputs": {"a": await upload(client)}, "execution_id": "mine"}
    assert (await client.post(path, json=body)).status_code == 409
    assert (await client.get("/api/executions/mine/files")).json() == []


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".env", "~x", "a\x00", "..", "x" * 256, "", "a\u202eb"])
async def test_no_name_of_an_upload_leads_anywhere(name: str, client: httpx.AsyncClient, tmp_path: Path) -> None:
    answer = await client.post("/api/files", params={"name": name}, content=b"x")
    assert answer.status_code == 422, answer.text
    assert not (tmp_path / "uploads").exists()


async def test_size_of_an_upload_is_limited(client: httpx.AsyncClient, tmp_path: Path) -> None:
    assert (await upload(client, content=bytes(MAX_UPLOAD_BYTES)))["bytes"] == MAX_UPLOAD_BYTES
    for too_much in (bytes(MAX_UPLOAD_BYTES + 1), pieces(MAX_UPLOAD_BYTES + 1)):
        answer = await client.post("/api/files?name=big", content=too_much)  # type: ignore[arg-type]
        assert answer.status_code == 413
    assert len(list((tmp_path / "uploads").iterdir())) == 2


async def pieces(size: int) -> Any:
    while size > 0:
        yield bytes(min(size, 1 << 20))
        size -= 1 << 20


@pytest.mark.parametrize(
    "name",
    ["../../pointwork.db", "..%2f..%2fpointwork.db", "%2Fetc%2Fpasswd", ".env", "missing.txt", "link.txt", "a%00"],
)
async def test_only_files_of_the_workspace_are_handed_out(
    name: str, client: httpx.AsyncClient, store: Callable[..., Any], tmp_path: Path
) -> None:
    workflow = await store("start", "end")
    await client.post(f"/api/workflows/{workflow}/execute?wait=30", json={"execution_id": "mine"})
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    (folder / ".env").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "pointwork.db")
    answer = await client.get(f"/api/executions/mine/files/{name}")
    assert answer.status_code == 404


async def test_tools_that_are_tried_out_have_a_folder_of_their_own(client: httpx.AsyncClient, tmp_path: Path) -> None:
    async def call(name: str, **arguments: Any) -> Any:
        return (await client.post(f"/api/tools/{name}/execute", json={"arguments": arguments})).json()

    assert await call("file_writer", file_path="a.txt", content="x") == {"file_path": "a.txt", "bytes_written": 1}
    assert (await call("file_reader", file_path="a.txt"))["content"] == "x"
    assert (tmp_path / "tryouts" / "a.txt").exists()
    assert "error" in await call("file_reader", file_path="pyproject.toml")
    answer = await client.get("/api/tryouts/a.txt")
    assert (answer.text, answer.headers["content-type"]) == ("x", "application/octet-stream")
    assert answer.headers["content-disposition"].startswith("attachment")
    for name in ("none.txt", "..%2Fpointwork.db"):
        assert (await client.get(f"/api/tryouts/{name}")).status_code == 404


async def test_who_tries_a_tool_sees_what_a_model_would(client: httpx.AsyncClient) -> None:
    async def attempt(name: str, **arguments: Any) -> Any:
        answer = await client.post(f"/api/tools/{name}/try", json={"arguments": arguments})
        assert answer.status_code == 200
        return answer.json()

    found = await attempt("file_writer", file_path="ä.txt", content="x")
    assert found["result"] == {"file_path": "ä.txt", "bytes_written": 1}
    assert found["told"] == '{"file_path": "ä.txt", "bytes_written": 1}'
    assert (found["failed"], found["told_bytes"]) == (False, len(found["told"].encode()))
    assert 0 <= found["duration_ms"] < 30_000
    failed = await attempt("calculator", expression="1/0")
    assert failed["failed"]
    assert "division by zero" in failed["told"]
    refused = await client.post("/api/tools/calculator/try", json={"arguments": {}})
    assert refused.status_code == 422
