"""What somebody who looks at a node of an execution may name: everything that an expression there could read.

The names are those of the node's own expressions; only `nodes` has all that is in reach, because nobody knows
beforehand what a person will ask for. Rule of this file: looking changes nothing, and a value is read when it is asked
for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pointwork.engine.checks import ROOTS
from pointwork.engine.inputs import read, received_by, roots_of, with_output
from pointwork.engine.plan import Address, Plan, PlanNode
from pointwork.engine.scope import MISSING, Scope
from pointwork.expressions import Namespace
from pointwork.workflow import JsonObject

__all__ = ["names_at"]


def names_at(scope: Scope, node: PlanNode | None = None) -> JsonObject:
    """The names at a node: its inputs, `inputs`, `vars`, `item` and so on, `nodes`, and `output` once it has one.

    Without a node, those that are the same everywhere in the scope.
    """
    own = {} if node is None else node.reads
    names = roots_of(scope, ROOTS)
    names["nodes"] = Namespace(_Nodes(scope, {**_in_reach(scope), **own}))
    if node is not None:
        received = scope.received[node.index]
        names.update(received_by(scope, node) if received is None else received)
        output = scope.outputs[node.index]
        if output is not MISSING:
            names["output"] = output
    return names


class _Nodes(Mapping[str, Any]):
    """The values of nodes, by id."""

    def __init__(self, scope: Scope, addresses: Mapping[str, Address]) -> None:
        self._scope = scope
        self._addresses = addresses

    def __getitem__(self, name: str) -> Any:
        value = read(self._scope, self._addresses[name])
        if value is MISSING:
            raise KeyError(name)
        return with_output(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)


def _in_reach(scope: Scope) -> dict[str, Address]:
    """Where each node of the document is read from a scope; the nearest of those with the same id."""
    found: dict[str, Address] = {}
    up, at = 0, scope
    while True:
        for path, name in _within(at.plan, ()):
            found.setdefault(name, Address(up, path))
        if at.outer is None or at.parent is None:
            return found
        found[at.parent.plan.nodes[at.node].id] = Address(up, inside=True)
        up, at = up + 1, at.parent


def _within(plan: Plan, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
    """The nodes of a plan and of the containers in it; a sub-workflow keeps its nodes to itself."""
    for node in plan.nodes:
        here = (*path, node.index)
        yield here, node.id
        if node.body is not None and not node.body.namespace:
            yield from _within(node.body, here)
