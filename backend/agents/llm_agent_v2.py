"""An agent by itself, outside of any workflow."""

from typing import Any

from backend.agents.base import BaseAgent
from backend.tools.registry import ToolRegistry
from pointwork.errors import ConfigurationError, NodeError
from pointwork.wiring import run
from pointwork.workflow import AgentConfig, Node, Workflow


class LLMAgentV2(BaseAgent):
    """A language model with the configuration of a node. Tools are opt-in."""

    def __init__(self, node: Node, use_memory: bool = False, use_tools: bool = False) -> None:
        super().__init__(node)
        if use_memory:
            raise ConfigurationError(
                "This version has no memory for agents yet.", hint="Leave out use_memory, or pass what it must know."
            )
        self.use_tools = use_tools

    async def execute(self, inputs: dict[str, Any]) -> Any:
        """Ask the model; returns its answer. Raises NodeError when it cannot."""
        config = (self.node.agent_config or AgentConfig()).model_copy(deep=True)
        if not self.use_tools:
            config.tools = []
        alone = Node(id=self.node.id, type="agent", name=self.node.name, agent_config=config)
        state = await run(Workflow(name=alone.title, nodes=[alone]), inputs, tools=ToolRegistry.shared)
        if state["status"] != "completed":
            raise NodeError(state["error"])
        return state["result"]
