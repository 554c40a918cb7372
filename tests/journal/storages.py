"""What the contract is tested on: each storage opens journals on the same records, as processes on one file would.

A new implementation is one more class here and one more name in `STORAGES`; if several processes can share its
records, in `SHARED` too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pointwork.events import (
    Event,
    ExecutionFinished,
    ExecutionStarted,
    NodeCompleted,
    NodeStarted,
    Record,
    TextStreamed,
)
from pointwork.journal import ExecutionRow, Journal
from pointwork.journal.memory import MemoryJournal
from pointwork.journal.sqlite import SqliteJournal

PLAN = b'{"plan": 1}'


class Clock:
    """Microseconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


class Storage:
    """Somewhere records live, and all journals that were opened on it."""

    def __init__(self, make: Callable[[Clock], Any]) -> None:
        self.clock = Clock()
        self._make = make
        self._opened: list[Any] = []

    async def open(self) -> Any:
        journal = self._make(self.clock)
        await journal.open()
        self._opened.append(journal)
        return journal

    async def close(self) -> None:
        for journal in self._opened:
            await journal.close()


def memory(folder: Path) -> Storage:
    return Storage(lambda clock: MemoryJournal(now_us=clock))


def sqlite(folder: Path) -> Storage:
    return Storage(lambda clock: SqliteJournal(folder / "pointwork.db", now_us=clock))


SHARED = {"sqlite": sqlite}
STORAGES = {"memory": memory, **SHARED}


def row(execution_id: str, **changes: Any) -> ExecutionRow:
    values: dict[str, Any] = {
        "id": execution_id,
        "workflow_id": "w",
        "workflow_name": "Research",
        "version": 1,
        "status": "running",
        "owner": "me",
        "plan_hash": "p1",
        "created_at_us": 1_000,
        "finished_at_us": None,
        "last_seq": 0,
    }
    return ExecutionRow(**{**values, **changes})


def started() -> ExecutionStarted:
    return ExecutionStarted("w", "Research", "1", "p1", {"topic": "bees"})


def node(name: str, output: Any = None) -> list[Event]:
    return [NodeStarted("", name, 1, {"in": output}), NodeCompleted("", name, output)]


def text(piece: str) -> TextStreamed:
    return TextStreamed("", "writer", 1, piece)


def finished(status: Any = "completed", **values: Any) -> ExecutionFinished:
    return ExecutionFinished(status, **values)


async def put(
    journal: Journal, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None
) -> int:
    """Append and wait until it is stored; the new last number."""
    pending = journal.append(execution_id, events, after=after, status=status)
    if pending is not None:
        await pending
    return after + len(events)


async def run(journal: Journal, execution_id: str, *events: Event, **changes: Any) -> int:
    """A whole execution: introduced, started, with these events, and ended."""
    journal.create(row(execution_id, **changes), PLAN)
    after = await put(journal, execution_id, [started(), *events], after=0)
    return await put(journal, execution_id, [finished()], after=after, status="completed")


def events(records: Sequence[Record]) -> list[tuple[int, Event]]:
    return [(record.seq, record.event) for record in records]
