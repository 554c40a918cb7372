"""The tool `file_writer`: write a text file into the workspace of the run, and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

from pointwork.errors import PointworkError
from pointwork.files import Workspaces
from pointwork.tools.base import ToolContext, tool
from pointwork.tools.result import failure

__all__ = ["file_writer"]


@tool(side_effects=True, timeout_s=30.0)
async def file_writer(ctx: ToolContext, file_path: str, content: str) -> dict[str, Any]:
    """Write text to a file of the workspace; folders are made, a file of the same name is replaced.

    The files can be downloaded when the run has ended. Outside a run the workspace is the current folder, where
    files that are there already are not replaced.

    Args:
        file_path: The path from the workspace, for example "report/summary.md".
        content: The text of the whole file.
    """
    try:
        data = content.encode()
    except UnicodeEncodeError:
        return failure("The content holds half a character (a lone surrogate).", hint="Remove it.")
    try:
        workspace = ctx.resource(Workspaces).of(ctx.execution_id)
        name = await asyncio.to_thread(workspace.write, file_path, data)
    except PointworkError as error:
        return failure(error.message, hint=error.hint)
    return {"file_path": name, "bytes_written": len(data)}
