"""The one place that writes records to SQLite, in a thread of its own. It knows nothing of asyncio.

Rules: a batch is one transaction. What concerns one execution alone (a stale `after`, an id that is taken) fails that
execution and no other; what concerns the database (disk full, locked) fails the batch. After a failure an execution
takes nothing more until `last_seq` has been asked, because what was queued behind the failed append does not fit.

Statements are few and long: between any two the thread has to win Python's lock back from the event loop, which, when
busy, lets go of it every 5 ms only. 300 rows in a loop of INSERTs have taken a second beside a busy loop.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from pointwork.db import Synchronous, connect, storage_error, transaction
from pointwork.errors import PointworkError
from pointwork.journal import refusals
from pointwork.journal.base import ENDED, ExecutionRow
from pointwork.journal.blobs import Blob
from pointwork.journal.reader import SQL

__all__ = ["Append", "Writer"]

_ROWS = 150  # in one statement; the longest then take 11 × 150 values, SQLite's limit is 32,766

_VALUES = re.compile(r"VALUES (\([?, ]+\))")

# What SQLite says of a value that it cannot hold, not of the state of the database.
_UNFIT = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    ValueError,
)


class _Head:
    """Where an execution stands: its number, and the number of its last record."""

    __slots__ = ("last_seq", "number")

    def __init__(self, number: int, last_seq: int) -> None:
        self.number = number
        self.last_seq = last_seq


_NOBODY = _Head(0, 0)


class Append:
    """Some events of one execution on their way to the disk."""

    # What most appends do not have; set on those that do.
    blobs: Sequence[tuple[int, Blob]] = ()  # with the index of the event
    created: tuple[ExecutionRow, bytes] | None = None
    status: str | None = None
    error: str | None = None
    head = _NOBODY  # set by the writer when it accepts
    failure: Exception | None = None

    def __init__(self, execution_id: str, after: int, count: int, at_us: int, data: bytes) -> None:
        self.execution_id = execution_id
        self.after = after
        self.count = count
        self.at_us = at_us
        self.data = data


class Writer:
    """Stores batches of appends; all methods are called from one thread."""

    def __init__(self, path: Path, *, synchronous: Synchronous, busy_timeout_s: float) -> None:
        self._path = path
        self._synchronous: Synchronous = synchronous
        self._busy_timeout_s = busy_timeout_s
        self._connection: sqlite3.Connection | None = None
        self._heads: dict[str, _Head] = {}  # of executions that this process has written to and that go on
        self._failed: dict[str, Exception] = {}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def store(self, batch: Sequence[Append]) -> None:
        """Store the batch; what went wrong stands in `failure` of the appends concerned."""
        try:
            try:
                self._transact(batch, sure=False)
            except sqlite3.IntegrityError:
                # Another process has written too: look again, under the lock.
                self._transact(batch, sure=True)
        except _UNFIT as error:
            self._forget(append.execution_id for append in batch)
            if len(batch) == 1:
                self._fail(batch, refusals.unfit(batch[0].execution_id, error))
            else:
                for append in batch:  # one of them has something that SQLite cannot hold
                    self.store([append])
        except sqlite3.Error as error:
            # A fresh connection next time: after an I/O error or a damaged page this one may go on failing.
            self.give_up(batch, storage_error(self._path, error))
        except PointworkError as error:
            self._fail(batch, error)

    def _transact(self, batch: Sequence[Append], *, sure: bool) -> None:
        """One transaction. `sure`: ask the database, under its lock, where each execution stands."""
        connection = self._open()
        refused: dict[str, Exception] = {}
        if sure:
            self._forget(append.execution_id for append in batch)
            with transaction(connection):
                accepted = self._accepted(batch, refused, connection, sure=True)
                self._write(accepted, connection)
        else:
            accepted = self._accepted(batch, refused, connection, sure=False)
            if _is_plain(accepted):
                # A single statement is a transaction by itself.
                self._write(accepted, connection)
            elif accepted:
                with transaction(connection):
                    self._write(accepted, connection)
        # Only now: what was refused in an attempt that came to nothing may fit in the next.
        self._failed.update(refused)
        self._forget(refused)
        self._forget(append.execution_id for append in accepted if append.status in ENDED)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._path, synchronous=self._synchronous, busy_timeout_s=self._busy_timeout_s)
        return self._connection

    # ---------------------------------------------------------------------------------------- who may write

    def _accepted(
        self, batch: Sequence[Append], refused: dict[str, Exception], connection: sqlite3.Connection, *, sure: bool
    ) -> list[Append]:
        accepted: list[Append] = []
        seen: set[str] = set()
        for append in batch:
            execution_id = append.execution_id
            if append.failure is not None:
                append.failure = None  # of an attempt that came to nothing
            if self._failed or refused:
                append.failure = self._failed.get(execution_id) or refused.get(execution_id)
                if append.failure is not None:
                    continue
            head = self._heads.get(execution_id)
            if head is None or (head.last_seq != append.after and execution_id not in seen):
                # New to us, or somebody else has gone on with it: the database knows.
                append.failure = self._look_up(append, connection, sure=sure)
                head = self._heads.get(execution_id, _NOBODY)
            seen.add(execution_id)
            if append.failure is None and head.last_seq != append.after:
                append.failure = refusals.stale(execution_id, after=append.after, last_seq=head.last_seq)
            if append.failure is None:
                head.last_seq += append.count
                append.head = head
                accepted.append(append)
            else:
                refused[execution_id] = append.failure
        return accepted

    def _look_up(self, append: Append, connection: sqlite3.Connection, *, sure: bool) -> PointworkError | None:
        """Learn where the execution stands; why it takes nothing, if so."""
        execution_id = append.execution_id
        if append.created and not sure:
            # Most are new; if this one is not, the database says so when it is written.
            self._heads[execution_id] = _Head(0, 0)
            return None
        found = connection.execute(SQL["head"], {"id": execution_id}).fetchone()
        if append.created:
            self._heads[execution_id] = _Head(0, 0)
            return refusals.taken(execution_id) if found else None
        if found is None:
            return refusals.unknown(execution_id)
        number, status, last_seq = found
        self._heads[execution_id] = _Head(number, last_seq)
        return refusals.ended(execution_id, status) if status in ENDED else None

    def give_up(self, batch: Sequence[Append], error: Exception) -> None:
        """Nothing of the batch is stored, and nobody knows what the connection is worth."""
        self.close()
        self._fail(batch, error)

    def _fail(self, batch: Sequence[Append], error: Exception) -> None:
        for append in batch:
            append.failure = self._failed.setdefault(append.execution_id, error)
        self._forget(append.execution_id for append in batch)

    def _forget(self, execution_ids: Iterable[str]) -> None:
        for execution_id in execution_ids:
            self._heads.pop(execution_id, None)

    # -------------------------------------------------------------------------------------------- writing

    def _write(self, batch: Sequence[Append], connection: sqlite3.Connection) -> None:
        self._write_created([append for append in batch if append.created], connection)
        self._write_blobs([append for append in batch if append.blobs], connection)
        rows = [
            (
                append.head.number,
                append.after + 1,
                append.count,
                append.at_us,
                append.data,
                _refs(append.blobs) if append.blobs else None,
            )
            for append in batch
        ]
        _execute(connection, "append", rows)
        news = {
            append.execution_id: (
                append.head.number,
                append.status,
                append.at_us if append.status in ENDED else None,
                append.error,
            )
            for append in batch
            if append.status is not None and not append.created
        }
        _execute(connection, "set_status", list(news.values()))

    def _write_created(self, batch: Sequence[Append], connection: sqlite3.Connection) -> None:
        if not batch:
            return
        plans: dict[str, bytes] = {}
        rows: list[tuple[Any, ...]] = []
        for append in batch:
            assert append.created is not None
            row, plan = append.created
            plans[row.plan_hash] = plan
            rows.append(_columns(row, append))
        _execute(connection, "keep_plan", list(plans.items()))
        last = _execute(connection, "create", rows)
        # Rows of one INSERT are numbered one after the other, and nobody else can insert meanwhile.
        for number, append in enumerate(batch, start=last - len(batch) + 1):
            append.head.number = number

    def _write_blobs(self, batch: Sequence[Append], connection: sqlite3.Connection) -> None:
        for append in batch:
            number = append.head.number
            blobs = append.blobs
            _execute(connection, "keep_blob", [(blob.digest, blob.data) for _, blob in blobs])
            _execute(connection, "use_blob", [(blob.digest, number) for _, blob in blobs])

    # --------------------------------------------------------------------------------------- everything else

    def last_seq(self, execution_id: str) -> int:
        """Where the execution stands in the database; from now on it may be appended to again."""
        try:
            found = self._open().execute(SQL["head"], {"id": execution_id}).fetchone()
        except sqlite3.Error as error:
            raise storage_error(self._path, error) from error
        self.pardon(execution_id)
        if found is None:
            raise refusals.unknown(execution_id)
        return found[2]

    def pardon(self, execution_id: str) -> None:
        """Forget a failure: whoever appends next has looked."""
        self._failed.pop(execution_id, None)
        self._heads.pop(execution_id, None)

    def run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Something else that writes, in a transaction of its own."""
        try:
            with transaction(self._open()) as connection:
                return work(connection)
        except sqlite3.Error as error:
            self.close()
            raise storage_error(self._path, error) from error


def _is_plain(batch: Sequence[Append]) -> bool:
    return 0 < len(batch) <= _ROWS and not any(
        append.created or append.blobs or append.status is not None for append in batch
    )


def _execute(connection: sqlite3.Connection, name: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Run a statement for all rows, with as few statements as possible; the number of the last row inserted."""
    last = 0
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        last = connection.execute(_repeated(name, len(part)), tuple(chain.from_iterable(part))).lastrowid or 0
    return last


@cache
def _repeated(name: str, rows: int) -> str:
    found = _VALUES.search(SQL[name])
    assert found, f"{name!r} has no VALUES (?, …)"
    return f"{SQL[name][: found.end()]}{f', {found[1]}' * (rows - 1)}{SQL[name][found.end() :]}"


def _columns(row: ExecutionRow, append: Append) -> tuple[Any, ...]:
    status = row.status if append.status is None else append.status
    return (
        row.id,
        row.workflow_id,
        row.workflow_name,
        row.version,
        status,
        row.owner,
        row.plan_hash,
        row.created_at_us,
        append.at_us if status in ENDED else row.finished_at_us,
        None if row.origin is None else orjson.dumps(row.origin).decode(),
        append.error or row.error,
    )


def _refs(blobs: Sequence[tuple[int, Blob]]) -> str:
    return orjson.dumps([(index, blob.digest, blob.path) for index, blob in blobs]).decode()
