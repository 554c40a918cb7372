"""Breakpoints: before, after and at errors; with conditions and from the n-th visit on."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Answered, Breakpoint, Pause, Resume, SetBreakpoints, Start, Step
from pointwork.engine.breakpoints import due_at_call
from pointwork.errors import Unacceptable
from pointwork.events import BreakpointsSet
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play


def begun(flow: Any, *points: Breakpoint, **inputs: Any) -> Play:
    play = Play(flow, begin=False)
    play.say(Start(inputs, breakpoints=points))
    return play


def test_before() -> None:
    play = begun(drawing("start -> a -> b"), Breakpoint("a"))
    assert retold(play.said) == ["Started", "BreakpointsSet", "Started start", "Completed start", "Paused a (before)"]
    assert retold(play.say(Resume())) == ["Resumed (run)", "Started a"]
    play.done("a")
    assert play.at_work == ["b"]


def test_before_and_stepping() -> None:
    play = begun(drawing("start -> a -> b"), Breakpoint("a"))
    assert retold(play.say(Step())) == ["Resumed (step)", "Started a", "Paused a (step)"]


def test_after() -> None:
    play = begun(drawing("a -> b"), Breakpoint("a", "after"))
    assert retold(play.done("a")) == ["Completed a", "Paused a (after)"]
    assert retold(play.say(Resume())) == ["Resumed (run)", "Started b"]


def test_after_an_answer_and_after_a_container() -> None:
    play = begun(
        drawing("a -> m -> z", {"m": "map"}, inside={"m": "b"}), Breakpoint("a", "after"), Breakpoint("m", "after")
    )
    play.ask("a")
    assert retold(play.say(Answered("a", [1]))) == ["Completed a", "Paused a (after)"]
    play.say(Resume())
    assert retold(play.done("m[0]/b")) == ["Completed m[0]/b", "ScopeClosed m[0]", "Completed m", "Paused m (after)"]


def test_at_an_error() -> None:
    play = begun(drawing("a -> b; a.error -> c"), Breakpoint("a", "error"))
    assert retold(play.fail("a")) == ["Failed a", "Paused a (error)"]
    assert retold(play.say(Resume())) == ["Resumed (run)", "Skipped b", "Started c"]


def test_an_error_that_is_tried_again_is_none_yet() -> None:
    play = begun(
        drawing("a -> b", {"a": {"retry": {"max_attempts": 2}}}), Breakpoint("a", "error"), Breakpoint("a", "after")
    )
    assert retold(play.fail("a")) == ["Failed a, again in 1 s"]
    play.fire("a")
    assert retold(play.fail("a")) == ["Failed a", "Paused a (error)"]


def test_after_is_not_at_an_error_nor_the_other_way_round() -> None:
    play = begun(drawing("start -> a; start -> b; a.error -> c"), Breakpoint("a", "after"), Breakpoint("b", "error"))
    assert retold(play.fail("a")) == ["Failed a", "Started c"]
    assert retold(play.done("b")) == ["Completed b"]


def test_every_round_is_stopped_at() -> None:
    play = begun(drawing("start -> m", {"m": {"type": "loop"}}, inside={"m": "a"}), Breakpoint("a"), items=[1, 2])
    assert retold(play.said)[-1] == "Paused m[0]/a (before)"
    play.say(Resume())
    play.done("m[0]/a")
    assert retold(play.said)[-1] == "Paused m[1]/a (before)"


def test_hits() -> None:
    play = begun(drawing("start -> m", {"m": {"type": "loop"}}, inside={"m": "a"}), Breakpoint("a", hits=3),
                 items=[1, 2, 3, 4])  # fmt: skip
    play.done("m[0]/a")
    play.done("m[1]/a")
    assert retold(play.said)[-1] == "Paused m[2]/a (before)"
    play.say(Resume())
    play.done("m[2]/a")
    assert retold(play.said)[-1] == "Paused m[3]/a (before)"


def test_hits_after() -> None:
    play = begun(drawing("start -> m", {"m": {"type": "loop"}}, inside={"m": "a"}), Breakpoint("a", "after", hits=2),
                 items=[1, 2])  # fmt: skip
    assert "Paused" not in " ".join(retold(play.done("m[0]/a")))
    assert retold(play.done("m[1]/a")) == ["Completed m[1]/a", "Paused m[1]/a (after)"]


CONDITIONS = [
    ("n > 0", True),
    ("n > 5", False),
    ("inputs.n == 1 and vars.v == 2", True),
    ("vars.v == 3", False),
    ("output == 'o'", True),
    ("output == 'p'", False),
    ("1 / 0", True),  # what cannot be worked out stops, so that somebody sees it
    ("", True),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions_after(condition: str, holds: bool) -> None:
    play = begun(drawing("start -> a -> b", variables={"v": 2}), Breakpoint("a", "after", condition), n=1)
    story = retold(play.done("a", "o"))
    assert ("Paused a (after)" in story) is holds


@pytest.mark.parametrize(("condition", "holds"), [(c, h) for c, h in CONDITIONS if "output" not in c])
def test_conditions_before(condition: str, holds: bool) -> None:
    play = begun(drawing("start -> a -> b", variables={"v": 2}), Breakpoint("a", "before", condition), n=1)
    assert ("a" in play.at_work) is not holds


def test_conditions_read_what_the_node_reads() -> None:
    parts = {"a": {"work_config": {"prompt": "{{ item }}"}}, "m": {"type": "loop"}}
    flow = drawing("start -> m", parts, inside={"m": "a"})
    play = begun(flow, Breakpoint("a", condition="item == 8"), items=[7, 8])
    assert play.at_work == ["m[0]/a"]
    play.done("m[0]/a")
    assert retold(play.said)[-1] == "Paused m[1]/a (before)"


def test_breakpoints_can_be_replaced_and_removed() -> None:
    play = Play(drawing("a -> b -> c"))
    assert retold(play.say(SetBreakpoints([Breakpoint("b"), Breakpoint("b", "after")]))) == ["BreakpointsSet"]
    assert retold(play.done("a")) == ["Completed a", "Paused b (before)"]
    play.say(SetBreakpoints([Breakpoint("c")]))
    play.say(Resume())
    assert retold(play.done("b")) == ["Completed b", "Paused c (before)"]
    play.say(SetBreakpoints())
    play.say(Resume())
    assert play.at_work == ["c"]


def test_the_next_attempt_does_not_stop_where_the_first_one_did() -> None:
    play = begun(drawing("a", {"a": {"retry": {"max_attempts": 2}}}), Breakpoint("a"))
    play.say(Resume())
    play.fail("a")
    assert retold(play.fire("a")) == ["Started a again"]


def test_a_breakpoint_that_was_set_since_stops_the_next_attempt() -> None:
    play = begun(drawing("a", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    play.say(SetBreakpoints([Breakpoint("a")]))
    assert retold(play.fire("a")) == ["Paused a (before)"]
    assert retold(play.say(Resume())) == ["Resumed (run)", "Started a again"]


def test_a_breakpoint_survives_a_crash() -> None:
    play = begun(drawing("start -> a -> b"), Breakpoint("a"), Breakpoint("b"))
    play.recover()
    assert play.at_work == []
    play.say(Resume())
    assert play.at_work == ["a"], "it was already stopped at"
    play.done("a")
    assert retold(play.said)[-1] == "Paused b (before)"


REFUSED = [
    ([Breakpoint("writr")], "no breakpoint at 'writr': this workflow has no such node", "Did you mean 'writer'?"),
    ([Breakpoint("writer"), Breakpoint("m[0]/inner")], "at 'm[0]/inner'", "Did you mean 'inner'?"),
    ([Breakpoint("no"), Breakpoint("such")], "at 'no', 'such'", "'m', 'inner', 'w' and 1 more."),
    ([Breakpoint("x" * 100)], f"at '{'x' * 80}':", "Its nodes are"),
    ([Breakpoint(str(n)) for n in range(100_000)], "at '0', '1', '2', '3', '4' and 99995 more:", "Its nodes are"),
    ([Breakpoint("writer", hits=0)], "holds from visit 0 on", "Leave out hits"),
    ([Breakpoint("writer", condition="no good (")], "The condition of the breakpoint at 'writer' cannot be read", ""),
]  # fmt: skip


@pytest.mark.parametrize(("points", "message", "hint"), [pytest.param(*row, id=row[1][:30]) for row in REFUSED])
@pytest.mark.parametrize("begins", [True, False])
def test_what_could_never_hold_is_refused(begins: bool, points: list[Breakpoint], message: str, hint: str) -> None:
    parts = {"m": {"type": "loop"}, "w": {"type": "workflow", "workflow_config": {"workflow_id": "sub"}}}
    flow = drawing("start -> writer -> m -> w", parts, inside={"m": "inner"})
    play = Play(flow, workflows={("sub", None): drawing("deep")}, begin=not begins)
    with pytest.raises(Unacceptable) as refused:
        play.say(Start({}, breakpoints=tuple(points)) if begins else SetBreakpoints(points))
    assert message in refused.value.message
    assert hint in refused.value.hint
    assert play.scheduler.state.breakpoints == {}
    assert play.scheduler.state.started is not begins


def test_breakpoints_in_journals_of_before_that_were_not_checked() -> None:
    play = begun(drawing("a -> b"), Breakpoint("b", condition="1"))
    points = [{"node": "elsewhere", "when": "before"}, {"node": "b", "when": "before", "condition": "no good ("}]
    play.events[play.events.index(BreakpointsSet(play.scheduler.state.breakpoints["b"]))] = BreakpointsSet(points)
    play.recover()
    play.done("a")
    assert retold(play.said)[-1] == "Paused b (before)", "what cannot be read stops, so that somebody sees it"
    play.say(Resume())
    play.done("b")
    assert play.result[0] == "completed"


def test_nodes_of_sub_workflows_are_places() -> None:
    flow = drawing("start -> w", {"w": {"type": "workflow", "workflow_config": {"workflow_id": "sub"}}})
    play = Play(flow, workflows={("sub", None): drawing("deep")}, begin=False)
    assert retold(play.say(Start({}, breakpoints=(Breakpoint("deep"),))))[-1] == "Paused w[0]/deep (before)"


def test_conditions_read_the_round_even_if_the_node_does_not() -> None:
    inputs = [{"name": "x", "source_node": "start", "source_field": "n"}]
    flow = drawing("start -> m", {"m": {"type": "loop"}, "a": {"inputs": inputs}}, inside={"m": "a"})
    play = begun(flow, Breakpoint("a", condition="item == 8 and index == 1 and x == 5"), items=[7, 8], n=5)
    play.done("m[0]/a")
    assert retold(play.said)[-1] == "Paused m[1]/a (before)"


def test_a_breakpoint_at_a_continued_failure() -> None:
    play = begun(drawing("a -> b", {"a": {"on_error": "continue"}}), Breakpoint("a", "error"))
    assert retold(play.fail("a")) == ["LogWritten a", "Completed a", "Paused a (error)"]


# ------------------------------------------------------------------------------------------------------- calls

CALL = {"kind": "tool", "name": "mail", "key": "0:tool:1", "data": {"to": "Ada"}}


@pytest.mark.parametrize(
    ("point", "effects", "holds"),
    [
        (Breakpoint("a", "call"), False, True),
        (Breakpoint("a", "call"), True, True),
        (Breakpoint("a", "effect"), False, False),
        (Breakpoint("a", "effect"), True, True),
        (Breakpoint("*", "effect"), True, True),
        (Breakpoint("*", "effect"), False, False),
        (Breakpoint("b", "call"), True, False),
        (Breakpoint("a", "before"), True, False),
        (Breakpoint("a", "call", hits=2), True, False),
        (Breakpoint("a", "call", "call.data.to == 'Ada'"), False, True),
        (Breakpoint("a", "call", "call.data.to == 'Bob'"), False, False),
        (Breakpoint("*", "effect", "call.name == 'mail'"), True, True),
        (Breakpoint("a", "call", "call.data.to > 5"), False, True),  # cannot be evaluated: somebody should see it
    ],
    ids=repr,
)
def test_breakpoints_before_calls(point: Breakpoint, effects: bool, holds: bool) -> None:
    play = begun(drawing("start -> a; start -> b"), point)
    assert due_at_call(play.scheduler.state, "", "a", CALL, effects=effects) is holds
    play.say(Pause())
    assert not due_at_call(play.scheduler.state, "", "a", CALL, effects=effects)
    assert not due_at_call(play.scheduler.state, "gone[0]", "a", CALL, effects=effects)


def test_only_effects_are_looked_for_anywhere() -> None:
    with pytest.raises(Unacceptable, match="There can be no breakpoint at '\\*'"):
        Play(drawing("a")).scheduler.handle(SetBreakpoints([Breakpoint("*")]))


@pytest.mark.parametrize(("condition", "stops"), [("nodes.a.n > 1", True), ("nodes.a.n > 2", False)])
def test_a_condition_may_name_any_node_that_has_run(condition: str, stops: bool) -> None:
    """Although the node itself reads nothing of it."""
    play = begun(drawing("start -> a -> b -> c"), Breakpoint("c", condition=condition))
    play.done("a", {"n": 2})
    play.done("b", "text")
    assert play.at_work == ([] if stops else ["c"])
