"""The yardstick: the least that running a graph on asyncio can cost. A counter per node, and a task per live branch.

It decides nothing, checks nothing and forgets everything, so nothing useful can be as fast. Two ways: a branch goes
on inline with the first node it made ready (`limit`), or each node is a task of its own (`limit-task`). With a
journal it stores that each node began and ended, and goes on when that is on the disk (`limit-durable`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from time import time
from typing import Any

from benchmarks.job import Job
from benchmarks.limit_journal import LimitJournal
from benchmarks.workloads import Work, Workload

__all__ = ["engine"]


class Shape:
    """A graph by numbers."""

    def __init__(self, workload: Workload) -> None:
        numbers = {name: number for number, name in enumerate(workload.graph)}
        self.names = list(workload.graph)
        self.dependencies = [[numbers[name] for name in names] for names in workload.graph.values()]
        self.successors: list[list[int]] = [[] for _ in numbers]
        for number, dependencies in enumerate(self.dependencies):
            for dependency in dependencies:
                self.successors[dependency].append(number)
        self.waiting_for = [len(dependencies) for dependencies in self.dependencies]
        self.pauses = [workload.pauses.get(name, 0.0) for name in workload.graph] if workload.pauses else None
        self.loops_at = len(numbers) - 1 if workload.rounds > 1 else None


class Run:
    """One execution."""

    def __init__(self, shape: Shape, work: Work, *, inline: bool, journal: LimitJournal | None, number: int) -> None:
        self.shape = shape
        self.work = work
        self.inline = inline
        self.journal = journal
        self.number = number
        self.seq = 0
        self.waiting_for = shape.waiting_for.copy()
        self.outputs: list[Any] = [None] * len(shape.names)
        self.branches = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()
        self.ended = self.loop.create_future()

    async def run(self) -> None:
        self.store({"type": "begun", "at": time()})
        for number, dependencies in enumerate(self.shape.dependencies):
            if not dependencies:
                self.spawn(number)
        await self.ended
        stored = self.store({"type": "ended", "at": time()})
        if stored is not None:
            await stored

    def store(self, event: dict[str, Any]) -> asyncio.Future[None] | None:
        if self.journal is None:
            return None
        self.seq += 1
        return self.journal.append(self.number, self.seq, event)

    def spawn(self, number: int) -> None:
        self.branches += 1
        task = self.loop.create_task(self.branch(number))
        self.tasks.add(task)
        task.add_done_callback(self.done)

    def done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.branches -= 1
        if self.ended.done():
            return
        if (error := task.exception()) is not None:
            self.ended.set_exception(error)
        elif not self.branches:
            self.ended.set_result(None)

    async def branch(self, number: int) -> None:
        shape, outputs, step, journal = self.shape, self.outputs, self.work.step, self.journal
        following: int | None = number
        while following is not None:
            node = following
            before = shape.dependencies[node]
            inputs = outputs[before[0]] if len(before) == 1 else [outputs[i] for i in before]
            if journal is not None:
                self.store({"type": "node begun", "node": shape.names[node], "at": time()})
            if shape.pauses is None:
                output = await step(inputs)
            else:
                output = await self.work.pause(inputs, shape.pauses[node])
            outputs[node] = output
            if journal is not None:
                stored = self.store({"type": "node ended", "node": shape.names[node], "at": time(), "output": output})
                if stored is not None:
                    await stored
            following = self.next(node)

    def next(self, node: int) -> int | None:
        """The node with which this branch goes on; whatever else is ready becomes a branch."""
        shape, waiting_for = self.shape, self.waiting_for
        if node == shape.loops_at:
            if not self.work.again():
                return None
            if self.inline:
                return 0
            self.spawn(0)
            return None
        following: int | None = None
        for successor in shape.successors[node]:
            if shape.loops_at is None:
                waiting_for[successor] -= 1
                if waiting_for[successor]:
                    continue
            if following is None and self.inline:
                following = successor
            else:
                self.spawn(successor)
        return following


def engine(*, inline: bool = True, durable: bool = False) -> Any:
    """The yardstick as an engine."""

    @asynccontextmanager
    async def prepare(workload: Workload, work: Work, folder: Path) -> AsyncIterator[Job]:
        shape = Shape(workload)
        started = 0

        def one(journal: LimitJournal | None) -> Any:
            nonlocal started
            started += 1
            return Run(shape, work, inline=inline, journal=journal, number=started).run()

        opened: AbstractAsyncContextManager[LimitJournal | None] = (
            LimitJournal(folder / "limit.db") if durable else nullcontext()
        )
        async with opened as journal:

            async def run() -> None:
                if workload.executions == 1:
                    await one(journal)
                else:
                    await asyncio.gather(*[one(journal) for _ in range(workload.executions)])

            yield Job(run)

    return prepare
