"""Engines side by side: a process for each, rounds in turn. See `worker.py` for what runs in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import Any, Literal

from benchmarks.child import Child, child

__all__ = ["Outcome", "contest", "ratio", "worker"]

ROUND_S = 0.25  # a round repeats what is shorter until it takes about this long


@contextmanager
def worker(
    engine: str, workload: str, *, size: int | None = None, loop: str = "asyncio", under: Sequence[str] = ()
) -> Iterator[tuple[Child, int]]:
    """A worker that is ready, and how many nodes one run has."""
    sized = ("--size", size) if size else ()
    with child("worker", engine, workload, "--loop", loop, *sized, under=under) as one:
        yield one, one.answer()["nodes"]


@dataclass(slots=True)
class Outcome:
    """What an engine took, in each round; seconds and bytes are those of the workload done once."""

    nodes: int
    wall_s: list[float] = field(default_factory=list[float])
    cpu_s: list[float] = field(default_factory=list[float])
    written_bytes: list[float] = field(default_factory=list[float])
    rss_mb: float = 0.0

    def add(self, answer: dict[str, Any]) -> None:
        self.wall_s.append(answer["wall_s"])
        self.cpu_s.append(answer["cpu_s"])
        self.written_bytes.append(answer["written_bytes"])

    def report(self) -> dict[str, Any]:
        per_node = 1e6 / self.nodes
        return {
            "nodes": self.nodes,
            "rounds": len(self.wall_s),
            "wall_s": round(median(self.wall_s), 6),
            "us_per_node": {
                "median": round(median(self.wall_s) * per_node, 2),
                "best": round(min(self.wall_s) * per_node, 2),
                "cpu": round(median(self.cpu_s) * per_node, 2),
            },
            "bytes_per_node": round(median(self.written_bytes) / self.nodes),
            "rss_mb": round(self.rss_mb, 1),
        }


def contest(
    workload: str, engines: Sequence[str], *, rounds: int, size: int | None = None, loop: str = "asyncio"
) -> dict[str, Outcome]:
    """Run the workload on each engine in turn, so many rounds after one to warm up."""
    with ExitStack() as stack:
        workers: dict[str, Child] = {}
        outcomes: dict[str, Outcome] = {}
        for name in engines:
            workers[name], nodes = stack.enter_context(worker(name, workload, size=size, loop=loop))
            outcomes[name] = Outcome(nodes)
        times = {name: ceil(ROUND_S / one.ask("run 1")["wall_s"]) for name, one in workers.items()}
        turn = list(workers)
        for _ in range(rounds):
            for name in turn:
                outcomes[name].add(workers[name].ask(f"run {times[name]}"))
            turn.reverse()  # nobody always runs after the same one
        for name, one in workers.items():
            outcomes[name].rss_mb = one.end()["rss_mb"]
    return outcomes


def ratio(one: Outcome, other: Outcome, *, by: Literal["wall", "cpu"] = "wall") -> float:
    """How often the other's time goes into this one's, per node: the middle of the ratios of all rounds.

    Rounds are compared with rounds that ran beside them, so a noisy minute is on both sides.
    """
    pairs = zip(one.wall_s, other.wall_s, strict=True) if by == "wall" else zip(one.cpu_s, other.cpu_s, strict=True)
    return median(mine / theirs for mine, theirs in pairs) * other.nodes / one.nodes
