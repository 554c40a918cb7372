"""Transactions and pools: all or nothing, closed when closed, and every error names the file and the next step."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pointwork.db import Pool, bounded, connect, storage_error, transaction
from pointwork.errors import ConfigurationError, JournalError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.db"
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE things (name TEXT PRIMARY KEY)")
    return path


@pytest.fixture
def pool(file: Path) -> Iterator[Pool]:
    made = Pool(file, busy_timeout_s=0.01)
    yield made
    made.close()


def things(pool: Pool) -> list[str]:
    with pool.connection() as connection:
        return [name for (name,) in connection.execute("SELECT name FROM things ORDER BY name")]


def test_a_transaction_is_stored_as_a_whole(pool: Pool) -> None:
    with pool.connection() as connection, transaction(connection):
        connection.execute("INSERT INTO things VALUES ('a')")
        connection.execute("INSERT INTO things VALUES ('b')")
    assert things(pool) == ["a", "b"]


def insert_then(pool: Pool, end: Callable[[sqlite3.Connection], object]) -> None:
    with pool.connection() as connection, transaction(connection):
        connection.execute("INSERT INTO things VALUES ('a')")
        end(connection)


def fail(error: BaseException) -> Callable[[sqlite3.Connection], object]:
    def raising(connection: sqlite3.Connection) -> None:
        raise error

    return raising


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (fail(ValueError("ours")), ValueError),
        (fail(KeyboardInterrupt()), KeyboardInterrupt),
        (fail(sqlite3.OperationalError("disk I/O error")), JournalError),
        # SQLite ends the transaction by itself.
        (lambda connection: connection.execute("INSERT OR ROLLBACK INTO things VALUES ('a')"), JournalError),
    ],
)
def test_or_not_at_all(pool: Pool, end: Callable[[sqlite3.Connection], object], error: type[BaseException]) -> None:
    with pytest.raises(error):
        insert_then(pool, end)
    assert things(pool) == []


def test_readers_cannot_write(file: Path) -> None:
    pool = Pool(file, read_only=True)
    with pytest.raises(JournalError, match="readonly"), pool.connection() as connection:
        connection.execute("INSERT INTO things VALUES ('a')")
    pool.close()


def test_connections_are_used_again_and_by_one_at_a_time(pool: Pool) -> None:
    with pool.connection() as first, pool.connection() as second:
        assert first is not second
    with pool.connection() as again:
        assert again in (first, second)


def test_a_closed_pool_gives_no_connection_and_takes_none_back(file: Path) -> None:
    pool = Pool(file)
    with pool.connection() as connection:
        pool.close()
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
    with pytest.raises(JournalError, match="is closed"), pool.connection():
        pass
    pool.open()
    assert things(pool) == []
    pool.close()


def test_threads_do_not_disturb_each_other(file: Path) -> None:
    pool = Pool(file)

    def write(letter: str) -> None:
        for n in range(20):
            with pool.connection() as connection, transaction(connection):
                connection.execute("INSERT INTO things VALUES (?)", (f"{letter}{n:02}",))

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert things(pool) == sorted(f"{letter}{n:02}" for letter in "abc" for n in range(20))
    pool.close()


@pytest.mark.parametrize(
    ("cause", "kind", "hint"),
    [
        ("file is not a database", ConfigurationError, "move it away"),
        ("unable to open database file", ConfigurationError, "folder exists"),
        ("database disk image is malformed", JournalError, "restore a backup"),
        ("database or disk is full", JournalError, "Free some space"),
        ("database is locked", JournalError, "Another process"),
        ("attempt to write a readonly database", JournalError, "Let this user write"),
        ("disk I/O error", JournalError, "Check the disk"),
        ("something new", JournalError, "Check disk space"),
    ],
)
def test_errors_say_which_file_why_and_what_to_do(cause: str, kind: type[Exception], hint: str) -> None:
    error = storage_error(Path("/data/some.db"), sqlite3.OperationalError(cause))
    assert type(error) is kind
    assert error.message == f"The database '/data/some.db' cannot be used: {cause}."
    assert hint in error.hint


def test_text_of_any_language_is_found_whatever_its_case(pool: Pool) -> None:
    with pool.connection() as connection:
        found = connection.execute("SELECT lower('ÄÖÜ Straße'), lower(NULL), lower(7)").fetchone()
    assert found == ("äöü strasse", None, 7)


@pytest.mark.parametrize(("number", "expected"), [(0, 0), (2**63, 2**63 - 1), (-(2**70), -(2**63)), (-5, -5)])
def test_numbers_are_kept_within_what_the_database_can_hold(pool: Pool, number: int, expected: int) -> None:
    with pool.connection() as connection:
        assert connection.execute("SELECT ?", (bounded(number),)).fetchone() == (expected,)


def test_a_file_that_somebody_holds_alone_is_waited_for_but_not_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE things (name TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalError, match="locked"):
            connect(path, busy_timeout_s=0.02)
        other.execute("COMMIT")
        connect(path, busy_timeout_s=0.02).close()
