"""When a breakpoint holds: the place, the number of visits, the condition."""

from __future__ import annotations

from pointwork.engine.inputs import names_of, received_by
from pointwork.engine.plan import PlanNode
from pointwork.engine.scope import MISSING, Scope
from pointwork.engine.state import State
from pointwork.errors import ExpressionError
from pointwork.expressions import compile_expression
from pointwork.workflow import JsonObject

__all__ = ["due"]


def due(state: State, scope: Scope, node: PlanNode, when: str) -> bool:
    """Whether an execution must pause at this node now."""
    if when == "before" and (scope.path, node.id) in state.passed:
        return False
    visit = state.visits.get(node.id, 0) + (when == "before")
    return any(
        point["when"] == when and visit >= point.get("hits", 1) and _holds(point.get("condition"), scope, node)
        for point in state.breakpoints[node.id]
    )


def _holds(condition: str | None, scope: Scope, node: PlanNode) -> bool:
    if not condition:
        return True
    received = scope.received[node.index]
    names: JsonObject = {"inputs": scope.space.inputs, "vars": scope.space.plan.variables, **names_of(scope, node)}
    names.update(received if received is not None else received_by(scope, node))
    if scope.outputs[node.index] is not MISSING:
        names["output"] = scope.outputs[node.index]
    try:
        return bool(compile_expression(condition).evaluate(names))
    except ExpressionError:
        return True  # a condition that cannot be evaluated stops, so that somebody sees it
