"""Taking over and forgetting: who owns an execution, what may be deleted, and what goes with it.

Plain functions over a connection, called within a transaction.
Only ended executions are ever touched. The records that stay keep their numbers: a record that is taken out of a row
leaves `null` in its place.
"""

from __future__ import annotations

import sqlite3

import orjson

from pointwork.errors import NotFound
from pointwork.journal import refusals
from pointwork.journal.base import ENDED
from pointwork.journal.reader import SQL, head

__all__ = ["claim", "delete", "delete_if_there", "forget_plans", "prune_text", "with_text"]


def delete(connection: sqlite3.Connection, execution_id: str) -> None:
    """An ended execution, its records, its plan, and the blobs that nothing else refers to."""
    _delete(connection, execution_id)
    forget_plans(connection)


def _delete(connection: sqlite3.Connection, execution_id: str) -> None:
    number, status, _ = head(connection, execution_id)
    if status not in ENDED:
        raise refusals.still_running(execution_id, status)
    blobs = connection.execute(SQL["blobs_of"], {"execution": number}).fetchall()
    connection.execute(SQL["forget_uses"], {"execution": number})
    for (digest,) in blobs:
        connection.execute(SQL["forget_blob"], {"hash": digest})
    connection.execute(SQL["forget"], {"execution": number})


def delete_if_there(connection: sqlite3.Connection, execution_id: str) -> bool:
    """The same without its plan, unless another process was faster; `forget_plans` comes after the last of many."""
    try:
        _delete(connection, execution_id)
    except NotFound:
        return False
    return True


def claim(connection: sqlite3.Connection, execution_id: str, *, owner: str, was: str | None) -> bool:
    """Make `owner` the owner, if it still belongs to `was` and goes on."""
    values = {"id": execution_id, "owner": owner, "was": was}
    if connection.execute(SQL["claim"], values).rowcount == 1:
        return True
    head(connection, execution_id)
    return False


def forget_plans(connection: sqlite3.Connection) -> None:
    """The plans of which no execution is left."""
    connection.execute(SQL["forget_plans"])


def with_text(connection: sqlite3.Connection, before_us: int) -> list[int]:
    """Numbers of the executions that ended before, and whose streamed text is still there."""
    return [number for (number,) in connection.execute(SQL["with_text"], {"before": before_us})]


def prune_text(connection: sqlite3.Connection, execution: int, now_us: int) -> int:
    """Take the streamed text out of an execution; how many records that were."""
    removed = 0
    for first_seq, data in connection.execute(SQL["rows_with_text"], {"execution": execution}).fetchall():
        events = orjson.loads(data)
        kept = [None if event and event["type"] == "TextStreamed" else event for event in events]
        removed += sum(old is not None and new is None for old, new in zip(events, kept, strict=True))
        place = {"execution": execution, "first_seq": first_seq}
        if any(kept):
            connection.execute(SQL["rewrite"], {**place, "data": orjson.dumps(kept)})
        else:
            connection.execute(SQL["remove"], place)
    connection.execute(SQL["text_pruned"], {"execution": execution, "now": now_us})
    return removed
