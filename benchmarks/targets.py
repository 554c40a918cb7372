"""What is demanded: for each figure a floor, which must hold, and a goal, which is where it is going.

Ratios are judged by processor time where nothing waits (W1 to W5 in memory), because other programs on the machine
disturb it least; where disks and pauses are waited for, by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["TARGETS", "Profile", "Target", "Verdict", "judged"]

Reached = Literal["goal", "floor", "missed", "not measured"]
Profile = tuple[str, ...]
"""What shows where the time goes: how it is made (see `profiles.py`), and of what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One demand. `figure` finds it in the figures of its suite; less is better, unless `more`."""

    suite: str
    what: str
    unit: str = "×"
    figure: Callable[[Any], float | None]
    floor: float | None
    goal: float | None
    more: bool = False
    profile: Profile | None = None

    def reached(self, value: float | None) -> Reached:
        """How far it got. A demand without a floor is missed when its goal is."""
        if value is None:
            return "not measured"
        if self.goal is not None and self._holds(value, self.goal):
            return "goal"
        return "floor" if self.floor is not None and self._holds(value, self.floor) else "missed"

    def _holds(self, value: float, mark: float) -> bool:
        return value >= mark if self.more else value <= mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A demand, and what became of it."""

    target: Target
    value: float | None
    reached: Reached

    @property
    def is_complete(self) -> bool:
        """Nothing is left to reach."""
        return self.reached == "goal" or (self.reached == "floor" and self.target.goal is None)

    def report(self) -> dict[str, Any]:
        target = self.target
        return {
            "suite": target.suite, "what": target.what, "unit": target.unit, "value": self.value,
            "floor": target.floor, "goal": target.goal, "better": "more" if target.more else "less",
            "reached": self.reached,
        }  # fmt: skip


def judged(suites: dict[str, Any], targets: Sequence[Target] | None = None) -> list[Verdict]:
    """Every demand of the suites that were run."""
    verdicts: list[Verdict] = []
    for target in TARGETS if targets is None else targets:
        if target.suite in suites:
            value = target.figure(suites[target.suite])
            verdicts.append(Verdict(target=target, value=value, reached=target.reached(value)))
    return verdicts


def _at(*path: str) -> Callable[[Any], float | None]:
    """The figure at the end of a path; None where it was not measured."""

    def find(figures: Any) -> float | None:
        for name in path:
            figures = figures.get(name) if isinstance(figures, dict) else None
        return figures

    return find


def _engine(name: str, title: str, *, limit: tuple[str, float, float], langgraph: tuple[float, float]) -> list[Target]:
    profile = ("worker", "pointwork", name)
    against, floor, goal = limit
    yardstick = "the limit" if against == "to_limit" else "the limit with a task per node"
    return [
        Target(
            suite="engine", what=f"{title}: time of {yardstick}", figure=_at(name, "by_cpu", against),
            floor=floor, goal=goal, profile=profile,
        ),
        Target(
            suite="engine", what=f"{title}: faster than LangGraph", figure=_at(name, "by_cpu", "langgraph_to_ours"),
            floor=langgraph[0], goal=langgraph[1], more=True, profile=profile,
        ),
    ]  # fmt: skip


def _durable(key: str, what: str, *path: str, floor: float, goal: float | None, more: bool = False) -> Target:
    return Target(
        suite="durable", what=what, figure=_at(key, *path), floor=floor, goal=goal, more=more,
        profile=("worker", "pointwork-power", *key.split()) if key.startswith("W") else None,
    )  # fmt: skip


def _written(where: str, what: str, *, floor: float, goal: float | None) -> Target:
    return Target(
        suite="durable", what=what, unit="bytes", figure=_at("written", where, "pointwork-power"),
        floor=floor, goal=goal,
    )  # fmt: skip


def _flushes(where: str, what: str, *, floor: float, goal: float) -> Target:
    return Target(
        suite="durable", what=what, unit="", figure=_at("flushes", where, "pointwork-power"), floor=floor, goal=goal
    )


def _startup(what: str, unit: str, *path: str, floor: float, goal: float, profile: Profile | None = None) -> Target:
    return Target(suite="startup", what=what, unit=unit, figure=_at(*path), floor=floor, goal=goal, profile=profile)


def _stream(audience: str, what: str, unit: str, figure: str, *, floor: float | None, goal: float | None) -> Target:
    return Target(
        suite="stream", what=f"{audience}: {what}", unit=unit, figure=_at(audience, figure), floor=floor, goal=goal,
        profile=("stream", "1000 viewers, batches"),
    )  # fmt: skip


def _sandbox(what: str, figure: str, *, floor: float, goal: float) -> Target:
    return Target(suite="sandbox", what=what, unit="ms", figure=_at("plain", figure), floor=floor, goal=goal)


def _recalled(kind: str, what: str, figure: str = "r1", *, floor: float, goal: float) -> Target:
    return Target(
        suite="memory",
        what=what,
        unit="",
        figure=_at("quality", "ours", kind, figure),
        floor=floor,
        goal=goal,
        more=True,
    )


def _to_cosine(figures: Any) -> float | None:
    """How much more often than by cosine alone the right one comes first."""
    ours, cosine = (_at("quality", name, "paraphrase", "r1")(figures) for name in ("ours", "cosine"))
    return None if ours is None or cosine is None else round(ours - cosine, 3)


def _recall(facts: str, *, floor: float | None, goal: float | None) -> Target:
    return Target(
        suite="memory", what=f"recall among {int(facts):,} facts, p50", unit="ms",
        figure=_at("latency", facts, "p50_ms"), floor=floor, goal=goal,
    )  # fmt: skip


HTTP = ("http",)
IMPORT = ("imports",)

TARGETS: list[Target] = [
    *_engine("W1", "W1, chain of 100", limit=("to_limit_task", 2.5, 1.5), langgraph=(12, 25)),
    *_engine("W2", "W2, fan of 1,000", limit=("to_limit", 3.0, 2.0), langgraph=(15, 30)),
    *_engine("W3", "W3, 20 layers of 50", limit=("to_limit", 4.5, 3.0), langgraph=(12, 20)),
    *_engine("W4", "W4, loop of 1,000 rounds", limit=("to_limit", 16.0, 6.0), langgraph=(20, 50)),
    # 20 % and 35 % of the runs per second of the limit.
    *_engine("W5", "W5, 1,000 runs at once", limit=("to_limit", 5.0, 1 / 0.35), langgraph=(18, 35)),
    Target(
        suite="engine",
        what="W5: memory of the limit",
        figure=_at("W5", "rss_to_limit"),
        floor=3.0,
        goal=2.0,
        profile=IMPORT,
    ),
    Target(
        suite="engine",
        what="W6, pauses of 50 ms: the ideal time",
        figure=_at("W6", "to_ideal"),
        floor=2.0,
        goal=1.5,
        profile=("worker", "pointwork", "W6"),
    ),
    Target(
        suite="engine",
        what="W7, unequal branches: the critical path",
        figure=_at("W7", "to_ideal"),
        floor=1.05,
        goal=1.03,
        profile=("worker", "pointwork", "W7"),
    ),
    _durable("W5 1000", "W5, 1,000 runs: time of the limit", "to_limit", floor=2.5, goal=1.5),
    _durable("W5 50", "W5, 50 runs: time of the limit", "to_limit", floor=2.5, goal=1.5),
    _durable("W5 50", "W5, 50 runs: faster than LangGraph", "langgraph_to_ours", floor=25, goal=40, more=True),
    _durable("W6 1000", "W6: the ideal time", "to_ideal", floor=3.0, goal=2.5),
    _durable("W7 1", "W7: the critical path", "to_ideal", floor=1.05, goal=1.03),
    _flushes("lone chain", "flushes per node, lone chain", floor=1.2, goal=1.1),
    _flushes("concurrent runs", "flushes per node, 30 runs", floor=0.2, goal=0.1),
    _written("lone chain", "written per node, lone chain", floor=4_096, goal=None),
    _written("concurrent runs", "written per node, 50 runs", floor=4_096, goal=1_024),
    _written("many concurrent runs", "written per node, 1,000 runs", floor=4_096, goal=1_024),
    Target(
        suite="http",
        what="run over HTTP, one client, p50",
        unit="ms",
        figure=_at("1 client", "p50_ms"),
        floor=20,
        goal=10,
        profile=HTTP,
    ),
    Target(
        suite="http",
        what="run over HTTP, 16 clients",
        unit="runs/s",
        figure=_at("16 clients", "runs_per_s"),
        floor=200,
        goal=400,
        more=True,
        profile=HTTP,
    ),
    _stream("1 viewer", "event to receipt, p50", "ms", "p50_ms", floor=None, goal=2),
    _stream("100 viewers", "lost", "events", "lost", floor=0, goal=0),
    _stream("100 viewers", "event to receipt, p99", "ms", "p99_ms", floor=250, goal=None),
    _stream("1000 viewers, batches", "lost", "events", "lost", floor=0, goal=0),
    _stream("1000 viewers, batches", "event to receipt, p99", "ms", "p99_ms", floor=250, goal=100),
    _sandbox("a call, the first one included", "cold_ms", floor=400, goal=250),
    _sandbox("a later call, p50", "warm_p50_ms", floor=60, goal=30),
    _recalled("paraphrase", "right one first, paraphrases", floor=0.80, goal=0.90),
    Target(
        suite="memory",
        what="the same, more than by cosine alone",
        unit="",
        figure=_to_cosine,
        floor=-0.01,
        goal=0.0,
        more=True,
    ),
    _recalled("identifier", "right one first, identifiers", floor=0.98, goal=1.0),
    _recalled("ticket", "right one first, 300 tickets", floor=0.98, goal=1.0),
    _recall("10000", floor=20, goal=10),
    _recall("100000", floor=None, goal=20),
    Target(
        suite="memory",
        what="an agent more, up to 5,000",
        unit="kB",
        figure=_at("agents", "kb_per_agent"),
        floor=100,
        goal=50,
    ),
    Target(suite="memory", what="its open files", unit="", figure=_at("agents", "files_more"), floor=0, goal=0),
    _startup("import of the engine", "ms", "imports", "pointwork", "best_ms", floor=250, goal=150, profile=IMPORT),
    _startup("server ready", "s", "server", "ready_s", "median", floor=2.5, goal=1.5, profile=IMPORT),
    _startup("processor time until ready", "s", "server", "ready_cpu_s", "median", floor=2.5, goal=1.2, profile=IMPORT),
    _startup("memory when idle (PSS)", "MB", "server", "idle_pss_mb", floor=150, goal=110),
    _startup("packages of the core", "", "install", "packages", floor=48, goal=42),
    _startup("the core on disk", "MiB", "install", "mib_on_disk", floor=110, goal=90),
]
