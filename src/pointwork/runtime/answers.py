"""Checking an answer against what was asked, before it becomes the output of a node."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jsonschema_rs

from pointwork.commands import Answered
from pointwork.errors import Unacceptable
from pointwork.runtime.values import as_json
from pointwork.workflow import JsonObject

__all__ = ["checked_answer"]


def checked_answer(answer: Answered, request: JsonObject) -> Answered:
    """The answer with the ports that it chooses; raises Unacceptable when it does not fit the request."""
    interrupted = request.get("kind") == "interrupted"
    if interrupted != (answer.action is not None):
        hint = "Send action again, done (with value) or fail." if interrupted else "Leave out action."
        raise Unacceptable(f"Node {answer.node!r} was asked something else.", hint=hint)
    value = as_json(answer.value, "The answer", refusal=Unacceptable)
    ports: tuple[str, ...] = ("out",)
    choices = request.get("choices")
    if choices and not interrupted:
        choice: Any = value.get("choice") if isinstance(value, dict) else value
        if choice not in choices:
            raise Unacceptable(
                f"The answer to {answer.node!r} must choose one of {', '.join(map(repr, choices))}.",
                hint='Send {"choice": "…"} as value.',
            )
        ports = (choice, "out")
        value = value if isinstance(value, dict) else {"choice": value}
    if isinstance(draft := request.get("draft"), str) and not interrupted:
        value = {"text": value} if isinstance(value, str) else value
        value = {"text": draft, **value} if isinstance(value, dict) else value
    schema = request.get("schema")
    if schema and not interrupted:
        _check(schema, value, answer.node)
    return replace(answer, value=value, ports=ports)


def _check(schema: Any, value: Any, node: str) -> None:
    try:
        validator = jsonschema_rs.validator_for(schema, offline=True, pattern_options=jsonschema_rs.RegexOptions())
        problem = next(validator.iter_errors(value), None)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        raise Unacceptable(
            f"The schema of {node!r} is not a JSON Schema: {error}", hint="Mend the schema of the node."
        ) from error
    if problem is not None:
        where = "/".join(map(str, problem.instance_path)) or "the answer"
        message = f"The answer to {node!r} does not fit: {where}: {problem.message}"
        raise Unacceptable(message, hint="The schema of the question says what fits.")
