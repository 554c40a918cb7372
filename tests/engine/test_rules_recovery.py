"""Going on after a crash: what is performed again, what is started again, what is not."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Interrupted, Start
from pointwork.engine import Scheduler
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play


def test_going_on_with_what_has_not_begun_or_has_ended_does_nothing() -> None:
    play = Play(drawing("a"), begin=False)
    assert play.scheduler.go_on() == ([], [])
    play.say(Start({}))
    play.done("a")
    assert Scheduler.recover(play.plan, play.events).go_on() == ([], [])


def test_after_a_crash_what_had_not_ended_is_performed_again() -> None:
    flow = drawing(
        "start -> a -> z; start -> b; start -> g; start -> m; start -> w; start -> off -> r",
        {"b": {"retry": {"max_attempts": 3}}, "g": {"type": "parallel", "timeout_s": 5}, "m": "map",
         "off": {"disabled": True}},
        inside={"g": "c", "m": "d"},
    )  # fmt: skip
    play = Play(flow, {"items": [1]})
    play.done("a", 1)
    play.fail("b")
    play.ask("w")
    again = Scheduler.recover(play.plan, play.events)
    outstanding = sorted(f"{type(c).__name__} {c.scope} {c.node} {c.attempt}" for c in again.outstanding())
    assert outstanding == [
        "Perform  r 1", "Perform  z 1", "Perform g[0] c 1", "Perform m[0] d 1", "SetTimer  b 1", "SetTimer  g 1",
    ]  # fmt: skip
    assert [c.seconds for c in again.outstanding() if c.node in ("b", "g")] == [1, 5]


def test_after_a_crash_an_attempt_that_runs_again_without_retry_is_due_at_once() -> None:
    play = Play(drawing("a"))
    play.performing.clear()
    play.say(Interrupted("", "a"))
    again = Scheduler.recover(play.plan, play.events[:3])
    assert [(c.purpose, c.seconds) for c in again.outstanding()] == [("retry", 0.0)]


@pytest.mark.parametrize(
    ("parts", "story"),
    [
        ({"disabled": True}, ["Failed a, again in 0 s", "Started a again", "Completed a", "Started b"]),
        (
            {"work_config": {"prompt": "{{ nowhere }}"}},
            ["Failed a, again in 0 s", "Started a again", "Failed a", "Cancelled b", "Finished"],
        ),
    ],
)
def test_after_a_crash_what_has_no_handler_is_started_again(parts: dict[str, Any], story: list[str]) -> None:
    """The journal ends between the start and the end of a node that needs no handler."""
    play = Play(drawing("start -> a -> b", {"a": parts}))
    cut = next(i for i, e in enumerate(play.events) if e.type == "NodeStarted" and e.node == "a")
    play.recover(cut + 1)
    assert retold(play.events[cut + 1 :]) == story


def test_after_a_crash_a_container_that_has_ended_is_not_asked_again() -> None:
    play = Play(drawing("start -> m -> z", {"m": "map"}, inside={"m": "a"}), {"items": [1]})
    play.done("m[0]/a")
    play.recover()
    assert play.at_work == ["z"]
    assert play.done("z", 5)
    assert play.result == ("completed", 5)
