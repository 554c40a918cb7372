"""The user's document of phase 3: its snippets about executors, agents and tools run as they are printed."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from backend.agents.llm_agent_v2 import LLMAgentV2
from backend.engine.executor_v3 import WorkflowExecutorV3
from backend.models.schemas import AgentConfig, ExecutionState, Node
from backend.tools import BaseTool, ToolParameter, ToolRegistry
from pointwork.testing import ChatRequest, OpenAIServer, Reply

ROOT = Path(__file__).parents[2]

WORKFLOW: dict[str, Any] = {
    "name": "Sum",
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "agent1", "type": "agent", "agent_config": {"model": "gpt-4o", "tools": ["calculator"]}},
        {"id": "end", "type": "end"},
    ],
    "edges": [{"source": "start", "target": "agent1"}, {"source": "agent1", "target": "end"}],
}


async def run(snippet: str, **names: Any) -> dict[str, Any]:
    """Run a snippet with `await` in it, as it is printed; returns its names."""
    body = textwrap.indent(textwrap.dedent(snippet), "    ")
    exec(f"async def snippet():\n{body}\n    return locals()", names)
    return await names["snippet"]()


async def test_executor_that_streams(provider: OpenAIServer) -> None:
    found = await run(
        """
        # Automatic in WorkflowExecutorV3
        executor = WorkflowExecutorV3(workflow, stream_updates=True)
        execution_state = await executor.execute(inputs)
        """,
        WorkflowExecutorV3=WorkflowExecutorV3,
        workflow=WORKFLOW,
        inputs={"query": "What is 15 * 23 + 17?"},
    )
    state = found["execution_state"]
    assert isinstance(state, ExecutionState)
    assert (state.status, state.execution_id) == ("completed", found["executor"].execution_id)
    assert state.result == 'The answer is {"result": 362, "expression": "15 * 23 + 17"}'
    assert {node.status for node in state.node_states.values()} == {"completed"}


async def test_executor_of_phase_2_still_works(provider: OpenAIServer) -> None:
    found = await run(
        """
        # Phase 2 executor still works
        from backend.engine.executor_v2 import WorkflowExecutorV2
        executor = WorkflowExecutorV2(workflow)

        # Phase 3 adds features, doesn't break existing
        from backend.engine.executor_v3 import WorkflowExecutorV3
        executor_3 = WorkflowExecutorV3(workflow, stream_updates=True)
        """,
        workflow=WORKFLOW,
    )
    states = [await found[name].execute({"query": "?"}) for name in ("executor", "executor_3")]
    assert [state.status for state in states] == ["completed", "completed"]


async def test_calculator() -> None:
    found = await run(
        """
        tool = ToolRegistry.get_tool("calculator")
        result = await tool.execute(expression="2 + 2 * 3")
        # Returns: {"result": 8, "expression": "2 + 2 * 3"}
        """,
        ToolRegistry=ToolRegistry,
    )
    assert found["result"] == {"result": 8, "expression": "2 + 2 * 3"}


async def test_python_executor() -> None:
    found = await run(
        """
        tool = ToolRegistry.get_tool("python_executor")
        result = await tool.execute(code="result = sum([1, 2, 3, 4, 5])")
        # Returns: {"result": 15, "code": "...", "output": [...]}
        """,
        ToolRegistry=ToolRegistry,
    )
    result = found["result"]
    assert (result["result"], result["code"], result["output"]) == (15, "result = sum([1, 2, 3, 4, 5])", [])
    assert result["sandbox"].startswith("linux-jail/")


async def test_web_search() -> None:
    command = """
import asyncio
from backend.tools import ToolRegistry
async def main():
    tool = ToolRegistry.get_tool("web_search")
    return await tool.execute(query="Python programming", num_results=5)
print(asyncio.run(main()))
"""
    # In a process of its own, because the settings are read once. Nobody listens there, and it says so.
    where = {**os.environ, "POINTWORK_SEARCH_PROVIDER": "searxng", "SEARXNG_URL": "http://127.0.0.1:9"}
    where["POINTWORK_EGRESS_ALLOW"] = "http://127.0.0.1:9"
    shown = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT, env=where
    )
    assert "'query': 'Python programming'" in shown.stdout
    assert "'error'" in shown.stdout
    assert "searxng" in shown.stdout


async def test_file_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "example.txt").write_text("line\n" * 50)
    monkeypatch.chdir(tmp_path / "here")
    found = await run(
        """
        tool = ToolRegistry.get_tool("file_reader")
        result = await tool.execute(file_path="example.txt", max_lines=100)
        # Returns: {"content": "...", "lines_read": 50}
        """,
        ToolRegistry=ToolRegistry,
    )
    assert found["result"]["lines_read"] == 50
    assert found["result"]["content"].startswith("line\nline\n")


EXAMPLE_3 = """
# Agent can use tools to solve problems
tool_agent = LLMAgentV2(node, use_tools=True)

result = await tool_agent.execute({
    "query": "Calculate the sum of squares of numbers from 1 to 10"
})

# Agent:
# 1. Recognizes need for calculation
# 2. Calls python_executor tool
# 3. Returns: "The sum is 385"
"""


async def test_example_3_offline() -> None:
    config = AgentConfig(model="gpt-4o", tools=["calculator", "python_executor"])
    node = Node(id="agent1", type="agent", agent_config=config)
    assert "385" in (await run(EXAMPLE_3, LLMAgentV2=LLMAgentV2, node=node))["result"]


def computes(request: ChatRequest) -> Reply:
    """A model that writes Python."""
    if request.results:
        return Reply(f"The sum is {json.loads(request.results[-1])['result']}")
    return Reply.calls(("python_executor", {"code": "result = sum(n ** 2 for n in range(1, 11))"}))


@pytest.mark.parametrize("script", [computes])
async def test_example_3(provider: OpenAIServer) -> None:
    node = Node(id="agent1", type="agent", agent_config=AgentConfig(model="gpt-4o", tools=["python_executor"]))
    assert (await run(EXAMPLE_3, LLMAgentV2=LLMAgentV2, node=node))["result"] == "The sum is 385"


async def test_agent_with_tools(provider: OpenAIServer) -> None:
    found = await run(
        """
        # Create node with tools
        node = Node(
            id="agent1",
            type="agent",
            agent_config=AgentConfig(
                model="gpt-4o",
                tools=["calculator", "python_executor"],  # Enable tools
            )
        )

        # Agent will automatically use tools when needed
        agent = LLMAgentV2(node, use_tools=True)
        result = await agent.execute({"query": "What is 15 * 23 + 17?"})
        """,
        Node=Node,
        AgentConfig=AgentConfig,
        LLMAgentV2=LLMAgentV2,
    )
    assert "362" in found["result"]
    assert provider.requests[0].user == "What is 15 * 23 + 17?"


async def test_tools_are_opt_in(provider: OpenAIServer) -> None:
    node = Node(id="agent1", type="agent", agent_config=AgentConfig(model="gpt-4o", tools=["calculator"]))
    assert await LLMAgentV2(node).execute({"query": "Hello"}) == "I was told: Hello"
    assert "tools" not in provider.requests[0].body


async def test_offline_model_answers_the_same() -> None:
    node = Node(id="agent1", type="agent", agent_config=AgentConfig(model="gpt-4o", tools=["calculator"]))
    assert "362" in await LLMAgentV2(node, use_tools=True).execute({"query": "What is 15 * 23 + 17?"})


async def test_custom_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await run(
        """
        class CustomTool(BaseTool):
            @property
            def name(self) -> str:
                return "custom_tool"

            @property
            def description(self) -> str:
                return "Description of what the tool does"

            @property
            def parameters(self):
                return [
                    ToolParameter(
                        name="param1",
                        type="string",
                        description="Parameter description",
                        required=True
                    )
                ]

            async def execute(self, param1: str):
                # Tool logic here
                return {"result": f"Processed: {param1}"}

        # Register the tool
        ToolRegistry.register_tool(CustomTool)
        """,
        BaseTool=BaseTool,
        ToolParameter=ToolParameter,
        ToolRegistry=ToolRegistry,
    )
    try:
        assert ToolRegistry._tools["custom_tool"] is found["CustomTool"]
        assert await ToolRegistry.execute_tool("custom_tool", param1="x") == {"result": "Processed: x"}
        names = [definition["function"]["name"] for definition in ToolRegistry.get_tool_definitions()]
        assert {"calculator", "custom_tool"} <= set(names)
        assert "custom_tool" in [tool.name for tool in ToolRegistry.get_all_tools()]
        assert ToolRegistry.get_tool_definitions(["custom_tool"])[0]["type"] == "function"
    finally:
        monkeypatch.delitem(ToolRegistry._tools, "custom_tool")


def test_unknown_tool() -> None:
    with pytest.raises(KeyError, match="calculator"):
        ToolRegistry.get_tool("calculater")


def test_tool_registry_from_the_shell() -> None:
    command = "from backend.tools import ToolRegistry; print(ToolRegistry._tools.keys())"
    shown = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "calculator" in shown.stdout


WATCH = """
import asyncio
import websockets
import json

async def watch_execution(execution_id):
    uri = f"ws://{address}/api/ws/executions/{execution_id}"

    async with websockets.connect(uri) as websocket:
        while True:
            message = await websocket.recv()
            data = json.loads(message)

            if data["type"] == "node_update":
                print(f"Node {data['node_id']}: {data['node_state']['status']}")

            elif data["type"] == "log":
                print(f"LOG: {data['log']['message']}")

            elif data["type"] == "completion":
                print(f"Completed: {data['result']}")
                break

# Use it
asyncio.run(watch_execution(execution_id))
"""


def watch(address: str, execution_id: str) -> list[str]:
    """Example 1, in a process of its own; what it prints."""
    code = f"address, execution_id = {address!r}, {execution_id!r}\n{WATCH}"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return shown.stdout.splitlines()


def post(address: str, path: str, body: Any) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"http://{address}{path}", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return answer.status, json.loads(answer.read())


def test_example_1_watches_live_and_afterwards_alike(provider: OpenAIServer, server: str) -> None:
    _, stored = post(server, "/api/workflows", WORKFLOW)
    status, begun = post(server, f"/api/workflows/{stored['id']}/execute", {"inputs": {"query": "15 * 23 + 17?"}})
    assert (status, begun["status"]) == (202, "running")
    live = watch(server, begun["execution_id"])
    assert "Node agent1: running" in live
    assert "Node agent1: completed" in live
    assert any(line.startswith("LOG: ") for line in live)
    assert live[-1].startswith("Completed: {'status': 'completed', 'result': 'The answer is ")
    assert watch(server, begun["execution_id"]) == live


async def test_what_a_script_runs_is_live_on_the_server(server: str) -> None:
    executor = WorkflowExecutorV3(WORKFLOW, stream_updates=True)
    watching = asyncio.create_task(asyncio.to_thread(watch, server, executor.execution_id))
    state, seen = await asyncio.gather(executor.execute({"query": "15 * 23 + 17"}), watching)
    assert state.status == "completed"
    assert "Node agent1: completed" in seen
    assert seen[-1].startswith("Completed: ")


def test_checklist_over_http(server: str) -> None:
    with urllib.request.urlopen(f"http://{server}/health") as answer:
        assert json.loads(answer.read())["status"] == "healthy"
    assert post(server, "/api/tools/calculator/execute", {"arguments": {"expression": "2 + 2 * 3"}}) == (
        200,
        {"result": 8, "expression": "2 + 2 * 3"},
    )


def test_importing_backend_opens_nothing(data_dir: Path) -> None:
    modules = "backend.agents, backend.api, backend.database, backend.engine, backend.models, backend.tools"
    subprocess.run([sys.executable, "-c", f"import {modules}, backend.websocket.manager"], check=True, cwd=ROOT)
    assert os.listdir(data_dir) == []


async def test_memory(provider: OpenAIServer) -> None:
    found = await run(
        """
        from backend.memory import MemoryManager

        # Create memory for an agent
        memory = MemoryManager(agent_id="agent1")

        # Add conversation
        memory.add_interaction(
            user_message="What is Python?",
            assistant_message="Python is a programming language...",
            save_to_longterm=True
        )

        # Get recent context
        context = memory.conversation.get_context_string(limit=5)

        # Add facts to long-term memory
        memory.add_fact(
            "Python was created by Guido van Rossum",
            metadata={"topic": "python", "type": "history"}
        )

        # Recall relevant information
        relevant = memory.recall("Who created Python?", n_results=3)

        memory = MemoryManager(
            agent_id="agent1",
            max_conversation_messages=10,  # Short-term memory size
            use_vector_memory=True  # Enable long-term memory
        )
        for_prompt = memory.get_context_for_prompt("Who created Python?")
        """
    )
    assert found["context"] == "User: What is Python?\nAssistant: Python is a programming language..."
    assert found["relevant"][0] == "Python was created by Guido van Rossum"
    assert "Guido van Rossum" in found["for_prompt"]
    await run("memory.clear_conversation()", memory=found["memory"])
    assert found["memory"].conversation.get_context_string() == ""
    await run("memory.clear_all()", memory=found["memory"])
    assert found["memory"].recall("Who created Python?") == []


async def test_agent_that_remembers(provider: OpenAIServer) -> None:
    def answer(request: ChatRequest) -> Reply:
        prompt = " ".join(str(message["content"]) for message in request.messages)
        known = "My favorite color is blue" in prompt and "favorite color?" in request.user
        return Reply("Your favorite color is blue" if known else "Noted.")

    provider.script = (answer,)
    found = await run(
        """
        # Agent remembers context across interactions
        memory_agent = LLMAgentV2(node, use_memory=True)

        # First interaction
        await memory_agent.execute({"query": "My favorite color is blue"})

        # Later interaction - agent remembers
        result = await memory_agent.execute({"query": "What's my favorite color?"})
        # Returns: "Your favorite color is blue"

        both = LLMAgentV2(node, use_memory=True, use_tools=True)
        later = await both.execute({"query": "What's my favorite color?"})
        """,
        LLMAgentV2=LLMAgentV2,
        node=Node(id="memory_agent", type="agent"),
    )
    assert found["result"] == found["later"] == "Your favorite color is blue"
