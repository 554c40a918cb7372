"""`FaultyJournal`: a journal that refuses, fails or dawdles when a test says so.

It keeps the promises of every journal: what it refuses is not stored and shown to nobody, and an execution that it
failed takes nothing more until somebody has asked for its `last_seq` or has claimed it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from typing import Any

from pointwork.errors import Conflict, JournalError, PointworkError
from pointwork.events import Event
from pointwork.journal import ExecutionRow, Journal, Stored

__all__ = ["FaultyJournal"]


class FaultyJournal:
    """Hands everything on to another journal, unless a fault was asked for.

    `appends` counts the appends so far, so `fail(at=journal.appends + 2)` is the one after the next. With `at_once`
    failures are raised by `append` itself, as journals do that store at once; else by what it returns.
    """

    def __init__(self, journal: Journal, *, at_once: bool = False) -> None:
        self.journal = journal
        self.appends = 0
        self.refused = 0
        self._at_once = at_once
        self._created: dict[str, tuple[ExecutionRow, bytes]] = {}
        self._planned: dict[int, PointworkError] = {}
        self._always: PointworkError | None = None
        self._filled, self._holding = asyncio.Event(), asyncio.Event()
        self._failed: dict[str, PointworkError] = {}
        self._held: list[tuple[_Late, Callable[[], Stored | None]]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)

    # ------------------------------------------------------------------------------------------- faults

    def fill(self) -> None:
        """The disk is full from now on."""
        self._always = JournalError("The disk is full.")
        self._filled.set()

    async def full(self) -> None:
        """Wait until somebody has filled it: a handler may come to it late."""
        await self._filled.wait()

    def free(self) -> None:
        """There is space again."""
        self._always = None

    def fail(self, *, at: int) -> None:
        """The disk is full for append number `at` alone."""
        self._planned[at] = JournalError("The disk is full.")

    def conflict(self, *, at: int) -> None:
        """Somebody else was faster than append number `at`."""
        self._planned[at] = Conflict("Somebody else goes on with this execution.")

    def hold(self) -> None:
        """Nothing is stored until `release`; it is only queued."""
        self._held = self._held if self._held is not None else []
        self._holding.set()

    async def holding(self) -> None:
        """Wait until somebody has asked it to hold."""
        await self._holding.wait()

    def release(self) -> None:
        """Store what was held, in order."""
        held, self._held = self._held or [], None
        for late, append in held:
            late.settle(append)

    # ------------------------------------------------------------------------------------------ journal

    def create(self, row: ExecutionRow, plan: bytes) -> None:
        if row.id in self._created:
            raise Conflict(f"There is an execution {row.id!r} already.")
        self._created[row.id] = (row, plan)

    def append(
        self, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None
    ) -> Stored | None:
        self.appends += 1
        created = self._created.pop(execution_id, None)
        fault = self._failed.get(execution_id) or self._planned.pop(self.appends, None) or self._always
        if fault is not None:
            self.refused += 1
            self._failed[execution_id] = fault
            if self._at_once:
                raise fault
            late = _Late()
            asyncio.get_running_loop().call_soon(late.refuse, fault)
            return late
        kept = list(events)

        def append() -> Stored | None:
            if created is not None:
                self.journal.create(*created)
            return self.journal.append(execution_id, kept, after=after, status=status)

        if self._held is None:
            return append()
        late = _Late()
        self._held.append((late, append))
        return late

    async def last_seq(self, execution_id: str) -> int:
        self._failed.pop(execution_id, None)
        return await self.journal.last_seq(execution_id)

    async def claim(self, execution_id: str, *, owner: str, was: str | None) -> bool:
        claimed = await self.journal.claim(execution_id, owner=owner, was=was)
        if claimed:
            self._failed.pop(execution_id, None)
        return claimed


class _Late:
    """The awaitable of an append whose outcome comes later; any number of tasks may await it."""

    def __init__(self) -> None:
        self._settled = asyncio.Event()
        self._inner: Stored | None = None
        self._fault: PointworkError | None = None

    @property
    def done(self) -> bool:
        inner = self._inner
        return self._settled.is_set() and (inner is None or inner.done)

    def refuse(self, fault: PointworkError) -> None:
        self._fault = fault
        self._settled.set()

    def settle(self, append: Callable[[], Stored | None]) -> None:
        try:
            self._inner = append()
        except PointworkError as error:
            self._fault = error
        self._settled.set()

    def then(self, tell: Callable[[Exception | None], None]) -> None:
        async def wait() -> None:
            try:
                await self
            except PointworkError as error:
                tell(error)
            else:
                tell(None)

        self._telling = asyncio.get_running_loop().create_task(wait())

    def __await__(self) -> Generator[Any, None, None]:
        yield from self._settled.wait().__await__()
        if self._fault is not None:
            raise self._fault
        if self._inner is not None:
            yield from self._inner.__await__()
