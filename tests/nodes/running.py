"""Runs a document to its end, for tests of what nodes and documents mean. Only the model and the time are not real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pointwork.errors import NotFound
from pointwork.journal.memory import MemoryJournal
from pointwork.models import ModelClient, Models
from pointwork.nodes import Registry, builtin_registry
from pointwork.runtime import Runtime
from pointwork.testing import FakeModels, VirtualClock
from pointwork.tools import ToolRegistry
from pointwork.workflow import Workflow

TURNS = 500  # of the event loop, after which nothing but time can move a run on


class Runner:
    """A runtime, the clock that it goes by, and the documents that workflow nodes find by their ids."""

    def __init__(self, runtime: Runtime, clock: VirtualClock) -> None:
        self.runtime = runtime
        self.clock = clock

    async def run(self, document: Any, **inputs: Any) -> dict[str, Any]:
        """The state when the run has ended or waits for a person; time passes as fast as it can."""
        return await self.rest(await self.runtime.start(Workflow.load(document), inputs))

    async def rest(self, execution: str) -> dict[str, Any]:
        """The same for a run that is on its way."""
        while True:
            waiting = asyncio.ensure_future(self.runtime.finished(execution))
            while not waiting.done():
                await self._until_only_time_helps(waiting)
            assert await waiting
            state = await self.runtime.state(execution)
            if state["status"] != "waiting" or not self.clock.pending:
                return state
            self.clock.advance(self.clock.pending[0])

    async def _until_only_time_helps(self, waiting: asyncio.Future[bool]) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if waiting.done():
                return
        if self.clock.pending:
            self.clock.advance(self.clock.pending[0])


@asynccontextmanager
async def runner(
    model: ModelClient | None = None, *, library: Mapping[str, Any] | None = None, registry: Registry | None = None
) -> AsyncIterator[Runner]:
    """Without a model, the one that answers when nothing is configured."""
    stored = library or {}

    async def load(workflow_id: str, version: int | None) -> tuple[Workflow, int]:
        if workflow_id not in stored:
            raise NotFound(f"There is no workflow {workflow_id!r}.")
        return Workflow.load(stored[workflow_id]), version or 1

    clock = VirtualClock()
    runtime = Runtime(
        journal=MemoryJournal(),
        registry=registry or builtin_registry(),
        resources={Models: FakeModels(model) if model is not None else Models(), ToolRegistry: ToolRegistry()},
        load_workflow=load,
        clock=clock,
    )
    await runtime.open()
    try:
        yield Runner(runtime, clock)
    finally:
        await runtime.close()
