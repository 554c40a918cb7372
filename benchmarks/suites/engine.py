"""The engine alone, journal in memory: W1 to W7 beside the limit and LangGraph."""

from __future__ import annotations

from statistics import median
from typing import Any, Literal

from benchmarks.contest import Outcome, contest, ratio
from benchmarks.options import Options
from benchmarks.workloads import WORKLOADS, workload

__all__ = ["run"]

ENGINES = ("limit", "limit-task", "pointwork", "langgraph")
# Rounds after warming up: (usual, quick). Those that mostly wait differ little from round to round.
ROUNDS = {"W1": (9, 3), "W2": (9, 3), "W3": (9, 3), "W4": (7, 2), "W5": (5, 1), "W6": (3, 1), "W7": (2, 1)}


def run(options: Options) -> dict[str, Any]:
    """Figures by workload."""
    results: dict[str, Any] = {}
    for name in WORKLOADS:
        options.say(f"engine {name}")
        usual, quick = ROUNDS[name]
        outcomes = contest(name, ENGINES, rounds=quick if options.quick else usual, loop=options.loop)
        results[name] = {"engines": {engine: outcome.report() for engine, outcome in outcomes.items()}}
        results[name] |= {"by_wall": _ratios(outcomes, "wall"), "by_cpu": _ratios(outcomes, "cpu")}
        results[name]["rss_to_limit"] = round(outcomes["pointwork"].rss_mb / outcomes["limit"].rss_mb, 2)
        if ideal_s := workload(name).ideal_s:
            results[name]["to_ideal"] = round(median(outcomes["pointwork"].wall_s) / ideal_s, 3)
    return results


def _ratios(outcomes: dict[str, Outcome], by: Literal["wall", "cpu"]) -> dict[str, float]:
    ours = outcomes["pointwork"]
    return {
        "to_limit": round(ratio(ours, outcomes["limit"], by=by), 3),
        "to_limit_task": round(ratio(ours, outcomes["limit-task"], by=by), 3),
        "langgraph_to_ours": round(1 / ratio(ours, outcomes["langgraph"], by=by), 2),
    }
