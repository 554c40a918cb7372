"""Tools that agents and `tool` nodes call: what one is (`base`), the registry, and one file per built-in tool."""

from pointwork.tools.base import BaseTool, FunctionTool, Secrets, ToolContext, ToolDefinition, ToolParameter, tool
from pointwork.tools.registry import ToolRegistry
from pointwork.tools.result import failure, is_failure

__all__ = [
    "BaseTool",
    "FunctionTool",
    "Secrets",
    "ToolContext",
    "ToolDefinition",
    "ToolParameter",
    "ToolRegistry",
    "failure",
    "is_failure",
    "tool",
]
