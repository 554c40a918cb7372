"""Memory: whether the right fact is recalled, how long it takes, and what an agent costs.

Quality is counted with every question among all facts: R@1 is the share whose answer comes first, R@5 among the first
five. "cosine" is MiniLM's order alone, "ours" what recall gives. Everything is stored in SQLite as agents store it, and
latency is that of a recall that also notes what it used; the facts of that have made-up vectors.
"""

from __future__ import annotations

import random
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.memory.questions import KINDS, Question, distractors, questions, tickets
from benchmarks.options import Options
from pointwork.memory import Embedder, Entry, MemoryStore, NewMemory, Scope
from pointwork.memory.chroma import Chroma
from pointwork.memory.embedders import Lexical, choose
from pointwork.memory.exact import Exact
from pointwork.memory.identifiers import identifiers
from pointwork.memory.nearest import EXACT_ROWS, Nearest
from pointwork.memory.recall import Recall

__all__ = ["run"]

AGENT = Scope(agent_id="a")
DISTRACTORS = 2_000
TICKETS = 300
DIM = 384
AT_ONCE = 2_000


def run(options: Options) -> dict[str, Any]:
    """Quality by method and kind, milliseconds by number of facts, and cost by number of agents."""
    minilm = choose("minilm").embedder
    agents = _agents(options)  # first, before other things have filled the memory of the process
    return {"quality": _quality(minilm, options), "latency": _latency(minilm, options), "agents": agents}


# -- quality -----------------------------------------------------------------------------------------------------------


def _quality(minilm: Embedder, options: Options) -> dict[str, Any]:
    asked = [*questions(), *tickets(TICKETS // 10 if options.quick else TICKETS)]
    facts = list(dict.fromkeys(fact for one in asked for fact in (one.fact, *one.rivals)))
    facts += distractors(DISTRACTORS // 10 if options.quick else DISTRACTORS)
    results: dict[str, Any] = {}
    with _store() as store:
        for name, embedder in (("lexical", Lexical()), ("cosine", minilm)):
            options.say(f"memory: quality, {name}")
            texts = dict(zip(_kept(store, facts, embedder.name, embedder.embed(facts)), facts, strict=True))
            exact = Exact(store, embedder.name)
            wanted = embedder.embed([one.text for one in asked])
            results[name] = _shares(
                asked,
                [[texts[near.id] for near in exact.search(AGENT.agent_id, vector, 5)] for vector in wanted],
            )
        options.say("memory: quality, ours")
        recall = Recall(store, minilm, Exact(store, minilm.name), identifiers=identifiers)
        found = [[hit.memory.text for hit in recall.recall(AGENT, one.text, 5)] for one in asked]
    results["ours"] = _shares(asked, found)
    results["facts"] = len(facts)
    return results


@contextmanager
def _store() -> Iterator[MemoryStore]:
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        store = MemoryStore(Path(folder) / "memory.db")
        yield store
        store.close()


def _kept(store: MemoryStore, facts: list[str], embedder: str, vectors: list[bytes]) -> list[str]:
    """The ids of facts that are in the store now, with their vectors."""
    ids = [memory.id for memory in store.add_many(NewMemory(text=fact, scope=AGENT) for fact in facts)]
    for start in range(0, len(ids), AT_ONCE):
        piece = slice(start, start + AT_ONCE)
        store.keep(embedder, dict(zip(ids[piece], vectors[piece], strict=True)))
    return ids


def _shares(asked: list[Question], found: list[list[str]]) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = {}
    for kind in (*KINDS, "ticket"):
        ranks = [
            hits.index(one.fact) if one.fact in hits else 99
            for one, hits in zip(asked, found, strict=True)
            if one.kind == kind
        ]
        results[kind] = {
            "questions": len(ranks),
            "r1": round(sum(rank == 0 for rank in ranks) / len(ranks), 3),
            "r5": round(sum(rank < 5 for rank in ranks) / len(ranks), 3),
        }
    return results


# -- latency -----------------------------------------------------------------------------------------------------------


def _made_up(number: int, seed: int = 1) -> list[bytes]:
    """Vectors in groups, as texts about the same things have."""
    import numpy

    chance = numpy.random.default_rng(seed)
    middles = chance.normal(size=(100, DIM))
    rows = middles[chance.integers(0, 100, number)] + chance.normal(size=(number, DIM)) * 0.7
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    return [row.tobytes() for row in rows.astype("<f4")]


def _latency(minilm: Embedder, options: Options) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for number in (1_000,) if options.quick else (1_000, 10_000, 100_000):
        options.say(f"memory: latency with {number:,} facts")
        vectors = _made_up(number)
        with _store() as store:
            ids = _kept(store, [f"Fact {at}" for at in range(number)], minilm.name, vectors)
            entries = [Entry(id, AGENT.agent_id, vector) for id, vector in zip(ids, vectors, strict=True)]
            exact = Exact(store, minilm.name)
            chroma = _chroma(store.path.parent / "index", minilm.name, entries) if number > EXACT_ROWS else None
            index = Nearest(exact, chroma)
            recall = Recall(store, minilm, index, identifiers=identifiers)
            asks = 20 if options.quick else 100
            results[f"{number}"] = {
                "index": "exact" if chroma is None else "Chroma",
                **_spent(recall, index, random.Random(3).sample(vectors, asks)),
                "overlap": _overlap(exact, index, random.Random(4).sample(vectors, 20)),
            }
            if chroma is not None:
                chroma.close()
    return results


def _spent(recall: Recall, index: Nearest, sought: list[bytes]) -> dict[str, float]:
    """Milliseconds of a question that was never asked before, and of the search alone."""

    def ask(question: str) -> None:
        recall.recall(AGENT, question, 5, min_score=0.0, touch=True)

    ask("The first one waits for what is loaded")
    whole = [_timed(ask, f"Who said that number {at} was best?") for at in range(len(sought))]
    search = [_timed(index.search, AGENT.agent_id, vector, 32) for vector in sought]
    return {
        "p50_ms": round(median(whole), 2),
        "p95_ms": round(quantiles(whole, n=20)[-1], 2),
        "search_p50_ms": round(median(search), 2),
    }


def _chroma(folder: Path, embedder: str, entries: list[Entry]) -> Chroma:
    index = Chroma(folder, embedder)
    assert index.open()
    index.put(entries)
    index.completed()
    index.checked = True
    return index


def _overlap(exact: Exact, index: Nearest, sought: list[bytes]) -> float:
    """Which share of the ten nearest the index finds."""
    same = 0
    for vector in sought:
        wanted = {one.id for one in exact.search(AGENT.agent_id, vector, 10)}
        same += len(wanted & {one.id for one in index.search(AGENT.agent_id, vector, 10)})
    return round(same / len(sought) / 10, 3)


def _timed(work: Callable[..., object], *arguments: object) -> float:
    began = perf_counter()
    work(*arguments)
    return (perf_counter() - began) * 1_000


def _resident() -> int:
    """Bytes of this process in memory; where there is no /proc, the most that there ever were."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# -- agents ------------------------------------------------------------------------------------------------------------


def _agents(options: Options) -> dict[str, Any]:
    """What one agent more costs the index: bytes in memory, open files, and milliseconds of a search."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        index = Chroma(Path(folder), "made-up")
        assert index.open()
        done = 0
        for number in (100, 200) if options.quick else (500, 1_000, 2_500, 5_000):
            options.say(f"memory: {number:,} agents")
            vectors = _made_up((number - done) * 4, seed=number)
            index.put([Entry(f"{done}-{at}", f"agent {done + at // 4}", vector) for at, vector in enumerate(vectors)])
            done = number
            some = random.Random(number).sample(range(number), 50)
            spent = [_timed(index.search, f"agent {at}", vectors[0], 4) for at in some]
            results[f"{number}"] = {
                "rss_mb": round(_resident() / 1e6, 1),
                "files": len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0,
                "search_p50_ms": round(median(spent), 2),
            }
        index.close()
    first, second, *_ = measured = list(results.values())
    last = measured[-1]
    agents = [int(name) for name in results]
    results["kb_per_agent"] = round((last["rss_mb"] - first["rss_mb"]) * 1e3 / (agents[-1] - agents[0]), 1)
    results["files_more"] = last["files"] - second["files"]  # by the second, Chroma has opened what it opens once
    return results
