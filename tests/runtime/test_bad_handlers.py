"""Handlers that misbehave: whatever they do, their node fails with a reason and the execution comes to an end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from pointwork.errors import NodeError, PointworkError
from pointwork.nodes import Out, Suspend
from tests.runtime.stage import Stage, flow

Boom = type("Boom", (BaseException,), {})
Unspoken = type("Unspoken", (Exception,), {"__str__": lambda self: 1 / 0})
Mute = type("Mute", (NodeError,), {"__doc__": "It would not say."})


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (ValueError("plain"), "exception", "ValueError: plain"),
        (ValueError(), "exception", "ValueError"),
        (KeyError("k"), "exception", "KeyError: 'k'"),
        (Boom("a BaseException"), "exception", "Boom: a BaseException"),
        (SystemExit(3), "exception", "SystemExit: 3"),
        (asyncio.CancelledError("by nobody"), "exception", "CancelledError: by nobody"),
        (asyncio.CancelledError(), "exception", "CancelledError"),
        (TimeoutError("its own"), "exception", "TimeoutError: its own"),
        (RecursionError("deep"), "exception", "RecursionError: deep"),
        (StopAsyncIteration(), "exception", "StopAsyncIteration"),
        (ExceptionGroup("many", [ValueError("one"), KeyError("two")]), "exception", "ExceptionGroup: many"),
        (BaseExceptionGroup("worse", [Boom()]), "exception", "BaseExceptionGroup: worse"),
        (ValueError("half a \ud83d face"), "exception", "ValueError: half a \\ud83d face"),
        (ValueError("long" * 10_000), "exception", "ValueError: longlong"),
        (Unspoken(), "exception", "Unspoken"),
        (NodeError("on purpose", hint="do this"), "node_error", "on purpose"),
        (NodeError("half a \ud83d face", hint="and \ude00"), "node_error", "half a \\ud83d face"),
        (Mute(), "node_error", "It would not say."),
        (PointworkError(ValueError("not a text")), "error", "not a text"),  # type: ignore[arg-type]
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
async def test_whatever_a_handler_raises_is_its_failure(
    stage: Stage, error: BaseException, kind: str, says: str
) -> None:
    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise error

    state = await stage.play(flow("start > a > b"))
    assert state["status"] == "failed"
    detail = state["error_detail"]
    assert (detail["kind"], detail["node"]) == (kind, "a")
    assert detail["message"].startswith(says)
    assert len(detail["message"]) <= 10_000
    assert ("traceback" in detail) == (kind == "exception")


async def test_the_traceback_says_where(stage: Stage) -> None:
    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        return inputs["there is no such key"]

    state = await stage.play(flow("a"))
    assert 'inputs["there is no such key"]' in state["error_detail"]["traceback"]


@pytest.mark.parametrize(
    ("ports", "says"),
    [
        (("up",), "no port 'up'"),
        (("left", "up"), "no port 'up'"),
        ("left", "ports"),  # a text is a sequence of letters
        (None, "ports"),
        (5, "ports"),
        ((1,), "ports"),
        ((None,), "ports"),
        ((["left"],), "ports"),
        (("le\ud83dft",), "no port"),
    ],
    ids=str,
)
async def test_garbage_for_ports_fails_the_node(stage: Stage, ports: Any, says: str) -> None:
    @stage.on("a")
    async def choose(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Out("x", ports)

    state = await stage.play(flow("start > a, a:left > b, a:right > c", a={"type": "fork_in_the_road"}))
    assert (state["status"], state["error_detail"]["node"]) == ("failed", "a")
    assert says in state["error"]


@pytest.mark.parametrize(
    ("ports", "taken"),
    [(("left",), ["b"]), (("left", "right"), ["b", "c"]), (["right"], ["c"]), ((), []), (("error",), ["d"])],
    ids=str,
)
async def test_the_chosen_ports_are_followed(stage: Stage, ports: Any, taken: list[str]) -> None:
    @stage.on("a")
    async def choose(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Out("x", ports)

    workflow = flow("start > a, a:left > b, a:right > c, a:error > d", a={"type": "fork_in_the_road"})
    state = await stage.play(workflow)
    assert state["status"] == "completed"
    assert stage.ran == ["a#1", *(f"{node}#1" for node in taken)]


class Model(BaseModel):
    x: int = 1


LOOP: list[Any] = []
LOOP.append(LOOP)


def nested(depth: int) -> Any:
    value: Any = "bottom"
    for _ in range(depth):
        value = [value]
    return value


NO_DATA: dict[str, Any] = {
    "set": {1, 2},
    "bytes": b"bytes",
    "object": object(),
    "function": nested,
    "coroutine function": asyncio.sleep,
    "model": Model(),
    "huge": 2**70,
    "hugely negative": -(2**70),
    "huge inside": {"deep": [{"er": 2**70}]},
    "key that is no text": {1: "a"},
    "half a face": "half a \ud83d face",
    "key of half a face": {"half a \ud83d face": 1},
    "half a face inside": ["half a \ud83d face"],
    "itself": LOOP,
    "deep": nested(150),
    "deeper": nested(253),
    "deepest": nested(10_000),
    "out": Out(object()),
    "question that is no data": Suspend({"question": object()}),
    "question that is no object": Suspend("not an object"),  # type: ignore[arg-type]
    "time that is none": Suspend({"kind": "delay", "until": "tomorrow"}),
    "time that is no text": Suspend({"kind": "delay", "until": 5}),
}


@pytest.mark.parametrize("name", NO_DATA)
async def test_a_result_that_is_no_data_fails_the_node(stage: Stage, name: str) -> None:
    @stage.on("a")
    async def give(ctx: Any, inputs: dict[str, Any]) -> Any:
        return NO_DATA[name]

    state = await stage.play(flow("start > a > b"))
    assert (state["status"], state["error_detail"]["node"]) == ("failed", "a")
    assert state["error_detail"]["kind"] == "type_mismatch"
    assert "'a'" in state["error"]


async def test_a_handler_that_is_not_async_fails_its_node(stage: Stage) -> None:
    stage.handlers["a"] = lambda ctx, inputs: 5  # type: ignore[assignment,return-value]
    state = await stage.play(flow("a"))
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "exception")


@pytest.mark.parametrize(
    "call",
    [
        lambda ctx: ctx.log(5),
        lambda ctx: ctx.log(object()),
        lambda ctx: ctx.log("half a \ud83d face"),
        lambda ctx: ctx.stream("half a \ud83d face"),
    ],
    ids=["number", "object", "half a face", "streamed"],
)
async def test_odd_text_is_shown_as_text(stage: Stage, call: Any) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        call(ctx)
        return "well"

    execution = await stage.runtime.start(flow("a"), {})
    assert (await stage.rest(execution))["result"] == "well"
    spoken = (await stage.runtime.records(execution))[2].event
    text = getattr(spoken, "message", None) or spoken.text
    assert isinstance(text, str)
    assert text.encode()


@pytest.mark.parametrize(
    "call",
    [
        lambda ctx: ctx.stream(5),
        lambda ctx: ctx.stream(b"bytes"),
        lambda ctx: ctx.stream("x", "whispered"),
        lambda ctx: ctx.log("x", "LOUD"),
    ],
    ids=["number", "bytes", "kind", "level"],
)
async def test_what_cannot_be_shown_fails_the_node(stage: Stage, call: Any) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("before")
        call(ctx)

    execution = await stage.runtime.start(flow("a"), {})
    state = await stage.rest(execution)
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "type_mismatch")
    assert "TextStreamed a 'before'" in await stage.told(execution)


async def test_a_failure_is_retried_unless_it_would_fail_again(stage: Stage) -> None:
    """What nobody foresaw may be anything; what says that it is no use is believed."""

    @stage.on("unforeseen")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise Boom

    @stage.on("mistaken")
    async def mistake(ctx: Any, inputs: dict[str, Any]) -> Any:
        return object()

    retry = {"retry": {"max_attempts": 3, "first_delay_s": 5}}
    execution = await stage.runtime.start(flow("unforeseen:error > mistaken", unforeseen=retry, mistaken=retry), {})
    for attempt in (1, 2):
        await stage.until(execution, f"NodeStarted unforeseen{' #2' if attempt == 2 else ''}")
        await stage.settle(execution)
        stage.clock.advance(10)
    await stage.rest(execution)
    assert stage.ran == ["unforeseen#1", "unforeseen#2", "unforeseen#3", "mistaken#1"]
