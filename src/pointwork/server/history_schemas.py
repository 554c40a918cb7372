"""The shapes of the history of executions, as OpenAPI shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pointwork.runtime.evaluation import MAX_EXPRESSIONS
from pointwork.server.schemas import Shape, Strict, Time, Used
from pointwork.workflow import JsonObject

__all__ = [
    "Change",
    "ComparedNode",
    "Comparison",
    "Difference",
    "Digest",
    "EvaluateBody",
    "Evaluation",
    "ExecutionSummary",
    "TallyEntry",
]


class Digest(Shape):
    """What an execution was about and what came of it, each in one line of text. `usage` is null of a very long one."""

    inputs: dict[str, str]
    result: str | None
    question: str | None = Field(description="What a person is asked, or what else is waited for.")
    node_id: str | None = Field(description="Where it failed, waits, pauses or works.")
    hint: str | None
    usage: Used | None


class TallyEntry(Shape):
    """So many executions of a status, of those that began in the stretch of time from `begins_at` on."""

    begins_at: Time | None
    status: str
    count: int


class ComparedNode(Shape):
    """A node of two executions: what differs, as `{"first": …, "second": …}` under its name."""

    node_id: str
    type: str | None
    only_in: Literal["first", "second"] | None
    differs: JsonObject


class Comparison(Shape):
    """Two executions side by side. Times are no difference."""

    run: JsonObject
    nodes: list[ComparedNode]
    same: bool


class EvaluateBody(Strict):
    """Expressions, and from where in the execution they are looked at."""

    expressions: list[Annotated[str, Field(max_length=2_000)]] = Field(min_length=1, max_length=MAX_EXPRESSIONS)
    at: int | None = Field(default=None, ge=0, description="As it was after this record; the last, if absent.")
    node: str | None = Field(default=None, max_length=200, description="With the names that this node sees.")
    scope: str | None = Field(
        default=None, max_length=2_000, description="Which activation of the node; the latest, if absent."
    )


class ExpressionProblem(Shape):
    """Why an expression has no value."""

    code: str
    message: str
    hint: str


class ExpressionValue(Shape):
    """An expression with its value, or with what is wrong."""

    expression: str
    value: Any = None
    problem: ExpressionProblem | None = None


class Evaluation(Shape):
    """Values of expressions, in the order in which they were asked for."""

    at: int = Field(description="Behind this record. Of a scope that has closed, it is the last before that.")
    node: str | None
    path: list[str] = Field(description="Of the scope that was looked at.")
    results: list[ExpressionValue]


class Change(Shape):
    """A field that differs. Without a node it is one of the execution as a whole."""

    path: list[str]
    node_id: str | None = Field(description="The node as the state of the execution names it.")
    node: str | None = Field(description="The node as commands name it, together with `path` as scope.")
    field: str
    before: Any
    after: Any


class Difference(Shape):
    """What changed between two records of an execution."""

    from_: int = Field(alias="from")
    to: int
    changes: list[Change]
    left_off: int = Field(description="How many more there are.")


class ExecutionSummary(Shape):
    """A line in the list of executions. `digest` only if it is asked for."""

    execution_id: str
    workflow_id: str | None
    workflow_name: str
    version: int | None
    status: str
    created_at: Time
    completed_at: Time | None
    last_seq: int
    origin: JsonObject | None
    error: str | None
    digest: Digest | None = None
