"""Pointwork: draw or write a graph of agents, tools and control flow; run it; watch every step live.

    import asyncio, pointwork
    state = asyncio.run(pointwork.run(workflow, {"topic": "rails"}))

Start reading at `pointwork.engine`, whose docstring is the map of the core.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointwork.nodes import NodeType, Out, Suspend, node_type
    from pointwork.runtime import Runtime
    from pointwork.tools import BaseTool, tool
    from pointwork.wiring import App, run, session
    from pointwork.workflow import Edge, Node, Workflow

__version__ = "0.1.0"

__all__ = [
    "App",
    "BaseTool",
    "Edge",
    "Node",
    "NodeType",
    "Out",
    "Runtime",
    "Suspend",
    "Workflow",
    "__version__",
    "node_type",
    "run",
    "session",
    "tool",
]

# Imported when first asked for, so that `import pointwork` alone costs next to nothing.
_HOMES = {
    "pointwork.nodes": ("NodeType", "Out", "Suspend", "node_type"),
    "pointwork.runtime": ("Runtime",),
    "pointwork.tools": ("BaseTool", "tool"),
    "pointwork.wiring": ("App", "run", "session"),
    "pointwork.workflow": ("Edge", "Node", "Workflow"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'pointwork' has no attribute {name!r}")
