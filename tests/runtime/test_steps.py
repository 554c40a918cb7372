"""Steps within a handler: stored before and after, and never done again once they have ended."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.errors import NodeError
from pointwork.events import StepRecorded, StepStarted
from tests.runtime.stage import Stage, flow

AT_ONCE = {"retry": {"max_attempts": 5, "first_delay_s": 0}}


async def until_ended(stage: Stage, execution: str) -> dict[str, Any]:
    """Attempts follow at once."""
    while stage.runtime.drivers.get(execution) is not None:
        await stage.settle(execution)
        stage.clock.advance(0)
    return await stage.runtime.state(execution)


class Counting:
    """Step functions that count how often they are called."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def of(self, name: Any, value: Any = None, error: BaseException | None = None) -> Any:
        async def call() -> Any:
            self.calls.append(name)
            if error is not None:
                raise error
            return value

        return call


async def test_a_step_is_stored_before_and_after(stage: Stage) -> None:
    stored_by_then: list[list[str]] = []

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def look() -> dict[str, Any]:
            stored_by_then.append(await stage.told(ctx.execution_id))
            return {"tokens": 7}

        return await ctx.step("look", look, kind="tool", data={"x": (1, 2)}, usage=lambda value: value)

    execution = await stage.runtime.start(flow("a"), {})
    await stage.rest(execution)
    assert stored_by_then[0][-1] == "StepStarted a look"
    _, _, started, recorded, *_ = [record.event for record in await stage.runtime.records(execution)]
    assert isinstance(started, StepStarted)
    assert isinstance(recorded, StepRecorded)
    assert (started.kind, started.data, started.idempotent) == ("tool", {"x": [1, 2]}, True)
    assert (recorded.key, recorded.value, recorded.usage) == (started.key, {"tokens": 7}, {"tokens": 7})


async def test_steps_that_ended_are_not_done_again_by_the_next_attempt(stage: Stage) -> None:
    steps = Counting()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        one = await ctx.step("one", steps.of("one", {"n": 1}))
        two = await ctx.step("two", steps.of("two", error=NodeError("no") if ctx.attempt < 3 else None), data=one)
        return [one, two, await ctx.step("three", steps.of("three", "c"))]

    execution = await stage.runtime.start(flow("a", a=AT_ONCE), {})
    state = await until_ended(stage, execution)
    assert state["result"] == [{"n": 1}, None, "c"]
    assert steps.calls == ["one", "two", "two", "two", "three"]
    assert [line for line in await stage.told(execution) if "Step" in line] == [
        "StepStarted a one",
        "StepRecorded a one",
        *["StepStarted a two", "StepRecorded a two failed"] * 2,
        "StepStarted a two",
        "StepRecorded a two",
        "StepStarted a three",
        "StepRecorded a three",
    ]


async def test_what_a_handler_does_to_a_result_does_not_change_what_is_remembered(stage: Stage) -> None:
    steps = Counting()
    given: list[Any] = []

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        value = await ctx.step("one", steps.of("one", {"list": [1]}))
        given.append(str(value))
        value["list"].append(2)
        value["more"] = True
        if ctx.attempt < 3:
            raise NodeError("no")

    execution = await stage.runtime.start(flow("a", a=AT_ONCE), {})
    await until_ended(stage, execution)
    assert given == ["{'list': [1]}"] * 3
    assert steps.calls == ["one"]
    recorded = next(r.event for r in await stage.runtime.records(execution) if isinstance(r.event, StepRecorded))
    assert recorded.value == {"list": [1]}


@pytest.mark.parametrize(
    ("first", "second", "done"),
    [
        # name, data and kind of each step; what of the second attempt is really done
        (["a:1", "b:1", "c:1"], ["a:1", "b:1", "c:1"], []),
        (["a:1", "b:1", "c:1"], ["a:1", "b:2", "c:1"], ["b:2", "c:1"]),
        (["a:1", "b:1", "c:1"], ["b:1", "c:1"], ["b:1", "c:1"]),
        (["a:1", "b:1"], ["a:1", "x:1", "b:1"], ["x:1", "b:1"]),
        (["a:1", "a:1"], ["a:1", "a:1", "a:1"], ["a:1"]),
        (["a:1"], ["a:true"], ["a:true"]),
    ],
)
async def test_a_handler_that_changes_its_mind_goes_on_live(
    stage: Stage, first: list[str], second: list[str], done: list[str]
) -> None:
    steps = Counting()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        for step in first if ctx.attempt == 1 else second:
            name, _, data = step.partition(":")
            await ctx.step(name, steps.of(step), data=True if data == "true" else int(data))
        if ctx.attempt == 1:
            raise NodeError("no")

    execution = await stage.runtime.start(flow("a", a=AT_ONCE), {})
    assert (await until_ended(stage, execution))["status"] == "completed"
    assert steps.calls == first + done


async def test_steps_at_the_same_time_are_told_apart_by_the_order_they_began_in(stage: Stage) -> None:
    steps = Counting()
    barrier = asyncio.Barrier(3)

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def one(n: int) -> int:
            steps.calls.append(n)
            await barrier.wait()
            return n * 10

        found = await asyncio.gather(*(ctx.step("same", lambda n=n: one(n)) for n in range(3)))
        if ctx.attempt == 1:
            raise NodeError("no")
        return found

    execution = await stage.runtime.start(flow("a", a=AT_ONCE), {})
    assert (await until_ended(stage, execution))["result"] == [0, 10, 20]
    assert steps.calls == [0, 1, 2]


async def test_each_round_has_steps_of_its_own(stage: Stage) -> None:
    steps = Counting()

    @stage.on("body")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        return await ctx.step("one", steps.of(str(ctx.activation), str(ctx.activation)))

    state = await stage.play(flow("each", each={"type": "loop"}, body={"parent": "each"}), items=[1, 1])
    assert state["result"]["results"] == ["each[0]/body", "each[1]/body"]
    assert steps.calls == ["each[0]/body", "each[1]/body"]


@pytest.mark.parametrize("value", [object(), 2**70, "half a \ud83d face"], ids=["object", "huge", "half a face"])
async def test_a_result_that_cannot_be_stored_fails_its_step_and_node(stage: Stage, value: Any) -> None:
    steps = Counting()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("one", steps.of("one", value))

    execution = await stage.runtime.start(flow("a", a=AT_ONCE), {})
    state = await until_ended(stage, execution)
    assert state["error_detail"]["kind"] == "type_mismatch"
    assert "step 'one' of 'a'" in state["error"]
    assert "StepRecorded a one failed" in await stage.told(execution)
    assert steps.calls == ["one"]  # it would be of no use to do it again


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"data": object()}, "step 'one' of 'a' is given"),
        ({"data": {1: 2}}, "step 'one' of 'a' is given"),
        ({"kind": "magic"}, "The kind of step 'one' of 'a' is 'magic'"),
    ],
)
async def test_a_step_that_cannot_be_described_is_not_done(stage: Stage, options: Any, says: str) -> None:
    steps = Counting()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("one", steps.of("one"), **options)

    state = await stage.play(flow("a"))
    assert (state["error_detail"]["kind"], steps.calls) == ("type_mismatch", [])
    assert says in state["error"]


async def test_a_step_with_an_odd_name_is_done(stage: Stage) -> None:
    steps = Counting()

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        return await ctx.step("half a \ud83d face", steps.of("one", 1))

    assert (await stage.play(flow("a")))["result"] == 1


@pytest.mark.parametrize(("idempotent", "attempts"), [(True, 2), (False, 1)])
async def test_a_step_cut_off_by_the_time_limit_is_only_repeated_if_it_may_be(
    stage: Stage, idempotent: bool, attempts: int
) -> None:
    """Nobody knows whether it had its effect."""

    @stage.on("a")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("one", asyncio.Event().wait, idempotent=idempotent)

    retry = {"retry": {"max_attempts": 2, "first_delay_s": 0}, "timeout_s": 5}
    execution = await stage.runtime.start(flow("a", a=retry), {})
    for attempt in range(1, attempts + 1):
        await stage.until(execution, f"NodeStarted a #{attempt}" if attempt > 1 else "NodeStarted a")
        await stage.settle(execution)
        stage.clock.advance(5)
        await stage.settle(execution)
        stage.clock.advance(0)
    state = await stage.rest(execution)
    assert (state["error_detail"]["kind"], len(stage.ran)) == ("timeout", attempts)


async def test_the_steps_of_nodes_that_ended_are_forgotten(stage: Stage) -> None:
    """Memory does not grow with the number of rounds."""
    kept: list[bool] = []

    @stage.on("body")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        steps = stage.runtime.drivers[ctx.execution_id].steps
        kept.append(bool(steps._recorded or steps._open))
        await ctx.step("one", Counting().of("one"))
        if ctx.attempt == 1 and inputs["item"] == 2:
            raise NodeError("no")

    workflow = flow("each", each={"type": "loop"}, body={"parent": "each", "on_error": "continue"})
    assert (await stage.play(workflow, items=[1, 2, 3, 4]))["status"] == "completed"
    assert kept == [False] * 4
