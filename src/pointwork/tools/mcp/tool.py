"""One approved tool of an MCP server, as a tool like any other.

What it says about itself was approved by the operator. What it does is the server's, so it counts as having effects
outside, and is not repeated after a crash without asking, unless the configuration lists it as `read_only`. What it
returns may always be the words of strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pointwork.tools.base import BaseTool, ToolContext, ToolParameter
from pointwork.tools.mcp.offers import Offer, input_schema, registered_name
from pointwork.tools.mcp.server import Server
from pointwork.workflow import JsonObject

__all__ = ["McpTool"]

SPARE_S = 10.0  # for putting an ended session away


class McpTool(BaseTool):
    """A tool of `server`, as it was approved."""

    untrusted = True

    def __init__(self, server: Server, offer: Offer) -> None:
        self.server = server
        self.offer = offer
        entry = server.entry
        harmless = offer.name in entry.read_only
        self.side_effects = not harmless
        self.idempotent = harmless
        self.needs_approval = entry.asks_first(offer.name)
        # What the server needs to start comes on top; a call that only waits has its own limit.
        self.timeout_s = entry.timeout_s + entry.start_timeout_s + SPARE_S
        self._name = registered_name(server.name, offer.name)
        self._schema = input_schema(offer)

    @property
    def name(self) -> str:
        return self._name

    @property
    def title(self) -> str:
        return f"{self.server.name}/{self.offer.name}"

    @property
    def description(self) -> str:
        return self.offer.description or f"The tool {self.offer.name} of {self.server.name}."

    @property
    def parameters(self) -> Sequence[ToolParameter]:
        required = self._schema.get("required", [])
        return [
            ToolParameter(name, str(part.get("type", "any")), str(part.get("description", "")), name in required)
            for name, part in self._schema["properties"].items()
        ]

    @property
    def schema(self) -> JsonObject:
        return self._schema

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        named = dict(zip(self._schema["properties"], args, strict=False))
        return await self.run({**named, **kwargs}, ToolContext())

    async def run(self, arguments: JsonObject, ctx: ToolContext) -> Any:
        return await self.server.call(self.offer, arguments, ctx)
