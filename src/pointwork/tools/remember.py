"""The tool `remember`: an agent keeps a fact for later."""

from __future__ import annotations

from typing import Any

from pointwork.tools.base import ToolContext, tool
from pointwork.tools.recollection import recollection_of

__all__ = ["remember"]


@tool
async def remember(ctx: ToolContext, fact: str, importance: float = 0.5) -> dict[str, Any]:
    """Keep a fact for later conversations. Write it so that it can be understood without this one.

    Args:
        fact: One sentence, for example "Ann's favorite color is blue".
        importance: From 0 (barely) to 1 (must not be missed).
    """
    return await recollection_of(ctx).remember(fact, importance)
