"""JSON Patch (RFC 6902): a list of small changes to a document. The document that is given is not changed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

import orjson

from pointwork.errors import Conflict, Unacceptable

__all__ = ["apply_patch"]

MAX_CHANGES: Final = 1_000
MAX_COPIED_BYTES: Final = 2 << 20  # as large as a body may be
HINT = "A patch is a list like [{'op': 'replace', 'path': '/name', 'value': 'New'}] (RFC 6902)."


def apply_patch(document: Any, patch: Sequence[dict[str, Any]]) -> Any:
    """The changed document; all changes are made or none.

    >>> apply_patch({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}])
    {'a': [1, 2, 3]}
    """
    if len(patch) > MAX_CHANGES:
        raise Unacceptable(f"A patch has at most {MAX_CHANGES} changes, not {len(patch)}.", hint="Send the document.")
    whole = {"": copy.deepcopy(document)}
    copied = 0
    for change in patch:
        copied += _change(whole, change)
        if copied > MAX_COPIED_BYTES:
            raise Unacceptable("The patch copies more than a document may hold.", hint="Send the document.")
    return whole[""]


def _change(whole: dict[str, Any], change: dict[str, Any]) -> int:
    """Make one change; returns how many bytes it copied, because copies of copies grow fast."""
    path = _pointer(change, "path")
    match change.get("op"):
        case "add":
            _add(whole, path, _value(change))
        case "remove":
            _remove(whole, path)
        case "replace":
            value = _value(change)
            _get(whole, path)
            parent = _get(whole, path[:-1])
            parent[_index(parent, path[-1])] = value
        case "move":
            source = _pointer(change, "from")
            if path[: len(source)] == source and path != source:
                raise Unacceptable("Nothing can be moved into itself.", hint=HINT)
            _add(whole, path, _remove(whole, source))
        case "copy":
            copied = orjson.dumps(_get(whole, _pointer(change, "from")))
            _add(whole, path, orjson.loads(copied))
            return len(copied)
        case "test":
            if not _same(_get(whole, path), _value(change)):
                raise Conflict(f"The document has another value at {change['path']!r} than the patch expects.")
        case other:
            raise Unacceptable(f"{other!r} is not a change that a patch can make.", hint=HINT)
    return 0


def _pointer(change: dict[str, Any], key: str) -> list[str]:
    """The way from the root; the first part names the document itself."""
    text = change.get(key)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise Unacceptable(f"A change needs {key!r}, a pointer like '/nodes/0/name'.", hint=HINT)
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")]


def _value(change: dict[str, Any]) -> Any:
    if "value" not in change:
        raise Unacceptable(f"The change {change.get('op')!r} needs a 'value'.", hint=HINT)
    return change["value"]


def _index(parent: Any, part: str, *, most: int | None = None) -> Any:
    """The key of a part in its parent: itself in an object, a number in a list."""
    if isinstance(parent, dict):
        return part
    if isinstance(parent, list):
        size = len(parent) - 1 if most is None else most
        if part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") and int(part[:9]) <= size:
            return int(part)
    raise Conflict(f"The patch does not fit the document: there is no {part!r} where it points.", hint="Read it again.")


def _get(whole: dict[str, Any], path: list[str]) -> Any:
    value: Any = whole
    for part in path:
        key = _index(value, part)
        if isinstance(value, dict) and key not in value:
            raise Conflict(
                f"The patch does not fit the document: there is no {'/'.join(path)!r}.", hint="Read it again."
            )
        value = value[key]
    return value


def _add(whole: dict[str, Any], path: list[str], value: Any) -> None:
    parent = _get(whole, path[:-1]) if len(path) > 1 else whole
    if isinstance(parent, list):
        parent.insert(len(parent) if path[-1] == "-" else _index(parent, path[-1], most=len(parent)), value)
    else:
        parent[_index(parent, path[-1])] = value


def _remove(whole: dict[str, Any], path: list[str]) -> Any:
    if len(path) == 1:
        raise Unacceptable("The whole document cannot be removed by a patch.", hint="Delete the workflow.")
    _get(whole, path)
    parent = _get(whole, path[:-1])
    return parent.pop(_index(parent, path[-1]))


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other
