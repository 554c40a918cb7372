"""Recovery: executions whose process is gone go on here, where they were.

A node that had finished never runs again. A handler that was at work runs again as the next attempt, with its
finished steps remembered; unless it, or the step it was in, must not simply be repeated: then the execution pauses
and a person decides (`answer` with action again, done or fail).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pointwork.commands import Interrupted, Override, Perform, SetTimer
from pointwork.engine import Scheduler
from pointwork.errors import Conflict, JournalError, PointworkError
from pointwork.events import ExecutionStarted, NodeFailed, Record
from pointwork.journal import ExecutionRow
from pointwork.runtime.driver import Driver
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.runtime import Ownership, Runtime

__all__ = ["Recovery", "resume"]

log = logging.getLogger("pointwork.recovery")

LOOK_EVERY_S = 2.0  # for executions of processes that have died meanwhile
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0  # between attempts to go on after the journal refused


class Recovery:
    """Takes over executions that nobody drives."""

    def __init__(self, runtime: Runtime, owners: Ownership) -> None:
        self.runtime = runtime
        self.owners = owners

    async def adopt(self) -> int:
        """Take over every unfinished execution whose owner is gone; the number of them."""
        adopted = 0
        for row in await self.runtime.journal.unfinished():
            if row.id in self.runtime.drivers or row.owner == self.runtime.owner:
                continue
            if row.owner is not None and self.owners.is_alive(row.owner):
                continue
            assert self.runtime.owner is not None
            if await self.runtime.journal.claim(row.id, owner=self.runtime.owner, was=row.owner):
                await self._take_over(row)
                adopted += 1
        return adopted

    async def _take_over(self, row: ExecutionRow) -> None:
        try:
            await recover(self.runtime, row)
            log.info("Execution %s of %r resumed after a restart.", row.id, row.workflow_name)
        except PointworkError as error:
            log.error("Execution %s cannot be resumed: %s", row.id, error)

    async def watch(self) -> None:
        """Look for orphans for as long as this process lives."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.adopt()
            except PointworkError as error:
                log.warning("Looking for executions to resume failed: %s", error)

    async def again(self, driver: Driver, error: PointworkError) -> None:
        """Go on from what is stored, as soon as the journal takes records again."""
        runtime = self.runtime
        await driver.close()
        wait_s = FIRST_WAIT_S
        while runtime.drivers.get(driver.id) is driver:
            if not isinstance(error, JournalError):  # another process writes this execution now
                runtime.drivers.pop(driver.id, None)
                return
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            try:
                row = await runtime.journal.row(driver.id)
                del runtime.drivers[driver.id]
                if row.status not in ("completed", "failed", "cancelled"):
                    await recover(runtime, row)
            except PointworkError as refused:
                log.warning("Execution %s is still not stored: %s", driver.id, refused)
                runtime.drivers.setdefault(driver.id, driver)
                error = refused


async def recover(runtime: Runtime, row: ExecutionRow) -> Driver:
    """Read an execution from the journal and go on with it."""
    records = await runtime.records(row.id, resolve=True)
    if not records:
        raise Conflict(f"Execution {row.id!r} has no records.")
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
    runtime.drivers[row.id] = driver
    resume(driver, _due_us(records), None)
    return driver


def _due_us(records: list[Record]) -> dict[tuple[str, str], int]:
    """When failed attempts were to be tried again, in microseconds since 1970."""
    due: dict[tuple[str, str], int] = {}
    for record in records:
        event = record.event
        if isinstance(event, NodeFailed) and event.retry_in_s is not None:
            due[event.scope, event.node] = record.at_us + int(event.retry_in_s * 1e6)
    return due


def resume(driver: Driver, due_us: Mapping[tuple[str, str], int], override: Override | None) -> None:
    """Set a recovered scheduler going: what was cut off, what was due, what waits until a time."""
    scheduler = driver.scheduler
    outstanding = scheduler.outstanding()
    for (scope, node), request in list(scheduler.state.waiting.items()):
        if "until" in request:
            driver.arm(scope, node, request)
    if override is not None:
        driver.feed(override)
    driver.begin(driver.take(*scheduler.go_on()))
    now_us = driver.runtime.clock.now_us()
    for command in outstanding:
        if isinstance(command, SetTimer):
            due = due_us.get((command.scope, command.node)) if command.purpose == "retry" else None
            driver.set_timer(command, command.seconds if due is None else (due - now_us) / 1e6)
        elif isinstance(command, Perform):
            driver.feed(Interrupted(command.scope, command.node, _question(driver, command)))


def _question(driver: Driver, cut_off: Perform) -> JsonObject | None:
    """What to ask about a handler that was cut off; None when it may simply run again."""
    found = driver.scheduler.state.find(cut_off.scope, cut_off.node)
    if found is None:
        return None
    node = found[0].plan.nodes[found[1]]
    step = driver.steps.interrupted(cut_off.scope, cut_off.node)
    if node.idempotent and step is None:
        return None
    what = f"{step.kind} {step.name!r} of {node.id!r}" if step else repr(node.id)
    return {
        "kind": "interrupted",
        "question": f"The process ended while {what} was at work. It may or may not have had its effect.",
        "choices": ["again", "done", "fail"],
        "step": None if step is None else {"key": step.key, "kind": step.kind, "name": step.name, "data": step.data},
    }
