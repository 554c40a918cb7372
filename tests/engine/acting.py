"""Plays a whole execution after a script: what each handler answers, first come first served.

`acted(workflow, inputs, {"a": 5, "c": Out(None, "true"), "b": Broke()})`. A node that the script does not name answers
with its own id; a list holds the answers of one node after the other, a function makes one from what is performed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pointwork.commands import Perform
from pointwork.engine import Plan
from pointwork.events import Event, ExecutionPaused, ExecutionResumed, NodeFailed, NodeStarted
from pointwork.workflow import Workflow
from tests.engine.simulator import Play, brief

__all__ = ["Asks", "Broke", "Out", "acted", "go_through", "retold"]

LONGEST = 10_000  # handlers that a script may answer for: beyond it a test would never end


@dataclass(frozen=True)
class Out:
    """A handler returns through these ports."""

    value: Any
    port: str = "out"
    always: str | None = None

    @property
    def ports(self) -> tuple[str, ...]:
        return (self.port,) if self.always is None else (self.port, self.always)


@dataclass(frozen=True)
class Broke:
    """A handler raises."""

    kind: str = "broken"
    retryable: bool = True


@dataclass(frozen=True)
class Asks:
    """A handler wants an answer from outside."""

    question: str = "?"


def acted(
    workflow: Workflow | Plan,
    inputs: dict[str, Any] | None = None,
    script: Mapping[str, Any] | None = None,
    *,
    last: str = "",
    workflows: Mapping[tuple[str, int | None], Workflow] | None = None,
) -> Play:
    """The execution as far as it goes: to its end, or until everything waits. `last` is slower than all others."""
    play = Play(workflow, inputs, workflows=workflows)
    go_through(play, script or {}, last=last)
    play.check_state()
    return play


def go_through(play: Play, script: Mapping[str, Any], *, last: str = "") -> None:
    """Answer for all handlers, and let the time of retries come when nothing else is left to do."""
    left = {name: iter(answer) for name, answer in script.items() if isinstance(answer, list)}
    for _ in range(LONGEST):
        retry = next((timer for timer in play.timers if timer.purpose == "retry"), None)
        quick = [place for place in play.performing if place.node != last]
        if quick or (play.performing and retry is None):
            place = (quick or [*play.performing])[0]
            perform = play.performing[place]
            answer = next(left[place.node]) if place.node in left else script.get(place.node, place.node)
            _give(play, str(place), answer(perform) if callable(answer) else answer, perform)
        elif retry is not None:
            play.fire(f"{retry.scope}/{retry.node}" if retry.scope else retry.node)
        else:
            return
    raise AssertionError(f"{LONGEST} answers were not enough")


def _give(play: Play, where: str, answer: Any, perform: Perform) -> None:
    match answer:
        case Broke():
            play.fail(where, answer.kind, retryable=answer.retryable)
        case Out():
            play.done(where, answer.value, *answer.ports)
        case Asks():
            play.ask(where, question=answer.question, attempt=perform.attempt)
        case _:
            play.done(where, answer)


def retold(events: list[Event]) -> list[str]:
    """Events in short lines, with what tells attempts and pauses apart."""
    return [_line(event) for event in events]


def _line(event: Event) -> str:
    match event:
        case NodeStarted() if event.attempt > 1:
            return f"{brief(event)} again"
        case NodeFailed() if event.retry_in_s is not None:
            return f"{brief(event)}, again in {event.retry_in_s:g} s"
        case ExecutionPaused():
            return f"{brief(event)} ({event.reason})" if event.when is None else f"{brief(event)} ({event.when})"
        case ExecutionResumed():
            return f"Resumed ({event.mode})"
        case _:
            return brief(event)
