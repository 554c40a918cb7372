"""What changed in one execution between two of its records: which activations, in which fields, from what to what.

Both ends are points behind a record; 0 is before the first. Backwards works too: then `before` is the later point. Only
what differs is named. Large values are references, which are the same exactly when the values are.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pointwork.engine.view import Run, View
from pointwork.events import Event, NodeStarted
from pointwork.runtime.runtime import Runtime
from pointwork.workflow import JsonObject

__all__ = ["MAX_CHANGES", "difference"]

MAX_CHANGES: Final = 10_000
Act: TypeAlias = tuple[str, str]
NOTHING: Final[JsonObject] = {
    "status": "pending",
    "attempt": 0,
    "inputs": None,
    "config": None,
    "output": None,
    "ports": [],
    "error": None,
    "request": None,
    "usage": None,
}


async def difference(
    runtime: Runtime,
    execution_id: str,
    *,
    start: int,
    end: int | None = None,
    limit: int = MAX_CHANGES,
    resolve: bool = False,
) -> JsonObject:
    """The changes between two records, `end` being the last if it is not given; raises NotFound and Unacceptable.

    A change without a node is one of the execution as a whole. At most `limit` are given, `left_off` counts the others.
    """
    start = await runtime.place(execution_id, start)
    end = await runtime.place(execution_id, end)
    low, high = sorted((start, end))
    row = await runtime.journal.row(execution_id)
    compiled = await runtime.plan(row.plan_hash)
    touched: set[Act] = set()
    async for page in runtime.pages(execution_id, after=low, upto=high):
        touched.update(act for record in page if (act := _act(record.event)) is not None)

    view = View(compiled.nodes, variables=compiled.variables, keep_log=False)
    fields: dict[Act, JsonObject] = {}
    keys: dict[Act, str] = {}
    first, olds = _whole(view), {}
    async for page in runtime.pages(execution_id, upto=high, resolve=resolve):
        for record in page:
            change = view.apply(record)
            act = _act(record.event)
            if act in touched and change.run is not None:
                keys[act] = change.run.key
                fields[act] = _fields(change.run, record.event, fields.get(act, NOTHING))
            if record.seq == low:
                first, olds = _whole(view), dict(fields)
    found = [
        {"path": [], "node_id": None, "node": None, **change}
        for change in _changes(first, _whole(view), backwards=start > end)
    ]
    for act, new in fields.items():
        scope, node = act
        place = {"path": scope.split("/") if scope else [], "node_id": keys[act], "node": node}
        found += [{**place, **one} for one in _changes(olds.get(act, NOTHING), new, backwards=start > end)]
    return {"from": start, "to": end, "changes": found[:limit], "left_off": max(0, len(found) - limit)}


def _act(event: Event) -> Act | None:
    scope, node = getattr(event, "scope", None), getattr(event, "node", None)
    return None if scope is None or node is None else (scope, node)


def _whole(view: View) -> JsonObject:
    """What there is to say of the execution itself."""
    state = view.state()
    names = ("status", "inputs", "paused", "breakpoints", "result", "usage")
    return {**{name: state[name] for name in names}, "vars": state["variables"], "error": state["error_detail"]}


def _fields(run: Run, event: Event, known: JsonObject) -> JsonObject:
    """An activation as it is now. What a later one made the view forget is still known."""
    started = isinstance(event, NodeStarted)
    return {
        "status": run.status.value,
        "attempt": run.attempt,
        "inputs": run.input if started else known["inputs"],
        "config": run.config if started else known["config"],
        "output": run.output,
        "ports": list(run.ports),
        "error": run.error,
        "request": run.request,
        "usage": None if run.usage is None else run.usage.to_dict(),
    }


def _changes(before: JsonObject, after: JsonObject, *, backwards: bool) -> list[dict[str, Any]]:
    if backwards:
        before, after = after, before
    return [
        {"field": name, "before": before[name], "after": after[name]} for name in before if before[name] != after[name]
    ]
