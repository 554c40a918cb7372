"""Tools under their old names."""

from backend.tools.base import BaseTool, ToolDefinition, ToolParameter
from backend.tools.registry import ToolRegistry

__all__ = ["BaseTool", "ToolDefinition", "ToolParameter", "ToolRegistry"]
