"""Answers over HTTP: whole, in pieces, with secrets in their headers; and what has nothing to do with it."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.redaction import Redactor
from pointwork.server.clean import Clean
from tests.secrets.conftest import CANARY

HTTP = {"type": "http"}
START = "http.response.start"


async def answered(
    *messages: dict[str, Any], scope: Any = HTTP, redactor: Redactor | None = None
) -> list[dict[str, Any]]:
    """What leaves, when an application sends this."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    async def receive() -> Any:
        raise AssertionError("nothing is received")

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await Clean(app, redactor=redactor or Redactor({"KEY": CANARY}))(scope, receive, send)
    return sent


def start(**headers: str) -> dict[str, Any]:
    return {
        "type": START,
        "status": 200,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, **({"more_body": True} if more else {})}


async def test_a_whole_answer_has_its_new_length() -> None:
    first, second = await answered(start(content_length="9", x="y"), body(f'"{CANARY}"'.encode()))
    assert second["body"] == b'"[secret KEY]"'
    assert dict(first["headers"]) == {b"content-length": b"14", b"x": b"y"}


async def test_an_answer_without_secrets_is_as_it_was() -> None:
    messages = [start(content_length="2"), body(b"ok")]
    assert await answered(*messages) == messages


async def test_headers_are_answers_too() -> None:
    first, _ = await answered(start(location=f"/x?k={CANARY}"), body(b""))
    assert dict(first["headers"]) == {b"location": b"/x?k=[secret KEY]"}


async def test_an_answer_in_pieces_has_no_length() -> None:
    sent = await answered(start(content_length="99"), body(f"a {CANARY}".encode(), more=True), body(CANARY.encode()))
    assert sent[0]["headers"] == []
    assert [message["body"] for message in sent[1:]] == [b"a [secret KEY]", b"[secret KEY]"]


@pytest.mark.parametrize("scope", [{"type": "websocket"}, {"type": "lifespan"}])
async def test_what_is_no_answer_is_left_alone(scope: Any) -> None:
    message = {"type": "websocket.send", "text": CANARY}
    assert await answered(message, scope=scope) == [message]


async def test_nothing_is_held_while_nothing_is_secret() -> None:
    messages = [start(content_length="1"), body(CANARY.encode())]
    assert await answered(*messages, redactor=Redactor()) == messages


async def test_other_messages_go_through() -> None:
    early = {"type": "http.response.debug", "info": 1}
    assert (await answered(early, start(), body(b"")))[0] == early
