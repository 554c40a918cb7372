"""Joins other than `all`: whether a node with several edges into it runs, is skipped, or must wait."""

from __future__ import annotations

from pointwork.engine.plan import PlanNode

__all__ = ["joined"]


def joined(node: PlanNode, undecided: int, live: int) -> bool | None:
    """Whether a node with another join than `all` runs (True), is skipped (False) or must wait (None).

    `every` waits for all edges even when one is dead, so that what lies behind it can rely on what lies before it.
    """
    total = len(node.incoming)
    if not total:
        return True
    if node.join == "any":
        return True if live else None if undecided else False
    if node.join == "n":
        return True if live >= node.join_n else None if live + undecided >= node.join_n else False
    return None if undecided else live == total
