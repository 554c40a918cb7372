"""Documents and node types that the tests of the server are about."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from pointwork.config import Config
from pointwork.nodes import NodeContext, NodeType, Suspend, node_type
from pointwork.workflow import JsonObject


@node_type("gate", title="Gate")
class Gate(NodeType[Config]):
    """Says that it is there, and works until the test opens it."""

    opened: asyncio.Event

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        ctx.log("at the gate")
        await Gate.opened.wait()
        return inputs.get("value", "through")


@node_type("ask", title="Ask")
class Ask(NodeType[Config]):
    """Waits for an answer."""

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        return Suspend({"kind": "human", "question": "Well?", "schema": {"type": "string"}})


def chain(*types: str, name: str = "Chain") -> JsonObject:
    """A document: nodes of these types one behind the other, each with its type as id."""
    return {
        "name": name,
        "nodes": [{"id": kind, "type": kind} for kind in types],
        "edges": [{"source": one, "target": other} for one, other in pairwise(types)],
    }
