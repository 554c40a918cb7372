"""Memory as a file: JSON Lines, one memory or turn of a conversation in each, out and in again.

The first line says what the file is. Reading it twice remembers everything once; a file with a fault in any line is not
read at all. Vectors are not in it: they are made again, with whatever embedder there is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

import orjson

from pointwork.db import Pool, load_queries, transaction
from pointwork.errors import Unacceptable
from pointwork.memory.identifiers import identifiers
from pointwork.memory.items import NewMemory, Scope, Written
from pointwork.memory.writing import json_of, places_of, row_of, text_hash, text_of
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
    added = {"memories": 0, "turns": 0}
    with pool.connection() as connection, transaction(connection):
        agents: set[str] = set()
        for number, kind, fields in _parsed(lines):
            try:
                if kind == "memory":
                    row = _memory_row(fields, redactor)
                    is_new = connection.execute(SQL["restore"], row).rowcount > 0
                    if is_new:
                        words = [(row["agent_id"], word, row["id"]) for word in identifiers(row["text"])]
                        connection.executemany(SQL["identify"], words)
                        connection.execute(SQL["tell"], (row["id"], row["agent_id"]))
                    added["memories"] += is_new
                else:
                    row = _turn_row(fields, redactor)
                    if connection.execute(SQL["same_turn"], row).fetchone() is None:
                        added["turns"] += connection.execute(SQL["say"], row).rowcount
            except Unacceptable as error:
                raise Unacceptable(f"Line {number}: {error.message}", hint=error.hint) from None
            agents.add(row["agent_id"])
        for agent_id in agents:
            connection.execute(SQL["changed"], {"agent_id": agent_id})
    return added


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
    numbers = {name: _number(fields, name) for name in (*TIMES, "uses")}
    new = NewMemory(
        text=fields.get("text", ""),
        scope=scope,
        kind=fields.get("kind", "fact"),
        metadata=fields.get("metadata", {}),
        importance=fields.get("importance", 0.5),
        valid_from_us=numbers["valid_from_us"],
        expires_at_us=numbers["expires_at_us"],
        written=written,
    )
    row = row_of(new, numbers["created_at_us"] or 0, redactor)
    names = {name: _text(fields, name) for name in ("id", "supersedes", "superseded_by")}
    return {
        **row,
        "id": names["id"] or row["id"],
        "text_hash": text_hash(row["text"]),
        "valid_to_us": numbers["valid_to_us"],
        "last_used_at_us": numbers["last_used_at_us"],
        "uses": numbers["uses"] or 0,
        "supersedes": names["supersedes"] or None,
        "superseded_by": names["superseded_by"] or None,
    }


def _turn_row(fields: JsonObject, redactor: Redactor) -> JsonObject:
    _only(fields, TURN)
    scope, written = _places(fields)
    messages = {
        name: redactor.text(text_of(fields.get(name, ""), name, may_be_empty=True))
        for name in ("user_message", "assistant_message")
    }
    return {
        **places_of(scope),
        **messages,
        "memory_id": _text(fields, "memory_id"),
        "metadata": json_of(redactor.data(fields.get("metadata", {}))),
        "created_at_us": _number(fields, "created_at_us") or 0,
        "execution_id": written.execution_id,
        "node_id": written.node_id,
        "step": written.step,
    }


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
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 1_000:
        raise Unacceptable(f"{name} is text of at most 1,000 characters.")
    return value


def _number(fields: JsonObject, name: str) -> int | None:
    value = fields.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63):
        raise Unacceptable(f"{name} is a whole number of microseconds, not {str(value)[:40]!r}.")
    return value
