"""What data is, how it is read, and how it becomes text.

Rules of this file:
- Data is plain JSON: exactly dict (with text keys), list, str, int, float, bool and None. Anything else is refused by
  its exact type before a method of it could run; a subclass may override every operator.
- Integers have at most 4,096 bits, lists that are made 10,000 items, texts 1 MiB. Work on lists and texts is paid from
  the steps of the run, so that no expression takes long.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from pointwork.expressions.scan import Fault

__all__ = [
    "CHARACTERS_PER_STEP",
    "MAX_BITS",
    "MAX_ITEMS",
    "MAX_NESTING",
    "MAX_RESULT",
    "MAX_TEXT",
    "MISSING",
    "NUMBERS",
    "Namespace",
    "Run",
    "accept",
    "at_index",
    "at_key",
    "check_keys",
    "describe",
    "finite",
    "made",
    "settle",
    "subject",
    "to_text",
]

MAX_BITS = 4_096
MAX_ITEMS = 10_000
MAX_TEXT = 1_048_576  # characters of a text, bytes of a rendered template
MAX_STEPS = 200_000  # a tenth of a second or two at the worst: a scheduler evaluates between two events
MAX_RESULT = 2_000_000  # steps to look through a whole value that is handed out; 8 MiB of JSON need fewer
MAX_NESTING = 64  # levels of data, the same as for documents
STEPS_PER_LEVEL = 4  # a list inside a list costs more than a number in it
CHARACTERS_PER_STEP = 64  # texts are worked on by C loops


class Missing:
    """The type of MISSING."""


MISSING: Final = Missing()
NUMBERS = frozenset({int, float})


class Namespace:
    """A group of names that is looked up when an expression asks: `nodes` need not be gathered for each one.

    The host makes it around its own mapping; data never contains one.
    """

    __slots__ = ("names",)

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names


class Run:
    """One evaluation: the names it may read and the steps it has left."""

    __slots__ = ("names", "steps")

    def __init__(self, names: Mapping[str, Any], steps: int = MAX_STEPS) -> None:
        self.names = names
        self.steps = steps

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Fault("The expression takes too many steps", "Work on fewer or smaller values.")


def accept(value: Any) -> Any:
    """The value, if it is plain data as far as can be seen without looking inside.

    Types are compared with `is`: looking a type up in a set would call `__hash__` of its metaclass.
    """
    kind: type[Any] = type(value)
    if kind is str or value is None or kind is dict or kind is bool or kind is list or kind is Namespace:
        return value
    if kind is int or kind is float:
        return finite(value)
    name = kind.__name__ if type(kind) is type else "object"
    raise Fault(f"A value of the type {name[:60]!r} is not data", "Hand in plain JSON values only.")


def finite(number: Any) -> Any:
    """The number, if it is neither infinite nor too large."""
    if type(number) is int:
        if number.bit_length() > MAX_BITS:
            raise Fault(f"A whole number has more than {MAX_BITS:,} bits", "Use smaller numbers.")
    elif not math.isfinite(number):
        raise Fault("A number is too large or undefined", "Use smaller numbers.")
    return number


def describe(value: Any) -> str:
    """The value in words, for messages."""
    kind: type[Any] = type(value)
    if kind is str:
        return f"the text {value if len(value) <= 30 else value[:29] + '…'!r}"
    if kind is float or kind is int:
        shown = repr(value) if kind is float or value.bit_length() < 100 else "too long to show"
        return f"the number {shown}"
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    for plain, words in ((list, "a list"), (dict, "an object"), (Namespace, "a group of names")):
        if kind is plain:
            return words
    return "something that is not data"


def subject(value: Any) -> str:
    """The value in words, as the beginning of a sentence."""
    words = describe(value)
    return words[0].upper() + words[1:]


def settle(run: Run, value: Any, level: int = 0) -> Any:
    """The value itself, once everything in it is known to be plain data that can be stored as JSON."""
    kind: type[Any] = type(value)
    if kind is str:
        run.spend(len(value) // CHARACTERS_PER_STEP)
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise Fault("A text holds half of a character (a lone surrogate)", "Remove it.") from None
    elif kind is list or kind is dict:
        if level >= MAX_NESTING:
            raise Fault(f"A value has more than {MAX_NESTING} levels", "Use flatter data.")
        run.spend(len(value) + STEPS_PER_LEVEL)
        items = value
        if kind is dict:
            check_keys(run, value)
            items = [*value, *value.values()]
        for item in items:
            if type(item) is not bool and item is not None:
                settle(run, item, level + 1)
    elif kind is Namespace:
        raise Fault("A group of names is not a value", "Read one of its names, for example nodes.writer.")
    else:
        accept(value)
    return value


def made(run: Run, value: Any) -> Any:
    """A list or text that a function made, if it is not too long."""
    length = len(value)
    if type(value) is str:
        run.spend(length // CHARACTERS_PER_STEP)
        if length > MAX_TEXT:
            raise Fault(f"A text is longer than {MAX_TEXT:,} characters", "Work on shorter texts.")
    else:
        run.spend(length)
        if length > MAX_ITEMS:
            raise Fault(f"A list has more than {MAX_ITEMS:,} items", "Work on shorter lists.")
    return value


# Reading


def check_keys(run: Run, value: dict[Any, Any]) -> None:
    """A key of another type would run its own code when compared."""
    if len(value) > CHARACTERS_PER_STEP:
        run.spend(len(value) // CHARACTERS_PER_STEP)
    for key in value:
        if type(key) is not str:
            raise Fault("A key of an object is not text", "Hand in plain JSON values only.")


def at_key(run: Run, holder: Any, key: str) -> Any:
    """The field `key`, or MISSING; null has no fields, and what is not an object cannot have any."""
    kind: type[Any] = type(holder)
    if kind is dict:
        check_keys(run, holder)
        value = holder.get(key, MISSING)
    elif kind is Namespace:
        try:
            value = holder.names[key]
        except KeyError:
            return MISSING
    elif holder is None:
        return MISSING
    else:
        hint = "Only objects have fields; parse_json(text) reads an object from a text, [0] reads from a list."
        raise Fault(f"{subject(holder)} has no field {key[:60]!r}", hint)
    return value if value is MISSING else accept(value)


def at_index(run: Run, holder: Any, key: Any) -> Any:
    """What `holder[key]` means, or MISSING."""
    kind: type[Any] = type(holder)
    if holder is None or key is None:
        return MISSING
    if kind is list or kind is str:
        if type(key) is not int:
            raise Fault(f"{subject(holder)} cannot be read at {describe(key)}", "Use a whole number.")
        return accept(holder[key]) if -len(holder) <= key < len(holder) else MISSING
    if type(key) is not str:
        raise Fault(f"{subject(holder)} cannot be read at {describe(key)}", 'Use a text: ["1"].')
    return at_key(run, holder, key)


# Text


def to_text(run: Run, value: Any) -> str:
    """A settled value as text: texts as they are, objects and lists as JSON."""
    kind: type[Any] = type(value)
    if kind is str:
        return value
    if kind is bool:
        return "true" if value else "false"
    if kind in NUMBERS:
        return repr(value)
    if value is None:
        return "null"
    _afford(value, MAX_TEXT)
    return made(run, json.dumps(value, ensure_ascii=False, separators=(",", ":"), check_circular=False))


def _afford(value: Any, left: int) -> int:
    """What is left of `left` characters after the JSON text of the value; the text is not made to find out."""
    if type(value) is str:
        left -= len(value) + 2
    elif type(value) is list:
        left -= len(value) + 2
        for item in value:
            left = _afford(item, left)
    elif type(value) is dict:
        left -= 2 * len(value) + 2
        for key, item in value.items():
            left = _afford(item, left - len(key))
    else:
        left -= 1
    if left < 0:
        raise Fault(f"A text is longer than {MAX_TEXT:,} characters", "Use a part of the value.")
    return left
