"""A server that keeps to the rules, made with the protocol's own library. Run it: it speaks on its standard streams.

The tests also serve it by HTTP, in their own process.
"""

from __future__ import annotations

import asyncio
import base64
import os
from typing import Any

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import ToolAnnotations
from pydantic import BaseModel

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Sum(BaseModel):
    """What `add` answers with."""

    total: float


def polite(**options: Any) -> MCPServer[Any]:
    """A new one."""
    server: MCPServer[Any] = MCPServer("polite", version="1.2", log_level="CRITICAL", **options)

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    async def add(a: float, b: float) -> Sum:
        """Add two numbers."""
        return Sum(total=a + b)

    @server.tool()
    async def echo(text: str) -> str:
        """Say it again."""
        return text

    @server.tool()
    async def slowly(steps: int, ctx: Context[Any, Any]) -> str:
        """Report each step."""
        for step in range(steps):
            await ctx.report_progress(step + 1, steps, f"step {step + 1}")
        return "done"

    @server.tool()
    async def picture() -> Image:
        """Draw a dot."""
        return Image(data=PNG, format="png")

    @server.tool()
    async def fail() -> str:
        """Fail."""
        raise ValueError("no luck today")

    @server.tool()
    async def wait() -> str:
        """Never answer."""
        await asyncio.Event().wait()
        return "never"

    @server.tool()
    async def surroundings() -> dict[str, Any]:
        """Tell what this process sees."""
        return {"pid": os.getpid(), "environment": dict(os.environ), "folder": os.getcwd()}

    return server


if __name__ == "__main__":
    polite().run("stdio")
