"""What forgetting takes with it, and that nothing of it stays in the files of the database.

A memory goes with everything that it has replaced, its vectors, the turn that it was said in or learned from, and the
summaries that may tell of it. What is deleted is overwritten in the file (every connection does that) and, as soon as
nobody reads who began before it, cut off the log. All but `cut_log` are part of the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from pointwork.db import load_queries
from pointwork.memory.items import Memory
from pointwork.memory.rows import memories
from pointwork.memory.writing import places_of

__all__ = ["chain_of", "cut_log", "delete", "told_of"]

SQL = load_queries("pointwork.memory", "memory.sql")
PATIENCE_MS: Final = 100  # whoever writes waits as long


def chain_of(connection: sqlite3.Connection, id: str) -> list[Memory]:
    """A memory and all that it has replaced, the latest first; nothing when there is none."""
    return memories(connection, SQL["chain"], {"id": id})


def told_of(connection: sqlite3.Connection, gone: Iterable[Memory]) -> list[Memory]:
    """The summaries of whoever could recall one of these memories."""
    found: dict[str, Memory] = {}
    for scope in {memory.scope for memory in gone}:
        for (id,) in connection.execute(SQL["summaries"], places_of(scope)).fetchall():
            found.update((one.id, one) for one in chain_of(connection, id))
    return list(found.values())


def delete(connection: sqlite3.Connection, memory: Memory, *, turn: bool = True) -> None:
    """Delete one memory with its vectors, and the turn that it was said in or learned from."""
    for query in ("delete", "delete_vectors", "delete_identifiers", "let_go"):
        connection.execute(SQL[query], {"id": memory.id})
    if not turn:
        return
    connection.execute(SQL["delete_turn"], {"id": memory.id})
    written = memory.written
    activation, mark, _ = written.step.rpartition(":")
    if written.execution_id and mark and memory.kind == "fact":
        places = {"execution_id": written.execution_id, "agent_id": memory.scope.agent_id, "node_id": written.node_id}
        connection.execute(SQL["delete_origin"], {**places, "origin": activation + mark})


def cut_log(connection: sqlite3.Connection) -> bool:
    """Take what was deleted out of the log too. False: somebody still reads what was there before."""
    [before] = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        [busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:  # somebody writes, or cuts it
        if "locked" not in str(error):
            raise
        busy = 1
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")
    return not busy
