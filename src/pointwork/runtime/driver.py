"""The driver of one execution: whoever has an input delivers it; what comes out is stored, then obeyed.

Rules of this file: `deliver` never awaits, so it is atomic, and it is the only writer of this execution's journal.
There is one task per live branch, which goes on inline with the first node that its node made ready. A handler with
effects starts only when all events that led to it are stored; handlers without effects do not wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from pointwork.commands import Answered, Cancel, Command, Input, Perform, SetTimer, TimerFired
from pointwork.engine import Scheduler
from pointwork.errors import PointworkError
from pointwork.events import (
    Event,
    ExecutionPaused,
    NodeCancelled,
    NodeCompleted,
    NodeWaiting,
    StepRecorded,
    StepStarted,
)
from pointwork.journal import Stored
from pointwork.runtime.clock import micros
from pointwork.runtime.compiled import Compiled
from pointwork.runtime.perform import attempt
from pointwork.runtime.steps import Steps
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.clock import Timer
    from pointwork.runtime.runtime import Runtime

__all__ = ["Driver"]

SLICE_S = 0.001  # a branch that never waits lets others run this often


class Driver:
    """One execution at work."""

    def __init__(
        self,
        runtime: Runtime,
        execution_id: str,
        compiled: Compiled,
        scheduler: Scheduler,
        *,
        seq: int = 0,
        workflow_id: str | None = None,
        options: JsonObject | None = None,
    ) -> None:
        self.runtime = runtime
        self.id = execution_id
        self.compiled = compiled
        self.scheduler = scheduler
        self.seq = seq  # of the last record that was handed to the journal
        self.workflow_id = workflow_id
        self.options: JsonObject = options or {}
        self.status = "running"
        self.stored: Stored | None = None  # done when all records up to `seq` are stored
        self.steps = Steps()
        self.closed = False
        self.hold = False  # handlers stop at their next step
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_work: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._timers: dict[tuple[str, str], Timer] = {}
        self._waiters: list[asyncio.Future[None]] = []

    # --------------------------------------------------------------------------------------------- inputs

    def deliver(self, item: Input) -> list[Perform]:
        """Take an input; returns what must be performed now."""
        if self.closed:
            return []
        return self.take(*self.scheduler.handle(item))

    def take(self, events: list[Event], commands: list[Command]) -> list[Perform]:
        """Store events and obey commands."""
        if events:
            self._store(events)
        performs: list[Perform] = []
        for command in commands:
            if type(command) is Perform:
                performs.append(command)
            elif type(command) is SetTimer:
                self.set_timer(command, command.seconds)
            elif type(command) is Cancel:
                self._cancel(command.scope, command.node)
        return performs

    def feed(self, item: Input) -> None:
        """Deliver an input from outside a branch, and start what it leads to."""
        self.begin(self.deliver(item))

    def begin(self, performs: Sequence[Perform]) -> None:
        """Start a branch for each."""
        for perform in performs:
            self._spawn(self._branch(perform))
        if not performs and self.stored is not None:
            self._spawn(self._settle())

    # --------------------------------------------------------------------------------------------- branches

    async def _branch(self, perform: Perform) -> None:
        task = asyncio.current_task()
        assert task is not None
        until = monotonic() + SLICE_S
        inline: list[Perform] = []  # handlers without effects, to be run before anything else
        current: Perform | None = perform
        try:
            while current is not None:
                if not current.effects:
                    result = await attempt(self, current)
                else:
                    if self.stored is not None:
                        others_ran = not self.stored.done
                        await self.stored
                        if others_ran:
                            until = monotonic() + SLICE_S
                        if not self.is_current(current):
                            break
                    place = (current.scope, current.node)
                    self._at_work[place] = task
                    result = await attempt(self, current)
                    self._at_work.pop(place, None)
                current = None
                for item in self.deliver(result):
                    if not item.effects:
                        inline.append(item)
                    elif current is None:
                        current = item
                    else:
                        self._spawn(self._branch(item))
                if inline:
                    if current is not None:
                        self._spawn(self._branch(current))
                    current = inline.pop()
                if monotonic() > until:
                    await asyncio.sleep(0)
                    until = monotonic() + SLICE_S
            if self.stored is not None:
                await self.stored
        except PointworkError as error:  # the journal refused: nothing goes on unsaved
            self.runtime.lost(self, error)
        finally:
            self._tasks.discard(task)

    async def _settle(self) -> None:
        task = asyncio.current_task()
        try:
            if self.stored is not None:
                await self.stored
        except PointworkError as error:
            self.runtime.lost(self, error)
        finally:
            self._tasks.discard(task)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.get_running_loop().create_task(work))

    def is_current(self, perform: Perform) -> bool:
        """Whether what an attempt says still counts."""
        if self.closed:
            return False
        found = self.scheduler.state.scopes.get(perform.scope)
        if found is None:
            return False
        index = found.plan.index[perform.node]
        return found.attempts[index] == perform.attempt and found.status[index] == 1  # running

    def _cancel(self, scope: str, node: str) -> None:
        task = self._at_work.pop((scope, node), None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    # ----------------------------------------------------------------------------------------------- storing

    def _store(self, events: Sequence[Event]) -> None:
        state = self.scheduler.state
        held, status = self.hold, self.status
        if state.status is not None or state.paused or state.waiting or held or status != "running":
            status = self._status(events)
        changed = status != self.status
        stored = self.runtime.journal.append(self.id, events, after=self.seq, status=status if changed else None)
        self.seq += len(events)
        if stored is not None:
            self.stored = stored
        if state.waiting or self.steps:
            self._follow(events)
        if changed or held != self.hold:
            self.status = status
            self._wake()
            if state.status is not None:
                self._end()

    def _status(self, events: Sequence[Event]) -> str:
        """The status of the execution now; also notes whether handlers shall hold."""
        state = self.scheduler.state
        if state.status is not None:
            self.hold = False
            return state.status
        if state.paused:
            for event in events:
                if type(event) is ExecutionPaused:
                    self.hold = event.reason != "step"
            return "paused"
        self.hold = False
        return "waiting" if state.waiting and not state.running else "running"

    def _follow(self, events: Sequence[Event]) -> None:
        """Arm the clock for nodes that wait until a time, and forget the steps of nodes that ended."""
        for event in events:
            if type(event) is NodeWaiting and "until" in event.request:
                self.arm(event.scope, event.node, event.request)
            elif type(event) is NodeCompleted or type(event) is NodeCancelled:
                self.steps.forget(event.scope, event.node)

    def note(self, event: Event) -> None:
        """Store an event that is nobody's decision: a step, text, a log line."""
        if self.closed or self.scheduler.state.status is not None:
            return
        if isinstance(event, (StepStarted, StepRecorded)):
            self.steps.take(event)
        stored = self.runtime.journal.append(self.id, [event], after=self.seq)
        self.seq += 1
        if stored is not None:
            self.stored = stored

    async def note_stored(self, event: Event) -> None:
        """Store an event and wait until it is."""
        self.note(event)
        if self.stored is not None:
            await self.stored

    async def gate(self) -> None:
        """Hold a handler between its steps while the execution is paused."""
        while self.hold and not self.closed:
            await self._changed()

    def _changed(self) -> asyncio.Future[None]:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def idle(self) -> None:
        """Wait until the execution ends, pauses or waits for somebody, and all of that is stored."""
        while self.status == "running" and not self.closed:
            await self._changed()
        if self.stored is not None:
            await self.stored

    # ------------------------------------------------------------------------------------------------ timers

    def set_timer(self, timer: SetTimer, seconds: float) -> None:
        place = (f"{timer.purpose}:{timer.scope}", timer.node)
        fired = TimerFired(timer.scope, timer.node, timer.attempt, timer.purpose)
        if old := self._timers.pop(place, None):
            old.cancel()
        self._timers[place] = self.runtime.clock.call_later(max(0.0, seconds), lambda: self._fire(place, fired))

    def _fire(self, place: tuple[str, str], item: Input) -> None:
        self._timers.pop(place, None)
        self._feed_by_clock(item)

    def _feed_by_clock(self, item: Input) -> None:
        try:
            self.feed(item)
        except PointworkError as error:
            self.runtime.lost(self, error)

    def arm(self, scope: str, node: str, request: JsonObject) -> None:
        """Answer a wait by itself when its time has come."""
        seconds = (micros(request["until"]) - self.runtime.clock.now_us()) / 1e6

        def answer() -> None:
            del self._timers[place]
            if self.scheduler.state.waiting.get((scope, node)) is request:
                self._feed_by_clock(Answered(node, request.get("default"), scope))

        place = (f"until:{scope}", node)
        self._timers[place] = self.runtime.clock.call_later(max(0.0, seconds), answer)

    def _end(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self.runtime.ended(self)

    async def close(self) -> None:
        """Stop without ending the execution: it is resumed by whoever recovers it."""
        self.closed = True
        for timer in self._timers.values():
            timer.cancel()
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._wake()
