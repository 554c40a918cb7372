"""The functions that an expression may call. Each is listed, each has a cap, none takes a function.

Rule of this file: a function gets plain values, checks their types before it uses them, knows the size of what it
makes or pays for it, and never runs code that belongs to the data. A function of null is null, so that a condition
over something missing is false; the few that make sense of null say `of_null`. The first line of each docstring is
its entry in the reference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from pointwork.expressions import operators, values
from pointwork.expressions.scan import Fault
from pointwork.expressions.values import CHARACTERS_PER_STEP, MAX_ITEMS, MAX_TEXT, NUMBERS, Run, subject

__all__ = ["FUNCTIONS", "Function", "function", "number", "whole"]

Call = TypeVar("Call", bound=Callable[..., Any])
MANY = 250  # as many arguments as 500 nodes can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function of the language; a lazy one gets steps instead of values, and its first may be missing."""

    name: str
    call: Callable[..., Any]
    least: int
    most: int
    of_null: bool
    lazy: bool
    text: str


_listed: dict[str, Function] = {}
FUNCTIONS: Mapping[str, Function] = MappingProxyType(_listed)


def function(
    name: str,
    least: int,
    most: int,
    *,
    of_null: bool = False,
    lazy: bool = False,
    table: dict[str, Function] = _listed,
) -> Callable[[Call], Call]:
    """List the decorated callable under `name`; it takes a Run and `least` to `most` values."""

    def add(call: Call) -> Call:
        text = (call.__doc__ or "").strip().splitlines()[0]
        table[name] = Function(name=name, call=call, least=least, most=most, of_null=of_null, lazy=lazy, text=text)
        return call

    return add


# Checks


def number(value: Any, name: str) -> Any:
    if type(value) in NUMBERS:
        return value
    raise Fault(f"{subject(value)} is not a number for {name}()", "float(x) reads a number from a text.")


def whole(value: Any, name: str) -> int:
    if type(value) is int:
        return value
    raise Fault(f"{subject(value)} is not a whole number for {name}()", "int(x) makes a whole number.")


def _text(value: Any, name: str) -> str:
    if type(value) is str:
        return value
    raise Fault(f"{subject(value)} is not a text for {name}()", "str(x) makes a text.")


def _items(run: Run, value: Any, name: str) -> list[Any]:
    """The items of a list, each of them data, paid for."""
    if type(value) is not list:
        hint = "It takes a list; split(text) and values(object) make one."
        raise Fault(f"{subject(value)} is not a list for {name}()", hint)
    items: list[Any] = value
    run.spend(len(items))
    for item in items:
        if type(item) is str and len(item) > CHARACTERS_PER_STEP:
            run.spend(len(item) // CHARACTERS_PER_STEP)
        values.accept(item)
    return items


# Texts


@function("lower", 1, 1)
def lower(run: Run, text: Any) -> str:
    """lower(text): the text in small letters."""
    return values.made(run, _text(text, "lower").lower())


@function("upper", 1, 1)
def upper(run: Run, text: Any) -> str:
    """upper(text): the text in capital letters."""
    return values.made(run, _text(text, "upper").upper())


@function("title", 1, 1)
def title(run: Run, text: Any) -> str:
    """title(text): the text with each word capitalised."""
    return values.made(run, _text(text, "title").title())


@function("strip", 1, 2)
def strip(run: Run, text: Any, characters: Any = None) -> str:
    """strip(text): the text without white space, or without the given characters, at its ends."""
    given = None if characters is None else _text(characters, "strip")
    if given is not None and len(given) > 100:
        raise Fault("strip() takes at most 100 characters to remove", "Use replace(text, old, new).")
    return values.made(run, _text(text, "strip").strip(given))


@function("split", 1, 2)
def split(run: Run, text: Any, separator: Any = None) -> list[str]:
    """split(text, separator): the parts of the text as a list; without a separator, its words."""
    if separator == "":
        raise Fault("split() cannot split at an empty text", 'Name a separator: split(text, ",").')
    given = None if separator is None else _text(separator, "split")
    values.made(run, _text(text, "split"))
    return values.made(run, text.split(given, MAX_ITEMS))


@function("join", 2, 2)
def join(run: Run, items: Any, separator: Any) -> str:
    """join(list, separator): the items as one text; separator.join(list) is the same."""
    if type(items) is str:
        items, separator = separator, items
    between = _text(separator, "join")
    parts: list[str] = []
    length = 0
    for item in _items(run, items, "join"):
        if item is None:
            raise Fault("An item to join is null", 'Give every item a value: default(x, "").')
        parts.append(item if type(item) is str else string(run, item))
        length += len(parts[-1]) + len(between)
        if length > MAX_TEXT + len(between):
            raise Fault(f"A text is longer than {MAX_TEXT:,} characters", "Join fewer or shorter items.")
    return values.made(run, between.join(parts))


@function("replace", 3, 3)
def replace(run: Run, text: Any, old: Any, new: Any) -> str:
    """replace(text, old, new): the text with every `old` replaced by `new`."""
    text, old, new = _text(text, "replace"), _text(old, "replace"), _text(new, "replace")
    run.spend(len(text) // CHARACTERS_PER_STEP)
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise Fault(f"A text is longer than {MAX_TEXT:,} characters", "Replace in shorter texts.")
    return values.made(run, text.replace(old, new))


@function("startswith", 2, 2)
def startswith(run: Run, text: Any, start: Any) -> bool:
    """startswith(text, start): true if the text begins so."""
    return _text(text, "startswith").startswith(_text(start, "startswith"))


@function("endswith", 2, 2)
def endswith(run: Run, text: Any, end: Any) -> bool:
    """endswith(text, end): true if the text ends so."""
    return _text(text, "endswith").endswith(_text(end, "endswith"))


@function("contains", 2, 2)
def contains(run: Run, holder: Any, item: Any) -> bool:
    """contains(x, item): the same as `item in x`: a text in a text, a key in an object, a value in a list."""
    return operators.contains(run, item, holder)


# Lists and objects


@function("len", 1, 1)
def length(run: Run, value: Any) -> int:
    """len(x): how many characters, items or keys."""
    if type(value) is str or type(value) is list or type(value) is dict:
        return len(value)
    raise Fault(f"{subject(value)} has no length", "len() counts a text, a list or an object.")


@function("first", 1, 1)
def first(run: Run, value: Any) -> Any:
    """first(x): the first item of a list or character of a text; null if there is none."""
    return _end(value, 0, "first")


@function("last", 1, 1)
def last(run: Run, value: Any) -> Any:
    """last(x): the last item of a list or character of a text; null if there is none."""
    return _end(value, -1, "last")


def _end(value: Any, at: int, name: str) -> Any:
    if type(value) is str or type(value) is list:
        return values.accept(value[at]) if value else None
    raise Fault(f"{subject(value)} has no {name} item", f"{name}() takes a list or a text.")


@function("keys", 1, 1)
def keys(run: Run, value: Any) -> list[str]:
    """keys(object): its keys as a list."""
    if type(value) is not dict:
        raise Fault(f"{subject(value)} has no keys", "keys() takes an object.")
    found = values.made(run, list(islice(value, MAX_ITEMS + 1)))
    for key in found:
        _text(key, "keys")
    return found


@function("values", 1, 1)
def values_of(run: Run, value: Any) -> list[Any]:
    """values(object): its values as a list."""
    if type(value) is not dict:
        raise Fault(f"{subject(value)} has no values", "values() takes an object.")
    return _items(run, values.made(run, list(islice(value.values(), MAX_ITEMS + 1))), "values")


@function("default", 2, 2, lazy=True)
def default(run: Run, value: Callable[[Run], Any], otherwise: Callable[[Run], Any]) -> Any:
    """default(x, otherwise): x, or `otherwise` if x is missing or null."""
    found = value(run)
    return otherwise(run) if found is None else found


@function("get", 2, 3, of_null=True)
def get(run: Run, holder: Any, key: Any, otherwise: Any = None) -> Any:
    """get(x, key, otherwise): x[key], or `otherwise` if there is none."""
    found = values.at_index(run, holder, key)
    return otherwise if found is values.MISSING else found


@function("sum", 1, 1)
def total(run: Run, items: Any) -> Any:
    """sum(list): the numbers added up."""
    result: Any = 0
    for item in _items(run, items, "sum"):
        result = operators.add(run, result, item)
    return result


@function("any", 1, 1)
def any_of(run: Run, items: Any) -> bool:
    """any(list): true if one item is true."""
    return any(_items(run, items, "any"))


@function("all", 1, 1)
def all_of(run: Run, items: Any) -> bool:
    """all(list): true if every item is true."""
    return all(_items(run, items, "all"))


@function("min", 1, MANY)
def least(run: Run, *given: Any) -> Any:
    """min(a, b, …) or min(list): the smallest number or text; null of an empty list."""
    items = _several(run, given, "min")
    return min(items, key=_order(items, "min"), default=None)


@function("max", 1, MANY)
def most(run: Run, *given: Any) -> Any:
    """max(a, b, …) or max(list): the largest number or text; null of an empty list."""
    items = _several(run, given, "max")
    return max(items, key=_order(items, "max"), default=None)


@function("sorted", 1, 1)
def in_order(run: Run, items: Any) -> list[Any]:
    """sorted(list): the numbers or texts, smallest first."""
    found = values.made(run, _items(run, items, "sorted"))
    return sorted(found, key=_order(found, "sorted"))


def _several(run: Run, given: tuple[Any, ...], name: str) -> list[Any]:
    return _items(run, given[0] if len(given) == 1 else list(given), name)


def _order(items: list[Any], name: str) -> Callable[[Any], Any]:
    """What to compare the items by: numbers, numbers that texts spell among them, or texts."""
    kinds: set[type[Any]] = {type(item) for item in items}
    if kinds <= NUMBERS or kinds == {str}:
        return _itself
    for item in items:
        if type(item) not in NUMBERS and (type(item) is not str or operators.numeric(item) is None):
            hint = "All items have to be numbers, or all texts."
            raise Fault(f"{subject(item)} has no place in the order of {name}()", hint)
    return _number_meant


def _itself(item: Any) -> Any:
    return item


def _number_meant(item: Any) -> Any:
    return operators.numeric(item) if type(item) is str else item


@function("reverse", 1, 1)
def reverse(run: Run, value: Any) -> Any:
    """reverse(x): the list or text backwards."""
    if type(value) is str or type(value) is list:
        return values.made(run, value)[::-1]
    raise Fault(f"{subject(value)} cannot be reversed", "reverse() takes a list or a text.")


@function("unique", 1, 1)
def unique(run: Run, items: Any) -> list[Any]:
    """unique(list): each item once, in the order of its first place."""
    seen: dict[Any, Any] = {}
    for item in values.made(run, _items(run, items, "unique")):
        kind = "number" if type(item) in NUMBERS else type(item).__name__
        key = item
        if type(item) is list or type(item) is dict:
            key = values.to_text(run, values.settle(run, item))
        seen.setdefault((kind, key), item)
    return list(seen.values())


@function("range", 1, 3)
def numbers(run: Run, *given: Any) -> list[int]:
    """range(n) or range(from, to, step): whole numbers as a list, `to` left out."""
    bounds = [whole(value, "range") for value in given]
    start, stop = (0, bounds[0]) if len(bounds) == 1 else bounds[:2]
    step = bounds[2] if len(bounds) == 3 else 1
    if step == 0:
        raise Fault("range() cannot go on in steps of 0", "Use another step.")
    count = max(0, -((start - stop) // step))
    if count > MAX_ITEMS:
        raise Fault(f"A list has more than {MAX_ITEMS:,} items", "Use a smaller range.")
    run.spend(count)
    return [start + index * step for index in range(count)]


# Numbers


@function("int", 1, 1)
def to_whole(run: Run, value: Any) -> int:
    """int(x): a whole number from a number, a text such as "3.5", or true and false; the fraction is cut off."""
    return int(_spelled(value) if type(value) is str else _countable(value, "int"))


@function("float", 1, 1)
def to_number(run: Run, value: Any) -> Any:
    """float(x): a number from a number, a text such as "3.5", or true and false."""
    return float(_spelled(value) if type(value) is str else _countable(value, "float"))


def _spelled(text: str) -> int | float:
    found = operators.numeric(text)
    if found is None:
        hint = "The text has to be one number, such as 7 or 3.5; split(text) takes it apart."
        raise Fault(f"{subject(text)} does not spell a number", hint)
    return found


def _countable(value: Any, name: str) -> Any:
    return value if type(value) is bool else number(value, name)


@function("round", 1, 2)
def rounded(run: Run, value: Any, digits: Any = None) -> Any:
    """round(number, digits): rounded to so many digits after the point; without digits, to a whole number."""
    value = number(value, "round")
    if digits is None:
        return round(value)
    if not -400 <= whole(digits, "round") <= 400:
        raise Fault("round() takes at most 400 digits", "No number here has more.")
    return values.finite(round(value, digits))


@function("abs", 1, 1)
def magnitude(run: Run, value: Any) -> Any:
    """abs(number): the number without its sign."""
    return abs(number(value, "abs"))


@function("floor", 1, 1)
def floor(run: Run, value: Any) -> int:
    """floor(number): the whole number below."""
    return math.floor(number(value, "floor"))


@function("ceil", 1, 1)
def ceil(run: Run, value: Any) -> int:
    """ceil(number): the whole number above."""
    return math.ceil(number(value, "ceil"))


# Conversions


@function("str", 1, 1, of_null=True)
def string(run: Run, value: Any) -> str:
    """str(x): the value as text; lists and objects as JSON."""
    return values.to_text(run, values.settle(run, value))


@function("bool", 1, 1, of_null=True)
def truth(run: Run, value: Any) -> bool:
    """bool(x): false for null, 0, empty values and the text "false"; true for all others."""
    if type(value) is str and len(value) < 20 and value.strip().lower() == "false":
        return False
    return bool(value)


@function("json", 1, 1, of_null=True)
def to_json(run: Run, value: Any) -> str:
    """json(x): the value as JSON text."""
    values.settle(run, value)
    return json.dumps(value, ensure_ascii=False) if type(value) is str else values.to_text(run, value)


@function("parse_json", 1, 1)
def parse_json(run: Run, text: Any) -> Any:
    """parse_json(text): the value that a JSON text describes."""
    source = values.made(run, _text(text, "parse_json"))
    try:
        found = json.loads(source, parse_int=_whole_of, parse_float=_float_of, parse_constant=_constant_of)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Fault(f"{subject(source)} is not JSON{where}", "Ask the model for JSON and nothing else.") from None
    return values.settle(run, found)


def _whole_of(digits: str) -> int:
    found = operators.numeric(digits)
    if type(found) is not int:
        raise Fault("A whole number in the JSON text is too long", "Write it as a text.")
    return found


def _float_of(digits: str) -> float:
    return values.finite(float(digits))


def _constant_of(name: str) -> float:
    raise Fault(f"{name} is not a JSON value", "Use null.")
