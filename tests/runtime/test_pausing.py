"""Pause, resume, step, breakpoints; an agent is held at its next step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Breakpoint, CancelExecution, Override, Pause, Resume, SetBreakpoints, Step
from pointwork.errors import Conflict, NotFound
from tests.runtime.stage import Stage, flow


def gate(stage: Stage, node: str) -> tuple[asyncio.Event, asyncio.Event]:
    """A node that says when it is at work and goes on when it is told to."""
    here, go = asyncio.Event(), asyncio.Event()

    @stage.on(node)
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        here.set()
        await go.wait()
        return inputs

    return here, go


async def test_a_pause_lets_running_nodes_end_and_starts_no_other(stage: Stage) -> None:
    here, go = gate(stage, "a")
    execution = await stage.runtime.start(flow("start > a > b > end"), {})
    await here.wait()
    await stage.runtime.send(execution, Pause())
    assert (await stage.rest(execution))["status"] == "paused"
    assert (await stage.journal.row(execution)).status == "paused"
    go.set()
    await stage.until(execution, "NodeCompleted a")
    await stage.settle(execution)
    assert stage.ran == ["a#1"]
    assert (await stage.told(execution))[-1] == "NodeCompleted a"
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["status"] == "completed"
    assert stage.ran == ["a#1", "b#1"]


async def test_pausing_twice_is_pausing_once(stage: Stage) -> None:
    here, go = gate(stage, "a")
    execution = await stage.runtime.start(flow("a > b"), {})
    await here.wait()
    for _ in range(3):
        await stage.runtime.send(execution, Pause())
    await stage.runtime.send(execution, Resume())
    with pytest.raises(Conflict, match="not paused"):
        await stage.runtime.send(execution, Resume())
    go.set()
    assert (await stage.rest(execution))["status"] == "completed"
    assert (await stage.told(execution)).count("ExecutionPaused user") == 1


async def test_steps_start_one_node_each(stage: Stage) -> None:
    execution = await stage.runtime.start(
        flow("start > a > b > end, start > c > end"), {}, breakpoints=[Breakpoint("start")]
    )
    assert (await stage.rest(execution))["paused"]["reason"] == "breakpoint"
    started: list[int] = []
    while (await stage.rest(execution))["status"] == "paused":
        await stage.runtime.send(execution, Step())
        await stage.settle(execution)
        started.append(sum(line.startswith("NodeStarted") for line in await stage.told(execution)))
    assert started == [1, 2, 3, 4, 5, 5]  # the last step finds nothing to start: the execution ends
    assert (await stage.rest(execution))["status"] == "completed"


async def test_breakpoints_before_after_and_on_error(stage: Stage) -> None:
    @stage.on("b")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no")

    points = [Breakpoint("a", "before"), Breakpoint("a", "after"), Breakpoint("b", "error"), Breakpoint("c", "error")]
    execution = await stage.runtime.start(flow("start > a > b > c, b:error > c"), {}, breakpoints=points)
    seen: list[Any] = []
    while (state := await stage.rest(execution))["status"] == "paused":
        pause = state["paused"]
        seen.append((pause["node_id"], pause["when"], list(stage.ran)))
        await stage.runtime.send(execution, Resume())
    assert seen == [
        ("a", "before", []),
        ("a", "after", ["a#1"]),
        ("b", "error", ["a#1", "b#1"]),
    ]
    assert (state["status"], stage.ran) == ("completed", ["a#1", "b#1", "c#1"])


async def test_a_breakpoint_with_a_condition_and_a_count(stage: Stage) -> None:
    workflow = flow("start > each", each={"type": "loop"}, body={"parent": "each"})
    points = [Breakpoint("body", condition="item > 10", hits=2)]
    execution = await stage.runtime.start(workflow, {"items": [20, 1, 30, 2]}, breakpoints=points)
    state = await stage.rest(execution)
    assert (state["status"], state["paused"]["path"]) == ("paused", ["each[2]"])
    await stage.runtime.send(execution, SetBreakpoints([]))
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["status"] == "completed"


async def test_breakpoints_can_be_set_while_it_runs(stage: Stage) -> None:
    here, go = gate(stage, "a")
    execution = await stage.runtime.start(flow("a > b > c"), {})
    await here.wait()
    await stage.runtime.send(execution, SetBreakpoints([Breakpoint("c")]))
    go.set()
    state = await stage.rest(execution)
    assert (state["paused"]["node_id"], stage.ran) == ("c", ["a#1", "b#1"])
    assert [point["node"] for point in state["breakpoints"]] == ["c"]
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["status"] == "completed"


async def test_a_pause_holds_a_handler_at_its_next_step(stage: Stage) -> None:
    done: list[int] = []
    second = asyncio.Event()

    @stage.on("worker")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        for n in range(4):

            async def one(n: int = n) -> int:
                done.append(n)
                if n == 1:
                    await second.wait()
                return n

            await ctx.step("count", one, data=n)
        return sum(done)

    execution = await stage.runtime.start(flow("worker > b"), {})
    await stage.until(execution, "StepRecorded worker count")
    await stage.runtime.send(execution, Pause())
    second.set()
    await stage.settle(execution)
    assert done == [0, 1]  # what had begun ended, the next was not begun
    assert (await stage.told(execution))[-1] == "StepRecorded worker count"
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["status"] == "completed"
    assert done == [0, 1, 2, 3]


async def test_a_held_handler_can_be_cancelled(stage: Stage) -> None:
    first = asyncio.Event()

    @stage.on("worker")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("one", first.wait)
        await ctx.step("two", first.wait)

    execution = await stage.runtime.start(flow("worker > b"), {})
    await stage.until(execution, "StepStarted worker one")
    await stage.runtime.send(execution, Pause())
    first.set()
    await stage.settle(execution)
    await stage.runtime.send(execution, CancelExecution())
    assert (await stage.rest(execution))["status"] == "cancelled"
    assert "StepStarted worker two" not in await stage.told(execution)


async def test_time_spent_held_does_not_count_as_time_of_the_node(stage: Stage) -> None:
    first = asyncio.Event()

    @stage.on("worker")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("one", first.wait)
        stage.clock.advance(1)
        await ctx.step("two", first.wait)
        return "done"

    execution = await stage.runtime.start(flow("worker", worker={"timeout_s": 60}), {})
    await stage.until(execution, "StepStarted worker one")
    await stage.runtime.send(execution, Pause())
    stage.clock.advance(50)
    first.set()
    await stage.settle(execution)
    stage.clock.advance(3_600)
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["result"] == "done"


async def test_overriding_a_paused_node_skips_its_work(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("a > b > c"), {}, breakpoints=[Breakpoint("b")])
    await stage.rest(execution)
    await stage.runtime.send(execution, Override("b", {"by": "hand"}))
    with pytest.raises(NotFound, match="'nobody'"):
        await stage.runtime.send(execution, Override("nobody", 1))
    await stage.runtime.send(execution, Resume())
    state = await stage.rest(execution)
    assert (state["result"], stage.ran) == ({"by": "hand"}, ["a#1", "c#1"])


async def test_overriding_a_running_node_cancels_its_handler(stage: Stage) -> None:
    cancelled = asyncio.Event()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.until(execution, "NodeStarted a")
    await stage.settle(execution)
    await stage.runtime.send(execution, Override("a", 5))
    state = await stage.rest(execution)
    assert (state["status"], state["result"]) == ("completed", {"output": 5})
    await cancelled.wait()


@pytest.mark.parametrize("command", [Pause(), Resume(), Step(), CancelExecution(), Override("a", 1)], ids=repr)
async def test_commands_after_the_end_are_refused(stage: Stage, command: Any) -> None:
    state = await stage.play(flow("a"))
    before = await stage.told(state["execution_id"])
    with pytest.raises(Conflict, match="has ended"):
        await stage.runtime.send(state["execution_id"], command)
    assert await stage.told(state["execution_id"]) == before
