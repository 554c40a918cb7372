"""How appends get from the event loop to the writer and back: batches, durability, listeners and writers that fail."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import Conflict, JournalError
from pointwork.events import LogWritten, Record
from pointwork.journal import Durability, committer, writer
from pointwork.journal.sqlite import SqliteJournal
from tests.journal.storages import PLAN, node, put, row, started


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    opened = SqliteJournal(tmp_path / "pointwork.db")
    await opened.open()
    yield opened
    await opened.close()


def lines(count: int) -> list[Any]:
    return [LogWritten("INFO", str(n)) for n in range(count)]


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many appends each batch had."""
    seen: list[int] = []
    store = writer.Writer.store

    def counting(self: writer.Writer, batch: Any) -> None:
        seen.append(len(batch))
        store(self, batch)

    monkeypatch.setattr(writer.Writer, "store", counting)
    return seen


async def test_what_is_appended_in_one_turn_is_few_batches(journal: SqliteJournal, batches: list[int]) -> None:
    more = 100
    count = committer.EARLY + more
    for n in range(count):
        journal.create(row(f"e{n}"), PLAN)
    await asyncio.gather(*(put(journal, f"e{n}", [started()], after=0) for n in range(count)))
    # The thread begins with the first ones; all others come along together.
    assert batches == [committer.EARLY, more]


async def test_what_comes_while_one_batch_is_on_its_way_is_the_next(journal: SqliteJournal, batches: list[int]) -> None:
    journal.create(row("a"), PLAN)
    pending: Any = None
    for n in range(300):
        pending = journal.append("a", lines(1), after=n)
        await asyncio.sleep(0)
    await pending
    assert sum(batches) == 300
    assert batches[0] == 1
    assert len(batches) < 300


@pytest.mark.parametrize(
    ("durability", "synchronous", "answers"), [("behind", 1, False), ("commit", 1, True), ("power", 2, True)]
)
async def test_durability(tmp_path: Path, durability: Durability, synchronous: int, answers: bool) -> None:
    opened = SqliteJournal(tmp_path / "pointwork.db", durability)
    await opened.open()
    heard: list[Record] = []
    opened.subscribe(heard.extend)
    opened.create(row("a"), PLAN)
    pending = opened.append("a", [started()], after=0)
    assert (pending is not None) == answers
    assert heard == []  # nothing is shown before it is stored, even if nobody waits
    assert await opened.last_seq("a") == 1
    assert len(heard) == 1
    [setting] = await opened._change(lambda connection: connection.execute("PRAGMA synchronous").fetchone())
    assert setting == synchronous
    await opened.close()


async def test_behind_tells_of_a_failure_with_the_next_append(tmp_path: Path) -> None:
    opened = SqliteJournal(tmp_path / "pointwork.db", "behind")
    await opened.open()
    opened.create(row("a"), PLAN)
    assert opened.append("a", [started()], after=0) is None
    assert opened.append("a", node("lost"), after=7) is None
    assert opened.append("a", node("lost too"), after=1) is None
    await opened.claim("a", owner="x", was="somebody else")  # behind all that is queued
    with pytest.raises(Conflict, match="behind record 7"):
        opened.append("a", node("x"), after=1)
    assert await opened.last_seq("a") == 1
    assert opened.append("a", node("x"), after=1) is None
    assert await opened.last_seq("a") == 3
    assert opened.append("a", node("lost"), after=7) is None
    assert await opened.claim("a", owner="x", was="me") is True  # whoever takes over, reads first
    assert opened.append("a", node("y"), after=3) is None
    assert await opened.last_seq("a") == 5
    await opened.close()


async def test_a_listener_that_fails_takes_nothing_from_the_others(journal: SqliteJournal) -> None:
    heard: list[Record] = []
    reported: list[Any] = []

    def failing(records: Any) -> None:
        if records[0].execution_id == "a":
            raise RuntimeError("the listener's own mistake")

    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    journal.subscribe(failing)
    journal.subscribe(heard.extend)
    for name in "abc":
        journal.create(row(name), PLAN)
    assert await asyncio.gather(*(put(journal, name, [started()], after=0) for name in "abc")) == [1, 1, 1]
    assert await put(journal, "c", node("x"), after=1) == 3
    assert [str(error) for error in reported] == ["the listener's own mistake"]
    assert [(record.execution_id, record.seq) for record in heard] == [("b", 1), ("c", 1), ("c", 2), ("c", 3)]


async def test_one_append_may_be_awaited_by_several_and_again(journal: SqliteJournal) -> None:
    journal.create(row("a"), PLAN)
    pending = journal.append("a", [started()], after=0)

    async def wait() -> None:
        assert pending is not None
        await pending

    await asyncio.gather(wait(), wait(), wait())
    await wait()


async def test_a_mistake_in_the_writer_is_told_to_all_who_wait(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    with monkeypatch.context() as broken:
        broken.setattr(writer.Writer, "_write", lambda *arguments: 1 / 0)
        with pytest.raises(JournalError, match="ZeroDivisionError"):
            await put(journal, "a", node("x"), after=1)
    assert "ZeroDivisionError" in caplog.text  # with its traceback
    with pytest.raises(JournalError, match="ZeroDivisionError"):
        await put(journal, "a", node("x"), after=1)
    assert await journal.last_seq("a") == 1
    stored, failed = await asyncio.gather(
        put(journal, "a", node("x"), after=1), journal._change(lambda connection: 1 // 0), return_exceptions=True
    )
    assert stored == 3  # in the same batch
    assert isinstance(failed, JournalError)
    assert "ZeroDivisionError" in failed.message


async def test_a_loop_that_ends_without_closing_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pointwork.db"
    closed = threading.Event()
    store = writer.Writer.store

    def late(self: writer.Writer, batch: Any) -> None:
        assert closed.wait(10)
        store(self, batch)

    async def main() -> SqliteJournal:
        forgotten = SqliteJournal(file, "behind")
        await forgotten.open()
        forgotten.create(row("a"), PLAN)
        forgotten.append("a", [started()], after=0)
        await asyncio.sleep(0)  # the batch is given to the writer
        return forgotten

    with monkeypatch.context() as slow:
        slow.setattr(writer.Writer, "store", late)
        forgotten = await asyncio.to_thread(asyncio.run, main())
        thread = forgotten._committer._thread
        closed.set()
        await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    again = SqliteJournal(file)
    await again.open()
    await again.open()  # twice is the same as once
    assert await again.last_seq("a") == 1
    await again.close()


async def test_who_does_not_wait_any_more_disturbs_nobody(journal: SqliteJournal) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    claims = [asyncio.ensure_future(journal.claim("a", owner=f"o{n}", was="me" if n == 0 else "o0")) for n in range(2)]
    await asyncio.sleep(0)
    claims[0].cancel()
    assert await claims[1] is True


async def test_long_reads_do_not_hold_up_the_writing(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", lines(10), after=0)
    reader = sqlite3.connect(tmp_path / "pointwork.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    assert await put(journal, "a", lines(10), after=10) == 20
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,)  # what it began with
    reader.close()
