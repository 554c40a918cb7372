"""Connections to the database file, and what SQLite's errors mean for the person who reads them.

Rules: every connection is made by `connect`, so all have the same settings. Transactions are written out (`BEGIN
IMMEDIATE … COMMIT`); Python's own guessing is off. Whoever writes takes the lock at once: a transaction that begins
by reading and is refused later could not be repeated by waiting. Readers cannot write, and a reader never waits for
a writer (write-ahead log).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pointwork.errors import ConfigurationError, JournalError, PointworkError

__all__ = ["BUSY_TIMEOUT_S", "Pool", "Synchronous", "bounded", "connect", "storage_error", "transaction"]

Synchronous: TypeAlias = Literal["NORMAL", "FULL"]

BUSY_TIMEOUT_S = 5.0  # another process's transaction takes milliseconds; its checkpoint, on a slow disk, some 100

# Rows are small and every commit writes whole pages twice, to the log and later to the file: with 1 KiB pages a
# commit of one node costs 3 KiB, with SQLite's usual 4 KiB it costs 10 (docs/adr/0003).
_PAGE_BYTES = 1_024
_CHECKPOINT_PAGES = 2_048  # 2 MiB of log before it is copied into the file; below, the copying shows in latency
_LOG_KEPT_BYTES = 16 * 1024 * 1024
_CACHE_KIB = 8_192
_STATEMENTS = 256  # the writer has one statement for each number of rows up to 64


def connect(
    path: Path,
    *,
    synchronous: Synchronous = "NORMAL",
    read_only: bool = False,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time."""
    try:
        connection = sqlite3.connect(
            path,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    try:
        # Only heard by a file that is still empty.
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        _use_log(connection, busy_timeout_s)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, whoever built this SQLite
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT_BYTES}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        # SQLite's own knows only ASCII.
        connection.create_function("lower", 1, _lower, deterministic=True)
    except sqlite3.Error as error:
        connection.close()
        raise storage_error(path, error) from error
    return connection


def _lower(text: Any) -> Any:
    return text.casefold() if isinstance(text, str) else text


def _use_log(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    # Switching to the log needs the file alone and does not wait for it by itself; two processes that start on a new
    # file meet here.
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All that is written within, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # Some errors (disk full, I/O) end the transaction by themselves.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class Pool:
    """Connections for short use by many threads; it grows to as many as are used at once."""

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        synchronous: Synchronous = "NORMAL",
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self.path = path
        self._read_only = read_only
        self._synchronous: Synchronous = synchronous
        self._busy_timeout_s = busy_timeout_s
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own; SQLite's errors come out as errors that name the file and the next step."""
        with self._lock:
            if self._closed:
                raise JournalError(f"The database {str(self.path)!r} is closed.", hint="Open it again first.")
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = connect(
                self.path,
                read_only=self._read_only,
                synchronous=self._synchronous,
                busy_timeout_s=self._busy_timeout_s,
            )
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise storage_error(self.path, error) from error
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def open(self) -> None:
        """Give connections again after `close`."""
        with self._lock:
            self._closed = False

    def close(self) -> None:
        """Close what is idle now, and what is in use when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def bounded(number: int) -> int:
    """The number, or the nearest to it that the database can hold; comparisons with it come out the same."""
    return max(-(2**63), min(number, 2**63 - 1))


_ADVICE = (
    ("is not a database", "It is another kind of file, or damaged: move it away or restore a copy, then start again."),
    ("malformed", "Keep a copy, then restore a backup or try `sqlite3 FILE .recover`."),
    ("full", "Free some space on that disk; what was not stored is repeated from what was."),
    ("locked", "Another process holds the database: look for a second server, a backup or a database browser."),
    ("readonly", "Let this user write to the file and its folder (the log lies beside the file)."),
    ("unable to open", "Check that the folder exists and that this user may write to it."),
    ("I/O error", "Check the disk and, for a network drive, the connection; SQLite needs a local disk."),
)


def storage_error(path: Path, error: Exception) -> PointworkError:
    """What a failure of SQLite means: which file, why, and what to do."""
    cause = str(error)
    hint = next((advice for sign, advice in _ADVICE if sign in cause), "")
    message = f"The database {str(path)!r} cannot be used: {cause}."
    if "is not a database" in cause or "unable to open" in cause:
        return ConfigurationError(message, hint=hint)
    return JournalError(message, hint=hint)
