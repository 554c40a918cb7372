"""How an execution ended, for people: its result on standard output, all else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from pointwork.cli.command import Exit
from pointwork.cli.display import lamps_for
from pointwork.cli.picture import STYLES, plain
from pointwork.cli.pretty import pretty
from pointwork.cli.progress import NodeRun, Progress
from pointwork.engine.view import Status
from pointwork.models.endpoint import KEY_NAME, URL_NAME
from pointwork.models.offline_demo import OFFLINE_DEMO
from pointwork.workflow import JsonObject

__all__ = ["print_end", "print_result"]

MAX_NAMED = 5


def print_result(result: Any) -> None:
    """The result alone: text as it is, everything else as JSON."""
    out = sys.stdout
    if not out.isatty():
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, indent=2)
        out.write(text if text.endswith("\n") else f"{text}\n")
        return
    console = Console(file=out, highlight=False)
    if isinstance(result, str):
        console.print(Text("\n".join(plain(line) for line in result.split("\n")), overflow="fold"))
    else:
        console.print(pretty(result, console.width))


def print_end(
    console: Console,
    progress: Progress,
    code: Exit,
    *,
    saved: bool,
    brief: bool = False,
    timeout_s: float | None = None,
) -> None:
    """How it ended, why, and what to do next; when `brief`, not what everybody knows."""
    if progress.demo:
        _tell_demo(console, list(progress.demo))
    surplus = sum(count - 1 for count in progress.logged.values())
    if surplus and not brief:
        console.print(Text(f"  {surplus} more warnings like those above.", "dim"))
    match code:
        case Exit.FAILED:
            _tell_error(console, progress)
        case Exit.CANCELLED:
            why = f"it took longer than {timeout_s:g} s (--timeout)" if timeout_s is not None else "as you asked"
            _say(console, "cancelled", f"cancelled: {why}")
        case Exit.WAITING:
            _tell_waiting(console, progress, saved=saved)
        case Exit.LEFT | Exit.TERMINATED:
            where = "It goes on when `pointwork serve` runs on the same data folder." if saved else "Nothing is kept."
            _say(console, "cancelled", f"left before its end. {where}")
        case _:
            pass
    if saved and not (brief and code is Exit.OK):
        console.print(Text(f"  execution {progress.execution_id}", "dim"))


def _say(console: Console, status: str, text: str) -> None:
    line = Text(f"{lamps_for(console)[status]} ", STYLES[status], overflow="fold")
    console.print(line.append(plain(text), "default"))


def _hint(console: Console, text: str) -> None:
    console.print(Text(f"  {plain(text)}", "dim", overflow="fold"))


def _tell_demo(console: Console, nodes: list[str]) -> None:
    names = ", ".join(plain(node) for node in nodes[:MAX_NAMED]) + (" …" if len(nodes) > MAX_NAMED else "")
    line = Text("! ", "yellow", overflow="fold")
    line.append(f"{OFFLINE_DEMO}", "bold yellow")
    line.append(f", the built-in demo model, answered for {names}: it is no language model.")
    console.print(line)
    _hint(console, f"Set {KEY_NAME}, or {URL_NAME} for a model server of your own.")


def _tell_error(console: Console, progress: Progress) -> None:
    error = progress.error or {}
    place = "/".join(str(error[key]) for key in ("path", "node") if error.get(key))
    _say(console, "failed", f"failed{f' at {place}' if place else ''} ({error.get('kind', 'error')})")
    for line in str(error.get("message", "")).splitlines():
        console.print(Text(f"  {plain(line)}", overflow="fold"))
    if error.get("hint"):
        _hint(console, f"→ {error['hint']}")
    if trace := str(error.get("traceback", "")).strip():
        for line in trace.splitlines()[-4:]:
            console.print(Text(f"  {plain(line)}", "dim", overflow="fold"))


def _tell_waiting(console: Console, progress: Progress, *, saved: bool) -> None:
    if progress.status is Status.PAUSED:
        _say(console, "paused", f"paused ({progress.paused})")
    for run in progress.waiting.values():
        request = run.request or {}
        _say(console, "waiting", f"{run.place} waits for an answer: {request.get('question', '')}")
        if saved and "until" not in request:
            _hint(console, "→ pointwork serve, and in another terminal:")
            _hint(console, f"  {_answer_command(progress, run, request)}")
    if not saved:
        _hint(
            console, "It was not stored (--no-save), so nobody can answer it any more. Run it again without --no-save."
        )


def _answer_command(progress: Progress, run: NodeRun, request: JsonObject) -> str:
    choices = request.get("choices") or []
    value = str(choices[0]) if choices else "VALUE"
    return f"pointwork executions answer {progress.execution_id} {run.place} {value}"
