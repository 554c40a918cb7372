"""What can be asked of the stored records. Plain functions over a connection; whoever calls them chooses the thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson

from pointwork.db import bounded, load_queries
from pointwork.events import Record, event_from_dict
from pointwork.journal import refusals
from pointwork.journal.base import ENDED, ExecutionRow, Tally
from pointwork.journal.blobs import fill

__all__ = ["SQL", "blob", "head", "plan", "read", "row", "rows", "tally"]

SQL = load_queries("pointwork.journal", "journal.sql")
_ALL = 2**62


def head(connection: sqlite3.Connection, execution_id: str) -> tuple[int, str, int]:
    """Number, status and last record of an execution."""
    found = connection.execute(SQL["head"], {"id": execution_id}).fetchone()
    if found is None:
        raise refusals.unknown(execution_id)
    return found


def read(connection: sqlite3.Connection, execution_id: str, *, after: int, limit: int, resolve: bool) -> list[Record]:
    """Records behind `after`; the last row may hold more than are wanted."""
    number, _, last_seq = head(connection, execution_id)
    if limit <= 0 or after >= last_seq:
        return []
    records: list[Record] = []
    # One row more than wanted: of the first, all that is behind `after` may have been pruned.
    values = {"execution": number, "after": max(after, 0), "limit": bounded(limit + 1)}
    found = connection.execute(SQL["read"], values).fetchall()
    for first_seq, at_us, data, refs in found:
        events = orjson.loads(data)
        if refs and resolve:
            for index, digest, path in orjson.loads(refs):
                fill(events[index], path, blob(connection, digest))
        for seq, event in enumerate(events, start=first_seq):
            if event is not None and seq > after:
                records.append(Record(execution_id, seq, at_us, event_from_dict(event)))
    return records[:limit]


def row(connection: sqlite3.Connection, execution_id: str) -> ExecutionRow:
    found = _select(connection, ["id = :id"], {"id": execution_id, "limit": 1})
    if not found:
        raise refusals.unknown(execution_id)
    return found[0]


def unfinished(connection: sqlite3.Connection) -> list[ExecutionRow]:
    """Oldest first, so that recovery goes on in the order in which things began."""
    return _select(connection, ["finished_at_us IS NULL"], {"limit": _ALL})[::-1]


def prunable(
    connection: sqlite3.Connection, *, ended_before_us: int | None, keep_per_workflow: int | None
) -> list[ExecutionRow]:
    """The ended executions that all given criteria let go, oldest first."""
    conditions: list[str] = []
    values: dict[str, Any] = {"limit": _ALL}
    if ended_before_us is not None:
        conditions.append("finished_at_us < :before")
        values["before"] = bounded(ended_before_us)
    if keep_per_workflow is not None:
        conditions.append(f"id IN ({SQL['ended_beyond']})")
        values["keep"] = bounded(keep_per_workflow)
    return _select(connection, conditions, values)[::-1] if conditions else []


def rows(
    connection: sqlite3.Connection,
    *,
    workflow_id: str | None,
    status: Sequence[str],
    q: str,
    since_us: int | None,
    until_us: int | None,
    before: tuple[int, str] | None,
    limit: int,
    oldest_first: bool,
) -> list[ExecutionRow]:
    conditions, values = _conditions(workflow_id=workflow_id, q=q, since_us=since_us, until_us=until_us)
    values["limit"] = bounded(max(limit, 0))
    if status:
        names = [f"status_{index}" for index in range(len(status))]
        conditions.append(f"status IN ({', '.join(f':{name}' for name in names)})")
        values.update(zip(names, map(str, status), strict=True))
        if not ENDED.intersection(status):
            conditions.append("finished_at_us IS NULL")  # of which there are few, and an index knows them
    if before is not None:
        conditions.append(f"(created_at_us, id) {'>' if oldest_first else '<'} (:before_us, :before_id)")
        values["before_us"], values["before_id"] = bounded(before[0]), before[1]
    return _select(connection, conditions, values, oldest_first=oldest_first)


def tally(
    connection: sqlite3.Connection,
    *,
    workflow_id: str | None,
    q: str,
    since_us: int | None,
    until_us: int | None,
    width_us: int | None,
) -> list[Tally]:
    conditions, values = _conditions(workflow_id=workflow_id, q=q, since_us=since_us, until_us=until_us)
    values["from_us"] = bounded(since_us or 0)
    values["width_us"] = bounded(width_us) if width_us else _ALL
    statement = SQL["tally"].replace("TRUE", " AND ".join(conditions) or "TRUE")
    return [Tally(*columns) for columns in connection.execute(statement, values)]


def _conditions(
    *, workflow_id: str | None, q: str, since_us: int | None, until_us: int | None
) -> tuple[list[str], dict[str, Any]]:
    """Which executions are meant; each condition is one of a fixed list."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if workflow_id is not None:
        conditions.append("workflow_id = :workflow_id")
        values["workflow_id"] = workflow_id
    if q:
        # One text, because `lower` is a call into Python.
        conditions.append(r"lower(id || ' ' || workflow_name || ' ' || coalesce(error, '')) LIKE lower(:q) ESCAPE '\'")
        values["q"] = f"%{_literal(q)}%"
    if since_us is not None:
        conditions.append("created_at_us >= :since_us")
        values["since_us"] = bounded(since_us)
    if until_us is not None:
        conditions.append("created_at_us < :until_us")
        values["until_us"] = bounded(until_us)
    return conditions, values


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _select(
    connection: sqlite3.Connection, conditions: list[str], values: dict[str, Any], *, oldest_first: bool = False
) -> list[ExecutionRow]:
    statement = SQL["rows"].replace("TRUE", " AND ".join(conditions) or "TRUE")
    if oldest_first:
        statement = statement.replace("created_at_us DESC, id DESC", "created_at_us, id")
    return [_row(columns) for columns in connection.execute(statement, values)]


def _row(columns: tuple[Any, ...]) -> ExecutionRow:
    *most, origin, error = columns
    return ExecutionRow(*most, origin=None if origin is None else orjson.loads(origin), error=error)


def plan(connection: sqlite3.Connection, plan_hash: str) -> bytes:
    found = connection.execute(SQL["plan"], {"hash": plan_hash}).fetchone()
    if found is None:
        raise refusals.no_plan(plan_hash)
    return found[0]


def blob(connection: sqlite3.Connection, digest: str) -> bytes:
    found = connection.execute(SQL["blob"], {"hash": digest}).fetchone()
    if found is None:
        raise refusals.no_blob(digest)
    return found[0]
