"""A model provider for tests: an HTTP server on loopback that speaks OpenAI's Chat Completions from a script.

    async with OpenAIServer(Reply.calls(("calculator", {"expression": "2 + 2"})), Reply("4")) as server:
        ...  # point OPENAI_BASE_URL at server.url
        assert server.requests[0].user == "What is 2 + 2?"

It can be what providers are on bad days: answer an error, garbage, nothing at all, or half a stream. It is written
against the protocol, without the libraries that are tested with it.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["ChatRequest", "OpenAIServer", "Reply", "Script", "absent_url"]

Fault: TypeAlias = Literal["garbage", "hang", "cut", "stall", "early_end", "error", "broken"]
PIECES = 4


@dataclass(frozen=True)
class ChatRequest:
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body.get("messages", [])

    @property
    def user(self) -> str:
        """The last message of the user."""
        return next((str(m["content"]) for m in reversed(self.messages) if m["role"] == "user"), "")

    @property
    def results(self) -> list[str]:
        """What tools answered since then."""
        found: list[str] = []
        for message in reversed(self.messages):
            if message["role"] == "tool":
                found.insert(0, str(message["content"]))
            elif message["role"] == "user":
                break
        return found


@dataclass(frozen=True)
class Reply:
    """One answer of the script.

    Faults: `garbage` is a body that is no completion, `hang` accepts and says nothing, `stall` stops after half the
    stream but keeps the connection, `cut` drops it there, `early_end` ends the stream there as if all had been said,
    `error` ends it there with `error` as the provider's reason, `broken` with something that is not JSON.
    """

    text: str = ""
    tool_calls: Sequence[tuple[str, Any]] = ()
    thinking: str = ""
    finish: str | None = None
    usage: tuple[int, int] | dict[str, Any] | None = (12, 7)
    status: int = 200
    error: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    fault: Fault | None = None

    @classmethod
    def calls(cls, *calls: tuple[str, Any], text: str = "", finish: str | None = None) -> Reply:
        """Tool calls `(name, arguments)`; text as arguments is sent as it is."""
        return cls(text=text, tool_calls=calls, finish=finish)

    @classmethod
    def failure(cls, status: int, message: str = "It broke.", *, code: str | None = None, **headers: str) -> Reply:
        """An error of the provider; `retry_after="1"` becomes the header Retry-After."""
        error = {"error": {"message": message, "type": "error", "param": None, "code": code}}
        return cls(status=status, error=error, headers={key.replace("_", "-"): value for key, value in headers.items()})


Script: TypeAlias = Reply | Callable[[ChatRequest], Reply]


class OpenAIServer:
    """The server. Replies are given one after the other, the last one again and again."""

    def __init__(self, *script: Script, key: str | None = None) -> None:
        self.script = script or (Reply("Hello."),)
        self.key = key
        self.requests: list[ChatRequest] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> OpenAIServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=16 * 1024 * 1024)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @contextmanager
    def in_thread(self) -> Iterator[OpenAIServer]:
        """The same for tests without an event loop, and for those that start another process."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="openai-server", daemon=True)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.__aenter__(), loop).result(10)
            try:
                yield self
            finally:
                asyncio.run_coroutine_threadsafe(self.__aexit__(), loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    # -- HTTP ----------------------------------------------------------------------------------------------------------

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio logs the cancellation of the ones that it makes for handlers.
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                if not await self._answer(request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which clients may
        finally:
            writer.close()

    async def _answer(self, request: ChatRequest, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            await _send(writer, Reply.failure(401, "Incorrect API key provided.", code="invalid_api_key"))
            return True
        if request.path.endswith("/models"):
            await _send(writer, Reply(error={"object": "list", "data": [{"id": "fake", "object": "model"}]}))
            return True
        if not request.path.endswith("/chat/completions"):
            await _send(writer, Reply.failure(404, f"Unknown path {request.path}."))
            return True
        self.requests.append(request)
        found = self.script[min(len(self.requests), len(self.script)) - 1]
        reply = found(request) if callable(found) else found
        if reply.fault == "hang":
            await asyncio.Event().wait()
        if reply.fault == "garbage":
            await _send(writer, reply, raw=b"<html>Welcome to nginx!</html>")
        elif reply.status != 200:
            await _send(writer, reply)
        elif request.body.get("stream"):
            return await _stream(writer, request, reply)
        else:
            await _send(writer, Reply(error=_completion(request, reply)))
        return True


async def _read(reader: asyncio.StreamReader) -> ChatRequest | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return ChatRequest(method, path, headers, json.loads(body) if body else {})


async def _send(writer: asyncio.StreamWriter, reply: Reply, *, raw: bytes | None = None) -> None:
    body = json.dumps(reply.error).encode() if raw is None else raw
    kind = "application/json" if raw is None else "text/html"
    extra = "".join(f"{key}: {value}\r\n" for key, value in reply.headers.items())
    head = f"HTTP/1.1 {reply.status} Status\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, request: ChatRequest, reply: Reply) -> bool:
    chunks = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in _chunks(request, reply)]
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    whole = reply.fault is None
    for chunk in chunks if whole else chunks[: max(1, len(chunks) // 2)]:
        writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        await writer.drain()
    if reply.fault == "stall":
        await asyncio.Event().wait()
    if reply.fault == "cut":
        return False
    ends = {None: "[DONE]", "error": json.dumps(reply.error), "broken": "{not json"}
    if reply.fault in ends:
        end = f"data: {ends[reply.fault]}\n\n".encode()
        writer.write(b"%x\r\n%s\r\n" % (len(end), end))
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


# -- bodies ------------------------------------------------------------------------------------------------------------


def _calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{at}_{name}",
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for at, (name, given) in enumerate(reply.tool_calls)
    ]


def _usage(reply: Reply) -> dict[str, Any] | None:
    if reply.usage is None or isinstance(reply.usage, dict):
        return reply.usage
    asked, answered = reply.usage
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.tool_calls else "stop")


def _completion(request: ChatRequest, reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.tool_calls:
        message["tool_calls"] = _calls(reply)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": request.body.get("model", "fake"),
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(reply)}],
        "usage": _usage(reply),
    }


def _pieces(text: str) -> list[str]:
    size = max(1, -(-len(text) // PIECES))
    return [text[at : at + size] for at in range(0, len(text), size)]


def _chunks(request: ChatRequest, reply: Reply) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": request.body.get("model", "fake"),
            "choices": [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(reply.thinking):
        yield chunk({"reasoning_content": piece})
    for piece in _pieces(reply.text):
        yield chunk({"content": piece})
    for at, call in enumerate(_calls(reply)):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        head = {"index": at, "id": call["id"], "type": "function", "function": {"name": name, "arguments": ""}}
        yield chunk({"tool_calls": [head]})
        for piece in _pieces(arguments):
            yield chunk({"tool_calls": [{"index": at, "function": {"arguments": piece}}]})
    yield chunk({}, _finish(reply))
    if usage := _usage(reply):
        yield {**chunk(None), "usage": usage}


def absent_url() -> str:
    """The URL of a server that is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
