"""Breakpoints: which ones can hold at all, and when one does: the place, the number of visits, the condition."""

from __future__ import annotations

from collections.abc import Iterable

from pointwork.commands import Breakpoint
from pointwork.engine.looking import names_at
from pointwork.engine.plan import Plan, PlanNode
from pointwork.engine.scope import Scope
from pointwork.engine.state import State
from pointwork.engine.unknown import listed, nodes_by_id, suggestion
from pointwork.errors import ExpressionError, Unacceptable
from pointwork.expressions import compile_expression
from pointwork.workflow import JsonObject

__all__ = ["ANYWHERE", "check_breakpoints", "due", "due_at_call"]

ANYWHERE = "*"  # as the node of a breakpoint


def check_breakpoints(plan: Plan, points: Iterable[Breakpoint]) -> None:
    """Refuse what could never hold, or would stop for another reason than its author thinks."""
    points = list(points)
    known = nodes_by_id(plan) if points else {}
    unknown = dict.fromkeys(
        point.node
        for point in points
        if point.node not in known and not (point.node == ANYWHERE and point.when == "effect")
    )
    if unknown:
        raise Unacceptable(
            f"There can be no breakpoint at {listed(unknown)}: this workflow has no such node.",
            hint=suggestion(unknown, known),
        )
    for point in points:
        if point.hits < 1:
            raise Unacceptable(
                f"The breakpoint at {point.node!r} holds from visit {point.hits} on, and the first visit is 1.",
                hint="Leave out hits to stop at every visit.",
            )
        try:
            compile_expression(point.condition or "true")
        except ExpressionError as problem:
            message = f"The condition of the breakpoint at {point.node!r} cannot be read: {problem.message}"
            raise Unacceptable(message, hint=problem.hint) from problem


def due_at_call(state: State, scope: str, node: str, step: JsonObject, *, effects: bool) -> bool:
    """Whether an execution must pause before a call that a node makes. Conditions see it as `call`."""
    if state.paused or (found := state.find(scope, node)) is None:
        return False
    at, index = found
    wanted = ("call", "effect") if effects else ("call",)
    points = [point for point in state.breakpoints.get(node, ()) if state.visits.get(node, 0) >= point.get("hits", 1)]
    points += [point for point in state.breakpoints.get(ANYWHERE, ()) if point["when"] == "effect"]
    return any(
        point["when"] in wanted and _holds(point.get("condition"), at, at.plan.nodes[index], call=step)
        for point in points
    )


def due(state: State, scope: Scope, node: PlanNode, when: str) -> bool:
    """Whether an execution must pause at this node now."""
    if when == "before" and (scope.path, node.id) in state.passed:
        return False
    visit = state.visits.get(node.id, 0) + (when == "before")
    return any(
        point["when"] == when and visit >= point.get("hits", 1) and _holds(point.get("condition"), scope, node)
        for point in state.breakpoints[node.id]
    )


def _holds(condition: str | None, scope: Scope, node: PlanNode, *, call: JsonObject | None = None) -> bool:
    if not condition:
        return True
    names = names_at(scope, node)
    if call is not None:
        names["call"] = call
    try:
        return bool(compile_expression(condition).evaluate(names))
    except ExpressionError:
        return True  # a condition that cannot be evaluated stops, so that somebody sees it
