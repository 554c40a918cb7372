"""The tool `forget`: an agent deletes something from its memory."""

from __future__ import annotations

from typing import Any

from pointwork.tools.base import ToolContext, tool
from pointwork.tools.recollection import recollection_of

__all__ = ["forget"]


@tool(side_effects=True)
async def forget(ctx: ToolContext, memory_id: str, reason: str) -> dict[str, Any]:
    """Delete a memory for good, because it is wrong or somebody asked for it.

    Args:
        memory_id: The id that `recall` gave with it.
        reason: Why, in a few words.
    """
    return await recollection_of(ctx).forget(memory_id, reason)
