"""Models that do not stop and tools that attack: each run ends in a clear state, and the watcher saw what happened."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from pointwork.events import ExecutionFinished, StepRecorded
from pointwork.journal.memory import MemoryJournal
from pointwork.models import Finished, ModelRequest, Models, TextDelta, ToolCallDelta
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from pointwork.testing import FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import JsonObject, Workflow

PATIENCE_S = 60


async def run(model: FakeModel, tools: ToolRegistry, **config: Any) -> tuple[JsonObject, list[Any]]:
    """The state at the end, and what somebody saw who watched."""
    agent = {"tools": ["bad"], "max_steps": 6, **config}
    runtime = Runtime(
        journal=MemoryJournal(),
        registry=builtin_registry(),
        resources={Models: FakeModels(model), ToolRegistry: tools},
    )
    await runtime.open()
    try:
        workflow = Workflow.load({"nodes": [{"id": "agent", "type": "agent", "agent_config": agent}]})
        execution = await runtime.start(workflow, {"q": "?"})
        async with asyncio.timeout(PATIENCE_S):
            seen = [record.event async for page in runtime.watch(execution) for record in page]
        orjson.dumps(seen)
        assert isinstance(seen[-1], ExecutionFinished)
        return await runtime.state(execution), seen
    finally:
        await runtime.close()


def with_tool(function: Callable[[], Any], **options: Any) -> ToolRegistry:
    tools = ToolRegistry()
    tools.register_tool(tool(name="bad", description="Bad.", **options)(function))
    return tools


# ---------------------------------------------------------------------------------------------- what tools do


class Liar(dict[str, Any]):
    """A dictionary whose content goes off."""

    def items(self) -> Any:
        raise ZeroDivisionError("boom")

    def __iter__(self) -> Any:
        raise ZeroDivisionError("boom")


class Shy:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise ZeroDivisionError("boom")

    __str__ = __repr__

    @property
    def __class__(self) -> Any:  # type: ignore[override]
        raise ZeroDivisionError("boom")


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError("boom")

    __repr__ = __str__


def deep() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


def circle() -> Any:
    value: JsonObject = {}
    value["self"] = value
    return value


def fails(error: BaseException) -> Any:
    raise error


def endless() -> Any:
    while True:
        yield 1


RESULTS: dict[str, Callable[[], Any]] = {
    "not a number": lambda: math.nan,
    "a set": lambda: {1, 2},
    "an object": object,
    "a dictionary that lies": lambda: Liar(a=1),
    "a dictionary that lies, inside": lambda: [{"a": Liar(a=1)}],
    "what cannot be shown": lambda: [Shy()],
    "a key that cannot be shown": lambda: {Shy(): 1},
    "a list 100,000 deep": deep,
    "a circle": circle,
    "half a character": lambda: "\ud800",
    "half a character as a key": lambda: {"\udc00": 1},
    "a huge number": lambda: 10**5000,
    "a huge number as a key": lambda: {10**5000: 1},
    "bytes": lambda: b"\xff",
    "a generator": endless,
    "a type": lambda: dict,
    "too much": lambda: "x" * 50_000_000,
    "a crash": lambda: fails(RuntimeError("broken\ud800")),
    "a crash that cannot be shown": lambda: fails(Unspeakable()),
    "an exit": lambda: fails(SystemExit(3)),
    "a cancellation": lambda: fails(asyncio.CancelledError()),
    "an interruption of loops": lambda: fails(StopIteration()),
    "no memory": lambda: fails(MemoryError()),
    "a group": lambda: fails(BaseExceptionGroup("many", [KeyError("a"), ValueError("b")])),
    "too deep": lambda: fails(RecursionError()),
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("where", ["loop", "thread"])
async def test_whatever_a_tool_does_is_told_to_the_model(name: str, where: str) -> None:
    made = RESULTS[name]

    async def bad() -> Any:
        return made()

    tools = with_tool(bad if where == "loop" else made)
    model = FakeModel([("bad", {})], "I see.")
    state, seen = await run(model, tools)
    assert (state["status"], state["result"]) == ("completed", "I see.")
    [step] = [event for event in seen if isinstance(event, StepRecorded) and event.kind == "tool"]
    assert step.error is None
    if name != "a huge number":  # which is kept, as text or as what is wrong with it
        assert "error" in step.value
    told = model.requests[1].messages[-1]["content"]
    assert len(told) < 10_000
    json.loads(told)


async def test_a_tool_that_hangs_is_given_up() -> None:
    stuck = asyncio.Event()

    async def bad() -> Any:
        await stuck.wait()

    state, seen = await run(FakeModel([("bad", {})], "Gave up."), with_tool(bad, timeout_s=0.05))
    assert state["result"] == "Gave up."
    [step] = [event for event in seen if isinstance(event, StepRecorded) and event.kind == "tool"]
    assert step.value == {"error": "The tool 'bad' did not finish within 0.05 s."}


async def test_a_tool_that_holds_on_to_its_cancellation_is_given_up_all_the_same() -> None:
    let_go = asyncio.Event()

    async def bad() -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            let_go.set()
            return "too late"

    state, _ = await run(FakeModel([("bad", {})], "Gave up."), with_tool(bad, timeout_s=0.05))
    assert state["result"] == "Gave up."
    assert let_go.is_set()


async def test_a_plain_function_that_hangs_does_not_hold_up_anybody() -> None:
    go_on = __import__("threading").Event()

    def bad() -> Any:
        go_on.wait(PATIENCE_S)

    try:
        state, _ = await run(FakeModel([("bad", {})], "Gave up."), with_tool(bad, timeout_s=0.05))
        assert state["result"] == "Gave up."
    finally:
        go_on.set()


# --------------------------------------------------------------------------------------------- what models do


def fine() -> ToolRegistry:
    tools = with_tool(lambda: "ok")

    @tool
    async def secret() -> str:
        raise AssertionError("another node's tool was called")

    tools.register_tool(secret)
    return tools


def counting(request: ModelRequest) -> Any:
    return [("bad", {})] * 3


MODELS: dict[str, tuple[Any, str, str]] = {
    "calls tools for ever": (counting, "max_steps", "no answer in 6 model calls"),
    "another node's tool": ([("secret", {})], "agent_stuck", "There is no tool 'secret' here. The tools are: bad."),
    "a tool that is none": ([("\x1b[2J" * 50, {})], "agent_stuck", "There is no tool"),
    "no name": ([("", {})], "agent_stuck", "There is no tool ''"),
    "invalid JSON": ([("bad", "{'a': 1}")], "agent_stuck", "not valid JSON"),
    "no object": ([("bad", "[1]")], "agent_stuck", "must be a JSON object"),
    "arguments that do not fit": ([("bad", {"more": 1})], "agent_stuck", "do not fit"),
    "deep arguments": ([("bad", "[" * 50_000 + "]" * 50_000)], "agent_stuck", ""),
    "not a number": ([("bad", '{"a": NaN}')], "agent_stuck", "not valid JSON"),
    "arguments of 1 MB": ([("bad", json.dumps({"a": "x" * 1_000_000}))], "agent_stuck", "at most 262,144 are read"),
    "arguments of 10 MB": ([("bad", "x" * 10_000_000)], "model_error", "more than 4,000,000 characters"),
    "10 MB in pieces": (
        [*(ToolCallDelta(0, "c", "", "x" * 10_000) for _ in range(1_000)), Finished("tool_calls", "fake")],
        "model_error",
        "more than 4,000,000 characters",
    ),
    "text for ever": ([*(TextDelta("x" * 100_000) for _ in range(100)), Finished("stop", "f")], "model_error", "more"),
    "a cut-off answer": ([TextDelta("Well")], "model_error", "stopped in the middle"),
    "2,000 calls at once": ([("bad", {})] * 2_000, "max_steps", ""),
    "half a character": ([("bad", '{"a": "\\ud800"}')], "agent_stuck", ""),
}


@pytest.mark.parametrize("name", MODELS)
async def test_a_model_that_misbehaves_ends_its_agent(name: str) -> None:
    reply, kind, says = MODELS[name]
    began = time.monotonic()
    state, seen = await run(FakeModel(reply), fine())
    assert state["status"] == "failed"
    assert state["error_detail"]["kind"] == kind, state["error"]
    assert says in state["error"]
    assert sum(len(orjson.dumps(event)) for event in seen) < 40_000_000
    assert time.monotonic() - began < PATIENCE_S


async def test_ids_and_names_of_calls_cannot_break_the_conversation() -> None:
    calls = [
        ToolCallDelta(5, "same", "bad", "{}"),
        ToolCallDelta(2, "same", "bad", ""),
        ToolCallDelta(-1, "\ud800", "bad", "{}"),
        Finished("tool_calls", "fake"),
    ]
    state, _ = await run(FakeModel(calls, "Done."), fine())
    assert state["status"] in ("completed", "failed")
    assert state["error"] is None or "Unicode" in state["error"] or "stored" in state["error"]
