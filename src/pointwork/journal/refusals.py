"""The sentences in which every journal refuses, so that they read the same wherever the records live."""

from __future__ import annotations

from collections.abc import Iterable

from pointwork.errors import Conflict, JournalError, NotFound, Unacceptable
from pointwork.events import Event

__all__ = ["ended", "no_blob", "no_plan", "not_json", "stale", "still_running", "taken", "unfit", "unknown"]


def unknown(execution_id: str) -> NotFound:
    return NotFound(
        f"There is no execution {execution_id!r}.", hint="Look at the list of executions; it may have been deleted."
    )


def taken(execution_id: str) -> Conflict:
    return Conflict(f"There is an execution {execution_id!r} already.", hint="Choose another id, or none.")


def stale(execution_id: str, *, after: int, last_seq: int) -> Conflict:
    return Conflict(
        f"Execution {execution_id!r} has {last_seq} records; nothing can be added behind record {after}.",
        hint="Somebody else goes on with it, or an earlier append failed: read it again before adding to it.",
    )


def ended(execution_id: str, status: str) -> Conflict:
    return Conflict(
        f"Execution {execution_id!r} has ended ({status}); nothing can be added to it.",
        hint="Fork it, or start a new execution.",
    )


def still_running(execution_id: str, status: str) -> Conflict:
    return Conflict(
        f"Execution {execution_id!r} is {status}; only an ended one can be deleted.", hint="Cancel it first."
    )


def not_json(execution_id: str, events: Iterable[Event], error: Exception) -> Unacceptable:
    found = " or ".join(sorted({f"{event.type} of node {getattr(event, 'node', None)!r}" for event in events}))
    return Unacceptable(
        f"Execution {execution_id!r}: {found} cannot be stored, because a value in it is not JSON ({error}).",
        hint="Let the node return text, numbers, lists and objects only.",
    )


def unfit(execution_id: str, error: Exception) -> JournalError:
    return JournalError(
        f"Execution {execution_id!r} has something that the database cannot hold: {error}.",
        hint="Ids, names and versions have limits of sense; look at what this execution was introduced with.",
    )


def no_plan(plan_hash: str) -> NotFound:
    return NotFound(f"There is no plan {plan_hash!r}.", hint="Its executions may have been deleted.")


def no_blob(digest: str) -> NotFound:
    return NotFound(
        f"There is no stored value {digest[:80]!r}.",
        hint="Use the `$blob` of a reference; the execution that held it may have been deleted.",
    )
