"""Values at the border between handlers and the journal: plain JSON data, shared with nobody.

What a handler returns is turned into what the journal will give back, so that a live execution and a recovered one
see the same; what a handler receives it may change as it likes.
"""

from __future__ import annotations

from typing import Any

import orjson

from pointwork.errors import PointworkError, TypeMismatch

__all__ = ["MUTABLE", "as_json", "as_text", "deep_copy"]

_SCALARS = (str, bool, type(None))
MUTABLE = (dict, list)  # JSON values that are not copied with what holds them
MAX_INT = 2**63
MAX_BYTES = 8 << 20  # of one value as JSON; what is larger belongs into a file
MAX_DEPTH = 100  # of lists and objects; results of containers and inputs put values into more of them,
_JSON_DEPTH = 254  # and this is as deep as they can be written


def as_json(value: Any, what: str, *, of: str | None = None, refusal: type[PointworkError] = TypeMismatch) -> Any:
    """The value as JSON data; what cannot be stored is refused, with Unacceptable where it came from outside.

    `what` (and `of` which node) is for the message.
    """
    kind = type(value)
    if kind in _SCALARS or (kind is int and -MAX_INT <= value < MAX_INT):
        if kind is str and not value.isascii():
            _check_text(value, _named(what, of), refusal)
        return value
    try:
        data = orjson.dumps(value)
        if len(data) > MAX_BYTES:
            raise ValueError(f"it has {len(data) >> 20} MiB, and {MAX_BYTES >> 20} MiB are the limit")
        # Counting is cheap, and nothing is deeper than it has brackets.
        if data.count(b"[") + data.count(b"{") > MAX_DEPTH:
            _check_depth(value)
        return orjson.loads(data)
    except (TypeError, ValueError, RecursionError) as error:
        raise refusal(
            f"{_named(what, of)} cannot be stored: {error}.",
            hint=f"Use text, numbers, true, false, null, lists and objects, nested {MAX_DEPTH} deep at most.",
        ) from error


def _named(what: str, of: str | None) -> str:
    return what if of is None else f"{what} of {of!r}"


def _check_depth(value: Any) -> None:
    for _ in range(_JSON_DEPTH - MAX_DEPTH):
        value = [value]
    orjson.dumps(value)


def _check_text(value: str, what: str, refusal: type[PointworkError]) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refusal(f"{what} holds text that is not valid Unicode.", hint="Replace lone surrogates.") from error


def as_text(value: object) -> str:
    """Something for people to read, as text that can be stored: half a character is written as its number.

    >>> as_text("half a \\ud83d face"), as_text(5)
    ('half a \\\\ud83d face', '5')
    """
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def deep_copy(inputs: dict[str, Any]) -> dict[str, Any]:
    """A copy of inputs that a handler may change at any depth without anybody noticing."""
    return orjson.loads(orjson.dumps(inputs))
