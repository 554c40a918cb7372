"""The steps that read names, keys, items and slices, and those that call a function.

Rule of this file: this is the hot path, a step does its work and nothing else. What a strict step says about a missing
name is put together only when it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any

from pointwork.expressions import values
from pointwork.expressions.functions import Function
from pointwork.expressions.scan import Fault
from pointwork.expressions.values import MISSING, Namespace, Run

__all__ = ["Path", "Step", "read_call", "read_index", "read_keys", "read_path", "read_slice"]

Path = tuple[str, ...]
Step = Callable[[Run], Any]

_SHOWN_NAMES = 8
_LOOKED_AT = 200  # names that are compared with a misspelled one
_LONGEST_SHOWN = 60  # characters; comparing long names would take long too


def read_path(root: str, keys: Path, *, strict: bool) -> Step:
    """Reads a name and keys of it: nodes.judge.output."""

    def step(run: Run) -> Any:
        try:
            value = run.names[root]
        except KeyError:
            value = MISSING
        if value is MISSING:
            if strict:
                raise _missing_name(run, root, keys)
            return None
        value = values.accept(value)
        for key in keys:
            value = values.at_key(run, value, key)
            if value is MISSING:
                if strict:
                    raise _missing_key(run, root, keys)
                return None
        return value

    return step


def read_keys(holder: Step, keys: Path, *, strict: bool) -> Step:
    """Reads keys of a computed value: first(items).name."""

    def step(run: Run) -> Any:
        value = holder(run)
        for key in keys:
            value = _found(values.at_key(run, value, key), value, key, strict=strict)
        return value

    return step


def read_index(holder: Step, index: Step, *, strict: bool) -> Step:
    """Reads an item of a list or an object by a computed key: items[0], scores[name]."""

    def step(run: Run) -> Any:
        value = holder(run)
        key = index(run)
        return _found(values.at_index(run, value, key), value, key, strict=strict)

    return step


def read_slice(holder: Step, parts: list[Step | None]) -> Step:
    """Reads a part of a list or a text: items[1:3]."""

    def step(run: Run) -> Any:
        value = holder(run)
        bounds = [None if part is None else part(run) for part in parts]
        if value is None:
            return None
        if type(value) is not list and type(value) is not str:
            raise Fault(f"{values.subject(value)} has no parts to cut out", "Cut a list or a text: items[1:3].")
        if any(bound is not None and type(bound) is not int for bound in bounds) or bounds[2] == 0:
            raise Fault("A part is cut out with whole numbers, in steps other than 0", "Write items[1:3].")
        part = slice(*bounds)
        if type(value) is list:
            values.made(run, range(*part.indices(len(value))))
        return values.made(run, value[part])

    return step


def read_call(listed: Function, given: list[Step]) -> Step:
    """Calls a function; of null it is null, unless the function makes sense of null."""
    call, of_null = listed.call, listed.of_null
    first, rest = given[0], given[1:]
    if not rest:

        def step(run: Run) -> Any:
            value = first(run)
            return None if value is None and not of_null else call(run, value)

    else:

        def step(run: Run) -> Any:
            value = first(run)
            others = [other(run) for other in rest]
            return None if value is None and not of_null else call(run, value, *others)

    return step


# Missing names


def _found(value: Any, holder: Any, key: Any, *, strict: bool) -> Any:
    if value is not MISSING:
        return value
    if not strict:
        return None
    hint = "Give a value for what may be missing: default(x, …)."
    if type(holder) is dict and type(key) is str:
        hint = f"{_near(key, holder, '')}{hint}"
    raise Fault(f"{values.subject(holder)} has nothing at {values.describe(key)}", hint)


def _missing_name(run: Run, root: str, keys: Path) -> Fault:
    return Fault(f"There is no {root!r}", _near(root, run.names, "") + _otherwise(root, keys))


def _missing_key(run: Run, root: str, keys: Path) -> Fault:
    """Walks the path again to see where it ends."""
    value = values.accept(run.names[root])
    read = root
    for key in keys:
        following = values.at_key(run, value, key)
        if following is MISSING:
            message = f"{read!r} is null, so it has no {key!r}" if value is None else f"{read!r} has no {key!r}"
            names = value.names if type(value) is Namespace else value
            return Fault(message, _near(key, names or (), read) + _otherwise(root, keys))
        value = following
        read = _spelled(read, key)
    return Fault(f"{read!r} is missing", _otherwise(root, keys))


def _otherwise(root: str, keys: Path) -> str:
    path = root
    for key in keys:
        path = _spelled(path, key)
    return f'Write default({path}, "…") if it may be missing.' if len(path) <= 100 else ""


def _spelled(path: str, key: str) -> str:
    key = _short(key)
    if key.isidentifier():
        return f"{path}.{key}" if path else key
    quoted = f'"{key}"' if key.isprintable() and '"' not in key else repr(key)
    return f"{path}[{quoted}]" if path else quoted


def _near(name: str, names: Iterable[Any], path: str) -> str:
    """The names that are there, the most similar one first."""
    there = [other for other in islice(names, _LOOKED_AT) if type(other) is str]
    if not there:
        return "There are no names here. "
    comparable = [other for other in there if len(other) <= _LONGEST_SHOWN]
    near = get_close_matches(_short(name), comparable, n=1) or [other for other in comparable if other.startswith(name)]
    question = f"Did you mean {_spelled(path, near[0])}? " if near else ""
    shown = ", ".join(repr(_short(other)) for other in there[:_SHOWN_NAMES])
    more = f" and {len(there) - _SHOWN_NAMES} more" if len(there) > _SHOWN_NAMES else ""
    return f"{question}There are {shown}{more}. " if len(there) > 1 else f"{question}There is {shown}. "


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_SHOWN else name[: _LONGEST_SHOWN - 1] + "…"
