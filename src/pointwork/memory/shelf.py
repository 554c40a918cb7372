"""What embedders and indexes ask of the store: what has no vector yet, which vectors there are, what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pointwork.db import Pool, bounded, load_queries, transaction
from pointwork.memory.healing import Pending, Told
from pointwork.memory.protocols import Entry

__all__ = ["Shelf"]

SQL = load_queries("pointwork.memory", "memory.sql")
AT_ONCE: Final = 2_000  # vectors that are read at once


class Shelf:
    """The vectors of all memories, by embedder, and the outbox."""

    def __init__(self, pool: Pool, open: Callable[[], None]) -> None:
        self._pool = pool
        self._open_first = open

    def pending(self, embedder: str, *, after: str, limit: int) -> Sequence[Pending]:
        """Memories without a vector of this embedder, by id, from the one after `after`."""
        wanted = {"embedder": embedder, "after": after, "limit": bounded(limit)}
        return [Pending(id, text) for id, text in self._all(SQL["pending"], wanted)]

    def pending_count(self, embedder: str) -> int:
        """How many memories have no vector of this embedder."""
        return self._number(SQL["pending_count"], {"embedder": embedder})

    def keep(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors; those of memories that are gone are let go."""
        self._open_first()
        ids = list(vectors)
        with self._pool.connection() as connection, transaction(connection):
            agents = dict(connection.execute(_some("agents_of", len(ids)), ids).fetchall()) if ids else {}
            there = [{"id": id, "embedder": embedder, "vector": vectors[id]} for id in ids if id in agents]
            connection.executemany(SQL["keep_vector"], there)
            connection.executemany(SQL["tell"], [(row["id"], agents[row["id"]]) for row in there])
            for agent_id in set(agents.values()):
                connection.execute(SQL["changed"], {"agent_id": agent_id})

    def outbox(self, *, after: int, limit: int) -> Sequence[Told]:
        """What the index has still to be told, in order."""
        return [Told(*row) for row in self._all(SQL["outbox"], {"after": after, "limit": bounded(limit)})]

    def told(self, seqs: Sequence[int]) -> None:
        """The index knows these."""
        self._open_first()
        with self._pool.connection() as connection, transaction(connection):
            connection.executemany(SQL["told"], [(seq,) for seq in seqs])

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Which of these memories there are."""
        return {id for id, _ in self._all(_some("agents_of", len(ids)), tuple(ids))} if ids else set()

    def vectors_of(self, ids: Sequence[str], embedder: str) -> Mapping[str, bytes]:
        """The vectors of these memories, as far as there are any."""
        return dict(self._all(_some("vectors_of", len(ids)), (embedder, *ids))) if ids else {}

    def all_vectors(self, embedder: str) -> Iterable[Entry]:
        """Every vector of this embedder, by the id of its memory."""
        after = ""
        while rows := self._all(SQL["all_vectors"], {"embedder": embedder, "after": after, "limit": AT_ONCE}):
            yield from (Entry(*row) for row in rows)
            after = rows[-1][0]

    def vector_count(self, embedder: str) -> int:
        """How many vectors of this embedder there are."""
        return self._number(SQL["vector_count"], {"embedder": embedder})

    def revision(self, agent_id: str) -> int:
        """Another number whenever the agent's vectors may have changed."""
        return self._number(SQL["revision"], {"agent_id": agent_id})

    def vectors(self, agent_id: str, embedder: str) -> Iterator[tuple[str, bytes]]:
        """The vectors of all memories of an agent, by id."""
        wanted = {"agent_id": agent_id, "embedder": embedder, "limit": AT_ONCE}
        after = ""
        while rows := self._all(SQL["vectors_of_agent"], {**wanted, "after": after}):
            yield from rows
            after = rows[-1][0]

    def count(self, agent_id: str, embedder: str) -> int:
        """How many vectors an agent has."""
        return self._number(SQL["vector_count_of"], {"agent_id": agent_id, "embedder": embedder})

    def _all(self, query: str, values: Mapping[str, object] | Sequence[object]) -> list[Any]:
        self._open_first()
        with self._pool.connection() as connection:
            return connection.execute(query, values).fetchall()

    def _number(self, query: str, values: Mapping[str, object]) -> int:
        rows = self._all(query, values)
        return int(rows[0][0]) if rows else 0


def _some(query: str, count: int) -> str:
    return SQL[query].replace("NULL", ", ".join("?" * count))
