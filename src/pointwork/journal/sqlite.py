"""The journal on SQLite, for one process or several on one machine.

Rules: events are encoded when they are appended, so what is stored is what they were then, whatever a handler does to
its values later. Listeners hear of a batch when it is committed, before those who wait for it go on. Reading happens
on other connections in other threads and never holds up the writing.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import orjson

from pointwork.db import BUSY_TIMEOUT_S, Pool, connect, migrate
from pointwork.errors import Conflict, JournalError, NotFound, PointworkError
from pointwork.events import Event, ExecutionFinished, Record
from pointwork.journal import reader, refusals, retention
from pointwork.journal.base import ENDED, Durability, ExecutionRow, Listener, Pruned, Tally
from pointwork.journal.blobs import LIMIT_BYTES, Blob, outsource
from pointwork.journal.cleaning import check_plan, cleaned
from pointwork.journal.committer import Committer, Pending
from pointwork.journal.writer import Writer
from pointwork.redaction import Redactor

__all__ = ["SqliteJournal"]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_READERS = 3  # threads; a page of records takes one of them milliseconds at most


class SqliteJournal:
    """The journal in the database file at `path`, whose folder must exist."""

    def __init__(
        self,
        path: Path | str,
        durability: Durability = "commit",
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.path = Path(path)
        self._redactor = redactor or Redactor()
        self.durability: Durability = durability
        self._behind = durability == "behind"
        self._busy_timeout_s = busy_timeout_s
        self._now_ns = time.time_ns if now_us is None else lambda: now_us() * 1_000
        self._listeners: tuple[Listener, ...] = ()
        # The executions that go on in this process; with each that is not stored yet, what introduces it.
        self._known: dict[str, tuple[ExecutionRow, bytes] | None] = {}
        self._failures: dict[str, Exception] = {}
        self._trouble: str | None = None
        self._committer: Committer | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._pool: Pool | None = None
        self._watch: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Create the database or bring it up to date, then start to write."""
        if self._committer is not None:
            return
        await asyncio.to_thread(migrate, self.path)
        self._watch = connect(self.path, read_only=True, busy_timeout_s=self._busy_timeout_s)
        self._pool = Pool(self.path, read_only=True, busy_timeout_s=self._busy_timeout_s)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="pointwork-journal-reader")
        synchronous = "FULL" if self.durability == "power" else "NORMAL"
        writer = Writer(self.path, synchronous=synchronous, busy_timeout_s=self._busy_timeout_s)
        self._committer = Committer(writer, settled=self._settled)

    async def close(self) -> None:
        committer, self._committer = self._committer, None
        if committer is None:
            return
        await committer.close()
        await asyncio.to_thread(self._close_readers)

    def _close_readers(self) -> None:
        assert self._readers is not None
        assert self._pool is not None
        assert self._watch is not None
        self._readers.shutdown()
        self._pool.close()
        self._watch.close()  # the last of a file copies what is left of the log

    def _open(self) -> Committer:
        if self._committer is None:
            raise JournalError("The journal is not open.", hint="Await its open() first, and nothing after close().")
        return self._committer

    # ------------------------------------------------------------------------------------------- appending

    def create(self, row: ExecutionRow, plan: bytes) -> None:
        if row.id in self._known:
            raise refusals.taken(row.id)
        check_plan(row, plan, self._redactor)
        self._known[row.id] = (row, plan)

    def append(
        self, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None
    ) -> Pending | None:
        assert events, "an append has at least one event"
        committer = self._committer or self._open()
        if self._behind and execution_id in self._failures:
            raise self._failures[execution_id]
        try:
            data = orjson.dumps(events)
        except TypeError as error:
            raise refusals.not_json(execution_id, events, error) from error
        if self._redactor.active and self._redactor.found(data):
            events = cleaned(events, self._redactor)
            data = orjson.dumps(events)
        pending = Pending(execution_id, after, tuple(events), self._now_ns() // 1_000, data)
        if len(data) > LIMIT_BYTES:
            _outsource(pending)
        if execution_id not in self._known:
            self._known[execution_id] = None
        elif (created := self._known[execution_id]) is not None:
            pending.created = created
            self._known[execution_id] = None
        if status is not None:
            _note_status(pending, status)
            if status in ENDED:
                del self._known[execution_id]
        committer.put(pending)
        return None if self._behind else pending

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    def _settled(self, appends: list[Pending]) -> None:
        stored = len(appends)
        for pending in appends:
            if pending.failure is not None:
                stored -= 1
                self._note_failure(pending.execution_id, pending.failure)
        if stored:
            self._trouble = None
            if self._listeners:
                self._publish([pending for pending in reversed(appends) if pending.failure is None])

    def _note_failure(self, execution_id: str, failure: Exception) -> None:
        self._known.pop(execution_id, None)
        if execution_id not in self._failures:
            self._failures[execution_id] = failure
            if not isinstance(failure, Conflict):
                self._trouble = str(failure)
                _log.error("Execution %r is not stored: %s", execution_id, failure)

    def _publish(self, appends: list[Pending]) -> None:
        """Tell the listeners, last of the list first."""
        try:
            while appends:
                pending = appends.pop()
                first = pending.after + 1
                records = [
                    Record(pending.execution_id, seq, pending.at_us, event)
                    for seq, event in enumerate(pending.events, start=first)
                ]
                for listener in self._listeners:
                    listener(records)
        finally:
            if appends:
                # A listener raised; the loop reports it, and everybody still hears the rest in order.
                asyncio.get_running_loop().call_soon(self._publish, appends)

    # --------------------------------------------------------------------------- what else the writer does

    async def last_seq(self, execution_id: str) -> int:
        """Behind all that is queued; from now on the execution may be appended to again."""
        try:
            last_seq = await self._open().run(lambda writer: writer.last_seq(execution_id))
        except NotFound:
            self._known.pop(execution_id, None)  # introduced, and then its first append was refused
            raise
        finally:
            self._failures.pop(execution_id, None)
        return last_seq

    async def claim(self, execution_id: str, *, owner: str, was: str | None) -> bool:
        def work(writer: Writer) -> bool:
            claimed = writer.run(lambda connection: retention.claim(connection, execution_id, owner=owner, was=was))
            if claimed:
                writer.pardon(execution_id)
            return claimed

        claimed = await self._open().run(work)
        if claimed:
            self._failures.pop(execution_id, None)
        return claimed

    async def delete(self, execution_id: str) -> None:
        await self._change(lambda connection: retention.delete(connection, execution_id))

    async def prunable(
        self, *, ended_before_us: int | None = None, keep_per_workflow: int | None = None
    ) -> list[ExecutionRow]:
        return await self._read(
            partial(reader.prunable, ended_before_us=ended_before_us, keep_per_workflow=keep_per_workflow)
        )

    async def discard(self, execution_ids: Iterable[str]) -> list[str]:
        # In many short transactions: whatever else is to be stored comes in between.
        gone: list[str] = []
        try:
            for execution_id in execution_ids:
                was_there = await self._change(partial(retention.delete_if_there, execution_id=execution_id))
                if was_there:
                    gone.append(execution_id)
        finally:
            if gone:
                await self._change(retention.forget_plans)
        return gone

    async def prune(
        self,
        *,
        ended_before_us: int | None = None,
        keep_per_workflow: int | None = None,
        text_before_us: int | None = None,
    ) -> Pruned:
        doomed = await self.prunable(ended_before_us=ended_before_us, keep_per_workflow=keep_per_workflow)
        executions = len(await self.discard(row.id for row in doomed))
        records = 0
        if text_before_us is not None:
            for number in await self._read(lambda connection: retention.with_text(connection, text_before_us)):
                records += await self._change(
                    partial(retention.prune_text, execution=number, now_us=self._now_ns() // 1_000)
                )
        return Pruned(executions, records)

    async def _change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._open().run(lambda writer: writer.run(work))

    # --------------------------------------------------------------------------------------------- reading

    async def read(
        self, execution_id: str, *, after: int = 0, limit: int = 1_000, resolve: bool = False
    ) -> list[Record]:
        return await self._read(
            lambda connection: reader.read(connection, execution_id, after=after, limit=limit, resolve=resolve)
        )

    async def row(self, execution_id: str) -> ExecutionRow:
        return await self._read(lambda connection: reader.row(connection, execution_id))

    async def rows(
        self,
        *,
        workflow_id: str | None = None,
        status: Sequence[str] = (),
        q: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        before: tuple[int, str] | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> list[ExecutionRow]:
        wanted = partial(
            reader.rows,
            workflow_id=workflow_id,
            status=status,
            q=q,
            since_us=since_us,
            until_us=until_us,
            before=before,
            limit=limit,
            oldest_first=oldest_first,
        )
        return await self._read(wanted)

    async def tally(
        self,
        *,
        workflow_id: str | None = None,
        q: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        width_us: int | None = None,
    ) -> list[Tally]:
        wanted = partial(
            reader.tally, workflow_id=workflow_id, q=q, since_us=since_us, until_us=until_us, width_us=width_us
        )
        return await self._read(wanted)

    async def unfinished(self) -> list[ExecutionRow]:
        return await self._read(reader.unfinished)

    async def plan(self, plan_hash: str) -> bytes:
        return await self._read(lambda connection: reader.plan(connection, plan_hash))

    async def blob(self, digest: str) -> bytes:
        return await self._read(lambda connection: reader.blob(connection, digest))

    async def changes(self) -> int:
        self._open()
        watch = self._watch
        assert watch is not None
        # Counts the commits of all other connections, in this process and in others, as seen by this one connection.
        return await self._in_thread(lambda: watch.execute("PRAGMA data_version").fetchone()[0])

    async def health(self) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": "sqlite", "path": str(self.path), "durability": self.durability}
        try:
            sizes = await self._in_thread(self._sizes)
            await self._read(lambda connection: connection.execute("SELECT max(number) FROM migrations").fetchone())
        except (PointworkError, OSError) as error:
            return {**found, "ok": False, "trouble": str(error)}
        return {**found, **sizes, "queued": self._open().queued, "ok": self._trouble is None, "trouble": self._trouble}

    def _sizes(self) -> dict[str, int]:
        log = self.path.with_name(f"{self.path.name}-wal")
        return {"bytes": self.path.stat().st_size, "log_bytes": log.stat().st_size if log.exists() else 0}

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        committer, pool = self._open(), self._pool
        assert pool is not None
        if self._behind and committer.busy:
            await committer.run(lambda _: None)  # nobody waited for the appends, and a reader sees all of them

        def run() -> T:
            with pool.connection() as connection:
                return work(connection)

        return await self._in_thread(run)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._open()
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)


def _outsource(pending: Pending) -> None:
    shown: list[Event] = []
    found: list[tuple[int, Blob]] = []
    for index, event in enumerate(pending.events):
        smaller, blobs = outsource(event)
        shown.append(smaller)
        found.extend((index, blob) for blob in blobs)
    if found:
        pending.blobs = found
        pending.events = tuple(shown)
        pending.data = orjson.dumps(pending.events)


def _note_status(pending: Pending, status: str) -> None:
    pending.status = str(status)
    for event in pending.events:
        if isinstance(event, ExecutionFinished) and event.error:
            pending.error = str(event.error.get("message", ""))
