"""The `loop` node: its body runs again and again, one round after the other. The engine does it."""

from __future__ import annotations

from pointwork.nodes.base import NodeType, node_type
from pointwork.workflow import LoopConfig

__all__ = ["Loop"]


@node_type(
    "loop",
    title="Loop",
    icon="repeat",
    group="Loops",
    card="{loop_type} {items_source}{condition}",
    policy="loop",
    example={"loop_type": "for_each", "items_source": "topics", "max_iterations": 100},
    takes="list",
    gives="json",
    output_types={"items": "list", "results": "list"},
    outputs={
        "items": "The list that was gone through; empty for while and until.",
        "results": "The results of the rounds in their order; for while and until the last one.",
        "total_iterations": "How many rounds there were.",
        "loop_type": "for_each, while or until.",
        "status": "completed, or max_iterations when that limit ended the loop.",
    },
)
class Loop(NodeType[LoopConfig]):
    """Run the nodes inside for each item of a list, or while or until a condition holds; one round at a time.

    Nodes inside read the loop by its id: `item` and `index` of the round, `items`, and `previous`, the result of the
    round before. Nodes behind it that read a node from inside get the list of its outputs (for_each) or the last
    (while, until). For many items at once use `map`.
    """
