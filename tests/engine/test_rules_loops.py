"""Loops: containers that repeat, and cycles drawn with edges."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.engine.scopes import listed
from tests.engine.acting import Broke, Out, acted, retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, at


def loop(text: str = "start -> l -> end", inside: str = "a", **config: Any) -> Any:
    return drawing(text, {"l": {"type": "loop", "loop_config": config}}, inside={"l": inside})


# ------------------------------------------------------------------------------------------------ for_each


def test_for_each_takes_one_after_the_other() -> None:
    play = acted(loop(), {"items": ["x", "y"]}, {"a": lambda p: p.inputs["item"].upper()})
    assert retold(play.events) == [
        "Started", "Started start", "Completed start", "Started l", "ScopeOpened l[0]", "Started l[0]/a",
        "Completed l[0]/a", "ScopeClosed l[0]", "ScopeOpened l[1]", "Started l[1]/a", "Completed l[1]/a",
        "ScopeClosed l[1]", "Completed l", "Started end", "Completed end", "Finished",
    ]  # fmt: skip
    assert play.result == ("completed", {
        "items": ["x", "y"], "results": ["X", "Y"], "total_iterations": 2, "loop_type": "for_each",
        "status": "completed",
    })  # fmt: skip


ITEMS = [
    ("named", {"items_source": "xs"}, {"xs": [1, 2], "items": [3]}, [1, 2]),
    ("named-variable", {"items_source": "known"}, {"items": [3]}, ["v", "w"]),
    ("input-before-variable", {"items_source": "known"}, {"known": [9]}, [9]),
    ("called-items", {}, {"items": [3], "others": [4]}, [3]),
    ("the-only-list", {}, {"xs": [3], "n": 4}, [3]),
    ("the-only-input", {}, {"text": "a, b ,,c"}, ["a", "b", "c"]),
    ("a-number", {}, {"n": 5}, [5]),
    ("an-object", {"items_source": "o"}, {"o": {"k": 1}}, [{"k": 1}]),
    ("false-is-a-value", {"items_source": "b"}, {"b": False}, [False]),
    ("empty-list", {}, {"items": []}, []),
    ("empty-text", {}, {"text": " , "}, []),
]


@pytest.mark.parametrize(("config", "inputs", "items"), [pytest.param(*row, id=name) for name, *row in ITEMS])
@pytest.mark.parametrize("kind", ["loop", "map"])
def test_items(kind: str, config: dict[str, Any], inputs: dict[str, Any], items: list[Any]) -> None:
    nodes = {"l": {"type": kind, f"{kind}_config": config}}
    flow = drawing("start -> l -> end", nodes, inside={"l": "a"}, variables={"known": ["v", "w"]})
    play = acted(flow, inputs, {"a": lambda p: p.inputs})
    output = play.output("l")
    assert output["items"] == items
    assert output["results"] == [item if isinstance(item, dict) else {"item": item} for item in items]
    assert output["total_iterations"] == len(items)


MISSING = [
    ("nothing", {}, {}, "it looked for 'a list' and received nothing"),
    ("two-lists", {}, {"x": [1], "y": [2]}, "it looked for 'a list' and received 'x', 'y'"),
    ("no-list-of-two", {}, {"x": 1, "y": 2}, "it looked for 'a list' and received 'x', 'y'"),
    ("name-not-there", {"items_source": "xs"}, {"items": [1]}, "it looked for 'xs' and received 'items'"),
    ("null", {"items_source": "xs"}, {"xs": None}, "it looked for 'xs' and received 'xs'"),
]


@pytest.mark.parametrize(("config", "inputs", "message"), [pytest.param(*row, id=name) for name, *row in MISSING])
@pytest.mark.parametrize("kind", ["loop", "map"])
def test_no_items(kind: str, config: dict[str, Any], inputs: dict[str, Any], message: str) -> None:
    play = acted(drawing("start -> l", {"l": {"type": kind, f"{kind}_config": config}}, inside={"l": "a"}), inputs)
    assert play.result == ("failed", None)
    assert play.error["kind"] == "input_missing"
    assert play.error["message"] == f"'l' has no list to go through: {message}."


def test_more_items_than_the_limit_fail_before_the_first_round() -> None:
    play = acted(loop(max_iterations=2), {"items": [1, 2, 3]})
    assert play.error["kind"] == "loop_limit"
    assert play.error["message"] == "'l' received 3 items, more than its limit of 2."
    assert "ScopeOpened" not in {event.type for event in play.events}


def test_cutting_treats_the_first_items_and_says_so_once() -> None:
    play = acted(loop(max_iterations=2, on_limit="cut"), {"items": [1, 2, 3]})
    assert play.result[1] == {
        "items": [1, 2], "results": ["a", "a"], "total_iterations": 2, "loop_type": "for_each",
        "status": "max_iterations",
    }  # fmt: skip
    notes = [event for event in play.events if event.type == "LogWritten"]
    assert [note.message for note in notes] == ["'l' received 3 items and treats the first 2 (max_iterations)."]


def test_cutting_does_nothing_to_a_list_that_fits() -> None:
    play = acted(loop(max_iterations=2, on_limit="cut"), {"items": [1, 2]})
    assert play.result[1]["status"] == "completed"
    assert "LogWritten" not in {event.type for event in play.events}


def test_items_are_worked_out_again_after_a_crash() -> None:
    play = Play(loop(max_iterations=2, on_limit="cut"), {"items": [1, 2, 3]})
    play.done("l[0]/a", "first")
    play.recover()
    play.done("l[1]/a", "second")
    assert play.result[1]["results"] == ["first", "second"]
    assert [e.type for e in play.events].count("LogWritten") == 1


def test_a_round_that_fails_ends_the_loop() -> None:
    play = acted(loop(), {"items": [1, 2, 3]}, {"a": ["x", Broke("odd")]})
    assert retold(play.events)[-5:] == [
        "Failed l[1]/a", "ScopeClosed l[1]", "Failed l", "Cancelled end", "Finished",
    ]  # fmt: skip
    assert play.error["kind"] == "odd"


@pytest.mark.parametrize("kind", ["for_each", "while"])
def test_a_loop_around_nothing_opens_nothing(kind: str) -> None:
    """An empty for_each hands its items on; a while loop has nothing to repeat, however long its condition holds."""
    config = {"loop_type": kind, "condition": "index < 3"}
    flow = drawing("start -> l", {"l": {"type": "loop", "loop_config": config}})
    play = Play(flow, {"items": [1, 2]})
    output = play.result[1]
    if kind == "for_each":
        assert output["results"] == [1, 2]
    else:
        assert (output["total_iterations"], output["results"]) == (0, None)
    assert "ScopeOpened" not in {event.type for event in play.events}


# ------------------------------------------------------------------------------------------------ while, until

ROUNDS = [
    ("while", "index < 3", 3, "completed"),
    ("while", "false", 0, "completed"),
    ("while", "", 0, "completed"),
    ("while", "n > 5", 0, "completed"),
    ("while", "inputs.n == 1 and index < vars.top", 2, "completed"),
    ("while", "default(previous, 0) < 4", 4, "completed"),
    ("while", "default(item, 0) < 4", 4, "completed"),
    ("while", "true", 5, "max_iterations"),
    ("until", "index == 2", 2, "completed"),
    ("until", "true", 0, "completed"),
    ("until", "default(previous, 0) >= 1", 1, "completed"),
    ("until", "", 5, "max_iterations"),
]


@pytest.mark.parametrize(("kind", "condition", "rounds", "status"), ROUNDS)
def test_conditions(kind: str, condition: str, rounds: int, status: str) -> None:
    config = {"loop_type": kind, "condition": condition, "max_iterations": 5}
    flow = drawing(
        "start -> l", {"l": {"type": "loop", "loop_config": config}}, inside={"l": "a"}, variables={"top": 2}
    )
    count = iter(range(1, 100))
    play = acted(flow, {"n": 1}, {"a": lambda p: next(count)})
    assert play.result == ("completed", {
        "items": [], "results": rounds or None, "total_iterations": rounds, "loop_type": kind, "status": status,
    })  # fmt: skip


def test_a_condition_that_cannot_be_worked_out_fails_the_loop() -> None:
    play = acted(loop(loop_type="while", condition="1 / n"), {"n": 0})
    assert play.error["kind"] == "expression"
    assert play.error["message"].startswith("The condition of loop 'l': ")


def test_a_while_round_that_fails_ends_the_loop() -> None:
    play = acted(loop(loop_type="while", condition="true"), {}, {"a": [1, Broke("odd")]})
    assert (play.result[0], play.error["kind"]) == ("failed", "odd")


def test_a_while_loop_waits_for_its_round() -> None:
    """Asking it again, as recovery does, opens no second round."""
    play = Play(loop(loop_type="while", condition="index < 2"), {})
    play.recover()
    assert play.at_work == ["l[0]/a"]
    play.done("l[0]/a")
    play.recover()
    assert play.at_work == ["l[1]/a"]


# ------------------------------------------------------------------------------------------------ cycles

QUALITY = "start -> write -> check; check.false -> write; check.true -> end"
CHECK = {"check": "condition"}


def test_a_drawn_loop_goes_round_until_a_way_out_is_live() -> None:
    play = acted(drawing(QUALITY, CHECK), {}, {"check": [Out(0, "false", "*"), Out(1, "true", "*")]})
    assert retold(play.events)[3:] == [
        "Started loop:write", "ScopeOpened loop:write[0]", "Started loop:write[0]/write",
        "Completed loop:write[0]/write", "Started loop:write[0]/check", "Completed loop:write[0]/check",
        "ScopeClosed loop:write[0]", "ScopeOpened loop:write[1]", "Started loop:write[1]/write",
        "Completed loop:write[1]/write", "Started loop:write[1]/check", "Completed loop:write[1]/check",
        "ScopeClosed loop:write[1]", "Completed loop:write", "Started end", "Completed end", "Finished",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "limits", "rounds"),
    [
        pytest.param({}, {}, 10, id="usual"),
        pytest.param({}, {"max_iterations": 3}, 3, id="of-the-document"),
        pytest.param({"max_iterations": 2}, {"max_iterations": 3}, 2, id="of-the-header"),
        pytest.param({"max_iterations": 0}, {"max_iterations": 3}, 3, id="of-the-header-but-nonsense"),
        pytest.param({"max_iterations": "2"}, {"max_iterations": 3}, 3, id="of-the-header-but-text"),
    ],
)
def test_a_drawn_loop_without_end_fails(parts: dict[str, Any], limits: dict[str, Any], rounds: int) -> None:
    play = acted(drawing(QUALITY, {**CHECK, "write": parts}, limits=limits), {}, {"check": Out(0, "false", "*")})
    assert [e.type for e in play.events].count("ScopeOpened") == rounds
    assert play.error["kind"] == "loop_limit"
    assert play.error["message"] == f"The loop that begins at 'write' did not end within {rounds} rounds."
    assert play.statuses["end"] == "cancelled"


def test_a_node_may_lead_back_to_itself() -> None:
    play = acted(drawing("start -> a; a.error -> a; a -> end"), {}, {"a": [Broke(), Broke(), 5]})
    assert play.result == ("completed", 5)
    assert list(play.ledger.closed) == ["loop:a[0]", "loop:a[1]", "loop:a[2]"]


def test_ways_out_are_as_in_the_last_round() -> None:
    """`early` was live in the first round only, so it is skipped."""
    text = "start -> a -> d; d.true -> c; d.false -> c; d.true -> early; c.false -> a; c.true -> end"
    script = {
        "c": [Out(0, "false", "*"), Out(0, "true", "*")],
        "d": [Out(0, "true", "*"), Out(0, "false", "*")],
    }
    play = acted(drawing(text, {"c": "condition", "d": "condition"}), {}, script)
    assert (play.statuses["early"], play.statuses["end"]) == ("skipped", "completed")


def test_loops_within_loops() -> None:
    text = "start -> a -> b -> c; c.false -> b; c.true -> d; d.false -> a; d.true -> end"
    script = {
        "c": [Out(0, "false", "*"), Out(0, "true", "*"), Out(0, "true", "*")],
        "d": [Out(0, "false", "*"), Out(0, "true", "*")],
    }
    play = acted(drawing(text, {"c": "condition", "d": "condition"}), {}, script)
    assert list(play.ledger.closed) == [
        "loop:a[0]/loop:b[0]", "loop:a[0]/loop:b[1]", "loop:a[0]", "loop:a[1]/loop:b[0]", "loop:a[1]",
    ]  # fmt: skip
    assert play.result[0] == "completed"


def test_a_drawing_that_is_a_cycle_begins_at_its_start_node() -> None:
    play = Play(drawing("a -> start -> c; c.false -> a; c.true -> z", {"c": "condition"}), {"x": 1})
    assert play.told[1:4] == ["Started loop:start", "ScopeOpened loop:start[0]", "Started loop:start[0]/start"]


def test_a_cycle_without_a_start_begins_at_its_first_node() -> None:
    play = Play(drawing("b -> c -> a; a.false -> b; a.true -> z", {"a": "condition"}))
    assert play.told == ["Started", "Started loop:b", "ScopeOpened loop:b[0]", "Started loop:b[0]/b"]


def test_the_join_of_the_header_is_about_the_edges_from_outside() -> None:
    text = "x -> h; y -> h; h -> c; c.false -> h; c.true -> end"
    play = Play(drawing(text, {"c": "condition", "h": {"join": "any"}}))
    play.done("y")
    assert play.told == ["Completed y", "Started loop:h", "ScopeOpened loop:h[0]", "Started loop:h[0]/h"]


def test_a_failure_in_a_drawn_loop_fails_the_loop() -> None:
    play = acted(drawing(QUALITY, CHECK), {}, {"write": Broke("odd")})
    assert play.statuses["loop:write"] == "failed"
    assert play.error["kind"] == "odd"


def test_a_way_out_for_errors_leads_out_of_the_loop() -> None:
    play = acted(
        drawing(QUALITY + "; write.error -> rescue", CHECK), {}, {"write": Broke(), "rescue": lambda p: p.inputs}
    )
    assert play.statuses["loop:write"] == "completed"
    assert play.output("rescue")["error"]["node"] == "write"
    assert play.statuses["end"] == "skipped"


def test_no_way_out_and_no_way_back_ends_the_loop_with_nothing() -> None:
    play = acted(
        drawing("start -> a -> b; b.true -> a; b.false -> z", {"b": "condition"}), {}, {"b": Out(1, "neither")}
    )
    assert play.output("loop:a") is None
    assert play.statuses["z"] == "skipped"


@pytest.mark.parametrize(
    ("value", "items"),
    [([1], [1]), ("a,b", ["a", "b"]), ("", []), ("one", ["one"]), (0, [0]), (None, [None]), ({"a": 1}, [{"a": 1}])],
)
def test_listed(value: Any, items: list[Any]) -> None:
    assert listed(value) == items


def test_a_container_may_be_part_of_a_cycle() -> None:
    text = "start -> m -> c; c.false -> m; c.true -> end"
    flow = drawing(text, {"m": "map", "c": "condition"}, inside={"m": "a"})
    play = acted(flow, {"items": [1]}, {"c": [Out(0, "false", "*"), Out(0, "true", "*")]})
    assert play.ledger.ended[at("loop:m[1]/m[0]/a")].status == "completed"
    assert play.result[0] == "completed"
