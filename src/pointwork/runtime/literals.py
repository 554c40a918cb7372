"""Secrets that stand in a document themselves, instead of by their name.

Such a document would be stored, shown and exported with the secret in it, so it is neither taken nor given out. Where
the field may refer to secrets, the fix is offered that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from pointwork.errors import Problem
from pointwork.redaction import Redactor
from pointwork.spec import NodeSpec
from pointwork.workflow import JsonObject

__all__ = ["literals"]

MAX_PROBLEMS: Final = 100
_ESCAPES: Final = str.maketrans({"~": "~0", "/": "~1"})


def literals(document: JsonObject, redactor: Redactor, specs: Mapping[str, NodeSpec]) -> list[Problem]:
    """A problem for each place of a document in which a secret stands."""
    found: list[Problem] = []
    for path, text, is_key in _texts(document, ()):
        names = redactor.names_in(text)
        if names and len(found) < MAX_PROBLEMS:
            found.append(_problem(document, path, text, names, is_key=is_key, redactor=redactor, specs=specs))
    return found


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Every text of a document: its path, the text, and whether it is the name of a field."""
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _texts(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in cast("JsonObject", value).items():
            yield (*path, key), key, True
            yield from _texts(item, (*path, key))


def _problem(
    document: JsonObject,
    path: tuple[str | int, ...],
    text: str,
    names: Sequence[str],
    *,
    is_key: bool,
    redactor: Redactor,
    specs: Mapping[str, NodeSpec],
) -> Problem:
    node, shown = _place(document, path, redactor)
    told = " and ".join(dict.fromkeys(names))
    referred = None if is_key else redactor.referred(text)
    if referred is None or not _may_refer(node, path, specs):
        hint = "Take it out. {{secret.NAME}} may stand only in fields that reach neither a model nor the journal."
        fixes: tuple[JsonObject, ...] = ()
    else:
        hint = "Write {{secret.NAME}} in its place, and store the value with `pointwork secrets set NAME`."
        pointer = "".join(f"/{str(part).translate(_ESCAPES)}" for part in path)
        patch = [{"op": "replace", "path": pointer, "value": referred}]
        fixes = ({"label": "Refer to the secret by its name", "patch": patch},)
    named: Any = node.get("id")
    return Problem(
        severity="error",
        code="E-SECRET-VALUE",
        message=f"The value of {told} stands in the document itself, at {shown!r}.",
        hint=hint,
        node=redactor.text(named) if isinstance(named, str) else None,
        field=shown,
        fixes=fixes,
    )


def _place(document: JsonObject, path: tuple[str | int, ...], redactor: Redactor) -> tuple[JsonObject, str]:
    """The node that a place belongs to, and the place as problems name it."""
    if len(path) >= 3 and path[0] == "nodes" and isinstance(path[1], int):
        node: Any = document["nodes"][path[1]]
        if isinstance(node, dict):
            return cast("JsonObject", node), redactor.text(".".join(map(str, path[2:])))
    return {}, redactor.text(".".join(map(str, path)))


def _may_refer(node: JsonObject, path: tuple[str | int, ...], specs: Mapping[str, NodeSpec]) -> bool:
    kind = node.get("type")
    spec = specs.get(kind) if isinstance(kind, str) else None
    if spec is None or len(path) < 4 or path[2] != f"{kind}_config":
        return False
    return path[3] in spec.marked("template", secrets=True)
