"""The `parallel` node: a group of nodes that ends when all, the first or some of its branches have ended.

The engine does it.
"""

from __future__ import annotations

from typing import Literal

from pointwork.config import Config, ui
from pointwork.nodes.base import NodeType, node_type

__all__ = ["Parallel", "ParallelConfig"]


class ParallelConfig(Config):
    """When the group is done."""

    wait_for: Literal["all", "any", "n"] = ui(
        "all", widget="select", help="Go on when all branches have ended, the first one, or the first n."
    )
    n: int = ui(1, ge=1, le=10_000, when={"wait_for": ["n"]}, help="How many branches are enough.")


@node_type(
    "parallel",
    title="Parallel",
    icon="columns-3",
    group="Loops",
    card="Wait for {wait_for}",
    policy="parallel",
    example={"wait_for": "any"},
)
class Parallel(NodeType[ParallelConfig]):
    """Run the nodes inside as one group and go on when all, the first or the first n branches have ended.

    What the other branches still do is then cancelled. The result is the value of the branch that ended; of several,
    an object by node id.
    """
