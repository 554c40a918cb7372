"""The registry of tools as one class, the way it was."""

from typing import Any, ClassVar

from pointwork.tools import BaseTool
from pointwork.tools import ToolRegistry as Registry
from pointwork.wiring import offer_outside

offer_outside()


class ToolRegistry:
    """All tools of this process by name; what is not said here is said in `pointwork.tools`."""

    shared: ClassVar[Registry] = Registry()
    _tools: ClassVar[dict[str, type[BaseTool]]] = shared._tools

    @classmethod
    def register_tool(cls, tool: type[BaseTool]) -> None:
        """Add a tool; one of the same name is replaced."""
        cls.shared.register_tool(tool, replace=True)

    @classmethod
    def get_tool(cls, name: str) -> BaseTool:
        return cls.shared.get_tool(name)

    @classmethod
    def get_all_tools(cls) -> list[BaseTool]:
        return cls.shared.get_all_tools()

    @classmethod
    def get_tool_definitions(cls, names: list[str] | None = None) -> list[dict[str, Any]]:
        return cls.shared.get_tool_definitions(names)

    @classmethod
    async def execute_tool(cls, name: str, /, **arguments: Any) -> Any:
        return await cls.shared.execute_tool(name, **arguments)
