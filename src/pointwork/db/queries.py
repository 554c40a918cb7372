"""Named queries: SQL is written as SQL, in `.sql` files beside the module that runs it.

    -- name: count_things
    -- Why it is written this way.
    SELECT count(*) FROM things WHERE colour = :colour;

A name is unique within its file; what stands between two `-- name:` lines belongs to the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

__all__ = ["load_queries"]

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*--.*\n?", re.MULTILINE)


def load_queries(package: str, file: str) -> Mapping[str, str]:
    """The queries of a file in a package, by name."""
    parts = _NAME.split(resources.files(package).joinpath(file).read_text("utf-8"))
    queries: dict[str, str] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        if name in queries:
            raise ValueError(f"{file} has two queries of the name {name!r}; rename one.")
        queries[name] = _COMMENT.sub("", text).strip().removesuffix(";")
    return MappingProxyType(queries)
