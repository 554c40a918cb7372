"""Answers that somebody gives, and answers that come too late."""

from __future__ import annotations

from typing import Any

from pointwork.commands import Answered, TimerFired
from tests.engine.acting import retold
from tests.engine.drawings import drawing
from tests.engine.simulator import Play, at


def told(play: Play, item: Any) -> list[str]:
    return retold(play.say(item))


HUMAN = {"a": {"type": "human", "human_config": {"question": "?", "deadline_s": 60}}}


def late(where: str, attempt: int = 1) -> TimerFired:
    scope, node = at(where)
    return TimerFired(scope, node, attempt, "deadline")


def test_who_answers_is_written_down() -> None:
    play = Play(drawing("a -> b"))
    play.ask("a", question="?")
    events = play.say(Answered("a", "yes", by="Ann"))
    assert retold(events) == ["LogWritten a", "Completed a", "Started b"]
    assert events[0].message == "Node 'a' was answered by Ann."


def test_a_deadline_is_a_way_of_its_own() -> None:
    play = Play(drawing("start -> a; a.out -> b; a.deadline -> c", HUMAN))
    play.ask("a", deadline="2030-01-01T00:00:00Z")
    assert told(play, late("a")) == ["Completed a", "Skipped b", "Started c"]
    assert play.output("a") == {"deadline": "2030-01-01T00:00:00Z"}
    assert told(play, late("a")) == []  # too late to be late
    play.check_state()


def test_without_that_way_a_deadline_is_a_failure() -> None:
    play = Play(drawing("start -> a -> b"))
    play.ask("a", deadline="2030-01-01T00:00:00Z")
    assert told(play, late("a")) == ["Failed a", "Cancelled b", "Finished"]
    assert play.error["kind"] == "deadline"
    assert "2030-01-01" in play.error["message"]


def test_only_what_waits_can_be_late() -> None:
    play = Play(drawing("start -> a; a.deadline -> b", HUMAN))
    assert told(play, late("a")) == []
    play.ask("a")
    assert told(play, late("a", attempt=2)) == []
    play.say(Answered("a", "yes"))
    assert told(play, late("a")) == []
