"""Workflows: documents, their versions, and what is wrong with them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from pointwork.errors import DefinitionError
from pointwork.library import StoredWorkflow
from pointwork.server import schemas
from pointwork.server.documents import read_document, show_document, show_summary, show_version
from pointwork.server.json_body import JsonRoute
from pointwork.server.json_patch import apply_patch
from pointwork.server.lists import LIMIT, next_page, read_cursor
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.workflow import JsonObject, Workflow

__all__ = ["router"]

router = APIRouter(prefix="/api/workflows", tags=["workflows"], route_class=JsonRoute, responses=ERRORS)

# Documents are stored as they were sent, so they are not parsed into the model that describes them.
DOCUMENT: Any = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Workflow"}}},
    }
}
Document = Annotated[JsonObject, Body()]
VersionId = Annotated[str | None, Query(description="Refuse with 409 if the newest version is another one.")]
Draft = Annotated[bool, Query(description="Save by itself while somebody draws: replaced by the next save.")]


@router.post(
    "",
    operation_id="create_workflow",
    response_model=schemas.StoredWorkflowDocument,
    status_code=201,
    openapi_extra=DOCUMENT,
)
async def create(request: Request, document: Document) -> Response:
    """Store a new workflow, under the id in the document or a new one."""
    app = app_of(request)
    checked = await asyncio.to_thread(app.refuse_secrets, read_document(document))
    stored = await asyncio.to_thread(app.library.create, checked)
    return json_reply(show_document(stored), 201, headers={"location": f"/api/workflows/{quote(stored.id, safe='')}"})


@router.get("", operation_id="list_workflows", response_model=list[schemas.WorkflowSummary])
async def list_workflows(
    request: Request,
    q: Annotated[str, Query(max_length=200, description="Part of the name, the description or the id.")] = "",
    limit: LIMIT = 50,
    cursor: str | None = None,
) -> Response:
    """The workflows, last saved first."""
    before = read_cursor(cursor, int, str)
    rows = app_of(request).library.list(limit=limit + 1, before=(before[0], before[1]) if before else None, q=q)
    page, headers = next_page(request, rows, limit, lambda row: [row.updated_at_us, row.id])
    return json_reply([show_summary(row) for row in page], headers=headers)


@router.post(
    "/validate",
    operation_id="validate_workflow",
    response_model=list[schemas.ProblemEntry],
    openapi_extra=DOCUMENT,
)
async def validate(request: Request, document: Document) -> Response:
    """What is wrong or doubtful about a document. It can run when none of it is of severity `error`."""
    return json_reply(await _problems(request, document))


@router.get("/{workflow_id}", operation_id="get_workflow", response_model=schemas.StoredWorkflowDocument)
async def get_workflow(request: Request, workflow_id: str) -> Response:
    """The newest version of a workflow, drafts included."""
    return await _reply(request, app_of(request).library.get(workflow_id))


@router.put(
    "/{workflow_id}",
    operation_id="save_workflow",
    response_model=schemas.StoredWorkflowDocument,
    openapi_extra=DOCUMENT,
)
async def save(
    request: Request, workflow_id: str, document: Document, version_id: VersionId = None, draft: Draft = False
) -> Response:
    """Save a workflow as a new version. A `version_id` in the document means the same as the one in the address."""
    expected = version_id or document.get("version_id")
    return await _save(request, workflow_id, document, expected=expected, draft=draft)


@router.patch(
    "/{workflow_id}",
    operation_id="patch_workflow",
    response_model=schemas.StoredWorkflowDocument,
)
async def patch_workflow(
    request: Request,
    workflow_id: str,
    patch: Annotated[list[JsonObject], Body(description="RFC 6902.")],
    version_id: VersionId = None,
    draft: Draft = False,
) -> Response:
    """Change a workflow by a JSON Patch, and save it as a new version."""
    newest = app_of(request).library.get(workflow_id)
    document = apply_patch(newest.document, patch)
    # Whoever saves between the reading and the writing is not overwritten.
    return await _save(request, workflow_id, document, expected=version_id or newest.version_id, draft=draft)


async def _save(request: Request, workflow_id: str, body: Any, *, expected: Any, draft: bool) -> Response:
    document = await asyncio.to_thread(app_of(request).refuse_secrets, read_document(body))
    stored = await asyncio.to_thread(
        app_of(request).library.save,
        workflow_id,
        document,
        expected_version_id=str(expected) if expected is not None else None,
        autosave=draft,
    )
    return json_reply(show_document(stored))


@router.delete("/{workflow_id}", operation_id="delete_workflow", status_code=204)
async def delete_workflow(request: Request, workflow_id: str) -> Response:
    """Forget a workflow and its versions. Its executions stay."""
    await asyncio.to_thread(app_of(request).library.delete, workflow_id)
    return Response(status_code=204)


@router.get("/{workflow_id}/problems", operation_id="list_problems", response_model=list[schemas.ProblemEntry])
async def list_problems(
    request: Request, workflow_id: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """What is wrong or doubtful about a stored workflow."""
    stored = app_of(request).library.get(workflow_id, version=version)
    return json_reply(await _problems(request, {**stored.document, "id": workflow_id}))


async def _problems(request: Request, document: JsonObject) -> list[JsonObject]:
    app = app_of(request)
    found = await asyncio.to_thread(app.secrets_in, document)
    try:
        found += await app.runtime.problems(Workflow.load(document))
    except DefinitionError as error:
        found += error.problems
    return [problem.to_dict() for problem in found]


@router.get("/{workflow_id}/versions", operation_id="list_versions", response_model=list[schemas.VersionEntry])
async def list_versions(request: Request, workflow_id: str, limit: LIMIT = 50, cursor: str | None = None) -> Response:
    """All saves of a workflow, newest first."""
    before = read_cursor(cursor, int)
    rows = app_of(request).library.versions(workflow_id, limit=limit + 1, before=before[0] if before else None)
    page, headers = next_page(request, rows, limit, lambda row: [row.number])
    return json_reply([show_version(row) for row in page], headers=headers)


@router.get(
    "/{workflow_id}/versions/{number}",
    operation_id="get_version",
    response_model=schemas.StoredWorkflowDocument,
)
async def get_version(request: Request, workflow_id: str, number: int) -> Response:
    """One save of a workflow."""
    return await _reply(request, app_of(request).library.get(workflow_id, version=number))


async def _reply(request: Request, stored: StoredWorkflow) -> Response:
    """A document as it is given out: not if a secret stands in it, which was perhaps not known when it was saved."""
    await asyncio.to_thread(app_of(request).refuse_secrets, stored.document)
    return json_reply(show_document(stored))


@router.post(
    "/{workflow_id}/versions/{number}/restore",
    operation_id="restore_version",
    response_model=schemas.StoredWorkflowDocument,
)
async def restore_version(request: Request, workflow_id: str, number: int, version_id: VersionId = None) -> Response:
    """Save an old version again, as the newest."""
    library = app_of(request).library
    old = await asyncio.to_thread(library.get, workflow_id, version=number)
    await asyncio.to_thread(app_of(request).refuse_secrets, old.document)
    stored = await asyncio.to_thread(library.restore, workflow_id, number, expected_version_id=version_id)
    return json_reply(show_document(stored))
