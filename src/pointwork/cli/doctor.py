"""`pointwork doctor`: is everything that Pointwork needs in order, and if not, what to do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pointwork.cli.command import Command, Exit, Parser

if TYPE_CHECKING:
    from pointwork.cli.health import Finding

__all__ = ["COMMAND"]

TEXT = """Look whether everything that Pointwork needs is in order: Python, the data folder, the database, the port,
models, what memories are searched with, plug-ins and the terminal. Nothing is changed and nobody outside of this
machine is asked; keys are never shown."""


def _arguments(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON list: name, status, text, hint")
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder to look at; see POINTWORK_DATA_DIR")


def _act(chosen: argparse.Namespace) -> int:
    from dataclasses import asdict

    from pointwork.cli.health import Status, examine

    found = list(examine(data_dir=chosen.data_dir))
    if chosen.json:
        import orjson

        sys.stdout.write(orjson.dumps([asdict(one) for one in found], option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print(found)
    return Exit.FAILED if any(one.status is Status.FAIL for one in found) else Exit.OK


def _print(found: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pointwork.cli.picture import plain

    console = Console(highlight=False)
    if not console.is_terminal:
        for one in found:
            print(f"{one.status:<4}  {one.name:<12}{plain(one.text)}")
            if one.hint:
                print(f"{'':<18}{plain(one.hint)}")
        return
    styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in found:
        told = Text(plain(one.text), overflow="fold")
        if one.hint:
            told.append(f"\n{plain(one.hint)}", "dim")
        table.add_row(Text(one.status, styles[one.status]), Text(one.name, "bold"), told)
    console.print(table)


COMMAND = Command(
    name="doctor",
    usage="doctor [options]",
    summary="look whether everything that Pointwork needs is in order",
    text=TEXT,
    arguments=_arguments,
    action=_act,
    examples=(("pointwork doctor", "each line says ok, warn or fail, and what to do"),),
    exits={0: "it can run; there may be warnings", 1: "something has to be mended first"},
    environment=(
        "POINTWORK_DATA_DIR",
        "POINTWORK_DATABASE_URL",
        "POINTWORK_PORT",
        "POINTWORK_EMBEDDER",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "POINTWORK_DEBUG",
    ),
)
