"""The doors of the expression language: compile, evaluate, calculate.

Rule of this file: only an ExpressionError comes out, and it shows the place in the source. What is compiled is kept;
how much is kept is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pointwork.errors import ExpressionError
from pointwork.expressions import values
from pointwork.expressions.builder import build
from pointwork.expressions.readers import Path, Step
from pointwork.expressions.scan import MAX_SOURCE, Fault, scan
from pointwork.expressions.values import MAX_RESULT, NUMBERS, Run

__all__ = ["Expression", "calculate", "compile_expression", "evaluate", "perform"]

CACHED_EXPRESSIONS = 512


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression; `names` are the paths that it reads, cut where a key is computed."""

    source: str
    names: frozenset[Path]
    _step: Step = field(repr=False, compare=False)

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """The value, always plain data. The mapping is asked only for the names that are needed."""
        try:
            return perform(self._step, names)
        except Fault as fault:
            raise _explain(fault, self.source) from None


def compile_expression(source: str) -> Expression:
    """Read an expression; an ExpressionError says where it is wrong and what to write instead."""
    return _compiled(_source(source))


def evaluate(source: str, names: Mapping[str, Any]) -> Any:
    """Read an expression and compute it."""
    return _compiled(_source(source)).evaluate(names)


def calculate(source: str) -> int | float:
    """Compute with numbers only: no names, the functions and constants of `mathematics`."""
    result = _calculation(_source(source)).evaluate({})
    if type(result) in NUMBERS:
        return result
    message = f"The result is not a number, but {values.describe(result)} (in {_extract(source, 0)!r})"
    raise ExpressionError(message, hint="Write one calculation, for example 15 * 23 + 17.")


@lru_cache(maxsize=CACHED_EXPRESSIONS)
def _compiled(source: str) -> Expression:
    return _expression(source, calculator=False)


@lru_cache(maxsize=CACHED_EXPRESSIONS)
def _calculation(source: str) -> Expression:
    return _expression(source, calculator=True)


def _expression(source: str, *, calculator: bool) -> Expression:
    try:
        step, paths = build(scan(source), calculator=calculator)
    except Fault as fault:
        raise _explain(fault, source) from None
    return Expression(source, paths, step)


def _source(source: object) -> str:
    if type(source) is not str:
        message = f"An expression has to be text, not {values.describe(source)}"
        raise ExpressionError(message, hint='Write it in quotation marks: "score > 7".')
    if len(source) > MAX_SOURCE:
        message = f"The expression has {len(source):,} characters; {MAX_SOURCE:,} are allowed"
        raise ExpressionError(message, hint="Split it into several.")
    return source


def _explain(fault: Fault, source: str) -> ExpressionError:
    where = f"in {_extract(source, 0)!r}"
    if fault.at is not None:
        where = f"character {fault.at + 1} of {_extract(source, fault.at)!r}"
    return ExpressionError(f"{fault.message} ({where})", hint=fault.hint)


def _extract(source: str, at: int) -> str:
    """At most 80 characters of the source, around the place."""
    begin = max(0, min(at - 40, len(source) - 80))
    return ("…" if begin else "") + source[begin : begin + 80] + ("…" if begin + 80 < len(source) else "")


def perform(step: Step, names: Mapping[str, Any]) -> Any:
    """Run what `build` made; the result is plain data in all its depth."""
    run = Run(names)
    try:
        value = step(run)
        if value is None or type(value) is bool:
            return value
        run.steps = MAX_RESULT
        return values.settle(run, value)
    except ZeroDivisionError:
        raise Fault("A division by zero", "Check the divisor first: x / y if y else 0.") from None
    except OverflowError:
        raise Fault("A number is too large", "Use smaller numbers.") from None
    except RecursionError:
        raise Fault("The values are nested too deeply", "Use flatter data.") from None
