"""Cancelling: handlers are told, what they still say is dropped, and those that do not listen are in nobody's way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import CancelExecution
from pointwork.runtime import driver
from tests.runtime.stage import Stage, flow


async def test_cancelling_reaches_every_handler(stage: Stage) -> None:
    told: set[str] = set()

    @stage.on("a", "b", "body")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.add(str(ctx.activation))
            raise

    workflow = flow("start > a > end, start > b > end, start > each", each={"type": "map"}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": [1, 2]})
    await stage.until(execution, "NodeStarted each[1]/body")
    await stage.settle(execution)
    await stage.runtime.send(execution, CancelExecution())
    state = await stage.rest(execution)
    await stage.settle(execution)
    assert (state["status"], state["error"]) == ("cancelled", None)
    assert told == {"a", "b", "each[0]/body", "each[1]/body"}
    assert state["node_states"]["a"]["status"] == "cancelled"
    assert (await stage.told(execution))[-1] == "ExecutionFinished cancelled"


async def test_a_handler_that_swallows_it_is_not_heard(stage: Stage) -> None:
    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ctx.log("I go on")
            ctx.stream("and on")
        return "too late"

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.until(execution, "NodeStarted a")
    await stage.settle(execution)
    await stage.runtime.send(execution, CancelExecution())
    assert (await stage.rest(execution))["status"] == "cancelled"
    await stage.settle(execution)
    assert (await stage.told(execution))[-1] == "ExecutionFinished cancelled"
    assert stage.ran == ["a#1"]


async def test_a_handler_that_swallows_it_does_no_further_steps(stage: Stage) -> None:
    """Its execution goes on without it, here by way of the error edge of the group around it."""
    done: list[str] = []
    started, late = asyncio.Event(), asyncio.Event()

    @stage.on("slow")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            late.set()
        await ctx.step("effect", effect)

    async def effect() -> None:
        done.append("effect")

    @stage.on("fails")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        await started.wait()  # either may begin first
        raise ValueError("no")

    @stage.on("after")
    async def after(ctx: Any, inputs: dict[str, Any]) -> Any:
        await late.wait()
        await stage.settle(ctx.execution_id)

    workflow = flow(
        "start > group:error > after",
        group={"type": "parallel"}, slow={"parent": "group"}, fails={"parent": "group"},
    )  # fmt: skip
    state = await stage.play(workflow)
    assert (state["status"], done) == ("completed", [])


async def test_the_losers_of_a_race_are_cancelled(stage: Stage) -> None:
    here, lost = asyncio.Event(), asyncio.Event()

    @stage.on("slow")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        here.set()
        try:
            await asyncio.Event().wait()
        finally:
            lost.set()

    @stage.on("fast")
    async def fast(ctx: Any, inputs: dict[str, Any]) -> Any:
        await here.wait()
        return "first"

    workflow = flow("start > fast > end, start > slow > end", end={"join": "any", "cancel_losers": True})
    state = await stage.play(workflow)
    assert (state["status"], state["result"]) == ("completed", "first")
    await lost.wait()


async def test_a_node_that_was_called_off_before_its_handler_began_never_begins(stage: Stage) -> None:
    """`a` fails without ever waiting, so `b`, which was started with it, has had no chance to run."""

    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no")

    execution = await stage.runtime.start(flow("start > a, start > b"), {})
    await stage.rest(execution)
    await stage.settle(execution)
    assert "NodeCancelled b" in await stage.told(execution)
    assert stage.ran == ["a#1"]


async def test_a_node_that_was_called_off_while_others_had_their_turn_never_begins(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`c` is next after `b`, which lets others go first; one of them is `a`, which fails."""
    monkeypatch.setattr(driver, "SLICE_S", -1.0)
    ended = asyncio.Event()

    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ended.wait()
        raise ValueError("no")

    @stage.on("b")
    async def end(ctx: Any, inputs: dict[str, Any]) -> Any:
        ended.set()

    execution = await stage.runtime.start(flow("start > a, start > b > c"), {})
    await stage.rest(execution)
    await stage.settle(execution)
    assert "NodeCancelled c" in await stage.told(execution)
    assert "c#1" not in stage.ran


async def test_closing_does_not_wait_for_ever_for_a_handler_that_does_not_listen(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stop, deaf = asyncio.Event(), asyncio.Event()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        while not stop.is_set():
            try:
                await stop.wait()
            except asyncio.CancelledError:
                deaf.set()

    execution = await stage.runtime.start(flow("a"), {})
    await stage.until(execution, "NodeStarted a")
    await stage.settle(execution)
    closing = asyncio.create_task(stage.runtime.close())
    await deaf.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not closing.done()
    stage.clock.advance(10)
    await closing
    assert "handlers go on although they were cancelled: [('', 'a')]" in caplog.text
    stop.set()
    for _ in range(20):
        await asyncio.sleep(0)
