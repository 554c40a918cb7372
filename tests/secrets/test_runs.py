"""Secrets in runs: whatever a handler does with one, it is hidden before it becomes part of the execution.

So a live execution and a recovered one are the same: nobody goes on with a value that is not stored.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import orjson
import pytest

from pointwork.commands import Answered, Breakpoint, Override, Resume, SetBreakpoints
from pointwork.errors import NodeError, Unacceptable
from pointwork.events import NodeCompleted, TextStreamed
from pointwork.nodes import Suspend
from tests.runtime.stage import Stage, flow
from tests.secrets.conftest import CANARY, World

HIDDEN = "[secret KEY]"


async def everything(stage: Stage, execution: str) -> bytes:
    """All that can be known of an execution."""
    records = await stage.runtime.records(execution, resolve=True)
    state = await stage.runtime.state(execution, resolve=True)
    rows = await stage.journal.rows()
    return orjson.dumps([records, state, rows])


def clean(data: bytes) -> bool:
    return CANARY.encode() not in data and base64.b64encode(CANARY.encode())[:20] not in data


WAYS: dict[str, Any] = {
    "text": lambda ctx: CANARY,
    "within text": lambda ctx: f"Bearer {CANARY}!",
    "data": lambda ctx: {"headers": [{"authorization": f"Basic {base64.b64encode(CANARY.encode()).decode()}"}]},
    "key": lambda ctx: {CANARY: 1},
    "large": lambda ctx: {"page": "x" * 40_000 + CANARY + "y" * 40_000},
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_handler_returns(stage: Stage, world: World, way: str) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return WAYS[way](ctx)

    seen: list[Any] = []

    @stage.on("b")
    async def b(ctx: Any, inputs: Any) -> Any:
        seen.append(inputs)
        return inputs

    execution = await stage.runtime.start(flow("a > b"), {})
    assert (await stage.rest(execution))["status"] == "completed"
    found = await everything(stage, execution)
    assert clean(found)
    assert HIDDEN.encode() in found
    assert clean(orjson.dumps(seen))  # the next node does not get it either
    await world.end(stage)
    assert clean(world.disk())


@pytest.mark.parametrize("error", [ValueError(f"no: {CANARY}"), NodeError(f"no: {CANARY}", hint=CANARY)])
async def test_what_a_handler_raises(stage: Stage, world: World, error: Exception) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        raise error

    execution = await stage.runtime.start(flow("a > b"), {})
    state = await stage.rest(execution)
    assert (state["status"], HIDDEN in state["error"]) == ("failed", True)
    assert clean(await everything(stage, execution))
    await world.end(stage)
    assert clean(world.disk())


async def test_an_error_that_is_cut_just_within_a_secret(stage: Stage) -> None:
    """Messages are stored up to 10,000 characters, tracebacks their last 10,000."""

    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        raise ValueError(CANARY + "." * (9_960 - len(CANARY)) + CANARY + "x" * 9_990)

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    found = await everything(stage, execution)
    assert CANARY[:12].encode() not in found
    assert CANARY[-12:].encode() not in found


async def test_what_a_handler_logs_and_says_in_steps(stage: Stage, world: World) -> None:
    given: list[Any] = []

    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        ctx.log(f"using {CANARY}")

        async def call() -> Any:
            return {"echo": CANARY}

        given.append(
            await ctx.step(f"call {CANARY}", call, kind="tool", data={"key": CANARY}, usage=lambda v: {"k": CANARY})
        )
        return "done"

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    assert given == [{"echo": HIDDEN}]
    assert clean(await everything(stage, execution))
    await world.end(stage)
    assert clean(world.disk())


async def test_a_step_that_fails(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        async def call() -> Any:
            raise ValueError(CANARY)

        try:
            await ctx.step("call", call)
        except ValueError as error:
            return f"it said {error}"

    execution = await stage.runtime.start(flow("a > b"), {})
    assert (await stage.rest(execution))["result"] == {"output": f"it said {HIDDEN}"}
    assert clean(await everything(stage, execution))


async def test_inputs_options_answers_and_overrides_of_people(stage: Stage, world: World) -> None:
    @stage.on("ask")
    async def ask(ctx: Any, inputs: Any) -> Any:
        return Suspend({"kind": "human", "question": f"Is {CANARY} right?", "schema": {"type": "string"}})

    execution = await stage.runtime.start(
        flow("a > ask > b > c"),
        {"key": CANARY, "n": 1},
        model_override=CANARY,
        breakpoints=[Breakpoint("c", condition=f"output == '{CANARY}'")],
    )
    assert (await stage.rest(execution))["status"] == "waiting"
    await stage.runtime.send(execution, SetBreakpoints([Breakpoint("c", condition=f"'{CANARY}' == ''")]))
    await stage.runtime.send(execution, Answered("ask", CANARY))
    state = await stage.rest(execution)
    assert state["node_states"]["b"]["input"] == {"output": HIDDEN}
    found = await everything(stage, execution)
    assert clean(found)
    fork = await stage.runtime.fork(execution, at=4, override=Override("a", CANARY))
    await stage.rest(fork)
    assert clean(await everything(stage, fork))
    await world.end(stage)
    assert clean(world.disk())


# ---------------------------------------------------------------------------------------------------- streamed text


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 13, 24, 25, 26, 40])
@pytest.mark.parametrize("pause_s", [0.0, 0.02, 0.06])
async def test_streamed_text_cut_anywhere(stage: Stage, world: World, size: int, pause_s: float) -> None:
    text = f"The key is {CANARY}, and again {CANARY}. Also canary-5b is how it begins. {CANARY}"

    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        for at in range(0, len(text), size):
            ctx.stream(text[at : at + size])
            if pause_s:
                world.clock.advance(pause_s)
                await asyncio.sleep(0)
        return text

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    records = await stage.runtime.records(execution)
    shown = "".join(r.event.text for r in records if isinstance(r.event, TextStreamed))
    assert shown == text.replace(CANARY, HIDDEN)
    assert clean(await everything(stage, execution))


async def test_a_log_line_in_the_middle_of_streamed_text(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        ctx.stream(f"key: {CANARY[:9]}")
        ctx.log("thinking")
        ctx.stream(CANARY[9:])
        return "done"

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    records = await stage.runtime.records(execution)
    assert "".join(r.event.text for r in records if isinstance(r.event, TextStreamed)) == f"key: {HIDDEN}"


async def test_text_that_ends_within_a_secret_is_shown_or_hidden_but_not_lost(stage: Stage) -> None:
    """Less than half of a value tells nothing; more is hidden."""

    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        ctx.stream(f"few {CANARY[:5]}")
        ctx.stream(f"many {CANARY[:-3]}", "thinking")
        return "done"

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    records = await stage.runtime.records(execution)
    told = [(r.event.kind, r.event.text) for r in records if isinstance(r.event, TextStreamed)]
    by_kind = {kind: "".join(text for found, text in told if found == kind) for kind, _ in told}
    assert by_kind == {"text": f"few {CANARY[:5]}", "thinking": f"many {HIDDEN}"}


async def test_a_secret_that_becomes_known_in_the_middle(stage: Stage, world: World) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        ctx.stream("the other is late-")
        world.redactor.add("late-canary-value", "LATE")
        ctx.stream("canary-value")
        return "late-canary-value"

    execution = await stage.runtime.start(flow("a > b"), {})
    state = await stage.rest(execution)
    assert state["result"] == {"output": "[secret LATE]"}


# ------------------------------------------------------------------------------------------- live, and recovered


async def test_a_recovered_run_goes_on_with_what_a_live_one_went_on_with(world: World) -> None:
    """The step is not repeated after the crash, and gives what it gave before it."""
    at_work = asyncio.Event()
    seen: dict[str, list[Any]] = {"live": [], "recovered": []}
    calls = 0

    def prepare(name: str) -> Any:
        def on(stage: Stage) -> None:
            @stage.on("a")
            async def a(ctx: Any, inputs: Any) -> Any:
                async def call() -> Any:
                    nonlocal calls
                    calls += 1
                    return {"echo": CANARY, "input": inputs}

                seen[name].append(await ctx.step("call", call, data={"with": CANARY}))
                if name == "live":
                    at_work.set()
                    await asyncio.Event().wait()
                return "done"

        return on

    live = await world.begin(prepare=prepare("live"))
    execution = await live.runtime.start(flow("a > b"), {"key": CANARY})
    await at_work.wait()
    await live.settle(execution)
    await world.end(live)
    again = await world.begin(prepare=prepare("recovered"))
    assert (await again.rest(execution))["status"] == "completed"
    assert calls == 1
    assert seen["live"] == seen["recovered"] == [{"echo": HIDDEN, "input": {"key": HIDDEN}}]


async def test_a_secret_that_is_put_together_from_harmless_parts(world: World) -> None:
    """By a template, in the engine: no handler ever held it. What is stored is what the run goes on with."""
    seen: list[Any] = []

    def prepare(stage: Stage) -> None:
        @stage.on("a")
        async def a(ctx: Any, inputs: Any) -> Any:
            return CANARY[:9]

        @stage.on("b")
        async def b(ctx: Any, inputs: Any) -> Any:
            return [CANARY[9:17], CANARY[17:]]

        @stage.on("c")
        async def c(ctx: Any, inputs: Any) -> Any:
            seen.append((stage.configs[-1].address, inputs))
            if len(seen) == 1:
                raise ConnectionError("cut off")
            return stage.configs[-1].address

    joined = {
        "type": "caller",
        "caller_config": {"address": "{{ x }}{{ y[0] }}{{ y[1] }}"},
        "inputs": [{"name": "x", "source_node": "a"}, {"name": "y", "source_node": "b"}],
        "retry": {"max_attempts": 2, "first_delay_s": 1},
    }
    first = await world.begin(prepare=prepare)
    execution = await first.runtime.start(flow("a > b > c > d", c=joined), {})
    await first.until(execution, "NodeFailed c exception again")
    assert clean(await everything(first, execution))
    await world.end(first)
    second = await world.begin(prepare=prepare)
    await second.settle(execution)
    world.clock.advance(2)
    state = await second.rest(execution)
    assert [address for address, _ in seen] == [HIDDEN, HIDDEN]  # live, and recovered
    assert state["status"] == "completed"
    assert clean(await everything(second, execution))
    await world.close()
    assert clean(world.disk())


async def test_a_breakpoint_in_between_changes_nothing(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return {"x": CANARY[:9], "y": CANARY[9:17], "z": CANARY[17:]}

    joined = {"type": "caller", "caller_config": {"address": "{{ x }}{{ y }}{{ z }}"}}
    workflow = flow("a > c > d", c=joined)
    execution = await stage.runtime.start(workflow, {}, breakpoints=[Breakpoint("c")])
    assert (await stage.rest(execution))["status"] == "paused"
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["status"] == "completed"
    assert [config.address for config in stage.configs if hasattr(config, "address")] == [HIDDEN]
    assert clean(await everything(stage, execution))


# -------------------------------------------------------------------------------------------------------- the plan


async def test_a_workflow_that_holds_a_secret_itself_is_not_begun(stage: Stage, world: World) -> None:
    workflow = flow("call > b", call={"type": "caller", "caller_config": {"address": f"http://x/?k={CANARY}"}})
    with pytest.raises(Unacceptable, match=r"holds the value of \[secret KEY\] itself") as error:
        await stage.runtime.start(workflow, {})
    assert "{{secret.NAME}}" in error.value.hint
    assert await stage.journal.rows() == []
    await world.end(stage)
    assert clean(world.disk())


async def test_a_reference_goes_to_the_handler_and_the_value_comes_back_hidden(stage: Stage) -> None:
    @stage.on("call")
    async def call(ctx: Any, inputs: Any) -> Any:
        return {"sent": stage.configs[-1].address}

    workflow = flow("call > b", call={"type": "caller", "caller_config": {"address": "http://x/?k={{secret.KEY}}"}})
    state = await stage.play(workflow)
    assert stage.configs[0].address == f"http://x/?k={CANARY}"
    assert state["result"] == {"sent": f"http://x/?k={HIDDEN}"}


async def test_events_without_secrets_are_stored_as_the_very_objects(world: World) -> None:
    """Looking must not cost a copy."""
    from pointwork.journal.cleaning import cleaned

    events = [NodeCompleted("", "a", {"x": [1, "harmless"]})]
    assert cleaned(events, world.redactor)[0] is events[0]
