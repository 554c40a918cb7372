"""Recovery: executions whose process is gone go on here, where they were.

A node that had finished never runs again. A handler that was at work runs again as the next attempt, with its
finished steps remembered; unless it, or a step it was in, must not simply be repeated: then the execution pauses
and a person decides (`answer` with action again, done or fail).

The same way goes on what this process had to give up, because the journal refused or because of a mistake of ours:
what is in memory is thrown away, what is stored counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pointwork.commands import Command, CutOff, Interrupted, Perform, SetTimer
from pointwork.engine import Scheduler
from pointwork.errors import ConfigurationError, Conflict, JournalError, NotFound, PointworkError
from pointwork.events import CancellationRequested, Event, ExecutionStarted
from pointwork.journal import ENDED, ExecutionRow
from pointwork.runtime.clock import sleep
from pointwork.runtime.driver import Driver
from pointwork.runtime.failures import error_of
from pointwork.runtime.questions import question
from pointwork.runtime.timers import rearmed
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.runtime import Ownership, Runtime

__all__ = ["Recovery", "resume"]

log = logging.getLogger("pointwork.recovery")

LOOK_EVERY_S = 2.0  # for executions of processes that have died meanwhile
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0  # between attempts to go on after the journal refused
PASSING = (JournalError, ConfigurationError, Conflict)  # what may be over when it is tried again


class Recovery:
    """Takes over executions that nobody drives."""

    def __init__(self, runtime: Runtime, owners: Ownership | None) -> None:
        self.runtime = runtime
        self.owners = owners
        self.broken: dict[str, str] = {}  # what cannot be resumed here, and why
        self._given_up: dict[str, asyncio.Event] = {}  # set when it is decided who goes on

    async def adopt(self) -> int:
        """Take over every unfinished execution whose owner is gone; the number of them."""
        adopted = 0
        owners, mine = self.owners, self.runtime.owner
        if owners is None or mine is None:
            return 0
        for row in await self.runtime.journal.unfinished():
            if row.id in self.runtime.drivers or row.id in self.broken:
                continue
            if row.owner not in (None, mine) and owners.is_alive(row.owner):
                continue
            if await self.runtime.journal.claim(row.id, owner=mine, was=row.owner):
                adopted += await self._take_over(row)
        return adopted

    async def _take_over(self, row: ExecutionRow) -> bool:
        try:
            await recover(self.runtime, row)
        except Exception as error:
            # One that is damaged, or of a version to come, must not keep all others from going on.
            log.exception("Execution %s of %r cannot be resumed.", row.id, row.workflow_name)
            self.broken[row.id] = str(error)
            return False
        log.info("Execution %s of %r resumed after a restart.", row.id, row.workflow_name)
        return True

    async def watch(self) -> None:
        """Look for orphans for as long as this process lives."""
        while True:
            await sleep(self.runtime.clock, LOOK_EVERY_S)
            try:
                await self.adopt()
            except PointworkError as error:
                log.warning("Looking for executions to resume failed: %s", error)

    # ------------------------------------------------------------------------ what this process gave up

    def give_up(self, driver: Driver, error: BaseException) -> None:
        """Go on from what is stored, as soon as the journal takes records again."""
        if driver.id not in self._given_up:  # else `_again` is at it and sees for itself
            self._given_up[driver.id] = asyncio.Event()
            self.runtime.background(self._again(driver.id, error))

    async def decided(self, execution_id: str) -> None:
        """Wait until an execution that was given up goes on, here or elsewhere."""
        if (event := self._given_up.get(execution_id)) is not None:
            await event.wait()

    async def _again(self, execution_id: str, error: BaseException) -> None:
        wait_s = FIRST_WAIT_S
        try:
            while (driver := self.runtime.drivers.get(execution_id)) is not None and driver.closed:
                await driver.close()
                await sleep(self.runtime.clock, wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                try:
                    await self._once_more(
                        driver,
                        failure=None if isinstance(error, PASSING) else error_of(error, self.runtime.redactor.text),
                    )
                except PASSING as refused:
                    log.warning("Execution %s is still not stored: %s", execution_id, refused)
                    error = refused
                except Exception as mistake:
                    if not isinstance(error, PASSING):
                        log.exception("Execution %s can neither go on nor be ended.", execution_id)
                        self.broken[execution_id] = str(mistake)
                        return
                    error = mistake
        finally:
            if (driver := self.runtime.drivers.get(execution_id)) is not None and driver.closed:
                self.runtime.forget(driver)
            self._given_up.pop(execution_id).set()

    async def _once_more(self, driver: Driver, *, failure: JsonObject | None) -> None:
        runtime = self.runtime
        try:
            row = await runtime.journal.row(driver.id)
        except NotFound:
            runtime.forget(driver)
            return
        if row.status in ENDED or row.owner != runtime.owner:
            runtime.forget(driver)
            return
        fresh = await recover(runtime, row, failure=failure)
        try:
            if fresh.stored is not None:
                await fresh.stored
        except PointworkError as refused:
            runtime.lost(fresh, refused)
            raise


async def recover(runtime: Runtime, row: ExecutionRow, *, failure: JsonObject | None = None) -> Driver:
    """Read an execution from the journal and go on with it; with a failure, to its end."""
    await runtime.journal.last_seq(row.id)  # only who has asked may add to what failed before
    records = await runtime.records(row.id, resolve=True)
    if not records or records[-1].seq != len(records):
        raise JournalError(f"Execution {row.id!r} lacks records.", hint="The database is damaged: restore a backup.")
    compiled = await runtime.plan(row.plan_hash)
    events = [record.event for record in records]
    scheduler = Scheduler.recover(compiled.plan, events, plan_hash=compiled.hash)
    first = events[0]
    options = first.options if isinstance(first, ExecutionStarted) else None
    driver = Driver(
        runtime, row.id, compiled, scheduler, seq=records[-1].seq, workflow_id=row.workflow_id, options=options
    )
    driver.status = row.status
    driver.steps.load(events)
    for record in records:
        driver.spending.take(record.event, record.at_us)
    driver.spending.cut(records[-1].at_us)
    runtime.drive(driver)
    if failure is None:
        resume(driver, rearmed(scheduler.outstanding(), records, now_us=runtime.clock.now_us()), cause="restart")
    else:
        _end(driver, failure)
    return driver


def resume(driver: Driver, outstanding: Sequence[Command], *, cause: CutOff) -> None:
    """Set a recovered scheduler going: what was at work, what was due, what waits until a time."""
    scheduler = driver.scheduler
    for (scope, node), request in list(scheduler.state.waiting.items()):
        driver.waits.arm(scope, node, request)
    driver.begin(driver.take(*scheduler.go_on()))
    for command in outstanding:
        if isinstance(command, SetTimer):
            driver.set_timer(command)
        elif isinstance(command, Perform):
            asked = question(driver, command.scope, command.node, cause)
            driver.feed(Interrupted(command.scope, command.node, asked, cause))


def _end(driver: Driver, failure: JsonObject) -> None:
    """Give the execution up for good: going on would fail again and again."""
    asked: Event = CancellationRequested(failure)
    driver.scheduler.state.apply(asked)
    events, commands = driver.scheduler.go_on()
    driver.begin(driver.take([asked, *events], commands))
