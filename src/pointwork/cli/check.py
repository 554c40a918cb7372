"""`pointwork check`: what is wrong or doubtful about documents, without running them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pointwork.cli.command import Command, Exit, Parser, UsageError
from pointwork.errors import DefinitionError, PointworkError, Problem

if TYPE_CHECKING:
    from pointwork.settings import Settings

__all__ = ["COMMAND"]

TEXT = """Say what is wrong or doubtful about workflow documents, each finding with its place and the next
step. Nothing is run and nothing is stored.

A `workflow` node finds what it runs among the stored workflows, then among the documents in the same
folder, by their id (or file name, when they have none)."""


def _arguments(parser: Parser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="a workflow document (JSON); - is standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON list: file, ok and problems of each")
    parser.add_argument("--data-dir", metavar="DIR", help="where stored workflows are looked up")


def _act(chosen: argparse.Namespace) -> int:
    import asyncio

    files: list[str] = chosen.files
    if files.count("-") > 1:
        raise UsageError("Standard input can be read only once.", hint="Name - once.")
    found = asyncio.run(_check(files, chosen.data_dir))
    if chosen.json:
        _print_json(found)
    else:
        _print(found)
    return Exit.OK if all(_is_ok(problems) for _, problems in found) else Exit.REFUSED


def _is_ok(problems: list[Problem]) -> bool:
    return all(problem.severity != "error" for problem in problems)


async def _check(files: list[str], data_dir: str | None) -> list[tuple[str, list[Problem]]]:
    from pointwork.cli.building import settings_of

    settings = settings_of(data_dir=data_dir)
    return [(file, await _problems(file, settings)) for file in files]


async def _problems(file: str, settings: Settings) -> list[Problem]:
    from pointwork.cli.building import app_for
    from pointwork.cli.files import read_object
    from pointwork.workflow import Workflow

    try:
        app = app_for(settings, file)
        app.nodes.load_entry_points()
        document = read_object(file, what="The document")
        return [*app.secrets_in(document), *await app.runtime.problems(Workflow.load(document))]
    except DefinitionError as error:
        return list(error.problems) or [_whole(error)]
    except PointworkError as error:
        return [_whole(error)]


def _whole(error: PointworkError) -> Problem:
    return Problem(severity="error", code="E-FILE", message=error.message, hint=error.hint)


def _print_json(found: list[tuple[str, list[Problem]]]) -> None:
    import orjson

    shown = [
        {"file": file, "ok": _is_ok(problems), "problems": [problem.to_dict() for problem in problems]}
        for file, problems in found
    ]
    sys.stdout.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode() + "\n")


def _print(found: list[tuple[str, list[Problem]]]) -> None:
    from rich.console import Console
    from rich.text import Text

    from pointwork.cli.display import lamps_for
    from pointwork.cli.findings import print_problems, summary_of
    from pointwork.cli.picture import plain

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    lamps = lamps_for(console)
    for file, problems in found:
        ok = _is_ok(problems)
        name = "standard input" if file == "-" else plain(file)
        line = Text(lamps["completed" if ok else "failed"], "green" if ok else "red")
        line.append(f" {name}", "bold").append(f"  {summary_of(problems)}", "dim")
        console.print(line)
        print_problems(console, problems, file=name)


COMMAND = Command(
    name="check",
    usage="check FILE… [options]",
    summary="say what is wrong or doubtful about workflow documents",
    text=TEXT,
    arguments=_arguments,
    action=_act,
    examples=(
        ("pointwork check flow.json", "one document"),
        ("pointwork check examples/*.json", "many"),
        ("pointwork check flow.json --json | jq '.[].problems[].message'", "for programs"),
    ),
    exits={0: "every document can run; there may be warnings", 2: "at least one cannot, or the command line is wrong"},
    environment=("POINTWORK_DATA_DIR", "NO_COLOR", "POINTWORK_DEBUG"),
)
