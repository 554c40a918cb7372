"""Kill processes that run executions, again and again, then look whether anything was lost or done twice."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from pathlib import Path

from pointwork.events import Record
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from tests.crash.verdict import Verdict, nothing_beyond, read_log

ROOT = Path(__file__).resolve().parent.parent.parent
WHILE_OPENING_S = 0.1  # the time in which a process takes over what others left
AT_WORK_S = 0.5
PATIENCE_S = 90


class Worker:
    """One process, and the moment in its life at which it will be killed."""

    def __init__(self, process: Process, chance: random.Random) -> None:
        self.process = process
        self.while_opening = chance.random() < 0.4
        self.after_s = chance.uniform(0, WHILE_OPENING_S if self.while_opening else AT_WORK_S)

    @classmethod
    async def begin(cls, folder: Path, runs: int, chance: random.Random) -> Worker:
        """A process that begins what is missing of so many runs, goes on with all, and stays until it is killed."""
        return cls(await _python("worker", folder, runs, "stay"), chance)

    async def die(self) -> None:
        """Kill it at its moment."""
        assert self.process.stdout is not None
        for line in (b"opening\n",) if self.while_opening else (b"opening\n", b"open\n"):
            assert await self.process.stdout.readline() == line
        await asyncio.sleep(self.after_s)
        self.process.kill()  # SIGKILL: nothing of it can tidy up
        assert await self.process.wait() == -signal.SIGKILL


async def killed_again_and_again(folder: Path, *, kills: int, runs: int, seed: int, at_once: int = 1) -> int:
    """Kill workers at random moments, `at_once` of which live at the same time; in the end let one finish.

    Each begins so many runs of its own. Somebody watches all of them from a process that is never killed. Returns how
    often a handler was cut off.
    """
    chance = random.Random(seed)
    watching = Watching(folder)
    await watching.begin()
    try:
        workers = [await Worker.begin(folder, runs, chance) for _ in range(at_once)]
        for death in range(1, kills + 1):
            await workers.pop(0).die()
            if death + len(workers) < kills:
                workers.append(await Worker.begin(folder, runs * (death + 1), chance))
        last = await _python("worker", folder, runs * kills, "finish")
        async with asyncio.timeout(PATIENCE_S):
            await last.communicate()
        assert last.returncode == 0
    finally:
        for process in _begun:
            if process.returncode is None:
                process.kill()
                await process.wait()
        _begun.clear()
    seen = await watching.end()
    assert len(seen) == runs * kills
    return check(folder, seen)


async def dead_at_every_append(folder: Path, document: int, *, stride: int = 1) -> int:
    """See `every_append.py`; how many deaths there were."""
    process = await _python("every_append", folder, document, stride)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return int(output)


_begun: list[Process] = []


async def _python(module: str, *arguments: object) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.crash.{module}", *map(str, arguments), cwd=ROOT, stdout=PIPE
    )
    _begun.append(process)
    return process


class Watching:
    """Watches all executions, from when they are first heard of to their ends."""

    def __init__(self, folder: Path) -> None:
        self.runtime = Runtime(journal=SqliteJournal(folder / "pointwork.db"), registry=builtin_registry())
        self.watchers: dict[str, asyncio.Task[list[Record]]] = {}

    async def begin(self) -> None:
        await self.runtime.open()
        self.discovering = asyncio.create_task(self.discover())

    async def discover(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(0.02)

    async def look(self) -> None:
        for row in await self.runtime.journal.rows(limit=10_000):
            if row.id not in self.watchers:
                self.watchers[row.id] = asyncio.create_task(self.watch(row.id))

    async def watch(self, execution_id: str) -> list[Record]:
        return [record async for page in self.runtime.watch(execution_id) for record in page]

    async def end(self) -> dict[str, list[Record]]:
        """What was seen; the same as what is stored, which somebody else has to read."""
        self.discovering.cancel()
        await asyncio.wait((self.discovering,))
        await self.look()
        async with asyncio.timeout(PATIENCE_S):
            seen = {execution_id: await watcher for execution_id, watcher in self.watchers.items()}
        await self.runtime.close()
        journal = SqliteJournal(self.runtime.journal.path)  # type: ignore[attr-defined]
        await journal.open()
        for execution_id, records in seen.items():
            assert await journal.read(execution_id, limit=100_000) == records
        await journal.close()
        return seen


def check(folder: Path, seen: dict[str, list[Record]]) -> int:
    """Raises AssertionError when something was lost or done twice; how often a handler was cut off."""
    known: Counter[str] = Counter()
    cut_off = 0
    for execution_id, records in seen.items():
        verdict = Verdict(execution_id)
        known += verdict.over(records)
        cut_off += sum(verdict.attempts.values()) - len(verdict.attempts)
    nothing_beyond(read_log(folder / "done.log"), known)
    return cut_off
