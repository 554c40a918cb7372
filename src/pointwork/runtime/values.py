"""Values at the border between handlers and the journal: plain JSON data, shared with nobody.

What a handler returns is turned into what the journal will give back, so that a live execution and a recovered one
see the same; what a handler receives it may change as it likes.
"""

from __future__ import annotations

from typing import Any

import orjson

from pointwork.errors import TypeMismatch

__all__ = ["as_json", "own_copy"]

_SCALARS = (str, bool, type(None))
MAX_INT = 2**63


def as_json(value: Any, what: str) -> Any:
    """The value as JSON data; raises TypeMismatch when it cannot be stored."""
    kind = type(value)
    if kind in _SCALARS or (kind is int and -MAX_INT <= value < MAX_INT):
        if kind is str and not value.isascii():
            _check_text(value, what)
        return value
    try:
        return orjson.loads(orjson.dumps(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeMismatch(
            f"{what} is not JSON data: {error}.", hint="Return text, numbers, true, false, null, lists and objects."
        ) from error


def _check_text(value: str, what: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise TypeMismatch(f"{what} holds text that is not valid Unicode.", hint="Replace lone surrogates.") from error


def own_copy(inputs: dict[str, Any]) -> dict[str, Any]:
    """A copy of inputs that a handler may change without anybody noticing."""
    copy = inputs.copy()
    for value in copy.values():
        if type(value) is dict or type(value) is list:
            return orjson.loads(orjson.dumps(inputs))
    return copy
