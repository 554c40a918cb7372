"""Large values: kept once by their content, and shown as a reference wherever they occur.

Rules: a value is a blob when its JSON exceeds `LIMIT_BYTES`. Which places of an event are references is written down
beside the event, never inside it: a user's own `{"$blob": …}` is data like any other and comes back unharmed.
Dictionaries are looked into `DEPTH` levels deep, so that `output.text` here and `inputs.topic.text` there are the
same blob.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias, cast

import orjson

from pointwork.events import Event

__all__ = ["LIMIT_BYTES", "Blob", "Path", "fill", "outsource"]

LIMIT_BYTES = 32 * 1024  # below, a copy in each record costs less than a look-up
PREVIEW_CHARS = 200
DEPTH = 2

# Only fields that hold values of users; `message` of a log line and the like must stay text.
_FIELDS = ("inputs", "output", "result", "value", "item", "data", "request", "config", "error")

Path: TypeAlias = tuple[str, ...]
"""A place within an event: the field, then keys of dictionaries."""


class Blob(NamedTuple):
    """A value that was moved out of an event: from where, its SHA-256, its JSON."""

    path: Path
    digest: str
    data: bytes


def outsource(event: Event) -> tuple[Event, list[Blob]]:
    """The event with references in place of its large values, and these values."""
    blobs: list[Blob] = []
    changed: dict[str, Any] = {}
    for name in _FIELDS:
        value: Any = getattr(event, name, None)
        shown = _shown(value, (name,), blobs, DEPTH)
        if shown is not value:
            changed[name] = shown
    return (replace(event, **changed) if changed else event), blobs


def _shown(value: Any, path: Path, blobs: list[Blob], depth: int) -> Any:
    if not isinstance(value, (str, dict, list, tuple)):
        return value
    data = orjson.dumps(value)
    if len(data) <= LIMIT_BYTES:
        return cast("Any", value)
    if isinstance(value, dict) and depth:
        inner: list[Blob] = []
        members = cast("dict[str, Any]", value)
        smaller = {key: _shown(member, (*path, key), inner, depth - 1) for key, member in members.items()}
        if inner and len(orjson.dumps(smaller)) <= LIMIT_BYTES:
            blobs.extend(inner)
            return smaller
    digest = hashlib.sha256(data).hexdigest()
    blobs.append(Blob(path, digest, data))
    text = value if isinstance(value, str) else data[: 4 * PREVIEW_CHARS].decode(errors="ignore")
    return {"$blob": digest, "bytes": len(data), "preview": text[:PREVIEW_CHARS]}


def fill(event: dict[str, Any], path: Sequence[str], data: bytes) -> None:
    """Put a value back into an event that is still plain JSON."""
    place = event
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = orjson.loads(data)
