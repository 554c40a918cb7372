"""A process that ends in the midst of its work."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.runtime.conftest import Processes
from tests.runtime.stage import Stage


def hangs(stage: Stage, *nodes: str) -> None:
    """In this process these nodes never come to an end."""

    @stage.on(*nodes)
    async def hang(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()


async def cut_off(processes: Processes, workflow: Any, *lines: str, **inputs: Any) -> str:
    """Run it in a process that ends once these have been stored, whose nodes called `hangs` hang."""
    stage = await processes.begin(prepare=lambda stage: hangs(stage, "hangs"))
    execution = await stage.runtime.start(workflow, inputs)
    for line in lines:
        await stage.until(execution, line)
    await stage.settle(execution)
    await processes.end(stage)
    return execution
