"""A store for tests of what stands around it: the same questions, answered from dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pointwork.memory import Entry, Memory, Scope, Written
from pointwork.memory.healing import Pending, Told

__all__ = ["Shelf", "identifiers", "memory"]


def identifiers(text: str) -> list[str]:
    """The words with a digit in them."""
    return list(dict.fromkeys(word for word in re.findall(r"[\w-]+", text.casefold()) if any(map(str.isdigit, word))))


def memory(id: str, **fields: Any) -> Memory:
    """A memory of which only what is given is particular."""
    usual: dict[str, Any] = {
        "id": id, "kind": "fact", "text": id, "scope": Scope(agent_id="a"), "metadata": {}, "importance": 0.5,
        "created_at_us": 0, "valid_from_us": 0, "valid_to_us": None, "expires_at_us": None, "last_used_at_us": None,
        "uses": 0, "supersedes": None, "superseded_by": None, "written": Written(),
    }  # fmt: skip
    return Memory(**{**usual, **fields})


class Shelf:
    """Memories by id, their vectors by embedder, and what the index has still to be told."""

    def __init__(self) -> None:
        self.memories: dict[str, Memory] = {}
        self.kept: dict[str, dict[str, bytes]] = {}
        self.box: list[Told] = []
        self.touched: list[str] = []
        self.changes = 0

    def add(self, text: str, scope: Scope | None = None, **fields: Any) -> str:
        id = f"m{self.changes:06}"
        scope = scope or Scope(agent_id="a")
        self.memories[id] = memory(id, text=text, scope=scope, **fields)
        self._changed(id, scope.agent_id)
        return id

    def forget(self, id: str) -> None:
        gone = self.memories.pop(id)
        for vectors in self.kept.values():
            vectors.pop(id, None)
        self._changed(id, gone.scope.agent_id)

    def _changed(self, id: str, agent_id: str) -> None:
        self.changes += 1
        self.box.append(Told(self.changes, id, agent_id))

    def pending(self, embedder: str, *, after: str, limit: int) -> Sequence[Pending]:
        there = self.kept.get(embedder, {})
        return [Pending(id, self.memories[id].text) for id in sorted(self.memories) if id > after and id not in there][
            :limit
        ]

    def pending_count(self, embedder: str) -> int:
        return len(self.memories.keys() - self.kept.get(embedder, {}).keys())

    def keep(self, embedder: str, vectors: Mapping[str, bytes]) -> None:
        self.changes += 1
        self.kept.setdefault(embedder, {}).update({id: one for id, one in vectors.items() if id in self.memories})

    def outbox(self, *, after: int, limit: int) -> Sequence[Told]:
        return [row for row in self.box if row.seq > after][:limit]

    def told(self, seqs: Sequence[int]) -> None:
        self.box = [row for row in self.box if row.seq not in set(seqs)]

    def existing(self, ids: Sequence[str]) -> set[str]:
        return set(ids) & self.memories.keys()

    def vectors_of(self, ids: Sequence[str], embedder: str) -> Mapping[str, bytes]:
        return {id: self.kept[embedder][id] for id in ids if id in self.kept.get(embedder, {})}

    def all_vectors(self, embedder: str) -> Iterable[Entry]:
        for id, vector in sorted(self.kept.get(embedder, {}).items()):
            yield Entry(id, self.memories[id].scope.agent_id, vector)

    def vector_count(self, embedder: str) -> int:
        return len(self.kept.get(embedder, {}))

    def revision(self, agent_id: str) -> int:
        return self.changes

    def vectors(self, agent_id: str, embedder: str) -> Iterable[tuple[str, bytes]]:
        return [(one.id, one.vector) for one in self.all_vectors(embedder) if one.agent_id == agent_id]

    def count(self, agent_id: str, embedder: str) -> int:
        return len(list(self.vectors(agent_id, embedder)))

    def visible(self, scope: Scope, ids: Sequence[str], *, at_us: int | None = None) -> list[Memory]:
        there = [self.memories[id] for id in ids if id in self.memories]
        return [one for one in there if scope.sees(one.scope) and one.valid_to_us is None]

    def identified(self, agent_id: str, words: Sequence[str], *, limit: int) -> Mapping[str, tuple[int, Sequence[str]]]:
        found: dict[str, list[str]] = {}
        for word in words:
            found[word] = [
                one.id
                for one in self.memories.values()
                if one.scope.agent_id == agent_id and word in identifiers(one.text)
            ]
        return {word: (len(ids), ids[:limit]) for word, ids in found.items()}

    def touch(self, ids: Sequence[str]) -> None:
        self.touched += ids
