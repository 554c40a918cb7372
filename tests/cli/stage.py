"""What the tests of the command line share: documents, running commands here or as processes, and replaying runs."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pointwork.cli.progress import Progress
from pointwork.engine import Plan
from pointwork.events import Event, Record
from pointwork.journal.memory import MemoryJournal
from pointwork.models import Models
from pointwork.nodes import builtin_registry
from pointwork.runtime import Runtime
from pointwork.tools import ToolRegistry
from pointwork.workflow import JsonObject, Workflow

ROOT = Path(__file__).resolve().parent.parent.parent
LEGACY = ROOT / "tests" / "legacy" / "documents"
PROGRAM = (sys.executable, "-W", "error", "-m", "pointwork")
PATIENCE_S = 60


def document(name: str, *nodes: JsonObject, edges: Sequence[str] = ()) -> JsonObject:
    """A document; `edges` are written `a -> b` or `a.port -> b`."""
    drawn: list[JsonObject] = []
    for edge in edges:
        source, _, target = edge.partition(" -> ")
        node, _, port = source.partition(".")
        drawn.append({"source": node, "target": target, **({"condition": port} if port else {})})
    return {"name": name, "nodes": list(nodes), "edges": drawn}


def chain(name: str, *nodes: JsonObject) -> JsonObject:
    """Start, these nodes one after the other, end."""
    found = [{"id": "start", "type": "start"}, *nodes, {"id": "end", "type": "end"}]
    return document(name, *found, edges=[f"{a['id']} -> {b['id']}" for a, b in pairwise(found)])


def calculate(node: str, formula: str, **more: Any) -> JsonObject:
    """A node that computes."""
    config = {"tool_name": "calculator", "arguments": {"expression": formula}}
    return {"id": node, "type": "tool", "tool_config": config, **more}


ADD = chain("Add", calculate("sum", "2 + 3"))
FAIL = chain("Fail", calculate("ratio", "1 / 0"))
ASK = document(
    "Ask",
    {"id": "start", "type": "start"},
    {"id": "ok", "type": "human", "human_config": {"question": "Shall it go out?", "choices": ["yes", "no"]}},
    {"id": "end", "type": "end"},
    edges=["start -> ok", "ok.yes -> end"],
)
WAIT = chain("Wait", {"id": "wait", "type": "delay", "delay_config": {"seconds": 86_400}})
SUB = chain("Outer", {"id": "inner", "type": "workflow", "workflow_config": {"workflow_id": "adder"}})


def write(folder: Path, value: Any, name: str = "flow.json") -> str:
    """A file with this JSON; its path."""
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return str(path)


def pointwork(*arguments: str, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line as a process of its own, without a terminal."""
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(
        [*PROGRAM, *arguments],
        check=False,
        input=data,
        capture_output=True,
        timeout=PATIENCE_S,
        env={**os.environ, **environment},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def started(*arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The same, going on while the block does; gone after it."""
    process = subprocess.Popen(
        [*PROGRAM, *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_S)


def line_with(stream: Any, text: str) -> str:
    """Read lines until one contains the text."""
    read: list[str] = []
    for line in stream:
        read.append(line)
        if text in line:
            return line
    raise AssertionError(f"no line with {text!r} in {''.join(read)!r}")


def the_rest(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What else is said until the process has ended. (`communicate` would lose what was read ahead of a line.)"""
    assert process.stdout is not None
    assert process.stderr is not None
    told = process.stdout.read(), process.stderr.read()
    process.wait(PATIENCE_S)
    return told


def story(document: JsonObject, inputs: JsonObject | None = None) -> tuple[Plan, list[Record]]:
    """Run a document in memory until it ends or waits; its plan and its records, which all happen at once."""

    async def run() -> tuple[Plan, list[Record]]:
        resources: dict[type, object] = {Models: Models(), ToolRegistry: ToolRegistry()}
        runtime = Runtime(journal=MemoryJournal(), registry=builtin_registry(), resources=resources)
        await runtime.open()
        try:
            workflow = Workflow.load(document)
            execution_id = await runtime.start(workflow, inputs or {}, execution_id="story")
            assert await runtime.finished(execution_id, timeout_s=PATIENCE_S)
            records = await runtime.records(execution_id)
            return (await runtime.compiled(workflow)).plan, records
        finally:
            await runtime.close()

    plan, records = asyncio.run(run())
    return plan, [replace(record, at_us=1_000_000) for record in records]


def told(
    document: JsonObject, inputs: JsonObject | None = None, *, until: Callable[[Event], bool] = lambda event: False
) -> Progress:
    """The progress of a story, at its end or after the first record that fits."""
    plan, records = story(document, inputs)
    progress = Progress(plan)
    for record in records:
        progress.apply(record)
        if until(record.event):
            break
    return progress


def at(kind: type[Event], place: str) -> Callable[[Event], bool]:
    """Whether an event is of this kind and about this place, for example `each[2]/twice`."""
    scope, _, node = place.rpartition("/")
    return lambda event: (
        isinstance(event, kind)
        and (getattr(event, "scope", ""), getattr(event, "node", ""))
        == (
            scope,
            node,
        )
    )


def read_document(path: Path) -> JsonObject:
    """A document of the repository."""
    return json.loads(path.read_text("utf-8"))
