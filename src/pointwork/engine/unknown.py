"""Nodes that somebody names and the plan does not have: which ones, and what was probably meant.

A plan is the whole tree, so a node inside a container or a sub-workflow is known by its id as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from pointwork.engine.meant import alike
from pointwork.engine.plan import Plan, PlanNode

__all__ = ["listed", "nodes_by_id", "not_there", "suggestion"]

SHOWN = 5  # ids in a message
LONGEST = 80  # characters of one


def nodes_by_id(plan: Plan) -> dict[str, list[PlanNode]]:
    """All nodes of the tree; sub-workflows may use an id again."""
    found: dict[str, list[PlanNode]] = {}
    for _, node in plan.walk():
        found.setdefault(node.id, []).append(node)
    return found


def not_there(plan: Plan, node: str) -> tuple[str, str] | None:
    """The end of a message about a node that the plan does not have, and a hint; None if it has it."""
    known = nodes_by_id(plan)
    return None if node in known else (": this workflow has no such node", suggestion([node], known))


def suggestion(unknown: Iterable[str], known: Iterable[str]) -> str:
    """Which nodes were probably meant, or which ones there are.

    >>> suggestion(["writr"], ["writer", "write", "end"]), suggestion(["x"], ["writer", "end"])
    ("Did you mean 'writer' or 'write'?", "Its nodes are 'writer', 'end'.")
    """
    known = list(known)
    near = dict.fromkeys(name for wrong in list(unknown)[:SHOWN] for name in alike(wrong, known))
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return f"Its nodes are {listed(known)}."


def listed(names: Iterable[str]) -> str:
    """Some names, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(repr(name[:LONGEST]) for name in names[:SHOWN]) + more
