"""What the tools that remember need: the memory of whoever calls them.

An agent that has a memory gives its own to the tools that it calls, so what a tool reaches is decided by the node and
never by the model.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pointwork.errors import ConfigurationError
from pointwork.tools.base import ToolContext
from pointwork.workflow import JsonObject

__all__ = ["Recollection", "recollection_of"]


@runtime_checkable
class Recollection(Protocol):
    """The memory of one agent, in its scope."""

    async def remember(self, text: str, importance: float) -> JsonObject: ...

    async def recall(self, query: str, n_results: int) -> JsonObject: ...

    async def forget(self, memory_id: str, reason: str) -> JsonObject: ...


def recollection_of(ctx: ToolContext) -> Recollection:
    """The memory of the agent that calls; raises ConfigurationError when it has none."""
    try:
        return ctx.resource(Recollection)
    except ConfigurationError as error:
        raise ConfigurationError(
            "Only an agent that has a memory can use this tool.",
            hint="Set use_memory in the agent_config of the node. Outside of runs there is `pointwork memory`.",
        ) from error
