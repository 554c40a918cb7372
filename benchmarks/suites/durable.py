"""Runs that survive a power cut: each step is on the disk before the next begins (SQLite, `synchronous = FULL`)."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.contest import Outcome, contest, ratio, worker
from benchmarks.options import Options
from benchmarks.workloads import workload

__all__ = ["run"]

OURS, LIMIT, LANGGRAPH = "pointwork-power", "limit-durable", "langgraph-durable"
MANY, FEW = 1_000, 50  # runs at the same time; LangGraph needs a minute for the larger number
ENGINES = {
    ("W5", MANY): (LIMIT, OURS, "pointwork-commit"),
    ("W5", FEW): (LIMIT, OURS, LANGGRAPH),
    ("W6", MANY): (LIMIT, OURS),
    ("W7", 1): (LIMIT, OURS, LANGGRAPH),
}
ROUNDS = {"W5": (7, 2), "W6": (3, 1), "W7": (2, 1)}
LONE_CHAIN, CONCURRENT_RUNS = 50, 30
_SYNC = re.compile(r"\bf(?:data)?sync\(")


def run(options: Options) -> dict[str, Any]:
    """Figures by workload and size, and how often and how much is written."""
    results: dict[str, Any] = {}
    for (name, size), engines in ENGINES.items():
        options.say(f"durable {name} with {size:,}")
        usual, quick = ROUNDS[name]
        outcomes = contest(name, engines, size=size, rounds=quick if options.quick else usual, loop=options.loop)
        results[f"{name} {size}"] = _figures(outcomes, workload(name, size).ideal_s)
    results["written"] = {
        "lone chain": _written(contest("W1", (LIMIT, OURS, LANGGRAPH), size=LONE_CHAIN, rounds=2)),
        "concurrent runs": {name: one["bytes_per_node"] for name, one in results[f"W5 {FEW}"]["engines"].items()},
        "many concurrent runs": {name: one["bytes_per_node"] for name, one in results[f"W5 {MANY}"]["engines"].items()},
    }
    options.say("durable: flushes to the disk")
    results["flushes"] = {
        "lone chain": {name: _flushes(name, "W1", LONE_CHAIN) for name in (LIMIT, OURS, LANGGRAPH)},
        "concurrent runs": {name: _flushes(name, "W5", CONCURRENT_RUNS) for name in (LIMIT, OURS, LANGGRAPH)},
    }
    return results


def _figures(outcomes: dict[str, Outcome], ideal_s: float | None) -> dict[str, Any]:
    ours = outcomes[OURS]
    figures: dict[str, Any] = {
        "engines": {engine: outcome.report() for engine, outcome in outcomes.items()},
        "to_limit": round(ratio(ours, outcomes[LIMIT]), 3),
    }
    if LANGGRAPH in outcomes:
        figures["langgraph_to_ours"] = round(ratio(outcomes[LANGGRAPH], ours), 2)
    if ideal_s is not None:
        figures["to_ideal"] = round(figures["engines"][OURS]["wall_s"] / ideal_s, 3)
    return figures


def _written(outcomes: dict[str, Outcome]) -> dict[str, int]:
    return {name: outcome.report()["bytes_per_node"] for name, outcome in outcomes.items()}


def _flushes(engine: str, name: str, size: int) -> float | None:
    """Flushes to the disk per node, as the system sees them; None where there is no strace to count them."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    with tempfile.TemporaryDirectory(prefix="pointwork-bench-") as folder:
        trace = Path(folder) / "trace"
        under = [strace, "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
        with worker(engine, name, size=size, under=under) as (one, nodes):
            one.ask("run 1")
            before = len(_SYNC.findall(trace.read_text()))
            one.ask("run 3")
            after = len(_SYNC.findall(trace.read_text()))
    return round((after - before) / (3 * nodes), 4)
