"""`pointwork executions`: look at executions in the data folder; steer those that a server drives."""

from __future__ import annotations

import argparse
import sys

from pointwork.cli.command import Command, Exit, Group, Parser
from pointwork.cli.debugging import DEBUGGING
from pointwork.cli.linking import LINK
from pointwork.cli.looking import LOOKING
from pointwork.cli.steering import STEERING

__all__ = ["COMMAND"]

ID_HELP = "the id of an execution, its beginning, or: last"
ENVIRONMENT = ("POINTWORK_DATA_DIR", "POINTWORK_DATABASE_URL", "NO_COLOR", "POINTWORK_DEBUG")
STATUSES = ("running", "paused", "waiting", "completed", "failed", "cancelled")


def _list_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("text", metavar="TEXT", nargs="?", default="", help="only those with this in their id, workflow name or error")
    add("--status", metavar="STATUS", choices=STATUSES, help=f"only those with this status: {', '.join(STATUSES)}")
    add("--limit", metavar="N", type=int, default=20, help="at most so many; default: 20")
    add("--json", action="store_true", help="print one JSON list")
    add("--data-dir", metavar="DIR", help="where they are stored; see POINTWORK_DATA_DIR")


def _list(chosen: argparse.Namespace) -> int:
    import asyncio

    from pointwork.cli.history import list_rows, print_rows, row_data

    rows = asyncio.run(
        list_rows(chosen.data_dir, q=chosen.text, status=chosen.status, limit=max(1, min(chosen.limit, 10_000)))
    )
    if chosen.json:
        _print_json([row_data(row) for row in rows])
        return Exit.OK
    print_rows(rows)
    return Exit.OK


def _print_json(value: object) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def _show_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help=ID_HELP)
    add("--at", metavar="SEQ", type=int, help="as it stood after this record")
    add("--json", action="store_true", help="print the state as one JSON document")
    add("--data-dir", metavar="DIR", help="where it is stored; see POINTWORK_DATA_DIR")


def _show(chosen: argparse.Namespace) -> int:
    import asyncio

    from pointwork.cli.history import show

    return asyncio.run(show(chosen.data_dir, chosen.id, at=chosen.at, as_json=chosen.json))


def _watch_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help=ID_HELP)
    add("--speed", metavar="FACTOR", default="0", help="replay it, so many times as fast as it was; default: at once")
    add("--data-dir", metavar="DIR", help="where it is stored; see POINTWORK_DATA_DIR")


def _watch(chosen: argparse.Namespace) -> int:
    import asyncio

    from pointwork.cli.history import watch
    from pointwork.runtime.pace import read_speed

    return asyncio.run(watch(chosen.data_dir, chosen.id, speed=read_speed(chosen.speed)))


ENDS = {
    0: "it completed",
    1: "it failed",
    2: "there is no such execution",
    3: "it was cancelled",
    4: "it has not ended",
}

COMMAND = Group(
    name="executions",
    text="""Look at executions, and steer them. `list`, `show` and `watch` read the data folder and work with or
without a server. The others talk to the server that drives the execution.""",
    commands={
        "list": Command(
            name="executions list",
            usage="executions list [TEXT] [options]",
            summary="the newest executions",
            text="List executions, newest first.",
            arguments=_list_arguments,
            action=_list,
            examples=(("pointwork executions list --status failed", "what failed"),),
            exits={0: "listed, if there are any", 2: "the data folder cannot be read, or the command line is wrong"},
            environment=ENVIRONMENT,
        ),
        "show": Command(
            name="executions show",
            usage="executions show ID [options]",
            summary="one execution: its nodes, why it failed, its result",
            text="Show an execution as it stands, or as it stood after any of its records.",
            arguments=_show_arguments,
            action=_show,
            examples=(
                ("pointwork executions show last", "the newest"),
                ("pointwork executions show 3f2a --at 12", "as it stood after record 12"),
            ),
            exits=ENDS,
            environment=ENVIRONMENT,
        ),
        "watch": Command(
            name="executions watch",
            usage="executions watch ID [options]",
            summary="follow an execution live, whoever drives it",
            text="""Follow an execution until it ends, from its beginning, whichever process drives it. Ctrl-C only ends
the watching. With a speed, what has happened comes with the pauses that it had, none longer than two seconds.""",
            arguments=_watch_arguments,
            action=_watch,
            examples=(
                ("pointwork executions watch last", "the newest"),
                ("pointwork executions watch 3f2a --speed 4", "again, four times as fast as it was"),
            ),
            exits={**ENDS, 130: "you left"},
            environment=ENVIRONMENT,
        ),
        **LOOKING,
        **STEERING,
        **DEBUGGING,
        "link": LINK,
    },
)
