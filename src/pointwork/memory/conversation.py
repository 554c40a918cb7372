"""What was said, in order: questions and answers of each scope, of which the latest go into the next prompt.

A scope has its own conversation; nothing of it is seen from another. What has left the window stays until somebody
clears it. What is said comes in through the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson

from pointwork.db import Pool, bounded, load_queries
from pointwork.memory.items import Scope, Written
from pointwork.memory.rows import rows, scope_of, written_by
from pointwork.memory.writing import json_of, named, places_of, some, text_of, written_of
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["Conversations", "Turn", "turn_row"]

SQL = load_queries("pointwork.memory", "memory.sql")
MOST_BEFORE: Final = 200  # turns that are looked at before a window


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question and its answer. `memory_id`: where it is remembered for longer, if it is."""

    seq: int
    scope: Scope
    user_message: str
    assistant_message: str
    memory_id: str
    metadata: JsonObject
    created_at_us: int
    written: Written


class Conversations:
    """The conversations of all scopes."""

    def __init__(self, pool: Pool, open: Callable[[], None]) -> None:
        self._pool = pool
        self._open = open

    def window(self, scope: Scope, messages: int) -> list[Turn]:
        """The latest turns, oldest first; each is two messages, and half a turn is none."""
        if messages < 2:
            return []
        wanted = {**places_of(scope), "limit": some(messages // 2)}
        return [_turn(row) for row in reversed(self._rows(SQL["window"], wanted))]

    def before_window(self, scope: Scope, messages: int, *, after: int) -> list[Turn]:
        """Turns that have left the window, behind turn `after`, oldest first."""
        wanted = {**places_of(scope), "window": some(messages // 2), "after": bounded(after), "most": MOST_BEFORE}
        return [_turn(row) for row in reversed(self._rows(SQL["before_window"], wanted))]

    def of_agent(self, agent_id: str, *, after: int = 0, limit: int = 100) -> list[Turn]:
        """Turns of all scopes of an agent, from the one after `after`."""
        wanted = {"agent_id": named("agent_id", agent_id), "after": bounded(after), "limit": some(limit)}
        return [_turn(row) for row in self._rows(SQL["turns_of_agent"], wanted)]

    def _rows(self, query: str, values: JsonObject) -> list[sqlite3.Row]:
        self._open()
        with self._pool.connection() as connection:
            return rows(connection, query, values)


def turn_row(
    scope: Scope,
    user_message: str,
    assistant_message: str,
    metadata: JsonObject,
    written: Written,
    now_us: int,
    redactor: Redactor,
) -> JsonObject:
    """A question and its answer as the row that is stored; raises Unacceptable for what cannot be."""
    said = {"user_message": user_message, "assistant_message": assistant_message}
    return {
        **places_of(scope),
        **{name: redactor.text(text_of(text, name, may_be_empty=True)) for name, text in said.items()},
        "metadata": json_of(redactor.data(metadata)),
        "created_at_us": now_us,
        **written_of(written),
    }


def _turn(row: sqlite3.Row) -> Turn:
    return Turn(
        seq=row["seq"],
        scope=scope_of(row),
        user_message=row["user_message"],
        assistant_message=row["assistant_message"],
        memory_id=row["memory_id"],
        metadata=orjson.loads(row["metadata"]),
        created_at_us=row["created_at_us"],
        written=written_by(row),
    )
