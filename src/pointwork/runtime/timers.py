"""Time limits that stand still, and what timers have left when another process goes on.

The rule: the time in which an execution is paused does not count against what its containers may take, live or read
from its records. Nor does the time in which no process drove it, as far as its records tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pointwork.commands import Command, SetTimer
from pointwork.events import (
    CancellationRequested,
    Event,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionStarted,
    NodeFailed,
    NodeStarted,
    NodeWaiting,
    Record,
)
from pointwork.runtime.clock import Clock, Timer

__all__ = ["Countdown", "rearmed"]

Place = tuple[str, str]  # scope and node


class Countdown:
    """Calls back when its time is up, once. Time that it stands still does not count.

    >>> from pointwork.testing import VirtualClock
    >>> clock = VirtualClock()
    >>> countdown = Countdown(clock, 3, lambda: print("over"))
    >>> clock.advance(2)
    >>> countdown.stop()
    >>> clock.advance(60)
    >>> countdown.run()
    >>> clock.advance(1)
    over
    """

    def __init__(self, clock: Clock, seconds: float, over: Callable[[], None], *, still: bool = False) -> None:
        self._clock = clock
        self._over = over
        self._left_us = round(seconds * 1e6)
        self._since_us = 0
        self._timer: Timer | None = None
        self._is_over = False
        if not still:
            self.run()

    def run(self) -> None:
        if self._timer is None and not self._is_over:
            self._since_us = self._clock.now_us()
            self._timer = self._clock.call_later(max(0.0, self._left_us / 1e6), self._expire)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left_us -= max(0, self._clock.now_us() - self._since_us)

    cancel = stop

    def _expire(self) -> None:
        self._timer = None
        self._is_over = True
        self._over()


def rearmed(commands: Sequence[Command], records: Sequence[Record], *, now_us: int) -> list[Command]:
    """The commands of a recovered scheduler, whose timers have what is left of their time."""
    timers = [command for command in commands if isinstance(command, SetTimer)]
    due_us = _due_us(records) if timers else {}
    taken_us = _taken_us(records) if any(timer.purpose == "timeout" for timer in timers) else {}

    def rest(command: Command) -> Command:
        if not isinstance(command, SetTimer):
            return command
        place = (command.scope, command.node)
        if command.purpose == "timeout":
            return replace(command, seconds=command.seconds - taken_us.get(place, 0) / 1e6)
        return replace(command, seconds=(due_us[place] - now_us) / 1e6) if place in due_us else command

    return [rest(command) for command in commands]


def _due_us(records: Iterable[Record]) -> dict[Place, int]:
    """When failed attempts were to be tried again, in microseconds since 1970."""
    due: dict[Place, int] = {}
    for record in records:
        event = record.event
        if isinstance(event, NodeFailed) and event.retry_in_s is not None:
            due[event.scope, event.node] = record.at_us + int(event.retry_in_s * 1e6)
    return due


def _taken_us(records: Iterable[Record]) -> dict[Place, int]:
    """How much time counts since each activation began its last attempt, up to the last record."""
    begun: dict[Place, int] = {}
    counted, last, counts = 0, 0, False
    for record in records:
        event = record.event
        if counts and not _took_up(event):
            counted += max(0, record.at_us - last)
        last = record.at_us
        if isinstance(event, NodeStarted):
            begun[event.scope, event.node] = counted
        elif isinstance(event, ExecutionPaused):
            counts = False
        elif isinstance(event, (ExecutionStarted, ExecutionResumed, CancellationRequested)):
            counts = True
    return {place: counted - since for place, since in begun.items()}


def _took_up(event: Event) -> bool:
    """Whether this is the first that a process says of what another one had begun."""
    if isinstance(event, NodeFailed):
        return event.error.get("kind") == "interrupted" and event.retry_in_s is not None
    return isinstance(event, NodeWaiting) and event.request.get("kind") == "interrupted"
