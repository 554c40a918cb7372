"""Turns an expression into nested Python functions, one for each node of its syntax tree.

Rule of this file: only the nodes listed in `_Builder` exist, and only listed functions are called. `a.b` reads the key
"b" of an object; `a.f(x)` is another spelling of f(a, x); no attribute of a Python object is ever read. A missing name
or key is null, or an error where the builder is strict (templates), except where a lazy function (default) asks whether
something is there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from pointwork.expressions import mathematics, operators, values
from pointwork.expressions.functions import FUNCTIONS, Function
from pointwork.expressions.readers import Path, Step, read_call, read_index, read_keys, read_path, read_slice
from pointwork.expressions.scan import MAX_DEPTH, Fault, Scanned, hint_for_words
from pointwork.expressions.values import Run

__all__ = ["build"]

MAX_NODES = 500

_BINARY: dict[type[ast.AST], Callable[[Run, Any, Any], Any]] = {
    ast.Add: operators.add,
    ast.Sub: operators.subtract,
    ast.Mult: operators.multiply,
    ast.Div: operators.divide,
    ast.FloorDiv: operators.floor_divide,
    ast.Mod: operators.remainder,
    ast.Pow: operators.power,
}
_COMPARE: dict[type[ast.AST], Callable[[Run, Any, Any], bool]] = {
    ast.Eq: operators.equal,
    ast.NotEq: lambda run, a, b: not operators.equal(run, a, b),
    ast.Lt: operators.ordered("<"),
    ast.LtE: operators.ordered("<="),
    ast.Gt: operators.ordered(">"),
    ast.GtE: operators.ordered(">="),
    ast.In: operators.contains,
    ast.NotIn: lambda run, a, b: not operators.contains(run, a, b),
    ast.Is: operators.equal,
    ast.IsNot: lambda run, a, b: not operators.equal(run, a, b),
}
_WORDS_FOR_CONSTANTS = {"true": True, "false": False, "null": None}
_OTHER_NAMES = {
    "capitalize": "title",
    "concat": "join",
    "count": "len",
    "includes": "contains",
    "length": "len",
    "number": "float",
    "size": "len",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "trim": "strip",
}
_NOT_KNOWN: dict[type[ast.AST], tuple[str, str]] = {
    ast.Set: ("A set", "Write a list: [1, 2]."),
    ast.Slice: ("A part of a part", "Cut one list or text at a time: items[1:3]."),
    ast.Starred: ("A star in front of a value", "Write the list itself: max(items)."),
}
_ONLY_A_CALCULATION = "The calculator computes with numbers; it knows no names but pi, e and tau."


def build(scanned: Scanned, *, strict: bool = False, calculator: bool = False) -> tuple[Step, frozenset[Path]]:
    """The function that computes the expression, and the paths that it reads."""
    builder = _Builder(scanned, strict=strict, calculator=calculator)
    step = builder.build(builder.parse(), 0)
    return step, frozenset(builder.paths)


class _Builder:
    """Builds the steps of one expression."""

    def __init__(self, scanned: Scanned, *, strict: bool, calculator: bool) -> None:
        self._scanned = scanned
        self._code = scanned.code.lstrip(" ")
        self._offset = len(scanned.code) - len(self._code)
        self._strict = strict
        self._calculator = calculator
        self._functions: Mapping[str, Function] = mathematics.NUMERIC if calculator else FUNCTIONS
        self.paths: set[Path] = set()
        self._nodes: dict[type[ast.AST], Callable[[Any, int], Step]] = {
            ast.Constant: self._constant,
            ast.Name: self._read,
            ast.Attribute: self._read,
            ast.Subscript: self._read,
            ast.List: self._list,
            ast.Tuple: self._list,
            ast.Dict: self._dict,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }

    def parse(self) -> ast.expr:
        try:
            tree = ast.parse(self._code, mode="eval").body
        except SyntaxError as error:
            at = self._scanned.start + self._offset + max(0, min((error.offset or 1), len(self._code)) - 1)
            hint = hint_for_words(self._scanned.words) or "A value, an operator or a comma is missing or too much."
            raise Fault("The expression cannot be read", hint, at=at) from None
        except (ValueError, MemoryError, RecursionError):
            raise Fault("The expression is too deep or holds what is not text", "Split the expression.") from None
        if sum(isinstance(node, ast.expr) for node in ast.walk(tree)) > MAX_NODES:
            raise Fault(f"The expression has more than {MAX_NODES} parts", "Split the expression.")
        if type(tree) is ast.Tuple:
            hint = "Write thousands without a comma (1000), and a list in square brackets."
            raise self._fault(tree, "The expression gives several values, not one", hint)
        return tree

    def _column(self, column: int) -> int:
        """The place in `scanned.code` of a column, which the parser counts in bytes."""
        if not self._code.isascii():
            column = len(self._code.encode()[:column].decode())
        return column + self._offset

    def _fault(self, node: ast.expr, message: str, hint: str) -> Fault:
        return Fault(message, hint, at=self._scanned.start + self._column(node.col_offset))

    def build(self, node: ast.expr, depth: int) -> Step:
        if depth > MAX_DEPTH:
            raise self._fault(node, f"The expression is more than {MAX_DEPTH} levels deep", "Split the expression.")
        method = self._nodes.get(type(node))
        if method is None:
            what, hint = _NOT_KNOWN.get(type(node), ("This", "Write values, operators, brackets and listed functions."))
            raise self._fault(node, f"{what} is not part of the expression language", hint)
        return method(node, depth + 1)

    # Values

    def _constant(self, node: ast.Constant, depth: int) -> Step:
        value = node.value
        try:
            values.settle(Run({}), value)
        except Fault as fault:
            raise self._fault(node, fault.message, fault.hint) from None
        return lambda run: value

    def _list(self, node: ast.List | ast.Tuple, depth: int) -> Step:
        items = [self.build(item, depth) for item in node.elts]
        return lambda run: [item(run) for item in items]

    def _dict(self, node: ast.Dict, depth: int) -> Step:
        pairs: list[tuple[Step, Step]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self._fault(value, "** is not known here", "Write the keys one by one.")
            pairs.append((self.build(key, depth), self.build(value, depth)))

        def step(run: Run) -> dict[str, Any]:
            made: dict[str, Any] = {}
            for key, value in pairs:
                name = key(run)
                if type(name) is not str:
                    raise Fault(f"{values.subject(name)} cannot be a key", 'Write keys as texts: {"a": 1}.')
                made[name] = value(run)
            return made

        return step

    # Reading

    def _key(self, node: ast.Attribute) -> str:
        """The key that an attribute names; `from` and other keywords were masked for the parser."""
        return self._scanned.fields.get(self._column(node.end_col_offset or 0), node.attr)

    def _read(self, node: ast.expr, depth: int) -> Step:
        if self._calculator:
            return self._calculator_name(node)
        keys: list[str] = []
        base = node
        while True:
            if isinstance(base, ast.Attribute):
                keys.append(self._key(base))
            elif isinstance(base, ast.Subscript) and type(key := _constant_of(base.slice)) is str:
                keys.append(key)
            else:
                break
            base = base.value
        keys.reverse()
        if isinstance(base, ast.Name):
            return self._name(base, tuple(keys))
        if isinstance(base, ast.Subscript) and not keys:
            return self._subscript(base, depth)
        return read_keys(self.build(base, depth), tuple(keys), strict=self._strict)

    def _name(self, node: ast.Name, keys: Path) -> Step:
        if node.id == "secret":
            hint = "Write {{secret.NAME}} by itself in a template; a secret is not a value that can be worked with."
            raise self._fault(node, "'secret' cannot be read", hint)
        if node.id in _WORDS_FOR_CONSTANTS:
            value = _WORDS_FOR_CONSTANTS[node.id]
            return read_keys(lambda run: value, keys, strict=self._strict) if keys else lambda run: value
        self.paths.add((node.id, *keys))
        return read_path(node.id, keys, strict=self._strict)

    def _calculator_name(self, node: ast.expr) -> Step:
        name = node.id if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
            name = self._key(node)
        if name not in mathematics.CONSTANTS:
            message = f"{name[:40]!r} is not known" if name else "Only numbers are known"
            raise self._fault(node, message, hint_for_words((name,)) or _ONLY_A_CALCULATION)
        value = mathematics.CONSTANTS[name]
        return lambda run: value

    def _subscript(self, node: ast.Subscript, depth: int) -> Step:
        holder = self.build(node.value, depth)
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper, node.slice.step)
            return read_slice(holder, [None if part is None else self.build(part, depth) for part in parts])
        return read_index(holder, self.build(node.slice, depth), strict=self._strict)

    # Operators

    def _unary(self, node: ast.UnaryOp, depth: int) -> Step:
        operand = self.build(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return lambda run: not operand(run)
        if isinstance(node.op, ast.USub):
            return lambda run: operators.negate(run, operand(run))
        return lambda run: -operators.negate(run, operand(run))

    def _binary(self, node: ast.BinOp, depth: int) -> Step:
        """A chain such as a + b + c is one level, so that long sums are not deep."""
        chain: list[ast.BinOp] = []
        base: ast.expr = node
        while isinstance(base, ast.BinOp):
            chain.append(base)
            base = base.left
        first = self.build(base, depth)
        rest = [(_BINARY[type(link.op)], self.build(link.right, depth)) for link in reversed(chain)]
        if len(rest) == 1:
            operator, right = rest[0]
            return lambda run: operator(run, first(run), right(run))

        def step(run: Run) -> Any:
            value = first(run)
            for operator, right in rest:
                value = operator(run, value, right(run))
            return value

        return step

    def _logic(self, node: ast.BoolOp, depth: int) -> Step:
        parts = [self.build(part, depth) for part in node.values]
        goes_on = isinstance(node.op, ast.And)

        def step(run: Run) -> Any:
            value: Any = None
            for part in parts:
                value = part(run)
                if bool(value) is not goes_on:
                    return value
            return value

        return step

    def _compare(self, node: ast.Compare, depth: int) -> Step:
        first = self.build(node.left, depth)
        rest: list[tuple[Callable[[Run, Any, Any], bool], Step]] = []
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and not _is_constant(right):
                raise self._fault(right, "`is` compares with null, true or false only", "Write == to compare.")
            rest.append((_COMPARE[type(operator)], self.build(right, depth)))
        if len(rest) == 1:
            test, second = rest[0]
            return lambda run: test(run, first(run), second(run))

        def step(run: Run) -> bool:
            value = first(run)
            for test, right in rest:
                following = right(run)
                if not test(run, value, following):
                    return False
                value = following
            return True

        return step

    def _choice(self, node: ast.IfExp, depth: int) -> Step:
        test, then, otherwise = (self.build(part, depth) for part in (node.test, node.body, node.orelse))
        return lambda run: then(run) if test(run) else otherwise(run)

    # Calls

    def _call(self, node: ast.Call, depth: int) -> Step:
        name, given = self._called(node)
        listed = self._functions.get(name)
        if listed is None:
            near = _OTHER_NAMES.get(name) or "".join(get_close_matches(name[:40], self._functions, n=1))
            hint = f"Did you mean {near}()?" if near in self._functions else "It knows " + ", ".join(self._functions)
            raise self._fault(node, f"There is no function {name[:40]!r}", hint)
        if node.keywords:
            raise self._fault(node, f"{name}() takes its values without names", "Write them in order: round(x, 2).")
        if not listed.least <= len(given) <= listed.most:
            raise self._fault(node, f"{name}() cannot take {len(given)} values", f"{listed.text}")
        strict, self._strict = self._strict, self._strict and not listed.lazy
        first = self.build(given[0], depth)
        self._strict = strict
        return read_call(listed, [first, *(self.build(value, depth) for value in given[1:])])

    def _called(self, node: ast.Call) -> tuple[str, list[ast.expr]]:
        """The name of the function and its values; `text.lower()` is lower(text)."""
        called = node.func
        if isinstance(called, ast.Name):
            return called.id, node.args
        if isinstance(called, ast.Attribute):
            if self._calculator and isinstance(called.value, ast.Name) and called.value.id == "math":
                return self._key(called), node.args
            return self._key(called), [called.value, *node.args]
        raise self._fault(node, "Only listed functions can be called", "To multiply, write * before the bracket.")


def _constant_of(node: ast.expr) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _WORDS_FOR_CONSTANTS
    return isinstance(node, ast.Constant) and (node.value is None or type(node.value) is bool)
