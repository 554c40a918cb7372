"""Disks that are full, files that are locked, damaged or not ours: who waits is told why, and life goes on after."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pointwork.db import storage_error
from pointwork.errors import ConfigurationError, Conflict, JournalError
from pointwork.events import Record
from pointwork.journal import writer
from pointwork.journal.sqlite import SqliteJournal
from tests.journal.storages import PLAN, node, put, row, run, started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pointwork.db"


@pytest.fixture
async def journal(file: Path) -> AsyncIterator[SqliteJournal]:
    opened = SqliteJournal(file, busy_timeout_s=0.05)
    await opened.open()
    for name in "ab":
        opened.create(row(name), PLAN)
        await put(opened, name, [started()], after=0)
    yield opened
    await opened.close()


async def both(journal: SqliteJournal, after: int) -> list[Any]:
    """Append to two executions in one batch."""
    return await asyncio.gather(
        *(put(journal, name, node("x", "y" * 20_000), after=after) for name in "ab"), return_exceptions=True
    )


async def expect_trouble(journal: SqliteJournal, cause: str, hint: str) -> None:
    """All who wait are told, nothing is half stored, nobody hears of it, and later appends are refused as well."""
    heard: list[Record] = []
    end = journal.subscribe(heard.extend)
    for attempt in range(2):
        for error in await both(journal, 1 + 2 * attempt):
            assert isinstance(error, JournalError)
            assert cause in error.message
            assert str(journal.path) in error.message
            assert hint in error.hint
    health = await journal.health()
    assert health["ok"] is False
    assert cause in health["trouble"]
    end()
    assert heard == []


async def expect_recovery(journal: SqliteJournal) -> None:
    """The cause is gone: whoever reads again goes on from there."""
    for name in "ab":
        assert await journal.last_seq(name) == 1
    assert await both(journal, 1) == [3, 3]
    assert (await journal.health())["ok"] is True
    for name in "ab":
        assert [record.seq for record in await journal.read(name)] == [1, 2, 3]


@pytest.fixture
def pragma(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give each connection that the writer opens from now on a restriction."""
    connect = writer.connect

    def restrict(sql: str) -> None:
        def restricted(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **options)
            connection.execute(sql)
            return connection

        monkeypatch.setattr(writer, "connect", restricted)

    return restrict


async def reconnect(journal: SqliteJournal) -> None:
    """Make the writer open a new connection, by way of a failure that hurts nobody."""
    with pytest.raises(JournalError):
        await journal._change(lambda connection: connection.execute("SELECT nonsense"))


@pytest.mark.parametrize(
    ("restriction", "cause", "hint"),
    [
        ("PRAGMA max_page_count = 1", "database or disk is full", "Free some space"),
        ("PRAGMA query_only = ON", "attempt to write a readonly database", "write to the file and its folder"),
    ],
)
async def test_a_disk_that_takes_nothing(
    journal: SqliteJournal, pragma: Callable[[str], None], restriction: str, cause: str, hint: str
) -> None:
    pragma(restriction)
    await reconnect(journal)
    await expect_trouble(journal, cause, hint)
    pragma("SELECT 1")
    await reconnect(journal)
    await expect_recovery(journal)


async def test_a_disk_that_refuses_in_the_middle_of_a_write(journal: SqliteJournal, file: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = file.with_name(f"{file.name}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 5_000, hard))  # a part of the batch fits
    try:
        await expect_trouble(journal, "disk I/O error", "Check the disk")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await expect_recovery(journal)


async def test_a_database_that_somebody_else_holds(journal: SqliteJournal, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await expect_trouble(journal, "database is locked", "Another process holds the database")
    assert len(await journal.read("a")) == 1  # reading waits for nobody
    other.execute("ROLLBACK")
    other.close()
    await expect_recovery(journal)


async def test_a_database_that_cannot_be_opened_any_more(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    def refuse(path: Path, **options: Any) -> sqlite3.Connection:
        raise storage_error(path, sqlite3.OperationalError("disk I/O error"))

    with monkeypatch.context() as gone:
        gone.setattr(writer, "connect", refuse)
        await reconnect(journal)
        await expect_trouble(journal, "disk I/O error", "Check the disk")
        with pytest.raises(JournalError, match="disk I/O error"):
            await journal.last_seq("a")
    await expect_recovery(journal)


async def test_a_look_that_failed_forgives_nobody(journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Conflict):
        await put(journal, "a", node("x"), after=9)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "SQL", {**writer.SQL, "head": "SELECT nonsense"})
        with pytest.raises(JournalError, match="nonsense"):
            await journal.last_seq("a")
    with pytest.raises(Conflict):
        await put(journal, "a", node("x"), after=1)
    assert await journal.last_seq("a") == 1
    assert await put(journal, "a", node("x"), after=1) == 3


async def test_locked_while_looking_where_an_execution_stands(journal: SqliteJournal, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="locked"):
        await journal.claim("a", owner="x", was="me")
    assert await journal.last_seq("a") == 1  # only reads
    other.close()
    assert await journal.claim("a", owner="x", was="me") is True


async def test_one_append_that_cannot_be_stored_hurts_nobody_in_its_batch(journal: SqliteJournal) -> None:
    journal.create(row("huge", version=2**64), PLAN)
    journal.create(row("nameless", workflow_name=None), PLAN)
    journal.create(row("fine"), PLAN)
    names = ["a", "huge", "fine", "nameless", "b"]
    results = await asyncio.gather(
        *(put(journal, name, node("x"), after=1 if name in "ab" else 0) for name in names), return_exceptions=True
    )
    assert [result if isinstance(result, int) else type(result) for result in results] == [
        3,
        JournalError,
        2,
        JournalError,
        3,
    ]
    assert "'huge'" in str(results[1])
    assert "'nameless'" in str(results[3])
    assert sorted(found.id for found in await journal.rows()) == ["a", "b", "fine"]


@pytest.mark.parametrize(
    "trigger",
    [
        "BEFORE INSERT ON journal WHEN new.first_seq = 1",  # after the row of the execution
        "BEFORE UPDATE ON executions WHEN new.status = 'waiting'",  # after the records
        "BEFORE INSERT ON blob_uses",  # after the blob
    ],
)
async def test_an_append_that_fails_in_the_middle_leaves_nothing(
    journal: SqliteJournal, file: Path, trigger: str
) -> None:
    def on_another_connection(sql: str) -> None:
        with closing(sqlite3.connect(file)) as other, other:
            other.execute(sql)

    on_another_connection(f"CREATE TRIGGER refuse {trigger} BEGIN SELECT raise(ABORT, 'refused'); END")
    journal.create(row("new"), PLAN)
    results = await asyncio.gather(
        put(journal, "new", [started()], after=0),
        put(journal, "a", node("x", "y" * 40_000), after=1, status="waiting"),
        put(journal, "b", node("x"), after=1),
        return_exceptions=True,
    )
    on_another_connection("DROP TRIGGER refuse")
    stored = {"new": 1, "a": 3, "b": 3}
    for name, result in zip(stored, results, strict=True):
        if isinstance(result, JournalError):
            assert "refused" in result.message
            stored[name] = 0 if name == "new" else 1
    assert sorted(stored.values()) in ([0, 3, 3], [1, 1, 3])  # one was refused, whoever it concerned
    assert {found.id: (found.last_seq, found.status) for found in await journal.rows()} == {
        name: (seq, "waiting" if name == "a" and seq == 3 else "running") for name, seq in stored.items() if seq
    }
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM blobs").fetchone() == (int(stored["a"] == 3),)


async def test_a_damaged_file(file: Path) -> None:
    first = SqliteJournal(file)
    await first.open()
    for n in range(30):
        await run(first, f"e{n}", *node("x"))
    await first.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:1024] + bytes(len(whole) - 1024))
    second = SqliteJournal(file)
    with pytest.raises(JournalError, match="malformed") as caught:
        await second.open()
    assert str(file) in caught.value.message
    assert "restore a backup" in caught.value.hint
    await second.close()
    file.write_bytes(whole)
    await second.open()
    assert len(await second.rows()) == 30
    await second.close()


@pytest.mark.parametrize(
    "content", [b"this is not a database, " * 100, b"\x00" * 4096, b"SQLite format 3\x00" + b"?" * 99]
)
async def test_a_file_of_another_kind_is_left_alone(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="not a database") as caught:
        await SqliteJournal(file).open()
    assert str(file) in caught.value.message
    assert "move it away" in caught.value.hint
    assert file.read_bytes() == content


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unable to open") as caught:
        await SqliteJournal(tmp_path / "no" / "pointwork.db").open()
    assert "folder exists" in caught.value.hint


READ_ONLY = """
import asyncio, os, sys
from pointwork.journal.sqlite import SqliteJournal
if os.getuid() == 0:
    os.setuid(65534)  # root may write anywhere
try:
    asyncio.run(SqliteJournal(sys.argv[1]).open())
except Exception as error:
    print(type(error).__name__, error.message, error.hint)
"""


@pytest.mark.parametrize("there", [True, False])
async def test_a_folder_that_may_not_be_written(there: bool) -> None:
    with tempfile.TemporaryDirectory() as name:  # not below tmp_path, into which only its owner may look
        folder = Path(name)
        file = folder / "pointwork.db"
        if there:
            made = SqliteJournal(file)
            await made.open()
            await made.close()
            file.chmod(0o444)
        folder.chmod(0o555)
        said = subprocess.run(
            [sys.executable, "-c", READ_ONLY, file], capture_output=True, text=True, check=True, timeout=30
        ).stdout
        folder.chmod(0o755)
    assert said.startswith(("JournalError", "ConfigurationError"))
    assert str(file) in said
    assert "may write" in said or "this user write" in said


async def test_a_conflict_is_no_trouble(journal: SqliteJournal) -> None:
    with pytest.raises(Conflict):
        await put(journal, "a", node("x"), after=9)
    assert (await journal.health())["ok"] is True


async def test_a_file_that_went_away_is_no_longer_healthy(journal: SqliteJournal, file: Path) -> None:
    os.rename(file, f"{file}.moved")
    health = await journal.health()
    assert health["ok"] is False
    os.rename(f"{file}.moved", file)
    assert (await journal.health())["ok"] is True
