"""The steps that read names, keys, items and slices, and those that call a function.

Rule of this file: this is the hot path, a step does its work and nothing else. What a strict step says about a missing
name is put together only when it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import reduce
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
        for place, key in enumerate(keys):
            found = values.at_key(run, value, key)
            if found is MISSING:
                if strict:
                    raise _missing_key(value, root, keys, place)
                return None
            value = found
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
    if listed.lazy:

        def step(run: Run) -> Any:
            return call(run, *given)

    elif not rest:

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


def _missing_key(holder: Any, root: str, keys: Path, place: int) -> Fault:
    """`holder` is what was read so far, `place` the key that it does not have."""
    read = _path(root, keys[:place])
    key = keys[place]
    message = f"{read!r} is null, so it has no {key!r}" if holder is None else f"{read!r} has no {key!r}"
    names = holder.names if type(holder) is Namespace else holder
    return Fault(message, _near(key, names or (), read) + _otherwise(root, keys))


def _path(root: str, keys: Path) -> str:
    return reduce(_spelled, keys, root)


def _otherwise(root: str, keys: Path) -> str:
    path = _path(root, keys)
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
