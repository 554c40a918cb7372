"""What bounds a run that would not end or would say what nobody can follow: rounds, pauses after steps, overrides."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Breakpoint as Stop
from pointwork.commands import Completed, Override, Pause, Perform, Resume, SetBreakpoints, Start, Step
from pointwork.engine import Scheduler, compile
from pointwork.errors import Unacceptable
from pointwork.events import ExecutionFinished, ExecutionPaused
from pointwork.nodes import builtin_registry
from pointwork.workflow import Workflow

SPECS = builtin_registry().specs


def scheduler(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], **limits: int) -> Scheduler:
    flow = Workflow.load({"nodes": nodes, "edges": edges, "limits": limits})
    return Scheduler(compile(flow, SPECS))


@pytest.mark.parametrize(("kind", "condition"), [("while", "true"), ("until", "false")])
def test_a_loop_without_nodes_has_no_rounds(kind: str, condition: str) -> None:
    config = {"loop_type": kind, "condition": condition, "max_iterations": 1_000_000}
    events, _ = scheduler([{"id": "l", "type": "loop", "loop_config": config}], []).handle(Start({}))
    last = events[-1]
    assert isinstance(last, ExecutionFinished)
    assert (last.status, last.result["total_iterations"], last.result["status"]) == ("completed", 0, "completed")
    assert len(events) == 4


def test_a_pause_that_somebody_asks_for_follows_the_one_after_a_step() -> None:
    made = scheduler([{"id": "a", "type": "agent"}, {"id": "b", "type": "agent"}], [])
    made.handle(Start({}, breakpoints=(Stop("a"),)))
    stepped, _ = made.handle(Step())
    asked, _ = made.handle(Pause())
    again, _ = made.handle(Pause())
    reasons = [[e.reason for e in events if isinstance(e, ExecutionPaused)] for events in (stepped, asked, again)]
    assert reasons == [["step"], ["user"], []]


CONDITION = [
    {"id": "c", "type": "condition", "condition_config": {"field": "x", "value": 1}},
    {"id": "yes", "type": "agent"},
    {"id": "no", "type": "agent"},
]
BRANCHES = [
    {"source": "c", "target": "yes", "condition": "true"},
    {"source": "c", "target": "no", "condition": "false"},
]


@pytest.mark.parametrize("ports", [None, ("nonsense",), ("true", "nonsense")])
def test_an_override_must_lead_on(ports: tuple[str, ...] | None) -> None:
    made = scheduler(CONDITION, BRANCHES)
    made.handle(Start({"x": 1}, breakpoints=(Stop("c"),)))
    with pytest.raises(Unacceptable, match="'c' needs ports") as refused:
        made.handle(Override("c", {"branch": "true"}, ports=ports))
    assert "'true', 'false'" in refused.value.hint


def test_an_override_takes_the_branch_that_it_names() -> None:
    made = scheduler(CONDITION, BRANCHES)
    made.handle(Start({"x": 1}, breakpoints=(Stop("c"),)))
    made.handle(Override("c", {"branch": "false"}, ports=("false",)))
    made.handle(SetBreakpoints())
    _, commands = made.handle(Resume())
    assert [c.node for c in commands if isinstance(c, Perform)] == ["no"]
    events, _ = made.handle(Completed("", "no", 1, "done"))
    assert isinstance(events[-1], ExecutionFinished)
