"""Plans: order, what was worked out for counting, and that they survive being written."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine import Plan, compile
from pointwork.engine.plan import Address, PlanNode
from pointwork.engine.scope import MISSING
from tests.engine.acting import Out, acted
from tests.engine.drawings import SPECS, drawing
from tests.engine.simulator import story


def plan(text: str, nodes: Any = None, **more: Any) -> Plan:
    return compile(drawing(text, nodes, **more), SPECS)


def order(made: Plan) -> str:
    return " ".join(node.id for node in made.nodes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> b -> c", "a b c"),
        ("c; b; a", "c b a"),
        ("b -> c; a -> c", "b a c"),
        ("c -> b; a -> b; b -> d", "c a b d"),
        ("start -> z; start -> a; a -> z", "start a z"),
        ("a -> b; b.error -> a; b -> c", "loop:a c"),
    ],
)
def test_order(text: str, expected: str) -> None:
    assert order(plan(text)) == expected


def test_what_was_worked_out() -> None:
    made = plan(
        "start -> a -> j; start -> b -> j; j.error -> z; j -> end", {"j": {"join": "any", "cancel_losers": True}}
    )
    assert made.fan_in == [0, 1, 1, 2, 1, 1]
    assert made.eager == [False, False, False, True, False, False]
    assert made.roots == (0,)
    assert made.sinks == (4, 5)
    assert made.ends == (5,)
    nodes = {node.id: node for node in made.nodes}
    assert nodes["a"].plain == (3,)
    assert nodes["j"].plain is None
    assert nodes["j"].has_error_edge
    assert not nodes["a"].has_error_edge
    assert nodes["j"].losers == (0, 1, 2)
    assert nodes["a"].race == 3
    assert nodes["a"].single == 0
    assert nodes["z"].single == 3
    assert nodes["end"].single is None, "an end collects"
    assert nodes["a"].sources == (("start", 0),)
    assert nodes["j"].sources == (("a", 1), ("b", 2))
    assert nodes["z"].sources == (("j", 3),)
    assert nodes["end"].sources is None, "an end collects"


def test_edges_from_one_node_have_one_source() -> None:
    made = plan("start -> a; start.error -> a")
    assert made.nodes[1].sources == (("start", 0),)


def test_behind_a_transparent_node_values_are_not_taken_as_they_are() -> None:
    made = plan("start -> c; c.true -> a", {"c": "condition"})
    assert [node.single for node in made.nodes] == [None, 0, None]
    assert [node.sources for node in made.nodes] == [(), (("start", 0),), None]


def test_ways_out_and_back() -> None:
    made = plan("start -> a -> c; c.false -> a; c.true -> end; a.error -> z", {"c": "condition"})
    body = next(node.body for node in made.nodes if node.policy == "cycle")
    assert body is not None
    assert [(edge.port, edge.kind) for edge in body.backs] == [("false", "back")]
    assert sorted((edge.port, edge.kind, edge.exit) for edge in body.exits) == [
        ("error", "exit", 1),
        ("true", "exit", 0),
    ]
    outer = made.nodes[1]
    assert [(edge.port, edge.origin) for edge in outer.outgoing] == [("exit:0", (1, 1)), ("exit:1", (1, 0))]


def test_walk_names_what_is_around() -> None:
    made = plan("start -> m; a -> c; c.error -> a", {"m": "map", "a": {}}, inside={"m": "a c"})
    assert [(prefix, node.id) for prefix, node in made.walk()] == [
        ((), "start"), ((), "m"), (("m",), "loop:a"), (("m", "loop:a"), "a"), (("m", "loop:a"), "c"),
    ]  # fmt: skip


ALL = drawing(
    "start -> m -> z; start -> g -> z; a -> c; c.false -> a; start -> off -> z; z -> end",
    {
        "m": {"type": "map", "map_config": {"concurrency": 2}, "retry": {"max_attempts": 2}, "timeout_s": 5},
        "a": {"inputs": [{"name": "x", "source_node": "m", "source_field": "item"}, {"name": "y", "default": None},
                         {"name": "z", "source_node": "c"}]},
        "c": "condition",
        "g": {"type": "parallel", "parallel_config": {"wait_for": "any"}},
        "off": {"disabled": True},
        "z": {"join": "n", "join_n": 3, "cancel_losers": True, "on_error": "continue",
              "work_config": {"prompt": "{{ nodes.start.n }} {{ inputs.n }}"}},
    },
    inside={"m": "a c", "g": "d e"},
    variables={"v": {"w": [1, None]}},
    limits={"max_parallel": 7, "max_iterations": 3},
)  # fmt: skip


def test_a_plan_survives_being_written() -> None:
    made = compile(ALL, SPECS)
    again = Plan.load(made.dump())
    assert again == made
    assert again.dump() == made.dump()
    assert again.hash == made.hash
    assert len(made.hash) == 64


def test_a_plan_that_was_read_runs_as_the_one_that_was_written() -> None:
    made = compile(ALL, SPECS)
    script = {"c": [Out(1, "false", "*"), Out(1, "true", "*"), Out(1, "true", "*")]}
    first, second = (acted(one, {"items": [1, 2], "n": 5}, script) for one in (made, Plan.load(made.dump())))
    assert story(first.events) == story(second.events)
    assert first.events == second.events
    assert first.result[0] == "completed"


def test_the_hash_is_that_of_what_the_plan_means() -> None:
    one = plan("a -> b")
    assert plan("a -> b").hash == one.hash
    assert plan("a -> b", {"b": {"position": {"x": 5}, "description": "moved"}}).hash == one.hash
    assert plan("a -> b", {"b": {"join": "any"}}).hash != one.hash
    assert plan("a -> b", limits={"max_parallel": 2}).hash != one.hash


def test_addresses() -> None:
    """Climb out of two scopes, then go down into a loop."""
    made = plan(
        "start -> b -> c; c.error -> b; c -> m",
        {
            "m": "map",
            "g": "parallel",
            "a": {"inputs": [{"name": "x", "source_node": "b"}, {"name": "y", "source_node": "m"}]},
        },
        inside={"m": "g", "g": "a"},
    )
    (_, reader), *_ = [found for found in made.walk() if found[1].id == "a"]
    assert [one.address for one in reader.inputs] == [Address(2, (1, 0)), Address(1, inside=True)]


def test_more_are_needed_than_there_are() -> None:
    made = plan(
        "start -> g", {"g": {"type": "parallel", "parallel_config": {"wait_for": "n", "n": 9}}}, inside={"g": "a b"}
    )
    body = made.nodes[1].body
    assert body is not None
    assert body.need == 2


def test_a_plan_of_hand_made_nodes() -> None:
    made = Plan(nodes=(PlanNode(id="only", type="end", index=0),))
    assert (made.roots, made.ends, made.sinks) == ((0,), (0,), (0,))


def test_missing_is_not_null() -> None:
    assert repr(MISSING) == "MISSING"
    assert not MISSING
    assert MISSING is not None
