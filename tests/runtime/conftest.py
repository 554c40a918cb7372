"""A stage on each kind of journal. What a story leaves behind, tasks or errors that nobody saw, fails it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from pointwork.journal.memory import MemoryJournal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.testing import VirtualClock
from tests.runtime.stage import Owners, Stage

JOURNALS: dict[str, Callable[[Path, VirtualClock], Any]] = {
    "memory": lambda folder, clock: MemoryJournal(now_us=clock.now_us),
    "sqlite": lambda folder, clock: SqliteJournal(folder / "pointwork.db", now_us=clock.now_us),
}


@pytest.fixture
async def loop_errors() -> AsyncIterator[list[Any]]:
    """Errors that only the event loop saw."""
    errors: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: errors.append(context))
    yield errors
    gc.collect(1)  # an error in a task is reported when the task is forgotten
    assert not errors
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=JOURNALS)
async def journal(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock, loop_errors: list[Any]) -> Any:
    return JOURNALS[request.param](tmp_path, clock)


@pytest.fixture
async def stage(journal: Any, clock: VirtualClock) -> AsyncIterator[Stage]:
    """One process that owns what it drives."""
    made = Stage(journal, owners=Owners(), clock=clock)
    await made.runtime.open()
    yield made
    await made.runtime.close()


class Processes:
    """Several processes on the same records, one after the other or at the same time."""

    def __init__(self, journal: Callable[[], Any], clock: VirtualClock) -> None:
        self.owners = Owners()
        self.clock = clock
        self.journal = journal
        self._open: list[Stage] = []

    async def begin(self, *, prepare: Callable[[Stage], Any] = lambda stage: None, **more: Any) -> Stage:
        """Another process."""
        stage = Stage(self.journal(), owners=self.owners, clock=self.clock, **more)
        prepare(stage)
        self._open.append(stage)
        await stage.runtime.open()
        return stage

    async def end(self, stage: Stage) -> None:
        """The process ends, whatever it was doing."""
        self._open.remove(stage)
        await stage.runtime.close()

    async def close(self) -> None:
        for stage in list(self._open):
            await self.end(stage)


@pytest.fixture(params=JOURNALS)
async def processes(
    request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock, loop_errors: list[Any]
) -> AsyncIterator[Processes]:
    memory = JOURNALS["memory"](tmp_path, clock)
    made = Processes(lambda: memory if request.param == "memory" else JOURNALS["sqlite"](tmp_path, clock), clock)
    yield made
    await made.close()
