"""What a tool derives from."""

from pointwork.tools import BaseTool, ToolDefinition, ToolParameter

__all__ = ["BaseTool", "ToolDefinition", "ToolParameter"]
