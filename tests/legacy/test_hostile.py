"""Documents that make no sense: understood as far as they go, never a crash, and quickly."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pointwork.legacy import normalise
from pointwork.workflow import Workflow
from tests.legacy.drawing import bodies, checked, codes, drawing, drawn

LOOP = {"type": "loop"}


@pytest.mark.parametrize(
    ("document", "edges", "repeated", "said"),
    [
        ({}, "", {}, ""),
        ({"nodes": [], "edges": [{"source": "a", "target": "b"}]}, "a>b", {}, ""),
        # ids that occur twice: which of them an edge means cannot be known
        (
            {"nodes": [{"id": "L", **LOOP}, {"id": "L", **LOOP}, {"id": "a", "type": "agent"}],
             "edges": [{"source": "L", "target": "a"}, {"source": "a", "target": "L"}]},
            "L>a a>L", {}, "",
        ),
        (
            {"nodes": [{"id": "C", "type": "condition"}, {"id": "C", "type": "agent"}],
             "edges": [{"source": "C", "target": "x"}]},
            "C>x", {}, "",
        ),
        # edges to nowhere
        (
            {"nodes": [{"id": "L", **LOOP}],
             "edges": [{"source": "L", "target": "gone"}, {"source": "gone", "target": "L"}]},
            "L>gone gone>L", {}, "W-LOOP-EMPTY L",
        ),
        (
            {"nodes": [{"id": "L", **LOOP}, {"id": "a", "type": "agent"}],
             "edges": [{"source": "L", "target": "a"}, {"source": "a", "target": "L"},
                       {"source": "a", "target": "gone"}]},
            "a>gone", {"L": "a"}, "",
        ),
        # parents that do not exist, that are no containers, that hold each other or themselves
        (
            {"nodes": [{"id": "L", "parent": "gone", **LOOP}, {"id": "a", "parent": "gone", "type": "agent"}],
             "edges": [{"source": "L", "target": "a"}, {"source": "a", "target": "L"}]},
            "L>a a>L", {"gone": "L a"}, "W-LOOP-EMPTY L",
        ),
        (drawing("start>L1 L1>a a>L1", L1=LOOP | {"parent": "L2"}, L2=LOOP | {"parent": "L1"}),
         "start>L1 L1>a a>L1", {"L2": "L1", "L1": "L2"}, ""),
        (drawing("start>L L>a a>L", L=LOOP | {"parent": "L"}), "start>L L>a a>L", {"L": "L"}, ""),
        (
            drawing("start>L L>a a>L", P={"type": "map", "parent": "Q"}, Q={"type": "map", "parent": "P"},
                    L=LOOP | {"parent": "P"}, a={"parent": "P", "inputs": [{"name": "x", "source_node": "L"}]}),
            "start>L", {"P": "L Q", "L": "a", "Q": "P"}, "",
        ),
        # edges of a node to itself
        (drawing("start>a a>a a>end"), "start>a a>a a>end", {}, ""),
        (drawing("start>L L>a a>a a>end"), "start>L a>a L>end", {"L": "a"}, "N-LOOP-BODY L"),
        # the same edge twice
        (drawing("start>L start>L L>a L>a a>end a>end"), "start>L start>L L>end", {"L": "a"}, "N-LOOP-BODY L"),
        # nothing but loops, in a circle
        (drawing("L1>L2 L2>L3 L3>L1"), "", {"L1": "L2", "L2": "L3"}, "N-LOOP-BODY L2, W-LOOP-EMPTY L3"),
        # a start within the circle
        (drawing("start>L L>start"), "", {"L": "start"}, ""),
        # entered at two places, none of them the loop
        (drawing("start>a start>b a>b b>L L>a L>end"), "start>L a>b L>end", {"L": "a b"}, ""),
    ],
)  # fmt: skip
def test_hostile(document: dict[str, Any], edges: str, repeated: dict[str, str], said: str) -> None:
    workflow, problems = checked(document)
    assert drawn(workflow) == edges
    assert bodies(workflow) == repeated
    assert codes(problems) == said


def chaos(seed: int) -> dict[str, Any]:
    """Any nodes, any edges, any parents."""
    chance = random.Random(seed)
    ids = [f"n{number}" for number in range(chance.randint(1, 9))]
    some = [*ids, "gone"]
    nodes: list[dict[str, Any]] = []
    for name in ids:
        node: dict[str, Any] = {"id": name if chance.random() < 0.97 else ids[0]}
        node["type"] = chance.choice(["loop", "loop", "agent", "agent", "condition", "router", "map", "start", "end"])
        if chance.random() < 0.15:
            node["parent"] = chance.choice(some)
        if chance.random() < 0.5:
            fields = ["items", "output", "results", "item"]
            node["inputs"] = [
                {"name": "x", "source_node": chance.choice(some), "source_field": chance.choice(fields)}
                for _ in range(chance.randint(1, 3))
            ]
        nodes.append(node)
    edges = [
        {
            "source": chance.choice(some),
            "target": chance.choice(some),
            "condition": chance.choice([None, "true", "error"]),
        }
        for _ in range(chance.randint(0, 16))
    ]
    return {"nodes": nodes, "edges": edges, "limits": {"max_depth": chance.randint(1, 4)}}


@pytest.mark.parametrize("start", range(0, 2_000, 500))
def test_chaos(start: int) -> None:
    for seed in range(start, start + 500):
        document = chaos(seed)
        workflow, _ = checked(document, sense=False)
        assert {node.id for node in workflow.nodes} == {node["id"] for node in document["nodes"]}
        parents = {node.id: node.parent for node in workflow.nodes}
        given = {node["id"]: node.get("parent") for node in document["nodes"]}
        for name, parent in parents.items():
            if parent != given[name]:  # what was put into a loop is in no circle, and no edge of its crosses a border
                assert given[name] == _outermost(parents, given, name)


def _outermost(parents: dict[str, str | None], given: dict[str, str | None], name: str) -> str | None:
    """The stored parent of the loop that was put around a node last."""
    trail: list[str] = []
    here = name
    while parents[here] != given[here]:
        assert here not in trail
        trail.append(here)
        above = parents[here]
        assert above is not None
        here = above
    return given[here]


HUGE = 10_000
HUGE_DOCUMENTS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]], int]] = {
    # name: nodes, edges, how many nodes are in a loop afterwards
    "a chain": (
        [{"id": f"a{n}", "type": "agent"} for n in range(HUGE)],
        [(f"a{n}", f"a{n + 1}") for n in range(HUGE - 1)],
        0,
    ),
    "one loop around all": (
        [{"id": "L", **LOOP}, *({"id": f"a{n}", "type": "agent"} for n in range(HUGE - 1))],
        [("L", "a0"), *((f"a{n}", f"a{n + 1}") for n in range(HUGE - 2)), (f"a{HUGE - 2}", "L")],
        HUGE - 1,
    ),
    "loops one after the other": (
        [{"id": f"{kind}{n}", "type": "loop" if kind == "L" else "agent"} for n in range(HUGE // 2) for kind in "La"],
        [edge for n in range(HUGE // 2) for edge in ((f"L{n}", f"a{n}"), (f"a{n}", f"L{n + 1}"))][:-1],
        HUGE // 2,
    ),
    "a loop with a reader for all": (
        [{"id": "L", **LOOP}, *({"id": f"a{n}", "type": "agent"} for n in range(HUGE - 1))],
        [("L", f"a{n}") for n in range(HUGE - 1)],
        HUGE - 1,
    ),
    "loops within loops without end": (
        [{"id": f"L{n}", **LOOP} for n in range(HUGE)],
        [*((f"L{n}", f"L{n + 1}") for n in range(HUGE - 1)), *((f"L{n + 1}", f"L{n}") for n in range(HUGE - 1))],
        0,
    ),
}


@pytest.mark.parametrize("name", HUGE_DOCUMENTS)
def test_huge(name: str) -> None:
    nodes, edges, repeated = HUGE_DOCUMENTS[name]
    document = {"nodes": nodes, "edges": [{"source": source, "target": target} for source, target in edges]}
    workflow, _ = normalise(Workflow.load(document))
    assert sum(node.parent is not None for node in workflow.nodes) == repeated
