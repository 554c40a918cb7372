"""Looking into an execution: watch expressions, and what changed between two of its records. Nothing is recorded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from pointwork.runtime.difference import MAX_CHANGES, difference
from pointwork.runtime.evaluation import evaluate
from pointwork.server import history_schemas
from pointwork.server.json_body import JsonRoute
from pointwork.server.replies import ERRORS, app_of, json_reply

__all__ = ["router"]

router = APIRouter(tags=["executions"], route_class=JsonRoute, responses=ERRORS)


@router.post(
    "/api/executions/{execution_id}/evaluate",
    operation_id="evaluate_expressions",
    response_model=history_schemas.Evaluation,
)
async def evaluate_expressions(request: Request, execution_id: str, body: history_schemas.EvaluateBody) -> Response:
    """What expressions are worth at a node, with the names that its own would see, now or after any record.

    An expression that cannot be evaluated has a `problem` instead of a `value`; the others are not affected.
    """
    found = await evaluate(
        app_of(request).runtime, execution_id, body.expressions, at=body.at, node=body.node, scope=body.scope
    )
    return json_reply(found)


@router.get(
    "/api/executions/{execution_id}/diff", operation_id="diff_execution", response_model=history_schemas.Difference
)
async def diff_execution(
    request: Request,
    execution_id: str,
    start: Annotated[int, Query(alias="from", ge=0, description="Behind this record; 0 is before the first.")] = 0,
    end: Annotated[int | None, Query(alias="to", ge=0, description="Behind this record; the last, if absent.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CHANGES, description="At most so many changes.")] = 1_000,
    full: Annotated[bool, Query(description="Large values themselves, instead of references to them.")] = False,
) -> Response:
    """What changed between two records of an execution, and nothing else. Backwards works too."""
    runtime = app_of(request).runtime
    return json_reply(await difference(runtime, execution_id, start=start, end=end, limit=limit, resolve=full))
