"""Brings a database to the schema of this program: numbered files, forward only, each in one transaction.

A file `migrations/0007_what_it_does.sql` is never changed once released; what it did wrong, a later one mends. Each
of its statements ends at the end of a line.
Several processes may start on one file at once: each takes the write lock before it looks what is missing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from pointwork.db.connection import connect, storage_error, transaction
from pointwork.errors import ConfigurationError

__all__ = ["Migration", "migrate", "migrations"]


class Migration(NamedTuple):
    """One step of the schema."""

    number: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All steps that this program knows, in order."""
    found: list[Migration] = []
    for file in resources.files("pointwork.db").joinpath("migrations").iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            found.append(Migration(int(number), name, file.read_text("utf-8")))
    found.sort()
    return found


def migrate(path: Path) -> None:
    """Create the database, or bring it up to date; a database of a newer program is refused untouched."""
    known = migrations()
    connection = connect(path, synchronous="FULL")
    try:
        if _version(connection, path) == known[-1].number:
            return  # the usual case takes no lock
        for migration in known:
            with transaction(connection):
                if _version(connection, path) < migration.number:
                    for statement in _statements(migration.sql):
                        connection.execute(statement)
                    connection.execute(
                        "INSERT INTO migrations (number, name, applied_at_us) VALUES (?, ?, ?)",
                        (migration.number, migration.name, time.time_ns() // 1_000),
                    )
        _version(connection, path, newest=known[-1].number)
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    finally:
        connection.close()


def _version(connection: sqlite3.Connection, path: Path, *, newest: int | None = None) -> int:
    newest = newest or migrations()[-1].number
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "migrations" not in tables:
        raise ConfigurationError(
            f"The database {str(path)!r} was not made by Pointwork: it has the tables {', '.join(sorted(tables)[:5])}.",
            hint="Choose another data folder, or move that file away.",
        )
    ((version,),) = connection.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchall()
    if version > newest:
        raise ConfigurationError(
            f"The database {str(path)!r} was written by a newer Pointwork (schema {version}; this one knows {newest}).",
            hint="Upgrade Pointwork, or use another data folder.",
        )
    return version


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit the transaction first, and then each statement by itself.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement  # comments, or what SQLite will complain about
