"""What an agent remembers about a question: what is near or named, as far as it may be seen, ranked.

Rule of this file: nothing is recalled that the store does not say is visible from the scope, at that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from pointwork.memory.embedders.cached import Cached
from pointwork.memory.items import Memory, Scope
from pointwork.memory.protocols import Embedder, Index
from pointwork.memory.ranking import Candidate, Recalled, least_score, rank
from pointwork.memory.vectors import cosine
from pointwork.memory.writing import named, text_of

__all__ = ["MOST", "Recall", "Remembering"]

MOST: Final = 100  # recalled at once
FIRST: Final = 32  # asked of the index, and more of it as long as too few of them may be seen
MORE: Final = 8
CHARACTERS: Final = 10_000  # of a question in which identifiers are looked for
WORDS: Final = 32  # identifiers of a question that count
NAMED: Final = 200  # memories that are looked at because they name one
PIECE: Final = 500  # ids that the store is asked about at once


class Remembering(Protocol):
    """What recall asks of the store."""

    def visible(self, scope: Scope, ids: Sequence[str], *, at_us: int | None = None) -> list[Memory]:
        """Those of these memories that may be recalled from the scope, at that time."""
        ...

    def identified(self, agent_id: str, words: Sequence[str], *, limit: int) -> Mapping[str, tuple[int, Sequence[str]]]:
        """For each word how many memories of the agent name it, and ids of some of them, the newest first."""
        ...

    def vectors_of(self, ids: Sequence[str], embedder: str) -> Mapping[str, bytes]: ...

    def touch(self, ids: Sequence[str]) -> None:
        """These were used now."""
        ...


class Recall:
    """Recalls from one store with one embedder. `identifiers` finds the words of a text that the store knows it by."""

    def __init__(
        self,
        store: Remembering,
        embedder: Embedder,
        index: Index,
        *,
        identifiers: Callable[[str], Iterable[str]],
    ) -> None:
        self._identifiers = identifiers
        self.store = store
        self.embedder = Cached(embedder)
        self.index = index

    def recall(
        self,
        scope: Scope,
        query: str,
        n: int = 5,
        *,
        filter: Mapping[str, Any] | None = None,
        at_us: int | None = None,
        min_score: float | None = None,
        touch: bool = False,
    ) -> list[Recalled]:
        """The memories that fit the question best, at most `n` and never more than 100, none below `min_score`.

        `filter`: what their metadata must hold. `at_us`: as it was at that time. `touch`: note that they were used.
        Raises EmbedderError when the question cannot be turned into a vector now, and Unacceptable for what is no
        question or no scope.
        """
        for place in scope.places:
            named("A place of a scope", place)
        query = text_of(query, "A question", may_be_empty=True)
        n = min(n, MOST)
        if n < 1 or not query.strip():
            return []
        name = self.embedder.name
        least = least_score(name) if min_score is None else min_score
        [wanted] = self.embedder.embed([query])
        asked = self._asked(scope.agent_id, query)
        seen = _Seen(self.store, scope, filter or {}, at_us)
        for _, ids in asked.values():
            seen.look(ids)
        self._near(scope.agent_id, wanted, least, seen, n)
        vectors = self._vectors(list(seen.memories))
        candidates = [
            Candidate(
                memory=memory,
                cosine=cosine(wanted, vectors[id]) if id in vectors else 0.0,
                words=frozenset(self._identifiers(memory.text)) if asked else frozenset(),
                vector=vectors.get(id),
            )
            for id, memory in seen.memories.items()
        ]
        counts = {word: count for word, (count, _) in asked.items()}
        by = "words" if name.startswith("lexical") else "meaning"
        found = rank(candidates, n, asked=counts, min_score=least, by=by)
        if touch and found:
            self.store.touch([one.memory.id for one in found])
        return found

    def _asked(self, agent_id: str, query: str) -> Mapping[str, tuple[int, Sequence[str]]]:
        words = list(dict.fromkeys(self._identifiers(query[:CHARACTERS])))[:WORDS]
        return self.store.identified(agent_id, words, limit=NAMED) if words else {}

    def _near(self, agent_id: str, wanted: bytes, least: float, seen: _Seen, n: int) -> None:
        """Look at the nearest, and at more of them until enough may be seen or the rest is too far."""
        much = max(FIRST, 4 * n)
        enough = 2 * n + MORE
        while True:
            found = self.index.search(agent_id, wanted, much)
            near = [one.id for one in found if one.cosine >= least]
            seen.look(near)
            if len(near) < much or len(seen.memories) >= enough:
                return
            much *= MORE

    def _vectors(self, ids: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), PIECE):
            found.update(self.store.vectors_of(ids[start : start + PIECE], self.embedder.name))
        return found


class _Seen:
    """The memories that may be recalled, of those that were looked at."""

    def __init__(self, store: Remembering, scope: Scope, filter: Mapping[str, Any], at_us: int | None) -> None:
        self._store = store
        self._scope = scope
        self._filter = filter
        self._at_us = at_us
        self._looked_at: set[str] = set()
        self.memories: dict[str, Memory] = {}

    def look(self, ids: Sequence[str]) -> None:
        new = [id for id in dict.fromkeys(ids) if id not in self._looked_at]
        self._looked_at.update(new)
        for start in range(0, len(new), PIECE):
            for memory in self._store.visible(self._scope, new[start : start + PIECE], at_us=self._at_us):
                if self._fits(memory.metadata):
                    self.memories[memory.id] = memory

    def _fits(self, metadata: Mapping[str, Any]) -> bool:
        missing = object()
        return all(_equal(metadata.get(key, missing), value) for key, value in self._filter.items())


def _equal(one: object, other: object) -> bool:
    """As JSON sees it: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
