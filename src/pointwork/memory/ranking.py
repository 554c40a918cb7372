"""Which of the memories that may fit are recalled, in which order, and why.

A memory's score is the cosine of its vector with that of the question, and more if it names what the question names:
words with a digit in them, which vectors tell apart badly. What many memories name counts less. Importance and age only
decide between equal scores, and what says nearly the same as a memory before it waits behind others.

Rule of this file: it is pure; it asks no store and no clock, and needs no numpy.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pointwork.memory.items import Memory
from pointwork.memory.vectors import cosine

__all__ = ["IDENTIFIER_WEIGHT", "Candidate", "Recalled", "least_score", "rank"]

IDENTIFIER_WEIGHT: Final = 0.3  # of a question whose words with a digit are all named; measured (docs/adr/0016)
ALIKE: Final = 0.9  # from this cosine on, two memories begin to say the same
ALIKE_COST: Final = 0.15  # of saying exactly the same
DIGITS: Final = 3  # of a score that count; what is equal in them is equal

# Below it, a memory has nothing to do with the question: the embedders' scales differ.
LEAST_SCORES: Final = {"minilm-l6-v2": 0.25, "lexical-v1": 0.15}
LEAST_SCORE: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A memory that may be recalled; `cosine` with the question. `words`: its identifiers."""

    memory: Memory
    cosine: float
    words: frozenset[str] = frozenset()
    vector: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A memory that was recalled. `why` and `source` are for people; `named` are the identifiers that fit."""

    memory: Memory
    score: float
    cosine: float
    why: str
    source: str
    named: tuple[str, ...] = ()


def least_score(embedder: str) -> float:
    """What a memory must reach to be recalled, unless the caller says otherwise.

    >>> least_score("minilm-l6-v2")
    0.25
    """
    return LEAST_SCORES.get(embedder, LEAST_SCORE)


def rank(
    candidates: Sequence[Candidate],
    n: int,
    *,
    asked: Mapping[str, int] | None = None,
    min_score: float = LEAST_SCORE,
    by: str = "meaning",
) -> list[Recalled]:
    """The best, at most `n`, none of them below `min_score`.

    `asked` are the identifiers of the question, each with the number of memories that name it. `by` is what a cosine
    means with the embedder used: nearness in meaning, or in words.
    """
    asked = asked or {}
    known: set[str] = set()
    fit: list[tuple[Candidate, Recalled]] = []
    for candidate in candidates:
        named = sorted(candidate.words & asked.keys())
        score = candidate.cosine + IDENTIFIER_WEIGHT * _share(named, asked)
        if score >= min_score and candidate.memory.id not in known:
            known.add(candidate.memory.id)
            fit.append((candidate, _recalled(candidate, score, named, by)))
    fit.sort(key=_order)
    return [one for _, one in islice(_diverse(fit), max(n, 0))]


def _share(named: Collection[str], asked: Mapping[str, int]) -> float:
    """How much of what the question names is named, from 0 to 1; rare words weigh more."""
    if not named:
        return 0.0
    weights = {word: 1 / (1 + math.log(max(memories, 1))) for word, memories in asked.items()}
    return max(weights.values()) * sum(weights[word] for word in named) / sum(weights.values())


def _order(one: tuple[Candidate, Recalled]) -> tuple[float, float, int, str]:
    memory = one[1].memory
    return (-round(one[1].score, DIGITS), -memory.importance, -memory.created_at_us, memory.id)


def _diverse(fit: Sequence[tuple[Candidate, Recalled]]) -> Iterator[tuple[Candidate, Recalled]]:
    """The best, then again and again the best of the others, which lose by being like one that came before.

    What could be next is compared with those that came since it was compared last; most are never compared.
    """
    came: list[Candidate] = []
    waiting = [(-round(one.score, DIGITS), place, 0.0, 0) for place, (_, one) in enumerate(fit)]
    heapq.heapify(waiting)
    while waiting:
        _, place, cost, compared = heapq.heappop(waiting)
        candidate, one = fit[place]
        if compared == len(came):
            came.append(candidate)
            yield candidate, one
        else:
            cost = max(cost, *(ALIKE_COST * _alike(candidate, other) for other in came[compared:]))
            heapq.heappush(waiting, (-round(one.score - cost, DIGITS), place, cost, len(came)))


def _alike(one: Candidate, other: Candidate) -> float:
    """From 0 to 1. What names different things is different, however it is worded."""
    if one.vector is None or other.vector is None or one.words != other.words:
        return 0.0
    return max(0.0, min(1.0, (cosine(one.vector, other.vector) - ALIKE) / (1 - ALIKE)))


def _recalled(candidate: Candidate, score: float, named: Sequence[str], by: str) -> Recalled:
    return Recalled(
        memory=candidate.memory,
        score=score,
        cosine=candidate.cosine,
        why=_why(candidate.cosine, named, by),
        source=_source(candidate.memory),
        named=tuple(named),
    )


def _why(cosine: float, named: Sequence[str], by: str) -> str:
    parts = [f"{_degree(cosine)} in {by} ({cosine:.2f})"]
    if named:
        parts.append(f"names {', '.join(repr(word) for word in named)}")
    return "; ".join(parts)


def _degree(cosine: float) -> str:
    if cosine >= 0.8:
        return "nearly the same"
    if cosine >= 0.5:
        return "close"
    return "related" if cosine >= LEAST_SCORE else "distant"


def _source(memory: Memory) -> str:
    """Who wrote it: `fact, written by node 'writer' of execution 'x1'`."""
    written = memory.written
    if not written.execution_id:
        return memory.kind
    node = f"node {written.node_id!r} of " if written.node_id else ""
    return f"{memory.kind}, written by {node}execution {written.execution_id!r}"
