"""What a tool returned, made fit to be stored and told to a model: plain JSON data of bounded size.

A result that is not that becomes `{"error": …}`: the model can act on a reason, and the journal never meets an object
that it cannot write.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import orjson
from pydantic import BaseModel

from pointwork.workflow import JsonObject

__all__ = ["MAX_RESULT_BYTES", "failure", "is_failure", "tame"]

MAX_RESULT_BYTES = 262_144  # about 65,000 tokens: more than most models can read at once
MAX_ERROR_CHARS = 2_000
PREVIEW_CHARS = 2_000
INT_RANGE = range(-(2**63), 2**64)  # what orjson writes


def failure(message: str, **more: Any) -> JsonObject:
    """The result of a tool that failed."""
    if not message.isascii():  # half a character cannot be stored
        message = message.encode(errors="backslashreplace").decode()
    return {"error": message if len(message) <= MAX_ERROR_CHARS else f"{message[:MAX_ERROR_CHARS]} …", **more}


def is_failure(result: Any) -> bool:
    """Whether a tool failed."""
    return isinstance(result, dict) and "error" in result


def tame(result: Any, *, name: str) -> Any:
    """The result as plain JSON data, or why it is not."""
    try:
        data = orjson.dumps(_plain(result))
    except (TypeError, ValueError, RecursionError) as error:
        # Of orjson's errors the innermost says what could not be written.
        reason = str(error.__cause__ or error).rstrip(".")
        return failure(f"The tool {name!r} returned something that is not JSON data: {reason}.")
    if len(data) > MAX_RESULT_BYTES:
        return failure(
            f"The result of {name!r} has {len(data):,} bytes; the limit is {MAX_RESULT_BYTES:,}. Ask for less.",
            preview=data[:PREVIEW_CHARS].decode(errors="ignore"),
        )
    return orjson.loads(data)


def _plain(value: Any) -> Any:
    """Numbers and keys that JSON or orjson would change in silence are said or spelled out."""
    match value:
        case float() if not math.isfinite(value):
            raise ValueError(f"the number {value}")
        case bool() | None | str() | float():
            return value
        case int():
            if value in INT_RANGE:
                return value
            return str(value)  # a long whole number as text: exact, where a float would not be
        case dict():
            return {_key(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case BaseModel():
            return _plain(value.model_dump(mode="json"))
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
        case _:
            return value  # dates and the like: orjson decides


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (int, float)) or key is None:
        return orjson.dumps(key).decode()
    raise TypeError(f"a key of type {type(key).__name__}")
