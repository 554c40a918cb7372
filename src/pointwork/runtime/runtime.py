"""The runtime: start executions, send them commands, watch them, fork them; recover what a crash left behind.

The façade over everything with tasks. Read `driver.py` for how one execution runs; what happens next is decided in
`pointwork.engine`, what has happened is in `pointwork.journal`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from pointwork.commands import (
    Answered,
    Breakpoint,
    ControlInput,
    Override,
    Retry,
    SetStubs,
    Start,
    Step,
    Stub,
)
from pointwork.engine import Plan, Scheduler, View, check, compile
from pointwork.errors import (
    ConfigurationError,
    Conflict,
    JournalError,
    NotFound,
    PointworkError,
    Problem,
    Unacceptable,
)
from pointwork.events import Record
from pointwork.files import Workspaces
from pointwork.journal import ENDED, ExecutionRow, Journal
from pointwork.nodes import Registry
from pointwork.redaction import Redactor
from pointwork.runtime.answers import checked_answer
from pointwork.runtime.cleaning import clean
from pointwork.runtime.clock import Clock, SystemClock
from pointwork.runtime.compiled import Compiled
from pointwork.runtime.driver import Driver
from pointwork.runtime.forks import Fork, forked_events, point_before
from pointwork.runtime.hub import Hub
from pointwork.runtime.ids import new_id
from pointwork.runtime.questions import settled
from pointwork.runtime.recovery import Recovery, resume
from pointwork.runtime.values import as_json
from pointwork.runtime.watching import watch
from pointwork.workflow import Budget, JsonObject, Workflow

__all__ = ["LoadWorkflow", "Ownership", "Runtime"]

log = logging.getLogger("pointwork.runtime")

LoadWorkflow = Callable[[str, int | None], Awaitable[tuple[Workflow, int]]]
PLANS = 256  # compiled plans kept for the next execution
PAGE = 1_000  # records read at a time


class Ownership(Protocol):
    """Who drives executions: this process, and whether another one still lives (`pointwork.db.Owners`)."""

    def register(self) -> str: ...
    def is_alive(self, owner: str) -> bool: ...
    def release(self) -> None: ...


class Runtime:
    """Drives executions in this process."""

    def __init__(
        self,
        *,
        journal: Journal,
        registry: Registry,
        resources: Mapping[type, object] | None = None,
        owners: Ownership | None = None,
        load_workflow: LoadWorkflow | None = None,
        clock: Clock | None = None,
        secret: Callable[[str], str] | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        """`secret` gives a secret by its name, `redactor` keeps secrets out of everything else."""
        self.journal = journal
        self.redactor = redactor or Redactor()
        self.registry = registry
        self.resources: dict[type, object] = dict(resources or {})
        self.clock = clock or SystemClock()
        self.secret = secret or _no_secret
        self.hub = Hub(journal)
        self.drivers: dict[str, Driver] = {}
        self.owner: str | None = None
        self._owners = owners
        self._load_workflow = load_workflow
        self._plans: OrderedDict[str, Compiled] = OrderedDict()
        self._recovery = Recovery(self, owners)
        self._background: set[asyncio.Task[None]] = set()

    async def open(self, *, adopt: bool = True) -> None:
        """Open the journal and take over executions whose process is gone.

        Without `adopt` they are left alone: whoever stays for one execution only is no home for the others.
        """
        await self.journal.open()
        self.hub.closed = False
        try:
            if self._owners is not None:
                self.owner = self._owners.register()
                if adopt:
                    await self._recovery.adopt()
                    self.background(self._recovery.watch())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop everything without ending it; what was running is resumed by the next process."""
        self.hub.close()
        drivers, self.drivers = self.drivers, {}  # first, so that nothing of them is recovered meanwhile
        background = list(self._background)
        for task in background:
            task.cancel()
        if background:
            await asyncio.wait(background)
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        await self.journal.close()
        if self._owners is not None:
            self._owners.release()

    def background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # ------------------------------------------------------------------------------------------ compiling

    async def problems(self, workflow: Workflow) -> list[Problem]:
        """What is wrong or doubtful about a workflow."""
        return check(workflow, self.registry.specs, await self._sub_workflows(workflow))

    async def compiled(self, workflow: Workflow) -> Compiled:
        """The plan of a workflow; raises DefinitionError."""
        parts = await self._sub_workflows(workflow)
        key = workflow.content_hash() + "".join(part.content_hash() for part in parts.values())
        known = self._plans.get(key)
        if known is None:
            plan = compile(workflow, self.registry.specs, parts)
            known = Compiled(plan, workflow_id=workflow.id, workflow_name=workflow.name, version=workflow.version)
            self._keep(key, known)
        else:
            self._plans.move_to_end(key)
        return known

    def _keep(self, key: str, compiled: Compiled) -> None:
        compiled.prepare(self.registry)
        self._plans[key] = compiled
        if len(self._plans) > PLANS:
            self._plans.popitem(last=False)

    async def _sub_workflows(self, workflow: Workflow) -> dict[tuple[str, int | None], Workflow]:
        """All stored workflows that a workflow runs, directly or not."""
        found: dict[tuple[str, int | None], Workflow] = {}
        todo = [workflow]
        while todo:
            for node in todo.pop().nodes:
                spec = self.registry.specs.get(node.type)
                if spec is None or spec.policy != "workflow" or self._load_workflow is None:
                    continue
                config = node.config()
                wanted, version = config.get("workflow_id"), config.get("version")
                if not isinstance(wanted, str) or not isinstance(version, int | None) or (wanted, version) in found:
                    continue
                with contextlib.suppress(NotFound):  # `check` says so with the place
                    found[wanted, version], _ = await self._load_workflow(wanted, version)
                    todo.append(found[wanted, version])
        return found

    # ------------------------------------------------------------------------------------------- executing

    async def start(
        self,
        workflow: Workflow | Compiled,
        inputs: JsonObject,
        *,
        execution_id: str | None = None,
        version: int | None = None,
        breakpoints: Sequence[Breakpoint] = (),
        stubs: Sequence[Stub] = (),
        model_override: str | None = None,
        budget: Budget | None = None,
    ) -> str:
        """Begin an execution and return its id once that is stored. Who runs a workflow often compiles it once.

        Raises DefinitionError when the workflow cannot run as drawn, Conflict when the id is taken.
        """
        compiled = workflow if isinstance(workflow, Compiled) else await self.compiled(workflow)
        wishes: JsonObject = {"model_override": model_override} if model_override else {}
        if budget is not None:
            wishes["budget"] = budget.model_dump(exclude_none=True)
        options = wishes or None
        begin = Start(
            self.redactor.data(as_json(inputs, "The inputs", refusal=Unacceptable)),
            compiled.workflow_id,
            compiled.workflow_name,
            str(version) if version is not None else compiled.version,
            options=self.redactor.data(as_json(options, "The options", refusal=Unacceptable)),
            breakpoints=tuple(breakpoints),
            stubs=tuple(clean(SetStubs(list(stubs)), self.redactor).stubs),
        )
        row = self._row(execution_id or new_id(), compiled, compiled.workflow_id, compiled.workflow_name, version)
        driver = self._introduce(row, compiled, Scheduler(compiled.plan, plan_hash=compiled.hash), begin.options)
        try:
            driver.feed(begin)
            if driver.stored is not None:
                await driver.stored
        except PointworkError:
            await self._withdraw(driver)
            raise
        return row.id

    def _row(
        self, execution_id: str, compiled: Compiled, workflow_id: str | None, name: str, version: int | None
    ) -> ExecutionRow:
        return ExecutionRow(
            id=execution_id,
            workflow_id=workflow_id,
            workflow_name=name,
            version=version,
            status="running",
            owner=self.owner,
            plan_hash=compiled.hash,
            created_at_us=self.clock.now_us(),
            finished_at_us=None,
            last_seq=0,
        )

    def _introduce(
        self, row: ExecutionRow, compiled: Compiled, scheduler: Scheduler, options: JsonObject | None
    ) -> Driver:
        if row.id in self.drivers:
            raise Conflict(
                f"There is already an execution {row.id!r}.", hint="Leave out execution_id, or choose another."
            )
        self.journal.create(row, compiled.data)
        driver = Driver(self, row.id, compiled, scheduler, workflow_id=row.workflow_id, options=options)
        self.drive(driver)
        return driver

    async def _withdraw(self, driver: Driver) -> None:
        """An execution could not begin; the same id can be tried again."""
        self.forget(driver)
        await driver.close()
        with contextlib.suppress(PointworkError):
            await self.journal.last_seq(driver.id)

    async def send(self, execution_id: str, item: ControlInput) -> None:
        """Give a command to an execution; returns once its effect is stored."""
        driver = self.drivers.get(execution_id)
        if driver is None:
            raise await self._not_here(execution_id)
        if driver.closed:
            raise JournalError(f"Execution {execution_id!r} cannot be stored now; it goes on as soon as it can.")
        wish: ControlInput | None = clean(item, self.redactor)
        if isinstance(wish, Answered):
            request = driver.scheduler.state.waiting.get((wish.scope, wish.node))
            if request is not None:
                wish = checked_answer(wish, request)
                wish = wish if wish.action is None else settled(driver, wish, request)
        one_call = isinstance(wish, Step) and wish.mode == "call" and driver.status == "paused"
        if wish is not None and not (one_call and driver.gate.let_through()):
            driver.feed(wish)
        if driver.stored is not None:
            await driver.stored

    async def _not_here(self, execution_id: str) -> Conflict:
        """Why a command cannot be given to an execution; raises NotFound when there is none."""
        row = await self.journal.row(execution_id)
        if row.status in ENDED:
            return Conflict(f"Execution {execution_id!r} has ended ({row.status}).", hint="Fork it to go on from it.")
        if (reason := self._recovery.broken.get(execution_id)) is not None:
            return Conflict(
                f"Execution {execution_id!r} could not be resumed: {reason}",
                hint="The log of this process says more. When the cause is gone, start the process again.",
            )
        return Conflict(
            f"Execution {execution_id!r} is driven by another process ({row.owner}).",
            hint="Send the command through that process, or end it: this one then takes over.",
        )

    def finished(self, execution_id: str, *, timeout_s: float | None = None) -> Awaitable[bool]:
        """Wait until an execution ends, pauses or waits for somebody; false when time is up or this closes before."""
        if timeout_s is None:
            return self._finished(execution_id)
        return self._finished_in_time(execution_id, timeout_s)

    async def _finished_in_time(self, execution_id: str, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._finished(execution_id)
        except TimeoutError:
            return False

    async def _finished(self, execution_id: str) -> bool:
        while (driver := self.drivers.get(execution_id)) is not None:
            await driver.idle()
            if not driver.closed:
                return True
            await self._recovery.decided(execution_id)
        return (await self.journal.row(execution_id)).status != "running"

    # ----------------------------------------------------------------------------------------- looking at it

    async def records(self, execution_id: str, *, resolve: bool = False, upto: int | None = None) -> list[Record]:
        """All records, or those up to a number."""
        return [record async for page in self.pages(execution_id, resolve=resolve, upto=upto) for record in page]

    async def pages(
        self, execution_id: str, *, resolve: bool = False, after: int = 0, upto: int | None = None
    ) -> AsyncGenerator[list[Record]]:
        """The records behind `after`, or those of them up to a number, so many at a time."""
        seen = after
        while upto is None or seen < upto:
            page = await self.journal.read(execution_id, after=seen, limit=PAGE, resolve=resolve)
            if page:
                seen = page[-1].seq
                yield page if upto is None or seen <= upto else [record for record in page if record.seq <= upto]
            if len(page) < PAGE:
                return

    async def view(self, execution_id: str, *, at: int | None = None, resolve: bool = False) -> View:
        """What people see of an execution, now or after its record number `at`."""
        row = await self.journal.row(execution_id)
        compiled = await self.plan(row.plan_hash)
        view = View(compiled.nodes, variables=compiled.variables)
        async for page in self.pages(execution_id, resolve=resolve, upto=at):
            for record in page:
                view.apply(record)
        return view

    async def place(self, execution_id: str, at: int | None) -> int:
        """A point in the history: behind a record that there is, by default the last; raises Unacceptable."""
        last = (await self.journal.row(execution_id)).last_seq
        if at is not None and not 0 <= at <= last:
            raise Unacceptable(
                f"Execution {execution_id!r} has no record {at}.", hint=f"Its records go from 1 to {last}."
            )
        return last if at is None else at

    async def state(self, execution_id: str, *, at: int | None = None, resolve: bool = False) -> JsonObject:
        """The state of an execution as plain data; see `View.state`."""
        return (await self.view(execution_id, at=at, resolve=resolve)).state()

    async def plan(self, plan_hash: str) -> Compiled:
        """A stored plan."""
        known = self._plans.get(plan_hash) or next((c for c in self._plans.values() if c.hash == plan_hash), None)
        if known is None:
            data = await self.journal.plan(plan_hash)
            known = Compiled(Plan.load(data), data)
            self._keep(plan_hash, known)
        return known

    def watch(self, execution_id: str, *, after: int = 0) -> AsyncGenerator[list[Record]]:
        """The records behind `after`: pages of the journal, then live ones, until the execution has ended."""
        return watch(self, execution_id, after=after)

    # ------------------------------------------------------------------------------------ forks and deletion

    async def fork(
        self,
        execution_id: str,
        *,
        at: int,
        override: Override | None = None,
        workflow: Workflow | None = None,
        version: int | None = None,
        new_execution_id: str | None = None,
    ) -> str:
        """A new execution that shares records 1 to `at` with another one and goes on from there by itself."""
        row = await self.journal.row(execution_id)
        records = await self.records(execution_id, resolve=True, upto=at)
        if at < 1 or not records or records[-1].seq < at:
            raise Unacceptable(
                f"Execution {execution_id!r} has no record {at}.", hint=f"Its records go from 1 to {row.last_seq}."
            )
        compiled = await self.plan(row.plan_hash) if workflow is None else await self.compiled(workflow)
        origin = {"execution_id": execution_id, "seq": at}
        if override is not None:
            override = replace(override, output=self.redactor.data(override.output))
        events = forked_events(records, compiled, origin, await self.plan(row.plan_hash))
        fork = Fork(compiled, events, override)
        new_execution_id = new_execution_id or new_id()
        await self._copy_files(execution_id, new_execution_id)
        fresh = self._row(
            new_execution_id, compiled, row.workflow_id, row.workflow_name,
            row.version if workflow is None else version,
        )  # fmt: skip
        fresh.origin = origin
        driver = self._introduce(fresh, compiled, fork.scheduler, getattr(events[0], "options", None))
        try:
            driver.inherit(fork.events)
            driver.begin(driver.take([], fork.commands))
            resume(driver, fork.outstanding, cause="fork")
            if driver.stored is not None:
                await driver.stored
        except PointworkError:
            await self._withdraw(driver)
            raise
        return fresh.id

    async def retry(self, execution_id: str, item: Retry) -> str:
        """Try a node again: at once if the execution still runs, else in a fork from just before the node."""
        driver = self.drivers.get(execution_id)
        if driver is not None and driver.status in ENDED:
            await driver.idle()
        elif driver is not None or (await self.journal.row(execution_id)).status not in ENDED:
            await self.send(execution_id, item)
            return execution_id
        plan = (await self.plan((await self.journal.row(execution_id)).plan_hash)).plan
        return await self.fork(execution_id, at=point_before(await self.records(execution_id), item, plan))

    async def delete(self, execution_id: str) -> None:
        """Remove an ended execution for good."""
        await self.journal.delete(execution_id)
        await self._remove_files([execution_id])

    async def discard(self, execution_ids: Iterable[str]) -> list[str]:
        """Remove many ended executions for good; the ids of those that were still there."""
        gone = await self.journal.discard(execution_ids)
        await self._remove_files(gone)
        return gone

    async def _remove_files(self, execution_ids: Iterable[str]) -> None:
        workspaces = self.resources.get(Workspaces)
        if isinstance(workspaces, Workspaces):
            for execution_id in execution_ids:
                await asyncio.to_thread(workspaces.remove, execution_id)

    async def _copy_files(self, source: str, target: str) -> None:
        """A fork has the files of the original, as they are now: changing them changes nothing there."""
        workspaces = self.resources.get(Workspaces)
        if not isinstance(workspaces, Workspaces) or not await asyncio.to_thread(workspaces.of(source).list):
            return
        with contextlib.suppress(NotFound):
            await self.journal.row(target)
            return  # it is there already, which is said where it is made
        await asyncio.to_thread(workspaces.copy, source, target)

    # ---------------------------------------------------------------------------------- called by drivers

    def drive(self, driver: Driver) -> None:
        """From now on this driver goes on with its execution."""
        self.drivers[driver.id] = driver
        self.hub.wake(driver.id)

    def forget(self, driver: Driver) -> None:
        """From now on nobody here goes on with the execution, unless another driver does already."""
        if self.drivers.get(driver.id) is driver:
            del self.drivers[driver.id]
            self.hub.wake(driver.id)

    def ended(self, driver: Driver) -> None:
        """An execution has ended; forget it once that is stored."""

        def forget(failure: Exception | None) -> None:
            if failure is not None:
                self.lost(driver, failure)
            elif not driver.closed:
                self.forget(driver)

        if driver.stored is None:
            self.forget(driver)
        else:
            driver.stored.then(forget)

    def lost(self, driver: Driver, error: BaseException) -> None:
        """An execution cannot go on from what is in memory: throw that away and recover what is stored."""
        if self.drivers.get(driver.id) is not driver or driver.closed:
            return
        unforeseen = None if isinstance(error, PointworkError) else error
        log.error("Execution %s is given up and read again: %s", driver.id, error, exc_info=unforeseen)
        driver.closed = True
        self._recovery.give_up(driver, error)


def _no_secret(name: str) -> str:
    raise ConfigurationError(
        f"There is no secret {name!r}.", hint="This process has no store of secrets; write the value another way."
    )
