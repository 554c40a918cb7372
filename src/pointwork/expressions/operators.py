"""How values compare and what may be computed with them.

Rules of this file:
- Null compares false with < <= > >=, and equals only null. Nothing is in null.
- A text that spells a number ("8", " 7.5 ") compares with a number as that number, because answers of models are text;
  two texts compare as texts. True and false are not numbers. What has no order (a number and the text "good") is an
  error, never false.
- Nothing is computed before its size is known, and a text is never computed with: "8" * 2 could mean 88 or 16.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any, cast

from pointwork.expressions.scan import Fault
from pointwork.expressions.values import (
    CHARACTERS_PER_STEP,
    MAX_BITS,
    MAX_ITEMS,
    MAX_NESTING,
    MAX_TEXT,
    MISSING,
    NUMBERS,
    STEPS_PER_LEVEL,
    Namespace,
    Run,
    accept,
    at_key,
    check_keys,
    describe,
    finite,
    subject,
)

__all__ = [
    "add",
    "contains",
    "divide",
    "equal",
    "floor_divide",
    "multiply",
    "negate",
    "numeric",
    "ordered",
    "power",
    "remainder",
    "subtract",
]

_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]{1,4})?", re.ASCII)
_LONGEST_NUMBER = 1_300  # characters; 4,096 bits are 1,233 digits


# Comparing


def numeric(text: str) -> int | float | None:
    """The number that a text spells, or None."""
    if len(text) > _LONGEST_NUMBER:
        return None
    match = _NUMERIC.fullmatch(text.strip())
    if match is None:
        return None
    if match.lastindex is None:
        whole = int(match.group())
        return whole if whole.bit_length() <= MAX_BITS else None
    number = float(match.group())
    return number if math.isfinite(number) else None


def equal(run: Run, a: Any, b: Any, level: int = 0) -> bool:
    """What `a == b` means, inside of lists and objects too."""
    left: type[Any] = type(a)
    right: type[Any] = type(b)
    if left is str and right is str:
        if len(a) > CHARACTERS_PER_STEP:
            run.spend(len(a) // CHARACTERS_PER_STEP)
        return a == b
    if left is right and (left is bool or a is None):
        return a == b
    accept(a)
    accept(b)
    if left in NUMBERS or right in NUMBERS:
        x = numeric(a) if left is str else a if left in NUMBERS else None
        y = numeric(b) if right is str else b if right in NUMBERS else None
        return x is not None and y is not None and x == y
    if left is not right or left is Namespace or len(a) != len(b):
        return False
    if level >= MAX_NESTING:
        raise Fault(f"A value has more than {MAX_NESTING} levels", "Compare smaller parts.")
    run.spend(len(a) + STEPS_PER_LEVEL)
    if left is list:
        return all(equal(run, x, y, level + 1) for x, y in zip(a, b, strict=True))
    check_keys(run, a)
    check_keys(run, b)
    return all(key in b and equal(run, a[key], b[key], level + 1) for key in a)


def ordered(symbol: str) -> Callable[[Run, Any, Any], bool]:
    """The comparison that `symbol` stands for."""
    test = cast(
        "Callable[[Any, Any], bool]",
        {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[symbol],
    )

    def compare(run: Run, a: Any, b: Any) -> bool:
        left: type[Any] = type(a)
        right: type[Any] = type(b)
        if (left in NUMBERS and right in NUMBERS) or (left is str and right is str):
            return test(a, b)
        if a is None or b is None:
            return False
        if left is str and right in NUMBERS:
            number = numeric(a)
            if number is not None:
                return test(number, b)
        elif left in NUMBERS and right is str:
            number = numeric(b)
            if number is not None:
                return test(a, number)
        hint = "Compare numbers with numbers and texts with texts; len(x) counts, float(x) reads a number from a text."
        raise Fault(f"{subject(a)} and {describe(b)} have no order ({symbol})", hint)

    return compare


def contains(run: Run, item: Any, holder: Any) -> bool:
    """What `item in holder` means; nothing is in null."""
    kind: type[Any] = type(holder)
    if holder is None:
        return False
    if kind is list:
        run.spend(len(holder))
        return any(equal(run, item, element) for element in holder)
    if kind is str and type(item) is str:
        run.spend(len(holder) // CHARACTERS_PER_STEP)
        return item in holder
    if (kind is dict or kind is Namespace) and type(item) is str:
        return at_key(run, holder, item) is not MISSING
    if item is None:
        return False
    hint = "`in` looks for a text in a text, for a key in an object, for any value in a list; str(x) makes a text."
    raise Fault(f"{subject(item)} cannot be in {describe(holder)}", hint)


# Computing


def _clash(symbol: str, a: Any, b: Any) -> Fault:
    message = f"{subject(a)} and {describe(b)} cannot be combined with {symbol}"
    if a is None or b is None:
        hint = "Give a value for what may be missing: default(x, 0)."
        if symbol == "-":
            hint += ' A key with a dash is written in brackets: nodes["agent-1"].'
        return Fault(message, hint)
    if type(a) is str or type(b) is str:
        return Fault(message, "Use float(x) to compute with a text, str(x) to join a number to a text.")
    if type(a) is bool or type(b) is bool:
        return Fault(message, "True and false are not numbers; int(x) makes them 1 and 0.")
    return Fault(message, "Only numbers can be computed with.")


def add(run: Run, a: Any, b: Any) -> Any:
    left: type[Any] = type(a)
    right: type[Any] = type(b)
    if left in NUMBERS and right in NUMBERS:
        return finite(a + b)
    if left is right is str:
        run.spend((len(a) + len(b)) // CHARACTERS_PER_STEP)
        if len(a) + len(b) > MAX_TEXT:
            raise Fault(f"A text is longer than {MAX_TEXT:,} characters", "Join shorter texts.")
        return a + b
    if left is right is list:
        run.spend(len(a) + len(b))
        if len(a) + len(b) > MAX_ITEMS:
            raise Fault(f"A list has more than {MAX_ITEMS:,} items", "Join shorter lists.")
        return a + b
    raise _clash("+", a, b)


def subtract(run: Run, a: Any, b: Any) -> Any:
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return finite(a - b)
    raise _clash("-", a, b)


def multiply(run: Run, a: Any, b: Any) -> Any:
    left: type[Any] = type(a)
    right: type[Any] = type(b)
    if left in NUMBERS and right in NUMBERS:
        if left is right is int and a.bit_length() + b.bit_length() > MAX_BITS + 1:
            raise Fault(f"A whole number has more than {MAX_BITS:,} bits", "Use smaller numbers.")
        return finite(a * b)
    if left is int:
        a, b, left, right = b, a, right, left
    if (left is str or left is list) and right is int:
        return _repeat(run, a, b)
    raise _clash("*", a, b)


def _repeat(run: Run, value: Any, times: int) -> Any:
    if len(value) * times > MAX_ITEMS:
        raise Fault(f"A repetition has more than {MAX_ITEMS:,} elements", "Repeat less often.")
    if type(value) is str:
        if numeric(value) is not None:
            raise Fault(f"{subject(value)} cannot be multiplied", "Use float(x) to compute with a text.")
    elif any(type(item) is list or type(item) is dict for item in value):
        raise Fault("A list of lists or objects cannot be repeated", "Repeat a list of simple values.")
    run.spend(max(0, len(value) * times))
    return value * times


def divide(run: Run, a: Any, b: Any) -> Any:
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return finite(a / b)
    raise _clash("/", a, b)


def floor_divide(run: Run, a: Any, b: Any) -> Any:
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return finite(a // b)
    raise _clash("//", a, b)


def remainder(run: Run, a: Any, b: Any) -> Any:
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return finite(a % b)
    if type(a) is str:
        raise Fault("A text cannot be filled in with %", "Join texts with +, or write {{ }} in a template.")
    raise _clash("%", a, b)


def power(run: Run, a: Any, b: Any) -> Any:
    if type(a) not in NUMBERS or type(b) not in NUMBERS:
        raise _clash("**", a, b)
    if type(a) is int and type(b) is int and b > 0 and (a.bit_length() - 1) * b > MAX_BITS:
        raise Fault(f"A whole number has more than {MAX_BITS:,} bits", "Use smaller numbers.")
    result = a**b
    if type(result) is complex:
        raise Fault("A negative number has no real power of a fraction", "Check the sign, or use abs(x).")
    return finite(result)


def negate(run: Run, a: Any) -> Any:
    if type(a) in NUMBERS:
        return -a
    hint = "Only numbers have a sign; float(x) reads a number from a text."
    raise Fault(f"{subject(a)} cannot be negated", hint)
