"""Watching an execution: pages of the journal first, then what is stored from now on, without a gap or a repeat.

Subscribe first, then read, then live; what was seen is told by its number. An execution of another process has no
feed here: while somebody watches it, the journal is asked whether anything was stored.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from pointwork.errors import JournalError
from pointwork.events import ExecutionFinished, Record
from pointwork.journal import ENDED
from pointwork.runtime.hub import Feed

if TYPE_CHECKING:
    from pointwork.runtime.runtime import Runtime

__all__ = ["watch"]

PAGE = 1_000  # records read at a time
FOREIGN_POLL_S = 0.05  # how often an execution of another process is looked at while somebody watches


async def watch(runtime: Runtime, execution_id: str, *, after: int) -> AsyncGenerator[list[Record]]:
    """The records behind `after` in lists that are never empty, until the execution has ended."""
    feed = runtime.hub.subscribe(execution_id)
    seen = after
    try:
        while True:
            feed.start_over()
            changes = -1 if execution_id in runtime.drivers else await runtime.journal.changes()
            page = await runtime.journal.read(execution_id, after=seen, limit=PAGE)
            if page:
                seen = page[-1].seq
                yield page
                if isinstance(page[-1].event, ExecutionFinished):
                    return
            elif execution_id not in runtime.drivers and await _has_ended(runtime, execution_id, seen):
                return
            if len(page) < PAGE:
                while fresh := await _next(runtime, execution_id, feed, seen, changes):
                    seen = fresh[-1].seq
                    yield fresh
                    if isinstance(fresh[-1].event, ExecutionFinished):
                        return
    finally:
        runtime.hub.unsubscribe(execution_id, feed)


async def _next(runtime: Runtime, execution_id: str, feed: Feed, seen: int, changes: int) -> list[Record]:
    """What was stored behind `seen`; nothing when the journal has to be read again."""
    while not feed.behind:
        here = execution_id in runtime.drivers
        fresh = [r for r in await feed.take(timeout_s=None if here else FOREIGN_POLL_S) if r.seq > seen]
        if runtime.hub.closed:
            raise JournalError("This process goes no further.", hint="Watch on from the last record, elsewhere.")
        if fresh:
            return fresh if fresh[0].seq == seen + 1 else []
        if here != (execution_id in runtime.drivers):
            break
        if not here and await runtime.journal.changes() != changes:
            break
    return []


async def _has_ended(runtime: Runtime, execution_id: str, seen: int) -> bool:
    row = await runtime.journal.row(execution_id)
    return row.status in ENDED and row.last_seq <= seen
