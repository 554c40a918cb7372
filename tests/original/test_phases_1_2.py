"""What the documents of phases 1 and 2 promised: their workflows run as their texts say."""

from collections.abc import Callable
from typing import Any

import pytest

import pointwork
from backend.agents import AgentRegistry, BaseAgent
from backend.engine.executor import WorkflowExecutor
from backend.engine.executor_v2 import WorkflowExecutorV2
from pointwork.testing import ChatRequest, OpenAIServer, Reply

ROUTER: dict[str, Any] = {
    "name": "Sentiment router",
    "version": "1.0.0",
    "variables": {},
    "nodes": [
        {"id": "start", "type": "start", "name": "Start", "inputs": [], "position": {"x": 250, "y": 50}},
        {
            "id": "judge",
            "type": "agent",
            "name": "Judge",
            "agent_config": {
                "model": "gpt-4o-mini",
                "system_prompt": "Answer with one word: positive or negative.",
                "temperature": 0.1,
                "max_tokens": 10,
                "tools": [],
            },
            "inputs": [{"name": "text", "source_field": "text"}],
        },
        {
            "id": "route",
            "type": "condition",
            "condition_config": {"condition_type": "equals", "field": "output", "value": "positive"},
            "inputs": [{"name": "output", "source_node": "judge", "source_field": "output"}],
        },
        {"id": "thank", "type": "agent"},
        {"id": "console", "type": "agent", "agent_config": {}},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"id": "e1", "source": "start", "target": "judge"},
        {"source": "judge", "target": "route"},
        {"source": "route", "target": "thank", "condition": "true"},
        {"source": "route", "target": "console", "condition": "false"},
        {"source": "thank", "target": "end"},
        {"source": "console", "target": "end"},
    ],
}


@pytest.fixture
def script() -> Callable[[ChatRequest], Reply]:
    """A model that judges by a word and otherwise puts what it is told in brackets."""

    def answer(request: ChatRequest) -> Reply:
        if "one word" in str(request.messages[0]["content"]):
            return Reply("positive" if "great" in request.user else "negative")
        return Reply(f"<{request.user}>")

    return answer


def statuses(state: dict[str, Any]) -> dict[str, str]:
    return {name: str(node["status"]) for name, node in state["node_states"].items()}


@pytest.mark.parametrize(("text", "taken", "left"), [("great!", "thank", "console"), ("awful", "console", "thank")])
async def test_only_the_taken_branch_runs(provider: OpenAIServer, text: str, taken: str, left: str) -> None:
    state = await pointwork.run(ROUTER, {"text": text})
    assert state["status"] == "completed"
    assert statuses(state)[taken] == "completed"
    assert statuses(state)[left] == "skipped"
    assert state["node_states"]["route"]["output"]["condition_result"] is (taken == "thank")
    assert len(provider.requests) == 2


async def test_quality_loop_ends_by_its_condition(provider: OpenAIServer) -> None:
    """Creator → Checker → good: End, bad: Improver → back to Checker. A draft is good when it was improved twice."""
    draft = [
        {"name": "draft", "source_node": "creator"},
        {"name": "draft", "source_node": "improver"},
    ]
    flow = {
        "nodes": [
            {"id": "creator", "type": "agent"},
            {
                "id": "checker",
                "type": "condition",
                "condition_config": {"condition_type": "contains", "field": "draft", "value": "<<<"},
                "inputs": draft,
            },
            {"id": "improver", "type": "agent", "inputs": draft},
            {"id": "end", "type": "end"},
        ],
        "edges": [
            {"source": "creator", "target": "checker"},
            {"source": "checker", "target": "end", "condition": "true"},
            {"source": "checker", "target": "improver", "condition": "false"},
            {"source": "improver", "target": "checker"},
        ],
    }
    state = await pointwork.run(flow, {"topic": "tea"})
    assert state["status"] == "completed"
    assert state["result"] == {"draft": "<<<tea>>>"}
    assert len(state["node_states"]["improver"]["runs"]) == 3  # two rounds improved, one left it alone
    assert len(provider.requests) == 3


BATCH: dict[str, Any] = {
    "nodes": [
        {"id": "start", "type": "start"},
        {
            "id": "topics",
            "type": "loop",
            "loop_config": {"loop_type": "for_each", "items_source": "topics"},
            "inputs": [{"name": "topics", "source_node": "start", "source_field": "topics"}],
        },
        {
            "id": "researcher",
            "type": "agent",
            "inputs": [{"name": "topic", "source_node": "topics", "source_field": "items"}],
        },
        {"id": "summarizer", "type": "agent", "inputs": [{"name": "found", "source_node": "researcher"}]},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"source": "start", "target": "topics"},
        {"source": "topics", "target": "researcher"},
        {"source": "researcher", "target": "summarizer"},
        {"source": "summarizer", "target": "end"},
    ],
}


@pytest.mark.parametrize("topics", [["tea", "rails"], "tea, rails"])
async def test_for_each_without_a_way_back(provider: OpenAIServer, topics: Any) -> None:
    """It treats each topic, then summarises the list."""
    state = await pointwork.run(BATCH, {"topics": topics})
    assert state["status"] == "completed"
    assert [request.user for request in provider.requests] == ["tea", "rails", '["<tea>", "<rails>"]']
    assert state["node_states"]["topics"]["output"]["total_iterations"] == 2


@pytest.mark.parametrize(("kind", "condition"), [("while", "index < 3"), ("until", "index >= 3")])
async def test_while_and_until(provider: OpenAIServer, kind: str, condition: str) -> None:
    flow = {
        "nodes": [
            {"id": "loop", "type": "loop", "loop_config": {"loop_type": kind, "condition": condition}},
            {"id": "work", "type": "agent", "inputs": [{"name": "n", "source_node": "loop", "source_field": "index"}]},
            {"id": "end", "type": "end"},
        ],
        "edges": [
            {"source": "loop", "target": "work"},
            {"source": "work", "target": "loop"},
            {"source": "loop", "target": "end"},
        ],
    }
    state = await pointwork.run(flow, {"query": "go"})
    assert state["status"] == "completed"
    assert [request.user for request in provider.requests] == ["0", "1", "2"]


async def test_custom_agent_type() -> None:
    class Shouting(BaseAgent):
        """Says it louder."""

        async def execute(self, inputs: dict[str, Any]) -> Any:
            return str(inputs["text"]).upper() + "!" * self.node.model_extra["shouting_config"]["marks"]

    AgentRegistry.register_agent("shouting", Shouting)
    assert AgentRegistry.get_agent("shouting") is Shouting
    flow = {"nodes": [{"id": "a", "type": "shouting", "shouting_config": {"marks": 2}}], "edges": []}
    for executor in (WorkflowExecutor, WorkflowExecutorV2):
        assert (await executor(flow).execute({"text": "hello"})).result == "HELLO!!"


async def test_state_has_the_promised_shape(provider: OpenAIServer) -> None:
    state = await pointwork.run(ROUTER, {"text": "great!"})
    assert {"execution_id", "workflow_id", "status", "current_node", "node_states", "variables"} <= set(state)
    assert {"result", "error", "started_at", "completed_at", "logs"} <= set(state)
    node = state["node_states"]["judge"]
    assert {"node_id", "status", "input", "output", "error", "started_at", "completed_at"} <= set(node)
    assert node["input"] == {"text": "great!"}
    assert {"timestamp", "level", "node_id", "message"} <= set(state["logs"][0])
