"""What people do to a running execution: pause, step, answer, retry, override, cancel; in every situation."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import (
    Answered,
    Breakpoint,
    CancelExecution,
    Completed,
    ControlInput,
    Interrupted,
    Override,
    Pause,
    Resume,
    Retry,
    SetBreakpoints,
    Start,
    Step,
    TimerFired,
)
from pointwork.engine import Scheduler
from pointwork.errors import Conflict, NotFound, PointworkError
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, at

TWO = "start -> a -> c; start -> b -> c"


def told(play: Play, item: Any) -> list[str]:
    return retold(play.say(item))


# ------------------------------------------------------------------------------------------------ pause, step


def test_pausing_starts_nothing_and_stops_nothing() -> None:
    play = Play(drawing(TWO))
    assert told(play, Pause()) == ["Paused (user)"]
    assert told(play, Pause()) == []
    assert retold(play.done("a")) == ["Completed a"]
    assert retold(play.done("b")) == ["Completed b"]
    assert told(play, Resume()) == ["Resumed (run)", "Started c"]


def test_stepping_starts_one_node_after_the_other() -> None:
    play = Play(drawing(TWO))
    play.say(Pause())
    play.done("a")
    play.done("b")
    assert told(play, Step()) == ["Resumed (step)", "Started c", "Paused c (step)"]
    assert retold(play.done("c")) == ["Completed c"]
    assert told(play, Step()) == ["Resumed (step)", "Finished"]


def test_steps_go_in_the_order_of_scopes_and_of_the_plan() -> None:
    flow = drawing("start -> m; start -> z", {"m": "map"}, inside={"m": "b a"})
    play = Play(flow, {"items": [1, 2]}, begin=False)
    play.say(Start({"items": [1, 2]}, breakpoints=(Breakpoint("start"),)))
    assert play.told[-1] == "Paused start"
    order = []
    while len(order) < 7:
        order += [line for line in told(play, Step()) if line.startswith("Started")]
    assert order == [
        "Started start", "Started m", "Started z", "Started m[0]/b", "Started m[0]/a", "Started m[1]/b",
        "Started m[1]/a",
    ]  # fmt: skip
    play.check_state()


def test_a_step_waits_for_something_that_is_ready() -> None:
    """Nothing is ready while `a` works; the step is taken when it has ended."""
    play = Play(drawing("a -> b -> c"))
    play.say(Pause())
    assert told(play, Step()) == ["Resumed (step)"]
    assert told(play, Pause()) == ["Paused (user)"]
    assert told(play, Step()) == ["Resumed (step)"]
    assert told(play, Resume()) == ["Resumed (run)"]
    play.say(Pause())
    play.say(Step())
    assert retold(play.done("a")) == ["Completed a", "Started b", "Paused b (step)"]


def test_a_step_over_a_disabled_node_is_a_step() -> None:
    play = Play(drawing("a -> off -> b", {"off": {"disabled": True}}))
    play.say(Pause())
    play.done("a")
    assert told(play, Step()) == ["Resumed (step)", "Started off", "Completed off", "Paused off (step)"]


def test_stepping_is_not_held_up_by_the_limit_of_handlers() -> None:
    play = Play(drawing("start -> a; start -> b", limits={"max_parallel": 1}))
    assert play.at_work == ["a"]
    play.say(Pause())
    assert told(play, Step()) == ["Resumed (step)", "Started b", "Paused b (step)"]


@pytest.mark.parametrize("wish", [Resume(), Step()])
def test_what_is_not_paused_cannot_go_on(wish: ControlInput) -> None:
    play = Play(drawing("a"))
    with pytest.raises(Conflict, match="not paused"):
        play.scheduler.handle(wish)


def test_retries_wait_while_paused() -> None:
    play = Play(drawing("a -> b", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    play.say(Pause())
    assert play.fire("a") == []
    assert told(play, Resume()) == ["Resumed (run)", "Started a again"]


def test_retries_that_are_due_are_steps_too() -> None:
    retry = {"retry": {"max_attempts": 2}}
    play = Play(drawing("start -> a; start -> b", {"a": retry, "b": retry}))
    play.fail("a")
    play.fail("b")
    play.say(Pause())
    play.fire("b")
    play.fire("a")
    assert told(play, Step()) == ["Resumed (step)", "Started a again", "Paused a (step)"]
    assert told(play, Step()) == ["Resumed (step)", "Started b again", "Paused b (step)"]


def test_a_retry_that_was_due_is_forgotten_when_its_scope_is_given_up() -> None:
    retry = {"retry": {"max_attempts": 2}}
    play = Play(drawing("start -> a; start -> b", {"a": retry}))
    play.fail("a")
    play.say(Pause())
    play.fire("a")
    play.fail("b")
    assert told(play, Resume()) == ["Resumed (run)", "Cancelled a", "Finished"]


# ------------------------------------------------------------------------------------------------ answers


def test_an_answer_is_the_output() -> None:
    play = Play(drawing("start -> a; a.yes -> b; a.no -> c", {
        "a": {"type": "human", "human_config": {"question": "?", "choices": ["yes", "no"]}}}))  # fmt: skip
    assert retold(play.ask("a", question="?")) == ["Waiting a"]
    assert play.scheduler.state.waiting == {at("a"): {"question": "?"}}
    assert told(play, Answered("a", "yes", ports=("yes",))) == ["Completed a", "Started b", "Skipped c"]
    assert play.output("a") == "yes"
    play.check_state()


STEP = {"key": "2:other:abc", "kind": "other", "name": "pay"}


def test_a_handler_that_asked_goes_on_in_the_same_attempt_with_the_answer_as_a_step() -> None:
    play = Play(drawing("start -> a -> b"))
    assert retold(play.ask("a", question="?", step=STEP)) == ["Waiting a"]
    events = play.say(Answered("a", {"choice": "approve"}))
    assert retold(events) == ["StepRecorded a", "Resumed a"]
    assert (events[0].key, events[0].kind, events[0].name, events[0].value) == (*STEP.values(), {"choice": "approve"})
    assert play.scheduler.state.waiting == {}
    assert play.performing[at("a")].attempt == 1
    assert retold(play.ask("a", question="and now?", step=STEP)) == ["Waiting a"]
    assert told(play, Answered("a", 1)) == ["StepRecorded a", "Resumed a"]
    assert retold(play.done("a")) == ["Completed a", "Started b"]
    play.check_state()


def test_a_handler_that_goes_on_counts_as_one_at_work() -> None:
    play = Play(drawing("a -> c; b", limits={"max_parallel": 1}))
    play.ask("a", step=STEP)
    assert retold(play.events[-1:]) == ["Started b"]
    assert told(play, Answered("a", 1)) == ["StepRecorded a", "Resumed a"]
    assert retold(play.done("a")) == ["Completed a"]  # b is still at work
    assert retold(play.done("b")) == ["Completed b", "Started c"]


def test_an_answer_to_a_handler_is_taken_during_a_pause() -> None:
    play = Play(drawing("a -> b"))
    play.ask("a", step=STEP)
    play.say(Pause())
    assert told(play, Answered("a", 1)) == ["StepRecorded a", "Resumed a"]  # it holds at its next step
    assert retold(play.done("a")) == ["Completed a"]


@pytest.mark.parametrize("where", ["b", "nowhere"])
def test_only_what_waits_can_be_answered(where: str) -> None:
    play = Play(drawing("start -> a; start -> b"))
    play.ask("a")
    with pytest.raises(Conflict, match="does not wait for an answer") as refused:
        play.scheduler.handle(Answered(where))
    assert ("this workflow has no such node" in refused.value.message) is (where == "nowhere")


def test_an_answer_during_a_pause_is_recorded_and_its_consequences_wait() -> None:
    play = Play(drawing("a -> b"))
    play.ask("a")
    play.say(Pause())
    assert told(play, Answered("a", 1)) == ["Completed a"]
    assert told(play, Resume()) == ["Resumed (run)", "Started b"]


def test_what_waits_is_cancelled_with_its_scope() -> None:
    play = Play(drawing("start -> a; start -> b"))
    play.ask("a")
    assert retold(play.fail("b")) == ["Failed b", "Cancelled a", "Finished"]
    assert play.scheduler.state.waiting == {}
    assert at("a") in play.cancelled, "whoever keeps the question must forget it"


ACTIONS = [
    ("again", None, ["Failed a, again in 0 s", "Resumed (run)", "Started a again"]),
    ("done", 5, ["Completed a", "Resumed (run)", "Started b"]),
    ("fail", None, ["Failed a", "Resumed (run)", "Cancelled b", "Finished"]),
]


@pytest.mark.parametrize(("action", "value", "story"), [pytest.param(*row, id=row[0]) for row in ACTIONS])
def test_an_interrupted_node_is_asked_about(action: Any, value: Any, story: list[str]) -> None:
    play = Play(drawing("a -> b"))
    play.performing.clear()
    assert told(play, Interrupted("", "a", {"ask": "again?"})) == ["Waiting a", "Paused a (interrupted)"]
    assert told(play, Answered("a", value, action=action)) == story


def test_an_interrupted_node_may_be_answered_after_going_on() -> None:
    play = Play(drawing("a -> b"))
    play.performing.clear()
    play.say(Interrupted("", "a", {"ask": "again?"}))
    play.say(Resume())
    assert told(play, Answered("a", action="again")) == ["Failed a, again in 0 s", "Started a again"]


def test_an_interruption_is_no_failure() -> None:
    play = Play(drawing("a", {"a": {"retry": {"max_attempts": 2}}}))
    for attempt in (1, 2, 3):
        play.performing.clear()
        assert told(play, Interrupted("", "a")) == ["Failed a, again in 0 s", "Started a again"]
        assert play.performing[at("a")].attempt == attempt + 1
    assert retold(play.fail("a")) == ["Failed a, again in 1 s"]


def test_an_interruption_of_what_has_ended_says_nothing() -> None:
    play = Play(drawing("a -> b"))
    play.done("a")
    assert play.say(Interrupted("", "a")) == []
    assert play.say(Interrupted("gone[0]", "a")) == []


# ------------------------------------------------------------------------------------------------ retry


def test_a_retry_need_not_be_waited_for() -> None:
    play = Play(drawing("a", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    assert told(play, Retry("a")) == ["Started a again"]
    assert play.fire("a") == [], "its own time comes too late"


@pytest.mark.parametrize("where", ["a", "nowhere"])
def test_only_what_waits_for_another_attempt_is_retried(where: str) -> None:
    play = Play(drawing("a"))
    with pytest.raises(Conflict, match="not waiting for another attempt") as refused:
        play.scheduler.handle(Retry(where))
    assert ("this workflow has no such node" in refused.value.message) is (where == "nowhere")


NEAR: list[ControlInput] = [
    Answered("writr"),
    Retry("writr"),
    Override("writr", 1),
    SetBreakpoints([Breakpoint("writr")]),
]


@pytest.mark.parametrize("wish", NEAR, ids=lambda wish: wish.type)
def test_a_node_that_does_not_exist_and_the_one_that_was_meant(wish: ControlInput) -> None:
    play = Play(drawing("reader -> writer"))
    with pytest.raises(PointworkError, match="this workflow has no such node") as refused:
        play.scheduler.handle(wish)
    assert refused.value.hint == "Did you mean 'writer'?"


def test_asking_twice_for_another_attempt_gives_one() -> None:
    play = Play(drawing("a", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    play.say(Pause())
    play.say(Retry("a"))
    play.say(Retry("a"))
    assert told(play, Resume()) == ["Resumed (run)", "Started a again"]


# ------------------------------------------------------------------------------------------------ override


def test_override_before_the_start() -> None:
    play = Play(drawing("a -> b -> c"))
    assert told(play, Override("b", 5)) == ["OutputOverridden b", "Started c"]
    assert play.cancelled == []
    assert retold(play.done("a")) == ["Completed a"]
    assert play.inputs("c") == {"output": 5}


@pytest.mark.parametrize("waiting", [False, True])
def test_override_while_it_works_stops_the_handler(waiting: bool) -> None:
    play = Play(drawing("a -> b"))
    if waiting:
        play.ask("a")
    assert told(play, Override("a", 5)) == ["OutputOverridden a", "Started b"]
    assert play.cancelled == [at("a")]
    assert play.inputs("b") == {"output": 5}
    assert play.say(Completed("", "a", 1, "late")) == []
    play.check_state()


def test_override_with_a_way_on() -> None:
    play = Play(drawing("c.true -> a; c.false -> b", {"c": "condition"}))
    assert told(play, Override("c", 1, ports=("true",))) == ["OutputOverridden c", "Started a", "Skipped b"]
    assert play.at_work == ["a"]


def test_override_after_the_end_is_for_later_readers() -> None:
    inputs = [{"name": "x", "source_node": "a"}]
    play = Play(drawing("a -> b -> c", {"c": {"inputs": inputs}}))
    play.done("a", 1)
    assert told(play, Override("a", 2)) == ["OutputOverridden a"]
    play.done("b")
    assert play.inputs("c") == {"x": 2}


def test_override_after_the_end_cannot_change_the_way_on() -> None:
    play = Play(drawing("c.true -> a; c.false -> b", {"c": "condition"}))
    play.done("c", 1, "true")
    with pytest.raises(Conflict, match="already decided"):
        play.scheduler.handle(Override("c", 1, ports=("false",)))
    assert told(play, Override("c", 2, ports=("true",))) == ["OutputOverridden c"]


@pytest.mark.parametrize("how", ["failed", "skipped"])
def test_what_ended_without_an_output_is_given_none(how: str) -> None:
    play = Play(drawing("start -> a; a.error -> b; start.error -> s; start -> z"))
    play.fail("a")
    with pytest.raises(Conflict, match="ended without an output"):
        play.scheduler.handle(Override({"failed": "a", "skipped": "s"}[how], 1))


@pytest.mark.parametrize(("scope", "node"), [("", "nowhere"), ("m[7]", "a")])
def test_override_of_what_does_not_exist(scope: str, node: str) -> None:
    play = Play(drawing("a"))
    with pytest.raises(NotFound, match="no open node"):
        play.scheduler.handle(Override(node, 1, scope=scope))


def test_override_of_a_container_calls_off_what_is_inside() -> None:
    play = Play(drawing("start -> m -> z", {"m": "map"}, inside={"m": "a"}), {"items": [1, 2]})
    assert told(play, Override("m", 5)) == [
        "OutputOverridden m", "Cancelled m[0]/a", "ScopeClosed m[0]", "Cancelled m[1]/a", "ScopeClosed m[1]",
        "Started z",
    ]  # fmt: skip
    assert play.inputs("z") == {"output": 5}
    play.done("z")
    assert play.result == ("completed", "ok")


def test_the_run_ends_after_the_last_scope_of_an_overridden_container() -> None:
    play = Play(drawing("start -> m", {"m": "map"}, inside={"m": "a"}), {"items": [1]})
    assert told(play, Override("m", 5)) == ["OutputOverridden m", "Cancelled m[0]/a", "ScopeClosed m[0]", "Finished"]


@pytest.mark.parametrize("begun", [False, True])
def test_what_is_behind_an_overridden_drawn_loop_receives_what_was_set(begun: bool) -> None:
    """Nobody looks into its rounds for the node that the edge was drawn from: there may be none."""
    play = Play(drawing("x -> a -> c; c.false -> a; c.true -> z; y -> z", {"c": "condition"}))
    if begun:
        play.done("x")
    play.say(Override("loop:a", {"k": 1}, ports=("exit:0",)))
    play.done("y", {"l": 2})
    assert play.inputs("z") == {"k": 1, "l": 2}


def test_override_of_a_node_that_waits_for_its_next_attempt() -> None:
    play = Play(drawing("a -> b", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    assert told(play, Override("a", 5)) == ["OutputOverridden a", "Started b"]
    assert play.fire("a") == []


# ------------------------------------------------------------------------------------------------ cancel


def situation(name: str) -> Play:
    retry = {"retry": {"max_attempts": 2}}
    play = Play(drawing("start -> a -> z; start -> m", {"a": retry, "m": "map"}, inside={"m": "b"}), {"items": [1, 2]})
    match name:
        case "waiting":
            play.ask("a")
        case "retrying":
            play.fail("a")
        case "paused":
            play.say(Pause())
        case "paused-with-consequences":
            play.say(Pause())
            play.done("a")
        case "stepping":
            play.say(Pause())
            play.say(Step())
        case "interrupted":
            del play.performing[at("a")]
            play.say(Interrupted("", "a", {}))
    return play


SITUATIONS = ["working", "waiting", "retrying", "paused", "paused-with-consequences", "stepping", "interrupted"]


@pytest.mark.parametrize("name", SITUATIONS)
def test_cancel(name: str) -> None:
    play = situation(name)
    story = told(play, CancelExecution())
    assert story[0] == "CancellationRequested"
    assert story[-1] == "Finished"
    assert play.result == ("cancelled", None)
    assert play.at_work == []
    assert {play.statuses[name] for name in ("z", "m", "m[0]/b", "m[1]/b")} == {"cancelled"}
    assert play.statuses["a"] == ("completed" if name == "paused-with-consequences" else "cancelled")
    play.check_state()


def test_cancel_before_anything_was_told() -> None:
    """A crash between the wish and what follows from it: what had been asked for is done."""
    play = situation("working")
    before = len(play.events)
    play.say(CancelExecution())
    play.recover(before + 1)
    assert play.result == ("cancelled", None)
    play = situation("working")
    play.say(CancelExecution())
    play.recover(before + 2)
    assert play.result == ("cancelled", None)


def test_asking_twice_to_cancel_is_one_wish() -> None:
    play = situation("working")
    prefix = len(play.events)
    play.say(CancelExecution())
    again = Scheduler.recover(play.plan, play.events[: prefix + 1])
    events, _ = again.handle(CancelExecution())
    assert "CancellationRequested" not in {event.type for event in events}
    assert again.state.status == "cancelled"


# ---------------------------------------------------------------------------------------------- after the end

WISHES: list[ControlInput] = [
    Pause(), Resume(), Step(), CancelExecution(), Answered("a"), SetBreakpoints(), Retry("a"), Override("a", 1),
]  # fmt: skip


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.type)
def test_nothing_is_done_to_what_has_ended(wish: ControlInput) -> None:
    play = Play(drawing("a"))
    play.done("a")
    with pytest.raises(Conflict, match=r"has ended \(completed\)"):
        play.scheduler.handle(wish)


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.type)
def test_nothing_is_done_to_what_has_not_begun(wish: ControlInput) -> None:
    with pytest.raises(Conflict):
        Play(drawing("a"), begin=False).scheduler.handle(wish)


def test_an_execution_begins_once() -> None:
    with pytest.raises(Conflict, match="already been started"):
        Play(drawing("a")).scheduler.handle(Start({}))


def test_results_after_the_end_are_dropped() -> None:
    play = Play(drawing("start -> a; start -> b"))
    play.fail("a")
    assert play.say(Completed("", "b", 1, "late")) == []
    assert play.say(Completed("m[0]", "b", 1, "of a scope that never was")) == []
    assert play.say(TimerFired("", "b", 1, "retry")) == []


def test_what_is_no_input_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(AssertionError, match="comes from the runtime"):
        Play(drawing("a")).scheduler.handle("nonsense")  # type: ignore[arg-type]
