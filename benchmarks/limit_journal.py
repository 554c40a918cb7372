"""The least that a durable journal can cost: one thread, one table, and whatever arrived meanwhile in one commit."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from pathlib import Path
from typing import Any

import orjson

__all__ = ["LimitJournal"]

_SCHEMA = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE journal (number INTEGER PRIMARY KEY, execution INTEGER, seq INTEGER, event BLOB);
    CREATE INDEX journal_by_execution ON journal (execution, seq);
"""
_INSERT = "INSERT INTO journal (execution, seq, event) VALUES (?, ?, ?)"

_Batch = tuple[list[tuple[int, int, bytes]], asyncio.Future[None]]


class LimitJournal:
    """Events of all executions; what is appended is on the disk when the future is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="limit-journal", daemon=True)
        self._rows: list[tuple[int, int, bytes]] = []
        self._busy = False

    async def __aenter__(self) -> LimitJournal:
        self._loop = asyncio.get_running_loop()
        self._stored = self._loop.create_future()
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert not self._busy, "an execution that does not wait for its last event is not durable"
        self._inbox.put(None)
        self._thread.join()

    def append(self, execution: int, seq: int, event: dict[str, Any]) -> asyncio.Future[None]:
        self._rows.append((execution, seq, orjson.dumps(event)))
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._flush)
        return self._stored

    def _flush(self) -> None:
        batch = (self._rows, self._stored)
        self._rows, self._stored = [], self._loop.create_future()
        self._inbox.put(batch)

    def _committed(self, stored: asyncio.Future[None]) -> None:
        if self._rows:
            self._flush()
        else:
            self._busy = False
        stored.set_result(None)

    def _write(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.executescript(_SCHEMA)
        while (batch := self._inbox.get()) is not None:
            rows, stored = batch
            connection.execute("BEGIN")
            connection.executemany(_INSERT, rows)
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._committed, stored)
        connection.close()
