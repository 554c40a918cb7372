"""The `condition` node: one comparison, two ways to go on.

What the comparisons mean is written down here, and only here. A comparison either holds or not; where it cannot be
made (a greater-than on a text that is no number) the node fails and says so, instead of quietly going one way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from pointwork.errors import ExpressionError, InputMissing, TypeMismatch
from pointwork.expressions import compile_expression
from pointwork.expressions.operators import numeric
from pointwork.expressions.values import describe
from pointwork.nodes.base import NodeContext, NodeType, Out, node_type
from pointwork.workflow import ConditionConfig, JsonObject

__all__ = ["Condition"]

_ABSENT = object()


@node_type(
    "condition",
    title="Condition",
    icon="git-branch",
    group="Logic",
    card="If {field} {condition_type} {value}",
    ports=("true", "false"),
    always=("*",),
    effects=False,
    transparent=True,
    example={"condition_type": "equals", "field": "output", "value": "positive"},
    outputs={
        "branch": 'The way taken: "true" or "false".',
        "condition_result": "Whether the condition holds.",
        "field_value": "The value that was looked at.",
        "evaluated_value": "The value that it was compared with.",
    },
)
class Condition(NodeType[ConditionConfig]):
    """Compare an input with a value and go on by `true` or by `false`.

    - `field` names an input; dots lead into objects, as in `output.score`.
    - equals: the same value, texts without the white space around them. A number equals a text that spells it
      (8 and "8.0"), true and false equal these words.
    - contains: a text within a text, ignoring case; an item in a list, or a text within one; in an object, a text
      within its JSON.
    - greater_than, less_than: of two numbers, or texts that spell numbers.
    - empty: null, nothing but white space, or a list or object without anything in it.
    - custom: a formula over `value` (the field), `compare` (the value) and all inputs.
    - each of them with `not_` in front is the opposite.

    A line from the condition that says neither true nor false is always followed.
    """

    async def run(self, ctx: NodeContext, config: ConditionConfig, inputs: JsonObject) -> Out:
        value = _look_up(inputs, config.field)
        node = ctx.activation.node
        if config.condition_type == "custom":
            value = None if value is _ABSENT else value
            holds = _custom(node, config, {**ctx.names, **inputs, "value": value, "compare": config.value})
        elif value is _ABSENT:
            names = ", ".join(map(repr, inputs)) or "nothing"
            reason = ctx.absent.get(config.field.partition(".")[0], f"it received {names}")
            raise InputMissing(
                f"Condition {node!r} looks at {config.field!r}, but {reason}.",
                hint=f"Choose another field (there is {names}), or give that input a default.",
            )
        else:
            holds = _holds(node, config, value)
        branch = "true" if holds else "false"
        output = {
            "branch": branch,
            "condition_result": holds,
            "field_value": value,
            "evaluated_value": config.value,
        }
        return Out(output, ports=(branch, "*"))


def _look_up(inputs: JsonObject, field: str) -> Any:
    """The input of that name, else what the dots lead to."""
    if field in inputs:
        return inputs[field]
    found: Any = inputs
    for part in field.split("."):
        if not isinstance(found, dict) or part not in found:
            return _ABSENT
        found = cast("JsonObject", found)[part]
    return found


def _custom(node: str, config: ConditionConfig, names: JsonObject) -> bool:
    if not config.custom_expression:
        raise ExpressionError(
            f"Condition {node!r} is of type 'custom', but it has no custom_expression.",
            hint="Write one, for example: len(value) > 100.",
        )
    try:
        return bool(compile_expression(config.custom_expression).evaluate(names))
    except ExpressionError as error:
        raise ExpressionError(f"Condition {node!r}: {error.message}", hint=error.hint) from error


def _holds(node: str, config: ConditionConfig, value: Any) -> bool:
    name = config.condition_type.removeprefix("not_")
    try:
        holds = _COMPARISONS[name](value, config.value)
    except _Incomparable as problem:
        raise TypeMismatch(
            f"Condition {node!r} ({config.condition_type} on {config.field!r}) needs {problem.needs}, "
            f"but received {describe(problem.value)}.",
            hint=_hint(config, problem.value),
        ) from problem
    return holds != config.condition_type.startswith("not_")


class _Incomparable(Exception):
    """The comparison cannot be made with this value."""

    def __init__(self, needs: str, value: Any) -> None:
        super().__init__(needs, value)
        self.needs = needs
        self.value = value


def _hint(config: ConditionConfig, value: Any) -> str:
    if config.value is None:
        return "Set the value to compare with."
    if isinstance(value, dict) and value:
        keys = cast("JsonObject", value)
        example = f"{config.field}.{next(iter(keys))}"
        return f"Look into the object, for example at {example!r}; it has {', '.join(keys)[:200]}."
    return "Let the node before answer with a number, or compare with equals or contains."


def _equals(value: Any, other: Any) -> bool:
    if isinstance(value, str) and isinstance(other, str):
        return value.strip() == other.strip()
    if isinstance(value, bool) or isinstance(other, bool):
        return _truth(value) is _truth(other) is not None
    if isinstance(value, str) or isinstance(other, str):
        number = _number(value)
        return number is not None and number == _number(other)
    return value == other


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        return numeric(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _contains(value: Any, other: Any) -> bool:
    if isinstance(value, list):
        return any(
            _equals(item, other) or (isinstance(item, str) and _contains(item, other))
            for item in cast("list[Any]", value)
        )
    if other is None:
        raise _Incomparable("something to look for", other)
    return value is not None and _text(other) in _text(value)


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).casefold()


def _compared(test: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def compare(value: Any, other: Any) -> bool:
        for given in (value, other):
            if _number(given) is None:
                raise _Incomparable("two numbers", given)
        return test(cast("float", _number(value)), cast("float", _number(other)))

    return compare


def _empty(value: Any, other: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or (value == [] or value == {})


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equals,
    "contains": _contains,
    "greater_than": _compared(lambda value, other: value > other),
    "less_than": _compared(lambda value, other: value < other),
    "empty": _empty,
}
