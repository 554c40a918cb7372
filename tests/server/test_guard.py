"""Who is let in, how much may be sent, what every answer carries, and how every refusal looks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from starlette.responses import StreamingResponse

from pointwork.errors import ConfigurationError
from pointwork.server import create_app
from pointwork.server.access import check_listening
from pointwork.server.guard import MAX_BODY_BYTES
from pointwork.wiring import App
from tests.server.workshop import visit

JSON = {"content-type": "application/json"}
KEYS = {"type", "title", "status", "code", "detail", "hint", "problems"}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("127.9.9.9", 200),
        ("[::1]:8000", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("127.0.0.1@evil.example", 403),
        ("evil.example#127.0.0.1", 403),
        ("0.0.0.0:8000", 403),
        ("192.168.0.1", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
async def test_the_host_must_be_this_machine(client: httpx.AsyncClient, host: str, status: int) -> None:
    answer = await client.get("/health", headers={"host": host})
    assert answer.status_code == status
    if status == 403:
        assert (answer.json()["code"], set(answer.json())) == ("foreign_host", KEYS)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("https://127.0.0.1:8000", 200),  # behind a proxy that ends TLS
        ("http://localhost:3000", 200),
        ("http://127.0.0.1:8001", 403),
        ("http://localhost:8000", 403),  # another site, for a browser
        ("http://evil.example", 403),
        ("null", 403),
        ("*", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_pages_of_others_are_refused(client: httpx.AsyncClient, origin: str, status: int, method: str) -> None:
    headers = {"origin": origin} | ({"access-control-request-method": "POST"} if method == "OPTIONS" else {})
    answer = await client.request(method, "/health", headers=headers)
    if status == 403:
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        assert "access-control-allow-origin" not in answer.headers
    elif origin == "http://localhost:3000":
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in answer.headers


async def test_every_answer_forbids_what_pages_do_not_need(client: httpx.AsyncClient) -> None:
    for path in ("/", "/health", "/nowhere", "/assets/page.css"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        yield b" " * 65_536
    yield b"{}"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large(client: httpx.AsyncClient, chunked: bool) -> None:
    content: Any = _chunks(2 * MAX_BODY_BYTES) if chunked else b" " * (MAX_BODY_BYTES + 1)
    answer = await client.post("/api/workflows", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (413, "too_large", KEYS)


async def test_a_body_in_chunks(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/workflows", content=_chunks(0), headers=JSON)
    assert answer.status_code == 201


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30])
async def test_a_length_that_is_none(client: httpx.AsyncClient, length: str) -> None:
    answer = await client.post("/api/workflows", content=b"{}", headers={**JSON, "content-length": length})
    assert answer.status_code == 413


def nested(depth: int) -> bytes:
    return b'{"variables": {"v": ' + b"[" * depth + b"]" * depth + b"}}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", ""),
        (b"{", "JSON"),
        (b'{"name": NaN}', "JSON"),
        (b'{"name": Infinity}', "JSON"),
        (b'{"name": "\xff"}', "JSON"),
        (b'{"name": "\\ud800"}', "JSON"),
        (b"{'name': 1}", "JSON"),
        (nested(70), "nested deeper than 64 levels"),
        (nested(100_000), "JSON"),
    ],
)
async def test_a_body_that_is_no_json(client: httpx.AsyncClient, body: bytes, reason: str) -> None:
    answer = await client.post("/api/workflows", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (422, "unacceptable", KEYS)
    assert reason in answer.json()["detail"]


async def test_deep_enough_for_everybody(client: httpx.AsyncClient) -> None:
    many_brackets = json.dumps({"variables": {"v": [[]] * 500, "text": "[" * 500}}).encode()
    for body in (nested(60), many_brackets):
        assert (await client.post("/api/workflows", content=body, headers=JSON)).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/assets/secrets.txt", 404, "not_found"),
        ("GET", "/assets/..%2Fguard.py", 404, "not_found"),
        ("DELETE", "/health", 405, "method_not_allowed"),
        ("PUT", "/api/executions", 405, "method_not_allowed"),
        ("BREW", "/health", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
    ],
)
async def test_an_address_that_is_none(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert set(body) == KEYS
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/docs/errors#{code}")
    assert body["detail"]
    assert body["hint"]
    if status == 405:
        assert answer.headers["allow"] in body["hint"]


async def test_an_error_that_nobody_expected(server: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    @server.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1") as client:
        answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "a secret detail" not in answer.text
    assert "a secret detail" in caplog.text  # with its traceback


@pytest.mark.parametrize("path", ["/api/ws/executions/x", "/ws/broken"])
async def test_an_error_that_nobody_expected_at_a_socket(
    server: FastAPI, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    @server.websocket("/ws/broken")
    async def broken(websocket: WebSocket) -> None:
        await websocket.accept()
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(server.state.hub, "watch", None)
    sent = await visit(server, path)
    assert [(message["type"], message.get("code")) for message in sent] == [
        ("websocket.accept", None),
        ("websocket.close", 1011),
    ]
    assert "Traceback" in caplog.text


async def test_a_server_that_cannot_say_why_it_refuses_a_socket(server: FastAPI) -> None:
    sent = await visit(server, "/api/ws/executions/x", headers=[(b"origin", b"http://evil.example")])
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 4403)]


async def test_a_client_that_leaves_while_it_sends(server: FastAPI) -> None:
    coming = [{"type": "http.request", "body": b"{", "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")]
    path = "/api/workflows"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    await server({**scope, "headers": headers, "app": server}, receive, send)
    assert sent[0]["status"] == 422  # and nothing is stored


async def test_health_when_nothing_can_run(app: App) -> None:
    server = create_app(app)  # not opened
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1") as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
    assert answer.json()["journal"]["ok"] is False


async def test_other_refusals_of_http(server: FastAPI) -> None:
    @server.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1") as client:
        answer = await client.get("/teapot")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (418, "error", "short and stout")


async def test_an_answer_that_breaks_off(server: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    @server.get("/half")
    async def half() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("a secret detail")

        return StreamingResponse(body())

    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/half", "raw_path": b"/half", "query_string": b""}
    await server({**scope, "headers": [(b"host", b"127.0.0.1")], "app": server}, receive, send)
    # A second beginning would be no mending: the connection is cut.
    assert [(message["type"], message.get("body")) for message in sent] == [
        ("http.response.start", None),
        ("http.response.body", b"half"),
    ]
    assert "a secret detail" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_listening_to_others_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="no accounts yet"):
        check_listening(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_listening_to_this_machine(host: str) -> None:
    check_listening(host)
