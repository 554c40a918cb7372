"""What a whole execution may spend: the budget of its document, and that of the request that started it. Both hold."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from pointwork.workflow import Budget, JsonObject, Limits

__all__ = ["budgets_of"]


def budgets_of(options: JsonObject, limits: Limits) -> list[tuple[str, Budget]]:
    """Where each budget is written, and what it allows.

    >>> budgets_of({"budget": {"model_calls": 3}}, Limits(budget={"tokens": 9}))[1]
    ('limits of the workflow', Budget(model_calls=None, tool_calls=None, tokens=9, cost_usd=None, seconds=None))
    """
    found: list[tuple[str, Budget]] = []
    if wished := options.get("budget"):
        found.append(("the request that starts it", _read(wished)))
    if limits.budget is not None:
        found.append(("limits of the workflow", limits.budget))
    return found


def _read(wished: Any) -> Budget:
    try:
        return Budget.model_validate(wished)
    except ValidationError:  # of a later version, which knows more kinds; those that are known still hold
        return Budget.model_validate({name: wished[name] for name in Budget.model_fields if name in wished})
