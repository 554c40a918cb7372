"""What the stories about secrets share: a process that knows one, on each kind of journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import ConfigurationError
from pointwork.journal.memory import MemoryJournal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.redaction import Redactor
from pointwork.testing import VirtualClock
from tests.runtime.stage import Owners, Stage

CANARY = "canary-5b8e21d07f3c-value"
OTHER = "canary-90ad4471be26-other"

JOURNALS: dict[str, Callable[[Path, VirtualClock, Redactor], Any]] = {
    "memory": lambda folder, clock, redactor: MemoryJournal(now_us=clock.now_us, redactor=redactor),
    "sqlite": lambda folder, clock, redactor: SqliteJournal(
        folder / "pointwork.db", now_us=clock.now_us, redactor=redactor
    ),
}


class World:
    """Processes that know the same secrets, on the same records."""

    def __init__(self, make: Callable[[VirtualClock, Redactor], Any], folder: Path) -> None:
        self.folder = folder
        self.clock = VirtualClock()
        self.owners = Owners()
        self.redactor = Redactor({"KEY": CANARY})
        self._make = make
        self._memory: Any = None
        self._open: list[Stage] = []

    async def begin(self, *, prepare: Callable[[Stage], Any] = lambda stage: None) -> Stage:
        """Another process."""
        journal = self._make(self.clock, self.redactor)
        if isinstance(journal, MemoryJournal):
            journal = self._memory = self._memory or journal
        stage = Stage(journal, owners=self.owners, clock=self.clock, redactor=self.redactor, secret=self._secret)
        prepare(stage)
        self._open.append(stage)
        await stage.runtime.open()
        return stage

    def _secret(self, name: str) -> str:
        if name != "KEY":
            raise ConfigurationError(f"There is no secret {name!r}.")
        return CANARY

    async def end(self, stage: Stage) -> None:
        self._open.remove(stage)
        await stage.runtime.close()

    async def close(self) -> None:
        for stage in list(self._open):
            await self.end(stage)

    def disk(self) -> bytes:
        """Every byte that was stored."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


@pytest.fixture(params=JOURNALS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = World(lambda clock, redactor: JOURNALS[request.param](tmp_path, clock, redactor), tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def stage(world: World) -> Stage:
    return await world.begin()
