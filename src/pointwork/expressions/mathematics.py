"""The functions and constants of the calculator: numbers and lists of numbers in, numbers out.

Rule of this file: whatever can grow is bounded before it is computed; what has no real result is an error that names
the function, never nan, infinity or a complex number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pointwork.expressions import operators, values
from pointwork.expressions.functions import FUNCTIONS, MANY, Function, function, number, whole
from pointwork.expressions.scan import Fault
from pointwork.expressions.values import MAX_BITS, Run, subject

__all__ = ["CONSTANTS", "NUMERIC"]

MAX_FACTORIAL = 500  # 500! has 3,767 bits

CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}
NUMERIC: dict[str, Function] = {
    name: FUNCTIONS[name]
    for name in ("abs", "ceil", "float", "floor", "int", "len", "max", "min", "range", "round", "sorted", "sum")
}


def _real(name: str, call: Callable[..., Any], text: str, *, least: int = 1, most: int = 1) -> None:
    """List a function of the math module that works on floats."""

    def run_it(run: Run, *given: Any) -> Any:
        numbers = [number(value, name) for value in given]
        try:
            return values.finite(call(*numbers))
        except (ValueError, ZeroDivisionError):
            shown = ", ".join(repr(value) for value in numbers if type(value) is float or value.bit_length() < 100)
            raise Fault(f"{name}({shown}) has no real result", "Check the sign and the range of the number.") from None

    run_it.__doc__ = f"{name}({text}"
    function(name, least, most, table=NUMERIC)(run_it)


_real("sqrt", math.sqrt, "x): the square root.")
_real("cbrt", math.cbrt, "x): the cube root.")
_real("exp", math.exp, "x): e to the power of x.")
_real("log", math.log, "x, base): the logarithm; without a base, the natural one.", most=2)
_real("ln", math.log, "x): the natural logarithm.")
_real("log2", math.log2, "x): the logarithm to the base 2.")
_real("log10", math.log10, "x): the logarithm to the base 10.")
_real("sin", math.sin, "x): the sine of x in radians.")
_real("cos", math.cos, "x): the cosine of x in radians.")
_real("tan", math.tan, "x): the tangent of x in radians.")
_real("asin", math.asin, "x): the arc sine in radians.")
_real("acos", math.acos, "x): the arc cosine in radians.")
_real("atan", math.atan, "x): the arc tangent in radians.")
_real("atan2", math.atan2, "y, x): the angle of the point (x, y) in radians.", least=2, most=2)
_real("sinh", math.sinh, "x): the hyperbolic sine.")
_real("cosh", math.cosh, "x): the hyperbolic cosine.")
_real("tanh", math.tanh, "x): the hyperbolic tangent.")
_real("degrees", math.degrees, "x): radians as degrees.")
_real("radians", math.radians, "x): degrees as radians.")
_real("hypot", math.hypot, "x, y): the length of the vector.", least=2, most=10)
_real("trunc", math.trunc, "x): the number without its fraction.")
_real("fmod", math.fmod, "x, y): the remainder with the sign of x.", least=2, most=2)


@function("pow", 2, 2, table=NUMERIC)
def power(run: Run, base: Any, exponent: Any) -> Any:
    """pow(x, y): the same as x ** y."""
    return operators.power(run, base, exponent)


@function("factorial", 1, 1, table=NUMERIC)
def factorial(run: Run, value: Any) -> int:
    """factorial(n): the product of 1 to n; n is at most 500."""
    if not 0 <= whole(value, "factorial") <= MAX_FACTORIAL:
        raise Fault(f"factorial() takes 0 to {MAX_FACTORIAL}", "Use a smaller number.")
    return math.factorial(value)


@function("comb", 2, 2, table=NUMERIC)
def combinations(run: Run, n: Any, k: Any) -> int:
    """comb(n, k): in how many ways k of n can be chosen."""
    if whole(n, "comb") < 0 or whole(k, "comb") < 0:
        raise Fault("comb() takes no negative numbers", "Use 0 or more.")
    if n > MAX_BITS and min(k, max(0, n - k)) * n.bit_length() > MAX_BITS:
        raise Fault(f"A whole number has more than {MAX_BITS:,} bits", "Use smaller numbers.")
    return values.finite(math.comb(n, k))


@function("gcd", 2, MANY, table=NUMERIC)
def greatest_divisor(run: Run, *given: Any) -> int:
    """gcd(a, b, …): the greatest common divisor."""
    return math.gcd(*(whole(value, "gcd") for value in given))


@function("lcm", 2, MANY, table=NUMERIC)
def least_multiple(run: Run, *given: Any) -> int:
    """lcm(a, b, …): the least common multiple."""
    result = 1
    for value in given:
        result = values.finite(math.lcm(result, whole(value, "lcm")))
    return result


@function("mean", 1, MANY, table=NUMERIC)
def mean(run: Run, *given: Any) -> Any:
    """mean(list) or mean(a, b, …): the average."""
    items = _numbers(given, "mean")
    return operators.divide(run, FUNCTIONS["sum"].call(run, items), len(items))


@function("median", 1, MANY, table=NUMERIC)
def median(run: Run, *given: Any) -> Any:
    """median(list) or median(a, b, …): the middle one in order."""
    items = sorted(_numbers(given, "median"))
    middle = len(items) // 2
    if len(items) % 2:
        return items[middle]
    return operators.divide(run, operators.add(run, items[middle - 1], items[middle]), 2)


def _numbers(given: tuple[Any, ...], name: str) -> list[Any]:
    items: Any = given[0] if len(given) == 1 else list(given)
    if type(items) is not list or not items:
        raise Fault(f"{subject(items)} has no {name}", "Give a list of numbers that is not empty.")
    return [number(item, name) for item in items]
