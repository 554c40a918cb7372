"""`pointwork prune`: delete executions that ended long ago, and give their space back."""

from __future__ import annotations

import argparse
import re
from typing import Final

from pointwork.cli.command import Command, Parser, UsageError

__all__ = ["COMMAND"]

TEXT = """Delete executions that have ended, with their records, large values and files. What has not ended is never
touched, and neither are workflows, memories and secrets. It may be run while a server or other commands work on the
same data folder.

Say which ones: by --older-than, by --keep, or by both; then an execution goes if it ended so long ago and there
are so many newer ones of its workflow. Executions of documents without an id count as one workflow.

What was deleted leaves room in the database, which is used again. If that is a tenth of the file or more, and no
process drives executions, the file is written anew and gets smaller. Otherwise this says how much it is; to give it
back later, stop the server and run `pointwork prune --compact`."""

AGE = re.compile(r"(\d{1,6})([hdw])")
HOURS: Final = {"h": 1, "d": 24, "w": 24 * 7}


def _arguments(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "--older-than", metavar="AGE", type=_age, help="those that ended before that: 12h, 30d, 8w (hours, days, weeks)"
    )
    add("--keep", metavar="N", type=_count, help="of each workflow, all but the newest N")
    add("--dry-run", action="store_true", help="only list what would be deleted")
    add("--yes", action="store_true", help="do not ask")
    add("--compact", action="store_true", help="give all free room back to the disk; needs the data folder for itself")
    add("--data-dir", metavar="DIR", help="where they are stored; see POINTWORK_DATA_DIR")


def _age(text: str) -> int:
    """An age in microseconds."""
    found = AGE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no age: write 12h, 30d or 8w (hours, days, weeks)")
    return int(found[1]) * HOURS[found[2]] * 3_600_000_000


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of executions")
    return int(text)


def _act(chosen: argparse.Namespace) -> int:
    if chosen.older_than is None and chosen.keep is None and not chosen.compact:
        raise UsageError(
            "Nothing says what shall be deleted.",
            hint="For example: `pointwork prune --older-than 30d --keep 10 --dry-run` lists what would be.",
        )
    from pointwork.cli.pruning import prune

    return prune(chosen)


COMMAND = Command(
    name="prune",
    usage="prune [--older-than AGE] [--keep N] [options]",
    summary="delete executions that ended long ago, and give their space back",
    text=TEXT,
    arguments=_arguments,
    action=_act,
    examples=(
        ("pointwork prune --older-than 30d --dry-run", "list what ended more than 30 days ago"),
        (
            "pointwork prune --older-than 30d --keep 10",
            "delete that, but leave the newest 10 of each workflow; asks first",
        ),
        ("pointwork prune --keep 100 --yes", "for a timetable: nobody is asked"),
        ("pointwork prune --compact", "give free room of the database back to the disk"),
    ),
    exits={
        0: "deleted, or there was nothing to delete, or not after all",
        2: "refused: the command line is wrong, there are no executions, or --compact is not possible now",
    },
    environment=("POINTWORK_DATA_DIR", "POINTWORK_DATABASE_URL", "NO_COLOR", "POINTWORK_DEBUG"),
)
