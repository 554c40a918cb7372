"""What a failure means: by the drawing, by the place, and while others are at work."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Completed, Failed, Suspended, TimerFired
from pointwork.events import NodeCompleted, NodeFailed
from tests.engine.acting import Broke, acted, retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, at

# How `a` is drawn, what its handler answers, attempt by attempt.
HANDLING: dict[str, tuple[str, dict[str, Any], list[Any]]] = {
    "nothing": ("a -> b", {}, [Broke()]),
    "error-edge": ("a -> b; a.error -> c", {}, [Broke()]),
    "continue": ("a -> b", {"on_error": "continue"}, [Broke()]),
    "edge-and-continue": ("a -> b; a.error -> c", {"on_error": "continue"}, [Broke()]),
    "retry-mends": ("a -> b", {"retry": {"max_attempts": 2}}, [Broke(), 1]),
    "retry-used-up": ("a -> b", {"retry": {"max_attempts": 2}}, [Broke(), Broke()]),
    "retry-then-edge": ("a -> b; a.error -> c", {"retry": {"max_attempts": 2}}, [Broke(), Broke()]),
    "retry-then-continue": ("a -> b", {"retry": {"max_attempts": 2}, "on_error": "continue"}, [Broke(), Broke()]),
    "retry-cannot-mend": ("a -> b", {"retry": {"max_attempts": 2}}, [Broke(retryable=False)]),
    "one-attempt-only": ("a -> b", {"retry": {"max_attempts": 1}}, [Broke()]),
}
PLACES: dict[str, Any] = {
    "root": None,
    "parallel": {"type": "parallel"},
    "race": {"type": "parallel", "parallel_config": {"wait_for": "any"}},
    "for_each": {"type": "loop", "loop_config": {"loop_type": "for_each"}},
    "until": {"type": "loop", "loop_config": {"loop_type": "until", "condition": "index > 0"}},
    "map": {"type": "map"},
    "map-null": {"type": "map", "map_config": {"on_item_error": "null"}},
}
# How `a`, `b`, `c` end and how the run does; in a race there is another branch, and a map may do without an item.
TABLE = """
handling             a          b          c          root       parallel   race       for_each   until      map        map-null
nothing              failed     cancelled  -          failed     failed     completed  failed     failed     failed     completed
error-edge           failed     skipped    completed  completed  completed  completed  completed  completed  completed  completed
continue             completed  completed  -          completed  completed  completed  completed  completed  completed  completed
edge-and-continue    failed     skipped    completed  completed  completed  completed  completed  completed  completed  completed
retry-mends          completed  completed  -          completed  completed  completed  completed  completed  completed  completed
retry-used-up        failed     cancelled  -          failed     failed     completed  failed     failed     failed     completed
retry-then-edge      failed     skipped    completed  completed  completed  completed  completed  completed  completed  completed
retry-then-continue  completed  completed  -          completed  completed  completed  completed  completed  completed  completed
retry-cannot-mend    failed     cancelled  -          failed     failed     completed  failed     failed     failed     completed
one-attempt-only     failed     cancelled  -          failed     failed     completed  failed     failed     failed     completed
"""  # noqa: E501


def rows() -> list[Any]:
    (_, *columns), *lines = [line.split() for line in TABLE.strip().splitlines()]
    assert columns[3:] == list(PLACES)
    return [
        pytest.param(handling, place, dict(zip("abc", ends, strict=False)), ends[3 + number], id=f"{handling}-{place}")
        for handling, *ends in lines
        for number, place in enumerate(PLACES)
    ]


@pytest.mark.parametrize(("handling", "place", "ends", "run"), rows())
def test_matrix(handling: str, place: str, ends: dict[str, str], run: str) -> None:
    text, parts, answers = HANDLING[handling]
    nodes: dict[str, Any] = {"a": parts, "other": {}}
    inside = {}
    if PLACES[place] is not None:
        nodes["box"] = PLACES[place]
        inside = {"box": "a b" + (" c" if ends["c"] != "-" else "") + (" other" if place == "race" else "")}
        text = f"start -> box; {text}"
    if place != "race":
        del nodes["other"]
    play = acted(drawing(text, nodes, inside=inside), {"items": [1]}, {"a": answers}, last="other")
    where = "" if place == "root" else "box[0]/"
    if place == "race" and run == "completed" and ends["b"] == "cancelled":
        ends = ends | {"b": "skipped"}  # a branch that fails leaves the race to others: its scope is not given up
    assert {name: play.statuses[where + name] for name in "abc" if ends[name] != "-"} == {
        name: how for name, how in ends.items() if how != "-"
    }
    assert play.result[0] == run
    performed = [e.attempt for e in play.events if e.type == "NodeStarted" and e.node == "a"]
    assert performed == list(range(1, len(answers) + 1))


def test_what_a_failure_says() -> None:
    play = acted(drawing("start -> m; m.error -> c", {"m": "map"}, inside={"m": "a"}), {"items": [1]},
                 {"a": Broke("odd"), "c": lambda p: p.inputs})  # fmt: skip
    error = {"node": "a", "path": "m[0]", "kind": "odd", "message": "a broke", "hint": ""}
    assert play.result == ("completed", {"error": error})
    failed = [e for e in play.events if isinstance(e, NodeFailed)]
    assert [(e.scope, e.node, e.error) for e in failed] == [("m[0]", "a", error), ("", "m", error)]


def test_a_continued_failure_is_logged_and_is_the_output() -> None:
    play = acted(drawing("a -> b", {"a": {"on_error": "continue"}}), {}, {"a": Broke(), "b": lambda p: p.inputs})
    assert retold(play.events) == [
        "Started", "Started a", "LogWritten a", "Completed a", "Started b", "Completed b", "Finished",
    ]  # fmt: skip
    assert play.result[1]["error"]["message"] == "a broke"
    assert play.events[2].message == "'a' failed and goes on: a broke"


def test_the_first_failure_gives_the_scope_up_and_the_rest_is_cancelled() -> None:
    play = Play(drawing("start -> a; start -> b -> d; start -> c -> e"))
    play.fail("b", "first")
    assert play.told == [
        "Failed b", "Cancelled a", "Cancelled d", "Cancelled c", "Cancelled e", "Finished",
    ]  # fmt: skip
    assert sorted(map(str, play.cancelled)) == ["a", "c"]
    assert play.error["kind"] == "first"
    assert play.result == ("failed", None)


def test_what_cancelled_handlers_still_say_is_dropped() -> None:
    play = Play(drawing("start -> box; start -> z; box.error -> w", {"box": "parallel"}, inside={"box": "a b"}))
    play.fail("box[0]/a")
    assert "ScopeClosed box[0]" in play.told
    assert play.at_work == ["z", "w"]
    error = {"kind": "late", "message": "late", "hint": ""}
    for late in (
        Completed("box[0]", "b", 1, "late"),
        Failed("box[0]", "b", 1, error),
        Suspended("box[0]", "b", 1, {}),
        Completed("", "z", 2, "of another attempt"),
        Failed("", "z", 7, error),
        TimerFired("", "z", 1, "retry"),
        TimerFired("", "z", 1, "timeout"),  # a handler's own time is kept by whoever performs it
        TimerFired("box[0]", "b", 1, "timeout"),
    ):
        assert play.say(late) == [], late


# ------------------------------------------------------------------------------------------------ retry


def test_delays_grow_up_to_the_longest() -> None:
    retry = {"max_attempts": 5, "first_delay_s": 1, "factor": 3, "max_delay_s": 5}
    play = acted(drawing("a", {"a": {"retry": retry}}), {}, {"a": [Broke()] * 4 + [1]})
    assert retold(play.events) == [
        "Started", "Started a", "Failed a, again in 1 s", "Started a again", "Failed a, again in 3 s",
        "Started a again", "Failed a, again in 5 s", "Started a again", "Failed a, again in 5 s", "Started a again",
        "Completed a", "Finished",
    ]  # fmt: skip


def test_a_container_is_tried_again_in_scopes_of_its_own() -> None:
    flow = drawing("start -> m", {"m": {"type": "map", "retry": {"max_attempts": 2, "first_delay_s": 2}}},
                   inside={"m": "a"})  # fmt: skip
    play = acted(flow, {"items": [1, 2]}, {"a": [Broke(), "x", "y", "z"]})
    assert retold(play.events)[3:] == [
        "Started m", "ScopeOpened m[0]", "ScopeOpened m[1]", "Started m[0]/a", "Started m[1]/a", "Failed m[0]/a",
        "ScopeClosed m[0]", "Failed m, again in 2 s", "Cancelled m[1]/a", "ScopeClosed m[1]",
        "Started m again", "ScopeOpened m#2[0]", "ScopeOpened m#2[1]", "Started m#2[0]/a", "Started m#2[1]/a",
        "Completed m#2[0]/a", "ScopeClosed m#2[0]", "Completed m#2[1]/a", "ScopeClosed m#2[1]", "Completed m",
        "Finished",
    ]  # fmt: skip
    assert play.result[1]["results"] == ["x", "y"]


def test_a_timer_of_an_earlier_attempt_says_nothing() -> None:
    play = Play(drawing("a", {"a": {"retry": {"max_attempts": 3}}}))
    play.fail("a")
    first = play.timers[0]
    play.fire("a")
    play.fail("a")
    assert play.say(TimerFired(first.scope, first.node, first.attempt, first.purpose)) == []
    play.fire("a")
    assert play.told == ["Started a"]


# -------------------------------------------------------------------------------------- time of containers


def test_a_container_may_take_only_so_long() -> None:
    flow = drawing("start -> box; box.error -> late", {"box": {"type": "parallel", "timeout_s": 5}},
                   inside={"box": "a b"})  # fmt: skip
    play = Play(flow)
    assert [(t.node, t.purpose, t.seconds) for t in play.timers] == [("box", "timeout", 5)]
    play.done("box[0]/a")
    play.fire("box")
    assert play.told == ["Failed box", "Cancelled box[0]/b", "ScopeClosed box[0]", "Started late"]
    assert play.inputs("late")["error"]["kind"] == "timeout"
    assert play.inputs("late")["error"]["message"] == "'box' took longer than its 5 s."


def test_a_container_that_took_too_long_is_tried_again() -> None:
    box = {"type": "parallel", "timeout_s": 5, "retry": {"max_attempts": 2}}
    play = Play(drawing("start -> box", {"box": box}, inside={"box": "a"}))
    play.fire("box")
    assert retold(play.said) == ["Failed box, again in 1 s", "Cancelled box[0]/a", "ScopeClosed box[0]"]
    play.fire("box")
    assert [(t.attempt, t.purpose) for t in play.timers] == [(2, "timeout")]
    play.done("box#2[0]/a", 1)
    assert play.result == ("completed", 1)


def test_a_container_that_ended_in_time_is_not_failed_later() -> None:
    play = Play(drawing("start -> box -> z", {"box": {"type": "parallel", "timeout_s": 5}}, inside={"box": "a"}))
    play.done("box[0]/a")
    assert play.fire("box") == []
    assert play.at_work == ["z"]


# -------------------------------------------------------------------------------------------- inner and outer


def test_a_failure_climbs_until_somebody_handles_it() -> None:
    flow = drawing(
        "start -> outer; outer.error -> rescue",
        {"outer": "parallel", "inner": {"type": "loop"}},
        inside={"outer": "inner side", "inner": "a"},
    )
    play = Play(flow, {"items": [1]})
    play.fail("outer[0]/inner[0]/a")
    assert play.told == [
        "Failed outer[0]/inner[0]/a", "ScopeClosed outer[0]/inner[0]", "Failed outer[0]/inner",
        "Cancelled outer[0]/side", "ScopeClosed outer[0]", "Failed outer", "Started rescue",
    ]  # fmt: skip
    assert play.inputs("rescue")["error"]["path"] == "outer[0]/inner[0]"


@pytest.mark.parametrize("how", ["continue", "edge"])
def test_a_failing_container_is_treated_as_any_node(how: str) -> None:
    parts = {"type": "map", "on_error": "continue"} if how == "continue" else {"type": "map"}
    text = "start -> m -> z" if how == "continue" else "start -> m; m.error -> z"
    play = acted(drawing(text, {"m": parts}, inside={"m": "a"}), {"items": [1]}, {"a": Broke()})
    assert play.result == ("completed", "z")
    assert isinstance(play.ledger.ended[at("m")].output["error"], dict)


def test_templates_that_cannot_be_filled_in_fail_the_node_without_a_handler() -> None:
    nodes = {"a": {"work_config": {"prompt": "{{ nowhere }}"}, "retry": {"max_attempts": 3}}}
    play = Play(drawing("start -> a; a.error -> z", nodes))
    assert play.told == ["Started", "Started start", "Completed start", "Started a", "Failed a", "Started z"]
    assert play.inputs("z")["error"]["kind"] == "expression"
    assert play.inputs("z")["error"]["message"].startswith("prompt of 'a': ")


def test_a_node_that_continues_completes_through_out() -> None:
    play = acted(drawing("c -> b", {"c": {"type": "send", "on_error": "continue"}}), {}, {"c": Broke()})
    assert [e.ports for e in play.events if isinstance(e, NodeCompleted) and e.node == "c"] == [("out",)]
