"""The time that a container may take: neither a pause nor the time without a process counts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Breakpoint, CancelExecution, Pause, Resume, Step
from pointwork.runtime.clock import sleep
from pointwork.workflow import Workflow
from tests.runtime.conftest import Processes
from tests.runtime.stage import Stage, flow

ASK = {"type": "human", "human_config": {"question": "?"}}
GROUPS = {
    "loop": {"type": "loop", "loop_config": {"loop_type": "for_each"}},
    "map": {"type": "map"},
    "parallel": {"type": "parallel"},
}


@pytest.mark.parametrize("kind", GROUPS)
async def test_a_pause_is_no_time_of_a_container(stage: Stage, kind: str) -> None:
    @stage.on("body")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    workflow = flow("each:error > mend", each={**GROUPS[kind], "timeout_s": 10}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": [1]})
    await stage.until(execution, "NodeStarted each[0]/body")
    for _ in range(3):
        stage.clock.advance(3)
        await stage.runtime.send(execution, Pause())
        stage.clock.advance(3_600)
        await stage.runtime.send(execution, Resume())
    await stage.settle(execution)
    assert (await stage.runtime.state(execution))["status"] == "running"
    assert stage.clock.pending[0] == 1
    stage.clock.advance(1)
    state = await stage.rest(execution)
    assert (state["status"], state["result"]["error"]["kind"]) == ("completed", "timeout")


async def test_a_pause_is_no_time_of_a_sub_workflow(journal: Any, clock: Any) -> None:
    async def load(workflow_id: str, version: int | None) -> tuple[Workflow, int]:
        return flow("inner"), 1

    stage = Stage(journal, clock=clock, load_workflow=load)
    await stage.runtime.open()

    @stage.on("inner")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    call = {"type": "workflow", "workflow_config": {"workflow_id": "sub"}, "timeout_s": 10}
    execution = await stage.runtime.start(flow("call:error > mend", call=call), {})
    await stage.until(execution, "NodeStarted call[0]/inner")
    await stage.runtime.send(execution, Pause())
    stage.clock.advance(3_600)
    await stage.runtime.send(execution, Resume())
    stage.clock.advance(9)
    assert (await stage.runtime.state(execution))["status"] == "running"
    stage.clock.advance(1)
    assert (await stage.rest(execution))["result"]["error"]["kind"] == "timeout"
    await stage.runtime.close()


async def test_between_steps_no_time_of_a_container_passes(stage: Stage) -> None:
    """A container that a step starts is paused from the first moment on; only what goes on between counts."""

    @stage.on("one")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    workflow = flow(
        "each, one > two", each={"type": "parallel", "timeout_s": 10},
        one={"parent": "each"}, two={"parent": "each"},
    )  # fmt: skip
    execution = await stage.runtime.start(workflow, {}, breakpoints=[Breakpoint("each")])
    await stage.rest(execution)
    for started in ("each", "each[0]/one"):
        await stage.runtime.send(execution, Step())
        await stage.until(execution, f"NodeStarted {started}")
        assert (await stage.rest(execution))["status"] == "paused"
        stage.clock.advance(3_600)
    await stage.runtime.send(execution, Step())  # nothing is ready: it is taken when `one` has ended
    stage.clock.advance(9)
    await stage.runtime.send(execution, Pause())
    stage.clock.advance(3_600)
    await stage.runtime.send(execution, Resume())
    assert (await stage.runtime.state(execution))["status"] == "running"
    stage.clock.advance(1)
    assert (await stage.rest(execution))["error_detail"]["kind"] == "timeout"


async def test_cancelling_what_is_paused_leaves_no_limit(stage: Stage) -> None:
    @stage.on("body")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    workflow = flow("each", each={"type": "parallel", "timeout_s": 10}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {})
    await stage.until(execution, "NodeStarted each[0]/body")
    await stage.runtime.send(execution, Pause())
    await stage.runtime.send(execution, CancelExecution())
    assert (await stage.rest(execution))["status"] == "cancelled"
    assert 10 not in stage.clock.pending


async def test_a_container_has_what_is_left_of_its_time(processes: Processes) -> None:
    """Neither pauses nor the time without a process count, before and behind a restart."""
    box = {"type": "parallel", "timeout_s": 100}
    workflow = flow(
        "box:error > mend, one > two > three", box=box, **{n: {"parent": "box"} for n in ("one", "two", "three")}
    )

    def slow(stage: Stage) -> None:
        @stage.on("one", "two")
        async def takes_20_s(ctx: Any, inputs: dict[str, Any]) -> Any:
            await sleep(stage.clock, 20)

        @stage.on("three")
        async def hangs(ctx: Any, inputs: dict[str, Any]) -> Any:
            await asyncio.Event().wait()

    async def paused(stage: Stage) -> None:
        await stage.runtime.send(execution, Pause())
        processes.clock.advance(1_000)

    first = await processes.begin(prepare=slow)
    execution = await first.runtime.start(workflow, {})
    await first.until(execution, "NodeStarted box[0]/one")
    await first.settle(execution)
    processes.clock.advance(10)
    await paused(first)  # `one` ends meanwhile
    await first.runtime.send(execution, Resume())
    await first.until(execution, "NodeStarted box[0]/two")
    await first.settle(execution)
    processes.clock.advance(20)
    await first.until(execution, "NodeStarted box[0]/three")
    processes.clock.advance(5)
    await paused(first)
    await processes.end(first)
    processes.clock.advance(1_000)

    second = await processes.begin(prepare=slow)
    await second.settle(execution)
    await second.runtime.send(execution, Resume())  # 35 s are gone
    await second.until(execution, "NodeStarted box[0]/three #2")
    processes.clock.advance(15)
    await paused(second)
    await second.runtime.send(execution, Resume())
    await processes.end(second)
    processes.clock.advance(1_000)

    third = await processes.begin(prepare=slow)
    await third.until(execution, "NodeStarted box[0]/three #3")
    await processes.end(third)
    processes.clock.advance(1_000)
    fourth = await processes.begin(prepare=slow)
    await fourth.until(execution, "NodeStarted box[0]/three #4")
    await fourth.settle(execution)
    assert 50 in processes.clock.pending
    processes.clock.advance(49)
    assert (await fourth.runtime.state(execution))["status"] == "running"
    processes.clock.advance(1)
    assert (await fourth.rest(execution))["result"]["error"]["kind"] == "timeout"


async def test_what_was_paused_stands_still_in_the_next_process_too(processes: Processes) -> None:
    workflow = flow("box:error > mend", box={"type": "parallel", "timeout_s": 60}, ask={**ASK, "parent": "box"})
    first = await processes.begin()
    execution = await first.runtime.start(workflow, {})
    await first.until(execution, "NodeWaiting box[0]/ask")
    await first.settle(execution)
    processes.clock.advance(59)
    await first.runtime.send(execution, Pause())
    await processes.end(first)
    second = await processes.begin()
    await second.settle(execution)
    processes.clock.advance(1_000)
    assert (await second.rest(execution))["status"] == "paused"
    await second.runtime.send(execution, Resume())
    assert 1 in processes.clock.pending
    processes.clock.advance(1)
    assert (await second.rest(execution))["result"]["error"]["kind"] == "timeout"
