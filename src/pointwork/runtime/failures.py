"""Errors as events hold them: kind, message, hint; for errors that nobody foresaw also where they came from."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from pointwork.errors import NodeError, PointworkError
from pointwork.runtime.values import as_text
from pointwork.workflow import JsonObject

__all__ = ["error_of", "is_retryable"]

MAX_MESSAGE = 10_000  # characters; a provider may answer with a whole page
MAX_FRAMES = 8


def error_of(error: BaseException, clean: Callable[[str], str] = as_text) -> JsonObject:
    """An exception as JSON data. `clean` takes out of a text what must not be told, before anything is cut off."""
    if isinstance(error, PointworkError):
        return {
            "kind": error.code,
            "message": clean(as_text(error.message))[:MAX_MESSAGE],
            "hint": clean(as_text(error.hint))[:MAX_MESSAGE],
        }
    # Unlike str(error), this copes with an exception that cannot be turned into text.
    shown = traceback.TracebackException.from_exception(error, limit=-MAX_FRAMES)
    return {
        "kind": "exception",
        "message": clean(as_text(f"{type(error).__name__}: {shown}"))[:MAX_MESSAGE],
        "hint": "",
        "traceback": clean(as_text("".join(shown.format())))[-MAX_MESSAGE:],
    }


def is_retryable(error: BaseException) -> bool:
    """Whether trying again may help. Errors that nobody foresaw may be anything, so they are tried again."""
    return error.retryable if isinstance(error, NodeError) else not isinstance(error, PointworkError)
