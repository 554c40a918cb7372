"""An agent by itself, outside of any workflow."""

from typing import Any

from backend.agents.base import BaseAgent
from backend.tools.registry import ToolRegistry
from pointwork.alone import ask
from pointwork.workflow import Node


class LLMAgentV2(BaseAgent):
    """A language model with the configuration of a node. Memory and tools are opt-in."""

    def __init__(self, node: Node, use_memory: bool = False, use_tools: bool = False) -> None:
        super().__init__(node)
        self.use_memory = use_memory
        self.tools = ToolRegistry.shared if use_tools else None

    async def execute(self, inputs: dict[str, Any]) -> Any:
        """Ask the model; returns its answer. Raises NodeError when it cannot."""
        return await ask(self.node, inputs, tools=self.tools, memory=self.use_memory)
