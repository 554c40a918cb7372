"""MCP tools where they are used: in workflows, by agents, over HTTP, at the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pointwork.cli.program import main
from pointwork.events import LogWritten, StepStarted
from pointwork.models import Models
from pointwork.server import create_app
from pointwork.testing import FakeModel, FakeModels
from pointwork.wiring import App, opened_mcp
from pointwork.workflow import JsonObject, Workflow
from tests.mcp.stage import POLITE, alive, rude, settings_for


async def approve(settings: Any, *names: str) -> None:
    async with opened_mcp(settings) as servers:
        for name in names:
            connection = await servers.server(name).connected()
            servers.around.approvals.approve(name, list(connection.listing.offers))


@asynccontextmanager
async def opened(data_dir: Path, model: FakeModel | None = None, **servers: JsonObject) -> AsyncIterator[App]:
    """An application with these servers, all approved."""
    settings = settings_for(data_dir, servers)
    await approve(settings, *servers)
    app = App(settings)
    if model is not None:
        app.runtime.resources = {**app.runtime.resources, Models: FakeModels(model)}
    await app.open()
    try:
        yield app
    finally:
        await app.close()


def drawn(node: JsonObject) -> Workflow:
    ends = [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}]
    edges = [{"source": "start", "target": node["id"]}, {"source": node["id"], "target": "end"}]
    return Workflow.load({"name": "Test", "nodes": [*ends, node], "edges": edges})


async def finished(app: App, node: JsonObject, inputs: JsonObject) -> tuple[JsonObject, list[Any]]:
    execution = await app.runtime.start(drawn(node), inputs)
    assert await app.runtime.finished(execution, timeout_s=60)
    records = await app.journal.read(execution)
    return await app.runtime.state(execution, resolve=True), [record.event for record in records]


async def test_tool_node(tmp_path: Path) -> None:
    node = {
        "id": "sum",
        "type": "tool",
        "tool_config": {"tool_name": "polite__add", "arguments": {"a": "{{ x }}", "b": 3}},
    }
    async with opened(tmp_path / "data", polite=POLITE) as app:
        assert app.mcp.describe("polite")["state"] == "idle"  # nothing is started before it is needed
        state, _ = await finished(app, node, {"x": 2})
        assert (state["status"], state["result"]["data"]) == ("completed", {"total": 5})
        assert app.mcp.describe("polite")["state"] == "running"
        pid = app.mcp.server("polite").pid
        assert pid is not None
    assert not alive(pid)


async def test_agent(tmp_path: Path) -> None:
    model = FakeModel([("polite__add", {"a": 2, "b": 3}), ("polite__slowly", {"steps": 2})], "It is 5.")
    node = {"id": "agent", "type": "agent", "agent_config": {"tools": ["polite__add", "polite__slowly"]}}
    async with opened(tmp_path / "data", model, polite=POLITE) as app:
        state, events = await finished(app, node, {"query": "2 + 3?"})
    assert (state["status"], state["result"]) == ("completed", "It is 5.")
    called = [event.name for event in events if isinstance(event, StepStarted) and event.kind == "tool"]
    assert called == ["polite__add", "polite__slowly"]
    assert [event.message for event in events if isinstance(event, LogWritten) and "polite/" in event.message] == [
        "polite/slowly: 1 of 2 step 1",
        "polite/slowly: 2 of 2 step 2",
    ]
    offered = model.requests[0].tools
    assert {tool["function"]["name"] for tool in offered} == {"polite__add", "polite__slowly"}


async def test_agent_asks_a_person_where_the_operator_wants_it(tmp_path: Path) -> None:
    model = FakeModel([("polite__add", {"a": 2, "b": 3})], "It is 5.")
    node = {"id": "agent", "type": "agent", "agent_config": {"tools": ["polite__add"]}}
    async with opened(tmp_path / "data", model, polite={**POLITE, "needs_approval": True}) as app:
        execution = await app.runtime.start(drawn(node), {"query": "2 + 3?"})
        await app.runtime.finished(execution, timeout_s=60)
        assert (await app.runtime.state(execution))["status"] == "waiting"
        assert app.mcp.describe("polite")["state"] == "idle"


async def test_a_server_that_dies_fails_the_node_with_the_reason(tmp_path: Path) -> None:
    node = {"id": "sum", "type": "tool", "tool_config": {"tool_name": "rude__add", "arguments": {"a": 1, "b": 2}}}
    async with opened(tmp_path / "data", rude=rude("die")) as app:
        state, _ = await finished(app, node, {})
    assert state["status"] == "failed"
    assert "It ended with exit code 3. Its last words: I cannot go on" in json.dumps(state)


async def test_no_document_starts_anything(tmp_path: Path) -> None:
    """Whatever a workflow, an import or a request names, nothing but the operator's file is a server."""
    canary = tmp_path / "canary"
    entry = {"command": sys.executable, "args": ["-c", f"open({str(canary)!r}, 'w')"]}
    servers = {"mcpServers": {"evil": entry}, "mcp": [entry], "mcp_servers": {"evil": entry}}
    document = {
        "name": "Import",
        **servers,
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "agent", "type": "agent", "agent_config": {"tools": ["evil__run", "evil/run"]}, **servers},
            {"id": "tool", "type": "tool", "tool_config": {"tool_name": "evil__run", "arguments": servers}},
            {"id": "end", "type": "end"},
        ],
        "edges": [
            {"source": "start", "target": "agent"},
            {"source": "agent", "target": "tool"},
            {"source": "tool", "target": "end"},
        ],
    }
    app = App(settings_for(tmp_path / "data", {}))
    app.runtime.resources = {**app.runtime.resources, Models: FakeModels(FakeModel("Nothing to do."))}
    transport = httpx2.ASGITransport(app=create_app(app))
    await app.open()
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            stored = await client.post("/api/workflows", json=document)
            if stored.status_code < 300:
                ran = await client.post(f"/api/workflows/{stored.json()['id']}/execute", json={"inputs": {}})
                if ran.status_code < 300:
                    await app.runtime.finished(ran.json()["execution_id"], timeout_s=60)
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = await client.request(method, "/api/mcp", json=servers)
                assert answer.status_code == 405
            called = await client.post("/api/tools/evil__run/execute", json={"arguments": servers})
            assert called.status_code == 404
            assert (await client.get("/api/mcp")).json() == []
    finally:
        await app.close()
    assert not canary.exists()


async def test_routes_tell_and_start_nothing(tmp_path: Path) -> None:
    entry = {**POLITE, "env": {"TOKEN": "in-plain-text"}, "args": [*POLITE["args"], "--key=also-plain"]}
    settings = settings_for(tmp_path / "data", {"polite": entry, "other": rude("asks")})
    await approve(settings, "polite")
    app = App(settings)
    await app.open()
    try:
        transport = httpx2.ASGITransport(app=create_app(app))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            polite, other = (await client.get("/api/mcp")).json()
            assert (polite["name"], polite["state"], polite["transport"]) == ("polite", "idle", "stdio")
            assert polite["confinement"] == "landlock+seccomp when it is started, no network, at most 2,048 MiB"
            assert [tool["title"] for tool in polite["tools"]][:2] == ["polite/add", "polite/echo"]
            assert other["tools"] == []
            assert (await client.get("/api/mcp/polite")).json() == polite
            assert (await client.get("/api/mcp/nobody")).status_code == 404
            [tool] = [one for one in (await client.get("/api/tools")).json() if one["name"] == "polite__add"]
            assert (tool["title"], tool["side_effects"], tool["idempotent"]) == ("polite/add", True, False)
            problems = (await client.get("/health")).json()["problems"]
            assert [one["message"] for one in problems] == ["No tool of the MCP server 'other' was approved yet."]
            everything = (await client.get("/api/mcp")).text + (await client.get("/health")).text
            assert "in-plain-text" not in everything
            assert "also-plain" not in everything
    finally:
        await app.close()


async def test_what_is_approved_while_the_server_runs_is_there_at_once(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", {"polite": POLITE})
    app = App(settings)
    await app.open()
    try:
        assert "polite__add" not in app.tools
        await approve(settings, "polite")  # as `pointwork mcp approve` does, in another process
        assert "polite__add" in app.tools
    finally:
        await app.close()


async def test_a_configuration_that_others_may_write_starts_a_server_without_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", {"polite": POLITE})
    assert settings.mcp_config is not None
    settings.mcp_config.chmod(0o666)
    app = App(settings)
    await app.open()
    try:
        assert app.mcp.servers == {}
        [problem] = app.mcp.problems
        assert "others may write to it" in problem.message
    finally:
        await app.close()


# -- the command line --------------------------------------------------------------------------------------------------


@contextmanager
def at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **servers: JsonObject) -> Iterator[Path]:
    data_dir = tmp_path / "data"
    settings_for(data_dir, servers)
    monkeypatch.setenv("POINTWORK_DATA_DIR", str(data_dir))
    monkeypatch.delenv("POINTWORK_MCP_CONFIG", raising=False)
    yield data_dir


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with at_the_command_line(tmp_path, monkeypatch, polite=POLITE) as data_dir:
        assert main(["mcp", "list"]) == 0
        assert capsys.readouterr().out == "polite            stdio  nothing approved yet\n"
        assert main(["mcp", "test", "polite"]) == 1  # nothing is approved
        assert "new       add" in capsys.readouterr().out
        assert main(["mcp", "approve", "polite"]) == 2  # nobody is there to be asked
        assert not (data_dir / "mcp-approved.json").exists()
        assert "Nothing was changed." in capsys.readouterr().out
        assert main(["mcp", "approve", "polite", "--tool", "add", "--tool", "echo", "--yes"]) == 0
        out = capsys.readouterr().out
        assert "it says of itself: {'readOnlyHint': True}" in out
        assert '"title": "A"' in out  # models read the whole schema, so who agrees to it sees it too
        assert "Approved: 2 tools of polite." in out
        assert main(["mcp", "show", "polite"]) == 0
        out = capsys.readouterr().out
        assert "polite__add" in out
        assert "polite__wait" not in out
        assert main(["tools", "call", "polite__add", "a=2", "b=3"]) == 0
        assert json.loads(capsys.readouterr().out)["data"] == {"total": 5}
        assert main(["tools", "list"]) == 0
        assert "polite__echo" in capsys.readouterr().out
        assert main(["mcp", "approve", "polite", "--yes"]) == 0
        capsys.readouterr()
        assert main(["mcp", "test", "polite"]) == 0  # everything is as it was approved
        assert main(["mcp", "list", "--json"]) == 0
        assert "polite" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mcp", "show", "polit"], "Did you mean 'polite'?"),
        (["mcp", "approve", "polite", "--tool", "nothing", "--yes"], "offers no tool 'nothing' that can be used"),
        (["mcp", "login", "polite"], "there is nothing to sign in to"),
        (["mcp", "test", "gone"], "The program 'no-such-program' is not there"),
    ],
)
def test_commands_that_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    with at_the_command_line(tmp_path, monkeypatch, polite=POLITE, gone={"command": "no-such-program"}):
        assert main(words) == 2
        assert says in capsys.readouterr().err


def test_doctor_says_how_servers_are_kept_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    free = {**rude("asks"), "confine": False}
    with at_the_command_line(tmp_path, monkeypatch, rude=rude("asks"), free=free):
        for name in ("rude", "free"):
            assert main(["mcp", "approve", name, "--yes"]) == 0
        capsys.readouterr()
        main(["doctor", "--json"])
        found = [one["text"] for one in json.loads(capsys.readouterr().out) if one["name"] == "mcp"]
        assert found == [
            "rude: 1 tool approved; kept in by: landlock+seccomp when it is started, no network, at most 2,048 MiB",
            "free: 1 tool approved; kept in by: none: the configuration says so",
        ]


def test_words_of_a_server_give_a_terminal_no_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with at_the_command_line(tmp_path, monkeypatch, rude=rude("rugpull")) as data_dir:
        folder = data_dir / "mcp" / "rude"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "description").write_text("Add.\x1b]0;title\x07\x1b[2J")
        assert main(["mcp", "approve", "rude", "--yes"]) == 0
        assert main(["mcp", "show", "rude"]) == 0
        assert "\x1b" not in capsys.readouterr().out


def test_without_the_library_the_error_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("pointwork.tools.mcp.connection")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    for name in [name for name in sys.modules if name.startswith("mcp.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with at_the_command_line(tmp_path, monkeypatch, polite=POLITE):
        assert main(["mcp", "test", "polite"]) == 2
        assert "pip install 'pointwork[mcp]'" in capsys.readouterr().err
