"""`pointwork inbox`: what waits for a person on a server, and how to answer it."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from pointwork.cli.command import Command, Exit, Parser
from pointwork.cli.remote import Remote

__all__ = ["COMMAND"]

TEXT = """List what waits for a person in all executions of a server: questions of human nodes, calls of tools that
somebody has to agree to, and work that was cut off. Below each is the command that answers it."""
SHOWN_LINES = 6
MOST = 500


def _arguments(parser: Parser) -> None:
    parser.add_argument("--assignee", metavar="NAME", help="only what this person should answer")
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _inbox(chosen: argparse.Namespace) -> int:
    query: dict[str, str | int] = {"limit": MOST}
    if chosen.assignee is not None:
        query["assignee"] = chosen.assignee
    entries: list[dict[str, Any]] = Remote(chosen.url).get("/api/inbox", **query)
    if chosen.json:
        print(json.dumps(entries, indent=2, ensure_ascii=False))
        return Exit.OK
    if not entries:
        print("Nothing waits for a person.", file=sys.stderr)
    for entry in entries:
        _print(entry)
    return Exit.OK


def _print(entry: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from pointwork.cli.picture import plain

    console = Console(highlight=False, soft_wrap=True)
    asked: dict[str, Any] = entry["request"]
    head = Text("? ", "magenta").append(plain(entry["workflow_name"] or "Untitled"), "bold")
    head.append(f"  {plain(entry['node_id'])}", "default")
    for word, value in (("for", entry["assignee"]), ("since", entry["since"]), ("until", entry["deadline"])):
        if value:
            head.append(f"  {word} {plain(str(value))}", "dim")
    console.print(head)
    question = str(asked.get("question") or f"Shall {asked.get('tool', 'it')} be called?")
    lines = question.splitlines()
    for line in lines[:SHOWN_LINES]:
        console.print(Text(f"  {plain(line)}"))
    if len(lines) > SHOWN_LINES:
        console.print(Text(f"  … {len(lines) - SHOWN_LINES} more lines", "dim"))
    place = f"{entry['scope']}/{entry['node']}" if entry["scope"] else entry["node"]
    console.print(Text(f"  pointwork executions answer {entry['execution_id']} {plain(place)} {_how(entry)}", "cyan"))


def _how(entry: dict[str, Any]) -> str:
    """What is written behind the node."""
    if entry["kind"] == "interrupted":
        return "--action again|done|fail"
    if choices := entry["request"].get("choices"):
        return "|".join(map(str, choices))
    return "approve|deny" if entry["kind"] == "approval" else "ANSWER"


COMMAND = Command(
    name="inbox",
    usage="inbox [options]",
    summary="list what waits for a person on a server",
    text=TEXT,
    arguments=_arguments,
    action=_inbox,
    exits={0: "done", 2: "no server answers, or the command line is wrong"},
    environment=("POINTWORK_URL", "NO_COLOR", "POINTWORK_DEBUG"),
)
