"""Outputs set by hand: what those receive that come behind."""

from __future__ import annotations

from pointwork.commands import Breakpoint, Override, Resume, SetBreakpoints
from tests.engine.drawings import drawing
from tests.engine.simulator import Play

QUALITY = "start -> write -> check; check.true -> end; check.false -> improve -> check"


def halted(before: str) -> Play:
    """A quality loop that stops before one of its nodes."""
    play = Play(drawing(QUALITY, {"check": "condition"}), {"topic": "tea"})
    play.say(SetBreakpoints([Breakpoint(before)]))
    return play


def test_a_decision_made_by_hand_hands_on_what_it_would_have_received() -> None:
    play = halted("check")
    play.done("write", {"draft": 1})
    assert play.told == [
        "Completed write", "Started loop:check", "ScopeOpened loop:check[0]", "Paused loop:check[0]/check",
    ]  # fmt: skip
    play.say(Override("check", {"branch": "false"}, "loop:check[0]", ports=("false",)))
    play.say(Resume())
    assert play.inputs("loop:check[0]/improve") == {"draft": 1}


def test_a_way_out_taken_by_hand_hands_on_what_the_decision_would_have_received() -> None:
    play = halted("check")
    play.done("write", {"draft": 1})
    play.say(Override("check", {"branch": "true"}, "loop:check[0]", ports=("true",)))
    play.say(Resume())
    assert play.result == ("completed", {"draft": 1})


def test_the_output_of_a_drawn_loop_that_never_began_is_what_was_set() -> None:
    play = halted("loop:check")
    play.done("write", {"draft": 1})
    assert play.told == ["Completed write", "Paused loop:check"]
    play.say(Override("loop:check", {"draft": "mine"}, ports=("exit:0",)))
    play.say(Resume())
    assert play.result == ("completed", {"draft": "mine"})


def test_the_output_of_a_drawn_loop_at_work_is_what_was_set() -> None:
    play = halted("improve")
    play.done("write", {"draft": 1})
    play.done("loop:check[0]/check", {"branch": "false"}, "false")
    assert play.told == ["Completed loop:check[0]/check", "Paused loop:check[0]/improve"]
    play.say(Override("loop:check", {"draft": "mine"}, ports=("exit:0",)))
    play.say(Resume())
    assert play.told == [
        "Resumed", "Started end", "Cancelled loop:check[0]/improve", "ScopeClosed loop:check[0]", "Completed end",
        "Finished",
    ]  # fmt: skip
    assert play.result == ("completed", {"draft": "mine"})


def test_the_output_of_a_drawn_loop_that_has_ended_is_what_was_set() -> None:
    play = halted("end")
    play.done("write", {"draft": 1})
    play.done("loop:check[0]/check", {"branch": "true"}, "true")
    assert play.told[-1] == "Paused end"
    play.say(Override("loop:check", {"draft": "mine"}))
    play.recover()
    play.say(Resume())
    assert play.result == ("completed", {"draft": "mine"})
