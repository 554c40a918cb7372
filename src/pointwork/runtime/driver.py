"""The driver of one execution: whoever has an input delivers it; what comes out is stored, then obeyed.

Rules of this file: `deliver` never awaits, so it is atomic, and it is the only writer of this execution's journal.
A task goes on inline with the first node that its node made ready, and then with whatever else is ready; only when a
handler lets others run, the rest gets tasks of its own (`_spread`). A handler with effects starts only when all events
that led to it are stored; handlers without effects do not wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from pointwork.commands import Cancel, Command, Input, Perform, SetTimer, TimerFired
from pointwork.engine import Scheduler
from pointwork.engine.breakpoints import due_at_call
from pointwork.engine.rewrite import rewrite
from pointwork.engine.scope import RETRYING, RUNNING
from pointwork.errors import PointworkError
from pointwork.events import Event, ExecutionPaused, NodeWaiting, StepRecorded
from pointwork.journal import Stored
from pointwork.runtime.budgets import budgets_of
from pointwork.runtime.clock import sleep
from pointwork.runtime.compiled import Compiled
from pointwork.runtime.gate import Gate
from pointwork.runtime.perform import attempt
from pointwork.runtime.steps import Steps
from pointwork.runtime.timers import Countdown
from pointwork.runtime.waits import Waits
from pointwork.spending import Spending
from pointwork.workflow import Budget, JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.clock import Timer
    from pointwork.runtime.runtime import Runtime

__all__ = ["Driver"]

log = logging.getLogger("pointwork.runtime")

SLICE_S = 0.001  # a branch that never waits lets others run this often
CLOSE_S = 5.0  # how long a handler that was cancelled may clear up


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
        self.redactor = runtime.redactor
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
        self.plain = False  # running, not held and without steps: nothing to look after but the records
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready: deque[tuple[Perform, Stored | None]] = deque()  # to be performed, each when that is stored
        self._resting = 0  # branches that go on with what is ready in a moment
        self._spreading = False
        self._at_work: dict[asyncio.Task[Any], Perform] = {}  # handlers that may be cut off
        self.timers: dict[tuple[str, str], Timer] = {}
        self._waiters: list[asyncio.Future[bool]] = []
        self._journal_append = runtime.journal.append

    @cached_property
    def waits(self) -> Waits:
        """What waits for an answer; most executions never do."""
        return Waits(self)

    @cached_property
    def gate(self) -> Gate:
        """Where handlers wait before their calls; most executions are never paused."""
        return Gate(self)

    @cached_property
    def spending(self) -> Spending:
        """What was spent; most executions never call a model."""
        return Spending()

    @cached_property
    def budgets(self) -> list[tuple[str, Budget]]:
        return budgets_of(self.options, self.compiled.plan.limits)

    # --------------------------------------------------------------------------------------------- inputs

    def deliver(self, item: Input) -> list[Perform]:
        """Take an input; returns what must be performed now."""
        if self.closed:
            return []
        events, commands = self.scheduler.handle(item)
        state = self.scheduler.state
        usual = self.plain and state.status is None and not state.paused and not state.waiting
        if usual and events and not self.redactor.active:
            try:  # as `_append`, in the case that is usual
                stored = self._journal_append(self.id, events, after=self.seq)
            except PointworkError as error:
                self.runtime.lost(self, error)
                raise
            self.seq += len(events)
            if stored is not None:
                self.stored = stored
            if not commands:
                return []
            if len(commands) == 1 and type(command := commands[0]) is Perform:
                return [command]
            events = []
        return self.take(events, commands)

    def take(self, events: list[Event], commands: list[Command]) -> list[Perform]:
        """Store events and obey commands."""
        redacted = self.redactor.count
        if events:
            self._store(events)
        performs = [command for command in commands if type(command) is Perform]
        if len(performs) < len(commands):
            self._obey(commands)
        return performs if self.redactor.count == redacted else self._forget(performs)

    def _obey(self, commands: Sequence[Command]) -> None:
        """Set timers and cut handlers off."""
        at_work = {(perform.scope, perform.node): task for task, perform in self._at_work.items()}
        for command in commands:
            if type(command) is SetTimer:
                self.set_timer(command)
            elif type(command) is Cancel:
                task = at_work.get((command.scope, command.node))
                if task is not None and task is not asyncio.current_task():
                    task.cancel()

    def _forget(self, performs: list[Perform]) -> list[Perform]:
        """What was stored is not what was decided: values that were put together in here had a secret in them.

        So go on with what is stored, as whoever recovers this execution would.
        """
        clean = self.redactor.data
        rewrite(self.scheduler.state, clean)
        return [
            replace(
                perform,
                config=clean(perform.config),
                inputs=clean(perform.inputs),
                names=clean(perform.names),
                absent=clean(perform.absent),
            )
            for perform in performs
        ]

    def feed(self, item: Input) -> None:
        """Deliver an input from outside a branch, and start what it leads to.

        An input that does not fit is refused (Conflict, NotFound) and changes nothing.
        """
        try:
            performs = self.deliver(item)
        except PointworkError:
            raise
        except Exception as error:
            self.runtime.lost(self, error)
            raise
        self.begin(performs)

    def begin(self, performs: Sequence[Perform]) -> None:
        """Start to perform these."""
        if not performs:
            self._look_after()
            return
        for perform in performs:
            self._ready.append((perform, self.stored))
        self._spawn()
        if len(performs) > 1:
            self._spread_soon()

    def inherit(self, events: list[Event]) -> None:
        """Begin with what another execution did, stored as our own; the scheduler has seen it already."""
        self.steps.load(events)
        now_us = self.runtime.clock.now_us()
        for event in events:  # what was spent is spent; its time is the other execution's
            self.spending.take(event, now_us)
        self.spending.cut(now_us)
        self.status = self._status(events)
        self._append(events, self.status)
        if self.scheduler.state.status is not None:
            self._end()

    # --------------------------------------------------------------------------------------------- branches

    async def _branch(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        until = monotonic() + SLICE_S
        inline: list[Perform] = []  # handlers without effects, to be run before anything else
        try:
            current, stored = self._take()
            while current is not None:
                if not current.effects:
                    result = await attempt(self, current)
                else:
                    if stored is not None and not stored.done:
                        seq = self.seq
                        self._resting += 1  # as `_rest`, without a coroutine of its own
                        try:
                            await stored
                        finally:
                            self._resting -= 1
                            if self._ready:
                                self._spread()  # who waited for the same begins at the same time
                        until = monotonic() + SLICE_S
                        happened = self.seq != seq or self.closed  # anything at all
                        if happened and not self.is_current(current):
                            current, stored = self._take()
                            continue
                    elif stored is not None:
                        await stored  # which raises what went wrong
                    self._at_work[task] = current
                    result = await attempt(self, current)
                    del self._at_work[task]
                current = None
                for item in self.deliver(result):
                    if not item.effects:
                        inline.append(item)
                    elif current is None:
                        current = item
                    else:
                        self._put(item, self.stored)
                stored = self.stored
                if inline:
                    if current is not None:
                        self._put(current, stored)
                    current = inline.pop()
                elif current is None:
                    current, stored = self._take()
                if current is not None and monotonic() > until:
                    await self._rest(asyncio.sleep(0))
                    until = monotonic() + SLICE_S
                    if current.effects and not self.is_current(current):
                        current, stored = self._take()
            self._look_after()
        except PointworkError as error:  # the journal refused: nothing goes on unsaved
            self.runtime.lost(self, error)
        except Exception as error:  # our own mistake: nobody must wait for ever because of it
            self.runtime.lost(self, error)
            raise
        finally:
            self._tasks.discard(task)
            self._at_work.pop(task, None)

    def _put(self, perform: Perform, stored: Stored | None) -> None:
        """Leave something to whoever has time for it: this branch when it comes to an end, or one of its own."""
        self._ready.append((perform, stored))
        self._spread_soon()

    def _take(self) -> tuple[Perform | None, Stored | None]:
        while self._ready:
            perform, stored = self._ready.popleft()
            if self.is_current(perform):
                return perform, stored
        return None, None

    async def _rest(self, moment: Awaitable[None]) -> None:
        """Let others run. What is ready waits that long: it could not begin earlier, or is only a turn late."""
        self._resting += 1
        try:
            await moment
        finally:
            self._resting -= 1
            if self._ready:
                self._spread_soon()

    def _spread_soon(self) -> None:
        if not self._spreading:
            self._spreading = True
            asyncio.get_running_loop().call_soon(self._spread)

    def _spread(self) -> None:
        """Give whatever is ready a task of its own, if nobody comes back to it."""
        self._spreading = False
        if not self._resting:
            for _ in self._ready:
                self._spawn()

    def _look_after(self) -> None:
        """Nobody waits until the last records are stored, but it must be noticed if they are not."""
        if self.stored is not None:
            self.stored.then(self._settled)

    def _settled(self, failure: Exception | None) -> None:
        if failure is not None:
            self.runtime.lost(self, failure)

    def _spawn(self) -> None:
        self._tasks.add(asyncio.get_running_loop().create_task(self._branch()))

    def is_current(self, perform: Perform) -> bool:
        """Whether what an attempt says still counts."""
        if self.closed:
            return False
        found = self.scheduler.state.scopes.get(perform.scope)
        if found is None:
            return False
        index = found.plan.index[perform.node]
        return found.attempts[index] == perform.attempt and found.status[index] == RUNNING

    # ----------------------------------------------------------------------------------------------- storing

    def _store(self, events: Sequence[Event]) -> None:
        state = self.scheduler.state
        held, status = self.hold, self.status
        if state.status is not None or state.paused or state.waiting or held or status != "running":
            status = self._status(events)
        changed = status != self.status
        self._append(events, status if changed else None)
        if state.waiting or self.steps.any or any(type(event) is StepRecorded for event in events):
            self._follow(events)
        if changed or held != self.hold:
            if "paused" in (status, self.status):
                self._hold_limits(still=status == "paused")
            self.status = status
            self._wake()
            if state.status is not None:
                self._end()
        self.plain = status == "running" and not self.hold and not self.steps.any

    def _append(self, events: Sequence[Event], status: str | None) -> None:
        try:
            stored = self._journal_append(self.id, events, after=self.seq, status=status)
        except PointworkError as error:
            self.runtime.lost(self, error)
            raise
        self.seq += len(events)
        if stored is not None:
            self.stored = stored

    def _status(self, events: Sequence[Event]) -> str:
        """The status of the execution now; also notes whether handlers shall hold."""
        state = self.scheduler.state
        if state.status is not None:
            self.hold = False
            return state.status
        if state.paused:
            for event in events:
                if type(event) is ExecutionPaused:
                    self.hold = event.reason != "step" or event.when == "call"
            return "paused"
        self.hold = False
        return "waiting" if state.waiting and not state.running and not self._retrying() else "running"

    def _retrying(self) -> bool:
        """Whether some node will be tried again, without anybody's doing."""
        return any(RETRYING in scope.status for scope in self.scheduler.state.scopes.values())

    def _follow(self, events: Sequence[Event]) -> None:
        """Arm the clock for nodes that wait until a time, and forget the steps of nodes that ended."""
        for event in events:
            if type(event) is NodeWaiting:
                self.waits.arm(event.scope, event.node, event.request)
            else:
                self.steps.take(event)
                self.spending.take(event, self.runtime.clock.now_us())

    def note(self, event: Event) -> None:
        """Store an event that is nobody's decision: a step, text, a log line."""
        if self.closed or self.scheduler.state.status is not None:
            return
        self.steps.take(event)
        self.spending.take(event, self.runtime.clock.now_us())
        self.plain = False
        self._append([event], None)

    def record(self, event: Event) -> None:
        """Store an event that changes what is true, but calls for nothing to be done."""
        self.scheduler.state.apply(event)
        self.begin(self.take([event], []))

    async def note_stored(self, event: Event) -> None:
        """Store an event and wait until it is."""
        self.note(event)
        if self.stored is not None:
            await self.stored

    def break_at(self, perform: Perform, step: JsonObject, *, effects: bool) -> None:
        """Pause before a call, if there is a breakpoint for it and nothing has paused yet."""
        scope, node = perform.scope, perform.node
        if self.is_current(perform) and due_at_call(self.scheduler.state, scope, node, step, effects=effects):
            shown = {"kind": step["kind"], "name": step["name"], "key": step["key"]}
            self.record(ExecutionPaused("breakpoint", scope, node, "call", shown))

    def changed(self) -> asyncio.Future[bool]:
        """Done, with false, at the next change of the status; whoever waits may be meant alone, and is told true."""
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(False)

    async def idle(self) -> None:
        """Wait until the execution ends, pauses or waits for somebody, and all of that is stored."""
        while self.status == "running" and not self.closed:
            await self.changed()
        if self.stored is not None:
            try:
                await self.stored
            except PointworkError as error:
                self.runtime.lost(self, error)

    # ------------------------------------------------------------------------------------------------ timers

    def set_timer(self, timer: SetTimer) -> None:
        place = (f"{timer.purpose}:{timer.scope}", timer.node)
        fired = TimerFired(timer.scope, timer.node, timer.attempt, timer.purpose)
        if old := self.timers.pop(place, None):
            old.cancel()
        clock, over = self.runtime.clock, lambda: self._fire(place, fired)
        if timer.purpose == "timeout":
            self.timers[place] = Countdown(clock, timer.seconds, over, still=self.scheduler.state.paused)
        else:
            self.timers[place] = clock.call_later(max(0.0, timer.seconds), over)

    def _hold_limits(self, *, still: bool) -> None:
        """Limits stand still during a pause; what is tried again, or waits until a time, falls due all the same."""
        for timer in self.timers.values():
            if isinstance(timer, Countdown):
                timer.stop() if still else timer.run()

    def _fire(self, place: tuple[str, str], item: Input) -> None:
        self.timers.pop(place, None)
        self.feed_by_clock(item)

    def feed_by_clock(self, item: Input) -> None:
        try:
            self.feed(item)
        except PointworkError as error:
            self.runtime.lost(self, error)

    def _stop_timers(self) -> None:
        for timer in self.timers.values():
            timer.cancel()
        self.timers.clear()

    def _end(self) -> None:
        self._stop_timers()
        self.runtime.ended(self)

    async def close(self) -> None:
        """Stop without ending the execution: it is resumed by whoever recovers it."""
        self.closed = True
        self._stop_timers()
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            gone = asyncio.gather(*tasks, return_exceptions=True)
            patience = asyncio.ensure_future(sleep(self.runtime.clock, CLOSE_S))
            await asyncio.wait((gone, patience), return_when=asyncio.FIRST_COMPLETED)
            patience.cancel()
            if stubborn := [(one.scope, one.node) for task, one in self._at_work.items() if not task.done()]:
                log.warning("Execution %s: handlers go on although they were cancelled: %s", self.id, stubborn)
        self._wake()
