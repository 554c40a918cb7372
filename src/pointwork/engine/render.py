"""Rendering the templates of a configuration when a node starts, from the same values as its inputs."""

from __future__ import annotations

from typing import Any

from pointwork.engine.inputs import names_of
from pointwork.engine.plan import PlanNode
from pointwork.engine.scope import Scope
from pointwork.errors import ExpressionError
from pointwork.expressions import compile_template
from pointwork.workflow import JsonObject

__all__ = ["render_config"]


def render_config(scope: Scope, node: PlanNode, received: JsonObject) -> JsonObject:
    """The fields of the configuration that hold templates, as text.

    Within lists and objects a placeholder that stands alone keeps its value: `{"n": "{{ count }}"}` gives a number.
    Raises ExpressionError, naming the field.
    """
    names = {**names_of(scope, node), **received}
    rendered: JsonObject = {}
    for field in node.templates:
        try:
            rendered[field] = _rendered(node.config[field], names, top=True)
        except ExpressionError as problem:
            raise ExpressionError(f"{field} of {node.id!r}: {problem.message}", hint=problem.hint) from problem
    return rendered


def _rendered(value: Any, names: JsonObject, *, top: bool = False) -> Any:
    if isinstance(value, str):
        template = compile_template(value)
        return template.render(names) if top else template.value(names)
    if isinstance(value, list):
        return [_rendered(item, names) for item in value]  # type: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _rendered(item, names) for key, item in value.items()}  # type: ignore[reportUnknownVariableType]
    return value
