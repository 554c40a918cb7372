"""JSON for people: what fits on a line is on a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from pointwork.cli.picture import plain

__all__ = ["pretty"]

Piece = tuple[str, str]  # text and style
KEY, TEXT, VALUE, SIGN = "cyan", "green", "magenta", "dim"


def pretty(value: Any, width: int) -> Text:
    """The value as JSON, indented where it does not fit.

    >>> print(pretty({"a": [1, 2], "b": {"c": "x" * 20}}, 40))
    {
      "a": [1, 2],
      "b": {"c": "xxxxxxxxxxxxxxxxxxxx"}
    }
    """
    text = Text(overflow="fold")
    for piece, style in _pieces(value, 0, width, used=0):
        text.append(piece, style)
    return text


def _pieces(value: Any, depth: int, width: int, *, used: int) -> Iterator[Piece]:
    """`used`: columns of the line that are taken before the value, its comma included."""
    if not isinstance(value, (dict, list)):
        yield _json(value), TEXT if isinstance(value, str) else VALUE
        return
    if len(_json(value)) + used <= width or not value:
        yield from _flat(value)
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    indent = "  " * (depth + 1)
    yield opening, SIGN
    members = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for index, (name, item) in enumerate(members):
        yield (",\n" if index else "\n") + indent, SIGN
        before = len(indent) + 1
        if name is not None:
            yield _json(name), KEY
            yield ": ", SIGN
            before += len(_json(name)) + 2
        yield from _pieces(item, depth + 1, width, used=before)
    yield f"\n{'  ' * depth}{closing}", SIGN


def _flat(value: Any) -> Iterator[Piece]:
    if isinstance(value, dict):
        yield "{", SIGN
        for index, (name, item) in enumerate(value.items()):
            if index:
                yield ", ", SIGN
            yield _json(name), KEY
            yield ": ", SIGN
            yield from _flat(item)
        yield "}", SIGN
    elif isinstance(value, list):
        yield "[", SIGN
        for index, item in enumerate(value):
            if index:
                yield ", ", SIGN
            yield from _flat(item)
        yield "]", SIGN
    else:
        yield _json(value), TEXT if isinstance(value, str) else VALUE


def _json(value: Any) -> str:
    # Control characters are escaped by JSON itself, except these.
    return plain(json.dumps(value, ensure_ascii=False))
