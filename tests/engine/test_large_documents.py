"""The largest documents that are allowed, in shapes that tempt a compiler to search: they are checked all the same.

Nothing is timed here. What took more than linear time once would take minutes at this size, and a test has two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pointwork.engine import Plan, check, compile
from pointwork.workflow import MAX_NODES, Workflow
from tests.engine.drawings import SPECS
from tests.engine.simulator import Play

N = MAX_NODES
M = 2_000  # for shapes with several parts to a node

Nodes = list[dict[str, Any]]


def node(number: int, **parts: Any) -> dict[str, Any]:
    return {"id": f"n{number}", "type": "work", **parts}


def edge(source: int, target: int) -> dict[str, Any]:
    return {"source": f"n{source}", "target": f"n{target}"}


def reads(*numbers: int) -> Nodes:
    return [{"name": f"x{place}", "source_node": f"n{number}"} for place, number in enumerate(numbers)]


def chain() -> tuple[Nodes, Nodes]:
    return [node(i) for i in range(N)], [edge(i, i + 1) for i in range(N - 1)]


def fan() -> tuple[Nodes, Nodes]:
    inner = range(1, N - 1)
    return [node(i) for i in range(N)], [edge(0, i) for i in inner] + [edge(i, N - 1) for i in inner]


def ladder() -> tuple[Nodes, Nodes]:
    """Each node follows the two before it, and reads one of them and one that is far away."""
    nodes = [node(i, inputs=reads(max(0, i - 2), i // 2) if i else []) for i in range(N)]
    return nodes, [edge(i, i + 1) for i in range(N - 1)] + [edge(i, i + 2) for i in range(N - 2)]


def small_loops() -> tuple[Nodes, Nodes]:
    """Every node repeats itself, and every second leads back to the one before it."""
    edges = [edge(i, i) for i in range(M)] + [edge(i, i + 1) for i in range(M - 1)]
    return [node(i) for i in range(M)], edges + [edge(i + 1, i) for i in range(0, M - 1, 2)]


def races() -> tuple[Nodes, Nodes]:
    """Every node of a chain is a race with one more node, so all are losers of all races behind them."""
    nodes = [node(i) for i in range(M)]
    nodes += [node(i, join="any", cancel_losers=True) for i in range(M, 2 * M)]
    return nodes, [edge(i, M + i) for i in range(M)] + [edge(i, i + 1) for i in range(M, 2 * M - 1)]


@pytest.mark.parametrize("shape", [chain, fan, ladder, small_loops, races])
def test_a_large_document_becomes_a_plan(shape: Callable[[], tuple[Nodes, Nodes]]) -> None:
    nodes, edges = shape()
    plan = compile(Workflow.load({"nodes": nodes, "edges": edges}), SPECS)
    written = plan.dump()
    assert Plan.load(written).dump() == written
    assert {found.id for _, found in plan.walk()} >= {part["id"] for part in nodes}


def test_a_chain_of_races_is_called_off_from_its_end() -> None:
    nodes, edges = races()
    document = {"nodes": [*nodes, node(2 * M)], "edges": [*edges, edge(2 * M, 2 * M - 1)]}
    play = Play(Workflow.load({**document, "limits": {"max_parallel": N}}))
    play.done(f"n{2 * M}")
    assert play.at_work == [f"n{2 * M - 1}"]
    assert sum(status == "cancelled" for status in play.statuses.values()) == 2 * M - 1


# ------------------------------------------------------------------------------------------------ what is wrong


def nested_cycles() -> tuple[Nodes, Nodes]:
    """Cycles in cycles: every node is entered again from the last one."""
    edges = [edge(i, i + 1) for i in range(M - 1)] + [edge(M - 1, i) for i in range(M - 1)]
    return [node(i) for i in range(M)], edges


def nested_containers() -> tuple[Nodes, Nodes]:
    nodes = [node(i, parent=f"n{i - 1}") | {"type": "parallel"} for i in range(1, N)]
    return [node(0) | {"type": "parallel"}, *reversed(nodes)], []


def containers_in_a_circle() -> tuple[Nodes, Nodes]:
    return [node(i, parent=f"n{(i + 1) % N}") | {"type": "parallel"} for i in range(N)], []


def readers_of_nothing() -> tuple[Nodes, Nodes]:
    return [node(i, inputs=[{"name": "x", "source_node": f"n{i}x"}]) for i in range(M)], []


def unknown_types() -> tuple[Nodes, Nodes]:
    return [node(i) | {"type": f"conditiom{i}"} for i in range(M)], []


@pytest.mark.parametrize(
    ("shape", "code", "count"),
    [
        (nested_cycles, "E-DEPTH", 1),
        (nested_containers, "E-DEPTH", 1),
        (containers_in_a_circle, "E-PARENT", 1),
        (readers_of_nothing, "E-READS-UNKNOWN", M),
        (unknown_types, "E-TYPE", M),
    ],
)
def test_a_large_document_is_refused(shape: Callable[[], tuple[Nodes, Nodes]], code: str, count: int) -> None:
    nodes, edges = shape()
    problems = check(Workflow.load({"nodes": nodes, "edges": edges}), SPECS)
    assert [problem.code for problem in problems] == [code] * count


def test_only_the_first_wrong_names_are_compared_with_the_right_ones() -> None:
    nodes, edges = readers_of_nothing()
    problems = check(Workflow.load({"nodes": nodes, "edges": edges}), SPECS)
    hints = ["Did you mean" in problem.hint for problem in problems]
    assert hints[:20] == [True] * 20
    assert not any(hints[20:])


# ------------------------------------------------------------------------------------------------ other workflows


def calling(count: int, calls: int, *, deep: int = 0) -> dict[tuple[str, int | None], Workflow]:
    """Workflows f0, f1, … that each run the next one so many times, within so many containers."""
    stored: dict[tuple[str, int | None], Workflow] = {}
    for number in range(count):
        nodes = [node(i, parent=f"n{i - 1}") | {"type": "parallel"} for i in range(1, deep)]
        nodes += [node(0) | {"type": "parallel"}] if deep else []
        place = {"parent": f"n{deep - 1}"} if deep else {}
        runs = {"type": "workflow", "workflow_config": {"workflow_id": f"f{number + 1}"}} if number + 1 < count else {}
        nodes += [node(1_000 + i, **place) | runs for i in range(calls)]
        stored[f"f{number}", None] = Workflow.load(
            {"id": f"f{number}", "nodes": nodes, "edges": [], "limits": {"max_depth": 100}}
        )
    return stored


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (calling(101, 1), None),
        (calling(102, 1), "E-DEPTH"),
        (calling(4, 1, deep=24), None),
        (calling(5, 1, deep=24), "E-DEPTH"),  # containers and workflows together
        (calling(11, 2), None),
        (calling(40, 2), "E-SIZE"),  # a million million nodes, were they all made
    ],
)
def test_workflows_in_workflows(stored: dict[tuple[str, int | None], Workflow], code: str | None) -> None:
    problems = check(stored["f0", None], SPECS, stored)
    assert {problem.code for problem in problems} == ({code} if code else set())
    if not code:
        written = compile(stored["f0", None], SPECS, stored).dump()
        assert Plan.load(written).dump() == written


def test_the_deepest_workflow_runs() -> None:
    stored = calling(4, 1, deep=24)
    play = Play(compile(stored["f0", None], SPECS, stored))
    [where] = play.at_work
    play.done(where, "from below")
    assert play.result == ("completed", "from below")
