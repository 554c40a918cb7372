"""How composite nodes open their scopes: one policy per kind, a pure function from what happened to what is next.

A policy is asked whenever its node started or one of its scopes closed, until it answers None (wait). It sees only
the `Rounds` of its node: counters, never lists of nodes. What it answers is recorded as an event, so a policy never
has to remember anything itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from pointwork.commands import CutOff
from pointwork.engine.inputs import exit_value, feedback, names_of
from pointwork.engine.plan import PlanNode
from pointwork.engine.scope import Rounds, Scope
from pointwork.errors import ExpressionError
from pointwork.expressions import compile_expression
from pointwork.spec import Policy
from pointwork.workflow import JsonObject

__all__ = ["POLICIES", "Broken", "Decision", "Done", "Note", "Open"]


class Open(NamedTuple):
    """Open the next scope for this item."""

    item: Any


class Done(NamedTuple):
    """The composite node completes."""

    output: Any
    ports: tuple[str, ...] = ("out",)


class Broken(NamedTuple):
    """The composite node fails."""

    error: JsonObject


class Note(NamedTuple):
    """Tell people something, once, then ask again."""

    message: str


Decision: TypeAlias = Open | Done | Broken | Note | None


def error(kind: str, message: str, hint: str = "") -> JsonObject:
    """An error as events hold it."""
    return {"kind": kind, "message": message, "hint": hint}


def cut_off(cause: CutOff | None, then: str) -> JsonObject:
    """The error of an attempt that did not come to its end; without a cause nothing but the records tells of it.

    >>> cut_off("fork", "it runs again")["message"]
    'The fork was taken while the node was working; it runs again.'
    """
    why = {"restart": "The process ended", "fork": "The fork was taken", None: "The records end"}[cause]
    return error("interrupted", f"{why} while the node was working; {then}.")


def _cycle(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    if rounds.error is not None:
        return Broken(rounds.error)
    if rounds.opened == 0:
        return Open(scope.received[node.index])
    if rounds.closed < rounds.opened:
        return None
    last = rounds.latest
    assert last is not None
    if not last.back:
        return Done(exit_value(node, last), tuple(f"exit:{number}" for number in sorted(last.exits)))
    if rounds.opened >= node.limit:
        header = node.id.removeprefix("loop:")
        return Broken(
            error(
                "loop_limit",
                f"The loop that begins at {header!r} did not end within {node.limit} rounds.",
                f"Raise limits.max_iterations (or max_iterations of {header!r}), or check the way out of the loop.",
            )
        )
    return Open(feedback(scope, node, last))


def _loop(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    if node.config.get("loop_type", "for_each") == "for_each":
        return _for_each(scope, node, rounds)
    if rounds.error is not None:
        return Broken(rounds.error)
    if rounds.closed < rounds.opened:
        return None
    kind = node.config["loop_type"]
    if node.body is None or not node.body.nodes:
        return Done(_summary(kind, [], None, 0, "completed"))
    previous = rounds.results.get(rounds.opened - 1)
    status = "completed"
    try:
        go_on = _holds(scope, node, rounds, previous) == (kind == "while")
    except ExpressionError as problem:
        return Broken(error("expression", f"The condition of loop {node.id!r}: {problem.message}", problem.hint))
    if go_on and rounds.opened >= int(node.config.get("max_iterations", 1_000)):
        go_on, status = False, "max_iterations"
    if go_on:
        return Open(previous)
    return Done(_summary(kind, [], previous, rounds.opened, status))


def _holds(scope: Scope, node: PlanNode, rounds: Rounds, previous: Any) -> bool:
    received: JsonObject = scope.received[node.index] or {}
    names: JsonObject = {
        **names_of(scope, node),
        **received,
        "item": previous,
        "previous": previous,
        "index": rounds.opened,
    }
    return bool(compile_expression(node.config.get("condition") or "false").evaluate(names))


def _for_each(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    if rounds.error is not None:
        return Broken(rounds.error)
    limit = int(node.config.get("max_iterations", 1_000))
    if rounds.items is None:
        cut = node.config.get("on_limit", "fail") == "cut"
        found = _items(scope, node, None if cut else limit)
        if isinstance(found, Broken):
            return found
        rounds.items, rounds.surplus = found[:limit], max(0, len(found) - limit)
        if rounds.surplus and not rounds.opened:
            return Note(f"{node.id!r} received {len(found)} items and treats the first {limit} (max_iterations).")
    if rounds.closed < rounds.opened:
        return None
    body = node.body
    assert body is not None
    if rounds.opened < len(rounds.items) and body.nodes:
        return Open(rounds.items[rounds.opened])
    results = [rounds.results[index] for index in range(rounds.opened)] if body.nodes else rounds.items
    return Done(
        _summary(
            "for_each", rounds.items, results, len(rounds.items), "max_iterations" if rounds.surplus else "completed"
        )
    )


def _map(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    mode = node.config.get("on_item_error", "fail")
    if rounds.error is not None and mode == "fail":
        return Broken(rounds.error)
    if rounds.items is None:
        found = _items(scope, node, int(node.config.get("max_items", 10_000)))
        if isinstance(found, Broken):
            return found
        rounds.items = found
    body = node.body
    assert body is not None
    total = len(rounds.items) if body.nodes else 0
    if rounds.opened < total and rounds.opened - rounds.closed < int(node.config.get("concurrency", 10)):
        return Open(rounds.items[rounds.opened])
    if rounds.closed < total:
        return None
    if not body.nodes:
        results = rounds.items
    elif mode == "skip":
        results = [rounds.results[index] for index in range(total) if index in rounds.results]
    else:
        results = [rounds.results.get(index) for index in range(total)]
    return Done(_summary("map", rounds.items, results, len(rounds.items), "completed"))


def _summary(kind: str, items: list[Any], results: Any, total: int, status: str) -> JsonObject:
    return {"items": items, "results": results, "total_iterations": total, "loop_type": kind, "status": status}


def _once(scope: Scope, node: PlanNode, rounds: Rounds) -> Decision:
    """`parallel` and `workflow`: one scope, whose result is the result."""
    if rounds.error is not None:
        return Broken(rounds.error)
    if rounds.opened == 0:
        return Open(None)
    return Done(rounds.results[0]) if rounds.closed else None


def _items(scope: Scope, node: PlanNode, limit: int | None) -> list[Any] | Broken:
    """The list to go through: the input that `items_source` names, else the only list among the inputs."""
    received: JsonObject = scope.received[node.index] or {}
    source = node.config.get("items_source")
    if source and source in received:
        value: Any = received[source]
    elif source and source in scope.space.plan.variables:
        value = scope.space.plan.variables[source]
    elif not source and "items" in received:
        value = received["items"]
    elif not source and len(lists := [name for name, item in received.items() if isinstance(item, list)]) == 1:
        value = received[lists[0]]
    elif not source and len(received) == 1:
        value = next(iter(received.values()))
    else:
        value = None
    if value is None:
        have = ", ".join(map(repr, received)) or "nothing"
        return Broken(
            error(
                "input_missing",
                f"{node.id!r} has no list to go through: it looked for {source or 'a list'!r} and received {have}.",
                "Name the input that holds the list in items_source.",
            )
        )
    items = listed(value)
    if limit is not None and len(items) > limit:
        return Broken(
            error(
                "loop_limit",
                f"{node.id!r} received {len(items)} items, more than its limit of {limit}.",
                "Raise max_iterations (max_items of a map), or give it a shorter list.",
            )
        )
    return items


def listed(value: Any) -> list[Any]:
    """What to go through: a list as it is, text split at commas, anything else as one item.

    >>> listed("a, b,"), listed(5), listed([1, 2])
    (['a', 'b'], [5], [1, 2])
    """
    if isinstance(value, list):
        return value  # type: ignore[reportUnknownVariableType]
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]


POLICIES: dict[Policy, Callable[[Scope, PlanNode, Rounds], Decision]] = {
    "cycle": _cycle,
    "loop": _loop,
    "map": _map,
    "parallel": _once,
    "workflow": _once,
}
