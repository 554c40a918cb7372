"""Executions: start, look at, command, fork, forget."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from pointwork.commands import ControlInput, Retry
from pointwork.errors import Conflict, Unacceptable
from pointwork.events import iso
from pointwork.journal import ExecutionRow
from pointwork.runtime import new_id
from pointwork.runtime.comparison import compare
from pointwork.server import history_schemas, schemas
from pointwork.server.documents import read_document
from pointwork.server.json_body import JsonRoute
from pointwork.server.lists import LIMIT, next_page, read_cursor, read_time
from pointwork.server.replies import ERRORS, app_of, digests_of, json_reply, waits_of
from pointwork.workflow import Workflow

__all__ = ["router"]

router = APIRouter(tags=["executions"], route_class=JsonRoute, responses=ERRORS)
MAX_WAIT_S = 3_600
Wait = Annotated[
    float | None, Query(ge=0, le=MAX_WAIT_S, description="Answer when the execution has ended, at most so late.")
]

Since = Annotated[str | None, Query(description="Begun at or after this time, ISO 8601.")]
Until = Annotated[str | None, Query(description="Begun before this time, ISO 8601.")]


@router.post(
    "/api/workflows/{workflow_id}/execute",
    operation_id="execute_workflow",
    response_model=schemas.ExecutionAnswer,
    status_code=202,
    responses={200: {"model": schemas.ExecutionState, "description": "With `wait`: the state at the end of the wait."}},
)
async def execute(
    request: Request, workflow_id: str, body: schemas.ExecuteBody | None = None, wait: Wait = None
) -> Response:
    """Run a workflow. Answers at once; with `wait` when it has ended, paused, waits for a person, or time is up."""
    app = app_of(request)
    body = body or schemas.ExecuteBody()
    if body.workflow_id is not None and body.workflow_id != workflow_id:
        raise Unacceptable(
            f"The body names workflow {body.workflow_id!r}, the address {workflow_id!r}.",
            hint="Leave workflow_id out of the body.",
        )
    compiled, version = await app.compiled(workflow_id, body.version)
    wanted = body.execution_id or new_id()
    execution_id = await app.runtime.start(
        compiled,
        await app.with_files(body.inputs, wanted),
        execution_id=wanted,
        version=version,
        breakpoints=body.breakpoints,
        stubs=body.stubs,
        model_override=body.model_override,
        budget=body.budget,
    )
    if wait is None:
        answer = {"execution_id": execution_id, "workflow_id": workflow_id, "version": version, "status": "running"}
        return json_reply(answer, 202, headers={"location": f"/api/executions/{execution_id}"})
    async with waits_of(request).within(wait):
        await app.runtime.finished(execution_id)
    return json_reply(await app.runtime.state(execution_id))


@router.post(
    "/api/workflows/test",
    operation_id="test_workflow",
    response_model=schemas.ExecutionAnswer,
    status_code=202,
    responses={200: {"model": schemas.ExecutionState, "description": "With `wait`: the state at the end of the wait."}},
)
async def test_workflow(request: Request, body: schemas.TestBody, wait: Wait = None) -> Response:
    """Run a document that is not stored, such as a single node between a start and an end.

    The execution is one like any other, only that it belongs to no workflow of the library.
    """
    app = app_of(request)
    document = await asyncio.to_thread(app.refuse_secrets, read_document(body.document))
    workflow = Workflow.load({**document, "id": None})
    wanted = new_id()
    await app.runtime.start(
        workflow, await app.with_files(body.inputs, wanted), execution_id=wanted, budget=body.budget
    )
    if wait is None:
        answer = {"execution_id": wanted, "workflow_id": None, "status": "running"}
        return json_reply(answer, 202, headers={"location": f"/api/executions/{wanted}"})
    async with waits_of(request).within(wait):
        await app.runtime.finished(wanted)
    return json_reply(await app.runtime.state(wanted))


@router.get("/api/executions", operation_id="list_executions", response_model=list[history_schemas.ExecutionSummary])
async def list_executions(
    request: Request,
    workflow_id: str | None = None,
    status: Annotated[list[str] | None, Query(description="One or more; also separated by commas.")] = None,
    q: Annotated[str, Query(max_length=200, description="Part of the id, the workflow's name or the error.")] = "",
    since: Since = None,
    until: Until = None,
    digest: Annotated[
        bool, Query(description="Also say what each was about, what came of it and what it used.")
    ] = False,
    order: Literal["newest", "oldest"] = "newest",
    limit: LIMIT = 50,
    cursor: str | None = None,
) -> Response:
    """The executions, those that began last first, or the other way round."""
    before = read_cursor(cursor, int, str)
    rows = await app_of(request).journal.rows(
        workflow_id=workflow_id,
        status=[one for value in status or () for one in value.split(",") if one],
        q=q,
        since_us=_time(since),
        until_us=_time(until),
        before=(before[0], before[1]) if before else None,
        limit=limit + 1,
        oldest_first=order == "oldest",
    )
    page, headers = next_page(request, rows, limit, lambda row: [row.created_at_us, row.id])
    summaries = [_summary(row) for row in page]
    if digest:
        for summary, row in zip(summaries, page, strict=True):
            summary["digest"] = await digests_of(request).of(row)
    return json_reply(summaries, headers=headers)


@router.get("/api/history", operation_id="tally_executions", response_model=list[history_schemas.TallyEntry])
async def tally_executions(
    request: Request,
    workflow_id: str | None = None,
    q: Annotated[str, Query(max_length=200, description="Part of the id, the workflow's name or the error.")] = "",
    since: Since = None,
    until: Until = None,
    width_s: Annotated[int | None, Query(ge=1, le=31_536_000, description="Seconds of a stretch of time.")] = None,
) -> Response:
    """How many executions have which status, by the stretch of time in which they began.

    Without a width there is one stretch. An empty stretch is left out.
    """
    width_us = width_s * 1_000_000 if width_s is not None else None
    since_us = _time(since)
    found = await app_of(request).journal.tally(
        workflow_id=workflow_id, q=q, since_us=since_us, until_us=_time(until), width_us=width_us
    )
    return json_reply(
        [
            {
                "begins_at": iso((since_us or 0) + one.stretch * width_us) if width_us is not None else since,
                "status": one.status,
                "count": one.executions,
            }
            for one in found
        ]
    )


def _time(text: str | None) -> int | None:
    return None if text is None else read_time(text)


def _summary(row: ExecutionRow) -> dict[str, Any]:
    return {
        "execution_id": row.id,
        "workflow_id": row.workflow_id,
        "workflow_name": row.workflow_name,
        "version": row.version,
        "status": row.status,
        "created_at": iso(row.created_at_us),
        "completed_at": iso(row.finished_at_us) if row.finished_at_us is not None else None,
        "last_seq": row.last_seq,
        "origin": row.origin,
        "error": row.error,
    }


@router.get("/api/executions/{execution_id}", operation_id="get_execution", response_model=schemas.ExecutionState)
async def get_execution(
    request: Request,
    execution_id: str,
    at: Annotated[int | None, Query(ge=0, description="As it was after this record.")] = None,
    full: Annotated[bool, Query(description="Large values themselves, instead of references to them.")] = False,
) -> Response:
    """The state of an execution, now or at any point of its history."""
    return json_reply(await app_of(request).runtime.state(execution_id, at=at, resolve=full))


@router.get(
    "/api/executions/{execution_id}/compare/{other_id}",
    operation_id="compare_executions",
    response_model=history_schemas.Comparison,
)
async def compare_executions(
    request: Request,
    execution_id: str,
    other_id: str,
    full: Annotated[bool, Query(description="Large values themselves, instead of references to them.")] = False,
) -> Response:
    """Two executions, node by node: what differs, and nothing else. A fork is best compared with its original."""
    return json_reply(await compare(app_of(request).runtime, execution_id, other_id, resolve=full))


@router.delete("/api/executions/{execution_id}", operation_id="delete_execution", status_code=204)
async def delete_execution(request: Request, execution_id: str) -> Response:
    """Forget an execution that has ended, with everything that it stored."""
    await app_of(request).runtime.delete(execution_id)
    return Response(status_code=204)


@router.post(
    "/api/executions/{execution_id}/commands",
    operation_id="send_command",
    response_model=schemas.CommandAnswer,
)
async def send_command(request: Request, execution_id: str, command: Annotated[ControlInput, Body()]) -> Response:
    """Pause, resume, step, cancel, answer, set breakpoints, retry or override."""
    app = app_of(request)
    if isinstance(command, Retry):
        execution_id = await app.runtime.retry(execution_id, command)
    else:
        await app.runtime.send(execution_id, command)
    row = await app.journal.row(execution_id)
    return json_reply({"execution_id": execution_id, "status": row.status, "last_seq": row.last_seq})


@router.post(
    "/api/executions/{execution_id}/fork",
    operation_id="fork_execution",
    response_model=schemas.ExecutionAnswer,
    status_code=201,
)
async def fork(request: Request, execution_id: str, body: schemas.ForkBody) -> Response:
    """A new execution that shares the history up to a record and goes on from there by itself."""
    app = app_of(request)
    row = await app.journal.row(execution_id)
    workflow = None
    if body.version is not None:
        if row.workflow_id is None:
            raise Conflict(
                f"Execution {execution_id!r} is not of a stored workflow, so there is no version {body.version}.",
                hint="Leave out version to go on with the same plan.",
            )
        workflow, _ = await app.workflow(row.workflow_id, body.version)
    fresh = await app.runtime.fork(
        execution_id,
        at=body.at,
        override=body.override,
        workflow=workflow,
        version=body.version,
        new_execution_id=body.execution_id,
    )
    answer = {"execution_id": fresh, "workflow_id": row.workflow_id, "status": "running"}
    answer["origin"] = {"execution_id": execution_id, "seq": body.at}
    return json_reply(answer, 201, headers={"location": f"/api/executions/{fresh}"})
