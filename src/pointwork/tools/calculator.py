"""The tool `calculator`: arithmetic by the expression language, so nothing that a model writes is ever run as code."""

from __future__ import annotations

from typing import Any

from pointwork.errors import ExpressionError
from pointwork.expressions import calculate
from pointwork.tools.base import tool
from pointwork.tools.result import failure

__all__ = ["calculator"]


@tool(timeout_s=10.0)
async def calculator(expression: str) -> dict[str, Any]:
    """Evaluate an arithmetic expression exactly.

    Knows + - * / // % ** and brackets, and functions like sqrt, sum, min, max, mean, round, log, sin and factorial,
    also over lists: mean([4, 8, 12]). Powers are written **.

    Args:
        expression: For example "2 + 2 * 3".
    """
    try:
        return {"result": calculate(expression), "expression": expression}
    except ExpressionError as error:
        return failure(error.message, hint=error.hint, expression=expression)
