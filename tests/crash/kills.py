"""Kill processes that run executions, again and again, then look whether anything was lost or done twice."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

from pointwork.errors import NotFound
from pointwork.events import Record
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from tests.crash.verdict import Verdict, nothing_beyond, read_log

ROOT = Path(__file__).resolve().parent.parent.parent
WHILE_OPENING_S = 0.1  # the time in which a process takes over what others left
AT_WORK_S = 0.7
PATIENCE_S = 90


class Worker:
    """One process, and the moment in its life at which it will be killed."""

    def __init__(self, process: Process, chance: random.Random) -> None:
        self.process = process
        self.while_opening = chance.random() < 0.4
        self.after_s = chance.uniform(0, WHILE_OPENING_S if self.while_opening else AT_WORK_S)

    @classmethod
    async def begin(cls, folder: Path, runs: int, chance: random.Random) -> Worker:
        arguments = ("-m", "tests.crash.worker", str(folder), str(runs))
        return cls(await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=PIPE), chance)

    async def die(self) -> bool:
        """Kill it at its moment; false when it had nothing left to do before."""
        assert self.process.stdout is not None
        for line in (b"opening\n",) if self.while_opening else (b"opening\n", b"open\n"):
            assert await self.process.stdout.readline() == line
        await asyncio.sleep(self.after_s)
        if self.process.returncode is None:
            self.process.kill()  # SIGKILL: nothing of it can tidy up
        return await self.process.wait() != 0

    async def finish(self) -> None:
        """Let it do what is left."""
        async with asyncio.timeout(PATIENCE_S):
            await self.process.communicate()
        assert self.process.returncode == 0


async def killed_again_and_again(folder: Path, *, kills: int, seed: int, runs_each: int = 8, at_once: int = 1) -> None:
    """Kill so many workers at random moments, `at_once` of which live at the same time; in the end let all finish.

    Each worker brings some runs of its own and goes on with what others left. One that has nothing left to do before
    its moment comes does not count. Somebody watches all executions from a process that is never killed.
    """
    chance = random.Random(seed)
    watching = Watching(folder)
    await watching.open()
    runs = 0

    async def another() -> Worker:
        nonlocal runs
        runs += runs_each
        watching.begin(runs)
        return await Worker.begin(folder, runs, chance)

    workers = [await another() for _ in range(at_once)]
    died = 0
    for _ in range(5 * kills):
        died += await workers.pop(0).die()
        workers.append(await another())
        if died == kills:
            break
    for worker in workers:
        await worker.finish()
    check(folder, await watching.end())
    assert died == kills


async def dead_at_every_append(folder: Path, document: int, *, stride: int = 1) -> int:
    """See `every_append.py`; how many deaths there were."""
    arguments = ("-m", "tests.crash.every_append", str(folder), str(document), str(stride))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return int(output)


class Watching:
    """Watches all executions, from before they begin to their ends."""

    def __init__(self, folder: Path) -> None:
        self.runtime = Runtime(journal=SqliteJournal(folder / "pointwork.db"), registry=builtin_registry())
        self.watchers: dict[str, asyncio.Task[list[Record]]] = {}

    async def open(self) -> None:
        await self.runtime.open()

    def begin(self, runs: int) -> None:
        """Watch so many runs in all."""
        for execution_id in (f"run-{number}" for number in range(len(self.watchers), runs)):
            self.watchers[execution_id] = asyncio.create_task(self.watch(execution_id))

    async def watch(self, execution_id: str) -> list[Record]:
        seen: list[Record] = []
        while not seen:
            try:
                async for records in self.runtime.watch(execution_id):
                    seen += records
            except NotFound:
                await asyncio.sleep(0.05)
        return seen

    async def end(self) -> dict[str, list[Record]]:
        """What was seen; the same as what is stored, which somebody else has to read."""
        async with asyncio.timeout(PATIENCE_S):
            seen = {execution_id: await watcher for execution_id, watcher in self.watchers.items()}
        await self.runtime.close()
        journal = SqliteJournal(self.runtime.journal.path)  # type: ignore[attr-defined]
        await journal.open()
        for execution_id, records in seen.items():
            assert await journal.read(execution_id, limit=100_000) == records
        await journal.close()
        return seen


def check(folder: Path, seen: dict[str, list[Record]]) -> None:
    known: Counter[str] = Counter()
    for execution_id, records in seen.items():
        known += Verdict(execution_id).over(records)
    nothing_beyond(read_log(folder / "done.log"), known)
