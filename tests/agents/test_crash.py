"""An agent that is killed anywhere goes on where it was: what had finished is never done again."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.models import ModelRequest
from pointwork.testing import Crash, FakeContext, FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import AgentConfig

ROUNDS = 3
CALLS = 3
STEPS = ROUNDS * (1 + CALLS) + 1  # each round: one model call and three tool calls; at the end the answer


def reply(request: ModelRequest) -> Any:
    rounds = sum(message["role"] == "assistant" for message in request.messages)
    return [("count", {"number": rounds * CALLS + n}) for n in range(CALLS)] if rounds < ROUNDS else "All counted."


class World:
    """A model and a tool that remember what they did, across crashes."""

    def __init__(self) -> None:
        self.model = FakeModel(reply)
        self.counted: list[int] = []
        self.tools = ToolRegistry()

        @tool(idempotent=False)
        async def count(number: int) -> int:
            self.counted.append(number)
            return number

        self.tools.register_tool(count)

    async def run(self, ctx: FakeContext) -> str:
        config = AgentConfig(tools=["count"], system_prompt="Count.")
        answer = await run_agent(ctx, config, {"to": "9"}, models=FakeModels(self.model), tools=self.tools)
        return answer.text


async def until_it_ends(world: World, ctx: FakeContext, every: int) -> tuple[str, int]:
    crashes = 0
    while True:
        try:
            return await world.run(ctx), crashes
        except Crash:
            crashes += 1
            ctx = ctx.resumed(crash_after=sum(step.ended for step in ctx.steps.values()) + every)


@pytest.mark.parametrize("after", range(1, STEPS + 1))
async def test_one_crash_after_any_step(after: int) -> None:
    world = World()
    first = FakeContext(crash_after=after)
    with pytest.raises(Crash):
        await world.run(first)
    finished = [step.name for step in first.steps.values() if step.ended]
    second = first.resumed()
    assert await world.run(second) == "All counted."
    assert len(second.steps) == STEPS
    assert len(finished) + len(second.performed) == STEPS
    assert len(world.model.requests) == ROUNDS + 1
    # Only a call that was cut off between its start and its end may be made again; whether it is, is for the runtime.
    assert set(world.counted) == set(range(ROUNDS * CALLS))
    assert all(not step.idempotent for step in second.steps.values() if step.kind == "tool")


@pytest.mark.parametrize("every", [1, 2, 5])
async def test_many_crashes_give_the_same_answer(every: int) -> None:
    world = World()
    answer, crashes = await until_it_ends(world, FakeContext(crash_after=every), every)
    assert answer == "All counted."
    assert crashes >= 2
    assert len(world.model.requests) == ROUNDS + 1
    straight = World()
    ctx = FakeContext()
    assert await straight.run(ctx) == answer
    assert straight.model.requests[-1].messages == world.model.requests[-1].messages


async def test_text_of_finished_steps_is_not_shown_twice() -> None:
    world = World()
    first = FakeContext(crash_after=1)
    with pytest.raises(Crash):
        await world.run(first)
    second = first.resumed()
    await world.run(second)
    assert first.text("tool_args").count("{") == CALLS
    assert second.text("tool_args").count("{") == (ROUNDS - 1) * CALLS
    assert second.text() == "All counted."
