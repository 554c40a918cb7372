"""The program `pointwork`: finds the command, runs it, and turns whatever goes wrong into one line and an exit code.

Rules of this file: `--help` and `--version` import nothing heavy; a command's module is imported when it is called. A
traceback is shown only with POINTWORK_DEBUG=1.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import cast

from pointwork import __version__
from pointwork.cli.command import Command, Exit, Group, UsageError, nearest
from pointwork.errors import DefinitionError, PointworkError

__all__ = ["COMMANDS", "command", "main"]

# Name → what it does. The module of the same name in this folder holds its `COMMAND`.
COMMANDS: Mapping[str, str] = {
    "run": "run a workflow document and watch it live",
    "check": "say what is wrong or doubtful about workflow documents",
    "serve": "start the server: REST, live stream and a page at /",
    "executions": "list, show, watch, answer, cancel or fork executions",
    "inbox": "list what waits for a person on a server",
    "prune": "delete executions that ended long ago, and give their space back",
    "secrets": "list, set, delete secrets, or change the key that encrypts them",
    "models": "list the models that can be used, or try one",
    "providers": "list, set up, test or remove providers of models",
    "tools": "list, show or call the tools that agents can use",
    "mcp": "list, show, approve or test MCP servers, whose tools agents can use",
    "memory": "look at, add, change or forget what agents remember",
    "sandbox": "look at what runs Python that nobody trusts, or install packages for it",
    "doctor": "look whether everything that Pointwork needs is in order",
    "openapi": "write the OpenAPI document of the server",
}

HELP = ("-h", "--help", "help")

TEXT = """usage: pointwork COMMAND …

Draw or write a graph of agents, tools and control flow; run it; watch every step live.

commands:
{commands}

options:
  -h, --help    show this and stop
  --version     show the version and stop

Begin with:
  pointwork run examples/for-each.json
  pointwork serve

`pointwork COMMAND --help` explains a command: examples, exit codes, environment variables.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number; nothing ends because of a letter.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read has left. What is still buffered must not complain again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    except KeyboardInterrupt:
        return Exit.LEFT
    except PointworkError as error:
        _tell(error.message, error.hint)
        if isinstance(error, DefinitionError):
            for problem in error.problems:
                print(f"  {problem.code} {problem.node or ''}: {problem.message} {problem.hint}", file=sys.stderr)
        return Exit.REFUSED
    except Exception as error:
        _tell(
            f"{type(error).__name__}: {error}",
            "This is a defect of Pointwork. POINTWORK_DEBUG=1 shows where it is; please report it with that.",
        )
        return Exit.FAILED


def _tell(message: str, hint: str) -> None:
    from pointwork.redaction import everywhere

    told = f"pointwork: {message}" + (f" {hint}" if hint else "")
    if os.environ.get("POINTWORK_DEBUG", "") not in ("", "0"):
        told += f"\n{traceback.format_exc()}".rstrip()
    print(everywhere(told), file=sys.stderr)


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else "--help"
    if first in HELP:
        if len(arguments) > 1 and arguments[1] in COMMANDS:
            return _run([arguments[1], "--help"])
        print(TEXT.format(commands="\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items())), end="")
        return Exit.OK if arguments else Exit.REFUSED
    if first in ("--version", "-V", "version"):
        print(f"pointwork {__version__}")
        return Exit.OK
    found = command(first)
    if isinstance(found, Group):
        return _run_in(found, arguments[1:])
    return _call(found, arguments[1:])


def _run_in(group: Group, arguments: list[str]) -> int:
    first = arguments[0] if arguments else "--help"
    if first in HELP:
        print(group.help(), end="")
        return Exit.OK if arguments else Exit.REFUSED
    if first not in group.commands:
        raise UsageError(
            f"{first!r} is not a command of pointwork {group.name}.{nearest(first, list(group.commands))}",
            hint=f"`pointwork {group.name} --help` lists them.",
        )
    return _call(group.commands[first], arguments[1:])


def _call(found: Command, arguments: list[str]) -> int:
    try:
        chosen = found.parser().parse_args(arguments)
    except SystemExit:  # after --help
        return Exit.OK
    from pointwork.cli.discretion import discreet, environment_keys

    known = environment_keys()  # in a variable: an error that leaves from here is told with these keys hidden too
    with discreet(known):
        return found.action(chosen)


def command(name: str) -> Command | Group:
    """The command of this name; raises UsageError naming the most similar one."""
    if name not in COMMANDS:
        what = "an option" if name.startswith("-") else "a command"
        raise UsageError(
            f"{name!r} is not {what} of pointwork.{nearest(name, list(COMMANDS))}",
            hint="`pointwork --help` lists the commands.",
        )
    return cast("Command | Group", importlib.import_module(f"pointwork.cli.{name}").COMMAND)
