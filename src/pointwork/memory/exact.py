"""Exact search: every vector of an agent is compared, from memory if it was asked lately.

It holds no truth of its own. What it compares is read from the store, and read again when the store has changed.
Rules of this file: all that is kept is within a limit, and the agent that was not asked for longest goes first; an
agent that is larger than the limit is read piece by piece each time. Without numpy it takes some 50 times as long.
"""

from __future__ import annotations

import heapq
import importlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice
from operator import mul
from typing import Any, Final, Protocol

from pointwork.memory.protocols import Entry, Found
from pointwork.memory.vectors import unpack

__all__ = ["Exact", "Vectors"]

KEPT_BYTES: Final = 256 << 20
COUNTS: Final = 10_000  # agents
ID_BYTES: Final = 100
PIECE: Final = 8_192  # vectors that are compared at once


class Vectors(Protocol):
    """What exact search reads from the store."""

    def revision(self, agent_id: str) -> int:
        """Another number whenever the agent's vectors may have changed."""
        ...

    def vectors(self, agent_id: str, embedder: str) -> Iterable[tuple[str, bytes]]:
        """The vectors of all memories of an agent, by id."""
        ...

    def count(self, agent_id: str, embedder: str) -> int:
        """How many vectors an agent has."""
        ...


@dataclass(frozen=True, slots=True)
class _Piece:
    ids: list[str]
    matrix: Any  # an array of numpy, or a list of arrays

    @property
    def bytes(self) -> int:
        return len(self.ids) * (4 * len(self.matrix[0]) + ID_BYTES)


@dataclass(frozen=True, slots=True)
class _Kept:
    revision: int
    pieces: list[_Piece]
    bytes: int


class Exact:
    """An index that compares everything; `put` and `remove` have nothing to do."""

    def __init__(self, vectors: Vectors, embedder: str, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._vectors = vectors
        self._embedder = embedder
        self._kept_bytes = kept_bytes
        self._numpy: Any = importlib.import_module("numpy") if find_spec("numpy") else None
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def put(self, entries: Sequence[Entry]) -> None:
        """Nothing: the store tells that it has changed."""

    def remove(self, agent_id: str, ids: Sequence[str]) -> None:
        """Nothing: the store tells that it has changed."""

    def reset(self) -> None:
        """Read everything again when it is asked for."""
        with self._lock:
            self._kept.clear()

    def search(self, agent_id: str, vector: bytes, n: int) -> list[Found]:
        """The nearest first, at most `n`."""
        if n < 1:
            return []
        best: list[tuple[float, str]] = []
        for piece in self._pieces(agent_id):
            best = heapq.nlargest(n, [*best, *self._nearest(piece, vector, n)])
        return [Found(id, cosine) for cosine, id in best]

    def count(self, agent_id: str) -> int:
        """How many vectors the agent has."""
        revision = self._vectors.revision(agent_id)
        with self._lock:
            known = self._counts.get(agent_id)
        if known is None or known[0] != revision:
            known = (revision, self._vectors.count(agent_id, self._embedder))
            with self._lock:
                self._counts[agent_id] = known
                while len(self._counts) > COUNTS:
                    self._counts.popitem(last=False)
        return known[1]

    def _pieces(self, agent_id: str) -> Iterable[_Piece]:
        revision = self._vectors.revision(agent_id)
        with self._lock:
            kept = self._kept.get(agent_id)
            if kept is not None and kept.revision == revision:
                self._kept.move_to_end(agent_id)
                return kept.pieces
        rows = self._read(agent_id)
        pieces: list[_Piece] = []
        size = 0
        for piece in rows:
            pieces.append(piece)
            size += piece.bytes
            if size > self._kept_bytes:
                return chain(pieces, rows)
        self._keep(agent_id, _Kept(revision, pieces, size))
        return pieces

    def _read(self, agent_id: str) -> Iterator[_Piece]:
        rows = iter(self._vectors.vectors(agent_id, self._embedder))
        while some := list(islice(rows, PIECE)):
            ids = [id for id, _ in some]
            if self._numpy is None:
                yield _Piece(ids, [unpack(vector) for _, vector in some])
            else:
                flat = self._numpy.frombuffer(b"".join(vector for _, vector in some), "<f4")
                yield _Piece(ids, flat.reshape(len(ids), -1))

    def _keep(self, agent_id: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[agent_id] = kept
            self._kept.move_to_end(agent_id)
            while sum(one.bytes for one in self._kept.values()) > self._kept_bytes:
                self._kept.popitem(last=False)

    def _nearest(self, piece: _Piece, vector: bytes, n: int) -> list[tuple[float, str]]:
        if self._numpy is None:
            wanted = unpack(vector)
            cosines = ((sum(map(mul, wanted, row)), id) for row, id in zip(piece.matrix, piece.ids, strict=True))
            return heapq.nlargest(n, cosines)
        # Row by row: the whole product would use all cores, and wait for them when they are busy.
        cosines = self._numpy.vecdot(piece.matrix, self._numpy.frombuffer(vector, "<f4"))
        few = n < len(cosines)
        nearest = self._numpy.argpartition(cosines, len(cosines) - n)[-n:] if few else range(len(cosines))
        return [(float(cosines[at]), piece.ids[at]) for at in nearest]
