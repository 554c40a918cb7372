"""What waits for a person, in all executions: questions, calls of tools to be agreed to, work that was cut off.

Delays wait for nobody and are not in it. An execution is read only when it has changed since it was read last, and one
that this process drives only when something waits in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pointwork.engine.view import View
from pointwork.errors import NotFound
from pointwork.journal import ExecutionRow
from pointwork.runtime.runtime import Runtime
from pointwork.workflow import JsonObject

__all__ = ["Inbox", "Wait"]

OPEN: Final = ("waiting", "running", "paused")
KEPT: Final = 10_000  # executions


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that somebody has to answer. `since` is an ISO time."""

    execution: ExecutionRow
    node_id: str
    node: str
    scope: str
    since: str | None
    request: JsonObject


class Inbox:
    """The inbox of everybody; who asks for a part of it says which."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: OrderedDict[str, tuple[int, list[Wait]]] = OrderedDict()

    async def page(
        self, *, workflow_id: str | None = None, before: tuple[int, str] | None = None, limit: int = 50
    ) -> tuple[list[Wait], tuple[int, str] | None]:
        """What waits in the newest executions, and from where to go on. `limit`: executions that are looked at."""
        rows = await self._runtime.journal.rows(workflow_id=workflow_id, status=OPEN, before=before, limit=limit)
        found = [wait for row in rows for wait in await self.of(row)]
        after = (rows[-1].created_at_us, rows[-1].id) if len(rows) == limit else None
        return found, after

    async def of(self, row: ExecutionRow) -> Sequence[Wait]:
        """What waits in one execution."""
        driver = self._runtime.drivers.get(row.id)
        if driver is not None and not driver.scheduler.state.waiting:
            return ()
        known = self._known.get(row.id)
        if known is None or known[0] != row.last_seq:
            try:
                view = await self._runtime.view(row.id)
            except NotFound:  # somebody was faster to delete it
                return ()
            known = (row.last_seq, _waits(row, view))
            self._known[row.id] = known
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return known[1]


def _waits(row: ExecutionRow, view: View) -> list[Wait]:
    return [
        Wait(row, one["node_id"], one["node"], "/".join(one["path"]), one["since"], one["request"] or {})
        for one in view.waiting
        if (one["request"] or {}).get("kind") != "delay"
    ]
