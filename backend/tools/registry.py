"""The registry of tools as one class, the way it was."""

from typing import Any, ClassVar

from pointwork.tools import BaseTool
from pointwork.tools import ToolRegistry as Registry

__all__ = ["ToolRegistry"]


class ToolRegistry:
    """All tools of this process by name."""

    shared: ClassVar[Registry] = Registry()
    _tools: ClassVar[dict[str, type[BaseTool]]] = shared._tools  # noqa: SLF001

    @classmethod
    def register_tool(cls, tool: type[BaseTool]) -> None:
        """Add a tool; one of the same name is replaced."""
        cls.shared.register_tool(tool, replace=True)

    @classmethod
    def get_tool(cls, name: str) -> BaseTool:
        """The tool; KeyError names near matches for one that does not exist."""
        return cls.shared.get_tool(name)

    @classmethod
    def get_all_tools(cls) -> list[BaseTool]:
        return cls.shared.get_all_tools()

    @classmethod
    def get_tool_definitions(cls, names: list[str] | None = None) -> list[dict[str, Any]]:
        """The function definitions that models are given."""
        return cls.shared.get_tool_definitions(names)

    @classmethod
    async def execute_tool(cls, name: str, /, **arguments: Any) -> Any:
        """Check the arguments and call the tool; a tool that fails returns an object with `error`."""
        return await cls.shared.execute_tool(name, **arguments)
