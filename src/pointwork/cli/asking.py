"""Questions that an execution has for a person, asked at the terminal.

Rules of this file: a line is read when it is complete, without a thread, so that Ctrl-C and the end of the execution
come through while nobody types. What is read is checked by the runtime, not here; a refused answer is asked for again.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from pointwork.cli.files import json_or_text
from pointwork.cli.picture import plain, short
from pointwork.cli.progress import NodeRun
from pointwork.commands import Answered
from pointwork.workflow import JsonObject

__all__ = ["Hangup", "ask", "read_line"]

READ_BYTES = 64 << 10
MAX_LINE_BYTES = 1 << 20

ReadLine = Callable[[str], Awaitable[str]]


class Hangup(Exception):
    """Whoever was asked has left (Ctrl-D)."""


async def read_line(prompt: str, *, file: int = 0, write: Callable[[str], object]) -> str:
    """A line from the terminal, without its end; raises Hangup at the end of input."""
    write(prompt)
    loop = asyncio.get_running_loop()
    data = b""
    while not data.endswith(b"\n"):
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_reader(file, lambda ready=ready: ready.done() or ready.set_result(None))
        try:
            await ready
        finally:
            loop.remove_reader(file)
        piece = os.read(file, READ_BYTES)
        data += piece
        if not piece or len(data) > MAX_LINE_BYTES:
            raise Hangup
    return data.decode(errors="replace").rstrip("\r\n")


async def ask(run: NodeRun, *, console: Console, read: ReadLine) -> Answered:
    """Put the question of a waiting activation and return the answer."""
    request = run.request or {}
    title = Text("? ", "magenta")
    title.append(plain(run.place), "bold")
    if assignee := request.get("assignee"):
        title.append(f"  for {plain(str(assignee))}", "dim")
    console.print(title)
    if request.get("kind") == "approval":
        return await _approve(run, request, console, read)
    for line in str(request.get("question", "An answer is awaited.")).splitlines():
        console.print(Text(f"  {plain(line)}", overflow="fold"))
    if request.get("kind") == "interrupted":
        return await _decide(run, console, read)
    value: Any = None
    choices = [str(choice) for choice in request.get("choices") or ()]
    schema: JsonObject = request.get("schema") or {}
    if choices:
        value = {"choice": await _choose(choices, console, read)}
        others = {name: part for name, part in schema.get("properties", {}).items() if name != "choice"}
        value.update(await _fields(others, schema.get("required", []), console, read))
    elif schema.get("properties"):
        value = await _fields(schema["properties"], schema.get("required", []), console, read)
    else:
        value = _typed(await read(f"  {_kind(schema)}> "), schema)
    return Answered(run.id, value, run.scope)


async def _approve(run: NodeRun, request: JsonObject, console: Console, read: ReadLine) -> Answered:
    """Show a call of a tool as it would be made, and ask whether it shall be."""
    line = Text("  wants to call ")
    line.append(plain(str(request.get("tool", ""))), "bold")
    if told := request.get("description"):
        line.append(f": {plain(str(told))}", "dim")
    console.print(line)
    arguments: JsonObject = request.get("arguments") or {}
    for name, value in arguments.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        first, *more = text.split("\n")
        console.print(Text(f"    {plain(name)} = ", "cyan").append(plain(first), "default"), soft_wrap=True)
        for one in more:  # the person sees all of it: what is agreed to is what is sent
            console.print(Text(f"      {plain(one)}"), soft_wrap=True)
    if reason := request.get("reason"):
        console.print(Text(f"  Asked because {plain(str(reason))}.", "dim", overflow="fold"))
    match await _choose(["approve", "edit", "deny"], console, read):
        case "edit":
            value: JsonObject = {"choice": "approve", "arguments": await _edited(arguments, request, console, read)}
        case "deny":
            reason = (await read("  why (told to the model, may be empty)> ")).strip()
            value = {"choice": "deny", "reason": reason} if reason else {"choice": "deny"}
        case _:
            value = {"choice": "approve"}
    return Answered(run.id, value, run.scope)


async def _edited(arguments: JsonObject, request: JsonObject, console: Console, read: ReadLine) -> JsonObject:
    """The arguments, each as it is or as it is typed anew."""
    console.print(Text("  An empty line leaves an argument as it is.", "dim"))
    answer: JsonObject = (request.get("schema") or {}).get("properties") or {}
    schemas: JsonObject = (answer.get("arguments") or {}).get("properties") or {}
    changed = dict(arguments)
    for name in dict.fromkeys([*arguments, *schemas]):
        part: Any = schemas.get(name)
        part = part if isinstance(part, dict) else {}
        said = await read(f"  {plain(name)} ({_kind(part) or 'any'})> ")
        if said:
            changed[name] = _typed(said, part)
    return changed


async def _decide(run: NodeRun, console: Console, read: ReadLine) -> Answered:
    action = await _choose(["again", "done", "fail"], console, read)
    value = _typed(await read("  its result (text or JSON)> "), {}) if action == "done" else None
    match action:
        case "again" | "done" | "fail":
            return Answered(run.id, value, run.scope, action)
        case _:
            raise AssertionError(action)


async def _choose(choices: list[str], console: Console, read: ReadLine) -> str:
    for number, choice in enumerate(choices, start=1):
        console.print(Text(f"  {number}  {plain(choice)}"))
    while True:
        said = (await read(f"  1–{len(choices)}> ")).strip()
        if said in choices:
            return said
        if said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= len(choices):
            return choices[int(said) - 1]
        matches = [choice for choice in choices if said and choice.lower().startswith(said.lower())]
        if len(matches) == 1:
            return matches[0]
        console.print(Text("  Type one of the numbers or names above.", "yellow"))


async def _fields(properties: JsonObject, required: list[str], console: Console, read: ReadLine) -> JsonObject:
    """The values of an object, one by one; an empty line leaves an optional one out."""
    values: JsonObject = {}
    for name, schema in properties.items():
        part: JsonObject = schema if isinstance(schema, dict) else {}
        notes = [_kind(part), "" if name in required else "optional", short(part.get("description", ""), 60)]
        said = await read(f"  {plain(name)} ({', '.join(filter(None, notes)) or 'any'})> ")
        if said or name in required:
            values[name] = _typed(said, part)
    return values


def _kind(schema: JsonObject) -> str:
    if isinstance(schema.get("enum"), list):
        return " | ".join(short(value, 20) for value in schema["enum"])
    kind = schema.get("type", "")
    return "text" if kind == "string" else "yes/no" if kind == "boolean" else plain(str(kind))


def _typed(said: str, schema: JsonObject) -> Any:
    """What was typed as the schema wants it: text stays text, yes and no are truth values, the rest is JSON if it can.

    >>> _typed("42", {}), _typed("42", {"type": "integer"}), _typed("yes", {"type": "boolean"})
    ('42', 42, True)
    """
    kind = schema.get("type")
    if kind == "boolean" and said.strip().lower() in ("y", "yes", "true", "n", "no", "false"):
        return said.strip().lower() in ("y", "yes", "true")
    if kind == "string" or (kind is None and not said.lstrip().startswith(("{", "["))):
        return said
    return json_or_text(said)
