"""What was said, in order: questions and answers of each scope, of which the latest go into the next prompt.

A scope has its own conversation; nothing of it is seen from another. What has left the window stays until somebody
clears it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from pointwork.db import Pool, bounded, load_queries, transaction
from pointwork.memory.items import Scope, Written
from pointwork.memory.writing import json_of, places_of, text_of, written_of
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["Conversations", "Turn"]

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

    def __init__(self, pool: Pool, open: Callable[[], None], redactor: Redactor, now_us: Callable[[], int]) -> None:
        self._pool = pool
        self._open = open
        self._redactor = redactor
        self._now_us = now_us

    def append(
        self,
        scope: Scope,
        user_message: str,
        assistant_message: str,
        metadata: JsonObject,
        written: Written,
        memory_id: str = "",
    ) -> None:
        """Keep a question and its answer; the same step keeps it once."""
        clean = self._redactor.text
        row = {
            **places_of(scope),
            "user_message": clean(text_of(user_message, "A message", may_be_empty=True)),
            "assistant_message": clean(text_of(assistant_message, "A message", may_be_empty=True)),
            "memory_id": memory_id,
            "metadata": json_of(self._redactor.data(metadata)),
            "created_at_us": self._now_us(),
            **written_of(written),
        }
        self._open()
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["say"], row)

    def window(self, scope: Scope, messages: int) -> list[Turn]:
        """The latest turns, oldest first; each is two messages, and half a turn is none."""
        if messages < 2:
            return []
        wanted = {**places_of(scope), "limit": bounded(messages // 2)}
        return [_turn(row) for row in reversed(self._rows(SQL["window"], wanted))]

    def before_window(self, scope: Scope, messages: int, *, after: int) -> list[Turn]:
        """Turns that have left the window, behind turn `after`, oldest first."""
        wanted = {**places_of(scope), "window": bounded(messages // 2), "after": after, "most": MOST_BEFORE}
        return [_turn(row) for row in reversed(self._rows(SQL["before_window"], wanted))]

    def of_agent(self, agent_id: str, *, after: int = 0, limit: int = 100) -> list[Turn]:
        """Turns of all scopes of an agent, from the one after `after`."""
        wanted = {"agent_id": agent_id, "after": bounded(after), "limit": bounded(limit)}
        return [_turn(row) for row in self._rows(SQL["turns_of_agent"], wanted)]

    def clear(self, scope: Scope) -> int:
        """Delete what was said in exactly this scope; how many turns it was."""
        return self._delete(SQL["clear_conversation"], places_of(scope))

    def clear_agent(self, agent_id: str) -> int:
        """Delete what was said in all scopes of an agent; how many turns it was."""
        return self._delete(SQL["clear_turns_of_agent"], {"agent_id": agent_id})

    def _delete(self, query: str, values: JsonObject) -> int:
        self._open()
        with self._pool.connection() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                done = connection.execute(query, values).rowcount
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return done

    def _rows(self, query: str, values: Any) -> list[sqlite3.Row]:
        self._open()
        with self._pool.connection() as connection:
            cursor = connection.cursor()
            cursor.row_factory = sqlite3.Row
            return cursor.execute(query, values).fetchall()


def _turn(row: sqlite3.Row) -> Turn:
    return Turn(
        seq=row["seq"],
        scope=Scope(
            agent_id=row["agent_id"],
            user_id=row["user_id"],
            session_id=row["session_id"],
            workflow_id=row["workflow_id"],
        ),
        user_message=row["user_message"],
        assistant_message=row["assistant_message"],
        memory_id=row["memory_id"],
        metadata=orjson.loads(row["metadata"]),
        created_at_us=row["created_at_us"],
        written=Written(execution_id=row["execution_id"], node_id=row["node_id"], step=row["step"]),
    )
