"""Agents and tools inside real executions: what is recorded, and that failures take the ways that were drawn."""

from __future__ import annotations

from typing import Any

from pointwork.errors import ModelError
from pointwork.events import LogWritten, StepRecorded, StepStarted, TextStreamed
from pointwork.journal.memory import MemoryJournal
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.runtime.runtime import Runtime
from pointwork.testing import FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import JsonObject, Workflow

CALL = [("calculator", {"expression": "15 * 23 + 17"})]


def drawn(*nodes: JsonObject, edges: list[tuple[str, str] | tuple[str, str, str]]) -> Workflow:
    """A workflow of these nodes between a start and its ends."""
    lines = [{"source": e[0], "target": e[1], "condition": e[2] if len(e) > 2 else None} for e in edges]
    ends = [{"id": "start", "type": "start"}]
    ends += [{"id": name, "type": "end"} for name in ("end", "rescue") if any(edge[1] == name for edge in edges)]
    return Workflow.load({"name": "Test", "nodes": [*ends, *nodes], "edges": lines})


async def run(
    workflow: Workflow, models: Models, tools: ToolRegistry | None = None, **more: Any
) -> tuple[JsonObject, list[Any]]:
    """The state at the end and all events."""
    resources = {Models: models, ToolRegistry: tools or ToolRegistry()}
    runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
    await runtime.open()
    try:
        execution = await runtime.start(workflow, {"query": "What is 15 * 23 + 17?"}, **more)
        assert await runtime.finished(execution, timeout_s=30)
        records = await runtime.journal.read(execution)
        return await runtime.state(execution), [record.event for record in records]
    finally:
        await runtime.close()


async def test_agent_in_an_execution() -> None:
    agent = {"id": "agent", "type": "agent", "agent_config": {"tools": ["calculator"]}}
    workflow = drawn(agent, edges=[("start", "agent"), ("agent", "end")])
    state, events = await run(workflow, Models(), model_override="my-model")
    assert (state["status"], state["result"]) == ("completed", "15 * 23 + 17 = 362")
    assert [(e.kind, e.name) for e in events if isinstance(e, StepStarted)] == [
        ("model", "my-model"),
        ("tool", "calculator"),
        ("model", "my-model"),
    ]
    assert [e.value.get("result") or e.value["finish"] for e in events if isinstance(e, StepRecorded)] == [
        "tool_calls",
        362,
        "stop",
    ]
    assert "".join(e.text for e in events if isinstance(e, TextStreamed) and e.kind == "text") == "15 * 23 + 17 = 362"
    assert [e.message for e in events if isinstance(e, LogWritten)] == [
        "my-model is not configured: offline-demo answered."
    ]


async def test_retry_of_an_agent_keeps_what_had_finished() -> None:
    model = FakeModel(CALL, ModelError("busy"), "It is 362.")
    retry = {"max_attempts": 2, "first_delay_s": 0}
    agent = {"id": "agent", "type": "agent", "agent_config": {"tools": ["calculator"]}, "retry": retry}
    state, events = await run(drawn(agent, edges=[("start", "agent"), ("agent", "end")]), FakeModels(model))
    assert (state["status"], state["result"]) == ("completed", "It is 362.")
    assert len(model.requests) == 3
    assert [e.name for e in events if isinstance(e, StepStarted)] == ["gpt-4o-mini", "calculator", *["gpt-4o-mini"] * 2]
    assert [e.error["message"] for e in events if isinstance(e, StepRecorded) and e.error] == ["busy"]


async def test_agent_that_gives_up_takes_its_error_edge() -> None:
    agent = {"id": "agent", "type": "agent", "agent_config": {"tools": ["calculator"], "max_steps": 2}}
    edges: list[Any] = [("start", "agent"), ("agent", "end"), ("agent", "rescue", "error")]
    state, _ = await run(drawn(agent, edges=edges), FakeModels(FakeModel(CALL)))
    assert state["status"] == "completed"
    assert state["node_states"]["agent"]["status"] == "failed"
    assert "max_steps" in str(state["node_states"]["agent"]["error"])
    assert (state["node_states"]["rescue"]["status"], state["node_states"]["end"]["status"]) == ("completed", "skipped")


async def test_tool_node_is_retried_and_then_takes_its_error_edge() -> None:
    calls: list[int] = []

    @tool
    async def fails() -> dict[str, str]:
        calls.append(1)
        return {"error": "out of order"}

    tools = ToolRegistry()
    tools.register_tool(fails)
    retry = {"max_attempts": 3, "first_delay_s": 0}
    node = {"id": "call", "type": "tool", "tool_config": {"tool_name": "fails"}, "retry": retry}
    edges: list[Any] = [("start", "call"), ("call", "end"), ("call", "rescue", "error")]
    state, _ = await run(drawn(node, edges=edges), Models(), tools)
    assert len(calls) == 3
    assert "out of order" in str(state["result"])
    assert state["node_states"]["rescue"]["status"] == "completed"


async def test_tool_node_with_a_template() -> None:
    config = {"tool_name": "calculator", "arguments": {"expression": "{{ len(inputs.query) }} * 2"}}
    node = {"id": "call", "type": "tool", "tool_config": config}
    state, _ = await run(drawn(node, edges=[("start", "call"), ("call", "end")]), Models())
    assert state["result"] == {"result": 42, "expression": "21 * 2"}
