"""The tool `recall`: an agent looks for something in its memory."""

from __future__ import annotations

from typing import Any

from pointwork.tools.base import ToolContext, tool
from pointwork.tools.recollection import recollection_of

__all__ = ["recall"]


@tool(untrusted=True)
async def recall(ctx: ToolContext, query: str, n_results: int = 5) -> dict[str, Any]:
    """Look for something in memory: facts and earlier conversations that are about it.

    Args:
        query: What it is about, in words.
        n_results: How many memories at most.
    """
    return await recollection_of(ctx).recall(query, n_results)
