"""Rows of the table of memories, as memories."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from pointwork.memory.items import Memory, Scope, Written

__all__ = ["first", "memories", "memory_of", "rows", "scope_of", "written_by"]


def rows(connection: sqlite3.Connection, query: str, values: Any) -> list[sqlite3.Row]:
    """All rows, with names."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values).fetchall()


def memories(connection: sqlite3.Connection, query: str, values: Any) -> list[Memory]:
    """All rows of a query for memories."""
    return [memory_of(row) for row in rows(connection, query, values)]


def first(connection: sqlite3.Connection, query: str, values: Any) -> Memory | None:
    """The first of them, if there is one."""
    return next(iter(memories(connection, query, values)), None)


def memory_of(row: sqlite3.Row) -> Memory:
    """One row."""
    return Memory(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        scope=scope_of(row),
        metadata=orjson.loads(row["metadata"]),
        importance=row["importance"],
        created_at_us=row["created_at_us"],
        valid_from_us=row["valid_from_us"],
        valid_to_us=row["valid_to_us"],
        expires_at_us=row["expires_at_us"],
        last_used_at_us=row["last_used_at_us"],
        uses=row["uses"],
        supersedes=row["supersedes"],
        superseded_by=row["superseded_by"],
        written=written_by(row),
    )


def scope_of(row: sqlite3.Row) -> Scope:
    """The places of a row."""
    return Scope(
        agent_id=row["agent_id"],
        user_id=row["user_id"],
        session_id=row["session_id"],
        workflow_id=row["workflow_id"],
    )


def written_by(row: sqlite3.Row) -> Written:
    """Where a row came from."""
    return Written(execution_id=row["execution_id"], node_id=row["node_id"], step=row["step"])
