"""`pointwork run`: run a document here and now, and watch it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pointwork.cli.command import Command, Exit, Parser, UsageError
from pointwork.errors import DefinitionError

if TYPE_CHECKING:
    from pointwork.workflow import JsonObject

__all__ = ["COMMAND"]

TEXT = """Run a workflow document and watch it live: on a terminal as a tree, elsewhere as one line for each node
that ends. The result goes to standard output, everything else to standard error.

The execution is stored in the data folder, where a server on the same folder shows it live. It survives
this command: what is cut off goes on when `pointwork serve` starts. --no-save keeps nothing.

A value of --input is JSON if it can be read as JSON (5, true, ["a", "b"]), else text; @notes.txt is the
content of a file, and of data.json its value. `human` nodes ask on the terminal; without one the command
ends with code 4 and says how to answer.

A `workflow` node finds what it runs among the stored workflows, then among the documents in the same
folder, by their id (or file name, when they have none).

Ctrl-C cancels the execution; a second one leaves without waiting for its end."""


def _arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="a workflow document (JSON); - is standard input")
    add("--input", metavar="NAME=VALUE", action="append", default=[], help="an input; may be given often")
    add("--inputs", metavar="FILE", help="a JSON object of inputs; - is standard input. --input wins over it")
    add("--model", metavar="NAME", help="use this model for all agents, whatever the document says")
    add(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help="cancel the execution after so many seconds, pauses left out",
    )
    add("--json", action="store_true", help="print the final state as one JSON document, and nothing else")
    add("--quiet", action="store_true", help="show no progress, only the result and what went wrong")
    add("--no-save", action="store_true", help="keep nothing of this execution")
    add("--data-dir", metavar="DIR", help="where to store it; see POINTWORK_DATA_DIR")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def _act(chosen: argparse.Namespace) -> int:
    import asyncio

    from pointwork.cli.files import read_inputs, read_object

    if chosen.file == "-" and chosen.inputs == "-":
        raise UsageError(
            "Standard input cannot be both the document and its inputs.", hint="Name a file for one of them."
        )
    document = read_object(chosen.file, what="The document")
    inputs = read_inputs(chosen.input, chosen.inputs)
    try:
        return asyncio.run(_run(chosen, document, inputs))
    except DefinitionError as error:
        _refuse(chosen, error)
        return Exit.REFUSED


async def _run(chosen: argparse.Namespace, document: JsonObject, inputs: JsonObject) -> int:
    from pointwork.cli.building import opened, settings_of
    from pointwork.cli.following import Following
    from pointwork.cli.outcome import print_end, print_result
    from pointwork.cli.progress import Progress
    from pointwork.cli.terminal import Terminal
    from pointwork.workflow import Workflow

    workflow = Workflow.load(document)
    terminal = Terminal(quiet=chosen.quiet or chosen.json, silent=chosen.json)
    async with opened(settings_of(data_dir=chosen.data_dir), chosen.file, save=not chosen.no_save) as app:
        runtime = app.runtime
        app.refuse_secrets(document)
        compiled = await runtime.compiled(workflow)
        execution_id = await runtime.start(workflow, inputs, model_override=chosen.model)
        progress = Progress(compiled.plan)
        following = Following(
            runtime,
            execution_id,
            progress=progress,
            display=terminal.display(progress),
            ask=terminal.ask if terminal.can_ask else None,
            refused=terminal.tell_refusal,
        )
        code = await following.follow(timeout_s=chosen.timeout)
        if chosen.json:
            _print_state(await runtime.state(execution_id, resolve=True))
            return code
        print_end(
            terminal.console,
            progress,
            code,
            saved=not chosen.no_save,
            brief=chosen.quiet,
            timeout_s=chosen.timeout if following.timed_out else None,
        )
        if code is Exit.OK:
            last = await runtime.journal.read(execution_id, after=progress.last_seq - 1, resolve=True)
            print_result(getattr(last[-1].event, "result", progress.result))
        return code


def _print_state(state: JsonObject) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(state, option=orjson.OPT_INDENT_2).decode() + "\n")


def _refuse(chosen: argparse.Namespace, error: DefinitionError) -> None:
    """Show why a document cannot run; for programs as one JSON document."""
    from rich.console import Console

    from pointwork.cli.findings import print_problems

    console = Console(stderr=True, highlight=False)
    problems = [problem for problem in error.problems if problem.severity == "error"]
    name = "standard input" if chosen.file == "-" else chosen.file
    print(f"pointwork: {name} cannot run." if problems else f"pointwork: {error}", file=sys.stderr)
    print_problems(console, problems, file=name)
    if chosen.json:
        _print_state({"code": error.code, "detail": error.message, "hint": error.hint,
                      "problems": [problem.to_dict() for problem in error.problems]})  # fmt: skip


COMMAND = Command(
    name="run",
    usage="run FILE [--input NAME=VALUE …] [options]",
    summary="run a workflow document and watch it live",
    text=TEXT,
    arguments=_arguments,
    action=_act,
    examples=(
        ("pointwork run flow.json --input topic='the tides'", "with one input"),
        ('pointwork run flow.json --input \'topics=["tides", "moons"]\' --input n=5', "with a list and a number"),
        ("pointwork run flow.json --input text=@letter.txt > answer.txt", "input from a file, result into a file"),
        ("pointwork run flow.json --inputs inputs.json --json | jq .result", "for programs"),
    ),
    exits={
        0: "completed",
        1: "failed",
        2: "cannot run: problems in the document, or the command line is wrong",
        3: "cancelled, by Ctrl-C or --timeout",
        4: "waits for a person, or is paused",
        130: "left by a second Ctrl-C; the execution has not ended",
    },
    environment=(
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "GEMINI_API_KEY",
        "GROQ_API_KEY",
        "MISTRAL_API_KEY",
        "OPENROUTER_API_KEY",
        "OLLAMA_HOST",
        "POINTWORK_FIND_OLLAMA",
        "POINTWORK_MODEL_SILENCE",
        "POINTWORK_MODEL_CONCURRENCY",
        "POINTWORK_OFFLINE_DEMO",
        "POINTWORK_PYTHON_SANDBOX",
        "POINTWORK_TOOLS_DIR",
        "POINTWORK_DAY_BUDGET",
        "POINTWORK_EGRESS_ALLOW",
        "POINTWORK_SEARCH_PROVIDER",
        "SEARXNG_URL",
        "BRAVE_API_KEY",
        "TAVILY_API_KEY",
        "POINTWORK_SECRET_KEY",
        "POINTWORK_DATA_DIR",
        "POINTWORK_DURABILITY",
        "NO_COLOR",
        "POINTWORK_DEBUG",
    ),
)
