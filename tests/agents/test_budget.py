"""Budgets stop an agent before the call that would break them, whoever else spends from the same one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.agents import run_agent
from pointwork.errors import BudgetExceeded
from pointwork.events import NodeCompleted, NodeFailed, StepRecorded, StepStarted
from pointwork.journal.memory import MemoryJournal
from pointwork.models import Finished, Models, ToolCallDelta, UsageDelta
from pointwork.nodes import builtin_registry
from pointwork.runtime.runtime import Runtime
from pointwork.spending import Spending, Spent, hold
from pointwork.testing import FakeContext, FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import AgentConfig, Budget, JsonObject, Workflow


class World:
    """A model that asks for tools for ever, and a tool that counts."""

    def __init__(self, calls: int = 2) -> None:
        self.called = 0
        self.model = FakeModel(lambda request: [("count", {})] * calls)
        self.tools = ToolRegistry()

        @tool
        async def count() -> int:
            self.called += 1
            return self.called

        self.tools.register_tool(count)

    async def run(
        self, config: JsonObject, *, agents: int = 1, limits: JsonObject | None = None, **more: Any
    ) -> tuple[JsonObject, list[Any]]:
        nodes: list[JsonObject] = [{"id": "start", "type": "start"}]
        edges: list[JsonObject] = []
        for number in range(agents):
            nodes.append({"id": f"a{number}", "type": "agent", "agent_config": {"tools": ["count"], **config}})
            edges.append({"source": "start", "target": f"a{number}"})
        workflow = Workflow.load({"nodes": nodes, "edges": edges, "limits": limits or {}})
        resources: dict[type, object] = {Models: FakeModels(self.model), ToolRegistry: self.tools}
        runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
        await runtime.open()
        try:
            execution = await runtime.start(workflow, {"q": "?"}, **more)
            assert await runtime.finished(execution, timeout_s=30)
            events = [record.event for record in await runtime.records(execution)]
            return await runtime.state(execution), events
        finally:
            await runtime.close()


@pytest.mark.parametrize(
    ("budget", "models", "tools", "says"),
    [
        ({"model_calls": 3}, 3, 6, "3 model calls, and this would be 4"),
        ({"model_calls": 0}, 0, 0, "0 model calls, and this would be 1"),
        ({"tool_calls": 4}, 3, 4, "4 tool calls, and this would be"),
        ({"tool_calls": 0}, 1, 0, "0 tool calls, and this would be"),
        ({"tokens": 1}, 0, 0, "1 tokens, and this would be"),
        ({"seconds": 0}, 0, 0, "0 seconds, and this would be"),
    ],
)
@pytest.mark.parametrize("whose", ["agent", "run", "document"])
async def test_a_budget_stops_before_the_excess(
    budget: dict[str, Any], models: int, tools: int, says: str, whose: str
) -> None:
    world = World()
    if whose == "agent":
        _, events = await world.run({"budget": budget})
    elif whose == "document":
        _, events = await world.run({}, limits={"budget": budget})
    else:
        _, events = await world.run({}, budget=Budget(**budget))
    error = events[-1].error
    assert error["kind"] == "budget_exceeded"
    assert says in error["message"]
    assert f"of {'agent ' if whose == 'agent' else 'the run'}" in error["message"]
    assert f"budget.{next(iter(budget))}" in error["hint"]
    assert (len(world.model.requests), world.called) == (models, tools)


async def test_agents_at_the_same_time_share_the_budget_of_the_run() -> None:
    world = World()
    state, events = await world.run({}, agents=4, budget=Budget(model_calls=6))
    assert state["status"] == "failed"
    assert len(world.model.requests) <= 6
    refused = [e for e in events if isinstance(e, StepRecorded) and e.error and e.error["kind"] == "budget_exceeded"]
    assert refused


async def test_other_calls_of_the_round_are_not_cut_off() -> None:
    world = World(calls=3)
    ended: list[int] = []

    @tool
    async def count() -> int:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        ended.append(1)
        return 1

    world.tools.register_tool(count, replace=True)
    state, events = await world.run({"budget": {"tool_calls": 2}})
    assert state["error_detail"]["kind"] == "budget_exceeded"
    assert len(ended) == 2
    steps = [event for event in events if isinstance(event, StepRecorded) and event.kind == "tool"]
    assert sorted(event.error["kind"] if event.error else "" for event in steps) == ["", "", "budget_exceeded"]
    assert state["usage"]["tool_calls"] == 2


class Priced(FakeModels):
    """Every prompt costs a dollar, and every answer nothing."""

    def prices(self, name: str, tokens: int) -> tuple[float, float] | None:
        return 1.0, 0.0


async def test_money_stops_before_the_call_that_would_cost_too_much() -> None:
    dear = [ToolCallDelta(0, "c", "count", "{}"), UsageDelta({"cost_usd": 1.0}), Finished("tool_calls", "fake")]
    world = World()
    world.model = FakeModel(dear)
    for limit, calls in ((2.5, 2), (2.0, 2), (0.5, 0)):
        world.model.requests.clear()
        made = AgentConfig(tools=["count"], budget=Budget(cost_usd=limit))
        with pytest.raises(BudgetExceeded, match="US dollars"):
            await run_agent(FakeContext(), made, {"q": "?"}, models=Priced(world.model), tools=world.tools)
        assert len(world.model.requests) == calls


async def test_tool_nodes_spend_from_the_budget_of_the_run() -> None:
    nodes = [{"id": f"n{number}", "type": "tool", "tool_config": {"tool_name": "count"}} for number in range(3)]
    edges = [{"source": "n0", "target": "n1"}, {"source": "n1", "target": "n2"}]
    world = World()
    resources: dict[type, object] = {ToolRegistry: world.tools}
    runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await runtime.open()
    workflow = Workflow.load({"nodes": nodes, "edges": edges})
    execution = await runtime.start(workflow, {}, budget=Budget(tool_calls=2))
    assert await runtime.finished(execution, timeout_s=30)
    assert (await runtime.state(execution))["error_detail"]["kind"] == "budget_exceeded"
    assert world.called == 2
    await runtime.close()


async def test_a_fork_goes_on_with_what_was_spent() -> None:
    world = World(calls=1)
    world.model = FakeModel([("count", {})], "Done.")
    nodes = [{"id": "a", "type": "agent", "agent_config": {"tools": ["count"]}}]
    runtime = Runtime(
        journal=MemoryJournal(),
        registry=builtin_registry(),
        resources={Models: FakeModels(world.model), ToolRegistry: world.tools},
    )
    await runtime.open()
    execution = await runtime.start(Workflow.load({"nodes": nodes}), {"q": "?"}, budget=Budget(model_calls=2))
    assert await runtime.finished(execution, timeout_s=30)
    records = await runtime.records(execution)
    at = next(r.seq for r in records if isinstance(r.event, StepRecorded) and r.event.kind == "tool")
    world.model = FakeModel([("count", {})])
    runtime.resources[Models] = FakeModels(world.model)
    fork = await runtime.fork(execution, at=at)
    assert await runtime.finished(fork, timeout_s=30)
    state = await runtime.state(fork)
    assert state["error_detail"]["kind"] == "budget_exceeded"
    assert len(world.model.requests) == 1
    await runtime.close()


async def test_what_fits_is_done() -> None:
    world = World()
    world.model = FakeModel([("count", {})], "Done.")
    state, _ = await world.run({"budget": {"model_calls": 2, "tool_calls": 1, "tokens": 10_000}})
    assert state["status"] == "completed"


def step(key: str, kind: str = "model", node: str = "a", about: int = 0) -> StepStarted:
    return StepStarted("", node, key, kind, data={"about_tokens": about})  # type: ignore[arg-type]


def ended(key: str, kind: str = "model", node: str = "a", error: Any = None, **usage: Any) -> StepRecorded:
    return StepRecorded("", node, key, kind, error=error, usage=usage or None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "spent"),
    [
        ([], Spent()),
        ([step("0", about=10)], Spent(model_calls=1, tokens=10)),  # under way: its prompt is an estimate
        ([step("0", about=10), ended("0", input_tokens=8, output_tokens=4, cost_usd=0.5)], Spent(1, 0, 12, 0.5)),
        ([step("0", about=10), ended("0")], Spent(1, 0, 10)),  # the provider does not say what it used
        ([step("0", about=10), ended("0", error={"kind": "x"})], Spent(1, 0, 0)),  # failed, and used nothing
        ([step("0", about=10), step("0", about=10)], Spent(1, 0, 10)),  # begun again after a crash
        ([step("0"), ended("0", error={"kind": "x"}), step("0")], Spent(2)),  # failed and tried again: another call
        ([step("0"), ended("0", input_tokens=5), NodeCompleted("", "a", "x")], Spent(1, 0, 5)),  # the run remembers
        ([step("0"), ended("0", input_tokens="many", cost_usd=-1)], Spent(1)),  # a provider that says nonsense
        ([step("0", "tool"), step("1", "tool", "b")], Spent(0, 2)),
        ([step("0", "memory"), step("1", "other")], Spent()),
    ],
)
def test_what_steps_spend(events: list[Any], spent: Spent) -> None:
    spending = Spending()
    for event in events:
        spending.take(event, 0)
    assert spending.total(now_us=0) == spent


def test_each_activation_has_its_own() -> None:
    spending = Spending()
    for event in (step("0"), step("0", node="b"), ended("0", cost_usd=2.0)):
        spending.take(event, 0)
    assert (spending.of("", "a", now_us=0), spending.of("", "b", now_us=0)) == (Spent(1, 0, 0, 2.0), Spent(1))
    assert spending.of("", "c", now_us=0) == Spent()


def test_money_is_held() -> None:
    hold(Budget(cost_usd=0.5), Spent(cost_usd=0.5), whose="the run", where="x")
    with pytest.raises(BudgetExceeded, match=r"0\.5 US dollars, and this would be 0\.6"):
        hold(Budget(cost_usd=0.5), Spent(cost_usd=0.6), whose="the run", where="x")
    hold(None, Spent(cost_usd=100), whose="the run", where="x")


def test_a_budget_knows_its_kinds() -> None:
    with pytest.raises(ValueError, match="extra"):
        Budget(dollars=1)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="greater"):
        Budget(tokens=-1)


S = 1_000_000


@pytest.mark.parametrize(
    ("story", "seconds"),
    [
        ([(step("0"), 0), (ended("0"), 2 * S)], 2),
        ([(step("0"), 0), (ended("0"), 2 * S), (step("1"), 5 * S), (ended("1"), 6 * S)], 3),  # what is between is not
        ([(step("0"), 0), (step("1", "tool"), S), (ended("1", "tool"), 3 * S), (ended("0"), 4 * S)], 4),  # overlapping
        ([(step("0"), 0), (step("0", node="b"), S), (ended("0"), 2 * S), (ended("0", node="b"), 3 * S)], 3),
        ([(step("0"), 7 * S)], 3),  # under way, and it is ten
        ([(step("0"), 0), (NodeFailed("", "a", 1, {"kind": "x"}, 0.0), 2 * S)], 2),  # cut off
        ([(step("0"), 5 * S), (ended("0"), 3 * S)], 0),  # the clock was set back
    ],
)
def test_time_is_that_of_calls(story: list[tuple[Any, int]], seconds: float) -> None:
    spending = Spending()
    for event, at_us in story:
        spending.take(event, at_us)
    assert spending.total(now_us=10 * S).seconds == seconds


def test_time_without_a_process_does_not_count() -> None:
    spending = Spending()
    spending.take(step("0"), 0)
    spending.cut(2 * S)
    spending.take(step("0"), 100 * S)  # the next process
    spending.take(ended("0"), 101 * S)
    assert spending.total(now_us=200 * S).seconds == 3
    assert spending.of("", "a", now_us=200 * S).seconds == 3
    assert spending.total(now_us=0).model_calls == 1


def test_what_a_call_may_take_is_expected_while_it_is_under_way() -> None:
    spending = Spending()
    with spending.expecting("", "a") as one, spending.expecting("", "b") as other:
        one.cost_usd, other.cost_usd, other.tokens = 0.25, 0.5, 100
        assert (one.is_alone, other.is_alone) == (False, True)
        assert spending.total(now_us=0) == Spent(cost_usd=0.75, tokens=100)
        assert spending.of("", "a", now_us=0) == Spent(cost_usd=0.25)
    assert spending.total(now_us=0) == Spent()
