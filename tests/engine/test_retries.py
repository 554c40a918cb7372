"""When a failed node is tried again: after its time, not before, and only once; and not at all once all is given up."""

from __future__ import annotations

from pointwork.commands import Answered, CancelExecution, Interrupted, Pause, Resume, Retry, Step
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

AGAIN = {"retry": {"max_attempts": 3, "first_delay_s": 60}}


def test_a_container_waits_although_its_other_rounds_close() -> None:
    play = Play(drawing("start -> m", {"m": {"type": "map", **AGAIN}}, inside={"m": "a"}), {"items": [1, 2, 3]})
    play.fail("m[1]/a")
    assert retold(play.said) == [
        "Failed m[1]/a", "ScopeClosed m[1]", "Failed m, again in 60 s", "Cancelled m[0]/a", "ScopeClosed m[0]",
        "Cancelled m[2]/a", "ScopeClosed m[2]",
    ]  # fmt: skip
    assert play.at_work == []
    play.fire("m")
    assert play.at_work == ["m#2[0]/a", "m#2[1]/a", "m#2[2]/a"]


def test_a_container_that_took_too_long_waits_although_its_rounds_close() -> None:
    group = {"type": "parallel", "timeout_s": 5, **AGAIN}
    play = Play(drawing("start -> g", {"g": group}, inside={"g": "a"}))
    play.fire("g")
    assert retold(play.said) == ["Failed g, again in 60 s", "Cancelled g[0]/a", "ScopeClosed g[0]"]


def test_a_race_that_failed_waits_although_another_path_arrives() -> None:
    play = Play(drawing("a -> j; b -> j", {"j": {"join": "any", **AGAIN}}))
    play.done("a")
    play.fail("j")
    play.done("b")
    assert play.told == ["Completed b"]
    play.fire("j")
    assert play.told == ["Started j"]


def test_a_node_that_stood_in_line_twice_begins_once() -> None:
    """Two paths arrive while there is no free place; the first attempt fails, and the second has its time."""
    play = Play(drawing("c; a -> j; b -> j", {"j": {"join": "any", **AGAIN}}, limits={"max_parallel": 2}))
    assert play.at_work == ["c", "a"]
    play.done("a")
    assert play.at_work == ["c", "b"]
    play.done("b")
    assert play.at_work == ["c", "j"]
    play.fail("j")
    assert play.told == ["Failed j"]
    assert play.at_work == ["c"]


def test_what_was_due_during_a_pause_begins_once_afterwards() -> None:
    play = Play(drawing("a", {"a": AGAIN}))
    play.fail("a")
    play.say(Pause())
    play.fire("a")
    play.say(Retry("a"))
    assert play.told == []
    play.say(Resume())
    assert retold(play.said) == ["Resumed (run)", "Started a again"]
    play.fail("a")
    assert retold(play.said) == ["Failed a, again in 60 s"]


def test_what_was_due_during_a_pause_is_a_step() -> None:
    play = Play(drawing("a; b", {"a": AGAIN, "b": AGAIN}))
    play.fail("a")
    play.fail("b")
    play.say(Pause())
    play.fire("b")
    play.fire("a")
    play.say(Step())
    assert retold(play.said) == ["Resumed (step)", "Started a again", "Paused a (step)"]
    play.say(Step())
    assert retold(play.said) == ["Resumed (step)", "Started b again", "Paused b (step)"]


def test_an_interrupted_node_runs_again_when_somebody_says_so() -> None:
    """The answer ends the pause, too; both nodes go on, the one that was asked about and the one that was not."""
    play = Play(drawing("a; b"))
    play.recover()
    for name, question in (("a", {"kind": "interrupted"}), ("b", None)):
        del play.performing["", name]  # as after a crash: nobody is at work
        play.say(Interrupted("", name, question))
    assert retold(play.said) == ["Failed b, again in 0 s"]
    play.say(Answered("a", action="again"))
    assert retold(play.said) == ["Failed a, again in 0 s", "Resumed (run)", "Started b again", "Started a again"]


def test_nothing_begins_that_a_pause_held_up_when_all_is_given_up() -> None:
    flow = drawing("start -> g; a -> c", {"g": "parallel", "h": "parallel"}, inside={"g": "h", "h": "a c"})
    play = Play(flow)
    play.say(Pause())
    play.done("g[0]/h[0]/a")
    play.say(CancelExecution())
    assert play.told == [
        "CancellationRequested", "Cancelled g", "Cancelled g[0]/h", "Cancelled g[0]/h[0]/c", "ScopeClosed g[0]/h[0]",
        "ScopeClosed g[0]", "Finished",
    ]  # fmt: skip
