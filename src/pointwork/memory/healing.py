"""Vectors and index after the store: what is written gets its vector, and what has changed is told to the index.

Rules of this file: everything here may be cut off at any point and done again. The store forgets that the index has
something to be told only after the index has it; an index that is not complete, that breaks, or that does not hold as
much as the store is built from the beginning.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal, Protocol, TypeAlias

from pointwork.errors import EmbedderError, IndexBroken, PointworkError
from pointwork.memory.chroma import Chroma
from pointwork.memory.protocols import Embedder, Entry, Index

__all__ = ["Healed", "Healer", "Pending", "Progress", "Told", "Unhealed", "heal"]

log = logging.getLogger("pointwork.memory")

TEXTS: Final = 64  # embedded at once, and kept
ROWS: Final = 500  # told to the index at once
REBUILT: Final = 5_000
ATTEMPTS: Final = 3
EVERY_S: Final = 60.0

Stage: TypeAlias = Literal["embedding", "indexing"]
Progress: TypeAlias = Callable[[Stage, int, int], None]
"""Told now and then: what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A memory without a vector."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the index has to be told: something about this memory has changed."""

    seq: int
    memory_id: str
    agent_id: str


class Unhealed(Protocol):
    """What healing asks of the store."""

    def pending(self, embedder: str, *, after: str, limit: int) -> Sequence[Pending]:
        """Memories without a vector of this embedder, by id, from the one after `after`."""
        ...

    def pending_count(self, embedder: str) -> int: ...

    def keep(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        """Store vectors; those of memories that are gone are let go."""
        ...

    def outbox(self, *, after: int, limit: int) -> Sequence[Told]: ...

    def told(self, seqs: Sequence[int]) -> None:
        """The index knows these."""
        ...

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Which of these memories there are."""
        ...

    def vectors_of(self, ids: Sequence[str], embedder: str) -> Mapping[str, bytes]: ...

    def all_vectors(self, embedder: str) -> Iterable[Entry]: ...

    def vector_count(self, embedder: str) -> int: ...


@dataclass(slots=True)
class Healed:
    """What was done. `left` have no vector yet, because of `problem` or because they were `refused`."""

    embedded: int = 0
    told: int = 0
    rebuilt: bool = False
    left: int = 0
    refused: list[str] = field(default_factory=list[str])
    problem: str = ""


def heal(store: Unhealed, index: Index | None, embedder: Embedder, progress: Progress | None = None) -> Healed:
    """Embed what has no vector yet, then tell the index what has changed. None: the index is another process's."""
    done = Healed()
    said = progress or _silent
    _embed(store, embedder, done, said)
    if index is not None:
        try:
            _tell(store, index, embedder.name, done, said)
        except IndexBroken as error:
            done.problem = done.problem or str(error)
    done.left = store.pending_count(embedder.name)
    return done


def _embed(store: Unhealed, embedder: Embedder, done: Healed, said: Progress) -> None:
    after = ""
    total = store.pending_count(embedder.name)
    while rows := store.pending(embedder.name, after=after, limit=TEXTS):
        problem = None
        try:
            vectors = embedder.embed([row.text for row in rows])
        except EmbedderError as error:
            vectors, problem = list(error.done), error
        made = {row.id: vector for row, vector in zip(rows, vectors, strict=False)}
        if made:
            store.keep(embedder.name, made)
            done.embedded += len(made)
            said("embedding", done.embedded, max(total, done.embedded))
        if problem is None:
            after = rows[-1].id
        elif problem.refused:
            after = rows[len(made)].id
            done.refused.append(after)
        else:
            done.problem = str(problem)
            return


def _tell(store: Unhealed, index: Index, embedder: str, done: Healed, said: Progress) -> None:
    if not isinstance(index, Chroma):
        _tell_changes(store, index, embedder, done)
    elif index.wanted or not index.is_complete or store.outbox(after=0, limit=1):
        if not _is_well(store, index, embedder, done):
            index.reset()
            _tell_everything(store, index, embedder, done, said)
            _tell_changes(store, index, embedder, done)
        index.completed()


def _is_well(store: Unhealed, index: Chroma, embedder: str, done: Healed) -> bool:
    """Whether the index takes what has changed and, looked at once after it was opened, holds as much as the store."""
    try:
        if not index.is_complete:
            return False
        for _ in range(ATTEMPTS):  # others write meanwhile
            _tell_changes(store, index, embedder, done)
            if index.checked or index.count() == store.vector_count(embedder):
                index.checked = True
                return True
    except IndexBroken:
        pass  # it is built anew; if that fails too, it is said
    return False


def _tell_everything(store: Unhealed, index: Chroma, embedder: str, done: Healed, said: Progress) -> None:
    total, told = store.vector_count(embedder), 0
    entries = iter(store.all_vectors(embedder))
    while some := list(islice(entries, REBUILT)):
        index.put(some)
        told += len(some)
        said("indexing", told, max(total, told))
    index.checked = True
    done.rebuilt = True
    done.told += told


def _tell_changes(store: Unhealed, index: Index, embedder: str, done: Healed) -> None:
    after = 0
    while rows := store.outbox(after=after, limit=ROWS):
        after = rows[-1].seq
        agents = {row.memory_id: row.agent_id for row in rows}
        vectors = store.vectors_of(list(agents), embedder)
        there = store.existing(list(agents))
        gone: defaultdict[str, list[str]] = defaultdict(list)
        for id, agent_id in agents.items():
            if id not in there:
                gone[agent_id].append(id)
        if vectors:
            index.put([Entry(id, agents[id], vector) for id, vector in vectors.items()])
        for agent_id, ids in gone.items():
            index.remove(agent_id, ids)
        # What has no vector yet has still to be told.
        store.told([row.seq for row in rows if row.memory_id in vectors or row.memory_id not in there])
        done.told += len(vectors) + sum(map(len, gone.values()))


def _silent(stage: Stage, done: int, total: int) -> None:
    pass


class Healer:
    """Heals in a thread of its own, one time after the other. `wake` comes from wherever something was written.

    Once it is awake it looks again every minute: at what could not be embedded before, and, with `upkeep`, at what else
    is to be done in the store now and then. A store that cannot be used now is looked at again in a minute, too.
    """

    def __init__(
        self,
        store: Unhealed,
        index: Index | None,
        embedder: Embedder,
        *,
        progress: Progress | None = None,
        upkeep: Callable[[], object] = lambda: None,
        every_s: float = EVERY_S,
    ) -> None:
        self._work = (store, index, embedder, progress)
        self._upkeep = upkeep
        self._every_s = every_s
        self._healing = threading.Lock()
        self._state = threading.Condition()
        self._wanted = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self.last: Healed | None = None

    def heal(self) -> Healed:
        """Heal now, in the caller's thread."""
        with self._healing:
            self.last = heal(*self._work)
            return self.last

    def wake(self) -> None:
        """Heal soon. Returns at once; wakes that come while healing are one."""
        with self._state:
            if self._closed:
                return
            self._wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="memory-healer", daemon=True)
                self._thread.start()
            self._state.notify_all()

    def look_again(self) -> None:
        """Heal soon what could not be healed before: what it lacked may be there now. Does not wake who sleeps."""
        if self._thread is not None:
            self.wake()

    def close(self) -> None:
        """Finish what has begun, and begin nothing more."""
        with self._state:
            self._closed = True
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._wanted or self._closed, self._every_s)
                if self._closed:
                    return
                wanted, self._wanted = self._wanted, False
            try:
                self._upkeep()
                if wanted or self.last is None or self.last.problem:
                    self.heal()
            except PointworkError as error:
                self._failed(error)

    def _failed(self, error: PointworkError) -> None:
        with self._state:
            self._wanted = True  # in a minute: nobody else may come to say so
            log.warning("Memories could not be looked after: %s", error)
            self._state.wait_for(lambda: self._closed, self._every_s)
