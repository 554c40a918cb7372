"""An agent goes through its calls one by one, reaches nothing that is stubbed, is held up before what has effects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.commands import Breakpoint, Resume, SetStubs, Step, Stub
from pointwork.errors import Conflict
from pointwork.events import ExecutionPaused, StepRecorded, StepStarted
from pointwork.runtime.runtime import Runtime
from pointwork.testing import FakeModel
from pointwork.workflow import Budget, Workflow
from tests.agents.test_approval import PAY, Processes

FLOW = Workflow.load(
    {
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "agent", "type": "agent", "agent_config": {"tools": ["pay", "note", "look"]}},
            {"id": "end", "type": "end"},
        ],
        "edges": [{"source": "start", "target": "agent"}, {"source": "agent", "target": "end"}],
    }
)
NOTE = ("note", {"text": "a"})


class Stage:
    """One execution in a process that may die."""

    def __init__(self, processes: Processes, *script: Any) -> None:
        self.processes = processes
        processes.model = FakeModel(*script)
        self.execution = ""

    @property
    def runtime(self) -> Runtime:
        assert self.processes.runtime is not None
        return self.processes.runtime

    async def start(self, **wishes: Any) -> dict[str, Any]:
        await self.processes.begin()
        self.execution = await self.runtime.start(FLOW, {"query": "Pay Ada"}, **wishes)
        return await self.rest()

    async def rest(self) -> dict[str, Any]:
        """The state when everything that can go on without anybody has."""
        await self.runtime.finished(self.execution)
        driver = self.runtime.drivers.get(self.execution)
        if driver is not None:
            while not driver.gate.holds and driver.status == "paused" and driver.scheduler.state.running:
                await asyncio.sleep(0)
        return await self.runtime.state(self.execution)

    async def send(self, item: Any) -> dict[str, Any]:
        await self.runtime.send(self.execution, item)
        return await self.rest()

    async def steps(self) -> list[tuple[str, str]]:
        events = [record.event for record in await self.runtime.records(self.execution)]
        return [(event.kind, event.name) for event in events if isinstance(event, StepRecorded)]


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Processes]:
    made = Processes(tmp_path)
    yield made
    if made.runtime is not None:
        await made.runtime.close()


MODEL = ("model", "gpt-4o-mini")


async def test_call_by_call(processes: Processes) -> None:
    stage = Stage(processes, [("look", {})], [NOTE], "Done.")
    state = await stage.start(breakpoints=[Breakpoint("agent", "call")])
    assert state["status"] == "paused"
    assert {key: state["paused"][key] for key in ("reason", "node_id", "when")} == {
        "reason": "breakpoint", "node_id": "agent", "when": "call",
    }  # fmt: skip
    assert (state["paused"]["step"]["kind"], state["paused"]["step"]["name"]) == MODEL
    records = await stage.runtime.records(stage.execution)
    [pause] = [record for record in records if isinstance(record.event, ExecutionPaused)]
    assert state["paused"]["seq"] == pause.seq
    assert len(processes.model.requests) == 0
    seen: list[tuple[int, list[str]]] = []
    for _ in range(4):
        state = await stage.send(Step("call"))
        seen.append((len(processes.model.requests), list(processes.world.done)))
        assert state["status"] == "paused"
    assert seen == [(1, []), (1, ["looked"]), (2, ["looked"]), (2, ["looked", "noted a"])]
    await stage.send(Step("call"))  # the last answer; what follows from it waits
    state = await stage.send(Resume())
    assert (state["status"], state["result"]) == ("completed", "Done.")
    assert await stage.steps() == [MODEL, ("tool", "look"), MODEL, ("tool", "note"), MODEL]


async def test_a_breakpoint_at_calls_holds_at_each_of_them(processes: Processes) -> None:
    stage = Stage(processes, [("look", {})], "Done.")
    state = await stage.start(breakpoints=[Breakpoint("agent", "call", "call.kind == 'tool'")])
    assert (state["paused"]["step"]["name"], processes.world.done) == ("look", [])
    assert (await stage.send(Resume()))["status"] == "completed"


async def test_where_nothing_is_held_a_call_is_a_step_to_the_first_call(processes: Processes) -> None:
    stage = Stage(processes, "Done.")
    await stage.start(breakpoints=[Breakpoint("start")])
    for node in ("start", "agent"):
        state = await stage.send(Step("call"))
        assert (state["status"], state["paused"]["node_id"]) == ("paused", node)
    assert processes.model.requests == []
    await stage.send(Step("call"))
    assert len(processes.model.requests) == 1
    state = await stage.send(Resume())
    assert state["status"] == "completed"
    with pytest.raises(Conflict, match="has ended"):
        await stage.send(Step("call"))


async def test_what_has_effects_is_held_up_wherever_it_is(processes: Processes) -> None:
    stage = Stage(processes, [("look", {})], [NOTE], "Done.")
    state = await stage.start(breakpoints=[Breakpoint("*", "effect")])
    assert (state["paused"]["step"]["name"], processes.world.done) == ("note", ["looked"])
    state = await stage.send(Resume())
    assert (state["status"], processes.world.done) == ("completed", ["looked", "noted a"])


async def test_stepping_survives_the_death_of_the_process(processes: Processes) -> None:
    stage = Stage(processes, [("look", {})], [NOTE], "Done.")
    await stage.start(breakpoints=[Breakpoint("agent", "call")])
    await stage.send(Step("call"))
    await stage.send(Step("call"))
    for _ in range(3):
        await processes.begin()
        state = await stage.rest()
        assert (state["status"], state["paused"]["when"]) == ("paused", "call")
    await stage.send(Step("call"))  # the agent begins again, and is held where it was
    assert (len(processes.model.requests), processes.world.done) == (1, ["looked"])
    await stage.send(Step("call"))
    assert (len(processes.model.requests), processes.world.done) == (2, ["looked"])
    state = await stage.send(Resume())
    while state["status"] == "paused":
        state = await stage.send(Resume())
    assert (state["status"], processes.world.done) == ("completed", ["looked", "noted a"])
    assert len(processes.model.requests) == 3


async def test_a_stubbed_tool_is_not_called_nobody_is_asked_and_nothing_is_spent(processes: Processes) -> None:
    stage = Stage(processes, [("look", {}), PAY], "Done.")
    state = await stage.start(
        stubs=[Stub("paid, as it were", tool="pay")],
        breakpoints=[Breakpoint("*", "effect")],
        budget=Budget(tool_calls=1),
    )
    assert (state["status"], state["result"]) == ("completed", "Done.")
    assert processes.world.done == ["looked"]
    assert "paid, as it were" in str(processes.model.requests[1].messages)
    events = [record.event for record in await stage.runtime.records(stage.execution)]
    [begun] = [event for event in events if isinstance(event, StepStarted) and event.name == "pay"]
    assert begun.data["stubbed"] is True
    assert state["stubs"] == [{"node": None, "tool": "pay", "output": "paid, as it were", "ports": None}]


async def test_stubs_may_be_set_while_it_is_held_up(processes: Processes) -> None:
    stage = Stage(processes, [NOTE], "Done.")
    await stage.start(breakpoints=[Breakpoint("*", "effect")])
    await stage.send(SetStubs([Stub("noted, as it were", tool="note")]))
    state = await stage.send(Resume())
    assert (state["status"], processes.world.done) == ("completed", [])


async def test_a_secret_in_a_stub_is_not_stored(processes: Processes) -> None:
    await processes.begin()
    stage = Stage(processes, [NOTE], "Done.")
    await processes.begin()
    stage.runtime.redactor.add("sk-very-secret-123456", "KEY")
    stage.execution = await stage.runtime.start(
        FLOW, {"query": "?"}, stubs=[Stub({"key": "sk-very-secret-123456"}, tool="note")]
    )
    state = await stage.rest()
    assert "very-secret" not in str(state)
    assert "very-secret" not in str(processes.model.requests[1].messages)
