"""Memory as a file: JSON Lines, one memory or turn of a conversation in each, out and in again.

The first line says what the file is. Reading it twice remembers everything once; a file with a fault in any line is not
read at all. Vectors are not in it: they are made again, with whatever embedder there is. A file may come from anybody:
what one memory says of another counts only where it is so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import orjson

from pointwork.db import Pool, load_queries, transaction
from pointwork.errors import Unacceptable
from pointwork.memory.conversation import turn_row
from pointwork.memory.identifiers import identifiers
from pointwork.memory.items import NewMemory, Scope, Written
from pointwork.memory.rows import first
from pointwork.memory.writing import named, row_of, time_of
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["export", "read"]

SQL = load_queries("pointwork.memory", "memory.sql")
FORMAT: Final = {"format": "pointwork-memory", "version": 1}
AT_ONCE: Final = 500
MAX_LINE_BYTES: Final = 8 << 20
PLACES: Final = ("agent_id", "user_id", "session_id", "workflow_id")
WRITTEN: Final = ("execution_id", "node_id", "step")
TIMES: Final = ("created_at_us", "valid_from_us", "valid_to_us", "expires_at_us", "last_used_at_us")
MEMORY: Final = (*PLACES, *WRITTEN, *TIMES, "id", "kind", "text", "importance", "uses", "supersedes", "superseded_by")
TURN: Final = (*PLACES, *WRITTEN, "user_message", "assistant_message", "memory_id", "created_at_us")


def export(pool: Pool, agent_id: str | None = None) -> Iterator[bytes]:
    """The lines of a file with everything that is remembered, or that one agent remembers."""
    yield _line(FORMAT)
    yield from _exported(pool, "export_memories", "memory", MEMORY, agent_id, after="", key="id")
    yield from _exported(pool, "export_turns", "turn", TURN, agent_id, after=0, key="seq")


def _exported(
    pool: Pool, query: str, kind: str, columns: tuple[str, ...], agent_id: str | None, *, after: Any, key: str
) -> Iterator[bytes]:
    while True:
        with pool.connection() as connection:
            cursor = connection.cursor()
            cursor.row_factory = sqlite3.Row
            rows = cursor.execute(SQL[query], {"after": after, "agent_id": agent_id, "limit": AT_ONCE}).fetchall()
        for row in rows:
            yield _line({kind: {**{name: row[name] for name in columns}, "metadata": orjson.loads(row["metadata"])}})
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][key]


def _line(value: JsonObject) -> bytes:
    return orjson.dumps(value) + b"\n"


def read(pool: Pool, lines: Iterable[bytes], redactor: Redactor) -> dict[str, int]:
    """Remember what a file holds; how many memories and turns were new. Raises Unacceptable with the line's number."""
    kept: dict[str, list[tuple[int, JsonObject]]] = {"memory": [], "turn": []}
    for number, kind, fields in _parsed(lines):  # before the database is locked
        with _named_line(number):
            kept[kind].append((number, ROWS[kind](fields, redactor)))
    with pool.connection() as connection, transaction(connection):
        ids: dict[str, str] = {}
        new = [(number, row) for number, row in kept["memory"] if _restore(connection, row, ids)]
        leads_to: dict[str, str] = {}
        for number, row in new:
            with _named_line(number):
                _link(connection, row, ids, leads_to)
        _refuse_circles(leads_to)
        turns = 0
        for _, row in kept["turn"]:
            row["memory_id"] = ids.get(row["memory_id"], row["memory_id"])
            if connection.execute(SQL["same_turn"], row).fetchone() is None:
                turns += connection.execute(SQL["say"], row).rowcount
        for agent_id in {row["agent_id"] for _, row in new}:
            connection.execute(SQL["changed"], {"agent_id": agent_id})
    return {"memories": len(new), "turns": turns}


def _restore(connection: sqlite3.Connection, row: JsonObject, ids: dict[str, str]) -> bool:
    """Whether a memory was new. `ids`: which id each has here; another one where the same text is known already."""
    id = row["id"]
    is_new = connection.execute(SQL["restore"], row).rowcount > 0
    same = None if is_new else first(connection, SQL["same"], row)
    ids.setdefault(id, id if same is None else same.id)
    if is_new:
        connection.executemany(SQL["identify"], [(row["agent_id"], word, id) for word in identifiers(row["text"])])
        connection.execute(SQL["tell"], (id, row["agent_id"]))
    return is_new


def _link(connection: sqlite3.Connection, row: JsonObject, ids: Mapping[str, str], leads_to: dict[str, str]) -> None:
    """Let a memory that was replaced say by which, if that is one of the same place."""
    connection.execute(SQL["forget_predecessors"], {"id": row["id"]})
    claimed = row["superseded_by"]
    if claimed is None:
        return
    by = ids.get(claimed, claimed)
    there = first(connection, SQL["get"], {"id": by})
    if there is None or any(getattr(there.scope, place) != row[place] for place in PLACES):
        raise Unacceptable(
            f"It says that {claimed[:80]!r} has replaced it, which is no memory of the same place.",
            hint="A file has either both or none.",
        )
    connection.execute(SQL["relink"], {"id": row["id"], "by": by})
    leads_to[row["id"]] = by


def _refuse_circles(leads_to: Mapping[str, str]) -> None:
    ends: set[str] = set()  # from which an end is reached
    for start in leads_to:
        path: dict[str, None] = {}
        at = start
        while at in leads_to and at not in ends:
            if at in path:
                raise Unacceptable(f"The memory {at[:80]!r} was replaced by one that it has replaced itself.")
            path[at] = None
            at = leads_to[at]
        ends.update(path)


@contextmanager
def _named_line(number: int) -> Iterator[None]:
    try:
        yield
    except Unacceptable as error:
        raise Unacceptable(f"Line {number}: {error.message}", hint=error.hint) from None


def _parsed(lines: Iterable[bytes]) -> Iterator[tuple[int, str, JsonObject]]:
    first = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE_BYTES:
            raise Unacceptable(f"Line {number} has {len(line):,} bytes; at most {MAX_LINE_BYTES:,} are read.")
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise Unacceptable(f"Line {number} is not JSON: {error}.", hint="Write one JSON object in each.") from None
        if first:
            if found != FORMAT:
                raise Unacceptable(
                    f"Line {number} does not say that this is a file of memories.",
                    hint=f"The first line is {orjson.dumps(FORMAT).decode()}; a later version may say something else.",
                )
            first = False
            continue
        kind = next(iter(found), None) if isinstance(found, dict) and len(cast("JsonObject", found)) == 1 else None
        if kind not in ("memory", "turn") or not isinstance(found[kind], dict):
            raise Unacceptable(
                f"Line {number} is no memory and no turn.", hint='It is {"memory": {…}} or {"turn": {…}}.'
            )
        yield number, kind, found[kind]
    if first:
        raise Unacceptable("The file is empty.")


def _memory_row(fields: JsonObject, redactor: Redactor) -> JsonObject:
    _only(fields, MEMORY)
    scope, written = _places(fields)
    times = {name: time_of(fields.get(name), name) for name in TIMES}
    new = NewMemory(
        text=fields.get("text", ""),
        scope=scope,
        kind=fields.get("kind", "fact"),
        metadata=fields.get("metadata", {}),
        importance=fields.get("importance", 0.5),
        valid_from_us=times["valid_from_us"],
        expires_at_us=times["expires_at_us"],
        written=written,
    )
    row = row_of(new, times["created_at_us"] or 0, redactor)
    names = {name: _text(fields, name) for name in ("id", "supersedes", "superseded_by")}
    ended = times["valid_to_us"]
    if names["superseded_by"] and ended is None:
        raise Unacceptable("It says what has replaced it, and not since when (valid_to_us).")
    return {
        **row,
        "id": names["id"] or row["id"],
        "valid_to_us": ended,
        "last_used_at_us": times["last_used_at_us"],
        "uses": _count(fields, "uses"),
        "supersedes": names["supersedes"] or None,
        "superseded_by": names["superseded_by"] or None,
    }


def _turn_row(fields: JsonObject, redactor: Redactor) -> JsonObject:
    _only(fields, TURN)
    scope, written = _places(fields)
    row = turn_row(
        scope,
        fields.get("user_message", ""),
        fields.get("assistant_message", ""),
        fields.get("metadata", {}),
        written,
        time_of(fields.get("created_at_us"), "created_at_us") or 0,
        redactor,
    )
    return {**row, "memory_id": _text(fields, "memory_id")}


ROWS: Final = {"memory": _memory_row, "turn": _turn_row}


def _only(fields: JsonObject, known: tuple[str, ...]) -> None:
    if strange := sorted(set(fields) - {*known, "metadata"}):
        raise Unacceptable(f"It has fields that nobody knows: {', '.join(strange)[:200]}.")


def _places(fields: JsonObject) -> tuple[Scope, Written]:
    return (
        Scope(**{name: _text(fields, name) for name in PLACES}),
        Written(**{name: _text(fields, name) for name in WRITTEN}),
    )


def _text(fields: JsonObject, name: str) -> str:
    value = fields.get(name)
    return "" if value is None else named(name, value)


def _count(fields: JsonObject, name: str) -> int:
    value = fields.get(name, 0)
    if type(value) is not int or not 0 <= value < 2**63:
        raise Unacceptable(f"{name} is a whole number, not negative.")
    return value
