"""The `end` node: what it receives is the result of the run."""

from __future__ import annotations

from typing import Any

from pointwork.config import Config
from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import JsonObject

__all__ = ["End"]


@node_type("end", title="End", icon="flag", group="Flow", card="The result of the run", effects=False, collects=True)
class End(NodeType[Config]):
    """Finish here. What arrives is the result of the run.

    One path that arrives gives its value, several give an object with the id of the node that each came from. With
    inputs of its own, the result is an object of these; a single input called `output` gives its value alone.
    """

    async def run(self, ctx: NodeContext, config: Config, inputs: JsonObject) -> Any:
        return inputs["output"] if inputs.keys() == {"output"} else inputs
