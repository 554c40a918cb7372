"""What is free in the database file, and giving it back to the disk.

What is deleted leaves its pages in the file, to be used again. Giving them back means writing the whole file anew, and
nobody else can store anything meanwhile: so it is done only when no process drives executions.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pointwork.db.connection import connect, storage_error

__all__ = ["Room", "compact", "room"]


class Room(NamedTuple):
    """Bytes of a database: all of them, and those that nothing is in."""

    size: int
    free: int


def room(path: Path) -> Room:
    """How much of the file is free."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            page, pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    return Room(page * pages, page * free)


def compact(path: Path) -> Room:
    """Write the file anew without what is free in it; what it is then."""
    try:
        with closing(connect(path)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    return room(path)
