"""What may be remembered: texts, places and metadata that are checked, cleaned of secrets, and made ready to be stored.

Two texts are the same when they differ in nothing but case, spacing and the way that Unicode writes them. What is
refused is refused here, before anything of it is stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from typing import Any, Final

import orjson

from pointwork.db import bounded
from pointwork.errors import Unacceptable
from pointwork.memory.items import Kind, NewMemory, Scope, Written
from pointwork.memory.marks import with_few_marks
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = [
    "is_storable",
    "json_of",
    "named",
    "new_id",
    "places_of",
    "row_of",
    "some",
    "text_hash",
    "text_of",
    "time_of",
    "written_of",
]

MAX_TEXT_CHARS: Final = 1 << 20
MAX_ID_CHARS: Final = 1_000
MAX_METADATA_BYTES: Final = 64 << 10
MAX_TIME_US: Final = 253_402_300_799_999_999  # the end of the year 9999


def new_id(now_us: int) -> str:
    """An id that sorts by when it was made."""
    return f"{now_us:014x}{os.urandom(5).hex()}"


def text_hash(text: str) -> str:
    """Equal for texts that are the same.

    >>> text_hash("Ann  likes BLUE") == text_hash("ann likes blue")
    True
    """
    plain = unicodedata.normalize("NFKC", with_few_marks(text))
    return hashlib.sha256(" ".join(plain.casefold().split()).encode()).hexdigest()


def text_of(text: Any, what: str, *, may_be_empty: bool = False) -> str:
    """A text that can be stored; half a surrogate pair becomes a replacement character."""
    if not isinstance(text, str):
        raise Unacceptable(f"{what} is text, not {type(text).__name__}.")
    if len(text) > MAX_TEXT_CHARS:
        raise Unacceptable(
            f"{what} has {len(text):,} characters; at most {MAX_TEXT_CHARS:,} are remembered.", hint="Remember less."
        )
    if not may_be_empty and not text.strip():
        raise Unacceptable(f"{what} is empty.", hint="Say what is to be remembered.")
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_storable(id: object) -> bool:
    """Whether there can be something with this id."""
    return isinstance(id, str) and (id.isascii() or id == id.encode("utf-8", "replace").decode())


def named(name: str, value: Any) -> str:
    """A name of somebody; raises Unacceptable for what cannot be one."""
    if not isinstance(value, str):
        raise Unacceptable(f"{name} is text, not {type(value).__name__}.")
    if len(value) > MAX_ID_CHARS:
        raise Unacceptable(f"{name} has {len(value):,} characters; at most {MAX_ID_CHARS:,} are allowed.")
    if not is_storable(value):
        raise Unacceptable(f"{name} holds half a surrogate pair, which is no character.")
    return value


def places_of(scope: Scope) -> JsonObject:
    """A scope as columns; raises Unacceptable for ids that cannot be stored."""
    names = ("agent_id", "user_id", "session_id", "workflow_id")
    if scope.agent_id == "":
        raise Unacceptable("agent_id is empty.", hint="Say whose memory it is.")
    return {name: named(name, value) for name, value in zip(names, scope.places, strict=True)}


def some(limit: int) -> int:
    """How many rows are wanted, as the database takes it."""
    return max(0, bounded(limit))


def time_of(value: Any, what: str) -> int | None:
    """A time in microseconds since 1970, or None; raises Unacceptable for what is no time of a calendar."""
    if value is not None and (type(value) is not int or not 0 <= value <= MAX_TIME_US):
        raise Unacceptable(f"{what} is a whole number of microseconds since 1970, not {_shown(value)}.")
    return value


def _shown(value: object) -> str:
    try:
        return repr(value)[:40]
    except ValueError:  # a number of very many digits
        return f"a very large {type(value).__name__}"


def json_of(metadata: Any) -> str:
    """Metadata as JSON; raises Unacceptable for what is no JSON object or too large."""
    if not isinstance(metadata, dict):
        raise Unacceptable(f"metadata is an object, not {type(metadata).__name__}.")
    try:
        data = orjson.dumps(metadata)
        json.dumps(metadata, allow_nan=False)  # orjson writes what is no number as null
    except (TypeError, ValueError, RecursionError) as error:
        raise Unacceptable(f"metadata cannot be written as JSON: {error}.", hint="Use plain JSON values.") from None
    if len(data) > MAX_METADATA_BYTES:
        raise Unacceptable(f"metadata has {len(data):,} bytes; at most {MAX_METADATA_BYTES:,} are allowed.")
    return data.decode()


def written_of(written: Written) -> JsonObject:
    """Where a memory came from, as columns."""
    names = ("execution_id", "node_id", "step")
    return {name: named(name, getattr(written, name)) for name in names}


def row_of(new: NewMemory, now_us: int, redactor: Redactor) -> JsonObject:
    """A new memory as the row that is stored; raises Unacceptable for what cannot be."""
    text = redactor.text(text_of(new.text, "A memory"))
    if new.kind not in Kind.__args__:
        raise Unacceptable(f"{_shown(new.kind)} is no kind of memory: they are {', '.join(Kind.__args__)}.")
    if not (isinstance(new.importance, (int, float)) and 0 <= new.importance <= 1):
        raise Unacceptable(f"importance is a number from 0 to 1, not {_shown(new.importance)}.")
    valid_from_us = time_of(new.valid_from_us, "valid_from_us")
    return {
        "id": new_id(now_us),
        "kind": new.kind,
        **places_of(new.scope),
        "text": text,
        "text_hash": text_hash(text),
        "metadata": json_of(redactor.data(new.metadata)),
        "importance": float(new.importance),
        "created_at_us": now_us,
        "valid_from_us": now_us if valid_from_us is None else valid_from_us,
        "expires_at_us": time_of(new.expires_at_us, "expires_at_us"),
        "supersedes": None,
        **written_of(new.written),
    }
