"""The shapes of the history of executions, as OpenAPI shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pointwork.server.schemas import Shape, Time, Used
from pointwork.workflow import JsonObject

__all__ = ["ComparedNode", "Comparison", "Digest", "ExecutionSummary", "TallyEntry"]


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
