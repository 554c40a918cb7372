"""Drawings in one line, for tests: `drawing("start>L L>a a>L", a="L.items")`.

An edge is `source>target` or `source:port>target`. A keyword says what a node reads (`node.field`, several with
spaces between), or holds its keys. Ids that begin with L are loops, with C conditions; start and end are what they
say, all others agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointwork.errors import Problem
from pointwork.legacy import normalise
from pointwork.workflow import Workflow

TYPES = {"L": "loop", "C": "condition", "start": "start", "end": "end"}


def drawing(edges: str, **nodes: str | dict[str, Any]) -> dict[str, Any]:
    """The document of a drawing."""
    drawn: list[dict[str, Any]] = []
    for part in edges.split():
        source, target = part.split(">")
        source, _, port = source.partition(":")
        drawn.append({"source": source, "target": target, **({"condition": port} if port else {})})
    ids = dict.fromkeys([*(edge[end] for edge in drawn for end in ("source", "target")), *nodes])
    return {"name": "Drawing", "nodes": [_node(name, nodes.get(name, {})) for name in ids], "edges": drawn}


def _node(name: str, keys: str | dict[str, Any]) -> dict[str, Any]:
    kind = TYPES.get(name) or TYPES.get(name[0], "agent")
    return {"id": name, "type": kind, **(keys if isinstance(keys, dict) else {"inputs": reads(keys)})}


def reads(places: str) -> list[dict[str, Any]]:
    """`inputs` of a node."""
    found: list[dict[str, Any]] = []
    for place in places.split():
        node, _, field = place.partition(".")
        found.append({"name": node, "source_node": node, **({"source_field": field} if field else {})})
    return found


def drawn(workflow: Workflow) -> str:
    """The edges of a canonical document, as `drawing` takes them."""
    return " ".join(
        f"{edge.source}:{edge.condition}>{edge.target}" if edge.condition else f"{edge.source}>{edge.target}"
        for edge in workflow.edges
    )


def bodies(workflow: Workflow) -> dict[str, str]:
    """Container to the nodes in it, with spaces between."""
    found: dict[str, str] = {}
    for node in workflow.nodes:
        if node.parent is not None:
            found[node.parent] = f"{found[node.parent]} {node.id}" if node.parent in found else node.id
    return found


def read_by(workflow: Workflow) -> dict[str, str]:
    """Node to what it reads, as `drawing` takes it."""
    return {
        node.id: " ".join(f"{mapping.source_node}.{mapping.source_field}" for mapping in node.inputs)
        for node in workflow.nodes
        if node.inputs
    }


def codes(problems: list[Problem]) -> str:
    """What was found, as `CODE node`, with commas between."""
    return ", ".join(f"{problem.code} {problem.node}" for problem in problems)


def patched(document: Mapping[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """The document after the RFC 6902 operations that fixes use."""
    result = _copy(document)
    for operation in patch:
        *path, last = operation["path"].removeprefix("/").split("/")
        holder: Any = result
        for part in path:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        value = _copy(operation.get("value"))
        match operation["op"], holder:
            case "add", dict():
                holder[last] = value
            case "add", list() if last == "-":
                holder.append(value)
            case "replace", list():
                holder[int(last)] = value
            case "remove", list():
                del holder[int(last)]
            case other:
                raise AssertionError(f"an operation that no fix should need: {other}")
    return result


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def checked(document: dict[str, Any], *, sense: bool = True) -> tuple[Workflow, list[Problem]]:
    """`normalise`, with what holds for every document: nothing is changed in place, and twice is the same as once.

    Where a document makes no `sense`, a loop that repeats nothing may still find something the second time.
    """
    workflow = Workflow.load(document)
    before = workflow.model_dump(mode="json")
    result, problems = normalise(workflow)
    assert workflow.model_dump(mode="json") == before
    if sense or "W-LOOP-EMPTY" not in codes(problems):
        assert normalise(result)[0].dump() == result.dump()
    given = [edge.id for edge in workflow.edges if edge.id]
    named = [edge.id for edge in result.edges]
    assert all(named)
    assert len(set(named)) == len(named) or len(set(given)) < len(given)
    return result, problems
