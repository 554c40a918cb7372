"""Where memories are stored: SQLite, which is the truth; vectors and indexes follow.

Rules of this file: one call is one transaction. Whatever changes what an agent remembers changes its revision and puts
a line into the outbox, in the same transaction, so whoever keeps a copy learns of it however the process ends. What is
forgotten is deleted, with its older versions, its vectors and the turn of the conversation that it was said in.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from pointwork.db import BUSY_TIMEOUT_S, Pool, bounded, load_queries, migrate, transaction
from pointwork.errors import NotFound
from pointwork.memory import transfer
from pointwork.memory.conversation import Conversations
from pointwork.memory.identifiers import identifiers
from pointwork.memory.items import Kind, Memory, NewMemory, Scope, Written
from pointwork.memory.shelf import Shelf
from pointwork.memory.writing import places_of, row_of
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["MemoryStore"]

SQL = load_queries("pointwork.memory", "memory.sql")
AT_ONCE: Final = 500  # memories of one transaction
MAX_REASON_CHARS: Final = 500


class MemoryStore(Shelf):
    """What all agents remember, in the database at `path`. It opens itself when it is first used.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = MemoryStore(Path(folder) / "m.db")
    ...     kept = store.add(NewMemory(text="Ann likes blue.", scope=Scope(agent_id="a")))
    ...     same = store.add(NewMemory(text="ann likes  blue.", scope=Scope(agent_id="a")))
    ...     store.close()
    >>> same.id == kept.id
    True
    """

    def __init__(
        self,
        path: Path | str,
        *,
        redactor: Redactor | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self._redactor = redactor or Redactor()
        self._now_us = now_us
        self._opened = False
        super().__init__(Pool(self.path, busy_timeout_s=busy_timeout_s), self.open)
        self.conversation = Conversations(self._pool, self.open, self._redactor, now_us)

    def open(self) -> None:
        """Make the tables, unless that was done."""
        if not self._opened:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            migrate(self.path)
            self._pool.open()
            self._opened = True

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._opened = False

    # -- writing -------------------------------------------------------------------------------------------------------

    def add(self, new: NewMemory) -> Memory:
        """Remember; what is remembered already, or was written by the same step, is returned as it is."""
        return self.add_many([new])[0]

    def add_many(self, many: Iterable[NewMemory]) -> list[Memory]:
        """Remember many, some hundred in each transaction."""
        self.open()
        done: list[Memory] = []
        rest = iter(many)
        while some := [row_of(new, self._now_us(), self._redactor) for new in islice(rest, AT_ONCE)]:
            with self._pool.connection() as connection, transaction(connection):
                found = [self._added(connection, row) for row in some]
                self._changed(connection, [memory for memory, is_new in found if is_new])
            done += [memory for memory, _ in found]
        return done

    def replace(
        self, id: str, *, new: NewMemory | None = None, text: str | None = None, metadata: JsonObject | None = None
    ) -> Memory:
        """Let something else hold in the place of a memory, which is kept as history. Raises NotFound."""
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            old = self._of(connection, id)
            while old.superseded_by is not None:  # somebody was faster: it is the latest that is replaced
                old = self._of(connection, old.superseded_by)
            wanted = new or NewMemory(
                text=old.text if text is None else text,
                scope=old.scope,
                kind=old.kind,
                metadata=old.metadata if metadata is None else metadata,
                importance=old.importance,
                expires_at_us=old.expires_at_us,
            )
            row = row_of(wanted, self._now_us(), self._redactor)
            again = _first(connection, "by_step", row)
            if again is not None:
                return again
            row["supersedes"] = old.id
            connection.execute(SQL["end"], {"id": old.id, "now_us": self._now_us(), "by": row["id"]})
            memory, _ = self._added(connection, row)
            if memory.id != row["id"]:  # that is remembered already, and holds in its place
                connection.execute("UPDATE memories SET superseded_by = ? WHERE id = ?", (memory.id, old.id))
            self._changed(connection, [old, memory])
        return memory

    def _added(self, connection: sqlite3.Connection, row: JsonObject) -> tuple[Memory, bool]:
        for query in ("by_step", "same"):
            if (there := _first(connection, query, row)) is not None:
                return there, False
        connection.execute(SQL["add"], row)
        words = [(row["agent_id"], word, row["id"]) for word in identifiers(row["text"])]
        connection.executemany(SQL["identify"], words)
        return self._of(connection, row["id"]), True

    def touch(self, ids: Sequence[str]) -> None:
        """These were used now."""
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            connection.executemany(SQL["touch"], [{"id": id, "now_us": self._now_us()} for id in ids])

    # -- forgetting ----------------------------------------------------------------------------------------------------

    def forget(self, id: str, *, by: str, reason: str = "") -> None:
        """Delete a memory with its older versions and the turn that it was said in. Raises NotFound."""
        self.open()
        with self._pool.connection() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                gone = [self._of(connection, id)]
                while (older := gone[-1].supersedes) is not None:
                    gone.append(self._of(connection, older))
                summary = _first(connection, "latest", {**places_of(gone[0].scope), "kind": "summary"})
                if summary is not None and gone[0].kind != "summary":  # it may tell what is forgotten
                    gone.append(summary)
                    while (older := gone[-1].supersedes) is not None:
                        gone.append(self._of(connection, older))
                for memory in gone:
                    self._delete(connection, memory)
                self._changed(connection, gone)
                self._note(connection, "forget", gone[0].scope.agent_id, id, by, reason)
            _tidy(connection)

    def clear(self, agent_id: str, *, by: str = "", reason: str = "") -> int:
        """Delete everything that an agent remembers for long; how much it was."""
        self.open()
        with self._pool.connection() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                ids = [row[0] for row in connection.execute(SQL["of_agent"], {"agent_id": agent_id})]
                gone = [self._of(connection, id) for id in ids]
                for memory in gone:
                    self._delete(connection, memory, turn=False)
                self._changed(connection, gone)
                if gone:
                    self._note(connection, "clear", agent_id, "", by, reason)
            _tidy(connection)
        return len(gone)

    def expire(self) -> int:
        """Delete what has expired; how much it was."""
        self.open()
        done = 0
        while True:
            with self._pool.connection() as connection, transaction(connection):
                found = connection.execute(SQL["expired"], {"now_us": self._now_us(), "limit": AT_ONCE}).fetchall()
                gone = [self._of(connection, id) for id, _ in found]
                for memory in gone:
                    self._delete(connection, memory)
                    self._note(connection, "expire", memory.scope.agent_id, memory.id, "", "")
                self._changed(connection, gone)
            done += len(gone)
            if len(gone) < AT_ONCE:
                return done

    def audit(self, agent_id: str, *, limit: int = 100) -> list[JsonObject]:
        """What was taken out of an agent's memory, the latest first."""
        self.open()
        with self._pool.connection() as connection:
            rows = connection.execute(SQL["audit"], {"agent_id": agent_id, "limit": bounded(limit)}).fetchall()
        return [dict(zip(("at_us", "action", "memory_id", "by", "reason"), row, strict=True)) for row in rows]

    def _delete(self, connection: sqlite3.Connection, memory: Memory, *, turn: bool = True) -> None:
        for query in ("delete", "delete_vectors", "delete_identifiers", "let_go", *(["delete_turn"] if turn else [])):
            connection.execute(SQL[query], {"id": memory.id})

    def _note(
        self, connection: sqlite3.Connection, action: str, agent_id: str, memory_id: str, by: str, reason: str
    ) -> None:
        clean = self._redactor.text(reason.encode("utf-8", "replace").decode()[:MAX_REASON_CHARS])
        line = {"at_us": self._now_us(), "action": action, "agent_id": agent_id, "memory_id": memory_id}
        connection.execute(SQL["note"], {**line, "by": by, "reason": clean})

    def _changed(self, connection: sqlite3.Connection, memories: Sequence[Memory]) -> None:
        connection.executemany(SQL["tell"], [(memory.id, memory.scope.agent_id) for memory in memories])
        for agent_id in {memory.scope.agent_id for memory in memories}:
            connection.execute(SQL["changed"], {"agent_id": agent_id})

    # -- files ---------------------------------------------------------------------------------------------------------

    def export(self, agent_id: str | None = None) -> Iterator[bytes]:
        """The lines of a file with everything that is remembered, or that one agent remembers."""
        self.open()
        return transfer.export(self._pool, agent_id)

    def read(self, lines: Iterable[bytes]) -> dict[str, int]:
        """Remember what such a file holds; how many `memories` and `turns` were new. Raises Unacceptable."""
        self.open()
        return transfer.read(self._pool, lines, self._redactor)

    # -- reading -------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Memory:
        """A memory by its id; raises NotFound."""
        self.open()
        with self._pool.connection() as connection:
            return self._of(connection, id)

    def visible(self, scope: Scope, ids: Sequence[str], *, at_us: int | None = None) -> list[Memory]:
        """Those of these memories that may be recalled from the scope, at that time."""
        self.open()
        now_us = self._now_us()
        at_us = now_us if at_us is None else at_us
        with self._pool.connection() as connection:
            there = [_memory(row) for row in _rows(connection, _some("some", len(ids)), tuple(ids))] if ids else []
        return [
            memory
            for memory in there
            if scope.sees(memory.scope)
            and memory.kind != "summary"
            and memory.valid_from_us <= at_us
            and (memory.valid_to_us is None or at_us < memory.valid_to_us)
            and (memory.expires_at_us is None or now_us < memory.expires_at_us)
        ]

    def latest(self, scope: Scope, kind: Kind) -> Memory | None:
        """The latest memory of exactly this scope and kind."""
        self.open()
        with self._pool.connection() as connection:
            return _first(connection, "latest", {**places_of(scope), "kind": kind})

    def history(self, id: str) -> list[Memory]:
        """A memory and what held before it, the latest first; raises NotFound."""
        self.open()
        with self._pool.connection() as connection:
            found = [self._of(connection, id)]
            while (older := found[-1].supersedes) is not None:
                found.append(self._of(connection, older))
        return found

    def browse(
        self, agent_id: str, *, query: str = "", kind: Kind | None = None, before: str | None = None, limit: int = 50
    ) -> list[Memory]:
        """An agent's memories that hold now, the newest first, from the one before `before`."""
        self.open()
        escaped = query.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        wanted = {
            "agent_id": agent_id,
            "kind": kind,
            "like": f"%{escaped}%" if query else None,
            "before": before,
            "limit": bounded(limit),
        }
        with self._pool.connection() as connection:
            return [_memory(row) for row in _rows(connection, SQL["browse"], wanted)]

    def agents(self) -> list[JsonObject]:
        """Whoever remembers something: `agent_id`, `memories`, `facts`, `turns`, `latest_us`."""
        self.open()
        with self._pool.connection() as connection:
            found: dict[str, JsonObject] = {
                row["agent_id"]: {**dict(row), "turns": 0} for row in _rows(connection, SQL["agents"], {})
            }
            for row in _rows(connection, SQL["talkers"], {}):
                empty = {"agent_id": row["agent_id"], "memories": 0, "facts": 0, "latest_us": None}
                found.setdefault(row["agent_id"], empty)["turns"] = row["turns"]
        return [found[name] for name in sorted(found)]

    def identified(self, agent_id: str, words: Sequence[str], *, limit: int) -> Mapping[str, tuple[int, Sequence[str]]]:
        """For each word how many memories of the agent name it, and ids of some of them, the newest first."""
        self.open()
        found: dict[str, tuple[int, Sequence[str]]] = {}
        with self._pool.connection() as connection:
            for word in words:
                wanted = {"agent_id": agent_id, "word": word}
                [count] = connection.execute(SQL["named_by"], wanted).fetchone()
                ids = connection.execute(SQL["identified"], wanted).fetchmany(limit) if count else []
                found[word] = (count, [id for (id,) in ids])
        return found

    def _of(self, connection: sqlite3.Connection, id: str) -> Memory:
        found = _first(connection, "get", {"id": id})
        if found is None:
            raise NotFound(
                f"There is no memory {id[:80]!r}.", hint="`pointwork memory list AGENT` shows what there is."
            )
        return found


def _rows(connection: sqlite3.Connection, query: str, values: Any) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(query, values).fetchall()


def _first(connection: sqlite3.Connection, query: str, values: JsonObject) -> Memory | None:
    rows = _rows(connection, SQL[query], values)
    return _memory(rows[0]) if rows else None


def _some(query: str, count: int) -> str:
    return SQL[query].replace("NULL", ", ".join("?" * count))


def _memory(row: sqlite3.Row) -> Memory:
    return Memory(
        id=row["id"],
        kind=row["kind"],
        text=row["text"],
        scope=Scope(
            agent_id=row["agent_id"],
            user_id=row["user_id"],
            session_id=row["session_id"],
            workflow_id=row["workflow_id"],
        ),
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
        written=Written(execution_id=row["execution_id"], node_id=row["node_id"], step=row["step"]),
    )


def _tidy(connection: sqlite3.Connection) -> None:
    """Take what was deleted out of the log of the database too; while others read it, that is left to later."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
