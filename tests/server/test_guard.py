"""Who is let in, how much may be sent, what every answer carries, and how every refusal looks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, WebSocket

from pointwork.errors import ConfigurationError
from pointwork.server.access import check_listening
from pointwork.server.guard import MAX_BODY_BYTES

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
        ("GET", "/api/memory", 404, "not_found"),  # comes later
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
    sent: list[Any] = []
    coming = [{"type": "websocket.connect"}]

    async def receive() -> Any:
        while not coming:
            if sent[-1]["type"] == "websocket.close":
                return {"type": "websocket.disconnect", "code": sent[-1]["code"]}
            await asyncio.sleep(0)
        return coming.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "subprotocols": [],
        "app": server,
    }
    await server(scope, receive, send)
    assert [(message["type"], message.get("code")) for message in sent] == [
        ("websocket.accept", None),
        ("websocket.close", 1011),
    ]
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_listening_to_others_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="no accounts yet"):
        check_listening(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_listening_to_this_machine(host: str) -> None:
    check_listening(host)
