"""A person agrees to what an agent does, or does not: asked with the very arguments, answered after any restart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.commands import Answered, CancelExecution
from pointwork.errors import Unacceptable
from pointwork.events import NodeResumed, NodeStarted, StepRecorded
from pointwork.journal.sqlite import SqliteJournal
from pointwork.models import Models
from pointwork.nodes import Asking, builtin_registry
from pointwork.runtime.runtime import Runtime
from pointwork.testing import FakeContext, FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import AgentConfig, Workflow
from tests.runtime.stage import Owners


class World:
    """A bank and a clock, and what was done to them."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.tools = ToolRegistry()

        @tool(needs_approval=True, idempotent=False, side_effects=True)
        async def pay(to: str, amount: int) -> str:
            self.done.append(f"paid {amount} to {to}")
            return "paid"

        @tool(side_effects=True)
        async def note(text: str) -> str:
            self.done.append(f"noted {text}")
            return "noted"

        @tool
        async def look() -> str:
            self.done.append("looked")
            return "12:00"

        for one in (pay, note, look):
            self.tools.register_tool(one)

    async def run(self, model: FakeModel, ctx: FakeContext, **config: Any) -> str:
        made = AgentConfig(**{"tools": ["pay", "note", "look"], **config})
        answer = await run_agent(ctx, made, {"q": "?"}, models=FakeModels(model), tools=self.tools)
        return answer.text


PAY = ("pay", {"to": "Ada", "amount": 5})


async def asked(world: World, model: FakeModel, ctx: FakeContext, **config: Any) -> dict[str, Any]:
    with pytest.raises(Asking) as asking:
        await world.run(model, ctx, **config)
    return asking.value.request


async def test_the_question_shows_the_very_arguments() -> None:
    world, ctx = World(), FakeContext()
    request = await asked(world, FakeModel([PAY], "Done."), ctx)
    assert request["question"] == """'node' wants to call 'pay' with {"to": "Ada", "amount": 5}. Shall it?"""
    assert (request["tool"], request["arguments"]) == ("pay", {"to": "Ada", "amount": 5})
    assert request["choices"] == ["approve", "deny"]
    assert world.done == []


async def test_what_was_approved_is_done_once_and_the_model_is_not_asked_again() -> None:
    world, model, ctx = World(), FakeModel([PAY], "Done."), FakeContext()
    await asked(world, model, ctx)
    assert await world.run(model, ctx.answered({"choice": "approve"})) == "Done."
    assert world.done == ["paid 5 to Ada"]
    assert len(model.requests) == 2


async def test_what_was_denied_is_told_to_the_model() -> None:
    world, model, ctx = World(), FakeModel([PAY], "I did not."), FakeContext()
    await asked(world, model, ctx)
    assert await world.run(model, ctx.answered({"choice": "deny", "reason": "too much"})) == "I did not."
    assert world.done == []
    assert "did not allow this call: too much" in model.requests[1].messages[-1]["content"]


async def test_arguments_may_be_changed() -> None:
    world, model, ctx = World(), FakeModel([PAY], "Done."), FakeContext()
    await asked(world, model, ctx)
    answer = {"choice": "approve", "arguments": {"to": "Ada", "amount": 3}}
    assert await world.run(model, ctx.answered(answer)) == "Done."
    assert world.done == ["paid 3 to Ada"]
    told = json.loads(model.requests[1].messages[-1]["content"])
    assert (told["arguments"], told["answer"]) == ({"to": "Ada", "amount": 3}, "paid")


async def test_other_calls_of_the_round_come_first_and_are_not_repeated() -> None:
    world, ctx = World(), FakeContext()
    model = FakeModel([PAY, ("look", {}), ("pay", {"to": "Bob", "amount": 1})], "Done.")
    assert (await asked(world, model, ctx))["arguments"]["to"] == "Ada"
    assert world.done == ["looked"]
    ctx = ctx.answered({"choice": "approve"})
    assert (await asked(world, model, ctx))["arguments"]["to"] == "Bob"
    assert world.done == ["looked", "paid 5 to Ada"]
    assert await world.run(model, ctx.answered({"choice": "approve"})) == "Done."
    assert world.done == ["looked", "paid 5 to Ada", "paid 1 to Bob"]
    # The model reads the results in the order of its calls.
    assert [message["content"] for message in model.requests[1].messages[-3:]] == ["paid", "12:00", "paid"]


@pytest.mark.parametrize(
    ("approval", "calls", "asks"),
    [
        ("tools", ("note", {"text": "x"}), False),
        ("side_effects", ("note", {"text": "x"}), True),
        ("side_effects", ("look", {}), False),
        ("all", ("look", {}), True),
        ("tools", ("pay", {"to": "Ada"}), False),  # does not fit: refused without asking anybody
        ("tools", ("pay", {"to": "Ada", "amount": "much"}), False),
        ("all", ("steal", {}), False),
    ],
)
async def test_what_is_asked_about(approval: str, calls: tuple[str, dict[str, Any]], asks: bool) -> None:
    world, model = World(), FakeModel([calls], "Done.")
    if asks:
        assert (await asked(world, model, FakeContext(), approval=approval))["tool"] == calls[0]
        assert world.done == []
    else:
        assert await world.run(model, FakeContext(), approval=approval) == "Done."


# ----------------------------------------------------------------------------------------- in real executions


FLOW = Workflow.load(
    {
        "name": "Pay",
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "agent", "type": "agent", "agent_config": {"tools": ["pay", "look"]}},
            {"id": "end", "type": "end"},
        ],
        "edges": [{"source": "start", "target": "agent"}, {"source": "agent", "target": "end"}],
    }
)


class Processes:
    """One process after the other on the same database, with the same world around."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.owners = Owners()
        self.world = World()
        self.model = FakeModel([("look", {}), PAY], "Done.")
        self.runtime: Runtime | None = None

    async def begin(self) -> Runtime:
        if self.runtime is not None:
            await self.runtime.close()
        resources: dict[type, object] = {Models: FakeModels(self.model), ToolRegistry: self.world.tools}
        self.runtime = Runtime(
            journal=SqliteJournal(self.folder / "pointwork.db"),
            registry=builtin_registry(),
            resources=resources,
            owners=self.owners.join(),
        )
        await self.runtime.open()
        return self.runtime


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    made = Processes(tmp_path)
    yield made
    if made.runtime is not None:
        await made.runtime.close()


async def test_it_waits_through_restarts_and_goes_on_in_the_same_attempt(processes: Processes) -> None:
    runtime = await processes.begin()
    execution = await runtime.start(FLOW, {"query": "Pay Ada"})
    assert await runtime.finished(execution)
    for _ in range(3):
        runtime = await processes.begin()
    state = await runtime.state(execution)
    assert (state["status"], state["waiting"][0]["request"]["tool"]) == ("waiting", "pay")
    await runtime.send(execution, Answered("agent", {"choice": "approve"}))
    assert await runtime.finished(execution)
    state = await runtime.state(execution)
    assert (state["status"], state["result"]) == ("completed", "Done.")
    assert processes.world.done == ["looked", "paid 5 to Ada"]
    assert len(processes.model.requests) == 2
    events = [record.event for record in await runtime.records(execution)]
    assert [event.attempt for event in events if isinstance(event, NodeStarted) and event.node == "agent"] == [1]
    assert sum(isinstance(event, NodeResumed) for event in events) == 1
    steps = [event.name for event in events if isinstance(event, StepRecorded)]
    assert steps == ["gpt-4o-mini", "look", "pay", "pay", "gpt-4o-mini"]  # the first `pay` is the answer


@pytest.mark.parametrize(
    "answer",
    [
        {"choice": "perhaps"},
        {"choice": "approve", "arguments": {"to": "Ada"}},
        {"choice": "approve", "arguments": {"to": "Ada", "amount": "5"}},
        {"choice": "approve", "more": 1},
        None,
        5,
    ],
)
async def test_answers_that_do_not_fit_are_refused(processes: Processes, answer: Any) -> None:
    runtime = await processes.begin()
    execution = await runtime.start(FLOW, {})
    assert await runtime.finished(execution)
    with pytest.raises(Unacceptable):
        await runtime.send(execution, Answered("agent", answer))
    assert (await runtime.state(execution))["status"] == "waiting"
    await runtime.send(execution, Answered("agent", "deny"))
    assert await runtime.finished(execution)
    assert processes.world.done == ["looked"]


async def test_what_waits_can_be_cancelled(processes: Processes) -> None:
    runtime = await processes.begin()
    execution = await runtime.start(FLOW, {})
    assert await runtime.finished(execution)
    await runtime.send(execution, CancelExecution())
    assert (await runtime.state(execution))["status"] == "cancelled"
    assert processes.world.done == ["looked"]


async def test_a_crash_after_the_answer_repeats_nothing(processes: Processes) -> None:
    """The process ends right after the answer was stored, before the handler got to anything."""
    runtime = await processes.begin()
    execution = await runtime.start(FLOW, {})
    assert await runtime.finished(execution)
    driver = runtime.drivers[execution]
    driver.take(*driver.scheduler.handle(Answered("agent", {"choice": "approve"})))  # stored, and nobody performs it
    runtime = await processes.begin()
    assert await runtime.finished(execution)
    assert (await runtime.state(execution))["result"] == "Done."
    assert processes.world.done == ["looked", "paid 5 to Ada"]
    assert len(processes.model.requests) == 2
