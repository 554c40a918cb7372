"""Pointwork as an engine: the workload as a document, run by the runtime as a server runs it.

The nodes are of two types made here, as a plug-in would make them, and count as having effects like any ordinary node.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.job import Job
from benchmarks.workloads import Work, Workload
from pointwork.config import Config
from pointwork.journal import Durability, Journal
from pointwork.journal.memory import MemoryJournal
from pointwork.nodes import NodeContext, NodeType, Out, Registry, builtin_registry, node_type
from pointwork.runtime import Runtime
from pointwork.workflow import JsonObject
from pointwork.workflow import Workflow as Document

__all__ = ["document", "engine", "registry"]

AGAIN, DONE = "again", "done"


class StepConfig(Config):
    """How long a node waits."""

    seconds: float = 0.0


def registry(work: Work) -> Registry:
    """The built-in node types, and those that do the work."""

    @node_type("step", title="Step")
    class Step(NodeType[StepConfig]):
        """Do nothing."""

        async def run(self, ctx: NodeContext, config: StepConfig, inputs: JsonObject) -> str:
            return await work.step(inputs)

    @node_type("pause", title="Pause")
    class Pause(NodeType[StepConfig]):
        """Wait, then do nothing."""

        async def run(self, ctx: NodeContext, config: StepConfig, inputs: JsonObject) -> str:
            return await work.pause(inputs, config.seconds)

    @node_type("decide", title="Decide", ports=(AGAIN, DONE))
    class Decide(NodeType[StepConfig]):
        """Do nothing, then say whether there is another round."""

        async def run(self, ctx: NodeContext, config: StepConfig, inputs: JsonObject) -> Out:
            output = await work.step(inputs)
            return Out(output, (AGAIN if work.again() else DONE,))

    types = builtin_registry()
    for kind in (Step, Pause, Decide):
        types.add(kind)
    return types


def document(workload: Workload) -> JsonObject:
    """The workload as somebody would write it down."""
    nodes: list[JsonObject] = [{"id": name, "type": "step"} for name in workload.graph]
    edges: list[JsonObject] = [
        {"source": source, "target": target} for target, sources in workload.graph.items() for source in sources
    ]
    for node in nodes:
        if workload.pauses:
            node |= {"type": "pause", "pause_config": {"seconds": workload.pauses.get(node["id"], 0.0)}}
    limits: JsonObject = {}
    if workload.rounds > 1:
        nodes[-1]["type"] = "decide"
        edges.append({"source": nodes[-1]["id"], "target": nodes[0]["id"], "condition": AGAIN})
        limits["max_iterations"] = workload.rounds
    return {"name": workload.name, "nodes": nodes, "edges": edges, "limits": limits}


def engine(durability: Durability | None = None) -> Any:
    """Pointwork with its journal in memory, or on SQLite with that durability."""

    @asynccontextmanager
    async def prepare(workload: Workload, work: Work, folder: Path) -> AsyncIterator[Job]:
        runtime = Runtime(journal=_journal(folder, durability), registry=registry(work))
        await runtime.open()
        try:
            compiled = await runtime.compiled(Document.load(document(workload)))
            left: list[str] = []

            async def one() -> None:
                execution_id = await runtime.start(compiled, {})
                left.append(execution_id)
                await runtime.finished(execution_id)

            async def run() -> None:
                if workload.executions == 1:
                    await one()
                else:
                    await asyncio.gather(*[one() for _ in range(workload.executions)])

            async def forget() -> None:
                for execution_id in left:
                    await runtime.delete(execution_id)
                left.clear()

            # What is on a disk does not weigh on the process, so there nothing is deleted.
            yield Job(run, forget) if durability is None else Job(run)
        finally:
            await runtime.close()

    return prepare


def _journal(folder: Path, durability: Durability | None) -> Journal:
    if durability is None:
        return MemoryJournal()
    from pointwork.journal.sqlite import SqliteJournal  # not weighed when it is not used

    return SqliteJournal(folder / "pointwork.db", durability)
