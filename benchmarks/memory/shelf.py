"""Memories in dictionaries, so that only embedding, search and ranking are measured."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pointwork.memory import Memory, Scope, Written

__all__ = ["Shelf", "identifiers"]

WORD = re.compile(r"[\w.-]+")


def identifiers(text: str) -> list[str]:
    """The words with a digit in them."""
    words = (word.strip(".-") for word in WORD.findall(text.casefold()))
    return list(dict.fromkeys(word for word in words if any(map(str.isdigit, word))))


class Shelf:
    """The part of a store that recall and exact search ask."""

    def __init__(self) -> None:
        self._memories: dict[str, Memory] = {}
        self._vectors: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        self._words: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, agent_id: str, texts: Sequence[str], vectors: Sequence[bytes]) -> None:
        """Remember these."""
        for text, vector in zip(texts, vectors, strict=True):
            id = f"m{len(self._memories):07}"
            self._memories[id] = Memory(
                id=id, kind="fact", text=text, scope=Scope(agent_id=agent_id), metadata={}, importance=0.5,
                created_at_us=0, valid_from_us=0, valid_to_us=None, expires_at_us=None, last_used_at_us=None, uses=0,
                supersedes=None, superseded_by=None, written=Written(),
            )  # fmt: skip
            self._vectors[agent_id][id] = vector
            for word in identifiers(text):
                self._words[agent_id, word].append(id)

    def revision(self, agent_id: str) -> int:
        return len(self._vectors[agent_id])

    def count(self, agent_id: str, embedder: str) -> int:
        return len(self._vectors[agent_id])

    def vectors(self, agent_id: str, embedder: str) -> Iterable[tuple[str, bytes]]:
        return self._vectors[agent_id].items()

    def vectors_of(self, ids: Sequence[str], embedder: str) -> Mapping[str, bytes]:
        return {id: self._vectors[self._memories[id].scope.agent_id][id] for id in ids}

    def visible(self, scope: Scope, ids: Sequence[str], *, at_us: int | None = None) -> list[Memory]:
        return [self._memories[id] for id in ids if scope.sees(self._memories[id].scope)]

    def identified(self, agent_id: str, words: Sequence[str], *, limit: int) -> Mapping[str, tuple[int, Sequence[str]]]:
        found = {word: self._words.get((agent_id, word), []) for word in words}
        return {word: (len(ids), ids[:limit]) for word, ids in found.items()}

    def touch(self, ids: Sequence[str]) -> None:
        raise NotImplementedError("Nothing is noted here.")
