"""Engines side by side: a process for each, rounds in turn. See `worker.py` for what runs in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any, Literal

__all__ = ["Outcome", "Worker", "contest", "ratio", "worker"]

ROOT = Path(__file__).resolve().parent.parent
ROUND_S = 0.25  # a round repeats what is shorter until it takes about this long
PATIENCE_S = 120.0  # for one answer of a worker
END_S = 10.0  # for a worker to close what it has opened


class Worker:
    """The other end of `worker.py`."""

    def __init__(self, command: Sequence[str]) -> None:
        self.nodes = 0  # of one run; known when it is ready
        self.name = " ".join(command[-4:])
        # A group of its own: whatever it runs under is ended with it.
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def answer(self) -> dict[str, Any]:
        """The next line that it says."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            raise RuntimeError(f"{self.name} ended without an answer (status {self.process.wait()}); see above.")
        return json.loads(line)

    def ask(self, question: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self) -> dict[str, Any]:
        """Let it finish; what it used in all."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.answer()

    def close(self) -> None:
        """Let it finish, or make it."""
        try:
            self.process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


@contextmanager
def worker(
    engine: str, workload: str, *, size: int | None = None, loop: str = "asyncio", under: Sequence[str] = ()
) -> Iterator[Worker]:
    """A worker that is ready; `under` is a command to run it by, for example a tracer."""
    command = [*under, sys.executable, "-m", "benchmarks.worker", engine, workload, "--loop", loop]
    one = Worker(command + (["--size", str(size)] if size else []))
    try:
        one.nodes = one.answer()["nodes"]
        yield one
    finally:
        one.close()


@dataclass(slots=True)
class Outcome:
    """What an engine took, in each round; seconds are those of the workload done once."""

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
            "wall_s": median(self.wall_s),
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
        workers = {name: stack.enter_context(worker(name, workload, size=size, loop=loop)) for name in engines}
        outcomes = {name: Outcome(one.nodes) for name, one in workers.items()}
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
