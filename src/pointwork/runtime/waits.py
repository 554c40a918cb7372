"""What a wait for an answer wants to be done by itself: to be answered, to be given up, to be remembered.

All of it falls due by the clock on the wall, whether the execution is paused or not, and is armed again by whoever
recovers the execution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pointwork.commands import Answered, TimerFired
from pointwork.events import LogWritten, iso
from pointwork.runtime.clock import Timer, micros
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.driver import Driver

__all__ = ["Waits"]

Due: TypeAlias = Callable[[str, str, JsonObject], None]


class Waits:
    """The waits of one execution."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._timers: dict[tuple[str, str, str], Timer] = {}

    def arm(self, scope: str, node: str, request: JsonObject) -> None:
        """Do what the request names: `until`, `deadline`, `remind_at`."""
        if "until" in request:
            self._at("until", scope, node, request, request["until"], self._answer)
        if "deadline" in request:
            self._at("deadline", scope, node, request, request["deadline"], self._give_up)
        if "remind_at" in request:
            self._at("remind", scope, node, request, self._next_reminder(request), self._remind)

    def stop(self) -> None:
        """Do nothing of it any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _at(self, what: str, scope: str, node: str, request: JsonObject, time: str, due: Due) -> None:
        def over() -> None:
            self._timers.pop((what, scope, node), None)
            if self._driver.scheduler.state.waiting.get((scope, node)) is request:
                due(scope, node, request)

        if old := self._timers.pop((what, scope, node), None):
            old.cancel()
        clock = self._driver.runtime.clock
        seconds = (micros(time) - clock.now_us()) / 1e6
        self._timers[what, scope, node] = clock.call_later(max(0.0, seconds), over)

    def _answer(self, scope: str, node: str, request: JsonObject) -> None:
        self._driver.feed_by_clock(Answered(node, request.get("default"), scope))

    def _give_up(self, scope: str, node: str, request: JsonObject) -> None:
        found = self._driver.scheduler.state.find(scope, node)
        if found is not None:
            self._driver.feed_by_clock(TimerFired(scope, node, found[0].attempts[found[1]], "deadline"))

    def _remind(self, scope: str, node: str, request: JsonObject) -> None:
        whom = f" of {request['assignee']}" if request.get("assignee") else ""
        self._driver.note(LogWritten("WARNING", f"Node {node!r} still waits for the answer{whom}.", scope, node))
        self._at("remind", scope, node, request, self._next_reminder(request), self._remind)

    def _next_reminder(self, request: JsonObject) -> str:
        """The next of the times that the request names: `remind_at`, and every `remind_s` after it."""
        first, every = micros(request["remind_at"]), round(request["remind_s"] * 1e6)
        late = self._driver.runtime.clock.now_us() - first
        return iso(first if late < 0 else first + (late // every + 1) * every)
