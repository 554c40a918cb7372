"""Errors as events hold them: kind, message, hint; for errors that nobody foresaw also where they came from."""

from __future__ import annotations

import traceback

from pointwork.errors import NodeError, PointworkError
from pointwork.workflow import JsonObject

__all__ = ["error_of", "is_retryable"]

MAX_MESSAGE = 10_000  # characters; a provider may answer with a whole page
MAX_FRAMES = 8


def error_of(error: BaseException) -> JsonObject:
    """An exception as JSON data."""
    if isinstance(error, PointworkError):
        return {"kind": error.code, "message": error.message[:MAX_MESSAGE], "hint": error.hint[:MAX_MESSAGE]}
    frames = traceback.format_exception(type(error), error, error.__traceback__, limit=-MAX_FRAMES)
    message = f"{type(error).__name__}: {error}"[:MAX_MESSAGE]
    return {"kind": "exception", "message": message, "hint": "", "traceback": "".join(frames)[-MAX_MESSAGE:]}


def is_retryable(error: BaseException) -> bool:
    """Whether trying again may help. Errors that nobody foresaw may be anything, so they are tried again."""
    return error.retryable if isinstance(error, NodeError) else not isinstance(error, PointworkError)
