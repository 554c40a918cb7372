"""Random text and random programs: a plain value or an ExpressionError, and never anything else."""

from __future__ import annotations

import ast
import json
import math
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pointwork.errors import ExpressionError
from pointwork.expressions import calculate, compile_expression, compile_template, evaluate, resolve_secrets
from pointwork.expressions.functions import FUNCTIONS
from pointwork.expressions.mathematics import NUMERIC

TOKENS = [
    *"+-*/%()[]{}.,:'\"\\~^&|!=<>?@#$ \n\t_0123456789",
    *("**", "//", "==", "!=", "<=", ">=", " and ", " or ", " not ", " in ", " is ", " if ", " else ", "null", "true"),
    *(
        "{{",
        "}}",
        "{{secret.KEY}}",
        "__class__",
        "lambda ",
        " for ",
        "f'",
        "0x",
        "1e999",
        "9" * 50,
        "'a'",
        "x",
        "d",
        "l",
    ),
    *("\x00", "\ud800", "\u202e", "ｘ", "ä", "²", "😀", "\u00a0"),
    *FUNCTIONS,
    *NUMERIC,
]
sources = st.lists(st.sampled_from(TOKENS), max_size=25).map("".join) | st.text(max_size=40)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["8", "{{secret.K}}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "x"]), inner, max_size=3),
    max_leaves=6,
)
names = st.fixed_dictionaries({"x": json_values, "d": json_values, "l": st.lists(json_values, max_size=4)})


def check(source: str, given_names: dict[str, Any]) -> None:
    try:
        outcome = evaluate(source, given_names)
    except ExpressionError as error:
        outcome = str(error)
    json.dumps(outcome, allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=200)
@given(sources, names)
@example("(" * 2_000, {})
@example("-" * 2_000, {})
@example("[" * 50 + "{" * 1_000, {})
@example("x" * 2_000, {})
@example("'" * 1_999, {})
def test_random_expressions(source: str, given_names: dict[str, Any]) -> None:
    check(source, given_names)


@settings(max_examples=200)
@given(sources)
def test_random_calculations(source: str) -> None:
    try:
        result = calculate(source)
    except ExpressionError:
        return
    assert type(result) in (int, float)
    assert math.isfinite(result)


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*TOKENS, "{{ ", " }}", "{{ x }}", "text"]), max_size=20).map("".join), names)
def test_random_templates(source: str, given_names: dict[str, Any]) -> None:
    try:
        template = compile_template(source)
        value = template.value(given_names)
        rendered = template.render(given_names)
    except ExpressionError:
        return
    asked: list[str] = []
    resolve_secrets([value, rendered], lambda name: asked.append(name) or "")
    assert set(asked) == template.secrets
    json.dumps([value, rendered], allow_nan=False).encode()


# Random programs: every kind of node that Python has for an expression, those that are not allowed too.

leaves = st.one_of(
    st.sampled_from(["x", "d", "l", "missing", "true", "secret", "lower"]).map(lambda name: ast.Name(name, ast.Load())),
    st.one_of(
        st.integers(-3, 3), st.integers(), st.floats(allow_nan=False), st.text(max_size=3), st.none(), st.booleans()
    ).map(ast.Constant),
    st.sampled_from([b"x", 1j, ...]).map(ast.Constant),
)
BINARY = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitOr, ast.LShift, ast.MatMult]
UNARY = [ast.Not, ast.USub, ast.UAdd, ast.Invert]
COMPARE = [ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot]
FIELDS = ["a", "b", "x", "from", "__class__", "items"]


def branches(inner: st.SearchStrategy[ast.expr]) -> st.SearchStrategy[ast.expr]:
    several = st.lists(inner, min_size=1, max_size=3)
    callee = st.one_of(
        st.sampled_from([*FUNCTIONS, "eval"]).map(lambda name: ast.Name(name, ast.Load())),
        st.builds(
            lambda value, name: ast.Attribute(value, name, ast.Load()), inner, st.sampled_from([*FUNCTIONS, "format"])
        ),
        inner,
    )
    allowed = st.one_of(
        st.builds(lambda a, op, b: ast.BinOp(a, op(), b), inner, st.sampled_from(BINARY), inner),
        st.builds(lambda op, a: ast.UnaryOp(op(), a), st.sampled_from(UNARY), inner),
        st.builds(
            lambda op, v: ast.BoolOp(op(), v), st.sampled_from([ast.And, ast.Or]), several.filter(lambda v: len(v) > 1)
        ),
        st.builds(lambda a, op, b: ast.Compare(a, [op()], [b]), inner, st.sampled_from(COMPARE), inner),
        st.builds(ast.IfExp, inner, inner, inner),
        st.builds(lambda v: ast.List(v, ast.Load()), several),
        st.builds(lambda v: ast.Tuple(v, ast.Load()), several),
        st.builds(lambda k, v: ast.Dict([k], [v]), inner, inner),
        st.builds(lambda a, b: ast.Subscript(a, b, ast.Load()), inner, inner),
        st.builds(
            lambda a, b, c: ast.Subscript(a, ast.Slice(b, c, None), ast.Load()),
            inner,
            st.none() | inner,
            st.none() | inner,
        ),
        st.builds(lambda a, name: ast.Attribute(a, name, ast.Load()), inner, st.sampled_from(FIELDS)),
        st.builds(lambda f, v: ast.Call(f, v, []), callee, several),
        st.builds(lambda f, v: ast.Call(f, v, []), callee, several),
    )
    refused = st.one_of(
        st.builds(ast.Set, several),
        st.builds(lambda a: ast.Lambda(ast.arguments([], [], None, [], [], None, []), a), inner),
        st.just(ast.JoinedStr([ast.FormattedValue(ast.Name("x", ast.Load()), -1, None)])),
        st.builds(lambda a: ast.NamedExpr(ast.Name("y", ast.Store()), a), inner),
        st.builds(ast.Await, inner),
    )
    return st.one_of(allowed, allowed, allowed, refused)


programs = st.recursive(leaves, branches, max_leaves=12)


@settings(max_examples=150)
@given(programs, names)
def test_random_programs(program: ast.expr, given_names: dict[str, Any]) -> None:
    check(ast.unparse(ast.fix_missing_locations(program)), given_names)


@settings(max_examples=60)
@given(programs)
def test_what_is_read_is_listed(program: ast.expr) -> None:
    """The names that an evaluation asks for are the first parts of the paths that the compiler found."""
    asked: set[str] = set()

    class Asked(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            asked.add(key)
            raise KeyError(key)

    try:
        expression = compile_expression(ast.unparse(ast.fix_missing_locations(program)))
        expression.evaluate(Asked())
    except ExpressionError:
        return
    assert asked <= {path[0] for path in expression.names}
