"""Stubs of nodes, and inputs that are set by hand: what is not run, what goes on behind it, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Breakpoint, OverrideInputs, Pause, Resume, SetStubs, Start, Step, Stub
from pointwork.engine import Scheduler
from pointwork.engine.stubs import possible
from pointwork.errors import Conflict, NotFound, Unacceptable
from pointwork.events import NodeStarted, OutputOverridden
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

LINE = "a -> send -> z"


def stubbed(workflow: Any, *stubs: Stub, inputs: dict[str, Any] | None = None) -> Play:
    play = Play(workflow, inputs or {}, begin=False)
    play.say(Start(inputs or {}, stubs=stubs))
    return play


def test_a_stubbed_node_is_not_run() -> None:
    play = stubbed(drawing(LINE), Stub({"sent": True}, node="send"))
    assert retold(play.done("a", 5)) == ["Completed a", "LogWritten send", "OutputOverridden send", "Started z"]
    [given] = [event for event in play.events if isinstance(event, OutputOverridden)]
    assert (given.output, given.inputs) == ({"sent": True}, {"output": 5})
    [last] = [event for event in play.events if isinstance(event, NodeStarted) and event.node == "z"]
    assert last.inputs == {"sent": True}
    play.check_state()


def test_a_stub_chooses_the_way() -> None:
    flow = drawing("c.true -> yes; c.false -> no", {"c": "condition"})
    play = stubbed(flow, Stub(None, node="c", ports=("false",)))
    assert play.at_work == ["no"]
    with pytest.raises(Unacceptable, match="needs ports that lead on"):
        stubbed(flow, Stub(None, node="c"))
    with pytest.raises(Unacceptable, match="needs ports that lead on, not maybe"):
        stubbed(flow, Stub(None, node="c", ports=("maybe",)))


def test_a_stubbed_container_is_not_opened() -> None:
    play = stubbed(drawing("m -> z", {"m": "map"}, inside={"m": "b"}), Stub([1, 2], node="m"), inputs={"items": [1]})
    assert play.at_work == ["z"]
    assert not [event for event in play.events if event.type == "ScopeOpened"]


def test_a_stub_holds_in_each_round() -> None:
    play = stubbed(drawing("m; b -> c", {"m": "map"}, inside={"m": "b c"}), Stub(1, node="b"), inputs={"items": [1, 2]})
    assert play.at_work == ["m[0]/c", "m[1]/c"]


def test_stubs_may_come_and_go_while_it_runs() -> None:
    play = Play(drawing(LINE))
    play.say(Pause())
    play.say(SetStubs([Stub(1, node="send"), Stub(2, tool="mail")]))
    assert play.scheduler.state.tool_stubs["mail"]["output"] == 2
    play.say(SetStubs([]))
    assert play.scheduler.state.tool_stubs == play.scheduler.state.stubs == {}
    play.done("a")
    assert retold(play.say(Resume())) == ["Resumed (run)", "Started send"]


def test_a_stubbed_node_is_a_step_that_may_be_paused_before() -> None:
    play = Play(drawing(LINE), begin=False)
    play.say(Start({}, breakpoints=(Breakpoint("send"),), stubs=(Stub(1, node="send"),)))
    assert retold(play.done("a")) == ["Completed a", "Paused send (before)"]
    assert retold(play.say(Step())) == [
        "Resumed (step)",
        "LogWritten send",
        "OutputOverridden send",
        "Paused send (step)",
    ]


def test_a_failed_attempt_may_be_stood_in_for() -> None:
    play = Play(drawing("a -> z", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    play.say(SetStubs([Stub("instead", node="a")]))
    assert retold(play.fire("a")) == ["LogWritten a", "OutputOverridden a", "Started z"]
    play.check_state()


@pytest.mark.parametrize(
    ("stub", "why"),
    [
        (Stub(1), "neither a node nor a tool"),
        (Stub(1, node="send", tool="mail"), "both a node and a tool"),
        (Stub(1, node="sned"), "no such node"),
    ],
)
def test_what_stands_in_for_nothing_is_refused(stub: Stub, why: str) -> None:
    with pytest.raises(Unacceptable, match=why):
        stubbed(drawing(LINE), stub)
    play = Play(drawing(LINE))
    with pytest.raises(Unacceptable, match=why):
        play.scheduler.handle(SetStubs([stub]))


def test_too_many_stubs_are_refused() -> None:
    with pytest.raises(Unacceptable, match="There are 1,000,000 stubs"):
        Scheduler(Play(drawing(LINE)).plan).handle(Start({}, stubs=(Stub(1, tool="t"),) * 1_000_000))


def test_stubs_that_another_plan_has_no_use_for_are_left_out() -> None:
    kept = {"node": None, "tool": "mail", "output": 1, "ports": None}
    there = {"node": "a", "tool": None, "output": 1, "ports": ["out"]}
    lost = {"node": "send", "tool": None, "output": 1, "ports": None}
    assert possible(Play(drawing("a -> b")).plan, [kept, there, lost]) == [kept, there]


# --------------------------------------------------------------------------------------------------- inputs


def test_a_node_receives_what_somebody_set() -> None:
    play = Play(drawing(LINE))
    play.say(OverrideInputs("send", {"a": "other"}))
    play.done("a", "real")
    assert play.performing[("", "send")].inputs == {"a": "other"}  # type: ignore[index]
    play.check_state()


def test_each_attempt_receives_what_somebody_set() -> None:
    play = Play(drawing("a", {"a": {"retry": {"max_attempts": 2}}}))
    play.fail("a")
    play.say(OverrideInputs("a", {"x": 1}))
    play.fire("a")
    assert play.performing[("", "a")].inputs == {"x": 1}  # type: ignore[index]


def test_a_stub_is_given_what_somebody_set() -> None:
    play = stubbed(drawing(LINE), Stub(1, node="send"))
    play.say(OverrideInputs("send", {"a": "other"}))
    play.done("a")
    [given] = [event for event in play.events if isinstance(event, OutputOverridden)]
    assert given.inputs == {"a": "other"}


def test_what_has_begun_receives_nothing_else() -> None:
    play = Play(drawing(LINE))
    with pytest.raises(Conflict, match="'a' has begun already"):
        play.scheduler.handle(OverrideInputs("a", {}))
    with pytest.raises(NotFound, match=r"no open node 'b'.*no such node"):
        play.scheduler.handle(OverrideInputs("b", {}))
    with pytest.raises(NotFound, match="no open node 'a' in scope 'm\\[0\\]'"):
        play.scheduler.handle(OverrideInputs("a", {}, "m[0]"))
