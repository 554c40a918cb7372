"""The journal on SQLite: what happens on the event loop.

Rules: one writer thread (`writer.py`) stores for all executions. One batch is on its way at a time; what is appended
meanwhile is the next, so the busier the journal the larger its batches, without any timer. Events are encoded when
they are appended: what is stored is what they were then, whatever a handler does to its values later. Listeners hear
of a batch when it is committed, before those who wait for it go on.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pointwork.db import BUSY_TIMEOUT_S, Pool, migrate
from pointwork.errors import Conflict, JournalError
from pointwork.events import Event, ExecutionFinished, Record
from pointwork.journal import reader, refusals, retention
from pointwork.journal.base import ENDED, Durability, ExecutionRow, Listener, Pruned
from pointwork.journal.blobs import LIMIT_BYTES, Blob, outsource
from pointwork.journal.writer import Append, Writer

__all__ = ["SqliteJournal"]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_READERS = 3  # threads; a page of records takes one some 0.2 ms


class _Pending(Append):
    """An append, seen from the event loop: whoever needs it stored awaits it."""

    __slots__ = ("done", "events", "waiters")

    def __init__(self, execution_id: str, after: int, events: tuple[Event, ...], at_us: int, data: bytes) -> None:
        Append.__init__(self, execution_id, after, len(events), at_us, data)
        self.events = events
        self.done = False
        self.waiters: list[asyncio.Future[None]] | None = None

    def __await__(self) -> Generator[Any, None, None]:
        if not self.done:
            # A future for each who waits: a cancelled task cancels what it waits for, and must not do so to others.
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            if self.waiters is None:
                self.waiters = [waiter]
            else:
                self.waiters.append(waiter)
            yield from waiter
        if self.failure is not None:
            raise self.failure

    def settle(self) -> None:
        self.done = True
        for waiter in self.waiters or ():
            if not waiter.done():
                waiter.set_result(None)


class _Job:
    """Something else for the writer to do, after the appends of its batch."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Callable[[Writer], Any], future: asyncio.Future[Any]) -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _Batch:
    """What goes to the writer in one piece."""

    __slots__ = ("appends", "jobs")

    def __init__(self) -> None:
        self.appends: list[_Pending] = []
        self.jobs: list[_Job] = []


class SqliteJournal:
    """The journal in the database file at `path`; the folder must exist."""

    def __init__(
        self,
        path: Path | str,
        durability: Durability = "commit",
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self.durability: Durability = durability
        self._busy_timeout_s = busy_timeout_s
        self._now_us = now_us
        # Executions that go on in this process; those not stored yet with what introduces them.
        self._known: dict[str, tuple[ExecutionRow, bytes] | None] = {}
        self._failures: dict[str, Exception] = {}
        self._last_failure: str | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._next = _Batch()
        self._busy = False
        self._idle: asyncio.Future[None] | None = None
        self._inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._pool: Pool | None = None
        self._watcher: Pool | None = None

    # ------------------------------------------------------------------------------------ opening, closing

    async def open(self) -> None:
        if self._loop is not None:
            return
        await asyncio.to_thread(migrate, self.path)
        self._loop = asyncio.get_running_loop()
        self._pool = Pool(self.path, read_only=True, busy_timeout_s=self._busy_timeout_s)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="pointwork-journal-reader")
        self._thread = threading.Thread(target=self._write, name="pointwork-journal", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        if self._loop is None or self._thread is None:
            return
        while self._busy:
            self._idle = self._loop.create_future()
            await self._idle
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join)
        if self._readers:
            self._readers.shutdown()
        for pool in (self._pool, self._watcher):
            if pool:
                pool.close()
        self._loop = self._thread = self._readers = self._pool = self._watcher = None

    # ------------------------------------------------------------------------------------------- appending

    def create(self, row: ExecutionRow, plan: bytes) -> None:
        if row.id in self._known:
            raise refusals.taken(row.id)
        self._known[row.id] = (row, plan)

    def append(
        self, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None
    ) -> _Pending | None:
        try:
            data = orjson.dumps(events)
        except TypeError as error:
            raise refusals.not_json(execution_id, events, error) from error
        shown = tuple(events)
        blobs: list[tuple[int, Blob]] | None = None
        if len(data) > LIMIT_BYTES:
            shown, data, blobs = _outsourced(shown, data)
        pending = _Pending(execution_id, after, shown, self._now_us(), data)
        pending.blobs = blobs
        if self._known.get(execution_id, self) is not None:
            pending.created = self._known.get(execution_id)
            self._known[execution_id] = None
        if status is not None:
            self._note_status(pending, status)
        behind = self.durability == "behind"
        if behind and execution_id in self._failures:
            raise self._failures[execution_id]
        self._next.appends.append(pending)
        if not self._busy:
            self._wake()
        return None if behind else pending

    def _note_status(self, pending: _Pending, status: str) -> None:
        pending.status = str(status)
        for event in pending.events:
            if isinstance(event, ExecutionFinished) and event.error:
                pending.error = str(event.error.get("message", ""))
        if status in ENDED:
            self._known.pop(pending.execution_id, None)

    def _wake(self) -> None:
        if self._loop is None:
            raise JournalError("The journal is not open.", hint="Await its open() first, and nothing after close().")
        self._busy = True
        self._loop.call_soon(self._flush)  # not at once: what else is appended in this turn comes along

    def _flush(self) -> None:
        batch, self._next = self._next, _Batch()
        self._inbox.put(batch)

    def _write(self) -> None:
        """The writer thread."""
        assert self._loop is not None
        writer = Writer(
            self.path,
            synchronous="FULL" if self.durability == "power" else "NORMAL",
            busy_timeout_s=self._busy_timeout_s,
        )
        while (batch := self._inbox.get()) is not None:
            if batch.appends:
                writer.store(batch.appends)
            for job in batch.jobs:
                try:
                    job.result = job.work(writer)
                except PointworkError as error:
                    job.error = error
            try:
                self._loop.call_soon_threadsafe(self._settle, batch)
            except RuntimeError:
                break  # the loop has been closed without closing the journal; all is stored, nobody listens
        writer.close()

    def _settle(self, batch: _Batch) -> None:
        if self._next.appends or self._next.jobs:
            self._flush()
        else:
            self._busy = False
            if self._idle is not None and not self._idle.done():
                self._idle.set_result(None)
        for pending in batch.appends:
            pending.settle()
            if pending.failure is not None:
                self._note_failure(pending, pending.failure)
        for job in batch.jobs:
            job.settle()
        if self._listeners:
            self._publish(batch.appends[::-1])

    def _note_failure(self, pending: _Pending, failure: Exception) -> None:
        if self._failures.setdefault(pending.execution_id, failure) is failure and not isinstance(failure, Conflict):
            _log.error("Execution %r: %s", pending.execution_id, failure)
            self._last_failure = str(failure)
        self._known.pop(pending.execution_id, None)

    # ------------------------------------------------------------------------------------------- listening

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    def _publish(self, appends: list[_Pending]) -> None:
        try:
            while appends:
                pending = appends.pop()
                if pending.failure is not None or not pending.events:
                    continue
                records = [
                    Record(pending.execution_id, seq, pending.at_us, event)
                    for seq, event in enumerate(pending.events, start=pending.after + 1)
                ]
                for listener in self._listeners:
                    listener(records)
        finally:
            if appends:
                # A listener raised; the loop reports it, and the others still hear the rest in order.
                asyncio.get_running_loop().call_soon(self._publish, appends)

    # --------------------------------------------------------------------------------- through the writer

    async def _through_writer(self, work: Callable[[Writer], T]) -> T:
        if self._loop is None:
            raise JournalError("The journal is not open.", hint="Await its open() first, and nothing after close().")
        future: asyncio.Future[T] = self._loop.create_future()
        self._next.jobs.append(_Job(work, future))
        if not self._busy:
            self._wake()
        return await future

    async def last_seq(self, execution_id: str) -> int:
        last_seq = await self._through_writer(lambda writer: writer.last_seq(execution_id))
        self._failures.pop(execution_id, None)
        return last_seq

    async def claim(self, execution_id: str, *, owner: str, was: str | None) -> bool:
        def work(writer: Writer) -> bool:
            taken = writer.run(lambda connection: retention.claim(connection, execution_id, owner=owner, was=was))
            if taken:
                writer.pardon(execution_id)
            return taken

        taken = await self._through_writer(work)
        if taken:
            self._failures.pop(execution_id, None)
        return taken

    async def delete(self, execution_id: str) -> None:
        await self._through_writer(
            lambda writer: writer.run(lambda connection: retention.delete(connection, execution_id))
        )

    async def prune(
        self,
        *,
        ended_before_us: int | None = None,
        keep_per_workflow: int | None = None,
        text_before_us: int | None = None,
    ) -> Pruned:
        """In many short transactions, so that nothing else waits long."""
        pruned = Pruned(0, 0)
        doomed = await self._read(
            lambda connection: retention.doomed(
                connection, ended_before_us=ended_before_us, keep_per_workflow=keep_per_workflow
            )
        )
        for execution_id in doomed:
            await self.delete(execution_id)
            pruned = pruned._replace(executions=pruned.executions + 1)
        return pruned

    # --------------------------------------------------------------------------------------------- reading

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        pool = self._pool
        if self._loop is None or pool is None:
            raise JournalError("The journal is not open.", hint="Await its open() first, and nothing after close().")

        def run() -> T:
            with pool.connection() as connection:
                return work(connection)

        return await self._loop.run_in_executor(self._readers, run)
