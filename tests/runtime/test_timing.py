"""What takes time: limits, further attempts, delays. Time passes when the story says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Answered, CancelExecution, Override, Pause, Resume, Retry
from pointwork.errors import Conflict
from pointwork.events import iso
from tests.runtime.stage import Stage, flow


async def test_a_handler_that_takes_too_long_fails(stage: Stage) -> None:
    cancelled = asyncio.Event()

    @stage.on("a")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    execution = await stage.runtime.start(flow("start > a > b", a={"timeout_s": 2.5}), {})
    await stage.until(execution, "NodeStarted a")
    await stage.settle(execution)
    stage.clock.advance(2.4)
    await stage.settle(execution)
    assert not cancelled.is_set()
    stage.clock.advance(0.1)
    state = await stage.rest(execution)
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "timeout")
    assert "'a' took longer than its 2.5 s." in state["error"]
    assert cancelled.is_set()


async def test_a_handler_that_swallows_the_end_of_its_time_was_too_slow_all_the_same(stage: Stage) -> None:
    @stage.on("a")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "late"

    execution = await stage.runtime.start(flow("a", a={"timeout_s": 1}), {})
    await stage.until(execution, "NodeStarted a")
    await stage.settle(execution)
    stage.clock.advance(1)
    assert (await stage.rest(execution))["error_detail"]["kind"] == "timeout"


async def test_a_handler_that_is_in_time_leaves_no_timer(stage: Stage) -> None:
    state = await stage.play(flow("a > b", a={"timeout_s": 5}, b={"timeout_s": 5}))
    assert state["status"] == "completed"
    assert 5 not in stage.clock.pending


async def test_a_container_that_takes_too_long_fails_and_what_is_inside_is_cancelled(stage: Stage) -> None:
    @stage.on("body")
    async def slow(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    workflow = flow("each:error > mend", each={"type": "map", "timeout_s": 10}, body={"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": [1, 2]})
    await stage.until(execution, "NodeStarted each[1]/body")
    await stage.settle(execution)
    stage.clock.advance(10)
    state = await stage.rest(execution)
    assert (state["status"], state["result"]["error"]["kind"]) == ("completed", "timeout")
    lines = await stage.told(execution)
    assert {"NodeCancelled each[0]/body", "NodeCancelled each[1]/body"} < set(lines)


async def test_attempts_follow_each_other_ever_more_slowly(stage: Stage) -> None:
    @stage.on("a")
    async def fail_twice(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt < 4:
            raise ValueError(f"no {ctx.attempt}")
        return "at last"

    retry = {"max_attempts": 4, "first_delay_s": 2, "factor": 3, "max_delay_s": 10}
    execution = await stage.runtime.start(flow("start > a", a={"retry": retry}), {})
    waits: list[float] = []
    for attempt in (2, 3, 4):
        await stage.settle(execution)
        assert (await stage.runtime.state(execution))["status"] == "running"
        waits.append(max(stage.clock.pending))
        stage.clock.advance(waits[-1])
        await stage.until(execution, f"NodeStarted a #{attempt}")
    state = await stage.rest(execution)
    assert (state["result"], waits) == ("at last", [2, 6, 10])
    assert [line for line in await stage.told(execution) if "Failed" in line] == ["NodeFailed a exception again"] * 3


async def test_when_all_attempts_fail_the_last_error_counts(stage: Stage) -> None:
    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError(f"no {ctx.attempt}")

    retry = {"max_attempts": 2, "first_delay_s": 0}
    execution = await stage.runtime.start(flow("a", a={"retry": retry}), {})
    await stage.settle(execution)
    stage.clock.advance(0)
    assert "no 2" in (await stage.rest(execution))["error"]


async def test_somebody_may_be_too_impatient_to_wait_for_the_next_attempt(stage: Stage) -> None:
    @stage.on("a")
    async def fail_once(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            raise ValueError("no")
        return "yes"

    execution = await stage.runtime.start(flow("a", a={"retry": {"first_delay_s": 3_600}}), {})
    await stage.until(execution, "NodeFailed a exception again")
    assert await stage.runtime.retry(execution, Retry("a")) == execution
    assert (await stage.rest(execution))["result"] == "yes"
    stage.clock.advance(4_000)
    await stage.settle(execution)
    assert stage.ran == ["a#1", "a#2"]


async def test_only_what_waits_for_an_attempt_can_be_retried_at_once(stage: Stage) -> None:
    execution = await stage.runtime.start(
        flow("start > ask", ask={"type": "human", "human_config": {"question": "?"}}), {}
    )
    await stage.rest(execution)
    with pytest.raises(Conflict, match="'start' is not waiting for another attempt"):
        await stage.runtime.retry(execution, Retry("start"))


async def test_a_retry_that_falls_due_while_paused_waits_for_the_resume(stage: Stage) -> None:
    @stage.on("a")
    async def fail_once(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            raise ValueError("no")
        return "yes"

    execution = await stage.runtime.start(flow("a", a={"retry": {"first_delay_s": 5}}), {})
    await stage.until(execution, "NodeFailed a exception again")
    await stage.runtime.send(execution, Pause())
    stage.clock.advance(60)
    await stage.settle(execution)
    assert stage.ran == ["a#1"]
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["result"] == "yes"


async def test_while_an_attempt_is_due_the_execution_is_not_waiting_for_anybody(stage: Stage) -> None:
    """Its row says the same as its state."""

    @stage.on("a")
    async def fail_once(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            raise ValueError("no")

    ask = {"type": "human", "human_config": {"question": "?"}}
    execution = await stage.runtime.start(flow("start > a, start > ask", a={"retry": {}}, ask=ask), {})
    await stage.until(execution, "NodeFailed a exception again")
    await stage.settle(execution)
    seen = [((await stage.runtime.state(execution))["status"], (await stage.journal.row(execution)).status)]
    stage.clock.advance(60)
    await stage.until(execution, "NodeCompleted a")
    await stage.settle(execution)
    seen.append(((await stage.runtime.state(execution))["status"], (await stage.journal.row(execution)).status))
    assert seen == [("running", "running"), ("waiting", "waiting")]


async def test_a_delay_hands_on_what_arrived_when_its_time_has_come(stage: Stage) -> None:
    delay = {"type": "delay", "delay_config": {"seconds": 90}}
    execution = await stage.runtime.start(flow("start > later > a", later=delay), {"x": 1})
    state = await stage.rest(execution)
    assert (state["status"], stage.ran) == ("waiting", [])
    assert state["waiting"][0]["request"]["until"] == iso(stage.clock.now_us() + 90_000_000)
    stage.clock.advance(89.9)
    await stage.settle(execution)
    assert stage.ran == []
    stage.clock.advance(0.1)
    await stage.until(execution, "NodeCompleted later")
    assert (await stage.rest(execution))["result"] == {"x": 1}


async def test_a_delay_can_be_cut_short_by_hand(stage: Stage) -> None:
    delay = {"type": "delay", "delay_config": {"seconds": 90}}
    for command in (Answered("later", {"x": 2}), Override("later", {"x": 2})):
        execution = await stage.runtime.start(flow("start > later > a", later=delay), {"x": 1})
        await stage.rest(execution)
        await stage.runtime.send(execution, command)
        assert (await stage.rest(execution))["status"] == "completed"
    stage.clock.advance(100)
    await stage.settle(execution)
    assert stage.ran == ["a#1"] * 2


async def test_a_delay_until_a_time_that_has_passed_is_none(stage: Stage) -> None:
    delay = {"type": "delay", "delay_config": {"until": "2001-01-01T00:00:00Z"}}
    assert (await stage.play(flow("later > a", later=delay)))["status"] == "completed"


async def test_a_time_without_an_offset_is_utc(stage: Stage) -> None:
    delay = {"type": "delay", "delay_config": {"until": "{{when}}"}}
    when = iso(stage.clock.now_us() + 5_000_000).removesuffix("Z")
    execution = await stage.runtime.start(flow("later > a", later=delay), {"when": when})
    await stage.rest(execution)
    assert 5 in stage.clock.pending
    await stage.runtime.send(execution, CancelExecution())
    await stage.rest(execution)
    assert 5 not in stage.clock.pending


async def test_the_end_leaves_no_timer(stage: Stage) -> None:
    @stage.on("a")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no")

    @stage.on("b")
    async def fail_at_once(ctx: Any, inputs: dict[str, Any]) -> Any:
        await stage.until(ctx.execution_id, "NodeWaiting later")
        raise ValueError("no")

    delay = {"type": "delay", "delay_config": {"seconds": 77}}
    retry = {"retry": {"first_delay_s": 77, "max_delay_s": 100}}
    execution = await stage.runtime.start(flow("start > a, start > b, start > later", a=retry, later=delay), {})
    assert (await stage.rest(execution))["status"] == "failed"
    assert 77 not in stage.clock.pending
