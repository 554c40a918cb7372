"""Templates: workflows to begin with."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork.library.gallery import Need, Template, template, templates
from pointwork.server import schemas
from pointwork.server.documents import show_document
from pointwork.server.json_body import JsonRoute
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.workflow import Workflow

__all__ = ["router"]


class TemplateEntry(schemas.Shape):
    """A workflow to begin with, and what it needs: a model that understands language, the internet, a person."""

    id: str
    title: str
    description: str
    group: str
    needs: list[Need]
    workflow: Workflow


router = APIRouter(prefix="/api/templates", tags=["workflows"], route_class=JsonRoute, responses=ERRORS)


@router.get("", operation_id="list_templates", response_model=list[TemplateEntry])
async def list_templates() -> Response:
    """Workflows to begin with, and what each needs; those that need nothing first."""
    return json_reply([_show(one) for one in templates()])


@router.get("/{template_id}", operation_id="get_template", response_model=TemplateEntry)
async def get_template(template_id: str) -> Response:
    """One of them."""
    return json_reply(_show(template(template_id)))


@router.post(
    "/{template_id}/use",
    operation_id="use_template",
    response_model=schemas.StoredWorkflowDocument,
    status_code=201,
)
async def use_template(request: Request, template_id: str) -> Response:
    """Store a workflow of one's own that is like the template."""
    document = dict(template(template_id).workflow)
    stored = await asyncio.to_thread(app_of(request).library.create, document)
    return json_reply(show_document(stored), 201, headers={"location": f"/api/workflows/{quote(stored.id, safe='')}"})


def _show(one: Template) -> dict[str, Any]:
    return asdict(one)
