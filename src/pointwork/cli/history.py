"""Executions as the data folder has them: found, listed, shown and watched, beside whoever drives them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from rich.console import Console, Group
from rich.text import Text

from pointwork.cli.building import settings_of
from pointwork.cli.command import Exit
from pointwork.cli.display import FINAL_HEIGHT, lamps_for
from pointwork.cli.following import Following, code_of
from pointwork.cli.outcome import print_end, print_result
from pointwork.cli.picture import STYLES, Lamps, duration, lines, short
from pointwork.cli.progress import Progress
from pointwork.cli.terminal import Terminal
from pointwork.errors import NotFound
from pointwork.events import iso
from pointwork.files import Workspaces
from pointwork.journal import ExecutionRow, Journal
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import Registry
from pointwork.runtime import Runtime
from pointwork.runtime.pace import Pace
from pointwork.settings import Settings
from pointwork.workflow import JsonObject

__all__ = ["list_rows", "print_rows", "reading", "row_data", "row_line", "show", "stored", "watch"]

LAST = "last"


def stored(data_dir: str | None) -> Settings:
    """The settings, if something was stored with them."""
    settings = settings_of(data_dir=data_dir)
    if not settings.database.exists():
        raise NotFound(
            f"There are no executions in {str(settings.data_dir)!r}.",
            hint="Run something with `pointwork run FILE`, or name another folder with --data-dir.",
        )
    return settings


@asynccontextmanager
async def reading(data_dir: str | None) -> AsyncIterator[Runtime]:
    """A runtime that drives nothing. It knows no node types: looking at what was needs none."""
    settings = stored(data_dir)
    runtime = Runtime(
        journal=SqliteJournal(settings.database, settings.durability),
        registry=Registry(),
        resources={Workspaces: Workspaces(settings.data_dir)},
    )
    await runtime.open(adopt=False)
    try:
        yield runtime
    finally:
        await runtime.close()


async def _find(journal: Journal, wanted: str) -> ExecutionRow:
    if wanted == LAST:
        newest = await journal.rows(limit=1)
        if not newest:
            raise NotFound("There are no executions yet.", hint="`pointwork run FILE` makes one.")
        return newest[0]
    try:
        return await journal.row(wanted)
    except NotFound as error:
        rows = [row for row in await journal.rows(q=wanted, limit=1_000) if row.id.startswith(wanted)]
        if len(rows) == 1:
            return rows[0]
        hint = f"{len(rows)} ids begin so; type more of it." if rows else "`pointwork executions list` shows the ids."
        raise NotFound(f"There is no execution {wanted!r}.", hint=hint) from error


async def list_rows(data_dir: str | None, *, q: str, status: str | None, limit: int) -> list[ExecutionRow]:
    """The newest executions."""
    async with reading(data_dir) as runtime:
        return await runtime.journal.rows(q=q, status=(status,) if status else (), limit=limit)


def row_data(row: ExecutionRow) -> JsonObject:
    """An execution as the API lists it."""
    return {
        "execution_id": row.id,
        "workflow_id": row.workflow_id,
        "workflow_name": row.workflow_name,
        "version": row.version,
        "status": row.status,
        "created_at": iso(row.created_at_us),
        "completed_at": iso(row.finished_at_us) if row.finished_at_us is not None else None,
        "last_seq": row.last_seq,
        "origin": row.origin,
        "error": row.error,
    }


def print_rows(rows: list[ExecutionRow]) -> None:
    """Executions for people, one line each."""
    console = Console(highlight=False)
    lamps = lamps_for(console)
    if not rows:
        print("No executions found. `pointwork run FILE` makes one.", file=sys.stderr)
    for row in rows:
        line = row_line(row, lamps)
        console.print(line, no_wrap=True, overflow="ellipsis" if console.is_terminal else "ignore", crop=False)


def row_line(row: ExecutionRow, lamps: Lamps) -> Text:
    """An execution on one line."""
    begun = datetime.fromtimestamp(row.created_at_us / 1e6, UTC).astimezone()
    took = duration(row.finished_at_us - row.created_at_us) if row.finished_at_us is not None else ""
    text = Text(f"{lamps[row.status]} {row.status:<9}", STYLES[row.status])
    text.append(f"  {row.id}  {begun:%m-%d %H:%M}  {took:>11}  ", "dim")
    text.append(short(row.workflow_name or "Untitled", 40), "default")
    if row.error:
        text.append(f"  {short(row.error, 60)}", "red")
    return text


async def show(data_dir: str | None, wanted: str, *, at: int | None, as_json: bool) -> int:
    """Print one execution."""
    async with reading(data_dir) as runtime:
        row = await _find(runtime.journal, wanted)
        if as_json:
            state = await runtime.state(row.id, at=at, resolve=True)
            sys.stdout.write(orjson.dumps(state, option=orjson.OPT_INDENT_2).decode() + "\n")
        progress = Progress((await runtime.plan(row.plan_hash)).plan)
        last_us = row.created_at_us
        for record in await runtime.records(row.id, resolve=True, upto=at):
            progress.apply(record)
            last_us = record.at_us
        code = code_of(progress.status)
        if not as_json:
            console = Console(stderr=True, highlight=False)
            lamps = lamps_for(console)
            drawn = lines(progress, now_us=last_us, width=console.width, height=FINAL_HEIGHT, lamps=lamps)
            console.print(Group(*drawn))
            print_end(console, progress, code, saved=True)
            if code is Exit.OK:
                print_result(progress.result)
        return code


async def watch(data_dir: str | None, wanted: str, *, speed: float = 0) -> int:
    """Follow one execution; with a speed, as a replay."""
    async with reading(data_dir) as runtime:
        row = await _find(runtime.journal, wanted)
        progress = Progress((await runtime.plan(row.plan_hash)).plan)
        pace = Pace(runtime.clock, speed) if speed else None
        display = Terminal().display(progress, now_us=None if pace is None else pace.now_us)
        return await Following(runtime, row.id, progress=progress, display=display, drives=False, pace=pace).follow()
