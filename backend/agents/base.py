"""What an agent of one's own derives from."""

from typing import Any

from pointwork.workflow import Node


class BaseAgent:
    """An agent made for one node. Register subclasses with `AgentRegistry.register_agent`."""

    def __init__(self, node: Node) -> None:
        self.node = node

    async def execute(self, inputs: dict[str, Any]) -> Any:
        """Do the work of the node."""
        raise NotImplementedError(f"{type(self).__name__} must define execute(inputs).")
