"""From which port an edge starts, in whatever way its document says it.

In order of precedence: `condition`; the handle that an editor stored; `true_branch` and `false_branch` of a condition,
which name the node on the other side; and, where a node has several ways out, a label that is the name of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pointwork.errors import Problem
from pointwork.workflow import Edge, JsonObject, Node

__all__ = ["read_ports"]

ONE_OUTLET = frozenset({"start", "end", "agent", "tool", "loop", "map", "parallel", "workflow", "delay"})
PLAIN_HANDLES = frozenset(
    {"", "out", "output", "source", "default", "right", "bottom"}
)  # editors' names of an only outlet
WORDS = {"true": "true", "yes": "true", "false": "false", "no": "false", "default": "*", "out": "*", "error": "error"}
BRANCH_KEYS = {"true_branch": "true", "false_branch": "false"}


def read_ports(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[list[Node], list[Edge], list[Problem]]:
    """Nodes and edges in which `condition` alone says the port; branches that are not drawn are problems."""
    by_id = {node.id: node for node in nodes}
    branches = {node.id: _branches(node) for node in nodes if node.type == "condition"}
    read: list[Edge] = []
    taken: set[tuple[str, str | None]] = set()
    for edge in edges:
        port = _port(edge, by_id.get(edge.source), branches.get(edge.source, {}).get(edge.target))
        taken.add((edge.source, port))
        read.append(edge if port == edge.condition else edge.model_copy(update={"condition": port}))
    problems = [
        _undrawn(node, key, port, branch, exists=branch in by_id)
        for node in nodes
        for key, port, branch in _branch_ids(node)
        if branch not in by_id or (node.id, branches[node.id][branch]) not in taken
    ]
    unread = {problem.node for problem in problems}
    return [node if node.id in unread else _without_branch_ids(node) for node in nodes], read, problems


def _port(edge: Edge, source: Node | None, branch: str | None) -> str | None:
    handle = _handle(edge)
    if source is None:
        return edge.condition
    if source.type == "condition":
        return _of_condition(edge, handle, branch)
    word = (edge.condition or "").strip()
    if word:
        return None if word.lower() in ("out", "default") else _exact(source, word)
    if source.type in ONE_OUTLET:
        return "error" if handle == "error" else None
    if handle.lower() not in PLAIN_HANDLES or _named(source, handle):
        return _exact(source, handle)
    return _named(source, edge.label or "")


def _of_condition(edge: Edge, handle: str, branch: str | None) -> str:
    for word in ((edge.condition or "").strip(), "" if handle.lower() in PLAIN_HANDLES - {"default"} else handle):
        if word:
            return WORDS.get(word.lower(), word)
    label = WORDS.get((edge.label or "").strip().lower(), "*")
    return branch or (label if label in ("true", "false") else "*")


def _handle(edge: Edge) -> str:
    """The outlet that an editor stored; React Flow calls it `sourceHandle`."""
    extra = edge.model_extra or {}
    for key in ("sourceHandle", "source_handle"):
        value = extra.get(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _exact(node: Node, word: str) -> str:
    """The port as the node spells it."""
    return _named(node, word) or word


def _named(node: Node, word: str) -> str | None:
    """The case of a router or the choice for a person that is called so, in capitals or not."""
    config = node.config()
    names: list[Any] = []
    if node.type == "router":
        cases = config.get("cases")
        names = [case.get("name") for case in cases if isinstance(case, dict)] if isinstance(cases, list) else []
        names.append("else")
    elif node.type == "human":
        choices = config.get("choices")
        names = choices if isinstance(choices, list) else []
    wanted = word.strip().lower()
    spelled = [name for name in names if isinstance(name, str) and name.lower() == wanted]
    return (word.strip() if word.strip() in spelled else spelled[0]) if spelled else None


def _branch_ids(node: Node) -> list[tuple[str, str, str]]:
    """Key, port and node id of the branches that a condition names in its configuration."""
    if node.type != "condition" or node.condition_config is None:
        return []
    extra: JsonObject = node.condition_config.model_extra or {}
    found = [(key, port, extra.get(key)) for key, port in BRANCH_KEYS.items()]
    return [(key, port, branch) for key, port, branch in found if isinstance(branch, str) and branch]


def _branches(node: Node) -> dict[str, str]:
    """Node id to port; a node on both branches is always next."""
    ports: dict[str, str] = {}
    for _, port, branch in _branch_ids(node):
        ports[branch] = "*" if branch in ports else port
    return ports


def _without_branch_ids(node: Node) -> Node:
    if not _branch_ids(node) or node.condition_config is None:
        return node
    config = node.condition_config.model_copy()
    assert config.model_extra is not None
    for key in BRANCH_KEYS:
        config.model_extra.pop(key, None)
    return node.model_copy(update={"condition_config": config})


def _undrawn(node: Node, key: str, port: str, branch: str, *, exists: bool) -> Problem:
    edge = {"source": node.id, "target": branch, "condition": port}
    fix = {"label": "Draw the edge", "patch": [{"op": "add", "path": "/edges/-", "value": edge}]}
    return Problem(
        severity="warning",
        code="W-BRANCH-EDGE",
        node=node.id,
        field=f"condition_config.{key}",
        message=f"{node.title!r} is to go on with {branch!r} when it is {port}, but no edge leads there.",
        hint="Draw the edge." if exists else "There is no node of that id: draw an edge to the node that is meant.",
        fixes=(fix,) if exists else (),
    )
