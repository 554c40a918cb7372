"""What `pointwork prune` does: choose, ask, delete, and see to the room that is left.

Rule of this file: nothing is written anew while another process drives executions; it could store nothing meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from pointwork.cli.command import Exit, UsageError
from pointwork.cli.history import print_rows, reading, stored
from pointwork.cli.picture import size
from pointwork.db import Owners, compact, room
from pointwork.errors import Conflict, JournalError
from pointwork.journal import ExecutionRow
from pointwork.settings import Settings

__all__ = ["prune"]

WORTH_IT = 10  # the file is written anew when one part in so many of it is free


def prune(chosen: argparse.Namespace) -> int:
    """Do what the command line says."""
    settings = stored(chosen.data_dir)
    others = Owners(settings.data_dir / "owners")
    if chosen.compact and not chosen.dry_run:
        _refuse_company(others)
    if chosen.older_than is not None or chosen.keep is not None:
        before_us = None if chosen.older_than is None else time.time_ns() // 1_000 - chosen.older_than
        deleted = asyncio.run(_delete(chosen, before_us))
        if not deleted and not chosen.compact and not chosen.dry_run:
            return Exit.OK
    if chosen.dry_run:
        _tell_room(settings, others)
    elif chosen.compact:
        _refuse_company(others)
        _compact(settings)
    else:
        _give_back(settings, others)
    return Exit.OK


async def _delete(chosen: argparse.Namespace, before_us: int | None) -> int:
    """The number of executions that were deleted."""
    async with reading(chosen.data_dir) as runtime:
        rows = await runtime.journal.prunable(ended_before_us=before_us, keep_per_workflow=chosen.keep)
        if not rows:
            _say("There is nothing to delete.")
            return 0
        if chosen.dry_run:
            print_rows(rows)
            _say(f"Would delete {_described(rows)}.")
            return 0
        if not chosen.yes and not _confirmed(rows):
            _say("Nothing was deleted.")
            return 0
        gone = await runtime.discard(row.id for row in rows)
        _say(f"Deleted {_many(len(gone), 'execution')}.")
        return len(gone)


def _confirmed(rows: Sequence[ExecutionRow]) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            f"This deletes {_described(rows)} for good.",
            hint="Say --yes if it shall, or --dry-run to see which ones they are.",
        )
    return input(f"Delete {_described(rows)} for good? [y/N] ").strip().lower() in ("y", "yes")


def _described(rows: Sequence[ExecutionRow]) -> str:
    ends = [row.finished_at_us or 0 for row in rows]
    first, last = (
        datetime.fromtimestamp(end / 1e6, UTC).astimezone().date().isoformat() for end in (min(ends), max(ends))
    )
    when = f"on {first}" if first == last else f"from {first} to {last}"
    workflows = len({row.workflow_id for row in rows})
    what = f"{_many(len(rows), 'execution')} of {_many(workflows, 'workflow')}"
    return f"{what}, which ended {when}, with {_many(sum(row.last_seq for row in rows), 'record')}"


# -- room --------------------------------------------------------------------------------------------------------------


def _refuse_company(others: Owners) -> None:
    alive = others.others()
    if alive:
        raise Conflict(
            f"The database cannot be compacted while {_named(alive)} in the same data folder.",
            hint="Stop that first. To delete executions beside it, leave out --compact.",
        )


def _named(owners: Sequence[str]) -> str:
    """
    >>> _named(["12-ab"]), _named(["12-ab", "13-cd"])
    ('process 12 drives executions', 'processes 12 and 13 drive executions')
    """
    numbers = [owner.partition("-")[0] for owner in owners]
    if len(numbers) == 1:
        return f"process {numbers[0]} drives executions"
    return f"processes {', '.join(numbers[:-1])} and {numbers[-1]} drive executions"


def _give_back(settings: Settings, others: Owners) -> None:
    """Make the file smaller if that is worth it and nobody minds, or say how."""
    found = room(settings.database)
    if not found.free:
        return
    if found.free * WORTH_IT < found.size or others.others():
        _tell_room(settings, others)
        return
    try:
        _compact(settings)
    except JournalError as error:  # what was deleted is deleted all the same
        _say(f"The database could not be made smaller: {error}")


def _tell_room(settings: Settings, others: Owners) -> None:
    found = room(settings.database)
    alive = others.others()
    told = f"The database has {size(found.size)}; {size(found.free)} of it are free and are used again."
    if alive:
        told += f" It cannot be made smaller while {_named(alive)}: stop that, then run `pointwork prune --compact`."
    elif found.free:
        told += " `pointwork prune --compact` gives them back to the disk."
    _say(told)


def _compact(settings: Settings) -> None:
    before = room(settings.database).size
    after = compact(settings.database).size
    _say(f"The database has {size(after)} now; it had {size(before)}.")
    if settings.database.stat().st_size > after:
        _say("Somebody still reads the file as it was: it gets smaller when that has ended.")


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
