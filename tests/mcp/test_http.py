"""Servers behind a URL: through the guard, with sessions, over broken streams, signed in where they want it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from pointwork.errors import ConfigurationError, PointworkError, ToolError
from pointwork.wiring import opened_mcp
from tests.mcp.remote import Door, Remote, at, behind, with_sessions
from tests.mcp.stage import Stage, settings_for, staged


async def test_calls_in_one_session_through_the_guard(tmp_path: Path) -> None:
    async with at(with_sessions) as remote:
        async with staged(tmp_path / "data", far={"url": remote.url, "headers": {"X-Team": "blue"}}) as stage:
            told = await asyncio.gather(*(stage.call("far__echo", text=str(number)) for number in range(10)))
            assert [one["text"] for one in told] == [str(number) for number in range(10)]
            assert (await stage.call("far__add", a=1, b=2))["data"] == {"total": 3}
            assert stage.servers.describe("far")["confinement"].startswith("remote; reached through the guard")
        sessions = {headers.get("mcp-session-id") for method, _, headers in remote.seen}
        assert len(sessions - {None}) == 1
        assert all(headers["x-team"] == "blue" for _, _, headers in remote.seen)
        assert remote.count("DELETE", "/mcp") == 1  # the session was ended


async def test_a_stream_that_breaks_is_taken_up_again(tmp_path: Path) -> None:
    async with at(with_sessions) as remote, staged(tmp_path / "data", far={"url": remote.url}) as stage:
        assert (await stage.call("far__interrupted"))["text"] == "told after all"
        assert [headers for method, _, headers in remote.seen if "last-event-id" in headers]


async def test_answers_as_plain_json(tmp_path: Path) -> None:
    async with (
        at(lambda origin: with_sessions(origin, json_response=True)) as remote,
        staged(tmp_path / "data", far={"url": remote.url}) as stage,
    ):
        assert (await stage.call("far__echo", text="plain"))["text"] == "plain"


async def test_a_session_that_the_server_forgot_is_opened_again(tmp_path: Path) -> None:
    async with at(with_sessions) as remote:
        port = int(remote.origin.rpartition(":")[2])
        manager = staged(tmp_path / "data", far={"url": remote.url})
        stage = await manager.__aenter__()
        assert (await stage.call("far__echo", text="one"))["text"] == "one"
    async with at(with_sessions, port=port):  # another process at the same address
        assert (await stage.call("far__echo", text="two"))["text"] == "two"
        await manager.__aexit__(None, None, None)


async def test_a_server_that_is_gone_is_an_error_and_then_a_pause(tmp_path: Path) -> None:
    async with at(with_sessions) as remote:
        manager = staged(tmp_path / "data", far={"url": remote.url})
        stage = await manager.__aenter__()
    first = await stage.call("far__echo", text="x")
    assert first["error"].startswith("The MCP server 'far': ")
    for _ in range(3):
        last = await stage.call("far__echo", text="x")
    assert "is not started again for" in last["error"]
    await manager.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        # written as this machine: the operator's own word, so it is dialled (and nobody is there)
        ("http://127.0.0.1:9/mcp", "does not answer on port 9"),
        # looks public: no exception for that
        ("https://example.org:8765/mcp", "its port is 8765"),
    ],
)
async def test_what_may_be_reached(tmp_path: Path, url: str, why: str) -> None:
    async with staged(tmp_path / "data", approve=False, far={"url": url}) as stage:
        with pytest.raises(PointworkError) as refused:
            await stage.servers.server("far").connected()
        assert why in str(refused.value)


async def test_a_redirect_to_another_server_is_not_followed(tmp_path: Path) -> None:
    async def away(request: Request) -> Response:
        return RedirectResponse("http://169.254.169.254/mcp", 307)

    async with (
        at(lambda origin: Starlette(routes=[Route("/mcp", away, methods=["GET", "POST", "DELETE"])])) as remote,
        staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage,
    ):
        with pytest.raises(ToolError, match="not followed"):
            await stage.servers.server("far").connected()


def answering(body: Any) -> Any:
    """A server that greets and lists properly, and answers a call with `body(request id)`."""

    async def answer(request: Request) -> Response:
        message = await request.json() if request.method == "POST" else {}
        match message.get("method"):
            case "initialize":
                capable = {"tools": {}}
                info = {"name": "odd", "version": "1"}
                result: Any = {"protocolVersion": "2025-06-18", "capabilities": capable, "serverInfo": info}
            case "tools/list":
                result = {"tools": [{"name": "add", "inputSchema": {"type": "object"}}]}
            case "tools/call":
                return body(message["id"])
            case _:
                return Response(status_code=202 if request.method == "POST" else 405)
        return JSONResponse({"jsonrpc": "2.0", "id": message["id"], "result": result})

    return lambda origin: Starlette(routes=[Route("/mcp", answer, methods=["GET", "POST", "DELETE"])])


def endless_json(number: int) -> Response:
    async def pieces() -> Any:
        for _ in range(1_000):  # whoever reads has left long before
            yield b"x" * 65_536
            await asyncio.sleep(0)

    return StreamingResponse(pieces(), media_type="application/json")


def endless_event(number: int) -> Response:
    async def pieces() -> Any:
        yield b"data: "
        for _ in range(1_000):
            yield b"x" * 65_536
            await asyncio.sleep(0)

    return StreamingResponse(pieces(), media_type="text/event-stream")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (endless_json, "more than 16,777,216 bytes"),
        (endless_event, "SSE"),
        (lambda number: Response("not json", media_type="application/json"), "Failed to parse JSON response"),
        (lambda number: Response("<html>", media_type="text/html"), "Unexpected content type"),
        (lambda number: Response(status_code=500), "error"),
        (lambda number: Response(b"\x1f\x8b", headers={"content-encoding": "gzip"}), "packed its answer"),
    ],
)
async def test_odd_answers_are_errors(tmp_path: Path, body: Any, says: str) -> None:
    async with (
        at(answering(body)) as remote,
        staged(tmp_path / "data", far={"url": remote.url, "timeout_s": 30}) as stage,
    ):
        assert says in (await stage.call("far__add"))["error"]


# -- signing in --------------------------------------------------------------------------------------------------------


async def visit(url: str) -> None:
    """What a person does on the page: nothing but agree."""
    async with httpx2.AsyncClient(follow_redirects=True, trust_env=False) as browser:
        answer = await browser.get(url)
        assert "Signed in." in answer.text


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hours have gone by: longer than a token lives."""
    now = time.time() + 7_200
    monkeypatch.setattr(time, "time", lambda: now)


async def signed_in(tmp_path: Path, remote: Remote, **more: Any) -> Stage:
    """Sign in as the command does, and approve."""
    settings = settings_for(tmp_path / "data", {"far": {"url": remote.url, **more}})
    async with opened_mcp(settings, stores=True) as servers:
        await servers.server("far").sign_in(visit)
        connection = await servers.server("far").connected()
        servers.around.approvals.approve("far", list(connection.listing.offers))
    return Stage(settings, servers, None, None)  # type: ignore[arg-type]


async def test_a_server_that_wants_to_know_who_asks(tmp_path: Path) -> None:
    async with at(behind(Door())) as remote:
        async with staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage:
            with pytest.raises(ToolError, match="pointwork mcp login far"):
                await stage.servers.server("far").connected()
        await signed_in(tmp_path, remote)
        async with staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage:
            assert (await stage.call("far__echo", text="inside"))["text"] == "inside"
        bearers = {headers.get("authorization", "") for _, path, headers in remote.seen if path == "/mcp"}
        [token] = {bearer for bearer in bearers if bearer}
        assert token.startswith("Bearer access-")
        # nothing of it is readable in what is stored
        for name in os.listdir(tmp_path / "data"):
            path = tmp_path / "data" / name
            if path.is_file():
                assert token.removeprefix("Bearer ").encode() not in path.read_bytes()


async def test_a_token_that_ran_out_is_renewed_without_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    async with at(behind(door)) as remote:
        await signed_in(tmp_path, remote)
        later(monkeypatch)
        first = set(door.tokens)
        door.tokens.clear()
        async with staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage:
            assert (await stage.call("far__echo", text="inside"))["text"] == "inside"
        assert set(door.tokens) - first
        assert remote.count("POST", "/register") == 1  # it is still the same client


async def test_when_renewing_fails_the_call_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    async with at(behind(door)) as remote:
        await signed_in(tmp_path, remote)
        later(monkeypatch)
        door.renewals.clear()
        door.tokens.clear()
        async with staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage:
            refused = await stage.call("far__echo", text="inside")
    assert "It wants somebody to sign in again." in refused["error"]
    assert "pointwork mcp login far" in json.dumps(refused)


async def test_tokens_are_hidden_from_everything_that_is_written(tmp_path: Path) -> None:
    async with at(behind(Door())) as remote:
        await signed_in(tmp_path, remote)
        async with staged(tmp_path / "data", approve=False, far={"url": remote.url}) as stage:
            await stage.call("far__echo", text="inside")
            token = next(h["authorization"] for _, _, h in reversed(remote.seen) if "authorization" in h)
            hidden = stage.servers.around.redactor.text(f"x {token} y")
            assert hidden == "x Bearer [secret mcp_oauth_far] y"


async def test_a_page_that_refuses(tmp_path: Path) -> None:
    async def refuse(url: str) -> None:
        back = httpx2.URL(url).params["redirect_uri"]
        async with httpx2.AsyncClient(trust_env=False) as browser:
            assert (await browser.get(f"{back.removesuffix('/callback')}/favicon.ico")).status_code == 404
            await browser.get(f"{back}?error=access_denied&error_description=no+such+person")

    async with at(behind(Door())) as remote:
        settings = settings_for(tmp_path / "data", {"far": {"url": remote.url}})
        async with opened_mcp(settings, stores=True) as servers:
            with pytest.raises(ToolError, match="The sign-in page refused: no such person"):
                await servers.server("far").sign_in(refuse)


async def test_an_answer_with_another_state_is_not_taken(tmp_path: Path) -> None:
    async def forge(url: str) -> None:
        back = httpx2.URL(url).params["redirect_uri"]
        async with httpx2.AsyncClient(trust_env=False) as browser:
            await browser.get(f"{back}?code=stolen&state=guessed")

    async with at(behind(Door())) as remote:
        settings = settings_for(tmp_path / "data", {"far": {"url": remote.url}})
        async with opened_mcp(settings, stores=True) as servers:
            with pytest.raises(ToolError, match=r"(?i)state"):
                await servers.server("far").sign_in(forge)


async def test_a_program_has_nothing_to_sign_in_to(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", {"near": {"command": "/bin/true"}})
    async with opened_mcp(settings) as servers:
        with pytest.raises(ConfigurationError, match="nothing to sign in to"):
            await servers.server("near").sign_in(visit)
