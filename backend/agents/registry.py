"""Agent types of one's own: each becomes a node type."""

from typing import Any, ClassVar

from backend.agents.base import BaseAgent
from pointwork.config import Config
from pointwork.nodes import NodeContext, NodeType, Registry, node_type
from pointwork.workflow import Node


class AgentRegistry:
    """Agent types by name."""

    _agents: ClassVar[dict[str, type[BaseAgent]]] = {}

    @classmethod
    def register_agent(cls, agent_type: str, agent: type[BaseAgent]) -> None:
        """Let nodes of this type be run by this class."""
        cls._agents[agent_type] = agent

    @classmethod
    def get_agent(cls, agent_type: str) -> type[BaseAgent]:
        return cls._agents[agent_type]

    @classmethod
    def install(cls, registry: Registry) -> None:
        """Add all registered agents to a registry of node types."""
        for name, agent in cls._agents.items():
            registry.add(_node_type(name, agent), replace=True)


def _node_type(name: str, agent: type[BaseAgent]) -> type[NodeType[Any]]:
    async def run(self: NodeType[Any], ctx: NodeContext, config: Config, inputs: dict[str, Any]) -> Any:
        node = {"id": ctx.activation.node, "type": name, f"{name}_config": config.model_dump()}
        return await agent(Node.model_validate(node)).execute(inputs)

    kind = type(agent.__name__, (NodeType,), {"run": run, "__doc__": agent.__doc__ or name, "__module__": __name__})
    return node_type(name, title=name.replace("_", " ").capitalize(), group="Agents", icon="bot")(kind)
