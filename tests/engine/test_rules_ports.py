"""Ports: which edges are live after each way a node can end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.acting import Broke, Out, acted
from tests.engine.drawings import drawing

CONDITION = {"c": "condition"}
ROUTER = {
    "c": {"type": "router", "router_config": {"cases": [{"name": "x", "when": "n > 1"}, {"name": "y", "when": "n"}]}}
}
HUMAN = {"c": {"type": "human", "human_config": {"question": "Pay?", "choices": ["yes", "no"]}}}
WORK: dict[str, Any] = {"c": "work"}
OFF: dict[str, Any] = {"c": {"type": "condition", "disabled": True}}
CONTINUE = {"c": {"on_error": "continue"}}
TO = {"c": "condition"}

ROWS = [
    ("condition-true", "c.true -> a; c.false -> b; c -> u", CONDITION, Out(1, "true", "*"), "a"),
    ("condition-false", "c.true -> a; c.false -> b", CONDITION, Out(1, "false", "*"), "b"),
    ("condition-only-one-branch", "c.true -> a", CONDITION, Out(1, "false", "*"), ""),
    ("router-first", "c.x -> a; c.y -> b; c.else -> d", ROUTER, Out(1, "x"), "a"),
    ("router-second", "c.x -> a; c.y -> b; c.else -> d", ROUTER, Out(1, "y"), "b"),
    ("router-else", "c.x -> a; c.y -> b; c.else -> d", ROUTER, Out(1, "else"), "d"),
    ("human-choice", "c.yes -> a; c.no -> b; c.out -> d", HUMAN, Out("yes", "yes"), "a"),
    ("work-out", "c -> a; c -> b; c.error -> d", WORK, 1, "a b"),
    ("work-error", "c -> a; c -> b; c.error -> d", WORK, Broke(), "d"),
    ("condition-error", "c.true -> a; c.false -> b; c.error -> d", CONDITION, Broke(), "d"),
    ("several-from-one-port", "c.true -> a; c.true -> b; c.false -> d", CONDITION, Out(1, "true", "*"), "a b"),
    ("two-edges-between-two", "c.true -> a; c.false -> a", CONDITION, Out(1, "false", "*"), "a"),
    ("out-and-error-to-one", "c -> a; c.error -> a", WORK, Broke(), "a"),
    ("a-port-nobody-drew", "c.true -> a", CONDITION, Out(1, "elsewhere"), ""),
    ("no-port-at-all", "c -> a; c.error -> b", WORK, Out(1, ""), ""),
    ("disabled-all-but-error", "c.true -> a; c.false -> b; c.error -> d", OFF, 1, "a b"),
    ("disabled-without-edges", "c", OFF, 1, ""),
    ("continued-is-not-an-error", "c -> a; c -> b", CONTINUE, Broke(), "a b"),
]


@pytest.mark.parametrize(("text", "nodes", "answer", "live"), [pytest.param(*row, id=name) for name, *row in ROWS])
def test_ports(text: str, nodes: dict[str, Any], answer: Any, live: str) -> None:
    if "c -> u" in text:  # an edge of a condition that names no branch is always taken
        live += " u"
    play = acted(drawing(text, nodes), {}, {"c": answer})
    others = {name: status for name, status in play.statuses.items() if name != "c"}
    assert {name for name, status in others.items() if status == "completed"} == set(live.split())
    assert {*others.values()} <= {"completed", "skipped"}
    assert play.result[0] == "completed"


def test_a_disabled_node_is_started_and_ended_without_its_handler() -> None:
    play = acted(drawing("start -> off -> end", {"off": {"disabled": True}}), {"x": 1})
    assert play.result == ("completed", {"x": 1})
    assert "Started off" in [f"Started {e.node}" for e in play.events if e.type == "NodeStarted"]


def test_a_disabled_container_opens_nothing() -> None:
    flow = drawing("start -> off -> end", {"off": {"type": "map", "disabled": True}}, inside={"off": "a"})
    play = acted(flow, {"items": [1]})
    assert play.result == ("completed", {"items": [1]})
    assert "ScopeOpened" not in {event.type for event in play.events}


def test_a_disabled_node_hands_on_a_single_value_as_it_is() -> None:
    play = acted(drawing("a -> off -> b", {"off": {"disabled": True}}), {}, {"a": 7, "b": lambda p: p.inputs})
    assert play.output("off") == 7
    assert play.result == ("completed", {"output": 7})


def test_a_skipped_node_decides_its_edges_dead_of_every_port() -> None:
    play = acted(drawing("s.error -> c; c.true -> a; c.false -> b; c.error -> d", CONDITION))
    assert play.statuses == {"s": "completed", "c": "skipped", "a": "skipped", "b": "skipped", "d": "skipped"}
