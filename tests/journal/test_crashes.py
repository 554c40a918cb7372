"""Processes that are killed, files that end in the middle, and several processes on one file."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pointwork.journal.sqlite import SqliteJournal
from tests.journal.storages import PLAN, node, put, row, sqlite

ROOT = Path(__file__).resolve().parents[2]


def appender(file: Path, *, durability: str = "commit", prefix: str, executions: int, appends: int) -> Any:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journal.appender", file, durability, prefix, str(executions), str(appends)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


async def check(file: Path, acknowledged: dict[str, int]) -> int:
    """Every execution is whole up to its last append, nothing acknowledged is missing; how many records there are."""
    journal = SqliteJournal(file)
    await journal.open()
    total = 0
    for stored in await journal.unfinished():
        records = await journal.read(stored.id, limit=100_000)
        expected = [event for n in range(stored.last_seq // 2) for event in node(f"{stored.id}-{n}", n)]
        assert [record.event for record in records] == expected  # also: never half an append
        assert [record.seq for record in records] == list(range(1, stored.last_seq + 1))
        assert stored.last_seq >= acknowledged.pop(stored.id, 0)
        assert await journal.plan(stored.plan_hash) == PLAN
        assert await put(journal, stored.id, node("goes on"), after=stored.last_seq) == stored.last_seq + 2
        total += stored.last_seq
    assert acknowledged == {}
    await journal.close()
    return total


@pytest.mark.parametrize(("durability", "seed"), [("commit", 1), ("commit", 2), ("power", 3), ("behind", 4)])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, durability: str, seed: int) -> None:
    file = tmp_path / "pointwork.db"
    acknowledged: dict[str, int] = {}
    with appender(file, durability=durability, prefix="e", executions=8, appends=1_000_000) as process:
        for _ in range(random.Random(seed).randrange(50, 1_500)):
            name, seq = process.stdout.readline().split()
            acknowledged[name] = int(seq)
        os.kill(process.pid, signal.SIGKILL)
    if durability == "behind":
        await check(file, {})  # promises less: the last of it may be gone, but what is there is whole
    else:
        assert await check(file, dict(acknowledged)) >= sum(acknowledged.values())


async def test_two_processes_on_a_new_file_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "pointwork.db"
    processes = [appender(file, prefix=prefix, executions=5, appends=60) for prefix in "ab"]
    acknowledged = {}
    for process in processes:
        with process:
            for line in process.stdout:
                name, seq = line.split()
                acknowledged[name] = int(seq)
        assert process.returncode == 0
    assert acknowledged == {f"{prefix}{n}": 120 for prefix in "ab" for n in range(5)}
    assert await check(file, acknowledged) == 2 * 5 * 120


@pytest.fixture
async def crashed(tmp_path: Path) -> tuple[Path, list[int]]:
    """Files as a crash leaves them, all records still in the log; and the length of the log after each append."""
    folder = tmp_path / "running"
    folder.mkdir()
    storage = sqlite(folder)
    journal = await storage.open()
    log = folder / "pointwork.db-wal"
    sizes: list[int] = []
    journal.create(row("a"), PLAN)
    for n in range(25):
        await put(journal, "a", node(f"a-{n}", n), after=2 * n)
        sizes.append(log.stat().st_size)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("pointwork.db", "pointwork.db-wal"):
        shutil.copy(folder / name, left)
    await storage.close()
    return left / "pointwork.db", sizes


async def test_a_log_that_ends_anywhere_leaves_whole_appends(crashed: tuple[Path, list[int]], tmp_path: Path) -> None:
    file, sizes = crashed
    random_cuts = random.Random(7).sample(range(sizes[0], sizes[-1]), 25)
    for cut in sorted({sizes[0], sizes[10] - 1, sizes[10], sizes[10] + 1, sizes[-1], *random_cuts}):
        torn = tmp_path / f"torn-{cut}.db"
        shutil.copy(file, torn)
        torn.with_name(f"{torn.name}-wal").write_bytes(file.with_name(f"{file.name}-wal").read_bytes()[:cut])
        assert await check(torn, {}) == 2 * sum(size <= cut for size in sizes)


async def test_a_damaged_log_ends_where_the_damage_is(crashed: tuple[Path, list[int]]) -> None:
    file, sizes = crashed
    log = file.with_name(f"{file.name}-wal")
    data = bytearray(log.read_bytes())
    data[sizes[12] + 200] ^= 0xFF
    log.write_bytes(data)
    assert await check(file, {}) == 2 * 13
