"""Watch expressions: what an expression is worth at a node, now or at any record of the past.

The records are folded into the state that the scheduler had then, so an expression sees what a condition in the same
place would have seen. A scope that had closed by then is looked at as it was just before it closed. Nothing is
recorded, and a reference to a secret stays a reference.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from pointwork.engine import Plan
from pointwork.engine.looking import names_at
from pointwork.engine.state import State
from pointwork.engine.unknown import not_there
from pointwork.errors import NotFound, PointworkError, Unacceptable
from pointwork.events import ROOT, Record, ScopeClosed, ScopeOpened
from pointwork.expressions import evaluate as value_of
from pointwork.runtime.runtime import Runtime
from pointwork.runtime.values import as_json
from pointwork.workflow import JsonObject

__all__ = ["MAX_EXPRESSIONS", "evaluate"]

MAX_EXPRESSIONS: Final = 50
MAX_VALUE_BYTES: Final = 256 << 10  # of one value as JSON
MAX_BYTES: Final = 2 << 20  # of all values together


async def evaluate(
    runtime: Runtime,
    execution_id: str,
    expressions: Sequence[str],
    *,
    at: int | None = None,
    node: str | None = None,
    scope: str | None = None,
) -> JsonObject:
    """The value of each expression, or what is wrong with it; `at` in the answer is the record it was looked at.

    With a node but no scope it is the activation that something happened to last. Without a node the expressions see
    what is the same everywhere in the scope, by default the root. Raises NotFound, and Unacceptable for a record that
    is not there.
    """
    row = await runtime.journal.row(execution_id)
    compiled = await runtime.plan(row.plan_hash)
    upto = await runtime.place(execution_id, at)
    scopes = _Scopes(compiled.plan, node)
    async for page in runtime.pages(execution_id, upto=upto):
        for record in page:
            scopes.apply(record)
    place = scopes.place(node, scope, upto)
    upto = scopes.closed.get(place, upto + 1) - 1
    state = State(compiled.plan)
    async for page in runtime.pages(execution_id, resolve=True, upto=upto):
        for record in page:
            state.apply(record.event)
        state.work.clear()  # nobody goes on from here
    found = state.scopes[place]
    names = names_at(found, None if node is None else found.plan.nodes[found.plan.index[node]])
    results = await asyncio.to_thread(_values, expressions, names)
    return {"at": upto, "node": node, "path": place.split("/") if place else [], "results": results}


class _Scopes:
    """The scopes that there were by some record: their plans, when they closed, and which has the node last."""

    def __init__(self, plan: Plan, node: str | None) -> None:
        self.plans: dict[str, Plan] = {ROOT: plan}
        self.closed: dict[str, int] = {}
        self._node = node
        self._latest: str | None = None
        self._newest: str | None = ROOT if node is None or node in plan.index else None

    def apply(self, record: Record) -> None:
        event = record.event
        if isinstance(event, ScopeOpened):
            parent = self.plans[event.parent]
            body = parent.nodes[parent.index[event.node]].body
            assert body is not None
            self.plans[event.scope] = body
            if self._node is not None and self._node in body.index:
                self._newest = event.scope
        elif isinstance(event, ScopeClosed):
            self.closed[event.scope] = record.seq
        elif self._node is not None and getattr(event, "node", None) == self._node:
            self._latest = getattr(event, "scope", None)

    def place(self, node: str | None, scope: str | None, upto: int) -> str:
        """The scope to look at."""
        if scope is None:
            scope = self._newest if self._latest is None else self._latest
            if scope is not None:
                return scope
        elif scope not in self.plans:
            raise NotFound(
                f"There was no scope {scope[:200]!r} by record {upto}.",
                hint="The state shows the path of each activation; its parts joined by / are the scope.",
            )
        elif node is None or node in self.plans[scope].index:
            return scope
        where = f"in scope {scope[:200]!r}" if scope else "at the top of the workflow" if scope == ROOT else "yet"
        why, hint = not_there(self.plans[ROOT], node or "") or (
            f": there is none {where}",
            "Look at a later record, or leave out the scope.",
        )
        raise NotFound(f"Node {(node or '')[:200]!r} cannot be looked at{why}.", hint=hint)


@dataclass(slots=True)
class _Room:
    """How many bytes of values may still be given out."""

    left: int


def _values(expressions: Sequence[str], names: Mapping[str, Any]) -> list[JsonObject]:
    room = _Room(MAX_BYTES)
    return [_value(expression, names, room) for expression in expressions]


def _value(expression: str, names: Mapping[str, Any], room: _Room) -> JsonObject:
    try:
        value = as_json(value_of(expression, names), "The value", refusal=Unacceptable)
        size = len(orjson.dumps(value))
        if size > min(MAX_VALUE_BYTES, room.left):
            raise Unacceptable(
                f"The value has {size:,} bytes as JSON, which is too much to show here.",
                hint="Look at a part of it: a field, an item, len(value) or value[:100].",
            )
        room.left -= size
    except PointworkError as error:
        problem = {"code": error.code, "message": error.message, "hint": error.hint}
        return {"expression": expression, "problem": problem}
    return {"expression": expression, "value": value}
