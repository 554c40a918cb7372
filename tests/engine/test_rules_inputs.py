"""What nodes receive: mappings, what arrives without them, names in templates, and the result."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine.inputs import field_of
from pointwork.events import NodeStarted
from tests.engine.acting import Broke, Out, acted
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, at

MAP = {"m": "map"}
LOOP = {"m": {"type": "loop"}}
UNTIL = {"m": {"type": "loop", "loop_config": {"loop_type": "until", "condition": "index == 2"}}}
GROUP = {"m": "parallel"}


def seen(play: Play, where: str) -> Any:
    """What an activation received."""
    place = at(where)
    return next(e.inputs for e in play.events if isinstance(e, NodeStarted) and (e.scope, e.node) == place)


# -------------------------------------------------------------------------------------- without mappings (S24)

# Drawing, what nodes answer, and what `z` receives.
ARRIVES: list[tuple[str, str, dict[str, Any], dict[str, Any], Any]] = [
    ("inputs-of-the-run", "z", {}, {}, {"n": 1}),
    ("through-start", "start -> z", {}, {}, {"n": 1}),
    ("an-object", "a -> z", {}, {"a": {"k": 1}}, {"k": 1}),
    ("one-other-value", "a -> z", {}, {"a": 5}, {"output": 5}),
    ("null-is-a-value", "a -> z", {}, {"a": None}, {"output": None}),
    ("objects-are-merged", "a -> z; b -> z", {}, {"a": {"k": 1, "l": 1}, "b": {"k": 2}}, {"k": 2, "l": 1}),
    ("object-and-value", "a -> z; b -> z", {}, {"a": {"k": 1}, "b": 5}, {"k": 1, "output": 5}),
    ("an-output-in-the-object", "a -> z; b -> z", {}, {"a": {"output": 1}, "b": 5}, {"output": 1}),
    ("several-values", "a -> z; b -> z", {}, {"a": 4, "b": 5}, {"a": 4, "b": 5}),
    ("dead-edges-bring-nothing", "a -> z; b.error -> z", {}, {"a": 4, "b": 5}, {"output": 4}),
    ("an-error", "a.error -> z", {}, {"a": Broke("odd")},
     {"error": {"node": "a", "path": "", "kind": "odd", "message": "a broke", "hint": ""}}),
    ("condition", "a -> c; c.true -> z", {"c": "condition"}, {"a": 5, "c": Out({"branch": 1}, "true")}, {"output": 5}),
    ("condition-object", "a -> c; c.true -> z", {"c": "condition"}, {"a": {"k": 1}, "c": Out(1, "true")}, {"k": 1}),
    ("two-conditions", "start -> c; c.true -> d; d.true -> z", {"c": "condition", "d": "condition"},
     {"c": Out(1, "true"), "d": Out(1, "true")}, {"n": 1}),
    ("router", "start -> r; r.else -> z",
     {"r": {"type": "router", "router_config": {"cases": [{"name": "x", "when": "n"}]}}},
     {"r": Out(1, "else")}, {"n": 1}),
    ("delay", "a -> d -> z", {"d": {"type": "delay", "delay_config": {"seconds": 1}}},
     {"a": 5, "d": "waited"}, {"output": 5}),
    ("disabled", "a -> d -> z", {"d": {"disabled": True}}, {"a": 5}, {"output": 5}),
    ("condition-that-failed", "a -> c; c.error -> z", {"c": "condition"}, {"a": 5, "c": Broke("odd")},
     {"error": {"node": "c", "path": "", "kind": "odd", "message": "c broke", "hint": ""}}),
    ("human-is-not-transparent", "a -> h -> z", {"h": {"type": "human", "human_config": {"question": "?"}}},
     {"a": 5, "h": "yes"}, {"output": "yes"}),
    ("one-source-by-two-edges", "c.true -> z; c -> z", {"c": "condition"}, {"c": Out(1, "true", "*")}, {"n": 1}),
    ("of-a-cycle", "start -> a -> c; c.false -> a; c.true -> z", {"c": "condition"},
     {"a": 5, "c": Out(1, "true", "*")}, {"output": 5}),
    ("of-a-cycle-by-two", "start -> a -> c; c.false -> a; c.true -> z; a -> b; b.error -> a; b -> z",
     {"c": "condition"}, {"a": 5, "b": 6, "c": Out(1, "true", "*")}, {"c": 5, "b": 6}),
    ("of-a-cycle-in-a-cycle", "start -> a -> b -> c; c.false -> b; b.error -> a; c.true -> z", {"c": "condition"},
     {"b": 5, "c": Out(1, "true", "*")}, {"output": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "nodes", "script", "received"), [pytest.param(*r[1:], id=r[0]) for r in ARRIVES])
def test_what_arrives(text: str, nodes: dict[str, Any], script: dict[str, Any], received: Any) -> None:
    play = acted(drawing(text, nodes), {"n": 1}, script)
    assert seen(play, "z") == received


# Container, inputs of the run, where, and what is received there.
ENTERS: list[tuple[str, dict[str, Any], dict[str, Any], str, Any]] = [
    ("for_each-value", LOOP, {"items": [5]}, "m[0]/a", {"item": 5}),
    ("for_each-object", LOOP, {"items": [{"k": 1}]}, "m[0]/a", {"k": 1}),
    ("for_each-null", LOOP, {"items": [None]}, "m[0]/a", {"item": None}),
    ("map-value", MAP, {"items": [4, 5]}, "m[1]/a", {"item": 5}),
    ("until-first", UNTIL, {"k": 1}, "m[0]/a", {"k": 1}),
    ("until-second", UNTIL, {"k": 1}, "m[1]/a", {"output": "a"}),
    ("parallel", GROUP, {"k": 1}, "m[0]/a", {"k": 1}),
]


@pytest.mark.parametrize(
    ("nodes", "inputs", "where", "received"), [pytest.param(*row, id=name) for name, *row in ENTERS]
)
def test_what_first_nodes_of_a_scope_receive(
    nodes: dict[str, Any], inputs: dict[str, Any], where: str, received: Any
) -> None:
    assert seen(acted(drawing("start -> m", nodes, inside={"m": "a"}), inputs), where) == received


def test_an_object_as_result_of_a_round_is_what_the_next_receives() -> None:
    play = acted(drawing("start -> m", UNTIL, inside={"m": "a"}), {"k": 1}, {"a": lambda p: {"k": p.inputs["k"] + 1}})
    assert seen(play, "m[1]/a") == {"k": 2}


CYCLE = "start -> a -> c; c.false -> a; c.true -> end"
AGAIN = {"c": [Out(0, "false", "*"), Out(0, "true", "*")]}


@pytest.mark.parametrize(("value", "received"), [({"k": 2}, {"k": 2}), (7, {"output": 7})])
def test_the_header_of_a_drawn_loop_receives_what_comes_back(value: Any, received: Any) -> None:
    play = acted(drawing(CYCLE, {"c": "condition"}), {"n": 1}, {**AGAIN, "a": [value, 1]})
    assert seen(play, "loop:a[0]/a") == {"n": 1}
    assert seen(play, "loop:a[1]/a") == received


def test_a_cycle_behind_nothing_begins_with_the_inputs() -> None:
    play = Play(drawing("a -> b; b.error -> a"), {"n": 1})
    assert play.inputs("loop:a[0]/a") == {"n": 1}


# -------------------------------------------------------------------------------------- mappings (S20–S23)


def maps(*mappings: tuple[Any, ...]) -> dict[str, Any]:
    """`(name, source, field)` each; with a fourth part, a default."""
    made = []
    for name, *rest in mappings:
        source, field, *default = (*rest, None, None)[:2] + tuple(rest[2:])
        made.append(
            {"name": name}
            | ({"source_node": source} if source else {})
            | ({"source_field": field} if field else {})
            | ({"default": default[0]} if default else {})
        )
    return {"inputs": made}


# Mappings of `z` in `start -> a -> z` with the inputs {"n": 1, "none": None}, variables {"v": 2}, a = {"k": {"l": 3}}.
MAPPED: list[tuple[str, list[tuple[Any, ...]], dict[str, Any]]] = [
    ("a-node", [("x", "a")], {"x": {"k": {"l": 3}}}),
    ("a-field", [("x", "a", "k")], {"x": {"l": 3}}),
    ("a-dotted-field", [("x", "a", "k.l")], {"x": 3}),
    ("a-field-that-is-not-there", [("x", "a", "q")], {"x": {"k": {"l": 3}}}),
    ("a-dotted-field-that-is-not-there", [("x", "a", "k.q")], {"x": {"k": {"l": 3}}}),
    ("an-input-by-name", [("n",)], {"n": 1}),
    ("an-input-by-field", [("x", None, "n")], {"x": 1}),
    ("an-input-that-is-null", [("none",)], {"none": None}),
    ("a-variable", [("x", None, "v")], {"x": 2}),
    ("an-absent-input", [("x",)], {}),
    ("an-absent-input-by-field", [("n", None, "q")], {}),
    ("a-default", [("x", None, "q", 9)], {"x": 9}),
    ("a-default-of-null", [("x", None, "q", None)], {"x": None}),
    ("no-need-of-the-default", [("x", None, "n", 9)], {"x": 1}),
    ("the-last-that-has-a-value", [("x", None, "n"), ("x", None, "v"), ("x", None, "q")], {"x": 2}),
    ("a-default-replaces-no-value", [("x", None, "n"), ("x", None, "q", 9)], {"x": 1}),
    ("a-value-replaces-a-default", [("x", None, "q", 9), ("x", None, "n")], {"x": 1}),
    ("a-skipped-node", [("x", "s")], {}),
    ("a-skipped-node-with-default", [("x", "s", "output", "d")], {"x": "d"}),
    ("through-start", [("x", "start", "n")], {"x": 1}),
]


@pytest.mark.parametrize(("mappings", "received"), [pytest.param(*row, id=name) for name, *row in MAPPED])
def test_mappings(mappings: list[tuple[Any, ...]], received: dict[str, Any]) -> None:
    flow = drawing("start -> a -> z; a.error -> s -> z", {"z": maps(*mappings)}, variables={"v": 2, "n": "variable"})
    play = acted(flow, {"n": 1, "none": None}, {"a": {"k": {"l": 3}}})
    assert seen(play, "z") == received


@pytest.mark.parametrize(
    ("value", "field", "found"),
    [
        ({"output": 1}, "output", 1),
        ({"x": 1}, "output", {"x": 1}),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", 1),
        ({"a": {"b": 2}}, "a.b", 2),
        ({"a": 5}, "a.b", {"a": 5}),
        ([1], "0", [1]),
        (None, "x", None),
    ],
)
def test_field_of(value: Any, field: str, found: Any) -> None:
    assert field_of(value, field) == found


# Where `z` reads what: container, who is inside, who reads, and what it finds; `a` answers with what it received.
READS: list[tuple[str, str, dict[str, Any], str, str, Any]] = [
    ("list-from-a-map", "start -> m -> z", MAP, "a", "z", [{"item": 1}, {"item": 2}]),
    ("list-from-a-loop", "start -> m -> z", LOOP, "a", "z", [{"item": 1}, {"item": 2}]),
    ("last-from-until", "start -> m -> z", UNTIL, "a", "z", {"item_count": 2}),
    ("value-from-a-group", "start -> m -> z", GROUP, "a", "z", {"items": [1, 2]}),
]


@pytest.mark.parametrize(("text", "nodes", "inside", "reader", "found"), [pytest.param(*r[1:], id=r[0]) for r in READS])
def test_reading_into_what_has_closed(text: str, nodes: dict[str, Any], inside: str, reader: str, found: Any) -> None:
    play = Play(drawing(text, {**nodes, reader: maps(("x", "a"))}, inside={"m": inside}), {"items": [1, 2]})
    count = 0
    while (where := play.at_work[0]) != reader:
        count += 1
        play.done(where, {"item_count": count} if nodes is UNTIL else play.inputs(where))
    assert play.inputs(reader) == {"x": found}


def test_from_a_list_absent_values_are_null() -> None:
    flow = drawing(
        "start -> m -> z; c.true -> a", {**MAP, "c": "condition", "z": maps(("x", "a"))}, inside={"m": "c a"}
    )
    play = acted(flow, {"items": [1, 2]}, {"c": [Out(0, "true", "*"), Out(0, "false", "*")]})
    assert seen(play, "z") == {"x": ["a", None]}


@pytest.mark.parametrize(("mode", "found"), [("null", [1, None, 3]), ("skip", [1, 3])])
def test_failed_items_are_in_the_list_as_they_are_in_the_results(mode: str, found: list[Any]) -> None:
    nodes = {"m": {"type": "map", "map_config": {"on_item_error": mode}}, "z": maps(("x", "a"))}
    play = acted(drawing("start -> m -> z", nodes, inside={"m": "a"}), {"items": [1, 2, 3]}, {"a": [1, Broke(), 3]})
    assert seen(play, "z") == {"x": found}
    assert play.output("m")["results"] == found


def test_lists_of_lists() -> None:
    flow = drawing("start -> m -> z", {"m": "map", "n": "map", "z": maps(("x", "a"))}, inside={"m": "n", "n": "a"})
    play = acted(flow, {"items": [{"xs": [1, 2]}, {"xs": [3]}]}, {"a": lambda p: p.inputs["item"]})
    assert seen(play, "z") == {"x": [[1, 2], [3]]}


def test_reading_into_a_container_that_was_skipped() -> None:
    flow = drawing("start -> m -> z; start.error -> m; start -> z",
                   {**MAP, "m": {"type": "map", "join": "every"}, "z": maps(("x", "a", "output", "none"))},
                   inside={"m": "a"})  # fmt: skip
    assert seen(acted(flow, {"items": [1]}), "z") == {"x": "none"}


def test_reading_into_a_loop_that_did_not_go_round() -> None:
    never = {"m": {"type": "loop", "loop_config": {"loop_type": "while", "condition": "false"}}}
    flow = drawing("start -> m -> z", {**never, "z": maps(("x", "a", "output", "none"))}, inside={"m": "a"})
    assert seen(acted(flow, {}), "z") == {"x": "none"}


def test_reading_upwards() -> None:
    flow = drawing("start -> b -> m", {**MAP, "g": "parallel", "a": maps(("x", "b"), ("y", "m", "item"))},
                   inside={"m": "g", "g": "a"})  # fmt: skip
    play = acted(flow, {}, {"b": {"items": [1, 2]}})
    assert seen(play, "m[1]/g[0]/a") == {"x": {"items": [1, 2]}, "y": 2}


# What a node inside reads of its container.
INSIDE: list[tuple[str, dict[str, Any], str, str, Any]] = [
    ("item", LOOP, "item", "m[1]/a", 8),
    ("index", LOOP, "index", "m[1]/a", 1),
    ("items", LOOP, "items", "m[1]/a", [7, 8]),
    ("output-is-the-item", LOOP, "output", "m[1]/a", 8),
    ("previous", LOOP, "previous", "m[1]/a", "a"),
    ("previous-of-the-first", LOOP, "previous", "m[0]/a", None),
    ("what-it-received", LOOP, "other", "m[1]/a", "o"),
    ("nothing", LOOP, "nowhere", "m[1]/a", "none"),
    ("map-item", MAP, "item", "m[1]/a", 8),
    ("map-has-no-previous", MAP, "previous", "m[1]/a", "none"),
    ("until-item", UNTIL, "item", "m[1]/a", "a"),
    ("until-previous", UNTIL, "previous", "m[1]/a", "a"),
    ("until-has-no-items", {"m": {**UNTIL["m"], **maps(("n", None, "other"))}}, "items", "m[1]/a", "none"),
    ("group-input", GROUP, "other", "m[0]/a", "o"),
]


@pytest.mark.parametrize(("nodes", "field", "where", "found"), [pytest.param(*row, id=name) for name, *row in INSIDE])
def test_reading_the_container(nodes: dict[str, Any], field: str, where: str, found: Any) -> None:
    flow = drawing("start -> m", {**nodes, "a": maps(("x", "m", field, "none"))}, inside={"m": "a"})
    assert seen(acted(flow, {"items": [7, 8], "other": "o"}), where) == {"x": found}


def test_in_a_drawn_loop_what_comes_later_is_read_from_the_round_before() -> None:
    flow = drawing(CYCLE, {"c": "condition", "a": maps(("x", "a"), ("b", "c", "n", "none"))})
    play = acted(flow, {"n": 1}, {"a": [1, 2], "c": [Out({"n": 5}, "false", "*"), Out({"n": 6}, "true", "*")]})
    assert seen(play, "loop:a[0]/a") == {"b": "none"}
    assert seen(play, "loop:a[1]/a") == {"x": 1, "b": 5}


def test_a_node_beside_is_read_from_the_round_before_even_if_it_has_run() -> None:
    """Nothing makes `a` wait for `b`, so whether `b` has ended by then is luck."""
    reader = maps(("x", "b", "output", "none"))
    play = Play(drawing("start -> m; c -> a", {**LOOP, "a": reader}, inside={"m": "b c a"}), {"items": [1, 2, 3]})
    for index, found in enumerate(["none", "b0", "b1"]):
        play.done(f"m[{index}]/b", f"b{index}")
        play.done(f"m[{index}]/c")
        assert play.inputs(f"m[{index}]/a") == {"x": found}
        play.done(f"m[{index}]/a")


def test_a_node_that_did_not_run_in_this_round_keeps_its_value_of_the_last() -> None:
    """`i` is skipped in the second round; who reads it then gets what it said in the first."""
    text = "start -> c; c.true -> i; i -> w; c.false -> w; w.error -> z; w -> k; k.false -> c; k.true -> end"
    nodes = {"c": "condition", "k": "condition", "w": maps(("x", "i", "output", "none")), "end": maps(("x", "i"))}
    script = {
        "c": [Out(0, "true", "*"), Out(0, "false", "*"), Out(0, "false", "*")],
        "k": [Out(0, "false", "*"), Out(0, "false", "*"), Out(0, "true", "*")],
        "i": "told",
    }
    play = acted(drawing(text.replace("w.error -> z; ", ""), nodes), {}, script)
    assert [seen(play, f"loop:c[{n}]/w") for n in range(3)] == [{"x": "told"}] * 3
    assert play.result == ("completed", {"x": "told"})


def test_a_container_that_did_not_run_in_this_round_keeps_its_values_too() -> None:
    text = "start -> c; c.true -> m; m -> w; c.false -> w; w -> k; k.false -> c; k.true -> end"
    nodes = {"c": "condition", "k": "condition", **MAP, "w": maps(("x", "a"))}
    script = {"c": [Out(0, "true", "*"), Out(0, "false", "*")], "k": [Out(0, "false", "*"), Out(0, "true", "*")]}
    play = acted(drawing(text, nodes, inside={"m": "a"}), {"items": [1, 2]}, script)
    assert seen(play, "loop:c[1]/w") == {"x": ["a", "a"]}


def test_an_inner_node_reads_the_outer_loop() -> None:
    reader = maps(("x", "m", "index"), ("y", "b", "output", 0))
    flow = drawing("start -> m; a -> m2", {**LOOP, "m2": "parallel", "i": reader}, inside={"m": "a m2 b", "m2": "i"})
    play = acted(flow, {"items": [1, 2]}, {"b": ["b1", "b2"]})
    assert seen(play, "m[1]/m2[0]/i") == {"x": 1, "y": "b1"}


# ----------------------------------------------------------------------------------- why something is absent

ABSENT = [
    ("input", maps(("x", None, "q")), "'q' is not among the workflow inputs ('n')"),
    ("input-by-name", maps(("x",)), "'x' is not among the workflow inputs ('n')"),
    ("skipped", maps(("x", "s")), "'s' was skipped"),
    ("inside-what-was-skipped", maps(("x", "w")), "'w' was skipped"),
]


@pytest.mark.parametrize(("parts", "reason"), [pytest.param(*row, id=name) for name, *row in ABSENT])
def test_why_an_input_is_absent(parts: dict[str, Any], reason: str) -> None:
    flow = drawing("start -> a -> z; a.error -> s -> z; s -> g -> z", {"z": parts, "g": "parallel"}, inside={"g": "w"})
    play = Play(flow, {"n": 1})
    play.done("a")
    assert play.performing[at("z")].absent == {"x": reason}


def test_why_an_input_is_absent_when_there_are_none() -> None:
    play = Play(drawing("z", {"z": maps(("x",), ("y", None, None, 1))}))
    assert play.performing[at("z")].absent == {"x": "'x' is not among the workflow inputs (nothing)"}


def test_why_the_value_of_an_earlier_round_is_absent() -> None:
    play = Play(drawing("start -> m", {**LOOP, "a": maps(("x", "b"))}, inside={"m": "a b"}), {"items": [1]})
    assert play.performing[at("m[0]/a")].absent == {"x": "'b' had no value in the round before"}


def test_why_a_value_of_the_container_is_absent() -> None:
    play = Play(drawing("start -> m", {**MAP, "a": maps(("x", "m", "previous"))}, inside={"m": "a"}), {"items": [1]})
    assert play.performing[at("m[0]/a")].absent == {"x": "'m' has no value"}


def test_two_mappings_of_one_name_with_one_value_lack_nothing() -> None:
    play = Play(drawing("z", {"z": maps(("x",), ("x", None, "n"))}), {"n": 1})
    assert play.performing[at("z")].absent is None
    assert play.inputs("z") == {"x": 1}


# -------------------------------------------------------------------------------------------- the result (S26)

RESULTS: list[tuple[str, str, dict[str, Any], dict[str, Any], Any]] = [
    ("end-one", "a -> end", {}, {"a": 5}, 5),
    ("end-one-object", "a -> end", {}, {"a": {"k": 1}}, {"k": 1}),
    ("end-several", "a -> end; b -> end", {}, {"a": {"k": 1}, "b": 2}, {"a": {"k": 1}, "b": 2}),
    ("end-one-of-two", "a -> end; b.error -> end", {}, {"a": {"k": 1}}, {"k": 1}),
    ("end-mapped", "a -> end", {"end": maps(("x", "a"), ("y", None, "n"))}, {"a": 5}, {"x": 5, "y": 1}),
    ("end-mapped-output", "a -> end", {"end": maps(("output", "a"))}, {"a": 5}, 5),
    ("end-transparent", "start -> c; c.true -> end", {"c": "condition"}, {"c": Out(0, "true")}, {"n": 1}),
    ("two-ends", "a -> end; b -> last", {"last": "end"}, {"a": 5, "b": 6}, {"end": 5, "last": 6}),
    ("two-ends-one-skipped", "a -> end; b.error -> last", {"last": "end"}, {"a": 5}, 5),
    ("no-end", "start -> a", {}, {"a": 5}, 5),
    ("no-end-several", "start -> a; start -> b", {}, {"a": 5}, {"a": 5, "b": "b"}),
    ("no-end-one-skipped", "start -> a; start.error -> b", {}, {"a": 5}, 5),
    ("end-skipped-others-count", "a.error -> end; a -> b", {}, {"b": 5}, 5),
    ("nothing-completed", "a -> b; b.error -> end", {}, {}, None),
    ("a-failed-last-node", "a -> b; b.error -> c", {}, {"b": Broke(), "c": 6}, 6),
]


@pytest.mark.parametrize(("text", "nodes", "script", "result"), [pytest.param(*r[1:], id=r[0]) for r in RESULTS])
def test_result(text: str, nodes: dict[str, Any], script: dict[str, Any], result: Any) -> None:
    assert acted(drawing(text, nodes), {"n": 1}, script).result == ("completed", result)


def test_an_end_within_a_container_gives_its_result() -> None:
    flow = drawing("start -> m; a -> stop; b", {**MAP, "stop": "end"}, inside={"m": "a stop b"})
    play = acted(flow, {"items": [1]}, {"stop": "never"})
    assert play.result[1]["results"] == ["a"]


# -------------------------------------------------------------------------------- templates are filled in (S27)

# Templates of `z` in `start -> a -> z` with the inputs {"n": 1}, variables {"v": 2}, a = {"k": 3}.
TEMPLATES = [
    ("{{ k }}", "3"),
    ("{{ inputs.n }} {{ vars.v }}", "1 2"),
    ("{{ nodes.a.k }}", "3"),
    ('{{ nodes["a"].k }}', "3"),
    ("{{ nodes.a.output.k }}", "3"),
    ("{{ nodes.w }}", '{"output":"text"}'),
    ("{{ nodes.w.output }}", "text"),
    ("{{ nodes.o.output }}", "whole"),
    ("{{ default(nodes.s.x, 'none') }}", "none"),
    ("{{ default(item, 'none') }}", "none"),
]


@pytest.mark.parametrize(("text", "filled"), TEMPLATES)
def test_templates(text: str, filled: str) -> None:
    flow = drawing(
        "start -> w -> o -> a -> z; a.error -> s; s -> z",
        {"z": {"work_config": {"prompt": text, "note": "{{ kept }}"}}},
        variables={"v": 2},
    )
    play = Play(flow, {"n": 1})
    play.done("w", "text")
    play.done("o", {"output": "whole"})
    play.done("a", {"k": 3})
    assert play.performing[at("z")].config["prompt"] == filled
    assert play.performing[at("z")].config["note"] == "{{ kept }}"
    started = play.events[-1]
    assert isinstance(started, NodeStarted)
    assert started.config is not None
    assert started.config.keys() == {"prompt"}


def test_templates_deep_within_a_configuration_keep_values() -> None:
    texts = {"number": "{{ n }}", "text": "n = {{ n }}", "plain": "x"}
    play = Play(drawing("z", {"z": {"work_config": {"texts": texts}}}), {"n": 1})
    assert play.performing[at("z")].config["texts"] == {"number": 1, "text": "n = 1", "plain": "x"}
    args = {"list": ["{{ n }}", 5, None, {"deep": "{{ n }}"}]}
    play = Play(drawing("t", {"t": {"type": "tool", "tool_config": {"tool_name": "x", "arguments": args}}}), {"n": 1})
    assert play.performing[at("t")].config["arguments"] == {"list": [1, 5, None, {"deep": 1}]}


@pytest.mark.parametrize("name", ["item", "index", "previous", "items"])
@pytest.mark.parametrize("where", ["directly", "in a group"])
def test_names_of_the_nearest_loop(name: str, where: str) -> None:
    nodes = {**LOOP, "g": "parallel", "a": {"work_config": {"prompt": f"{{{{ default({name}, 0) }}}}"}}}
    inside = {"m": "a"} if where == "directly" else {"m": "g", "g": "a"}
    if where == "directly":
        del nodes["g"]
    flow = drawing("start -> m", nodes, inside=inside)
    play = acted(flow, {"items": [7, 8]}, {"a": "done"})
    second = [e.config for e in play.events if isinstance(e, NodeStarted) and e.node == "a"][1]
    assert second == {"prompt": {"item": "8", "index": "1", "previous": "done", "items": "[7,8]"}[name]}


def test_own_inputs_come_before_all_other_names() -> None:
    nodes = {
        "z": {"work_config": {"prompt": "{{ inputs }} {{ vars }}"}, **maps(("inputs", None, "n"), ("vars", None, "n"))}
    }
    assert Play(drawing("z", nodes), {"n": 1}).performing[at("z")].config["prompt"] == "1 1"


def test_expressions_are_given_the_names_that_they_read() -> None:
    nodes = {"z": {"work_config": {"formula": "nodes.a.k + inputs.n + vars.v + q"}}}
    play = Play(drawing("start -> a -> z", nodes, variables={"v": 2}), {"n": 1})
    play.done("a", {"k": 3})
    assert play.performing[at("z")].names == {
        "nodes": {"a": {"k": 3, "output": {"k": 3}}}, "inputs": {"n": 1}, "vars": {"v": 2},
    }  # fmt: skip


def test_the_next_attempt_is_filled_in_again() -> None:
    nodes = {"z": {"work_config": {"prompt": "{{ n }}"}, "retry": {"max_attempts": 2}}}
    play = Play(drawing("z", nodes), {"n": 1})
    play.fail("z")
    play.fire("z")
    assert play.performing[at("z")].config["prompt"] == "1"
