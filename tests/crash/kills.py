"""Kill a process that runs executions, again and again, then look whether anything was lost or done twice."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from pointwork.events import (
    ExecutionFinished,
    NodeCompleted,
    NodeFailed,
    NodeSkipped,
    NodeStarted,
    Record,
    StepRecorded,
    StepStarted,
)
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime

WORKER = Path(__file__).with_name("worker.py")
FIRST_S, LAST_S = 0.3, 1.1  # after which a process is killed: from when it is hardly up to in the middle of its work
PATIENCE_S = 60


def begin(folder: Path, runs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(WORKER), str(folder), str(runs)])


async def killed_again_and_again(folder: Path, *, runs: int, kills: int, seed: int) -> int:
    """Kill workers at random moments until they have nothing left to do, or often enough; then let one finish.

    Somebody watches all executions from a process that is never killed. Returns how often a process was killed.
    """
    chance = random.Random(seed)
    watching = Watching(folder)
    await watching.begin(runs)
    died = 0
    for _ in range(kills):
        worker = begin(folder, runs)
        await asyncio.sleep(chance.uniform(FIRST_S, LAST_S))
        if worker.poll() is None:
            worker.kill()  # SIGKILL: nothing of it can tidy up
            died += 1
        worker.wait()
    worker = begin(folder, runs)
    assert await asyncio.to_thread(worker.wait, PATIENCE_S) == 0
    seen = await watching.end()
    await check(folder, runs, seen)
    return died


class Watching:
    """Watches all executions, from before they begin to their ends."""

    def __init__(self, folder: Path) -> None:
        self.runtime = Runtime(journal=SqliteJournal(folder / "pointwork.db"), registry=builtin_registry())
        self.watchers: list[asyncio.Task[list[Record]]] = []

    async def begin(self, runs: int) -> None:
        await self.runtime.open()
        self.watchers = [asyncio.create_task(self.watch(f"run-{number}")) for number in range(runs)]

    async def watch(self, execution_id: str) -> list[Record]:
        seen: list[Record] = []
        known = {row.id for row in await self.runtime.journal.rows(limit=1_000)}
        while execution_id not in known:
            await asyncio.sleep(0.02)
            known = {row.id for row in await self.runtime.journal.rows(limit=1_000)}
        async for records in self.runtime.watch(execution_id):
            seen += records
        return seen

    async def end(self) -> list[list[Record]]:
        async with asyncio.timeout(PATIENCE_S):
            seen = await asyncio.gather(*self.watchers)
        await self.runtime.close()
        return seen


async def check(folder: Path, runs: int, seen: list[list[Record]]) -> None:
    """Nothing lost, nothing twice, no gap for whoever watched."""
    journal = SqliteJournal(folder / "pointwork.db")
    await journal.open()
    lines = Counter((folder / "done.log").read_text().splitlines())
    try:
        for number in range(runs):
            records = await journal.read(f"run-{number}", limit=100_000)
            assert [record.seq for record in records] == list(range(1, len(records) + 1))
            assert seen[number] == records
            last = records[-1].event
            assert isinstance(last, ExecutionFinished)
            assert (last.status, last.error) == ("completed", None)
            _nothing_twice(f"run-{number}", records, lines)
    finally:
        await journal.close()


def _nothing_twice(execution_id: str, records: list[Record], lines: Counter[str]) -> None:
    ended: set[tuple[str, str]] = set()
    recorded: set[tuple[str, str, str]] = set()
    started: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    for record in records:
        event = record.event
        if isinstance(event, NodeStarted):
            assert (event.scope, event.node) not in ended, "a node that had ended began again"
            started[f"B {execution_id} {event.scope or '-'} {event.node} {event.attempt}"] += 1
        elif isinstance(event, (NodeCompleted, NodeSkipped)) or (
            isinstance(event, NodeFailed) and not event.retry_in_s
        ):
            if isinstance(event, NodeFailed):
                assert event.error["kind"] == "interrupted"
                continue
            assert (event.scope, event.node) not in ended, "a node ended twice"
            ended.add((event.scope, event.node))
        elif isinstance(event, StepStarted):
            assert (event.scope, event.node, event.key) not in recorded, "a step that had ended was called again"
            number = (event.data or {})["n"]
            steps[f"S {execution_id} {event.scope or '-'} {event.node} {number}"] += 1
        elif isinstance(event, StepRecorded):
            assert (event.scope, event.node, event.key) not in recorded, "a step ended twice"
            recorded.add((event.scope, event.node, event.key))
    # What was really done, by the count of the handlers: never more than the journal knew of beforehand.
    for line, count in lines.items():
        if line.split()[1] == execution_id:
            known = started if line.startswith("B") else steps
            assert count <= known[line], f"{line!r} was done {count} times, and {known[line]} were stored before"
