"""An agent by itself, outside of any workflow."""

from typing import Any

from backend.agents.base import BaseAgent
from backend.tools.registry import ToolRegistry
from pointwork.errors import NodeError
from pointwork.wiring import run
from pointwork.workflow import AgentConfig, MemoryOptions, Node, Workflow


class LLMAgentV2(BaseAgent):
    """A language model with the configuration of a node. Memory and tools are opt-in."""

    def __init__(self, node: Node, use_memory: bool = False, use_tools: bool = False) -> None:
        super().__init__(node)
        self.use_memory = use_memory
        self.use_tools = use_tools

    async def execute(self, inputs: dict[str, Any]) -> Any:
        """Ask the model; returns its answer. Raises NodeError when it cannot."""
        config = (self.node.agent_config or AgentConfig()).model_copy(deep=True)
        if not self.use_tools:
            config.tools = []
        if self.use_memory:
            config.use_memory = True
            options = config.memory or MemoryOptions()
            config.memory = options.model_copy(update={"agent_id": options.agent_id or self.node.id})
        alone = Node(id=self.node.id, type="agent", name=self.node.name, agent_config=config)
        state = await run(Workflow(name=alone.title, nodes=[alone]), inputs, tools=ToolRegistry.shared)
        if state["status"] != "completed":
            raise NodeError(state["error"])
        return state["result"]
