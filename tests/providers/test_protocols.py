"""What goes over the wire in each protocol: settings, schemas, files, and thoughts that a provider wants to hear again.

The servers are not written here. A relay before them keeps what was sent, as it was sent.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.models import AssistantMessage, ModelRequest, ModelResponse, Models, ToolMessage, UserMessage, complete
from pointwork.models.client import Ignored, ModelDelta
from pointwork.models.providers import configured
from pointwork.testing import FakeContext
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig
from tests.providers.relay import Relay, relay
from tests.providers.servers import CALL, QUESTION, USAGE, aimock

pytestmark = pytest.mark.filterwarnings("ignore:FUNCTION_CALL is not a valid FinishReason")

SIGNATURE = "c2lnbmVkIGJ5IHRoZSBwcm92aWRlcg=="
THOUGHT = "I should use the calculator."
ANSWERS = {
    "fixtures": [
        {
            "match": {"userMessage": "15 * 23", "hasToolResult": False},
            "response": {
                "toolCalls": [CALL], "reasoning": THOUGHT, "reasoningSignature": SIGNATURE, "usage": USAGE
            },
        },
        {"match": {"userMessage": "15 * 23", "hasToolResult": True}, "response": {"content": "362", "usage": USAGE}},
        {"match": {}, "response": {"content": '{"mood": "good"}', "usage": USAGE}},
    ]
}  # fmt: skip
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
SCHEMA = {
    "type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"], "additionalProperties": False,
}  # fmt: skip
NAMES = {"openai": "gpt-5", "anthropic": "anthropic:claude-opus-4-6", "google": "google:gemini-3.8-flash",
         "custom": "ollama:llama3.2"}  # fmt: skip
CALCULATOR = ToolRegistry().get_tool_definitions(["calculator"])


@asynccontextmanager
async def provider(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Models, Relay]]:
    """All providers at one server. What would go to OpenAI goes there too: only its own address speaks Responses."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1", *more, **named))
    async with aimock(folder, answers=ANSWERS) as server, relay(server) as wire:
        keys = {
            "ANTHROPIC_API_KEY": "key-a", "ANTHROPIC_BASE_URL": wire.url, "GEMINI_API_KEY": "key-g",
            "GEMINI_BASE_URL": wire.url, "OLLAMA_HOST": wire.url,
        }  # fmt: skip
        url = wire.url.replace("127.0.0.1", "api.openai.com")
        models = Models(api_key="key-o", base_url=f"{url}/v1", providers=configured(keys, max_retries=0), silence_s=20)
        try:
            yield models, wire
        finally:
            await models.close()
            gc.collect()  # Google's client closes itself in a task when it is collected: let it be in this loop
            await asyncio.sleep(0)


async def ask(models: Models, name: str, **more: Any) -> tuple[ModelResponse, list[ModelDelta]]:
    seen: list[ModelDelta] = []
    messages = more.pop("messages", [UserMessage(role="user", content="How are you?")])
    request = ModelRequest(model=name, messages=messages, **more)
    return await complete(models.client(name), request, on_delta=seen.append), seen


def find(value: Any, key: str) -> list[Any]:
    """All values under a key, wherever it is."""
    if isinstance(value, list):
        return [found for one in value for found in find(one, key)]
    if not isinstance(value, dict):
        return []
    return [*([value[key]] if key in value else []), *(found for one in value.values() for found in find(one, key))]


async def test_openai_itself_is_asked_in_its_newer_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = FakeContext()
    async with provider(tmp_path, monkeypatch) as (models, wire):
        config = AgentConfig(model="gpt-5", tools=["calculator"], reasoning_effort="low")
        answer = await run_agent(ctx, config, {"q": QUESTION}, models=models, tools=ToolRegistry())
    assert answer.text == "362"
    assert wire.paths == ["/v1/responses"] * 2
    first, second = wire.bodies
    assert first["store"] is False  # nothing is kept there
    assert first["reasoning"]["effort"] == "low"
    assert "reasoning.encrypted_content" in first["include"]
    kinds = [item.get("type") for item in second["input"]]
    assert kinds.index("reasoning") < kinds.index("function_call") < kinds.index("function_call_output")
    assert find(second["input"], "encrypted_content")  # so that it goes on thinking where it was
    called = ctx.steps[1]
    assert called.value["result"] == 362
    assert ctx.steps[0].usage["cost_usd"] > 0  # type: ignore[index]


async def test_signed_thoughts_go_back_to_anthropic_unchanged_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = FakeContext()
    async with provider(tmp_path, monkeypatch) as (models, wire):
        config = AgentConfig(model=NAMES["anthropic"], tools=["calculator"], reasoning_effort="high")
        answer = await run_agent(ctx, config, {"q": QUESTION}, models=models, tools=ToolRegistry())
        assert answer.text == "362"
        resumed = ctx.resumed()  # what was stored is enough to go on
        resumed.remembered.pop(2)
        await run_agent(resumed, config, {"q": QUESTION}, models=models, tools=ToolRegistry())
    assert [path.partition("?")[0] for path in wire.paths] == ["/v1/messages"] * 3
    assert wire.bodies[0]["thinking"]["type"] in ("enabled", "adaptive")
    for body in wire.bodies[1:]:
        said = next(message for message in body["messages"] if message["role"] == "assistant")["content"]
        assert [part["type"] for part in said] == ["thinking", "tool_use"]
        assert (said[0]["thinking"], said[0]["signature"]) == (THOUGHT, SIGNATURE)
    # With the step that sends it again, only what people read is shown.
    assert SIGNATURE in str(ctx.steps[0].value)
    assert SIGNATURE not in str(ctx.steps[2].data)
    assert "".join(text for kind, text in ctx.streamed if kind == "thinking") == THOUGHT


async def test_thoughts_go_back_in_the_field_that_they_came_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with provider(tmp_path, monkeypatch) as (models, wire):
        config = AgentConfig(model=NAMES["custom"], tools=["calculator"], reasoning_effort="low")
        await run_agent(FakeContext(), config, {"q": QUESTION}, models=models, tools=ToolRegistry())
    assert [body["reasoning_effort"] for body in wire.bodies] == ["low", "low"]
    assert find(wire.bodies[1]["messages"], "reasoning_content") == [THOUGHT]


async def test_thoughts_of_one_provider_are_not_told_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with provider(tmp_path, monkeypatch) as (models, wire):
        asked = UserMessage(role="user", content=QUESTION)
        first, _ = await ask(models, NAMES["anthropic"], messages=[asked], tools=CALCULATOR, reasoning_effort="low")
        assert first.details is not None
        said = AssistantMessage(role="assistant", content=first.text, tool_calls=first.tool_calls)
        said["details"] = first.details
        result = ToolMessage(role="tool", call_id=first.tool_calls[0]["id"], name="calculator", content="362")
        for name in ("openai", "google", "custom"):
            answer, _ = await ask(models, NAMES[name], messages=[asked, said, result], tools=CALCULATOR)
            assert answer.text == "362"
            assert THOUGHT not in str(wire.bodies[-1])
            assert SIGNATURE not in str(wire.bodies[-1])
        # What does not fit the message any more is left out rather than told wrongly.
        said["tool_calls"] = []
        answer, _ = await ask(models, NAMES["anthropic"], messages=[asked, said, asked], tools=CALCULATOR)
        assert SIGNATURE not in str(wire.bodies[-1])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("openai", "input_image"), ("anthropic", "image"), ("google", "inlineData"), ("custom", "image_url")],
)
async def test_images_in_each_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    message = UserMessage(role="user", content="What is this?")
    message["files"] = [{"name": "cat.png", "media_type": "image/png", "data": PNG}]
    async with provider(tmp_path, monkeypatch) as (models, wire):
        answer, _ = await ask(models, NAMES[name], messages=[message])
    assert answer.text
    sent = str(wire.bodies[0])
    assert kind in sent
    assert PNG in sent or PNG.rstrip("=").replace("+", "-").replace("/", "_") in sent  # Google's alphabet is another
    assert sent.index(kind) < sent.index("What is this?")


@pytest.mark.parametrize(
    ("name", "where"),
    [("openai", "text"), ("anthropic", "output_config"), ("google", "generationConfig"), ("custom", None)],
)
async def test_a_schema_where_the_provider_keeps_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, where: str | None
) -> None:
    async with provider(tmp_path, monkeypatch) as (models, wire):
        answer, _ = await ask(models, NAMES[name], response_schema=SCHEMA)
        await ask(models, NAMES[name], response_schema={"type": "array", "items": SCHEMA})
        await ask(models, NAMES[name])
    assert answer.text == '{"mood": "good"}'
    assert ("mood" in str(wire.bodies[0])) == (where is not None)
    if where is not None:
        assert "mood" in str(wire.bodies[0][where])
    assert "mood" not in str(wire.bodies[1])  # they take objects only; words have to do
    assert "mood" not in str(wire.bodies[2])


@pytest.mark.parametrize("size", [20, 21])
async def test_a_schema_too_large_for_anthropic_is_asked_for_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    schema = {"type": "object", "properties": {f"p{at}": {"type": "string"} for at in range(size)}}
    async with provider(tmp_path, monkeypatch) as (models, wire):
        await ask(models, NAMES["anthropic"], response_schema=schema)
    assert ("p19" in str(wire.bodies[0])) == (size == 20)


SETTINGS: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    # name, what is asked for, what is sent, what is not
    ("gpt-4o", {"temperature": 0.5, "max_tokens": 9}, {"temperature": 0.5, "max_output_tokens": 9}, ()),
    ("gpt-4o", {"sampling": {"seed": 7, "stop": ["END"]}}, {"seed": 7, "stop": ["END"]}, ()),  # the older protocol
    ("gpt-4o", {"sampling": {"top_k": 5}}, {}, ("top_k",)),
    ("gpt-4o", {"reasoning_effort": "low"}, {}, ("reasoning_effort",)),
    ("gpt-5", {"temperature": 0.5, "sampling": {"top_p": 0.9}}, {}, ("temperature", "top_p")),
    ("gpt-5", {"reasoning_effort": "minimal"}, {"reasoning": {"effort": "minimal"}}, ()),
    ("gpt-5.1", {"temperature": 0.5}, {"temperature": 0.5}, ()),  # it does not reason unless it is asked to
    ("gpt-5.1", {"temperature": 0.5, "reasoning_effort": "high"}, {}, ("temperature",)),
    ("anthropic:claude-opus-4-6", {"sampling": {"stop": ["END"], "top_k": 5}}, {"stop_sequences": ["END"]}, ()),
    ("anthropic:claude-opus-4-6", {"sampling": {"seed": 7}}, {}, ("seed",)),
    ("anthropic:claude-sonnet-5-5", {"temperature": 0.5}, {}, ("temperature",)),
    ("ollama:llama3.2", {"temperature": 0, "sampling": {"seed": 7}}, {"temperature": 0, "seed": 7}, ()),
    ("ollama:llama3.2", {"reasoning_effort": "none"}, {"reasoning_effort": "none"}, ()),
    ("ollama:llama3.2", {"max_tokens": 9, "sampling": {"stop": ["END"]}}, {"max_tokens": 9, "stop": ["END"]}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "sent", "ignored"), SETTINGS)
async def test_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: dict[str, Any], sent: dict[str, Any],
    ignored: tuple[str, ...],
) -> None:  # fmt: skip
    async with provider(tmp_path, monkeypatch) as (models, wire):
        _, seen = await ask(models, name, **asked)
    [body] = wire.bodies
    assert {key: body.get(key) for key in sent} == sent
    told = [delta for delta in seen if isinstance(delta, Ignored)]
    assert [delta.settings for delta in told] == ([ignored] if ignored else [])
    assert not [setting for setting in ignored if setting in body]
    assert not told or seen[0] == told[0]


@pytest.mark.parametrize("name", NAMES)
async def test_which_tools_may_or_must_be_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    tools = ToolRegistry().get_tool_definitions(["calculator", "current_time"])
    async with provider(tmp_path, monkeypatch) as (models, wire):
        for choice in ("required", "none", "calculator"):
            await ask(models, NAMES[name], tools=tools, tool_choice=choice, parallel_tool_calls=False)
        await ask(models, NAMES[name], tool_choice="required", parallel_tool_calls=False)
    required, none, one, without = [str({key: body.get(key) for key in ("tool_choice", "tool_config", "toolConfig")})
                                    for body in wire.bodies]  # fmt: skip
    assert len({required, none, one}) == 3
    assert without == str(dict.fromkeys(("tool_choice", "tool_config", "toolConfig")))


@pytest.mark.parametrize("name", ["groq", "mistral", "openrouter"])
async def test_a_key_goes_to_its_provider_only(tmp_path: Path, name: str) -> None:
    async with aimock(tmp_path, answers=ANSWERS) as server, relay(server) as wire:
        keys = {"GROQ_API_KEY": "key-groq", "MISTRAL_API_KEY": "key-mistral", "OPENROUTER_API_KEY": "key-openrouter"}
        from dataclasses import replace

        there = [replace(one, endpoint=replace(one.endpoint, base_url=f"{wire.url}/v1")) for one in configured(keys)]
        models = Models(providers=there)
        answer, _ = await ask(models, f"{name}:some/model")
        await models.close()
    assert answer.text
    assert wire.headers[0]["authorization"] == f"Bearer key-{name}"
    assert wire.bodies[0]["model"] == "some/model"
    assert "cost_usd" not in answer.usage  # what has no known price has no cost
