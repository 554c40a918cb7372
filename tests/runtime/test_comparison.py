"""Two executions side by side: exactly what differs, and a fork that repeats nothing of what it shares."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pointwork.events import NodeStarted
from pointwork.journal.memory import MemoryJournal
from pointwork.models import ModelRequest, Models
from pointwork.nodes import builtin_registry
from pointwork.runtime.comparison import compare, compared
from pointwork.runtime.runtime import Runtime
from pointwork.testing import FakeModel, FakeModels
from pointwork.tools import ToolRegistry, tool
from pointwork.workflow import Workflow


def agents(count: int, changed: str = "") -> Workflow:
    """A chain of agents, each of which calls a tool before it answers."""
    nodes: list[dict[str, Any]] = [
        {
            "id": f"n{number:02}",
            "type": "agent",
            "agent_config": {"prompt": f"You are {number}{changed if number == 12 else ''}", "tools": ["count"]},
        }
        for number in range(1, count + 1)
    ]
    edges = [{"source": one["id"], "target": other["id"]} for one, other in pairwise(nodes)]
    return Workflow.load({"id": "chain", "name": "Chain", "nodes": nodes, "edges": edges})


async def test_a_fork_repeats_no_call_before_it_and_the_comparison_names_what_differs() -> None:
    called: list[str] = []

    @tool
    async def count() -> int:
        called.append("tool")
        return len(called)

    def answer(request: ModelRequest) -> Any:
        prompt = request.messages[-1]["content"] if request.messages[-1]["role"] == "user" else ""
        return [("count", {})] if prompt else f"Done: {request.messages[0]['content']}"

    model, tools = FakeModel(answer), ToolRegistry()
    tools.register_tool(count)
    runtime = Runtime(
        journal=MemoryJournal(),
        registry=builtin_registry(),
        resources={Models: FakeModels(model), ToolRegistry: tools},
    )
    await runtime.open()
    execution = await runtime.start(agents(20), {})
    assert await runtime.finished(execution, timeout_s=60)
    assert (len(model.requests), len(called)) == (40, 20)
    at = next(
        record.seq - 1
        for record in await runtime.records(execution)
        if isinstance(record.event, NodeStarted) and record.event.node == "n12"
    )
    model.requests.clear()
    called.clear()
    fork = await runtime.fork(execution, at=at, workflow=agents(20, changed=", changed"), version=2)
    assert await runtime.finished(fork, timeout_s=60)
    assert (len(model.requests), len(called)) == (18, 9)  # n12 to n20
    found = await compare(runtime, execution, fork)
    differing = {node["node_id"]: set(node["differs"]) for node in found["nodes"] if node["differs"]}
    assert differing == {"n12": {"settings", "output"}, "n13": {"input"}}
    assert not found["same"]
    settings = next(node for node in found["nodes"] if node["node_id"] == "n12")["differs"]["settings"]
    assert settings == {"first": {"prompt": "You are 12"}, "second": {"prompt": "You are 12, changed"}}
    await runtime.close()


def test_nodes_that_only_one_has_and_times() -> None:
    one = {"status": "completed", "node_states": {"a": {"status": "completed", "type": "end", "started_at": "x"}}}
    other = {
        "status": "failed",
        "node_states": {"a": {"status": "completed", "type": "end"}, "b": {"status": "failed"}},
    }
    found = compared(one, other)
    assert found["run"] == {"status": {"first": "completed", "second": "failed"}}
    assert [(node["node_id"], node["only_in"], node["differs"]) for node in found["nodes"]] == [
        ("a", None, {}), ("b", "second", {}),
    ]  # fmt: skip
    assert compared(one, one)["same"]
