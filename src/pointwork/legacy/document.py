"""`normalise`: a document of any version in canonical shape, and what its author should know about the reading.

Rules of this package: documents are stored as they were sent, so nothing here changes its argument, and a document
that is canonical already comes out as it is. What cannot be understood (edges to nowhere, ids that occur twice,
parents that do not exist) is left for check to name.
"""

from __future__ import annotations

from collections.abc import Sequence

from pointwork.errors import Problem
from pointwork.legacy.loops import OldLoops
from pointwork.legacy.ports import read_ports
from pointwork.workflow import Edge, Node, Workflow

__all__ = ["normalise"]


def normalise(workflow: Workflow) -> tuple[Workflow, list[Problem]]:
    """The same workflow in canonical shape, with notes and warnings.

    In that shape every edge has an id, its `condition` is the name of its port (None is `out`), and every node that
    a loop repeats has the loop as its `parent`. Doing it twice changes nothing more; only a loop for which nothing
    was found to repeat (W-LOOP-EMPTY) is looked at again.
    """
    nodes, edges, problems = read_ports(workflow.nodes, workflow.edges)
    if len({node.id for node in nodes}) == len(nodes):
        loops = OldLoops(nodes, edges, deepest=workflow.limits.max_depth)
        if loops.old:
            nodes, edges, found = loops.rewritten()
            problems += found
    problems += _tools_without_tool(nodes)
    return workflow.model_copy(update={"nodes": nodes, "edges": _with_ids(edges)}), problems


def _tools_without_tool(nodes: Sequence[Node]) -> list[Problem]:
    return [
        Problem(
            severity="warning",
            code="W-TOOL-EMPTY",
            node=node.id,
            field="tool_config",
            message=f"{node.title!r} names no tool: it hands on what it receives.",
            hint="Choose a tool (tool_config.tool_name), or delete the node.",
        )
        for node in nodes
        if node.type == "tool" and not node.config()
    ]


def _with_ids(edges: Sequence[Edge]) -> list[Edge]:
    """Edges without an id are called after what they connect."""
    taken = dict.fromkeys((edge.id for edge in edges), 1)
    return [edge if edge.id else edge.model_copy(update={"id": _free(edge, taken)}) for edge in edges]


def _free(edge: Edge, taken: dict[str, int]) -> str:
    """A name that no edge has yet; equal edges are numbered from 2."""
    name = wanted = f"{edge.source}.{edge.condition or 'out'}->{edge.target}"
    while name in taken:
        taken[wanted] = taken.get(wanted, 1) + 1
        name = f"{wanted}#{taken[wanted]}"
    taken[name] = 1
    return name
