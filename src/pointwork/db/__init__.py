"""SQLite, and nothing but SQLite: connections, migrations, named queries, and who is alive.

What is stored is the business of `journal`, `library` and `memory`; they write SQL in `.sql` files of their own and
run it on connections from here, in threads. SQL keeps to what SQLite and PostgreSQL share; where they differ, the
`.sql` file says so.
"""

from pointwork.db.compacting import Room, compact, room
from pointwork.db.connection import BUSY_TIMEOUT_S, Pool, Synchronous, bounded, connect, storage_error, transaction
from pointwork.db.migrate import migrate
from pointwork.db.owners import Owners
from pointwork.db.queries import load_queries

__all__ = [
    "BUSY_TIMEOUT_S",
    "Owners",
    "Pool",
    "Room",
    "Synchronous",
    "bounded",
    "compact",
    "connect",
    "load_queries",
    "migrate",
    "room",
    "storage_error",
    "transaction",
]
