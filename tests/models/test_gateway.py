"""The gateway against a scripted provider: what goes over the wire, what comes back, and the provider's bad days."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import traceback
from typing import Any

import pytest

from pointwork.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable, RateLimited
from pointwork.models import Finished, ModelDelta, ModelRequest, ModelResponse, Models, ToolCallDelta, complete
from pointwork.testing import OpenAIServer, Reply, absent_url

KEY = "sk-canary-0123456789"
CALCULATOR: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "calculator",
        "description": "Evaluate an expression.",
        "parameters": {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]},
    },
}
LONG = "A long answer that comes in several pieces."


def request(**more: Any) -> ModelRequest:
    return ModelRequest(**{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}], **more})


async def ask(models: Models, asked: ModelRequest | None = None, seen: list[ModelDelta] | None = None) -> ModelResponse:
    asked = asked or request()
    try:
        return await complete(models.client(asked.model), asked, on_delta=None if seen is None else seen.append)
    finally:
        await models.close()


async def test_request_on_the_wire_has_what_was_asked_and_nothing_invented() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is 2 + 2?"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "c1", "name": "calculator", "arguments": '{"expr'}]},
        {"role": "tool", "call_id": "c1", "name": "calculator", "content": '{"error": "not valid JSON"}'},
    ]
    async with OpenAIServer(Reply("4")) as server:
        await ask(
            Models(base_url=server.url), request(messages=messages, tools=[CALCULATOR], temperature=0.5, max_tokens=9)
        )
    [sent] = server.requests
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["authorization"].startswith("Bearer ")
    assert sent.body["model"] == "gpt-4o-mini"
    assert sent.body["stream"] is True
    assert sent.body["tools"] == [CALCULATOR]
    assert (sent.body["temperature"], sent.body["max_tokens"]) == (0.5, 9)
    assert [(m["role"], m["content"]) for m in sent.messages] == [
        ("system", "Be brief."),
        ("user", "What is 2 + 2?"),
        ("assistant", None),
        ("tool", '{"error": "not valid JSON"}'),
    ]
    # Servers that read the history must find JSON in it, whatever the model had written.
    [call] = sent.messages[2]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"invalid_json": '{"expr'}
    assert call["id"] == sent.messages[3]["tool_call_id"] == "c1"


async def test_text_thinking_usage_and_the_real_model_come_back() -> None:
    seen: list[ModelDelta] = []
    async with OpenAIServer(Reply(LONG, thinking="Hmm.", usage=(30, 20))) as server:
        response = await ask(Models(base_url=server.url), seen=seen)
    assert (response.text, response.thinking) == (LONG, "Hmm.")
    assert (response.finish, response.model) == ("stop", "gpt-4o-mini")
    assert response.usage == {"input_tokens": 30, "output_tokens": 20}  # no price: the server is not OpenAI's
    assert len(seen) > 6
    assert isinstance(seen[-1], Finished)


async def test_parallel_tool_calls_come_in_pieces_and_in_order() -> None:
    seen: list[ModelDelta] = []
    calls = [("calculator", {"expression": "1 + 1"}), ("calculator", {"expression": "2 + 2"}), ("unknown", "{broken")]
    async with OpenAIServer(Reply.calls(*calls)) as server:
        response = await ask(Models(base_url=server.url), request(tools=[CALCULATOR]), seen)
    assert response.finish == "tool_calls"
    assert [(c["name"], c["arguments"]) for c in response.tool_calls] == [
        ("calculator", '{"expression": "1 + 1"}'),
        ("calculator", '{"expression": "2 + 2"}'),
        ("unknown", "{broken"),
    ]
    assert len([delta for delta in seen if isinstance(delta, ToolCallDelta)]) > 6
    assert len({c["id"] for c in response.tool_calls}) == 3


@pytest.mark.parametrize(
    ("reply", "finish"),
    [
        (Reply("He", finish="length"), "length"),
        (Reply("", finish="content_filter"), "content_filter"),
        (Reply.calls(("calculator", "{"), finish="length"), "length"),
        (Reply.calls(("calculator", "{}"), finish="stop"), "tool_calls"),  # as some servers say it
    ],
)
async def test_why_it_finished(reply: Reply, finish: str) -> None:
    async with OpenAIServer(reply) as server:
        assert (await ask(Models(base_url=server.url), request(tools=[CALCULATOR]))).finish == finish


async def test_openai_itself_gets_its_own_spelling_and_has_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1", *more, **named))
    details = {"prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 30}}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100, **details}
    async with OpenAIServer(Reply("Hi", usage=usage)) as server:
        url = server.url.replace("127.0.0.1", "api.openai.com")
        # Its newer protocol has no word for a seed, so this is sent in the older one.
        response = await ask(Models(base_url=url, api_key=KEY), request(max_tokens=9, sampling={"seed": 1}))
    assert server.requests[0].body["max_completion_tokens"] == 9
    assert server.requests[0].body["seed"] == 1
    assert "max_tokens" not in server.requests[0].body
    cost = response.usage.pop("cost_usd")
    assert 0 < cost < 0.001
    assert response.usage == {
        "input_tokens": 1000,
        "output_tokens": 100,
        "cached_tokens": 400,
        "reasoning_tokens": 30,
    }


async def test_without_usage_nothing_is_made_up() -> None:
    async with OpenAIServer(Reply("Hi", usage=None)) as server:
        assert (await ask(Models(base_url=server.url))).usage == {}


OVERLOADED = {"error": {"message": "We are overloaded.", "type": "server_error", "code": None}}
FAILURES = [
    # reply, error, words of the message, words of the hint
    (Reply.failure(401), ModelRefused, "wants a key (401)", "Set OPENAI_API_KEY"),
    (Reply.failure(403), ModelRefused, "(403)", "OPENAI_API_KEY"),
    (
        Reply.failure(404, "no such model", code="model_not_found"),
        ModelRefused,
        "does not know the model",
        "OPENAI_BASE_URL",
    ),
    (Reply.failure(400, "bad temperature"), ModelRefused, "bad temperature", "does not accept"),
    (Reply.failure(400, "too many tokens", code="context_length_exceeded"), ContextTooLong, "too long", "Shorten"),
    (Reply.failure(402, "pay first"), ModelRefused, "no quota left: pay first", "credit"),
    (Reply.failure(429, code="insufficient_quota"), ModelRefused, "no quota left", "waiting does not help"),
    (Reply.failure(429, "slow down", retry_after="7"), RateLimited, "asks to wait 7 s: slow down", "max_parallel"),
    (Reply.failure(500, "oh no"), ModelError, "answered 500 for 'gpt-4o-mini': oh no", "at the provider"),
    (Reply.failure(503), ModelError, "answered 503", "at the provider"),
    (Reply(fault="garbage"), ModelError, "is not a chat completion", "OPENAI_BASE_URL"),
    (Reply(fault="garbage", status=502), ModelError, "answered 502", "at the provider"),
    (Reply(LONG, fault="cut"), ModelError, "broke while 'gpt-4o-mini' answered", "Try again"),
    (Reply(LONG, fault="early_end"), ModelError, "stopped in the middle", "Try again"),
    (Reply(LONG, fault="error", error=OVERLOADED), ModelError, "We are overloaded", "Try again"),
    (Reply(LONG, fault="broken"), ModelError, "stopped in the middle", "Try again"),
]


@pytest.mark.parametrize(("reply", "kind", "message", "hint"), FAILURES)
async def test_bad_day_of_a_provider(reply: Reply, kind: type[ModelError], message: str, hint: str) -> None:
    async with OpenAIServer(reply) as server:
        with pytest.raises(ModelError) as caught:
            await ask(Models(base_url=server.url, max_retries=0))
        assert type(caught.value) is kind
        assert message in caught.value.message
        assert hint in caught.value.hint
        assert server.url in caught.value.message or "'gpt-4o-mini'" in caught.value.message
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "silence_s", "message"),
    # Long enough for the first pieces on a busy machine, as short as can be where nothing is to come.
    [("hang", 0.05, "sent nothing for 0.05 s"), ("stall", 1.5, "nothing more came for 1.5 s")],
)
async def test_silence_has_an_end(fault: Any, silence_s: float, message: str) -> None:
    async with OpenAIServer(Reply(LONG, fault=fault)) as server:
        with pytest.raises(ModelError) as caught:
            await ask(Models(base_url=server.url, max_retries=0, silence_s=silence_s))
    assert message in caught.value.message
    assert "Try again" in caught.value.hint


async def test_total_time_is_bounded_even_when_pieces_keep_coming() -> None:
    async with OpenAIServer(Reply(LONG, fault="stall")) as server:
        with pytest.raises(ModelError, match=r"did not finish its answer for 0\.1 s"):
            await ask(Models(base_url=server.url, max_retries=0, total_s=0.1))


async def test_absent_server_is_named_with_the_next_step() -> None:
    url = absent_url()
    with pytest.raises(ModelUnavailable) as caught:
        await ask(Models(base_url=url, max_retries=0))
    assert f"No model server can be reached at {url}" in caught.value.message
    assert caught.value.hint == "Start the model server, or correct OPENAI_BASE_URL."


async def test_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ModelUnavailable, match=r"model\.example") as caught:
        await ask(Models(base_url="http://model.example/v1", max_retries=0))
    assert "Name or service not known" in caught.value.message


async def test_openai_without_a_network_has_another_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ModelUnavailable, match=r"https://api\.openai\.com/v1") as caught:
        await ask(Models(api_key=KEY, max_retries=0))
    assert "Check the internet connection" in caught.value.hint


async def test_wrong_key_is_refused_by_its_variable() -> None:
    async with OpenAIServer(key="sk-right") as server:
        with pytest.raises(ModelRefused, match="does not accept the key in OPENAI_API_KEY"):
            await ask(Models(base_url=server.url, api_key="sk-wrong"))
        assert (await ask(Models(base_url=server.url, api_key="sk-right"))).text == "Hello."


async def test_retry_after_is_honoured_by_the_only_layer_that_retries() -> None:
    async with OpenAIServer(
        Reply.failure(429, retry_after_ms="1"), Reply.failure(500, retry_after_ms="1"), Reply("ok")
    ) as server:
        assert (await ask(Models(base_url=server.url))).text == "ok"
        assert len(server.requests) == 3
    async with OpenAIServer(Reply.failure(429, retry_after_ms="1")) as server:
        with pytest.raises(RateLimited):
            await ask(Models(base_url=server.url))
        assert len(server.requests) == 3  # one and two retries, not nine


LEAKS = [
    Reply.failure(401, f"Incorrect API key provided: {KEY}."),
    Reply.failure(429, f"Key {KEY} is slow", retry_after="9"),
    Reply.failure(500, f"Header was Bearer {KEY}"),
    Reply.failure(400, f"no {KEY}"),
    Reply(status=418, error={"teapot": {"key": KEY}}),
]


@pytest.mark.parametrize("reply", LEAKS)
async def test_key_never_shows(reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with OpenAIServer(reply) as server:
        models = Models(base_url=server.url, api_key=KEY, max_retries=0)
        with pytest.raises(ModelError) as caught:
            await ask(models)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.hint
    for shown in (told, caplog.text, repr(models), repr(vars(models)), models.in_use, repr(models.available())):
        assert KEY not in shown


async def test_giving_up_closes_the_connection() -> None:
    async with OpenAIServer(Reply(LONG, fault="stall")) as server:
        models = Models(base_url=server.url)
        first = asyncio.Event()

        async def until_first() -> None:
            await complete(models.client("m"), request(), on_delta=lambda _: first.set())

        task = asyncio.ensure_future(until_first())
        await asyncio.wait_for(first.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await models.close()


def test_two_event_loops_one_after_the_other() -> None:
    with OpenAIServer(Reply("ok")).in_thread() as server:
        models = Models(base_url=server.url)
        for _ in range(2):
            assert asyncio.run(ask(models)).text == "ok"  # closed at the end of each, opened anew by the next
