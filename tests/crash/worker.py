"""A process that runs executions until all have ended or it is killed: python worker.py FOLDER RUNS.

What its handlers do they write into `FOLDER/done.log`, line by line and flushed to the disk, so that whoever killed
the process can count. `B` a handler began, `S` a step was called.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Any

from pointwork.config import Config
from pointwork.db import Owners
from pointwork.errors import Conflict, NotFound
from pointwork.journal.sqlite import SqliteJournal
from pointwork.nodes import NodeContext, NodeType, builtin_registry, node_type
from pointwork.runtime import Runtime
from pointwork.workflow import JsonObject, Workflow

LONGEST_S = 0.02  # of one handler or step


class Log:
    """Lines that survive the process."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *words: object) -> None:
        os.write(self.file, (" ".join(map(str, words)) + "\n").encode())
        os.fdatasync(self.file)


LOG: Log


@node_type("mark", title="Mark", config=Config)
class Mark(NodeType[Config]):
    """Begin, take a moment, end."""

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        LOG.write("B", ctx.execution_id, ctx.activation.scope or "-", ctx.activation.node, ctx.attempt)
        await asyncio.sleep(random.uniform(0, LONGEST_S))
        return {"by": ctx.activation.node, "round": inputs.get("index", 0)}


@node_type("steps", title="Steps", config=Config)
class Steps(NodeType[Config]):
    """Three steps, as an agent would have them, with text between."""

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        LOG.write("B", ctx.execution_id, ctx.activation.scope or "-", ctx.activation.node, ctx.attempt)
        total = 0
        for number in range(3):
            total += await ctx.step(f"add {number}", lambda number=number: self._add(ctx, number), data={"n": number})
            ctx.stream(f"so far {total}; ")
        return total

    async def _add(self, ctx: NodeContext, number: int) -> int:
        LOG.write("S", ctx.execution_id, ctx.activation.scope or "-", ctx.activation.node, number)
        await asyncio.sleep(random.uniform(0, LONGEST_S))
        return number


def edges(*pairs: str) -> list[dict[str, str | None]]:
    """`a>b`, `a:true>b`."""
    drawn: list[dict[str, str | None]] = []
    for pair in pairs:
        source, _, target = pair.partition(">")
        source, _, port = source.partition(":")
        drawn.append({"source": source, "target": target, "condition": port or None})
    return drawn


LIST = {"loop_config": {"loop_type": "for_each", "items_source": "items"}}
WORKFLOWS: tuple[dict[str, Any], ...] = (
    {
        "name": "Chain and branches",
        "nodes": [{"id": name, "type": "steps" if name == "c" else "mark"} for name in "abcdef"],
        "edges": edges("a>b", "a>c", "a>d", "b>e", "c>e", "d>e", "e>f"),
    },
    {
        "name": "Loop and map",
        "nodes": [
            {"id": "each", "type": "loop", **LIST},
            {"id": "in", "type": "mark", "parent": "each"},
            {"id": "on", "type": "steps", "parent": "each"},
            {"id": "all", "type": "map", "map_config": {"items_source": "items", "concurrency": 3}},
            {"id": "one", "type": "mark", "parent": "all"},
            {"id": "last", "type": "mark"},
        ],
        "edges": edges("in>on", "each>last", "all>last"),
    },
    {
        "name": "Drawn loop",
        "limits": {"max_iterations": 50},
        "nodes": [
            {"id": "draft", "type": "mark"},
            {
                "id": "good",
                "type": "condition",
                "condition_config": {"condition_type": "custom", "field": "by", "custom_expression": "index >= 4"},
            },
            {"id": "again", "type": "steps"},
            {"id": "done", "type": "mark"},
        ],
        "edges": edges("draft>good", "good:true>done", "good:false>again", "again>draft"),
    },
)


async def main(folder: Path, runs: int) -> None:
    registry = builtin_registry()
    registry.add(Mark)
    registry.add(Steps)
    journal = SqliteJournal(folder / "pointwork.db")
    runtime = Runtime(journal=journal, registry=registry, owners=Owners(folder / "owners"))
    await runtime.open()
    for number in range(runs):
        workflow = Workflow.load(WORKFLOWS[number % len(WORKFLOWS)])
        try:
            await journal.row(f"run-{number}")
        except NotFound:
            await runtime.start(workflow, {"items": [1, 2, 3]}, execution_id=f"run-{number}")
        except Conflict:
            pass
    while await journal.unfinished():
        await asyncio.sleep(0.01)
    await runtime.close()


if __name__ == "__main__":
    LOG = Log(Path(sys.argv[1]) / "done.log")
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
