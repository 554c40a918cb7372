"""Two executions side by side, node by node: what is the same, and exactly what is not.

Nodes are aligned by the key that the state of an execution has for them, so versions of a workflow can be compared, and
a fork with what it was forked from. Times are no difference: no two runs take the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pointwork.engine import Plan
from pointwork.runtime.runtime import Runtime
from pointwork.workflow import JsonObject

__all__ = ["compare", "compared"]

OF_A_NODE: Final = ("status", "ports", "settings", "input", "config", "output", "error", "attempt", "rounds", "usage")
OF_A_RUN: Final = ("status", "workflow_version", "inputs", "result", "error", "usage")
BY_FIELD: Final = ("settings", "config")


async def compare(runtime: Runtime, first: str, second: str, *, resolve: bool = False) -> JsonObject:
    """What differs between two executions; raises NotFound.

    `run` names what differs of the executions as wholes, and `nodes` has each node of either: in which it is, and what
    differs, as `{"first": …, "second": …}`. Of `settings` (as in the document) and `config` (as it was rendered), only
    the fields that differ are given.
    """
    states = [await _state(runtime, execution, resolve=resolve) for execution in (first, second)]
    return compared(*states)


async def _state(runtime: Runtime, execution_id: str, *, resolve: bool) -> JsonObject:
    """The state of an execution, in which each node has its settings and the number of its rounds."""
    state = await runtime.state(execution_id, resolve=resolve)
    compiled = await runtime.plan((await runtime.journal.row(execution_id)).plan_hash)
    settings = _settings(compiled.plan, "")
    for key, node in state["node_states"].items():
        node["settings"] = settings.get(key)
        node["rounds"] = len(node["runs"])
    return state


def _settings(plan: Plan, prefix: str) -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {}
    for node in plan.nodes:
        key = prefix + node.id
        found[key] = node.config
        if node.body is not None:
            found |= _settings(node.body, f"{key}/" if node.body.namespace else prefix)
    return found


def compared(first: JsonObject, second: JsonObject) -> JsonObject:
    """What differs between two states of executions.

    >>> one = {"node_states": {"a": {"status": "completed", "output": 1}}, "status": "completed"}
    >>> other = {"node_states": {"a": {"status": "completed", "output": 2}}, "status": "completed"}
    >>> [(node["node_id"], node["differs"]) for node in compared(one, other)["nodes"]]
    [('a', {'output': {'first': 1, 'second': 2}})]
    """
    ones, others = first["node_states"], second["node_states"]
    nodes = [_node(key, ones.get(key), others.get(key)) for key in dict.fromkeys([*ones, *others])]
    return {
        "run": _differences(first, second, OF_A_RUN),
        "nodes": nodes,
        "same": not any(node["differs"] or node["only_in"] for node in nodes),
    }


def _node(key: str, one: JsonObject | None, other: JsonObject | None) -> JsonObject:
    return {
        "node_id": key,
        "type": (one or other or {}).get("type"),
        "only_in": "second" if one is None else "first" if other is None else None,
        "differs": {} if one is None or other is None else _differences(one, other, OF_A_NODE),
    }


def _differences(one: JsonObject, other: JsonObject, names: Iterable[str]) -> JsonObject:
    found: JsonObject = {}
    for name in names:
        mine, its = one.get(name), other.get(name)
        if mine == its:
            continue
        if name in BY_FIELD and isinstance(mine, dict) and isinstance(its, dict):
            fields = _differences(mine, its, dict.fromkeys([*mine, *its]))
            mine, its = ({field: sides[side] for field, sides in fields.items()} for side in ("first", "second"))
        found[name] = {"first": mine, "second": its}
    return found
