"""What may be remembered: texts, places and metadata that are checked, cleaned of secrets, and made ready to be stored.

Two texts are the same when they differ in nothing but case, spacing and the way that Unicode writes them.
"""

from __future__ import annotations

import hashlib
import math
import os
import unicodedata
from typing import Any, Final

import orjson

from pointwork.errors import Unacceptable
from pointwork.memory.items import Kind, NewMemory, Scope, Written
from pointwork.redaction import Redactor
from pointwork.workflow import JsonObject

__all__ = ["MAX_ID_CHARS", "MAX_TEXT_CHARS", "json_of", "new_id", "places_of", "row_of", "text_hash", "written_of"]

MAX_TEXT_CHARS: Final = 1 << 20
MAX_ID_CHARS: Final = 1_000
MAX_METADATA_BYTES: Final = 64 << 10


def new_id(now_us: int) -> str:
    """An id that sorts by when it was made."""
    return f"{now_us:014x}{os.urandom(5).hex()}"


def text_hash(text: str) -> str:
    """Equal for texts that are the same.

    >>> text_hash("Ann  likes BLUE") == text_hash("ann likes blue")
    True
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()


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


def places_of(scope: Scope) -> JsonObject:
    """A scope as columns; raises Unacceptable for ids that cannot be stored."""
    names = ("agent_id", "user_id", "session_id", "workflow_id")
    found: JsonObject = dict(zip(names, scope.places, strict=True))
    for name, value in found.items():
        if not isinstance(value, str):
            raise Unacceptable(f"{name} is text, not {type(value).__name__}.")
        if len(value) > MAX_ID_CHARS:
            raise Unacceptable(f"{name} has {len(value):,} characters; at most {MAX_ID_CHARS:,} are allowed.")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unacceptable(f"{name} holds half a surrogate pair, which is no character.") from None
    if not scope.agent_id:
        raise Unacceptable("agent_id is empty.", hint="Say whose memory it is.")
    return found


def json_of(metadata: Any) -> str:
    """Metadata as JSON; raises Unacceptable for what is no JSON object or too large."""
    if not isinstance(metadata, dict):
        raise Unacceptable(f"metadata is an object, not {type(metadata).__name__}.")
    try:
        data = orjson.dumps(metadata)
    except (TypeError, RecursionError) as error:
        raise Unacceptable(f"metadata cannot be written as JSON: {error}.", hint="Use plain JSON values.") from None
    if len(data) > MAX_METADATA_BYTES:
        raise Unacceptable(f"metadata has {len(data):,} bytes; at most {MAX_METADATA_BYTES:,} are allowed.")
    return data.decode()


def written_of(written: Written) -> JsonObject:
    """Where a memory came from, as columns."""
    return {"execution_id": written.execution_id, "node_id": written.node_id, "step": written.step}


def row_of(new: NewMemory, now_us: int, redactor: Redactor) -> JsonObject:
    """A new memory as the row that is stored; raises Unacceptable for what cannot be."""
    text = redactor.text(text_of(new.text, "A memory"))
    if new.kind not in Kind.__args__:
        raise Unacceptable(f"{new.kind!r} is no kind of memory: they are {', '.join(Kind.__args__)}.")
    if not (isinstance(new.importance, (int, float)) and math.isfinite(new.importance) and 0 <= new.importance <= 1):
        raise Unacceptable(f"importance is a number from 0 to 1, not {new.importance!r}.")
    return {
        "id": new_id(now_us),
        "kind": new.kind,
        **places_of(new.scope),
        "text": text,
        "text_hash": text_hash(text),
        "metadata": json_of(redactor.data(new.metadata)),
        "importance": float(new.importance),
        "created_at_us": now_us,
        "valid_from_us": now_us if new.valid_from_us is None else new.valid_from_us,
        "expires_at_us": new.expires_at_us,
        "supersedes": None,
        **written_of(new.written),
    }
