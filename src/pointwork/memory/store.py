"""Where memories are stored: SQLite, which is the truth; vectors and indexes follow.

Rules of this file: one call is one transaction, but for what is very much. Whatever changes what an agent remembers
changes its revision and puts a line into the outbox, in the same transaction, so whoever keeps a copy learns of it
however the process ends. What replaces a memory belongs to the same place: nobody takes away what others see.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from pointwork.db import BUSY_TIMEOUT_S, Pool, bounded, load_queries, migrate, transaction
from pointwork.errors import NotFound, Unacceptable
from pointwork.memory import transfer
from pointwork.memory.conversation import Conversations, turn_row
from pointwork.memory.forgetting import chain_of, cut_log, delete, told_of
from pointwork.memory.identifiers import identifiers
from pointwork.memory.items import Kind, Memory, NewMemory, Scope, Written
from pointwork.memory.rows import first, memories, rows
from pointwork.memory.shelf import Shelf
from pointwork.memory.writing import is_storable, named, places_of, row_of, some, text_of
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["MemoryStore", "missing"]

SQL = load_queries("pointwork.memory", "memory.sql")
AT_ONCE: Final = 500  # memories of one transaction
MAX_REASON_CHARS: Final = 500
NO_STEP: Final = Written()


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
        self._uncut = False  # whether something that was deleted is still in the log
        super().__init__(Pool(self.path, busy_timeout_s=busy_timeout_s), self.open)
        self.conversation = Conversations(self._pool, self.open)

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
        while piece := [row_of(new, self._now_us(), self._redactor) for new in islice(rest, AT_ONCE)]:
            with self._pool.connection() as connection, transaction(connection):
                found = [self._added(connection, row) for row in piece]
                self._changed(connection, [memory for memory, is_new in found if is_new])
            done += [memory for memory, _ in found]
        return done

    def replace(
        self, id: str, *, new: NewMemory | None = None, text: str | None = None, metadata: JsonObject | None = None
    ) -> Memory:
        """Let something else hold in the place of a memory, which is kept as history.

        Raises NotFound, and Unacceptable for what belongs to another place than the memory.
        """
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            old = self._of(connection, id, "newest")  # somebody was faster: it is the latest that is replaced
            wanted = new or NewMemory(
                text=old.text if text is None else text,
                scope=old.scope,
                kind=old.kind,
                metadata=old.metadata if metadata is None else metadata,
                importance=old.importance,
                expires_at_us=old.expires_at_us,
            )
            if (wanted.scope, wanted.kind) != (old.scope, old.kind):
                raise Unacceptable(
                    "A memory is replaced by one of the same kind, agent, user, session and workflow.",
                    hint="Remember the other one beside it.",
                )
            row = row_of(wanted, self._now_us(), self._redactor)
            again = first(connection, SQL["by_step"], row)
            if again is not None:
                return again
            row["supersedes"] = old.id
            connection.execute(SQL["end"], {"id": old.id, "at_us": row["valid_from_us"], "by": row["id"]})
            memory, is_new = self._added(connection, row)
            if not is_new:  # that is remembered already, and holds in its place
                connection.execute(SQL["relink"], {"id": old.id, "by": memory.id})
            self._changed(connection, [old, memory])
        return memory

    def said(
        self,
        scope: Scope,
        user_message: str,
        assistant_message: str,
        *,
        lasting: bool = False,
        metadata: JsonObject | None = None,
        written: Written = NO_STEP,
    ) -> Memory | None:
        """Keep a question and its answer, and with `lasting` a memory of them too, which is returned."""
        row = None
        if lasting:
            text = f"User: {user_message}\nAssistant: {assistant_message}"
            new = NewMemory(text=text, scope=scope, kind="interaction", metadata=metadata or {}, written=written)
            row = row_of(new, self._now_us(), self._redactor)
        turn = turn_row(scope, user_message, assistant_message, metadata or {}, written, self._now_us(), self._redactor)
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            memory = None
            if row is not None:
                memory, is_new = self._added(connection, row)
                self._changed(connection, [memory] if is_new else [])
            connection.execute(SQL["say"], {**turn, "memory_id": memory.id if memory else ""})
        return memory

    def _added(self, connection: sqlite3.Connection, row: JsonObject) -> tuple[Memory, bool]:
        for query in ("by_step", "same"):
            there = first(connection, SQL[query], row)
            if there is not None and query == "same" and self._has_expired(there):
                self._delete(connection, chain_of(connection, there.id))
            elif there is not None:
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
        """Delete a memory with what it has replaced, where it was said, and what may tell of it. Raises NotFound."""
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            memory = self._of(connection, id)
            gone = chain_of(connection, id)
            if memory.kind != "summary":
                gone += told_of(connection, gone)
            self._delete(connection, gone)
            self._note(connection, "forget", memory.scope.agent_id, id, by, reason)
        self._cut()

    def clear(self, agent_id: str, *, by: str = "", reason: str = "") -> int:
        """Delete everything that an agent remembers for long; how much it was. Others may write meanwhile."""
        self.open()
        with self._pool.connection() as connection:  # what comes from now on stays
            [newest] = connection.execute(SQL["newest_of"], {"agent_id": named("agent_id", agent_id)}).fetchone()
        wanted = {"agent_id": agent_id, "newest": newest, "limit": AT_ONCE}
        done = 0
        while True:
            with self._pool.connection() as connection, transaction(connection):
                gone = memories(connection, SQL["of_agent"], wanted)
                self._delete(connection, gone, turn=False)
                if gone and not done:
                    self._note(connection, "clear", agent_id, "", by, reason)
            done += len(gone)
            if len(gone) < AT_ONCE:
                self._cut()
                return done

    def clear_conversation(self, scope: Scope) -> None:
        """Delete what was said in exactly this scope, and the summaries of it."""
        self._clear_turns("clear_conversation", "summaries_of_scope", places_of(scope))

    def clear_conversations(self, agent_id: str) -> None:
        """Delete what was said in all scopes of an agent, and the summaries of it."""
        self._clear_turns("clear_turns_of_agent", "summaries_of_agent", {"agent_id": named("agent_id", agent_id)})

    def _clear_turns(self, turns: str, summaries: str, places: JsonObject) -> None:
        self.open()
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL[turns], places)
            ids = connection.execute(SQL[summaries], places).fetchall()
            self._delete(connection, [self._of(connection, id) for (id,) in ids])
        self._cut()

    def expire(self) -> int:
        """Delete what has expired, each with what it had replaced; how much has expired."""
        self.open()
        done = 0
        while True:
            with self._pool.connection() as connection, transaction(connection):
                found = connection.execute(SQL["expired"], {"now_us": self._now_us(), "limit": AT_ONCE}).fetchall()
                for (id,) in found:
                    gone = chain_of(connection, id)
                    self._delete(connection, gone)  # nothing when it went with a later one
                    for memory in gone[:1]:
                        self._note(connection, "expire", memory.scope.agent_id, memory.id, "", "")
            done += len(found)
            if len(found) < AT_ONCE:
                if done:
                    self._cut()
                return done

    def keep_house(self) -> None:
        """Delete what has expired, and what was deleted from the log, if somebody was reading it then."""
        self.expire()
        if self._uncut:
            self._cut()

    def audit(self, agent_id: str, *, limit: int = 100) -> list[JsonObject]:
        """What was taken out of an agent's memory, the latest first."""
        self.open()
        wanted = {"agent_id": named("agent_id", agent_id), "limit": some(limit)}
        with self._pool.connection() as connection:
            return [dict(row) for row in rows(connection, SQL["audit"], wanted)]

    def _delete(self, connection: sqlite3.Connection, gone: Sequence[Memory], *, turn: bool = True) -> None:
        for memory in gone:
            delete(connection, memory, turn=turn)
        self._changed(connection, gone)

    def _cut(self) -> None:
        with self._pool.connection() as connection:
            self._uncut = not cut_log(connection)

    def _note(
        self, connection: sqlite3.Connection, action: str, agent_id: str, memory_id: str, by: str, reason: str
    ) -> None:
        why, who = (
            self._redactor.text(text_of(said, "A reason", may_be_empty=True)[:MAX_REASON_CHARS])
            for said in (reason, by)
        )
        line = {"at_us": self._now_us(), "action": action, "agent_id": agent_id, "memory_id": memory_id}
        connection.execute(SQL["note"], {**line, "by": who, "reason": why})

    def _changed(self, connection: sqlite3.Connection, changed: Sequence[Memory]) -> None:
        connection.executemany(SQL["tell"], [(memory.id, memory.scope.agent_id) for memory in changed])
        for agent_id in {memory.scope.agent_id for memory in changed}:
            connection.execute(SQL["changed"], {"agent_id": agent_id})

    def _has_expired(self, memory: Memory) -> bool:
        return memory.expires_at_us is not None and memory.expires_at_us <= self._now_us()

    # -- files ---------------------------------------------------------------------------------------------------------

    def export(self, agent_id: str | None = None) -> Iterator[bytes]:
        """The lines of a file with everything that is remembered, or that one agent remembers."""
        self.open()
        return transfer.export(self._pool, None if agent_id is None else named("agent_id", agent_id))

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
        at_us = now_us if at_us is None else bounded(at_us)
        ids = [id for id in ids if is_storable(id)]
        with self._pool.connection() as connection:
            there = memories(connection, _some("some", len(ids)), tuple(ids)) if ids else []
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
        """The latest memory of exactly this scope and kind that holds now."""
        self.open()
        with self._pool.connection() as connection:
            return first(connection, SQL["latest"], {**places_of(scope), "kind": kind, "now_us": self._now_us()})

    def history(self, id: str) -> list[Memory]:
        """A memory and what held before it, the latest first; raises NotFound."""
        self.open()
        with self._pool.connection() as connection:
            self._of(connection, id)
            return chain_of(connection, id)

    def browse(
        self, agent_id: str, *, query: str = "", kind: Kind | None = None, before: str | None = None, limit: int = 50
    ) -> list[Memory]:
        """An agent's memories that hold now, the newest first, from the one before `before`."""
        self.open()
        wanted = {
            "agent_id": named("agent_id", agent_id),
            "kind": kind,
            "query": text_of(query, "A query", may_be_empty=True).casefold(),
            "before": None if before is None else text_of(before, "An id", may_be_empty=True),
            "limit": some(limit),
            "now_us": self._now_us(),
        }
        with self._pool.connection() as connection:
            return memories(connection, SQL["browse"], wanted)

    def agents(self) -> list[JsonObject]:
        """Whoever remembers something: `agent_id`, `memories`, `facts`, `turns`, `latest_us`."""
        self.open()
        with self._pool.connection() as connection:
            found: dict[str, JsonObject] = {
                row["agent_id"]: {**dict(row), "turns": 0}
                for row in rows(connection, SQL["agents"], {"now_us": self._now_us()})
            }
            for row in rows(connection, SQL["talkers"], {}):
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

    def _of(self, connection: sqlite3.Connection, id: str, query: str = "get") -> Memory:
        found = first(connection, SQL[query], {"id": id}) if is_storable(id) else None
        if found is None:
            raise missing(id)
        return found


def missing(id: object) -> NotFound:
    """There is no such memory, or none for whoever asks: the two sound alike."""
    return NotFound(f"There is no memory {str(id)[:80]!r}.", hint="`pointwork memory list AGENT` shows what there is.")


def _some(query: str, count: int) -> str:
    return SQL[query].replace("NULL", ", ".join("?" * count))
