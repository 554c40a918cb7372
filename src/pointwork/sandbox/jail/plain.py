"""Any value as plain data of limited size: what leaves the jail is text, numbers, lists and objects, and nothing else.

It runs inside, because turning a value into text may run its code. Nothing here raises: what cannot be shown says so.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import math
from collections.abc import Mapping, Set
from typing import Any

from .bounds import MAX_DEPTH, MAX_TEXT, MAX_VALUES

__all__ = ["plain", "readable"]

MAX_KEY = 1_000  # characters
MAX_DIGITS = 4_000  # which is less than what Python refuses to write down
MAX_SAFE_INT = 2**63


class _Budget:
    def __init__(self) -> None:
        self.values = MAX_VALUES
        self.text = MAX_TEXT
        self.cut = False

    @property
    def is_spent(self) -> bool:
        """Whether there is room for nothing more, which is then noted."""
        self.cut = self.cut or self.values <= 0 or self.text <= 0
        return self.values <= 0 or self.text <= 0


def plain(value: Any) -> tuple[Any, bool]:
    """The value as JSON data, and whether something was left out."""
    budget = _Budget()
    return _plain(value, budget, 0), budget.cut


def readable(text: str, limit: int) -> str:
    """Text that can be written down: half a character becomes its number, and what is too long is cut off."""
    if len(text) > limit:
        text = f"{text[:limit]}…"
    return text.encode(errors="backslashreplace").decode()


def _plain(value: Any, budget: _Budget, depth: int) -> Any:
    budget.values -= 1
    if budget.values < 0 or depth > MAX_DEPTH:
        budget.cut = True
        return "…"
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if -MAX_SAFE_INT <= value < MAX_SAFE_INT else _text(_large(value), budget)
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if kind is str:
        return _text(value, budget)
    try:
        return _other(value, budget, depth)
    except RecursionError:
        budget.cut = True
        return "…"
    except Exception as error:  # whatever the code of the value raises
        return f"<{kind.__name__} that cannot be shown: {type(error).__name__}>"


def _text(value: str, budget: _Budget) -> str:
    if len(value) > budget.text:
        budget.cut = True
    found = readable(value, budget.text)
    budget.text = max(0, budget.text - len(found))
    return found


def _large(value: int) -> str:
    bits = value.bit_length()
    return str(value) if bits < MAX_DIGITS * 3 else f"<a whole number of {bits:,} bits>"


def _other(value: Any, budget: _Budget, depth: int) -> Any:
    if isinstance(value, enum.Enum):
        return _plain(value.value, budget, depth + 1)
    if isinstance(value, (bool, int, float, str)):  # of a type of its own
        base = next(base for base in (bool, int, float, str) if isinstance(value, base))
        return _plain(base(value), budget, depth + 1)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _text(bytes(value[:MAX_TEXT]).decode(errors="backslashreplace"), budget)
    if isinstance(value, (decimal.Decimal, fractions.Fraction, complex, datetime.date, datetime.time)):
        return _text(str(value), budget)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        return _object(fields, budget, depth)
    if isinstance(value, Mapping):
        return _object(value, budget, depth)
    if isinstance(value, (list, tuple, Set, range)):
        return _list(value, budget, depth)
    for method in ("tolist", "to_dict"):  # of numpy and pandas
        convert = getattr(type(value), method, None)
        if convert is not None:
            options = {"orient": "records"} if method == "to_dict" and hasattr(value, "columns") else {}
            return _plain(convert(value, **options), budget, depth + 1)
    if hasattr(type(value), "__next__"):
        return _list(value, budget, depth)
    return _text(repr(value), budget)


def _object(value: Mapping[Any, Any], budget: _Budget, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        if budget.is_spent:
            break
        name = readable(key if type(key) is str else str(key), MAX_KEY)
        budget.text = max(0, budget.text - len(name))
        found[name] = _plain(item, budget, depth + 1)
    return found


def _list(values: Any, budget: _Budget, depth: int) -> list[Any]:
    found: list[Any] = []
    for item in values:
        if budget.is_spent:
            break
        found.append(_plain(item, budget, depth + 1))
    return found
