"""Steps over and out of containers: what is in them runs, nothing beside them does, and then the execution pauses."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import (
    Answered,
    Breakpoint,
    CancelExecution,
    Override,
    Pause,
    Resume,
    SetBreakpoints,
    Start,
    Step,
)
from pointwork.engine import Scheduler
from pointwork.errors import Conflict
from pointwork.events import Event
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

MAP = drawing("start -> m -> z; start -> y; b -> a", {"m": "map"}, inside={"m": "b a"})
OVER, OUT = Step("over"), Step("out")


def told(play: Play, item: Any) -> list[str]:
    return retold(play.say(item))


def begun(workflow: Any = MAP, at: str = "start", **more: Any) -> Play:
    """An execution that pauses before its first node."""
    play = Play(workflow, {"items": [1, 2]}, begin=False)
    play.say(Start({"items": [1, 2]}, breakpoints=(Breakpoint(at),), **more))
    assert play.told[-1] == f"Paused {at}"
    play.say(SetBreakpoints([]))
    return play


def at_the_map(workflow: Any = MAP) -> Play:
    play = begun(workflow)
    assert told(play, OVER) == ["Resumed (over)", "Started start", "Paused start (step)", "Completed start"]
    return play


def test_over_a_plain_node_is_a_step() -> None:
    at_the_map().check_state()


def test_to_the_first_call_of_a_node() -> None:
    play = begun(drawing("start -> a -> b"))
    play.say(Step())
    assert told(play, Step("call")) == ["Resumed (call)", "Started a", "Paused a (call)"]
    play.done("a")
    assert told(play, Step()) == ["Resumed (step)", "Started b", "Paused b (step)"]


def test_over_a_container_runs_all_that_is_in_it_and_nothing_else() -> None:
    play = at_the_map()
    assert told(play, OVER) == [
        "Resumed (over)", "Started m", "ScopeOpened m[0]", "ScopeOpened m[1]", "Started m[0]/b",
        "Started m[1]/b",
    ]  # fmt: skip
    play.done("m[0]/b")
    play.done("m[1]/b")
    assert retold(play.done("m[0]/a")) == ["Completed m[0]/a", "ScopeClosed m[0]"]
    last = retold(play.done("m[1]/a"))
    assert last == ["Completed m[1]/a", "ScopeClosed m[1]", "Completed m", "Paused m (step)"]
    assert told(play, Step()) == ["Resumed (step)", "Started z", "Paused z (step)"]
    play.check_state()


def test_a_container_may_be_stepped_into_and_out_of() -> None:
    play = at_the_map(drawing("start -> m -> z; b -> a", {"m": "map"}, inside={"m": "b a"}))
    assert told(play, Step()) == ["Resumed (step)", "Started m", "Paused m (step)"]
    assert told(play, Step()) == [
        "Resumed (step)",
        "ScopeOpened m[0]",
        "ScopeOpened m[1]",
        "Started m[0]/b",
        "Paused m[0]/b (step)",
    ]
    assert told(play, OUT) == ["Resumed (over)", "Started m[1]/b"]
    for place in ("m[0]/b", "m[1]/b", "m[0]/a"):
        play.done(place)
    assert retold(play.done("m[1]/a"))[-1] == "Paused m (step)"
    play.check_state()


def test_there_is_nothing_to_step_out_of_outside_of_containers() -> None:
    play = at_the_map()
    with pytest.raises(Conflict, match="not paused inside of a container"):
        play.scheduler.handle(OUT)
    with pytest.raises(Conflict, match="not paused"):
        Play(drawing("a")).scheduler.handle(OVER)


def test_a_scope_that_has_closed_since_cannot_be_stepped_out_of() -> None:
    play = Play(drawing("m", {"m": "map"}, inside={"m": "a"}), {"items": [1, 2]}, begin=False)
    play.say(Start({"items": [1, 2]}, breakpoints=(Breakpoint("a", "after"),)))
    assert retold(play.done("m[0]/a"))[-1] == "Paused m[0]/a (after)"
    play.say(SetBreakpoints([]))
    play.say(Resume())
    play.say(Pause())
    with pytest.raises(Conflict, match="not paused inside of a container"):
        play.scheduler.handle(OUT)


def test_a_container_that_is_the_last_ends_the_execution() -> None:
    play = begun(drawing("m", {"m": "map"}, inside={"m": "a"}), "m")
    play.say(OVER)
    play.done("m[0]/a")
    assert retold(play.done("m[1]/a"))[-1] == "Finished"


def test_a_breakpoint_in_the_container_is_kept_to() -> None:
    play = at_the_map()
    play.say(SetBreakpoints([Breakpoint("a")]))
    play.say(OVER)
    assert retold(play.done("m[0]/b")) == ["Completed m[0]/b", "Paused m[0]/a (before)"]
    assert told(play, OUT) == ["Resumed (over)", "Started m[0]/a"]
    assert retold(play.done("m[1]/b")) == ["Completed m[1]/b", "Paused m[1]/a (before)"]


def test_resuming_ends_the_stepping() -> None:
    play = at_the_map()
    play.say(OVER)
    assert told(play, Resume()) == ["Resumed (run)", "Started y"]


def test_pausing_ends_the_stepping() -> None:
    play = at_the_map()
    play.say(OVER)
    assert told(play, Pause()) == ["Paused (user)"]
    assert retold(play.done("m[0]/b")) == ["Completed m[0]/b"]
    play.check_state()


def test_a_container_that_fails_is_over() -> None:
    play = begun(drawing("m -> z", {"m": {"type": "map", "on_error": "continue"}}, inside={"m": "b"}), "m")
    play.say(OVER)
    assert retold(play.fail("m[0]/b"))[-1] == "Paused m (step)"
    assert told(play, Step()) == ["Resumed (step)", "Started z", "Paused z (step)"]


def test_a_container_that_is_tried_again_is_not_over() -> None:
    flow = drawing("m -> z", {"m": {"type": "map", "retry": {"max_attempts": 2}}}, inside={"m": "a"})
    play = begun(flow, "m")
    play.say(OVER)
    play.fail("m[0]/a")
    play.done("m[1]/a") if "m[1]/a" in play.at_work else None
    again = retold(play.fire("m"))
    assert "Started m again" in again
    for place in list(play.at_work):
        last = retold(play.done(place))
    assert last[-1] == "Paused m (step)"
    play.check_state()


def test_a_container_whose_output_is_set_by_hand_is_over() -> None:
    play = at_the_map()
    play.say(OVER)
    assert told(play, Override("m", [1]))[-1] == "Paused m (step)"


def test_places_are_kept_to_within_a_container() -> None:
    flow = drawing("start -> m -> z", {"m": "map"}, inside={"m": "a"}, limits={"max_parallel": 1})
    play = begun(flow)
    play.say(OVER)
    assert told(play, OVER)[-1] == "Started m[0]/a"
    assert retold(play.done("m[0]/a")) == ["Completed m[0]/a", "ScopeClosed m[0]", "Started m[1]/a"]
    assert retold(play.done("m[1]/a"))[-1] == "Paused m (step)"


def test_a_person_may_be_waited_for_within_a_container() -> None:
    play = at_the_map()
    play.say(OVER)
    play.ask("m[0]/b")
    play.done("m[1]/b")
    play.done("m[1]/a")
    play.say(Answered("b", "yes", "m[0]"))
    assert retold(play.done("m[0]/a"))[-1] == "Paused m (step)"


def test_giving_up_ends_the_stepping() -> None:
    play = at_the_map()
    play.say(OVER)
    assert told(play, CancelExecution())[-1] == "Finished"


def test_stepping_over_survives_any_crash() -> None:
    play = at_the_map()
    events: list[Event] = list(play.events)
    play.say(OVER)
    play.done("m[0]/b")
    for upto in range(len(events), len(play.events) + 1):
        again = Scheduler.recover(play.plan, play.events[:upto])
        again.go_on()
        beside = [event for event in again.events if getattr(event, "node", None) in ("y", "z")]
        assert beside == []
