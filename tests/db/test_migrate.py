"""From nothing, from an older schema, from several processes at once, and from files that are not ours."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pointwork.db import connect
from pointwork.db.migrate import Migration, migrate, migrations
from pointwork.errors import ConfigurationError, JournalError

MODULE = sys.modules[migrate.__module__]  # `pointwork.db.migrate` is also the name of the function


def schema(file: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


def applied(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM migrations ORDER BY number")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pointwork.db"


def further(monkeypatch: pytest.MonkeyPatch, *sql: str) -> None:
    """The program of the future, which knows some more migrations."""
    known = migrations()
    more = [Migration(known[-1].number + n, f"further_{n}", text) for n, text in enumerate(sql, start=1)]
    monkeypatch.setattr(MODULE, "migrations", lambda: [*known, *more])


def test_numbers_follow_each_other() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_new_database_has_the_settings_it_needs(file: Path) -> None:
    migrate(file)
    with closing(connect(file)) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "page_size", "foreign_keys", "synchronous", "trusted_schema")
        }
    assert settings == {
        "journal_mode": "wal", "page_size": 1024, "foreign_keys": 1, "synchronous": 1, "trusted_schema": 0,
    }  # fmt: skip


def test_twice_is_the_same_as_once(file: Path) -> None:
    migrate(file)
    first = schema(file)
    migrate(file)
    assert schema(file) == first
    assert applied(file) == [migration.number for migration in migrations()]


def test_an_older_database_is_brought_up_to_date(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(file)
    further(monkeypatch, "CREATE TABLE one (a); -- first; of two\nINSERT INTO one VALUES ('x;y');", "DROP TABLE one;")
    migrate(file)
    assert applied(file)[-2:] == [len(migrations()) + 1, len(migrations()) + 2]
    assert "one" not in {name for _, name, _ in schema(file)}


def test_a_migration_is_applied_as_a_whole_or_not(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(file)
    before = schema(file), applied(file)
    further(monkeypatch, "CREATE TABLE one (a);\nCREATE TABLE two (b);\nSELECT nonsense;")
    with pytest.raises(JournalError, match="nonsense"):
        migrate(file)
    assert (schema(file), applied(file)) == before
    further(monkeypatch, "CREATE TABLE one (a);")
    migrate(file)
    assert "one" in {name for _, name, _ in schema(file)}


def test_a_newer_database_is_refused_untouched(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as future:
        further(future, "CREATE TABLE one (a);")
        migrate(file)
    content = file.read_bytes()
    with pytest.raises(ConfigurationError, match="newer Pointwork") as caught:
        migrate(file)
    assert str(file) in caught.value.message
    assert f"schema {len(migrations()) + 1}; this one knows {len(migrations())}" in caught.value.message
    assert "Upgrade" in caught.value.hint
    assert file.read_bytes() == content


def test_a_database_of_another_program_is_refused_untouched(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(ConfigurationError, match=r"not made by Pointwork.*bookmarks"):
        migrate(file)
    assert [name for _, name, _ in schema(file)] == ["bookmarks"]


def test_many_at_once_on_a_new_file(file: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: migrate(file), range(16)))
    assert applied(file) == [migration.number for migration in migrations()]


def test_several_processes_at_once_on_a_new_file(file: Path) -> None:
    code = "import sys, pathlib; from pointwork.db import migrate; migrate(pathlib.Path(sys.argv[1]))"
    processes = [subprocess.Popen([sys.executable, "-c", code, file]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    assert applied(file) == [migration.number for migration in migrations()]
