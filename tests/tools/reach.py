"""What tools that reach files and servers are called with: a workspace, servers of this machine, services of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pointwork.egress import Egress
from pointwork.files import Workspaces
from pointwork.tools import ToolContext, ToolRegistry
from pointwork.tools.searching import WebSearch
from tests.egress.servers import Names

__all__ = ["call", "context"]


def context(
    *,
    data: Path | None = None,
    egress: Egress | None = None,
    search: WebSearch | None = None,
    execution_id: str | None = "run",
    more: Mapping[type, Any] | None = None,
) -> ToolContext:
    """The context of a call; what is not given is there, and reaches nothing."""
    found: dict[type, Any] = {
        Workspaces: Workspaces(data),
        Egress: egress or Egress(resolve=Names()),
        WebSearch: search or WebSearch(),
        **(more or {}),
    }
    return ToolContext(execution_id=execution_id, find_resource=found.__getitem__)


async def call(name: str, ctx: ToolContext, **arguments: Any) -> Any:
    """What an agent is told."""
    return await ToolRegistry().call(name, arguments, ctx=ctx)
