"""Values that are not plain data: they are refused without running a single method of theirs.

A handler or a plug-in may put any object into an output; it must not get control when a condition looks at it.
"""

from __future__ import annotations

import enum
import sys
import threading
from collections import OrderedDict, UserDict
from decimal import Decimal
from typing import Any

import pytest

from pointwork.errors import ExpressionError
from pointwork.expressions import compile_expression, evaluate


def boom(*_: Any, **__: Any) -> Any:
    raise AssertionError("code of a hostile object ran")


KEPT = {"__class__", "__doc__", "__init_subclass__", "__new__", "__subclasshook__"}
METHODS = sorted({name for base in (dict, float, int, list, str) for name in dir(base)} - KEPT)


def hostile(base: type[Any], *arguments: Any) -> Any:
    """An instance of a subclass whose every method fails the test, with a metaclass that does so too."""
    meta = type("Meta", (type,), {"__hash__": boom, "__eq__": boom, "__instancecheck__": boom})
    kind = meta("Hostile", (base,), dict.fromkeys(METHODS, boom))
    return base.__new__(kind, *arguments) if base in (str, int, float) else base.__new__(kind)


class Colour(enum.StrEnum):
    RED = "red"


STRANGERS = {
    "object": lambda: hostile(object),
    "str": lambda: hostile(str, "8"),
    "int": lambda: hostile(int, 8),
    "float": lambda: hostile(float, 8.0),
    "dict": lambda: hostile(dict),
    "list": lambda: hostile(list),
    "tuple": lambda: (1, 2),
    "set": lambda: {1},
    "bytes": lambda: b"8",
    "complex": lambda: 1j,
    "decimal": lambda: Decimal(8),
    "enum": lambda: Colour.RED,
    "ordered": OrderedDict,
    "userdict": UserDict,
    "function": lambda: boom,
    "type": lambda: str,
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "huge": lambda: 1 << 5_000,
    "surrogate": lambda: "\ud800",
}
USES = [
    "x",
    "x == x",
    "x != 8",
    "8 == x",
    "x < 8",
    "x in [8]",
    "8 in x",
    "not x and x",
    "x + x",
    "-x",
    "x * 2",
    "x.lower()",
    "x.name",
    "x[0]",
    "x['name']",
    "x[1:]",
    "[1][x]",
    "{x: 1}",
    "str(x)",
    "json([x])",
    "len(x)",
    "int(x)",
    "bool(x)",
    "sum([x])",
    "max(x, 8)",
    "default(x, 8)",
    "x if x else 8",
    "d.x",
    "d.x == 8",
    "d == {'x': 8}",
    "d",
    "str(d)",
    "values(d)",
    "unique(values(d))",
    "l",
    "l[0]",
    "l == [8]",
    "8 in l",
    "sum(l)",
    "max(l)",
    "any(l)",
    "sorted(l)",
    "first(l)",
    "last(l).name",
    "l + l",
    "l * 2",
    "join(l, '')",
    "unique(l)",
    "deep",
    "str(deep)",
    "deep == deep",
]
# What a lone surrogate may still be used for: nothing of it comes out.
HARMLESS = {"x == x", "x != 8", "8 == x", "x in [8]", "not x and x", "len(x)", "bool(x)", "d.x == 8"}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_not_data_is_refused_and_never_called(name: str) -> None:
    x = STRANGERS[name]()
    names = {"x": x, "d": {"x": x}, "l": [x], "deep": [{"a": [x]}]}
    refused = 0
    for source in USES:
        try:
            result = evaluate(source, names)
        except ExpressionError as error:
            refused += 1
            str(error).encode()
        else:
            assert type(result) in (bool, int, str), source
            assert name == "surrogate" or source in ("l * 2",), source
    assert refused >= (len(USES) if name != "surrogate" else 20)


class HostileKey(str):
    __slots__ = ()

    def __hash__(self) -> int:
        return hash("topic")

    def __eq__(self, other: object) -> bool:
        boom()
        return False


@pytest.mark.parametrize(
    "source",
    ["d.topic", "d['topic']", "'topic' in d", "d == {'topic': 1}", "{'topic': 1} == d", "d", "str(d)", "keys(d)"],
)
def test_a_key_that_is_not_text_is_refused_and_never_called(source: str) -> None:
    with pytest.raises(ExpressionError, match=r"key of an object is not text|for keys"):
        evaluate(source, {"d": {HostileKey("topic"): 1}})
    with pytest.raises(ExpressionError, match=r"key of an object is not text|for keys"):
        evaluate(source, {"d": {5: 1}})


def test_data_that_contains_itself() -> None:
    knot: list[Any] = []
    knot.append(knot)
    loop: dict[str, Any] = {}
    loop["a"] = loop
    for source in ("knot", "str(knot)", "knot == [knot]", "loop", "json(loop)", "loop == {'a': loop}"):
        with pytest.raises(ExpressionError, match="more than 64 levels"):
            evaluate(source, {"knot": knot, "loop": loop})
    assert evaluate("knot[0][0][0] == 1 or loop.a.a.a.b == null", {"knot": knot, "loop": loop}) is True


def test_data_that_grows_by_sharing() -> None:
    bomb: list[Any] = [0]
    for _ in range(60):
        bomb = [bomb, bomb]
    for source in ("bomb", "str(bomb)", "bomb == [bomb[0], bomb[1]] and bomb == [bomb, 1]", "unique([bomb])"):
        with pytest.raises(ExpressionError, match=r"too many steps|longer than"):
            evaluate(source, {"bomb": bomb})


def test_deep_callers_get_an_expression_error_too() -> None:
    nested: Any = 0
    for _ in range(60):
        nested = [nested]
    seen: list[str] = []

    def sink(level: int) -> None:
        if level:
            sink(level - 1)
            return
        try:
            evaluate("nested == nested and str(nested) == ''", {"nested": nested})
        except ExpressionError as error:
            seen.append(error.message)

    compile_expression("nested == nested and str(nested) == ''")
    limit = sys.getrecursionlimit()
    thread = threading.Thread(target=sink, args=(limit - 40,))
    thread.start()
    thread.join()
    assert len(seen) == 1
    assert "nested too deeply" in seen[0]
