"""The gateway against a server that speaks the protocol and lies in it: what comes out is an answer or a ModelError."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from pointwork.errors import ModelError
from pointwork.models import ModelRequest, ModelResponse, Models, complete

HELLO: list[Any] = [{"choices": [{"index": 0, "delta": {"content": "hi"}}]}]
END: list[Any] = [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


@asynccontextmanager
async def server(*chunks: Any) -> AsyncIterator[str]:
    """A server that streams these chunks, bytes as they are; its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for chunk in chunks:
            whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            data = chunk if isinstance(chunk, bytes) else json.dumps(whole | chunk).encode()
            writer.write(b"data: " + data + b"\n\n")
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    finally:
        listening.close()
        await listening.wait_closed()


async def ask(*chunks: Any) -> ModelResponse:
    async with server(*chunks) as url:
        models = Models(base_url=url, max_retries=0)
        try:
            tools = [{"function": {"name": "f", "parameters": {"type": "object"}}}]
            asked = ModelRequest(model="m", messages=[{"role": "user", "content": "?"}], tools=tools)
            response = await complete(models.client("m"), asked)
        finally:
            await models.close()
    orjson.dumps(response.to_dict())  # what cannot be written cannot be recorded
    return response


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ((10**40, 3), {"input_tokens": 0, "output_tokens": 3}),  # no journal could hold it
        ((-1_000_000, 3), {}),  # the library knows
        ((7, 10**40), {"input_tokens": 7, "output_tokens": 0}),
        ((1.5, 2.5), {"input_tokens": 1, "output_tokens": 2}),
        ((float("nan"), float("inf")), {}),
        (("many", "5"), {}),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings", "ignore:Failed to extract usage")  # of the library
async def test_usage_that_cannot_be_is_not_counted(told: tuple[Any, Any], usage: dict[str, int]) -> None:
    last = {"choices": [], "usage": {"prompt_tokens": told[0], "completion_tokens": told[1], "total_tokens": 1}}
    response = await ask(*HELLO, *END, last)
    assert (response.text, response.usage) == ("hi", usage)


async def test_halves_of_a_character_are_put_together_and_what_is_left_alone_is_replaced() -> None:
    halves = [{"choices": [{"index": 0, "delta": {"content": half}}]} for half in ("\ud83d", "\ude00 and \ud83d")]
    response = await ask(*halves, *END)
    assert response.text == "\U0001f600 and \ufffd"


@pytest.mark.parametrize("model", [5, {"a": 1}, "\ud800"])
async def test_the_name_of_the_model_is_text(model: Any) -> None:
    chunks = [{**chunk, "model": model} for chunk in (*HELLO, *END)]
    assert (await ask(*chunks)).model == ("\ufffd" if isinstance(model, str) else "m")


@pytest.mark.parametrize(("name", "id"), [(5, "1"), ("f", 7), (5, None)])
async def test_names_and_ids_of_calls_are_text(name: Any, id: Any) -> None:
    call = {"index": 0, "id": id, "function": {"name": name, "arguments": "{}"}}
    [made] = (await ask({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}, *END)).tool_calls
    assert made["name"] == str(name)
    assert isinstance(made["id"], str)
    assert made["id"]


@pytest.mark.parametrize(
    "chunk", [b"[" * 100_000, b'{"a":' * 100_000, b"{nope", b"[]", b"null", b'{"choices": [null]}']
)
async def test_what_is_no_chunk_is_an_error_of_the_model(chunk: bytes) -> None:
    with pytest.raises(ModelError, match="is not a chat completion"):
        await ask(chunk, *END)
