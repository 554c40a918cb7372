"""What somebody who looks at a node may name: all that an expression there could read, as it could read it."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine.looking import names_at
from pointwork.errors import ExpressionError
from pointwork.expressions import evaluate
from tests.engine.drawings import drawing
from tests.engine.simulator import Play


def seen(play: Play, expression: str, scope: str = "", node: str | None = None) -> Any:
    """The value of an expression at a place."""
    found = play.scheduler.state.scopes[scope]
    return evaluate(expression, names_at(found, None if node is None else found.plan.nodes[found.plan.index[node]]))


def test_the_top_of_a_workflow() -> None:
    play = Play(drawing("start -> a -> b", variables={"tone": "dry"}), {"topic": "trains"})
    play.done("a", {"text": "on time"})
    assert seen(play, "[inputs.topic, vars.tone, nodes.a.text, nodes.a.output.text]") == [
        "trains", "dry", "on time", "on time",
    ]  # fmt: skip
    assert seen(play, "nodes.start.topic") == "trains"
    assert seen(play, "[item, output, nodes.b, nodes.nobody]") == [None, None, None, None]


def test_a_node_that_is_about_to_start_that_works_and_that_has_ended() -> None:
    play = Play(drawing("start -> a -> b"), {"topic": "trains"})
    assert seen(play, "[topic, output]", node="a") == ["trains", None]
    assert seen(play, "text", node="b") is None
    play.done("a", {"text": "on time"})
    assert seen(play, "[text, output]", node="b") == ["on time", None]
    assert seen(play, "output.text", node="a") == "on time"


def test_what_a_node_received_is_what_it_was_given() -> None:
    flow = drawing("start -> a", {"a": {"inputs": [{"name": "subject", "source_field": "topic"}]}})
    play = Play(flow, {"topic": "trains"})
    assert seen(play, "[subject, topic, inputs.topic]", node="a") == ["trains", None, "trains"]


def test_items_of_a_map_and_what_is_around_it() -> None:
    play = Play(drawing("start -> a -> m -> z; b -> c", {"m": "map"}, inside={"m": "b c"}), {"topic": "trains"})
    play.done("a", {"items": ["x", "y"]})
    play.done("m[1]/b", "second")
    assert seen(play, "[item, index, nodes.b.output, nodes.a.items]", "m[1]") == ["y", 1, "second", ["x", "y"]]
    assert seen(play, "[nodes.b, nodes.m.item]", "m[0]", "c") == [None, "x"]
    assert seen(play, "nodes.b.output") == []  # of the items that are done
    for where in ("m[0]/b", "m[0]/c", "m[1]/c"):
        play.done(where, where)
    assert seen(play, "nodes.b.output") == ["m[0]/b", "second"]
    assert seen(play, "nodes.c.output[1]", node="z") == "m[1]/c"


def test_a_round_of_a_drawn_loop_reads_the_round_before() -> None:
    play = Play(drawing("start -> a -> b; b.false -> a; b.true -> z", {"b": "condition"}))
    play.done("loop:a[0]/a", "first")
    assert seen(play, "nodes.a.output", "loop:a[0]", "b") == "first"
    play.done("loop:a[0]/b", "once more", "false")
    assert seen(play, "[index, nodes.a.output, nodes.b.output]", "loop:a[1]", "a") == [1, "first", "once more"]


def test_names_of_its_own_are_read_as_the_node_reads_them() -> None:
    flow = drawing(
        "start -> a -> b; b.false -> a; b.true -> z",
        {"b": "condition", "a": {"type": "work", "work_config": {"formula": "nodes.b.output"}}},
    )
    play = Play(flow)
    play.done("loop:a[0]/a", "one")
    play.done("loop:a[0]/b", "two", "false")
    play.done("loop:a[1]/a", "three")
    play.done("loop:a[1]/b", "four", "false")
    assert seen(play, "nodes.b.output", "loop:a[2]", "a") == "four"


def test_a_sub_workflow_keeps_to_itself() -> None:
    inner = drawing("start -> c", id="inner", variables={"tone": "dry"})
    play = Play(
        drawing("start -> w -> z", {"w": {"type": "workflow", "workflow_config": {"workflow_id": "inner"}}}),
        {"topic": "trains"},
        workflows={("inner", None): inner},
    )
    assert seen(play, "[inputs.topic, vars.tone, nodes.start.topic, nodes.w]", "w[0]", "c") == [
        "trains", "dry", "trains", None,
    ]  # fmt: skip
    assert seen(play, "[nodes.c, vars.tone]") == [None, None]


def test_the_nodes_as_a_whole_are_no_value() -> None:
    play = Play(drawing("start -> a"))
    with pytest.raises(ExpressionError, match=r"group of names is not a value"):
        seen(play, "nodes")
    nodes = names_at(play.scheduler.state.root)["nodes"].names
    assert list(nodes) == ["start", "a"]
    assert len(nodes) == 2
