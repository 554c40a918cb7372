"""An agent by itself: a node that is asked in a script, outside of any workflow."""

from __future__ import annotations

from typing import Any

from pointwork.errors import NodeError
from pointwork.tools import ToolRegistry
from pointwork.wiring import run
from pointwork.workflow import AgentConfig, JsonObject, MemoryOptions, Node, Workflow

__all__ = ["ask"]


async def ask(node: Node, inputs: JsonObject, *, tools: ToolRegistry | None = None, memory: bool = False) -> Any:
    """What the agent answers; raises NodeError when it cannot. Without `tools` it has none, whatever the node says.

    With `memory` it remembers, as the agent of the node's id if its configuration names no other.

    >>> import asyncio
    >>> asyncio.run(ask(Node(id="sums", type="agent", agent_config=AgentConfig(tools=["calculator"])), {"q": "2 + 2"},
    ...                 tools=ToolRegistry()))
    '2 + 2 = 4'
    """
    config = (node.agent_config or AgentConfig()).model_copy(deep=True)
    if tools is None:
        config.tools = []
    if memory:
        config.use_memory = True
        options = config.memory or MemoryOptions()
        config.memory = options.model_copy(update={"agent_id": options.agent_id or node.id})
    alone = Node(id=node.id, type="agent", name=node.name, agent_config=config)
    state = await run(Workflow(name=alone.title, nodes=[alone]), inputs, tools=tools)
    if state["status"] != "completed":
        raise NodeError(state["error"])
    return state["result"]
